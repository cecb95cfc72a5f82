"""The hits of a search: two lines each, where it is and what it says, with the words marked."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.domain.listing import age
from tui.domain.plain import plain
from tui.widgets.rows import set_rows
from tui.widgets.text import one_line, truncated, visible

_ROWS: Final = 2
"""Lines of a hit."""
_INDENT: Final = 2
_BEFORE: Final = 8
"""Characters kept before the first word, where the line has no room for more."""


@dataclass(frozen=True, slots=True)
class ShownHit:
    """One hit."""

    where: str
    """Its place in words; may quote untrusted text."""
    at: datetime
    excerpt: str
    """One line; untrusted text."""
    spans: tuple[tuple[int, int], ...]
    """First character of each word found in it, and the one after its last."""


@dataclass(frozen=True, slots=True)
class HitListing:
    """What the list shows."""

    hits: tuple[ShownHit, ...] = ()
    said: str = ""
    """The sentence that is shown while there are no hits."""
    now: datetime | None = None
    """What ages are counted from."""


class HitList(ScrollView, can_focus=False):
    """Shows hits and a cursor on one of them; the keys are those of the screen."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"hits--cursor", "hits--quiet", "hits--found"}
    DEFAULT_CSS = """
    HitList {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;

        & > .hits--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
        & > .hits--quiet {
            color: $quiet;
        }
        & > .hits--found {
            color: $text-warning;
            text-style: bold underline;
        }
    }
    """

    class Chosen(Message):
        """A hit was clicked twice."""

    listing: reactive[HitListing] = reactive(HitListing(), init=False)
    """What is shown; the cursor goes to the first hit."""
    cursor: reactive[int] = reactive(0, repaint=False)
    """The hit under the cursor, counted from 0."""

    def watch_listing(self, listing: HitListing) -> None:
        """Show other hits from the top."""
        set_rows(self, _ROWS * len(listing.hits))
        self.set_reactive(HitList.cursor, 0)
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh()

    def watch_cursor(self, before: int, cursor: int) -> None:
        """Draw the two hits that changed."""
        for place in (before, cursor):
            for line in range(_ROWS):
                self.refresh_line(place * _ROWS + line)
        self._bring_into_view()

    def move(self, steps: int) -> None:
        """Move the cursor down, or up, and no further than to the end."""
        self.cursor = min(max(0, self.cursor + steps), max(0, len(self.listing.hits) - 1))

    def page(self, direction: int) -> None:
        """Move the cursor by as many hits as are in view."""
        self.move(direction * max(1, self.size.height // _ROWS - 1))

    def _bring_into_view(self) -> None:
        if self.size.height:
            region = Region(0, self.cursor * _ROWS, 1, _ROWS)
            self.scroll_to_region(region, animate=False, immediate=True, force=True)

    def on_resize(self, _event: events.Resize) -> None:
        """Keep the hit under the cursor in view."""
        self._bring_into_view()

    def on_click(self, event: events.Click) -> None:
        """Go to the clicked hit; a double click opens it."""
        line = event.get_content_offset(self)
        place = -1 if line is None else (line.y + self.scroll_offset.y) // _ROWS
        if 0 <= place < len(self.listing.hits):
            event.stop()
            self.cursor = place
            if event.chain == 2:
                self.post_message(self.Chosen())

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        width = self.scrollable_content_region.width
        base = self.rich_style
        if not self.listing.hits:
            return self._said_line(y, width, base)
        place, line = divmod(y + self.scroll_offset.y, _ROWS)
        if place >= len(self.listing.hits):
            return Strip.blank(width, base)
        quiet, found = (
            base + self.get_component_rich_style(f"hits--{name}", partial=True)
            for name in ("quiet", "found")
        )
        if place == self.cursor:
            # The cursor's colours go together; the words keep their line below.
            base = quiet = self.get_visual_style("hits--cursor").rich_style
            found = base + Style(underline=True)
        hit = self.listing.hits[place]
        made = (
            self._head(hit, width, base, quiet) if line == 0 else _excerpt(hit, width, base, found)
        )
        return Strip(made).adjust_cell_length(width, base)

    def _head(self, hit: ShownHit, width: int, base: Style, quiet: Style) -> list[Segment]:
        old = "" if self.listing.now is None else age(hit.at, self.listing.now)
        where = one_line(hit.where, max(4, width - len(old) - 3))
        air = " " * max(1, width - cell_len(where) - len(old) - 2)
        return [Segment(f" {where}{air}", base), Segment(f"{old} ", quiet)]

    def _said_line(self, y: int, width: int, base: Style) -> Strip:
        lines = Text(visible(self.listing.said)).wrap(self.app.console, max(1, width - 2))
        text = f" {lines[y].plain}" if y < len(lines) else ""
        quiet = base + self.get_component_rich_style("hits--quiet", partial=True)
        return Strip([Segment(text, quiet)]).adjust_cell_length(width, base)


def _excerpt(hit: ShownHit, width: int, base: Style, found: Style) -> list[Segment]:
    """Draw what a hit says, from a place on at which its first word is in view."""
    text = plain(hit.excerpt)
    first, last = hit.spans[0] if hit.spans else (0, 0)
    is_wide = cell_len(text[:last]) > width - _INDENT - 1
    start = max(0, first - _BEFORE) if is_wide else 0
    made = [Segment(" " * _INDENT, base)]
    if start:
        made.append(Segment("…", base))
    for first, last in hit.spans:
        made.append(Segment(text[start:first], base))
        made.append(Segment(text[max(start, first) : last], found))
        start = last
    room = width - 1 - sum(segment.cell_length for segment in made)
    return [*made, Segment(truncated(text[start:], max(0, room)), base)]
