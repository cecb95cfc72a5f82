"""The surface of the chat: scrolls a column of rows, whose heights are exact in the view."""

from collections import OrderedDict
from time import monotonic
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import BLACK, Color
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui.widgets.chat.conversation import START, Column, Place
from tui.widgets.chat.frame import Line
from tui.widgets.chat.marking import marks_in
from tui.widgets.chat.palette import Palette, build_palette, themed
from tui.widgets.chat.selecting import copied_text, encode_row, with_selection
from tui.widgets.chat.styles import TONES
from tui.widgets.chat.view import Look
from tui.widgets.lean_strip import LeanStrip
from tui.widgets.row_scrollbar import LeanScrollView
from tui.widgets.text import one_line
from tui.widgets.text_selection import marked, selection_style

WIDEST: Final = 100
"""Cells of the column, which leaves 96 for text; wider panes centre it."""
GUTTER: Final = 2
"""Cells left of the column: the turn cursor and air."""
IDLE_SECONDS: Final = 0.03
"""Seconds between two slices of measuring."""
SLICE_SECONDS: Final = 0.006
"""Seconds that one slice takes."""
QUIET_SECONDS: Final = 0.4
"""Seconds after a frame of a growing answer in which nothing is measured: at full speed most rows
scroll by unseen, and measuring them delays the next frame."""
REACH: Final = 1000
"""Rows above and below the view that are measured in advance; the heights of farther ones are
estimates until one scrolls there, which is no slower for that."""
KEPT_ROWS: Final = 1000
"""Maximum number of finished rows that are kept."""
KEPT_UNITS: Final = 200
"""Maximum number of units whose drawn lines are kept."""


