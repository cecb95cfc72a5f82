"""Spans of a text that a writer marks: the passage of a prompt, and locked words.

Positions are counted in characters from the start of one version's text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tui.domain.errors import InvalidInput
from tui.domain.frozen import frozen

_MOST_QUOTED: Final = 3
"""Maximum number of locked words quoted in a sentence; the others are counted."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A span of a text: the characters from `start` up to, but not including, `end`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the text of the span."""
        return text[self.start : self.end]

    def moved(self, by: int) -> "Span":
        """Return the span shifted by a number of characters."""
        return Span(self.start + by, self.end + by)


@frozen
class Passage:
    """The span of a version that a prompt is about; the answer may change nothing else."""

    version: int
    """Number of the version that the span belongs to."""
    span: Span


@frozen
class PutBack:
    """Forbidden changes by Claude in an answer, which Redraft reverted."""

    outside: int = 0
    """Number of reverted changes outside the prompt's passage."""
    locked: tuple[str, ...] = ()
    """The locked words that Claude changed, as restored."""


def tight(text: str, span: Span) -> Span | None:
    """Return a span without surrounding white space; None for nothing but white space."""
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip())
    end = start + len(words.strip())
    return Span(start, end) if start < end else None


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return sorted spans, with overlapping and adjacent ones merged."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def toggled(text: str, locks: tuple[Span, ...], span: Span) -> tuple[Span, ...]:
    """Return the locks with a span added, or without the locks that it touches.

    An empty span only removes locks. Raises `InvalidInput` when there is nothing to lock.
    """
    touched = [lock for lock in locks if lock.start <= span.end and span.start <= lock.end]
    is_inside = any(lock.start <= span.start and span.end <= lock.end for lock in touched)
    wanted = tight(text, span)
    if is_inside or (touched and wanted is None):
        return tuple(lock for lock in locks if lock not in touched)
    if wanted is None:
        raise InvalidInput("Select the words to lock first.")
    return merged((*locks, wanted))


def shifted(locks: tuple[Span, ...], replaced: Span, length: int) -> tuple[Span, ...] | None:
    """Return the locks after `replaced` got `length` characters; None when it touches a lock."""
    by = length - (replaced.end - replaced.start)
    moved: list[Span] = []
    for lock in locks:
        if lock.end <= replaced.start:
            moved.append(lock)
        elif replaced.end <= lock.start:
            moved.append(lock.moved(by))
        else:
            return None
    return tuple(moved)


def replaced(before: str, passage: Span, after: str) -> Span | None:
    """Return the span of a passage's new words; None if the text differs outside the passage."""
    tail = before[passage.end :]
    end = len(after) - len(tail)
    is_same = after.startswith(before[: passage.start]) and after.endswith(tail)
    return Span(passage.start, end) if is_same and end >= passage.start else None


def the_only(text: str, words: str) -> Span:
    """Return the span of words in a text; raises `InvalidInput` unless they occur exactly once."""
    words = words.strip()
    count = text.count(words) if words else 0
    if not count:
        raise InvalidInput(f"The draft does not say “{_short(words)}”: copy the words exactly.")
    if count > 1:
        raise InvalidInput(
            f"The draft says “{_short(words)}” {count} times: give more of the words around it."
        )
    start = text.index(words)
    return Span(start, start + len(words))


def excerpt(words: str, limit: int = 60) -> str:
    """Return words on one line, shortened in the middle when there are too many."""
    line = " ".join(words.split())
    if len(line) <= limit:
        return line
    head = limit * 2 // 3
    return f"{line[:head].rstrip()} … {line[head + 3 - limit :].lstrip()}"


def put_back_words(put_back: PutBack) -> str:
    """Return a sentence about the forbidden changes that Redraft reverted."""
    sentences: list[str] = []
    if put_back.locked:
        words = ", ".join(f"“{excerpt(one)}”" for one in put_back.locked[:_MOST_QUOTED])
        more = len(put_back.locked) - _MOST_QUOTED
        words += f" and {more} more" if more > 0 else ""
        sentences.append(f"Claude changed locked words; Redraft put them back: {words}.")
    if put_back.outside:
        changes = "1 change" if put_back.outside == 1 else f"{put_back.outside} changes"
        sentences.append(f"Redraft left out {changes} outside the passage.")
    return " ".join(sentences)


def _short(words: str) -> str:
    return excerpt(words, 40)
