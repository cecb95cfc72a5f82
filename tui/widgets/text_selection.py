"""Selecting with the mouse where rows are drawn one by one: words, paragraphs, and the mark.

A selection counts characters of rows, as Textual's `Selection` does: `y` numbers a row, `x` a
character of it.
"""

from collections.abc import Sequence
from typing import Final

from rich.style import Style
from textual import events
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tui.domain.frozen import frozen
from tui.widgets.contrast import readable
from tui.widgets.text import is_mark

_INSIDE_WORDS: Final = frozenset("'’-")
"""Belong to a word when letters are on both sides."""


@frozen
class FlowRow:
    """The part of one row that shows a stretch of a paragraph."""

    y: int
    x: int
    """Of its first character."""
    text: str
    join: str
    """What stands between it and the next row in the text: a space, or nothing."""


def word_selection(rows: Sequence[FlowRow], index: int, x: int) -> Selection | None:
    """Select the word at character `x` of a row, over the rows it was broken into.

    Args:
        rows: Those of one paragraph, in order.
        index: Which of them was clicked.
        x: Character of that row.

    Returns:
        None when there is no text.
    """
    row = rows[index]
    if not 0 <= x - row.x < len(row.text):
        return None
    text = "".join(part.text + part.join for part in rows)
    at = sum(len(part.text) + len(part.join) for part in rows[:index]) + x - row.x
    start, end = _word(text, at)
    last = _offset(rows, end - 1)
    return Selection(_offset(rows, start), Offset(last.x + 1, last.y))


def paragraph_selection(rows: Sequence[FlowRow]) -> Selection:
    """Select a paragraph from its first character to its last."""
    first, last = rows[0], rows[-1]
    return Selection(Offset(first.x, first.y), Offset(last.x + len(last.text), last.y))


def _word(text: str, at: int) -> tuple[int, int]:
    """Find the run of letters, of blanks or of other characters that holds `at`."""
    kind = _kind(text, at)
    start, end = at, at + 1
    while start > 0 and _kind(text, start - 1) == kind:
        start -= 1
    while end < len(text) and _kind(text, end) == kind:
        end += 1
    return start, end


def _kind(text: str, at: int) -> str:
    character = text[at]
    if character.isspace():
        return "blank"
    if _is_letter(character):
        return "word"
    is_inside = character in _INSIDE_WORDS and 0 < at < len(text) - 1
    if is_inside and _is_letter(text[at - 1]) and _is_letter(text[at + 1]):
        return "word"
    return "sign"


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_" or is_mark(character)


def _offset(rows: Sequence[FlowRow], at: int) -> Offset:
    """Return the row and character that show character `at` of the text of all rows."""
    for row in rows:
        if at < len(row.text) + len(row.join):
            return Offset(row.x + at, row.y)
        at -= len(row.text) + len(row.join)
    return Offset(rows[-1].x + len(rows[-1].text), rows[-1].y)


def clicked_character(widget: Widget, event: events.Click) -> Offset | None:
    """Return the row and character under a click; None where the widget shows no text."""
    found, offset = widget.screen.get_widget_and_offset_at(event.screen_x, event.screen_y)
    return offset if found is widget else None


def selection_style(widget: Widget) -> Style:
    """Return the style of selected text in a widget: readable in every theme.

    A theme may leave the colour of selected text transparent, which a Rich style cannot say: it
    would be the colour of the ground.
    """
    styles = widget.screen.get_component_styles("screen--selection")
    behind = widget.background_colors[1] + styles.background
    color = styles.color if styles.color.a else widget.styles.color
    return Style.from_color(
        readable(behind + color, behind).rich_color,
        behind.rich_color,
    )


def marked(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """Put a style over the cells from `start` to before `end`."""
    width = strip.cell_length
    end = min(end, width)
    if start >= end:
        return strip
    cuts = [start, end, width] if end < width else [start, end]
    before, inside, *after = strip.divide(cuts)
    over = Strip(
        [
            segment._replace(style=(segment.style + style) if segment.style else style)
            for segment in inside
        ],
        inside.cell_length,
    )
    return Strip.join([before, over, *after])
