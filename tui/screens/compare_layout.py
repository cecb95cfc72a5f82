"""Laying drafts out in columns, their paragraphs lined up."""

from collections.abc import Sequence
from dataclasses import field, replace
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
    """Lay a lineup out for a width; its stops are the paragraphs in the order of `cells_of`."""
    room = column_width(width, len(view.columns))
    rows: list[Row] = []
    parts: list[tuple[Part, ...]] = []
    lines: list[int] = []
    stops: list[int] = []
    for place, found in enumerate(lineup.rows):
        first = len(stops)
        there = [column for column, block in enumerate(found.blocks) if block is not None]
        stops += [len(rows)] * len(there)
        columns = [
            _Cell(found, (place, column), first + there.index(column), view).rows(room)
            if column in there
            else []
            for column in view.columns
        ]
        for index in range(max(len(column) for column in columns)):
            row, part = _joined(columns, index, room)
            rows.append(row)
            parts.append(part)
            lines.append(place)
        below = lineup.rows[place + 1 : place + 2]
        if rows and rows[-1] and not (below and _is_tight(below[0])):
            rows.append(())
            parts.append(tuple(Part() for _ in columns))
            lines.append(place)
    return Page(rows, lines, stops, parts)


def _is_tight(found: LineupRow) -> bool:
    """Whether no blank line stands before a row in any draft: the items of a list."""
    return all(block is None or block.lead.count("\n") < 2 for block in found.blocks)


def _joined(
    columns: Sequence[Sequence[tuple[Row, Part]]], index: int, room: int
) -> tuple[Row, tuple[Part, ...]]:
    """Return row `index` of all columns as one row."""
    row: Row = ()
    parts: list[Part] = []
    for number, column in enumerate(columns):
        own, part = column[index] if index < len(column) else ((), Part(join=""))
        offset = sum(len(text) for text, _ in row)
        parts.append(replace(part, start=offset + part.start))
        is_last = number == len(columns) - 1
        row = (*row, *(own if is_last else padded(own, room)))
        if not is_last:
            row = (*row, (GAP, "quiet"))
    return row, tuple(parts)


@frozen
class _Cell:
    """One paragraph of one draft."""

    found: LineupRow
    cell: Cell
    number: int
    """Its stop."""
    view: CompareView

    def rows(self, room: int) -> list[tuple[Row, Part]]:
        """Wrap it behind its mark."""
        is_chosen = self.cell in self.view.chosen
        is_only = self.found.only is not None
        mark = _CHOSEN if is_chosen else _ONLY if is_only else " " * _GUTTER
        look = f"{'chosen' if is_chosen else 'cell'}#{self.number}"
        rows: list[tuple[Row, Part]] = []
        for line in self._lines(look):
            for row, part in wrapped_parts(line, max(1, room - _GUTTER)):
                gutter = (mark if not rows else " " * _GUTTER, look)
                filled = padded(row, room - _GUTTER, look)
                rows.append(((gutter, *filled), replace(part, start=_GUTTER + part.start)))
        return rows

    def _lines(self, look: str) -> list[list[Run]]:
        """Return its lines; words that the first draft lacks stand out."""
        block = self.found.blocks[self.cell[1]]
        first = next(other for other in self.found.blocks if other is not None)
        assert block is not None
        lines: list[list[Run]] = [[]]
        for one in worded(first, block):
            is_other = not one.is_same and first is not block
            for at, text in enumerate(one.after.split("\n")):
                if at:
                    lines.append([])
                if shown := clean_line(text):
                    lines[-1].append((shown, f"added#{self.number}" if is_other else look))
        return lines


def heading(names: Sequence[str], width: int) -> str:
    """Return the names of the columns, each above its own."""
    room = column_width(width, len(names))
    cut = [name if cell_len(name) <= room else name[: room - 1] + "…" for name in names]
    return (" " * len(GAP)).join(name + " " * max(0, room - cell_len(name)) for name in cut)
