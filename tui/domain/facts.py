"""Facts that differ between two texts: numbers, dates, names, quotations and links, found by rules.

The rules see the form of a text, not its sense: they find what a reader should look at, and not all
of that.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

from tui.domain.frozen import frozen
from tui.domain.patterns import late_pattern
from tui.domain.words import count_words


class FactKind(StrEnum):
    """What sort of fact it is; the value is its name on the screen."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTATION = "quotation"
    LINK = "link"


@frozen
class FactChange:
    """A fact that is said in one of two texts only."""

    kind: FactKind
    text: str
    is_new: bool
    """Whether the text after has it; otherwise it is gone."""


_MONTHS: Final = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    "|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember"
)
_LINK: Final = late_pattern(r"https?://[^\s<>()\[\]\"“”]+[^\s<>()\[\]\"“”.,;:!?]")
_DATE: Final = late_pattern(
    r"\b\d{4}-\d{2}-\d{2}\b"
    rf"|\b\d{{1,2}}\.?\s(?:{_MONTHS})\.?(?:,?\s\d{{4}})?\b"
    rf"|\b(?:{_MONTHS})\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?\b"
    rf"|\b(?:{_MONTHS})\s\d{{4}}\b"
    r"|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"
)
_DIGITS: Final = r"\d(?:[\d.,\u202f\u00a0]*\d)?"
_UNIT: Final = r"\s?%|\s?(?:percent|per cent|million|billion|[kKMG]B)\b|[a-zA-Z]{1,2}\b"
_NUMBER: Final = late_pattern(rf"[$€£¥]\s?{_DIGITS}|(?<![\w.]){_DIGITS}(?:{_UNIT})?")
_QUOTATION: Final = late_pattern(r"“[^“”]{3,}”|„[^„“”]{3,}[“”]|«[^«»]{3,}»|\"[^\"\n]{3,}\"")
_CAPITAL: Final = r"[^\W\d_a-z][\w’'-]*"
_NAME: Final = late_pattern(rf"{_CAPITAL}(?: (?:(?:of|the|von|van|de|der) )?{_CAPITAL})*")
_ITEM_NUMBER: Final = late_pattern(r"(?m)^\s*\d{1,9}[.)]\s")
_SENTENCE_START: Final = late_pattern(r"(?:^|[.!?:…]['\"”’)]*\s|\n)\W*$")
_HEADING: Final = late_pattern(r"(?m)^\s{0,3}#{1,6}\s.*$")
_MOST_NAMES: Final = 0.2
"""Share of capital words inside sentences above which they are no names, as in German."""
_CODE: Final = late_pattern(r"(?ms)^\s*(`{3,}|~{3,}).*?(?:^\s*\1|\Z)|`[^`\n]+`")


def changed_facts(before: str, after: str) -> tuple[FactChange, ...]:
    """Return the facts that came or went between two texts: by kind, and those that went first."""
    old, new = _facts(before), _facts(after)
    gone = [FactChange(kind, text, is_new=False) for kind, text in old if (kind, text) not in new]
    come = [FactChange(kind, text, is_new=True) for kind, text in new if (kind, text) not in old]
    order = list(FactKind)
    found = [*_unsaid(_whole(gone), after), *_unsaid(_whole(come), before)]
    return tuple(sorted(found, key=lambda one: (order.index(one.kind), one.is_new)))


def _whole(changes: Sequence[FactChange]) -> Iterator[FactChange]:
    """Leave out a name that is part of another one: the family name of a full name."""
    names = [one.text.split() for one in changes if one.kind is FactKind.NAME]
    for one in changes:
        is_part = any(one.text in name and len(name) > 1 for name in names)
        if one.kind is not FactKind.NAME or not is_part:
            yield one


def _unsaid(changes: Iterable[FactChange], other: str) -> Iterator[FactChange]:
    """Leave out a name that the other text says too, such as at the start of a sentence."""
    line = " ".join(other.split())
    for one in changes:
        name = re.escape(one.text)
        if one.kind is not FactKind.NAME or not re.search(rf"(?<!\w){name}(?!\w)", line):
            yield one


def _facts(text: str) -> dict[tuple[FactKind, str], None]:
    """Return the facts of a text, each once, in the order of their kinds and places."""
    found: dict[tuple[FactKind, str], None] = {}

    def take(kind: FactKind, pattern: re.Pattern[str], text: str) -> None:
        found.update(((kind, " ".join(match[0].split())), None) for match in pattern.finditer(text))

    text = _blanked(_CODE, text)
    take(FactKind.LINK, _LINK, text)
    text = _blanked(_LINK, text)
    take(FactKind.QUOTATION, _QUOTATION, text)
    take(FactKind.DATE, _DATE, text)
    text = _blanked(_ITEM_NUMBER, _blanked(_DATE, text))
    take(FactKind.NUMBER, _NUMBER, text)
    found.update(((FactKind.NAME, name), None) for name in _names(_blanked(_HEADING, text)))
    return found


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Return a text with what matches replaced by blanks; line ends stay."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _names(text: str) -> list[str]:
    """Return runs of words with a capital; the first word of a sentence is none by itself."""
    names: list[str] = []
    for match in _NAME.finditer(text):
        words = match[0].split()
        if _SENTENCE_START.search(text[max(0, match.start() - 12) : match.start()]):
            words = words[1:]
        name = " ".join(words)
        if len(name) > 1 and not name.startswith(("I'", "I’")):
            names.append(name)
    is_usual = sum(len(name.split()) for name in names) <= _MOST_NAMES * count_words(text)
    return names if is_usual else []
