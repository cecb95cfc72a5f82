"""What a double, a triple and a fourth click select: a word, a paragraph, a turn."""

from collections.abc import Iterator

from textual.geometry import Offset
from textual.selection import Selection

from tui.widgets.chat.conversation import Column, Place
from tui.widgets.chat.frame import Line
from tui.widgets.chat.selecting import decode_row, encode_row
from tui.widgets.text_selection import FlowRow, paragraph_selection, word_selection


def clicked_selection(column: Column, at: Offset, margin: int, chain: int) -> Selection | None:
    """Return what the last of `chain` quick clicks selects; None for nothing.

    Args:
        column: The rows.
        at: The row, numbered by `encode_row`, and the character that were clicked.
        margin: Cells before the column.
        chain: 2 for a word, 3 for a paragraph of the source, more for a turn.
    """
    place = Place(*decode_row(at.y))
    if chain > 3:
        return _turn(column, place, margin)
    line = column.line(place)
    if line is None or not line.is_text:
        return None
    before = [*_linked(column, place, -1)][::-1]
    rows = [
        _flow_row(row, line, margin)
        for row, line in [*before, (place, line), *_linked(column, place, 1)]
    ]
    if chain == 2:
        return word_selection(rows, len(before), at.x)
    return paragraph_selection(rows)


def _turn(column: Column, place: Place, margin: int) -> Selection | None:
    turn = column.turn_at(place.index)
    items = [index for index in range(len(column)) if column.turn_at(index) == turn]
    if not items:
        return None
    first = Place(items[0], 0, 0)
    last = Place(items[-1], column.units(items[-1]), 0)
    return Selection(Offset(margin, encode_row(first)), Offset(margin, encode_row(last)))


def _linked(column: Column, place: Place, direction: int) -> Iterator[tuple[Place, Line]]:
    """Yield the rows before (-1) or after (1) a row that show the same paragraph, nearest first."""
    line = column.line(place)
    for other in _rows(column, place, direction):
        beside = column.line(other)
        if beside is None or line is None:
            return
        if (line if direction > 0 else beside).join == "\n" or not beside.is_text:
            return
        yield other, beside
        line = beside


def _rows(column: Column, place: Place, direction: int) -> Iterator[Place]:
    """Yield the rows of an item after a row, or before it, its head and foot aside."""
    unit, row = place.unit, place.row + direction
    while 0 < unit < column.units(place.index) - 1:
        count = len(column.lines(place.index, unit))
        if row < 0 and direction < 0:
            row += count
        while 0 <= row < count:
            yield Place(place.index, unit, row)
            row += direction
        unit += direction
        row = 0 if direction > 0 else -1


def _flow_row(place: Place, line: Line, margin: int) -> FlowRow:
    return FlowRow(encode_row(place), margin + line.left, line.text, line.join.replace("\n", ""))
