"""The size of a text: words, characters, sentences, time to read; its limits, and a daily goal."""

import re
import unicodedata
from collections import Counter
from datetime import datetime
from math import ceil
from typing import Final

from tui.domain.blocks import BlockForm
from tui.domain.content import Content, Version
from tui.domain.errors import InvalidInput
from tui.domain.frozen import frozen
from tui.domain.prose import placed_blocks, sentences_in
from tui.domain.words import count_words

READ_PER_MINUTE: Final = 240
"""Words a minute that an adult reads silently; the mean of many studies is 238."""
SPOKEN_PER_MINUTE: Final = 140
"""Words a minute that a speaker says before an audience, roughly."""
_SPOKEN: Final = frozenset({"script", "talk"})
"""Kinds that are spoken."""
MOST_WORDS: Final = 100_000
"""Maximum number of words of a daily goal."""
_PARTED: Final = re.compile(r"\d{1,3}(?:([,. '’\u00a0\u202f])\d{3})(?:\1\d{3})*", re.ASCII)
"""A number whose thousands are parted: 1,500."""
_PARTING: Final = re.compile(r"\D")
_METER: Final = 8
"""Length of a meter in cells."""
_SENTENCED: Final = (BlockForm.PARAGRAPH, BlockForm.ITEM, BlockForm.QUOTE)
"""Forms of blocks that have sentences; a heading or a row of a table has none."""
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_JOINED: Final = re.compile("\u200d[\u2190-\u2bff\U0001f000-\U0001faff]|[\U0001f1e6-\U0001f1ff]{2}")
"""Pairs that a reader sees as one character: a joiner with its emoji, the two letters of a flag."""


@frozen
class Counts:
    """The size of a text, or of a part of it."""

    words: int = 0
    characters: int = 0
    """As a reader sees them, spaces included and line ends not."""
    sentences: int = 0


NO_COUNTS: Final = Counts()


def counts_of(text: str) -> Counts:
    """Return all counts of a text; slow for a long text."""
    return Counts(count_words(text), count_characters(text), count_sentences(text))


def count_characters(text: str) -> int:
    """Return the number of characters as a reader sees them.

    A letter with its accents is one, and so is an emoji with all that is joined to it. Line ends
    and invisible characters do not count.
    """
    if text.isascii():
        return len(text) - text.count("\n") - text.count("\r")
    text = unicodedata.normalize("NFC", text)
    each = Counter(text)
    seen = sum(count for character, count in each.items() if _stands_alone(character))
    return seen - len(_JOINED.findall(text))


def _stands_alone(character: str) -> bool:
    category = unicodedata.category(character)
    is_mark = category[0] == "M" or category == "Cf" or ord(character) in _SKIN_TONES
    return character not in "\r\n" and not is_mark


def count_sentences(text: str) -> int:
    """Return the number of sentences in paragraphs, lists and quotes."""
    found = (one for one in placed_blocks(text) if one.block.form in _SENTENCED)
    return sum(1 for one in found for _ in sentences_in(one))


def minutes(words: int, kind: str) -> str:
    """Return how long a text takes, read, or spoken where the kind is: `3 min`, `5 min spoken`."""
    is_spoken = kind in _SPOKEN
    pace = SPOKEN_PER_MINUTE if is_spoken else READ_PER_MINUTE
    return f"{max(1, round(words / pace))} min{' spoken' if is_spoken else ''}"


def meter(words: int, least: int, most: int) -> str:
    """Return a text's length as a bar up to the usual maximum, and what it is short or over."""
    done = min(_METER, ceil(_METER * words / most))
    bar = "━" * done + "─" * (_METER - done)
    if words < least:
        return f"{bar} {least - words:,} under {least:,}"
    if words > most:
        return f"{bar} {words - most:,} over {most:,}"
    return f"{bar} {least:,}–{most:,}"


# -- the goal of a day -------------------------------------------------------------------------


def words_before_today(content: Content, draft: Version | None, today: datetime) -> int:
    """Return the words from which the work of a day is counted; `today` is when the day began.

    Words written today are the words now minus the words of the first text of today: the draft as
    it was when the day began. Where there was none yet it is the first one that was made today,
    which Claude may have written; without any text it is 0.
    """
    first = draft
    while first is not None and first.created_at >= today and first.before is not None:
        first = content.version(first.before)
    return 0 if first is None else first.words


def goal_words(written: int, goal: int) -> str:
    """Return how much of a day's goal is done: `120 of 300 today`."""
    done = " ✓" if written >= goal else ""
    return f"{written:,} of {goal:,} today{done}".replace("-", "−")


def checked_goal(typed: str) -> int:
    """Return the words that were typed as a goal, 0 for none; raises `InvalidInput`."""
    typed = typed.strip()
    if not typed:
        return 0
    digits = _PARTING.sub("", typed) if _PARTED.fullmatch(typed) else typed
    if not (digits.isascii() and digits.isdecimal()) or int(digits[:9]) > MOST_WORDS:
        raise InvalidInput(
            f"A goal is a number of words up to {MOST_WORDS:,}, such as 300; "
            "leave it empty for none."
        )
    return int(digits)