class ChatCanvas(LeanScrollView):
    """Draws a column of items and keeps the reader's place in it."""

    selected_turn: reactive[int] = reactive(0, repaint=True)
    """The turn under the cursor; 0 for none."""
    end_key: reactive[str] = reactive("", repaint=True)
    """The key that goes to the end, as the mark “new below” names it; empty names none."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._column = Column(Look(0, Palette({}), Palette({})))
        self._place = START
        self._is_following = True
        self._seen: Place | None = None
        """The last row that the reader has seen; None while nothing new is below it."""
        self._is_held = False
        """Whether the view was put to the top of a new draft, whose end was not seen since."""
        self._has_mark = False
        self._is_adjusting = False
        self._is_stale = False
        self._themed_as: tuple[str, Color] | None = None
        """The theme, and the background, that the colours on screen were made for."""
        self._kept: OrderedDict[tuple[int, int], None] = OrderedDict()
        self._on_screen: list[Line | None] = []
        self._drawn: dict[int, tuple[Line, object, Strip]] = {}
        self._made_with: tuple[tuple[LineFilter, ...], Color, int] = ((), BLACK, 0)
        """The filters, the background and the width in cells of the finished rows."""
        self._finished: dict[int, tuple[Strip, Strip]] = {}
        """Rows as `render_line` returns them, by their identity, with the finished row of each."""
        self._idle_timer: Timer | None = None
        self._grew_at = -QUIET_SECONDS
        """When a growing answer was drawn last, in seconds of `monotonic`."""
        self._measured_at = -1
        """The row at the top when the rows near the view were measured last."""
        self._marked_words: tuple[str, ...] = ()
        """The words that are marked wherever they stand."""

    @property
    def is_following(self) -> bool:
        """Whether the end stays in view while text is added."""
        return self._is_following

    @property
    def _is_at_end(self) -> bool:
        return round(self.scroll_y) >= self.max_scroll_y

    def _settle(self, moved: int = 0) -> None:
        """Make the heights in the view exact, and correct the scrollbar.

        Args:
            moved: Rows by which the top of the view moves away from its place.
        """
        room = self.scrollable_content_region.height
        if not self._column.look.width or room <= 0:
            return
        column = self._column
        top = 0
        for _ in range(50):
            end = max(0, column.height - room)
            wanted = end if self._is_following else column.row_of(self._place) + moved
            top = min(max(0, wanted), end)
            if not column.measure_rows(top, top + room):
                break
        self._place = column.find(top)
        self._see(top, room)
        self._move_to(top)
        self._keep_cursor_in_view(top, room)
        column.is_measured &= top == self._measured_at
        if not column.is_measured:
            self._measure_in(IDLE_SECONDS)

    def _keep_cursor_in_view(self, top: int, room: int) -> None:
        """Move the turn cursor to a turn in the view, whose first row and height are given."""

    def _see(self, top: int, room: int) -> None:
        """Note how far down the reader has seen, and show a mark when there is more below."""
        column = self._column
        unseen = column.height if self._seen is None else column.row_of(self._seen) + 1
        has_mark = unseen < column.height and top + room < column.height
        if has_mark:
            # The mark itself covers the last row of the view.
            self._seen = column.find(max(unseen, top + room - 1) - 1)
        else:
            self._seen = None
            # All that was held back is in view now.
            self._is_following |= self._is_held
            self._is_held = False
        if has_mark != self._has_mark:
            self._has_mark = has_mark
            self._on_screen = []

    def _go_to(self, place: Place) -> None:
        """Scroll a place to the top, as far as there is text below it; follow where that is all."""
        self._is_following = False
        self._place = place
        self._settle()
        self._is_following = self._is_at_end

    def _hold(self, place: Place) -> None:
        """Scroll a place to the top and stay there; what is below the view counts as not seen."""
        self._is_following = False
        self._is_held = True
        self._seen = self._place = place
        self._settle()

    def _move_to(self, top: int) -> None:
        """Set the height of the conversation and the row at the top, without a new layout."""
        self._is_adjusting = True
        size = Size(self.scrollable_content_region.width, self._column.height)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)
        has_moved = round(self.scroll_y) != top
        self.scroll_target_y = self.scroll_y = top
        self._is_adjusting = False
        self._refresh_changed(top, is_all=has_moved)

    def _refresh_changed(self, top: int, *, is_all: bool) -> None:
        """Draw again only the rows that differ from what is on the screen.

        While an answer grows that is mostly its last row, and a whole pane costs ten times as much.
        """
        before = self._on_screen
        now = self._on_screen = [
            self._column.line(self._column.find(row)) if row < self._column.height else None
            for row in range(top, top + self.size.height)
        ]
        if is_all or len(before) != len(now):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, now, strict=True)):
            if old is not new and (old is None or new is None or old.strip != new.strip):
                self.refresh_line(top + y)

    def _measure_in(self, seconds: float) -> None:
        if self._idle_timer is None and self.is_running:
            self._idle_timer = self.set_timer(seconds, self._measure_idly)

    def _measure_idly(self) -> None:
        """Measure a little of what is near the view; the view stays where it is."""
        self._idle_timer = None
        quiet = self._grew_at + QUIET_SECONDS - monotonic()
        if quiet > 0:
            self._measure_in(quiet)
            return
        first, last = round(self.scroll_y) - REACH, round(self.scroll_y) + self.size.height + REACH
        if self._column.look.width and self._column.measure_some(SLICE_SECONDS, first, last):
            self._settle()
        self._measured_at = round(self.scroll_y)
        if not self._column.is_measured:
            self._measure_in(IDLE_SECONDS)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the reader's scrolling with exact heights."""
        super().watch_scroll_y(old_value, new_value)
        moved = round(new_value) - round(old_value)
        if self._is_adjusting or not moved or self._look_width() != self._column.look.width:
            return
        self._is_following = self._is_at_end
        if abs(moved) > 3 * self.size.height:
            self._place = self._column.find(round(new_value))
            moved = 0
        if not self._is_following:
            self._settle(moved)
            return
        self._settle()

    def _look_width(self) -> int:
        """Return the cells of the column in the pane as wide as it is now."""
        width = self.scrollable_content_region.width
        return max(16, min(WIDEST, width - GUTTER - 1)) if width else 0

    def on_resize(self) -> None:
        """Keep the place: the same text stays at the top, or the end at the end."""
        self._restyle(self._look_width())
        self._settle()

    def notify_style_update(self) -> None:
        """Draw with the colours of another theme; other changes of style cost nothing."""
        super().notify_style_update()
        # The background is only right once all styles were updated: when drawing.
        self._is_stale = True
        self.refresh()

    def _restyle(self, width: int) -> None:
        """Take the colours of the theme as it is now, and a width in cells."""
        self._is_stale = False
        old, themed_as = self._column.look, (self.app.theme, self.background_colors[1])
        if not width or (width, themed_as) == (old.width, self._themed_as):
            return
        pane, card = old.pane, old.card
        if themed_as != self._themed_as:
            self._themed_as = themed_as
            variables, background = self.app.theme_variables, themed_as[1]
            pane = build_palette(variables, background)
            card = build_palette(variables, background + themed(TONES["card"].ground, variables))
        is_resized = bool(old.width) and old.width != width
        top = self._column.text_offset(self._place) if is_resized else (START, 0)
        seen = self._column.text_offset(self._seen) if is_resized and self._seen else None
        self._column.restyle(Look(width, pane, card))
        self._kept.clear()
        if is_resized and not self._is_following:
            self._place = self._column.place_of_text(*top)
        if seen is not None:
            self._seen = self._column.place_of_text(*seen)
        self._on_screen = []
        self.refresh()

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Hand out finished rows, the same objects for as long as they look the same.

        Textual's own cache is by row of the widget, so that scrolling draws everything anew. What
        it does beside that is of no use here: the pane has no border, padding, tint or opacity.
        """
        filters, background = tuple(self.get_line_filters()), self.background_colors[1]
        bar = self.scrollbar_size_vertical if self.show_vertical_scrollbar else 0
        made_with = (filters, background, self.outer_size.width - bar)
        if made_with != self._made_with or len(self._finished) >= KEPT_ROWS:
            self._made_with = made_with
            self._finished.clear()
        size, margin = self.size, self._margin  # Textual works them out at each look.
        strips = [self._finish(self._row(y, size, margin)) for y in crop.line_range]
        first, last = crop.column_span
        if first or last < made_with[2]:
            strips = [strip.crop(first, last) for strip in strips]
        return strips

    def _finish(self, strip: Strip) -> Strip:
        """Give a row the width of the pane without its scrollbar, and let the filters see it."""
        known = self._finished.get(id(strip))
        if known is not None:
            return known[1]
        filters, background, width = self._made_with
        look = self._column.look
        finished = strip.adjust_cell_length(width, look.pane["text"] if look.width else None)
        for line_filter in filters:
            finished = finished.apply_filter(line_filter, background)
        finished = LeanStrip.of(finished)
        self._finished[id(strip)] = (strip, finished)
        return finished

    def render_line(self, y: int) -> Strip:
        """Draw one row of the view, with offsets: by them Textual finds what is under the mouse."""
        return self._row(y, self.size, self._margin, has_offsets=True)

    def _row(self, y: int, size: Size, margin: int, *, has_offsets: bool = False) -> Strip:
        column = self._column
        width = size.width
        if not column.look.width:
            return Strip.blank(width, self.rich_style)
        if self._is_stale:
            self._restyle(column.look.width)
        text = column.look.pane["text"]
        if self._has_mark and y == size.height - 1:
            return self._mark()
        row = round(self.scroll_y) + y
        if row >= column.height:
            return Strip.blank(width, text)
        place = column.find(row)
        line = column.line(place)
        if line is None:
            return Strip.blank(width, text)
        self._keep(place)
        number = encode_row(place)
        gutter = self._gutter(place, margin)
        key = (gutter, margin, width, self._marked_words)
        known = self._drawn.get(number)
        if known is not None and known[0] is line and known[1] == key:
            strip = known[2]
        else:
            strip = LeanStrip([*gutter, *line.strip]).crop_extend(0, width, text)
            strip = LeanStrip.of(self._with_marks(strip, place, margin))
            if len(self._drawn) >= KEPT_ROWS:
                self._drawn.clear()
            self._drawn[number] = (line, key, strip)
        if has_offsets:
            strip = strip.apply_offsets(0, number)
        selection = self.text_selection
        if selection is None:
            return strip
        span = selection.get_span(number)
        return with_selection(strip, line, margin, span, selection_style(self))

    def _with_marks(self, strip: Strip, place: Place, margin: int) -> Strip:
        """Mark the words of a row that were searched for."""
        if self._marked_words:
            lines = self._column.lines(place.index, place.unit)
            for start, end in marks_in(lines, self._marked_words)[place.row]:
                first, last = margin + start, margin + end
                strip = marked(strip, first, last, self._column.look.pane["found"])
        return strip

    def _mark(self) -> Strip:
        """Draw the last row of the view while there is something new below it."""
        look = self._column.look
        words = "▼ more below" if self._is_held else "▼ new below"
        if self.end_key:
            words += f" · {self.end_key} for the end"
        label = f" {one_line(words, look.width - 2)} "
        before = self._margin + (look.width - cell_len(label)) // 2
        segments = [
            Segment(" " * before, look.pane["text"]),
            Segment(label, look.pane["more"]),
        ]
        return Strip(segments).adjust_cell_length(self.size.width, look.pane["text"])

    @property
    def _margin(self) -> int:
        """Cells left of the column."""
        spare = self.scrollable_content_region.width - GUTTER - 1 - self._column.look.width
        return GUTTER + max(0, spare) // 2

    def _gutter(self, place: Place, margin: int) -> tuple[Segment, ...]:
        """Draw the cells left of a row, with the cursor's bar on the selected turn."""
        palette = self._column.look.pane
        turn = self._column.turn_at(place.index)
        is_selected = turn > 0 and turn == self.selected_turn
        is_above = place.unit == 0 and place.row == 0 and place.index > 0
        if is_above and self._column.turn_at(place.index - 1) != turn:
            is_selected = False
        air = Segment(" " * (margin - GUTTER), palette["text"])
        if is_selected:
            style = palette["cursor" if self.has_focus else "cursor-blurred"]
            return air, Segment("▎", style), Segment(" ", palette["text"])
        return air, Segment("  ", palette["text"])

    def _keep(self, place: Place) -> None:
        """Remember that a unit was drawn, and drop the one that was drawn longest ago."""
        key = (place.index, place.unit)
        self._kept[key] = None
        self._kept.move_to_end(key)
        if len(self._kept) > KEPT_UNITS:
            self._column.forget(*self._kept.popitem(last=False)[0])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text without frames and without the breaks of wrapping."""
        return copied_text(self._column, selection, self._margin), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        """Show what is selected."""
        self.refresh()
