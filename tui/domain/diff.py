"""What changed between two texts, told the way a writer reads it: paragraph by paragraph, in words.

Lines are aligned first; lines that say nearly the same are then compared word by word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui.domain.alignment import equal_runs, similar_lines
from tui.domain.words import WORD, count_words

MOST_FINE_LINES: Final = 6000
"""Two texts with more lines together are compared by whole lines only."""
_TOKEN: Final = re.compile(rf"{WORD.pattern}|\s+|_+|[^\w\s]+")


class DiffKind(StrEnum):
    """What became of a line or of a stretch of one."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"
    """Of a line only: it is in both texts, and some of its words differ."""


@dataclass(frozen=True, slots=True)
class DiffSpan:
    """A stretch of a line; `kind` is never `CHANGED`. Its text holds the line's end, if any."""

    kind: DiffKind
    text: str


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of an inline view; all lines in order are the unified diff of the two texts."""

    kind: DiffKind
    """`SAME` also when nothing but the end of the line differs."""
    spans: tuple[DiffSpan, ...]
    number_before: int | None
    """Number of the line in the text before, from 1; None when it was added."""
    number_after: int | None

    @property
    def before(self) -> tuple[DiffSpan, ...]:
        """The spans that were in the text before."""
        return tuple(span for span in self.spans if span.kind is not DiffKind.ADDED)

    @property
    def after(self) -> tuple[DiffSpan, ...]:
        """The spans that are in the text after."""
        return tuple(span for span in self.spans if span.kind is not DiffKind.REMOVED)


@dataclass(frozen=True, slots=True)
class DiffSummary:
    """How many words came and went."""

    words_added: int
    words_removed: int


def compare(before: str, after: str) -> tuple[DiffLine, ...]:
    """Return the lines of both texts in one order, each with what became of it.

    Joining the `before` spans of all lines gives `before` exactly, and so for `after`.
    """
    old, new = _lines(before), _lines(after)
    is_fine = len(old) + len(new) <= MOST_FINE_LINES
    diff: list[DiffLine] = []
    i = j = 0
    bare_old, bare_new = [line.rstrip("\n") for line in old], [line.rstrip("\n") for line in new]
    for start_old, start_new, size in (*equal_runs(bare_old, bare_new), (len(old), len(new), 0)):
        pairs = similar_lines(bare_old[i:start_old], bare_new[j:start_new]) if is_fine else []
        met = [(i + a, j + b) for a, b in pairs]
        met += [(start_old + offset, start_new + offset) for offset in range(size)]
        for a, b in met:
            diff += _replaced(old, new, (i, a), (j, b))
            diff.append(_paired(old, new, a, b))
            i, j = a + 1, b + 1
        diff += _replaced(old, new, (i, start_old + size), (j, start_new + size))
        i, j = start_old + size, start_new + size
    return tuple(diff)


def sides(lines: Sequence[DiffLine]) -> tuple[tuple[DiffLine | None, DiffLine | None], ...]:
    """Return the rows of a side-by-side view: what stands left (before) and right (after).

    A removed and an added line share a row when they follow each other; None is an empty place.
    """
    rows: list[tuple[DiffLine | None, DiffLine | None]] = []
    open_rows = 0
    """Rows at the end whose right side is still empty."""
    for line in lines:
        if line.kind is DiffKind.REMOVED:
            rows.append((line, None))
            open_rows += 1
        elif line.kind is DiffKind.ADDED and open_rows:
            rows[-open_rows] = (rows[-open_rows][0], line)
            open_rows -= 1
        else:
            rows.append((None if line.kind is DiffKind.ADDED else line, line))
            open_rows = 0
    return tuple(rows)


def summary(before: str, after: str) -> DiffSummary:
    """Return how many words were added and removed; their difference is that of the counts."""
    counts = {DiffKind.ADDED: 0, DiffKind.REMOVED: 0}
    for line in compare(before, after):
        for span in line.spans:
            if span.kind in counts:
                counts[span.kind] += count_words(span.text)
    return DiffSummary(counts[DiffKind.ADDED], counts[DiffKind.REMOVED])


def _lines(text: str) -> list[str]:
    """Cut a text after every LF, and nowhere else."""
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _replaced(
    old: list[str], new: list[str], gone: tuple[int, int], come: tuple[int, int]
) -> Iterator[DiffLine]:
    for a in range(*gone):
        yield DiffLine(DiffKind.REMOVED, (DiffSpan(DiffKind.REMOVED, old[a]),), a + 1, None)
    for b in range(*come):
        yield DiffLine(DiffKind.ADDED, (DiffSpan(DiffKind.ADDED, new[b]),), None, b + 1)


def _paired(old: list[str], new: list[str], a: int, b: int) -> DiffLine:
    if old[a] == new[b]:
        return DiffLine(DiffKind.SAME, (DiffSpan(DiffKind.SAME, old[a]),), a + 1, b + 1)
    is_same = old[a].rstrip("\n") == new[b].rstrip("\n")
    kind = DiffKind.SAME if is_same else DiffKind.CHANGED
    return DiffLine(kind, _word_spans(_TOKEN.findall(old[a]), _TOKEN.findall(new[b])), a + 1, b + 1)


def _word_spans(old: list[str], new: list[str]) -> tuple[DiffSpan, ...]:
    spans: list[DiffSpan] = []
    gone = come = ""
    i = j = 0
    for a, b, size in (*equal_runs(old, new), (len(old), len(new), 0)):
        gone += "".join(old[i:a])
        come += "".join(new[j:b])
        same = "".join(old[a : a + size])
        i, j = a + size, b + size
        if same and not same.strip() and (gone or come) and i < len(old) and j < len(new):
            # A blank between two changed words is read as part of one change.
            gone, come = gone + same, come + same
            continue
        pieces = ((DiffKind.REMOVED, gone), (DiffKind.ADDED, come), (DiffKind.SAME, same))
        spans += [DiffSpan(kind, text) for kind, text in pieces if text]
        gone = come = ""
    return tuple(spans)
