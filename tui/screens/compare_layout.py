"""Laying drafts out in columns, their paragraphs lined up."""

from collections.abc import Sequence
from dataclasses import field, replace
from itertools import accumulate
from typing import Final

from rich.cells import cell_len

from tui.domain.frozen import frozen
from tui.domain.lineup import Cell, Lineup, LineupRow
from tui.domain.wording import worded
from tui.widgets.page import Page, Part, Row, Run, padded, wrapped_parts
from tui.widgets.text import clean_line

GAP: Final = " │ "
_GUTTER: Final = 2
_CHOSEN: Final = "■ "
_ONLY: Final = "+ "
_CellRow = tuple[Row, Part]
"""One row of one column."""
_GAP_ROW: Final[_CellRow] = ((), Part())
"""The blank line between two paragraphs of a draft."""
_NOTHING: Final[_CellRow] = ((), Part(join=""))
"""Beside a draft with more rows."""


@frozen
class CompareView:
    """How drafts are shown side by side."""

    columns: tuple[int, ...]
    """The columns in sight."""
    chosen: frozenset[Cell] = field(default_factory=frozenset)


def column_width(width: int, columns: int) -> int:
    """Return the cells of one of some columns."""
    return max(4, (width - len(GAP) * (columns - 1)) // columns)


def cells_of(lineup: Lineup) -> tuple[Cell, ...]:
    """Return every paragraph, by row and then by column; their places are the stops of a page."""
    return tuple(
        (row, column)
        for row, found in enumerate(lineup.rows)
        for column, block in enumerate(found.blocks)
        if block is not None
    )


def lay_out(lineup: Lineup, view: CompareView, width: int) -> Page:
    """Lay a lineup out for a width; its stops are the paragraphs in the order of `cells_of`.

    Paragraphs that say nearly the same begin on the same row of the page. Beside a paragraph that
    only some drafts have, the others go on with what only they have.
    """
    room = column_width(width, len(view.columns))
    columns: dict[int, list[_CellRow]] = {column: [] for column in view.columns}
    starts: list[int] = []
    stops: list[int] = []
    for place, found in enumerate(lineup.rows):
        there = [column for column, block in enumerate(found.blocks) if block is not None]
        shown = [column for column in view.columns if column in there]
        gap = 0 if _is_tight(found) else 1
        ends = [len(columns[column]) for column in shown]
        start = max((end + gap if end else 0 for end in ends), default=max(starts[-1:], default=0))
        starts.append(start)
        for number, column in enumerate(there, len(stops)):
            if column in columns:
                own = columns[column]
                own += [_GAP_ROW] * (gap if own else 0)
                own += [_NOTHING] * (start - len(own))
                own += _cell_rows(found, (place, column), number, view, room)
        stops += [start] * len(there)
    height = max((len(own) for own in columns.values()), default=0)
    joined = [_joined([*columns.values()], index, room) for index in range(height)]
    return Page(
        [row for row, _ in joined],
        _lines(starts, height),
        stops,
        [parts for _, parts in joined],
    )


def _lines(starts: Sequence[int], height: int) -> list[int]:
    """Return for each row of a page the last row of the lineup that begins on it or above it."""
    lines = [0] * height
    for place, start in enumerate(starts):
        if start < height:
            lines[start] = max(lines[start], place)
    return [*accumulate(lines, max)]


def _is_tight(found: LineupRow) -> bool:
    """Whether no blank line stands before a row in any draft: the items of a list."""
    return all(block is None or block.lead.count("\n") < 2 for block in found.blocks)


def _joined(
    columns: Sequence[Sequence[_CellRow]], index: int, room: int
) -> tuple[Row, tuple[Part, ...]]:
    """Return row `index` of all columns as one row."""
    row: Row = ()
    parts: list[Part] = []
    for number, column in enumerate(columns):
        own, part = column[index] if index < len(column) else _NOTHING
        offset = sum(len(text) for text, _ in row)
        parts.append(replace(part, start=offset + part.start))
        is_last = number == len(columns) - 1
        row = (*row, *(own if is_last else padded(own, room)))
        if not is_last:
            row = (*row, (GAP, "quiet"))
    return row, tuple(parts)


def _cell_rows(
    found: LineupRow, cell: Cell, stop: int, view: CompareView, room: int
) -> list[_CellRow]:
    """Wrap one paragraph of one draft behind its mark; `stop` is its number."""
    mark = _CHOSEN if cell in view.chosen else _ONLY if found.only is not None else " " * _GUTTER
    look = f"{'chosen' if cell in view.chosen else 'cell'}#{stop}"
    rows: list[_CellRow] = []
    for line in _cell_lines(found, cell[1], look, f"added#{stop}"):
        for row, part in wrapped_parts(line, max(1, room - _GUTTER), blank=look):
            gutter = (mark if not rows else " " * _GUTTER, look)
            filled = padded(row, room - _GUTTER, look)
            rows.append(((gutter, *filled), replace(part, start=_GUTTER + part.start)))
    return rows


def _cell_lines(found: LineupRow, column: int, look: str, added: str) -> list[list[Run]]:
    """Return the lines of a paragraph; words that the first draft lacks look `added`."""
    block = found.blocks[column]
    first = next(other for other in found.blocks if other is not None)
    assert block is not None
    lines: list[list[Run]] = [[]]
    for one in worded(first, block):
        is_other = not one.is_same and first is not block
        for at, text in enumerate(one.after.split("\n")):
            if at:
                lines.append([])
            if shown := clean_line(text):
                lines[-1].append((shown, added if is_other else look))
    return lines


def heading(names: Sequence[str], width: int) -> str:
    """Return the names of the columns, each above its own."""
    room = column_width(width, len(names))
    cut = [name if cell_len(name) <= room else name[: room - 1] + "…" for name in names]
    return (" " * len(GAP)).join(name + " " * max(0, room - cell_len(name)) for name in cut)
