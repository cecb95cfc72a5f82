"""Breaking text into rows of cells: words, wide characters, and what carries over."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from rich.style import Style

Look = TypeVar("Look")
"""How a run looks: a style, or the name of one."""
Run = tuple[str, Style]
"""Text in one style."""

_WORD = re.compile(r"( *)([^ ]+)")
_CLOSERS = frozenset("、。，．：；？！）］｝」』】》〉…％!?,.:;)]}%")


@dataclass(slots=True)
class Row:
    """One row of the screen, before it gets its frame."""

    segments: list[Segment]
    left: int = 0
    """Cells at the start that are decoration: not part of the text when it is copied."""
    join: str = "\n"
    """What stands between this row and the next one in the text."""
    is_handle: bool = False
    """A click on it folds or unfolds."""

    @property
    def cells(self) -> int:
        """Width in cells."""
        return sum(cell_len(segment.text) for segment in self.segments)

    def indented(self, prefix: Segment, *, is_text: bool = False) -> "Row":
        """Put a prefix before the row; `is_text` keeps it when the row is copied."""
        left = 0 if is_text else cell_len(prefix.text) + self.left
        return Row([prefix, *self.segments], left, self.join)


def _units(word: str, width: int) -> Iterator[tuple[int, int, int]]:
    """Divide a word into stretches that are not broken: start, end, cells.

    A wide character is a stretch of its own, with the punctuation after it.
    """
    start = end = cells = 0
    is_after_wide = False
    for first, last, size in split_graphemes(word)[0]:
        is_closer = word[first:last] in _CLOSERS
        must_break = end > start and (
            cells + size > width or ((size > 1 or is_after_wide) and not is_closer)
        )
        if must_break:
            yield start, end, cells
            start, cells = first, 0
        end = last
        cells += size
        is_after_wide = size > 1 or (is_after_wide and is_closer)
    if end > start:
        yield start, end, cells


def break_text(text: str, width: int) -> list[tuple[int, int, str]]:
    """Break one paragraph into rows of at most `width` cells.

    Returns:
        For each row where it starts and ends in `text`, and what the break stands for: a
        space, or nothing where a word was broken. The last one ends the text: a line end.
    """
    rows: list[tuple[int, int, str]] = []
    start = end = cells = 0
    for match in _WORD.finditer(text):
        spaces = len(match[1])
        begin = match.start(2)
        word = match[2]
        size = cell_len(word)
        if cells + spaces + size <= width:
            end = match.end()
            cells += spaces + size
            continue
        is_simple = size == len(word) and size <= width
        units = iter([(0, len(word), size)]) if is_simple else _units(word, width)
        for first, last, unit in units:
            air = spaces if first == 0 else 0
            if cells and cells + air + unit > width:
                rows.append((start, end, " " if air else ""))
                start = begin + first
                cells = air = 0
            elif not cells and air and air + unit > width:
                start = begin
                air = 0
            end = begin + last
            cells += air + unit
    rows.append((start, end, "\n"))
    return rows


def slice_runs(
    runs: Sequence[tuple[str, Look]], spans: Sequence[tuple[int, int, str]]
) -> list[list[tuple[str, Look]]]:
    """Cut runs at the given spans, which are in order and do not overlap."""
    lines: list[list[tuple[str, Look]]] = []
    index = offset = 0
    for start, end, _ in spans:
        line: list[tuple[str, Look]] = []
        while index < len(runs):
            text, style = runs[index]
            first, last = max(start - offset, 0), min(end - offset, len(text))
            if first < last:
                line.append((text[first:last], style))
            if offset + len(text) > end:
                break
            offset += len(text)
            index += 1
        lines.append(line)
    return lines


def split_lines(runs: Sequence[Run]) -> list[list[Run]]:
    """Divide runs at the line ends in them."""
    lines: list[list[Run]] = [[]]
    for text, style in runs:
        first, *others = text.split("\n")
        if first:
            lines[-1].append((first, style))
        lines.extend([(other, style)] if other else [] for other in others)
    return lines


def wrap_runs(runs: Sequence[Run], width: int) -> list[Row]:
    """Wrap styled text, whose line ends are kept, into rows of at most `width` cells."""
    rows: list[Row] = []
    for line in split_lines(runs):
        spans = break_text("".join(text for text, _ in line), max(1, width))
        rows.extend(
            Row([Segment(*run) for run in cut], join=span[2])
            for span, cut in zip(spans, slice_runs(line, spans), strict=True)
        )
    return rows


def chop_runs(runs: Sequence[Run], width: int) -> list[Row]:
    """Break code into rows of exactly `width` cells, spaces kept."""
    rows: list[Row] = []
    line: list[Segment] = []
    room = width = max(1, width)
    for text, style in runs:
        size = cell_len(text)
        if size <= room:
            line.append(Segment(text, style))
            room -= size
            continue
        start = end = 0
        for first, last, cells in split_graphemes(text)[0]:
            if cells > room and (room < width or end > start):
                line.append(Segment(text[start:first], style))
                rows.append(Row(line, join=""))
                line, start, room = [], first, width
            end = last
            room -= cells
        line.append(Segment(text[start:end], style))
    rows.append(Row(line))
    return rows
