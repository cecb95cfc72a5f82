"""Counting words and naming an exact text."""

import hashlib
import re
from typing import Final

_WORD: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"  # one CJK character is one word
    r"|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
    r"(?:[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|['’.,\-](?=\w))*"
)


def count_words(text: str) -> int:
    """Return the number of words as a writer counts them.

    Markdown marks do not count; `don't`, `well-kept` and `3.5` are one word each; every Chinese,
    Japanese or Korean character counts as one.
    """
    return sum(1 for _ in _WORD.finditer(text))


def text_hash(text: str) -> str:
    """Return the SHA-256 of the exact text (UTF-8) as 64 lower-case hex digits.

    A lone surrogate, which UTF-8 cannot carry, is hashed as its three-byte form.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def signed(number: int) -> str:
    """Return a change in words as it is shown: `+12`, `−84` (a true minus sign) or `±0`."""
    if number == 0:
        return "±0"
    return f"+{number}" if number > 0 else f"−{-number}"
