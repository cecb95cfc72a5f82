"""Limits on a change: how much of the draft one prompt may change, where, and with which facts.

Claude is told them, and what it made of the text is measured against them: in words, as a writer
sees a change (`tui.domain.diff`), by the headings of the text, and by `tui.domain.facts`.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from tui.domain.diff import DiffBlock, DiffKind, compare
from tui.domain.errors import InvalidInput
from tui.domain.facts import changed_facts
from tui.domain.frozen import frozen
from tui.domain.passage import Span, excerpt
from tui.domain.prose import HeadingPlace, headings
from tui.domain.words import count_words

_MOST_QUOTED: Final = 4
_AGAIN: Final = "\n\nYour last answer went over the limits: "


@frozen
class ChangeLimits:
    """What the answer to one prompt may change in the draft."""

    percent: int | None = None
    """Maximum percentage of the draft's words that may change, 1 to 100; None for no limit."""
    section: str = ""
    """The title of the only section that may change; empty for all."""
    no_new_facts: bool = False
    """Whether new numbers, dates, names, quotations and links are forbidden."""

    @property
    def is_set(self) -> bool:
        """Whether anything is limited."""
        return self != NO_LIMITS


NO_LIMITS: Final = ChangeLimits()


def limits_words(limits: ChangeLimits) -> str:
    """Return limits in a few words: `at most 20 % · only “Intro” · no new facts`."""
    parts = []
    if limits.percent is not None:
        parts.append(f"at most {limits.percent} %")
    if limits.section:
        parts.append(f"only “{excerpt(limits.section, 40)}”")
    if limits.no_new_facts:
        parts.append("no new facts")
    return " · ".join(parts)


def checked_percent(typed: str) -> int | None:
    """Return a typed percentage; None for no input. Raises `InvalidInput`."""
    digits = typed.strip().removesuffix("%").rstrip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdecimal() and 1 <= int(digits[:4]) <= 100):
        raise InvalidInput(f"“{excerpt(typed, 20)}” is no limit: type a number from 1 to 100.")
    return int(digits)


def checked_section(text: str, typed: str) -> str:
    """Return the title of the section that was typed, or how it begins; empty for nothing.

    Raises `InvalidInput` unless it is one heading of the text.
    """
    wanted = _folded(typed)
    if not wanted:
        return ""
    found = [place for place in headings(text) if _folded(place.title) == wanted]
    found = found or [one for one in headings(text) if _folded(one.title).startswith(wanted)]
    if len(found) == 1:
        return found[0].title
    if found:
        count = len(found)
        raise InvalidInput(f"“{excerpt(typed, 40)}” stands for {count} headings: type more of one.")
    titles = [f"“{excerpt(place.title, 40)}”" for place in headings(text) if place.title]
    if not titles:
        raise InvalidInput("The draft has no headings.")
    asked = excerpt(typed, 40)
    raise InvalidInput(f"The draft has no heading “{asked}”; it has {_listed(titles)}.")


@lru_cache(maxsize=16)
def overstepped(before: str, after: str, limits: ChangeLimits) -> tuple[str, ...]:
    """Return a phrase for every limit that a change exceeded; empty when it kept to them.

    A section that the earlier text does not have limits nothing. Results are cached.
    """
    found: list[str] = []
    has_places = limits.percent is not None or limits.section
    blocks = compare(before, after).blocks if has_places else ()
    if limits.percent is not None:
        share = _percent(blocks, count_words(before))
        if share > limits.percent:
            found.append(f"{share} % changed, at most {limits.percent} % allowed")
    section = section_span(before, limits.section)
    if section is not None and not _is_kept_around(before, after, section):
        count = _changes_outside(blocks, section)
        changes = "1 change" if count == 1 else f"{count} changes"
        if count:
            found.append(f"{changes} outside “{excerpt(limits.section, 40)}”")
    if limits.no_new_facts:
        new = [one.text for one in changed_facts(before, after) if one.is_new]
        if new:
            facts = "new fact" if len(new) == 1 else "new facts"
            found.append(f"{facts}: {_listed([_quoted(fact) for fact in new])}")
    return tuple(found)


def _percent(blocks: Sequence[DiffBlock], words_before: int) -> int:
    """Return the percentage of a text's words that changed, rounded up; it may exceed 100.

    Of each change, the side with more words counts; a paragraph that only moved does not count.
    """
    sides: dict[int | None, dict[DiffKind, int]] = {}
    for block in blocks:
        if block.kind is DiffKind.MOVED_AWAY:
            continue
        for span in block.spans:
            if span.kind is not DiffKind.SAME:
                words = sides.setdefault(span.change, {})
                words[span.kind] = words.get(span.kind, 0) + count_words(span.text)
    changed = sum(max(words.values()) for words in sides.values())
    return math.ceil(100 * changed / max(1, words_before))


def section_span(text: str, title: str) -> Span | None:
    """Return the span of a section, with its heading and subsections; None without that section."""
    places: Sequence[HeadingPlace] = headings(text) if title else ()
    for number, place in enumerate(places):
        if _folded(place.title) == _folded(title):
            after = (one.at for one in places[number + 1 :] if one.level <= place.level)
            return Span(place.at, next(after, len(text)))
    return None


def prompt_again(prompt: str, went_over: Sequence[str]) -> str:
    """Return a follow-up prompt about the limits that were exceeded."""
    return f"{prompt.partition(_AGAIN)[0]}{_AGAIN}{'; '.join(went_over)}. Keep to them this time."


def _changes_outside(blocks: Sequence[DiffBlock], section: Span) -> int:
    changes, at = set[int](), 0
    for block in blocks:
        for one in (block.lead, *block.stretches):
            ends = at + len(one.before)
            is_within = section.start <= at and ends <= section.end
            if not one.before:  # What is put in before the heading stands in the section before.
                is_within = section.start < at <= section.end
            if one.change is not None and not one.is_blank and not is_within:
                changes.add(one.change)
            at = ends
    return len(changes)


def _is_kept_around(before: str, after: str, section: Span) -> bool:
    """Whether all stands around a section as before, and what is between begins with a heading."""
    head, tail = before[: section.start].rstrip(), before[section.end :].strip()
    after = after.strip()
    if not (after.startswith(head.lstrip()) and after.endswith(tail)):
        return False
    between = after[len(head.lstrip()) : len(after) - len(tail)].strip()
    return len(head.lstrip()) + len(tail) <= len(after) and between[:1] in ("", "#")


def _folded(title: str) -> str:
    return " ".join(title.strip().lstrip("#").split()).casefold()


def _quoted(fact: str) -> str:
    short = excerpt(fact, 40)
    return short if short[:1] in '“„«"' else f"“{short}”"


def _listed(words: Sequence[str]) -> str:
    more = len(words) - _MOST_QUOTED
    return ", ".join(words[:_MOST_QUOTED]) + (f" and {more} more" if more > 0 else "")
