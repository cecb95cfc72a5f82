"""A text laid out in rows for one width: what a reader shows, and what may be selected of it."""

from collections.abc import Callable, Sequence
from typing import Final

from rich.cells import cell_len

from tui.domain.frozen import frozen
from tui.domain.markdown_looks import hanging_indent
from tui.widgets.chat.wrap import break_text, slice_runs
from tui.widgets.text import visible

Run = tuple[str, str]
"""Showable text, and the name of its look: a component class without `reader--`, or "".

A name such as `added#3` is the look `added` of stop 3, and `added-current` while that is the
current one.
"""
Row = tuple[Run, ...]
"""One row of the screen."""


@frozen
class Part:
    """What one row shows of a text that may be selected."""

    start: int = 0
    """Characters of the row before it: a gutter."""
    text: str = ""
    """The text itself, as many characters as the row shows for it."""
    join: str = "\n"
    """What stands between it and the row below in the text."""


@frozen
class Page:
    """A text laid out for one width."""

    rows: Sequence[Row]
    lines: Sequence[int]
    """For each row the line of the text it shows; never falls from one row to the next."""
    stops: Sequence[int] = ()
    """Rows that can be gone to by their number; several may be on one row."""
    parts: Sequence[Sequence[Part]] = ()
    """For each row what may be selected, one part for each text that stands side by side.

    Without them it is all that the rows show; the rows of a line become one paragraph.
    """
    folds: Sequence[tuple[int, int]] = ()
    """The rows that stand for something folded, each with a number by which the layout knows it."""

    def part(self, row: int, column: int) -> Part | None:
        """Return what may be selected of a row in one of the texts side by side."""
        if not 0 <= row < len(self.rows):
            return None
        if self.parts:
            parts = self.parts[row]
            return parts[column] if column < len(parts) else None
        text = "".join(run[0] for run in self.rows[row]).rstrip()
        is_continued = row > 0 and self.lines[row - 1] == self.lines[row]
        start = len(text) - len(text.lstrip()) if is_continued else 0
        goes_on = row + 1 < len(self.rows) and self.lines[row + 1] == self.lines[row]
        return Part(start, text[start:], " " if goes_on else "\n")

    def column_at(self, row: int, x: int) -> int:
        """Return which of the texts side by side has character `x` of a row."""
        if not self.parts or not 0 <= row < len(self.rows):
            return 0
        starts = [column for column, part in enumerate(self.parts[row]) if part.start <= x]
        return max(starts, default=0)


_NARROWEST: Final = 2
"""Minimum cells of a row of text: a wide character takes two."""
_NARROWEST_BESIDE: Final = 8
"""Minimum cells of a text beside another."""
Layout = Callable[[int], Page]
"""Lays a text out for a width in cells; runs in a thread, so it touches no widget."""


def wrapped(runs: Sequence[Run], width: int) -> list[Row]:
    """Break one line, made of runs, into rows of at most `width` cells."""
    return [row for row, _ in wrapped_parts(runs, width)]


def hanging(start: Row, run: Run, width: int) -> list[Row]:
    """Set a text beside what stands before it; what does not fit goes on below its beginning."""
    indent = sum(cell_len(text) for text, _ in start)
    first, *others = wrapped([run], max(_NARROWEST_BESIDE, width - indent))
    return [(*start, *first), *(((" " * indent, ""), *row) for row in others)]


def wrapped_parts(
    runs: Sequence[Run], width: int, exact: str = "", *, blank: str = ""
) -> list[tuple[Row, Part]]:
    """Break one line into rows as `wrapped` does, with what each shows of the text.

    What goes on below the item of a list, or below a quote, stands below its first word.

    Args:
        runs: The line as it is shown.
        width: Cells there are.
        exact: The line as it is, one character for each shown; "" when that is the same.
        blank: The look of the cells before a row that stands further in.
    """
    text = "".join(run[0] for run in runs)
    exact = exact or text
    if len(text) <= width and text.isascii():
        return [(tuple(runs), Part(0, exact))]
    spans = break_text(text, max(1, width))
    indent = hanging_indent(text, width) if len(spans) > 1 else 0
    if width - indent < _NARROWEST:
        indent = 0
    if indent:
        at = spans[1][0]
        below = break_text(text[at:], width - indent)
        spans[1:] = [(at + start, at + end, join) for start, end, join in below]
    # The first row does not hang, also where a blank at its start was left out.
    hangs = [0, *[indent] * (len(spans) - 1)]
    return [
        (((" " * hang, blank), *cut) if hang else tuple(cut), Part(hang, exact[start:end], join))
        for hang, cut, (start, end, join) in zip(hangs, slice_runs(runs, spans), spans, strict=True)
    ]


def plain_page(text: str, width: int) -> Page:
    """Lay out showable text as it is, wrapped at `width` cells."""
    rows: list[Row] = []
    lines: list[int] = []
    parts: list[tuple[Part]] = []
    for number, line in enumerate(text.split("\n")):
        for row, part in wrapped_parts(((line, ""),), width):
            rows.append(row)
            parts.append((part,))
            lines.append(number)
    return Page(rows, lines, parts=parts)


def plain_layout(text: str) -> Layout:
    """Return what lays out untrusted text as it is."""
    return lambda width: plain_page(visible(text), width)


def padded(row: Row, width: int, look: str = "") -> Row:
    """Fill a row up to `width` cells."""
    room = width - sum(cell_len(text) for text, _ in row)
    return (*row, (" " * room, look)) if room > 0 else row
