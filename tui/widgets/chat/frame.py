"""The frame around the text of an item: its heading, its rule or its card."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tui.domain.frozen import frozen
from tui.widgets.chat.items import ChatItem, Role
from tui.widgets.chat.palette import Palette
from tui.widgets.chat.wrap import Row
from tui.widgets.lean_strip import LeanStrip
from tui.widgets.text import one_line

SIDE: Final = 2
"""Cells on either side of the text that belong to the frame."""
WRITING: Final = "writing…"

_SIGNS = {Role.NOTE: "· ", Role.ERROR: "! "}
_FOLD_SIGNS = {False: "▸ ", True: "▾ "}
_BODY_STYLES = {Role.NOTE: "note", Role.ERROR: "error", Role.TOOL: "tool"}


@frozen
class Line:
    """One finished row of an item."""

    strip: Strip
    left: int = 0
    """Cells before the text that may be copied."""
    right: int = 0
    """Cells after it."""
    join: str = "\n"
    """What stands between this row and the next in the text."""
    is_text: bool = True
    """Whether the row has text, and is no border."""
    is_handle: bool = False
    """A click on it folds or unfolds its item."""

    @property
    def text(self) -> str:
        """The text of the row, without its frame and the blanks at its end."""
        text = self.strip.text
        return text[self.left : len(text) - self.right].rstrip() if self.is_text else ""


def body_style(role: Role) -> str:
    """Name the style of plain text in an item of this role."""
    return _BODY_STYLES.get(role, "text")


def head_lines(item: ChatItem, palette: Palette, width: int, *, has_gap: bool) -> list[Line]:
    """Draw what is above the text: a blank row, and the heading or the top of the card."""
    lines = [_blank()] if has_gap else []
    if item.role is Role.DRAFT:
        lines.append(_card_top(item, palette, width))
    elif item.heading:
        name = "note" if item.role is Role.NOTE else item.role.value
        heading = one_line(item.heading, width - len(WRITING) - 2)
        segments = [Segment(heading, palette[name])]
        if item.is_open:
            segments.append(Segment(f"  {WRITING}", palette["activity"]))
        lines.append(Line(LeanStrip(segments)))
    return lines


def head_height(item: ChatItem, *, has_gap: bool) -> int:
    """Return how many rows `head_lines` makes."""
    return has_gap + (item.role is Role.DRAFT or bool(item.heading))


def foot_lines(item: ChatItem, palette: Palette, width: int) -> list[Line]:
    """Draw what is below the text: the bottom of the card."""
    if item.role is not Role.DRAFT:
        return []
    border = f"╰{'─' * (width - 2)}╯"
    return [Line(LeanStrip([Segment(border, palette["draft-border"])]), left=width, is_text=False)]


def _blank() -> Line:
    return Line(LeanStrip([]), is_text=False)


def _card_top(item: ChatItem, palette: Palette, width: int) -> Line:
    """Draw the top border, the heading set in it."""
    activity = WRITING if item.is_open else ""
    heading = one_line(item.heading, width - 5 - (len(activity) + 3 if activity else 0))
    if heading and activity:
        activity = f" · {activity}"
    title = cell_len(heading) + cell_len(activity)
    rule = width - 4 - title if title else width - 2
    border = palette["draft-border"]
    segments = [
        Segment("╭ " if title else "╭", border),
        Segment(heading, palette["draft"]),
        Segment(activity, palette["activity"]),
        Segment((" " if title else "") + "─" * rule + "╮", border),
    ]
    strip = LeanStrip([segment for segment in segments if segment.text])
    return Line(strip, left=SIDE, right=max(0, rule + 2), is_text=bool(title))


def body_lines(
    item: ChatItem, rows: Sequence[Row], palette: Palette, width: int, *, is_first: bool
) -> list[Line]:
    """Put the frame of the item around rows of its text.

    Args:
        item: Whose text it is.
        rows: At most `width` - 2 × `SIDE` cells wide each.
        palette: Colours and styles.
        width: Cells of the finished lines.
        is_first: The first row is the first of the item.
    """
    text = palette["text"]
    before, after = Segment("  ", text), Segment("  ", text)
    if item.role is Role.DRAFT:
        before, after = (
            Segment("│ ", palette["draft-border"]),
            Segment(" │", palette["draft-border"]),
        )
    elif item.role is Role.YOU:
        before = Segment("│ ", palette["you-rule"])
    room = width - 2 * SIDE
    lines: list[Line] = []
    for index, row in enumerate(rows):
        side = before
        if index == 0 and is_first and (sign := _sign(item)):
            side = Segment(sign, palette[body_style(item.role)])
        # One strip for each row, not five: a strip makes eight caches when it is made.
        inside, air = row.segments, room - row.cells
        if air > 0:
            inside = [*inside, Segment(" " * air, text)]
        elif air < 0:
            inside = [*LeanStrip(inside).adjust_cell_length(room, text)]
        lines.append(
            Line(
                LeanStrip([side, *inside, after], max(width, 2 * SIDE)),
                row.left + SIDE,
                SIDE,
                row.join,
                is_handle=row.is_handle,
            )
        )
    return lines


def _sign(item: ChatItem) -> str:
    """Return what stands before the first row of an item, or ""."""
    return _FOLD_SIGNS[item.is_unfolded] if item.role is Role.TOOL else _SIGNS.get(item.role, "")
