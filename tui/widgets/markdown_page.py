"""A Markdown text as the chat draws it, laid out in a thread, scrolled to a share of it."""

import asyncio
from collections.abc import Sequence
from typing import Final

from rich.segment import Segment
from textual import events, work
from textual.geometry import Size
from textual.strip import Strip

from tui.widgets.chat.blocks import Body
from tui.widgets.chat.palette import Palette, build_palette
from tui.widgets.chat.render import render_piece
from tui.widgets.chat.wrap import Run
from tui.widgets.row_scrollbar import LeanScrollView

_LEAST: Final = 20
"""Cells below which nothing is drawn."""


class MarkdownPage(LeanScrollView, can_focus=False):
    """Shows one Markdown text; it takes no keys."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._text = ""
        self._rows: Sequence[Strip] = ()
        self._share = 0.0
        self._drawn: tuple[str, int, str] | None = None
        """The text, the width and the theme of the rows."""

    def show(self, text: str, share: float) -> None:
        """Show a text, with the row after a share of it (0 to 1) in the middle of the view."""
        self._text = text
        self.follow(share)
        self._lay_out()

    def follow(self, share: float) -> None:
        """Scroll the row after a share of the text (0 to 1) into the middle of the view."""
        self._share = share
        row = share * len(self._rows) - self.size.height / 2
        self.scroll_to(y=max(0, round(row)), animate=False)

    def on_resize(self, _event: events.Resize) -> None:
        """Lay out for another width."""
        self._lay_out()

    def notify_style_update(self) -> None:
        """Draw with the colours of another theme."""
        super().notify_style_update()
        self.call_later(self._lay_out)

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        wanted = self._text, width, self.app.theme
        if self.display and width >= _LEAST and wanted != self._drawn:
            self._drawn = wanted
            palette = build_palette(self.app.theme_variables, self.background_colors[1])
            self._draw(self._text, palette, width)

    @work(exclusive=True, group="draw")
    async def _draw(self, text: str, palette: Palette, width: int) -> None:
        self._rows = await asyncio.to_thread(_drawn, text, palette, width)
        self.virtual_size = Size(width, len(self._rows))
        self.follow(self._share)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen."""
        row = y + round(self.scroll_y)
        blank = self.rich_style
        if row >= len(self._rows):
            return Strip.blank(self.size.width, blank)
        return self._rows[row].adjust_cell_length(self.size.width, blank)


def _drawn(text: str, palette: Palette, width: int) -> Sequence[Strip]:
    body = Body(is_plain=False)
    body.feed(text)
    pieces = [*body.pieces, *([body.open_piece] if body.open_piece else [])]
    rows: list[Strip] = []
    carry: list[Run] = []
    for piece in pieces:
        before = carry if piece.is_joined else []
        rendered = render_piece(piece, palette, width, body.references, carry=before)
        carry = rendered.carry
        rows += [Strip(row.segments) for row in rendered.rows]
    if carry:
        rows.append(Strip([Segment(text, style) for text, style in carry]))
    return rows
