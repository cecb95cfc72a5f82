"""Read-only text of any size: laid out off the event loop, drawn row by row."""

import asyncio
from bisect import bisect_left, bisect_right
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui.commands import Scope, bindings
from tui.widgets.page import Layout, Page, Part
from tui.widgets.text_selection import (
    FlowRow,
    clicked_character,
    marked,
    paragraph_selection,
    selection_style,
    word_selection,
)

SMALL_TEXT: Final = 8_000
"""Characters that are laid out at once, without a thread."""


class Reader(ScrollView, can_focus=True):
    """Shows a page and scrolls it; a new width or a new text is laid out anew."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"reader--{look}"
        for look in ("quiet", "removed", "added", "removed-mark", "added-mark", "mark")
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.READER)

    class StopReached(Message):
        """Another stop is being read, or the page has other stops than before."""

    def __init__(
        self,
        layout: Layout | None = None,
        *,
        most_columns: int = 0,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Show what `layout` makes; at most `most_columns` wide and centred, 0 for all there is."""
        super().__init__(id=id)
        self._make = layout
        self._most_columns = most_columns
        self._page = Page((), ())
        self._left = 0
        self._is_small = False
        self._is_laying_out = False
        self._laid_out: tuple[Layout, int] | None = None
        self._first_stop: int | None = None
        self._jumped: tuple[int, int] | None = None
        """The stop that was gone to, and the row that was the top one then."""
        self._told: tuple[int, int, bool] | None = None
        self._looks: dict[str, Style] = {}

    @property
    def page(self) -> Page:
        """The page on screen."""
        return self._page

    @property
    def is_ready(self) -> bool:
        """Whether the newest text is on screen, laid out for the width there is."""
        return self._make is not None and self._laid_out == (self._make, self._columns)

    def show(self, layout: Layout, *, is_small: bool = False, stop: int | None = None) -> None:
        """Show another text; a small one is laid out at once.

        It is shown from its top, or at one of its stops when that cannot be seen from there.
        """
        self._make = layout
        self._is_small = is_small
        self._first_stop = stop
        self.scroll_to(y=0, animate=False)
        self._lay_out()

    @property
    def _columns(self) -> int:
        width = self.scrollable_content_region.width - 1
        return min(width, self._most_columns) if self._most_columns else width

    def on_resize(self, _: events.Resize) -> None:
        """Lay out anew for another width."""
        self._left = max(0, (self.scrollable_content_region.width - self._columns) // 2)
        self._lay_out()
        self._tell_stop()

    def _lay_out(self) -> None:
        width = self._columns
        if self._make is None or width <= 0 or self.is_ready:
            return
        if self._is_small:
            self._take(self._make(width), self._make, width)
        elif not self._is_laying_out:
            self._is_laying_out = True
            self.run_worker(self._lay_out_elsewhere(self._make, width))

    async def _lay_out_elsewhere(self, layout: Layout, width: int) -> None:
        try:
            page = await asyncio.to_thread(layout, width)
        finally:
            self._is_laying_out = False
        if self._make is layout:
            self._take(page, layout, width)
        # One thread at a time: what was asked for meanwhile is begun only now.
        self._lay_out()

    def _take(self, page: Page, layout: Layout, width: int) -> None:
        is_same_text = self._laid_out is not None and self._laid_out[0] is layout
        top = round(self.scroll_y)
        line = self._page.lines[top] if is_same_text and top < len(self._page.lines) else 0
        if self.text_selection is not None:
            # It counts rows of the page before.
            self.screen.clear_selection()
        self._page, self._laid_out, self._jumped = page, (layout, width), None
        self.virtual_size = Size(width, len(page.rows))
        if is_same_text:
            self.scroll_to(y=bisect_left(page.lines, line), animate=False, force=True)
        else:
            self._begin_at(self._first_stop)
        self.refresh()
        self._tell_stop()

    def _begin_at(self, stop: int | None) -> None:
        stops = self._page.stops
        if stop is not None and stops and stops[min(stop, len(stops) - 1)] >= self.size.height:
            self._go_to(min(stop, len(stops) - 1))

    def _scroll(self, rows: int) -> None:
        # At once: an animated page paints the whole screen a dozen times.
        self.scroll_relative(y=rows, animate=False)

    def action_scroll_down(self) -> None:
        """Go one row down."""
        self._scroll(1)

    def action_scroll_up(self) -> None:
        """Go one row up."""
        self._scroll(-1)

    def action_page_down(self) -> None:
        """Go down by what is on screen, but for two rows that stay."""
        self._scroll(max(1, self.size.height - 2))

    def action_page_up(self) -> None:
        """Go up by what is on screen, but for two rows that stay."""
        self._scroll(-max(1, self.size.height - 2))

    def action_scroll_home(self) -> None:
        """Go to the first row."""
        self.scroll_to(y=0, animate=False)

    def action_scroll_end(self) -> None:
        """Go to the last row."""
        self.scroll_to(y=self.max_scroll_y, animate=False)

    @property
    def stop(self) -> int:
        """Number of the stop that is being read, from 0; -1 before the first one."""
        top, stops = round(self.scroll_y), self._page.stops
        if self._jumped is not None and self._jumped[1] == top:
            return self._jumped[0]
        found = bisect_right(stops, top + self._margin) - 1
        is_first_in_sight = bool(stops) and top <= stops[0] < top + self.size.height
        return 0 if found < 0 and is_first_in_sight else found

    @property
    def is_whole(self) -> bool:
        """Whether the whole page is on screen."""
        return not self.max_scroll_y

    def jump(self, direction: int) -> bool:
        """Go to the next (1) or the previous (-1) stop; False when there is no other to go to."""
        stop = self.stop
        is_inside = direction < 0 <= stop and self._top_of(stop) < round(self.scroll_y)
        wanted = stop if is_inside else stop + direction
        if self.is_whole or not 0 <= wanted < len(self._page.stops):
            return False
        self._go_to(wanted)
        return True

    def _go_to(self, stop: int) -> None:
        top = self._top_of(stop)
        self._jumped = stop, top
        self.scroll_to(y=top, animate=False, force=True)
        self._tell_stop()

    def _top_of(self, stop: int) -> int:
        """Return the top row of the screen with this stop on it; the last page is full."""
        return min(max(0, self._page.stops[stop] - self._margin), self.max_scroll_y)

    def _tell_stop(self) -> None:
        told = self.stop, len(self._page.stops), self.is_whole
        if told != self._told:
            self._told = told
            self.post_message(self.StopReached())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw the rows, and tell which stop is read now."""
        super().watch_scroll_y(old_value, new_value)
        self._tell_stop()

    @property
    def _margin(self) -> int:
        return min(3, self.size.height // 4)

    def notify_style_update(self) -> None:
        """Forget the looks of the theme before."""
        super().notify_style_update()
        self._looks = {}

    def _look(self, name: str) -> Style:
        if name not in self._looks:
            self._looks[name] = (
                self.get_component_rich_style(f"reader--{name}") if name else self.rich_style
            )
        return self._looks[name]

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen."""
        width = self.size.width
        base = self._look("")
        index = y + round(self.scroll_y)
        if index >= len(self._page.rows):
            return Strip.blank(width, base)
        segments = [Segment(" " * self._left, base)] if self._left else []
        segments += [Segment(text, self._look(look)) for text, look in self._page.rows[index]]
        strip = Strip(segments).adjust_cell_length(width, base).apply_offsets(0, index)
        selection = self.text_selection
        if selection is None:
            return strip
        part = self._page.part(index, self._selected_column(selection))
        first, last = self._span(selection, index, part)
        text = strip.text
        start, end = cell_len(text[: self._left + first]), cell_len(text[: self._left + last])
        return marked(strip, start, end, selection_style(self))

    # -- selecting with the mouse --------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Select a word, a line or everything with two, three or more quick clicks."""
        if event.chain < 2:
            return
        # Textual would select everything at the second.
        event.prevent_default()
        if event.chain > 3:
            self.text_select_all()
            return
        at = clicked_character(self, event)
        selection = None if at is None else self._clicked(at, is_word=event.chain == 2)
        self.screen.selections = {} if selection is None else {self: selection}

    def _clicked(self, at: Offset, *, is_word: bool) -> Selection | None:
        """Return the word or the line of the text at a character of a row."""
        page = self._page
        column = page.column_at(at.y, at.x - self._left)
        first = last = at.y
        while (above := page.part(first - 1, column)) is not None and above.join != "\n":
            first -= 1
        while (part := page.part(last, column)) is not None and part.join != "\n":
            last += 1
        rows: list[FlowRow] = []
        for row in range(first, last + 1):
            part = page.part(row, column)
            if part is None:
                return None
            x = self._left + part.start
            rows.append(FlowRow(row, x, part.text, part.join.replace("\n", "")))
        return word_selection(rows, at.y - first, at.x) if is_word else paragraph_selection(rows)

    def _selected_column(self, selection: Selection) -> int:
        """Return which of the texts side by side is selected: the one where it begins."""
        start = selection.start
        return 0 if start is None else self._page.column_at(start.y, start.x - self._left)

    def _span(self, selection: Selection, row: int, part: Part | None) -> tuple[int, int]:
        """Return from where to where a row is selected, in characters of the page's row."""
        span = selection.get_span(row)
        if span is None or part is None:
            return 0, 0
        end = part.start + len(part.text)
        first = max(part.start, span[0] - self._left)
        last = end if span[1] < 0 else min(end, span[1] - self._left)
        return first, max(first, last)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text without wraps and gutter, as it is saved."""
        column = self._selected_column(selection)
        page = self._page
        first = 0 if selection.start is None else selection.start.y
        last = len(page.rows) - 1 if selection.end is None else selection.end.y
        found: list[str] = []
        for row in range(first, min(last, len(page.rows) - 1) + 1):
            part = page.part(row, column)
            if part is None:
                continue
            start, end = (place - part.start for place in self._span(selection, row, part))
            found.append(part.text[start:end] + (part.join if row < last else ""))
        return "".join(found), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        """Show what is selected."""
        self.refresh()
