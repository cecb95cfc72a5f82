"""Words of a text and words for numbers; the hash of an exact text."""

import hashlib
import unicodedata
from typing import Final

from tui.domain.patterns import late_pattern

_CJK: Final = (
    "\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
MARK: Final = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0df3\u0e30-\u0e4e\u200c\u200d\u3099\u309a"
)
"""Characters inside a word, for a character class of a pattern: accents and vowel signs that are
characters of their own, joiners, soft hyphens.
"""

WORD: Final = late_pattern(
    rf"(?=\w)[{_CJK}][{MARK}]*"  # one CJK character is one word
    rf"|[^\W_{_CJK}](?:[^\W_{_CJK}]|[{MARK}]|['’.,\-](?=\w))*"
)
"""One word as `count_words` counts it."""


def count_words(text: str) -> int:
    """Return the number of words as a writer counts them.

    Markdown marks do not count; `don't`, `well-kept` and `3.5` are one word each; every Chinese,
    Japanese or Korean character counts as one.
    """
    return sum(1 for _ in WORD.finditer(text))


def folded(text: str) -> str:
    """Return a text folded for comparison: without upper case and accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def text_hash(text: str) -> str:
    """Return the SHA-256 of the exact text (UTF-8) as 64 lower-case hex digits.

    A lone surrogate, which UTF-8 cannot carry, is hashed as its three-byte form.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def capitalized(text: str) -> str:
    """Return a text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def counted(number: int, noun: str = "word") -> str:
    """Return a number of things as a person says it: `1 word`, `2,000 words`."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"


def signed(number: int) -> str:
    """Return a change in words: `+12`, `−1,084` (with a true minus sign) or `±0`."""
    if number == 0:
        return "±0"
    return f"+{number:,}" if number > 0 else f"−{-number:,}"
