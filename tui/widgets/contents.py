"""The list of contents: one line each, with what it is called and where it stands.

Only the rows in view are drawn, so that a key costs the same with ten rows and with ten thousand.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.commands import Scope, bindings
from tui.domain.ids import ContentId
from tui.widgets.badges import Tone
from tui.widgets.content_row import ListedContent, row_parts
from tui.widgets.rows import set_rows
from tui.widgets.text import visible

__all__ = ["ContentList", "ListedContent", "Listing"]

_TONES: Final = {tone: f"contents--{tone}" for tone in Tone}


@dataclass(frozen=True, slots=True)
class Listing:
    """What the list shows: its rows from top to bottom, and the one that is open."""

    rows: tuple[ListedContent, ...] = ()
    current: ContentId | None = None
    """The content on screen; the cursor goes to it when it changes, and nowhere when not listed."""
    empty: str = ""
    """The sentence that is shown when there are no rows."""
    now: datetime | None = None
    """What ages are counted from, to the minute; without it the list shows none."""


class ContentList(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a listing, and says which content is looked at and which one is opened."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "contents--cursor",
        "contents--hover",
        *_TONES.values(),
    }
    DEFAULT_CSS = """
    ContentList {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;

        & > .contents--cursor {
            color: $foreground;
            background: $block-cursor-blurred-background;
        }
        &:focus > .contents--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
        & > .contents--hover {
            background: $block-hover-background;
        }
        & > .contents--quiet {
            color: $quiet;
        }
        & > .contents--good {
            color: $text-success;
        }
        & > .contents--busy {
            color: $accent;
        }
        & > .contents--asking {
            color: $text-warning;
        }
        & > .contents--bad {
            color: $text-error;
            text-style: bold;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.LIST)

    class Looked(Message):
        """The writer moved to a content."""

        def __init__(self, content_id: ContentId) -> None:
            super().__init__()
            self.content_id = content_id

    class Opened(Message):
        """The writer opened a content to work on it."""

        def __init__(self, content_id: ContentId) -> None:
            super().__init__()
            self.content_id = content_id

    listing: reactive[Listing] = reactive(Listing(), init=False)
    """What is shown. The cursor stays on its row unless `current` is another one than before."""
    cursor: reactive[int | None] = reactive[int | None](None, repaint=False)
    """The place of the row under the cursor, counted from 0."""
    _pointed: reactive[int | None] = reactive[int | None](None, repaint=False)
    """The line of the view under the mouse, counted from 0."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._places: dict[ContentId, int] = {}

    @property
    def current(self) -> ContentId | None:
        """The content under the cursor."""
        return None if self.cursor is None else self.listing.rows[self.cursor].row.id

    # -- what is shown -----------------------------------------------------------------------

    def watch_listing(self, before: Listing, listing: Listing) -> None:
        """Show the rows; the one under the cursor stays where it is on the screen."""
        old_place = self.cursor
        old = None if old_place is None else before.rows[old_place].row.id
        self._places = {content.row.id: n for n, content in enumerate(listing.rows)}
        stays = old in self._places and before.current == listing.current
        wanted = old if stays else listing.current
        place = None if wanted is None else self._places.get(wanted)
        set_rows(self, len(listing.rows))
        if place is not None and wanted == old and old_place is not None:
            top = self.scroll_offset.y + place - old_place
            self.scroll_to(y=top, animate=False, immediate=True)
        self.set_reactive(ContentList.cursor, place)
        self._bring_into_view()
        self.refresh()

    def watch_cursor(self, before: int | None, cursor: int | None) -> None:
        """Draw the two rows that changed."""
        for place in (before, cursor):
            if place is not None:
                self.refresh_line(place)
        self._bring_into_view()

    def watch__pointed(self, before: int | None, pointed: int | None) -> None:
        """Draw the two rows that changed."""
        for line in (before, pointed):
            if line is not None:
                self.refresh_line(line + self.scroll_offset.y)

    def _bring_into_view(self) -> None:
        if self.cursor is not None and self.size.height:
            region = Region(0, self.cursor, 1, 1)
            self.scroll_to_region(region, animate=False, immediate=True, force=True)

    def on_resize(self, _event: events.Resize) -> None:
        """Keep the row under the cursor in view."""
        self._bring_into_view()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        width = self.scrollable_content_region.width
        place = y + self.scroll_offset.y
        base = self.rich_style
        if not self.listing.rows:
            return self._empty_line(y, width, base)
        if place >= len(self.listing.rows):
            return Strip.blank(width, base)
        parts = row_parts(self.listing.rows[place], max(8, width), self.listing.now)
        if place == self.cursor:
            # The cursor's colours go together; a mark's own might not show on its ground.
            style = self.get_visual_style("contents--cursor").rich_style
            segments = [Segment(text, style) for text, _tone in parts]
        else:
            if y == self._pointed:
                base = self.get_visual_style("contents--hover").rich_style
            segments = [Segment(text, base + self._tone(tone)) for text, tone in parts]
        return Strip(segments).adjust_cell_length(width, base)

    def _empty_line(self, y: int, width: int, base: Style) -> Strip:
        lines = Text(visible(self.listing.empty)).wrap(self.app.console, max(1, width - 2))
        text = f" {lines[y].plain}" if y < len(lines) else ""
        quiet = base + self._tone(Tone.QUIET)
        return Strip([Segment(text, quiet)]).adjust_cell_length(width, base)

    def _tone(self, tone: Tone) -> Style:
        if tone is Tone.PLAIN:
            return Style.null()
        return self.get_component_rich_style(_TONES[tone], partial=True)

    # -- what the writer does ----------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the cursor down, or up, and no further than to the end; without one, to the top."""
        self._look_at(0 if self.cursor is None else self.cursor + by)

    def action_page(self, direction: int) -> None:
        """Move the cursor by as many rows as are in view, and no further than to the end."""
        self._look_at((self.cursor or 0) + direction * max(1, self.size.height - 1))

    def action_first(self) -> None:
        """Go to the first row."""
        self._look_at(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._look_at(len(self.listing.rows) - 1)

    def action_open(self) -> None:
        """Say that the content under the cursor is opened."""
        if (content_id := self.current) is not None:
            self.post_message(self.Opened(content_id))

    def _look_at(self, place: int) -> None:
        if not self.listing.rows:
            return
        place = min(max(0, place), len(self.listing.rows) - 1)
        if place != self.cursor:
            self.cursor = place
            self.post_message(self.Looked(self.listing.rows[place].row.id))

    def on_click(self, event: events.Click) -> None:
        """Go to the clicked row; a double click opens it."""
        line = event.get_content_offset(self)
        place = -1 if line is None else line.y + self.scroll_offset.y
        if 0 <= place < len(self.listing.rows):
            event.stop()
            self._look_at(place)
            if event.chain == 2:
                self.action_open()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Point out the row under the mouse."""
        line = event.get_content_offset(self)
        self._pointed = None if line is None else line.y

    def on_leave(self, _event: events.Leave) -> None:
        """Point out no row."""
        self._pointed = None
