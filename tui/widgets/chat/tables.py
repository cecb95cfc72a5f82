"""Tables: columns fitted to the pane, cells wrapped, never wider than there is room."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment

from tui.widgets.chat.inline import inline_runs, plain_text
from tui.widgets.chat.palette import Palette
from tui.widgets.chat.parse import Node
from tui.widgets.chat.wrap import Row, wrap_runs

SEPARATOR: Final = " │ "
LEAST: Final = 4
"""Columns are not made narrower than this, or than their widest cell if that is less."""

Columns = tuple[tuple[int, int], ...]


def _rows(table: Node) -> list[list[Node]]:
    """Return the cells of a table, row by row, its head first."""
    return [row.children for part in table.children for row in part.children]


def column_widths(table: Node) -> Columns:
    """Measure a table: the natural and the least width of each column, in cells."""
    columns: list[tuple[int, int]] = []
    for index, cells in enumerate(zip(*_rows(table), strict=False)):
        texts = [plain_text(cell.inline_tokens()) for cell in cells]
        natural = max(1, *map(cell_len, texts))
        words = chain.from_iterable(text.split() for text in texts)
        least = min(natural, LEAST + (index == 0), max(map(cell_len, words), default=1))
        columns.append((natural, max(1, least)))
    return tuple(columns)


def roomy(columns: Columns) -> Columns:
    """Widen the columns of a table that goes on: what comes may be longer than what came."""
    return tuple((natural + max(2, natural // 4), least) for natural, least in columns)


def _fit_columns(columns: Columns, room: int) -> list[int] | None:
    """Share `room` cells among columns: small ones stay whole, the widest give way.

    Returns:
        The width of each column, or `None` when not even the least widths fit.
    """
    if sum(least for _, least in columns) > room:
        return None
    low, high = 1, max((natural for natural, _ in columns), default=1)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(max(least, min(natural, middle)) for natural, least in columns) <= room:
            low = middle
        else:
            high = middle - 1
    widths = [max(least, min(natural, low)) for natural, least in columns]
    spare = room - sum(widths)
    for index, (natural, _) in enumerate(columns):
        if spare > 0 and widths[index] < natural:
            widths[index] += 1
            spare -= 1
    return widths


def render_table(
    table: Node, palette: Palette, width: int, columns: Columns, *, is_continued: bool
) -> list[Row]:
    """Draw a table in at most `width` cells.

    Args:
        table: The table node, with its head even when it is continued.
        palette: Colours and styles.
        width: Cells there are.
        columns: Widths as `column_widths` gave them, of this piece or of the first.
        is_continued: The head was shown in an earlier piece.
    """
    widths = _fit_columns(columns, width - len(SEPARATOR) * (len(columns) - 1))
    if widths is None:
        return _records(table, palette, width, is_continued=is_continued)
    rows: list[Row] = []
    for index, cells in enumerate(_rows(table)):
        if index == 0 and is_continued:
            continue
        rows.extend(_row(cells, widths, palette, is_head=index == 0))
        if index == 0:
            line = "─┼─".join("─" * size for size in widths)
            rows.append(Row([Segment(line, palette["table-line"])], left=len(line)))
    return rows


def _row(cells: Sequence[Node], widths: list[int], palette: Palette, *, is_head: bool) -> list[Row]:
    """Draw one row of a table, as high as its highest cell."""
    base = "table-head" if is_head else "text"
    wrapped = [
        wrap_runs(inline_runs(cell.inline_tokens(), palette, base), size)
        for cell, size in zip(cells, widths, strict=False)
    ]
    rows: list[Row] = []
    for line in range(max(map(len, wrapped), default=0)):
        segments: list[Segment] = []
        for index, (cell, size) in enumerate(zip(cells, widths, strict=False)):
            if index:
                segments.append(Segment(SEPARATOR, palette["table-line"]))
            part = wrapped[index][line] if line < len(wrapped[index]) else Row([])
            air = max(0, size - part.cells)
            before = _air_before(cell, air)
            segments.append(Segment(" " * before, palette["text"]))
            segments.extend(part.segments)
            segments.append(Segment(" " * (air - before), palette["text"]))
        rows.append(Row([segment for segment in segments if segment.text]))
    return rows


def _air_before(cell: Node, air: int) -> int:
    """Return how many of the free cells go to the left of a cell's text."""
    style = str(cell.token.attrGet("style") or "") if cell.token is not None else ""
    if style.endswith("right"):
        return air
    return air // 2 if style.endswith("center") else 0


def _records(table: Node, palette: Palette, width: int, *, is_continued: bool) -> list[Row]:
    """Draw a table that has no room as one "name: value" line per cell."""
    head, *body = _rows(table)
    rows: list[Row] = []
    for index, cells in enumerate(body):
        if index or is_continued:
            rows.append(Row([]))
        for name, cell in zip(head, cells, strict=False):
            runs = inline_runs(name.inline_tokens(), palette, "table-head")
            runs.append((": ", palette["table-head"]))
            rows.extend(wrap_runs([*runs, *inline_runs(cell.inline_tokens(), palette)], width))
    return rows
