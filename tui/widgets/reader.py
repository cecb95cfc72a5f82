"""Read-only text of any size: laid out off the event loop, drawn row by row."""

import asyncio
from bisect import bisect_left
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from tui.commands import Scope, bindings
from tui.widgets.page import Layout, Page, Part
from tui.widgets.row_scrollbar import LeanScrollView
from tui.widgets.text_selection import (
    FlowRow,
    clicked_character,
    marked,
    paragraph_selection,
    selection_style,
    word_selection,
)

_SMALL_TEXT: Final = 8_000
"""Characters that are laid out at once, without a thread."""

STOP_LOOKS: Final = (
    *("removed", "added", "kept", "refused"),
    *("removed-mark", "added-mark", "mark"),
    *("cell", "chosen", "finding"),
)
"""The looks of what belongs to a stop; each has another one while that is the current stop."""


class Reader(LeanScrollView, can_focus=True):
    """Shows a page and scrolls it; a new width or a new text is laid out anew."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "reader--quiet",
        "reader--found",
        *(f"reader--{look}{current}" for look in STOP_LOOKS for current in ("", "-current")),
    }
    BINDINGS = bindings(Scope.READER)

    class FoldClicked(Message):
        """A row that stands for something folded was clicked; `fold` is its number."""

        def __init__(self, fold: int) -> None:
            super().__init__()
            self.fold = fold

    class StopClicked(Message):
        """What belongs to a stop was clicked; `place` is the number of the stop."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, *, most_columns: int = 0, id: str | None = None) -> None:  # noqa: A002
        """Show pages at most `most_columns` wide and centred; 0 for the full width."""
        super().__init__(id=id)
        self._make: Layout | None = None
        self._most_columns = most_columns
        self._page = Page((), ())
        self._left = 0
        self._is_small = False
        self._is_laying_out = False
        self._is_same_text = False
        self._laid_out: tuple[Layout, int] | None = None
        self._first_stop: int | None = None
        self._current: int | None = None
        self._held: tuple[int, int] | None = None
        """A stop that stays on its row of the screen when the page is drawn anew, and that row."""
        self._looks: dict[str, Style] = {}

    @property
    def page(self) -> Page:
        """The page on screen."""
        return self._page

    @property
    def is_ready(self) -> bool:
        """Whether the newest text is on screen, laid out for the width there is."""
        return self._make is not None and self._laid_out == (self._make, self._columns)

    def show(self, layout: Layout, *, size: int = 0, stop: int | None = None) -> None:
        """Show another text of some `size` in characters; a small one is laid out at once.

        It is shown from its top, or at one of its stops when that cannot be seen from there.
        """
        self._make = layout
        self._is_small = size <= _SMALL_TEXT
        self._is_same_text = False
        self._first_stop = stop
        self._held = None
        self.scroll_to(y=0, animate=False)
        self._lay_out()

    def redraw(self, layout: Layout, *, stop: int | None = None) -> None:
        """Show the same text laid out in another way.

        A stop that is in sight stays on its row of the screen, else the line at the top does.
        """
        if stop is not None and self.is_in_sight(stop):
            self._held = stop, self._page.stops[stop] - round(self.scroll_y)
        self._make = layout
        self._is_same_text = True
        self._lay_out()

    @property
    def _columns(self) -> int:
        width = self.scrollable_content_region.width - 1
        return min(width, self._most_columns) if self._most_columns else width

    def on_resize(self, _: events.Resize) -> None:
        """Lay out anew for another width."""
        self._left = max(0, (self.scrollable_content_region.width - self._columns) // 2)
        self._lay_out()

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
        is_same_text = self._is_same_text or (
            self._laid_out is not None and self._laid_out[0] is layout
        )
        top = round(self.scroll_y)
        line = self._page.lines[top] if is_same_text and top < len(self._page.lines) else 0
        if self.text_selection is not None:
            # It counts rows of the page before.
            self.screen.clear_selection()
        self._page, self._laid_out = page, (layout, width)
        self.virtual_size = Size(width, len(page.rows))
        held, self._held = self._held, None
        if held is not None and held[0] < len(page.stops):
            self.scroll_to(y=page.stops[held[0]] - held[1], animate=False, force=True)
        elif is_same_text:
            self.scroll_to(y=bisect_left(page.lines, line), animate=False, force=True)
        else:
            self._is_same_text = True
            if self._first_stop is not None:
                self.see(self._first_stop)
        self.refresh()

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

    # -- stops ---------------------------------------------------------------------------------

    def mark(self, stop: int | None) -> None:
        """Draw a stop as the current one."""
        if stop != self._current:
            self._current = stop
            self._looks = {}
            self.refresh()

    def see(self, stop: int) -> None:
        """Bring a stop into sight, with a few rows above it, unless it can be seen already."""
        if stop < len(self._page.stops) and not self.is_in_sight(stop):
            top = min(max(0, self._page.stops[stop] - self._margin), self.max_scroll_y)
            self.scroll_to(y=top, animate=False, force=True)

    def is_in_sight(self, stop: int) -> bool:
        """Whether the first row of a stop is on screen."""
        row = self._page.stops[stop] if stop < len(self._page.stops) else -1
        return round(self.scroll_y) <= row < round(self.scroll_y) + self.size.height

    def stop_from_top(self) -> int:
        """Return the number of the first stop that is not above the screen."""
        return bisect_left(self._page.stops, round(self.scroll_y))

    def first_fold(self) -> int | None:
        """Return the number of the first fold on screen, else of the first one below it."""
        top = round(self.scroll_y)
        return next((fold for row, fold in self._page.folds if row >= top), None)

    @property
    def _margin(self) -> int:
        return min(3, self.size.height // 4)

    def notify_style_update(self) -> None:
        """Forget the looks of the theme before."""
        super().notify_style_update()
        self._looks = {}

    def _look(self, name: str) -> Style:
        if name not in self._looks:
            look, _, stop = name.partition("#")
            if stop and stop == str(self._current):
                look += "-current"
            self._looks[name] = (
                self.get_component_rich_style(f"reader--{look}") if look else self.rich_style
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
            self._click(event)
            return
        # Textual would select everything at the second.
        event.prevent_default()
        if event.chain > 3:
            self.text_select_all()
            return
        at = clicked_character(self, event)
        selection = None if at is None else self._clicked(at, is_word=event.chain == 2)
        self.screen.selections = {} if selection is None else {self: selection}

    def _click(self, event: events.Click) -> None:
        """Say which fold, or which stop, was clicked; the end of a selection is no click."""
        at = event.get_content_offset(self)
        row = -1 if at is None else at.y + round(self.scroll_y)
        if at is None or row >= len(self._page.rows) or self.text_selection is not None:
            return
        for place, fold in self._page.folds:
            if place == row:
                self.post_message(self.FoldClicked(fold))
        stop = self._stop_at(row, at.x - self._left)
        if stop is not None:
            self.post_message(self.StopClicked(stop))

    def _stop_at(self, row: int, x: int) -> int | None:
        """Return the stop that a cell of a row belongs to."""
        end = 0
        for text, look in self._page.rows[row]:
            end += cell_len(text)
            if x < end:
                stop = look.partition("#")[2]
                return int(stop) if stop else None
        return None

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
