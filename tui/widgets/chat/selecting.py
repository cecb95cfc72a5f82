"""Mouse selection: places as numbers, the mark on a row, and clean text to copy."""

from typing import Final

from rich.cells import cell_len
from rich.style import Style
from textual.selection import Selection
from textual.strip import Strip

from tui.widgets.chat.conversation import Column, Place
from tui.widgets.chat.frame import Line
from tui.widgets.text_selection import marked

_UNIT_BITS: Final = 20
_ROW_BITS: Final = 20


def encode_row(place: Place) -> int:
    """Number a place so that later places have greater numbers, whatever heights become."""
    return (place.index << (_UNIT_BITS + _ROW_BITS)) | (place.unit << _ROW_BITS) | place.row


def decode_row(number: int) -> tuple[int, int, int]:
    """Return item, unit and row of a number made by `encode_row`."""
    mask = (1 << _ROW_BITS) - 1
    return number >> (_UNIT_BITS + _ROW_BITS), (number >> _ROW_BITS) & mask, number & mask


def with_selection(
    strip: Strip, line: Line, margin: int, span: tuple[int, int] | None, style: Style
) -> Strip:
    """Mark the selected part of a row's text.

    Args:
        strip: The row as it is shown.
        line: What it was made from.
        margin: Cells before the line.
        span: First and last character that are selected; -1 for the end of the row.
        style: What the mark looks like.
    """
    if span is None or not line.is_text:
        return strip
    text = strip.text
    first, last = span
    start = max(cell_len(text[:first]), margin + line.left)
    end = strip.cell_length if last < 0 else cell_len(text[:last])
    end = min(end, cell_len(text.rstrip()), margin + line.strip.cell_length - line.right)
    return marked(strip, start, end, style)


def copied_text(column: Column, selection: Selection, margin: int) -> str:
    """Return the text of the selected rows: paragraphs in one line, no frames, no padding."""
    if not len(column):
        return ""
    first = decode_row(selection.start.y)[:2] if selection.start else (0, 0)
    last = decode_row(selection.end.y)[:2] if selection.end else (len(column) - 1, 1 << _UNIT_BITS)
    parts: list[str] = []
    for index in range(first[0], min(last[0], len(column) - 1) + 1):
        for unit in range(column.units(index)):
            if not first <= (index, unit) <= last:
                continue
            for row, line in enumerate(column.lines(index, unit)):
                span = selection.get_span(encode_row(Place(index, unit, row)))
                if span is not None:
                    parts.append(_row_text(line, margin, span))
            column.forget(index, unit)
    return "".join(parts).strip("\n")


def _row_text(line: Line, margin: int, span: tuple[int, int]) -> str:
    """Return the selected part of one row, and what stands between it and the next."""
    if not line.is_text:
        return "\n" if not line.strip.cell_length else ""
    text = line.strip.text
    end = len(text) - line.right
    first = max(line.left, span[0] - margin)
    last = end if span[1] < 0 else min(end, span[1] - margin)
    part = text[first:last] if last > first else ""
    return part if span[1] >= 0 and last < end else part.rstrip() + line.join
