"""A scrolled list that draws its own rows, with a cursor on one of them.

Only the rows in view are drawn, so that a key costs the same with ten rows and with ten thousand;
and of these only the ones that look different now. Textual styles, filters and keeps each line of
each widget that a repaint touches, also where nothing changed; here a drawn line is kept as it goes
to the screen. So a row list has no border, no padding and no opacity of its own.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip

from tui.domain.frozen import frozen
from tui.widgets.row_scrollbar import LeanScrollView
from tui.widgets.text import visible

Part = tuple[str, str]
"""A text in a row, and how it looks: a name in the list's `LOOKS`; others look like the row."""


@frozen
class _Pen:
    """What lines are drawn with, looked up once for all lines that are drawn together."""

    base: Style
    looks: Mapping[str, Style]
    """By their component class."""
    filters: tuple[LineFilter, ...]
    """Textual's own, for example without colours."""
    behind: Color
    """What the filters blend dimmed text with."""


class RowList(LeanScrollView, can_focus=True, inherit_bindings=False):
    """Shows rows, the cursor and the row under the mouse; subclasses say what is in the rows."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--cursor", "rows--hover", "rows--quiet"}
    DEFAULT_CSS = """
    RowList {
        height: 1fr;
        overflow: hidden scroll;
        scrollbar-size-vertical: 1;
        scrollbar-background: transparent;
        scrollbar-background-hover: transparent;
        scrollbar-background-active: transparent;

        & > .rows--cursor {
            color: $foreground;
            background: $block-cursor-blurred-background;
        }
        &:focus > .rows--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
        & > .rows--hover {
            background: $block-hover-background;
        }
        & > .rows--quiet {
            color: $quiet;
        }
    }
    """
    LOOKS: ClassVar[Mapping[str, str]] = {}
    """The component class of each look."""
    HEIGHT: ClassVar[int] = 1
    """Lines of a row."""

    cursor: reactive[int | None] = reactive[int | None](None, repaint=False)
    """The number of the row under the cursor, from 0."""
    _pointed: reactive[int | None] = reactive[int | None](None, repaint=False)
    """The number of the line of the view under the mouse, from 0."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._drawn: dict[int, tuple[tuple[bool, bool], Strip]] = {}
        """The lines as they go to the screen, by their number from the top of the list, and whether
        each was drawn under the cursor and under the mouse."""
        self._strips: dict[tuple[int, int], tuple[object, Strip]] = {}
        """Drawn lines by the id of their row's value and their number in the row, with that value;
        such a row was neither under the cursor nor under the mouse."""
        self._widths = (0, 0)
        """Cells of a line, and of what stands in it: the rest is below the scrollbar."""

    # -- what a subclass says ------------------------------------------------------------------

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    @property
    def empty_sentence(self) -> str:
        """The sentence that is shown where there are no rows; may be untrusted."""
        return ""

    @property
    def note(self) -> str:
        """The sentence below the rows, after a blank line; may be untrusted."""
        return ""

    def row_parts(self, place: int, line: int, width: int) -> Sequence[Part]:
        """Return one line of a row, which is cut or filled to `width` cells."""
        raise NotImplementedError

    def row_value(self, _place: int) -> object | None:
        """Return the object that a row is drawn from, if the row looks the same wherever it is."""
        return None

    def cursor_style(self, cursor: Style, _look: str) -> Style:
        """Return the style of a part under the cursor, whose own colours may be unreadable."""
        return cursor

    def cursor_moved(self, place: int) -> None:
        """Report that the writer moved the cursor."""

    def clicked(self, _place: int, _x: int, times: int) -> None:
        """Open a row, which has the cursor, on a double click."""
        if times == 2:
            self.action_open()

    def action_open(self) -> None:
        """Open the row under the cursor."""

    # -- what is shown -------------------------------------------------------------------------

    def show_rows(self, cursor: int | None, *, stays: bool = False) -> None:
        """Show other rows, and put the cursor on one; where it `stays`, on the same screen line."""
        before = self.cursor
        self._set_count(self.row_count * self.HEIGHT)
        if stays and cursor is not None and before is not None:
            top = self.scroll_offset.y + (cursor - before) * self.HEIGHT
            self.scroll_to(y=top, animate=False, immediate=True)
        self.set_reactive(RowList.cursor, cursor)
        self._bring_into_view()
        self._repaint_what_changed()

    def forget_rows(self) -> None:
        """Forget the drawn rows: something that all rows are drawn with has changed."""
        self._strips.clear()

    def _set_count(self, lines: int) -> None:
        """Set the number of lines.

        Textual lays out the whole screen for every other `virtual_size`, since a scrollbar might
        come or go. Here the scrollbar always has its column, which is empty while all is in view.
        """
        if self.show_vertical_scrollbar:
            self.set_reactive(LeanScrollView.virtual_size, Size(0, lines))
            self.vertical_scrollbar.window_virtual_size = lines
        else:  # Before the first layout.
            self.virtual_size = Size(0, lines)

    def _repaint_what_changed(self) -> None:
        if not self.is_mounted:
            return
        before, self._drawn = self._drawn, {}
        top = self.scroll_offset.y
        changed = []
        for line, strip in enumerate(self.render_lines(self.size.region), top):
            old = before.get(line)
            if old is None or old[1] != strip:
                changed.append(line)
            else:
                self._drawn[line] = (self._drawn[line][0], old[1])
        if changed:
            self.refresh_lines(changed[0], changed[-1] - changed[0] + 1)

    def watch_cursor(self, before: int | None, cursor: int | None) -> None:
        """Draw the two rows that changed."""
        for place in (before, cursor):
            if place is not None:
                self.refresh_lines(place * self.HEIGHT, self.HEIGHT)
        self._bring_into_view()

    def watch__pointed(self, before: int | None, pointed: int | None) -> None:
        """Draw the two rows that changed."""
        for y in (before, pointed):
            if y is not None:
                place = (y + self.scroll_offset.y) // self.HEIGHT
                self.refresh_lines(place * self.HEIGHT, self.HEIGHT)

    def _bring_into_view(self) -> None:
        if self.cursor is not None and self.size.height:
            region = Region(0, self.cursor * self.HEIGHT, 1, self.HEIGHT)
            self.scroll_to_region(region, animate=False, immediate=True, force=True)

    def on_resize(self, _event: events.Resize) -> None:
        """Keep the row under the cursor in view."""
        self._bring_into_view()

    # -- drawing -------------------------------------------------------------------------------

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Draw some lines again where they look different, or without a region every line."""
        if repaint and not regions:
            self._forget_lines()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Draw every line again."""
        self._forget_lines()
        super().notify_style_update()

    def _forget_lines(self) -> None:
        self._drawn.clear()
        self._strips.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines of the view, as they go to the screen."""
        widths = (self.size.width, self.scrollable_content_region.width)
        if widths != self._widths:
            self._forget_lines()
            self._widths = widths
        pen: _Pen | None = None
        strips = []
        for y in crop.line_range:
            line = y + self.scroll_offset.y
            state = self._state(line)
            kept = self._drawn.get(line)
            if kept is None or kept[0] != state:
                strip = None if any(state) else self._strip_of(line)
                if strip is None:
                    pen = self._pen() if pen is None else pen
                    strip = self._line(line, pen)
                    for line_filter in pen.filters:
                        strip = strip.apply_filter(line_filter, pen.behind)
                    if not any(state):
                        self._keep_strip(line, strip)
                kept = self._drawn[line] = (state, strip)
            strips.append(kept[1])
        if crop.column_span != (0, widths[0]):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Return one line of the view, as it goes to the screen."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def _state(self, line: int) -> tuple[bool, bool]:
        """Return whether a line is under the cursor, and whether it is under the mouse."""
        place = line // self.HEIGHT
        pointed = self._pointed
        is_pointed = (
            pointed is not None and (pointed + self.scroll_offset.y) // self.HEIGHT == place
        )
        return place == self.cursor, is_pointed

    def _strip_of(self, line: int) -> Strip | None:
        """Return a line that was drawn at another place."""
        place, part = divmod(line, self.HEIGHT)
        value = self.row_value(place) if place < self.row_count else None
        known = self._strips.get((id(value), part))
        return known[1] if known is not None and known[0] is value else None

    def _keep_strip(self, line: int, strip: Strip) -> None:
        place, part = divmod(line, self.HEIGHT)
        value = self.row_value(place) if place < self.row_count else None
        if value is not None:
            self._strips[id(value), part] = (value, strip)

    def _pen(self) -> "_Pen":
        """Return what lines are drawn with now."""
        names = {"rows--quiet", *self.LOOKS.values()}
        return _Pen(
            self.rich_style,
            {name: self.get_component_rich_style(name, partial=True) for name in names},
            tuple(self.get_line_filters()),
            self.background_colors[1],
        )

    def _line(self, line: int, pen: "_Pen") -> Strip:
        width, room = self._widths
        base = pen.base
        if not self.row_count:
            strip = self._sentence_line(self.empty_sentence, line, room, pen)
            return strip.adjust_cell_length(width, base)
        place, part = divmod(line, self.HEIGHT)
        if place >= self.row_count:
            below = line - self.row_count * self.HEIGHT - 1
            return self._sentence_line(self.note, below, room, pen).adjust_cell_length(width, base)
        parts = self.row_parts(place, part, room)
        is_under_cursor, is_pointed = self._state(line)
        ground = base
        if is_under_cursor:
            ground = self.get_visual_style("rows--cursor").rich_style
            segments = [Segment(text, self.cursor_style(ground, look)) for text, look in parts]
        else:
            if is_pointed:
                ground = self.get_visual_style("rows--hover").rich_style
            looks = self.LOOKS
            segments = [
                Segment(text, ground + pen.looks[looks[look]] if look in looks else ground)
                for text, look in parts
            ]
        return Strip(segments).adjust_cell_length(room, ground).adjust_cell_length(width, base)

    def _sentence_line(self, sentence: str, line: int, room: int, pen: "_Pen") -> Strip:
        """Return one line of a wrapped sentence; a blank line before and after the sentence."""
        wrapped = Text(visible(sentence))
        lines = wrapped.wrap(self.app.console, max(1, room - 2)) if sentence else ()
        text = f" {lines[line].plain}" if 0 <= line < len(lines) else ""
        quiet = pen.base + pen.looks["rows--quiet"]
        return Strip([Segment(text, quiet)]).adjust_cell_length(room, pen.base)

    # -- what the writer does ------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the cursor down, or up, and no further than to the end; without one, to the top."""
        self.go_to(0 if self.cursor is None else self.cursor + by)

    def action_page(self, direction: int) -> None:
        """Move the cursor by as many rows as are in view, and no further than to the end."""
        in_view = max(1, self.size.height // self.HEIGHT - 1)
        self.go_to((self.cursor or 0) + direction * in_view)

    def action_first(self) -> None:
        """Go to the first row."""
        self.go_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self.go_to(self.row_count - 1)

    def go_to(self, place: int) -> None:
        """Put the cursor on a row, or on the nearest there is."""
        if not self.row_count:
            return
        place = min(max(0, place), self.row_count - 1)
        if place != self.cursor:
            self.cursor = place
            self.cursor_moved(place)

    def on_click(self, event: events.Click) -> None:
        """Go to the clicked row; a double click opens it."""
        at = event.get_content_offset(self)
        place = -1 if at is None else (at.y + self.scroll_offset.y) // self.HEIGHT
        if at is not None and 0 <= place < self.row_count:
            event.stop()
            self.go_to(place)
            self.clicked(place, at.x, event.chain)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Point out the row under the mouse."""
        at = event.get_content_offset(self)
        self._pointed = None if at is None else at.y

    def on_leave(self, _event: events.Leave) -> None:
        """Point out no row."""
        self._pointed = None
