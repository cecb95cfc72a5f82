"""The list of contents: one line each, with what it is called and where it stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

from textual.message import Message
from textual.reactive import reactive

from tui.commands import Scope, bindings
from tui.domain.catalog import ContentRow
from tui.domain.frozen import frozen
from tui.domain.ids import ContentId
from tui.widgets import content_row
from tui.widgets.badges import Tone
from tui.widgets.content_row import ListedContent
from tui.widgets.rows import Part, RowList

_TONES: Final[Mapping[str, str]] = {
    tone: f"contents--{tone}" for tone in Tone if tone is not Tone.PLAIN
}


@frozen
class Listing:
    """What the list shows: its rows from top to bottom, and the one that is open."""

    rows: tuple[ContentRow, ...] = ()
    current: ContentId | None = None
    """The content on screen; the cursor goes to it when it changes, and nowhere when not listed."""
    empty: str = ""
    """The sentence that is shown when there are no rows."""
    now: datetime | None = None
    """What ages are counted from, to the minute; without it the list shows none."""
    writing: frozenset[ContentId] = frozenset()
    """Contents on which Claude writes."""
    news: frozenset[ContentId] = frozenset()
    """Contents where an answer arrived while its branch was not on the screen."""
    asking: frozenset[ContentId] = frozenset()
    """Contents where Claude waits for the writer's answer to a question."""

    def listed(self, place: int) -> ListedContent:
        """Return a row with what is going on in it."""
        row = self.rows[place]
        of = row.id
        return ListedContent(row, of in self.writing, of in self.news, of in self.asking)


class ContentList(RowList):
    """Shows a listing, and says which content is looked at and which one is opened."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(_TONES.values())
    DEFAULT_CSS = """
    ContentList {
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
    BINDINGS = bindings(Scope.LIST)
    LOOKS = _TONES

    class CursorMoved(Message):
        """The cursor is on another content."""

        def __init__(self, content_id: ContentId) -> None:
            super().__init__()
            self.content_id = content_id

    class Opened(Message):
        """The writer opened a content to work on it."""

        def __init__(self, content_id: ContentId) -> None:
            super().__init__()
            self.content_id = content_id

    listing: reactive[Listing] = reactive(Listing(), init=False, repaint=False)
    """What is shown. The cursor stays on its row unless `current` is another one than before."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._places: dict[ContentId, int] = {}

    @property
    def current(self) -> ContentId | None:
        """The content under the cursor."""
        return None if self.cursor is None else self.listing.rows[self.cursor].id

    def watch_listing(self, before: Listing, listing: Listing) -> None:
        """Show the rows; the one under the cursor stays where it is on the screen."""
        old = None if self.cursor is None else before.rows[self.cursor].id
        self._places = {row.id: n for n, row in enumerate(listing.rows)}
        stays = old in self._places and before.current == listing.current
        wanted = old if stays else listing.current
        place = None if wanted is None else self._places.get(wanted)
        self.show_rows(place, stays=wanted == old)

    @property
    def row_count(self) -> int:
        """How many contents there are."""
        return len(self.listing.rows)

    @property
    def empty_sentence(self) -> str:
        """The sentence of the listing for an empty list."""
        return self.listing.empty

    def row_parts(self, place: int, _line: int, width: int) -> Sequence[Part]:
        """Return the row of a content."""
        return content_row.row_parts(self.listing.listed(place), max(8, width), self.listing.now)

    def cursor_moved(self, place: int) -> None:
        """Report which content the cursor is on now."""
        self.post_message(self.CursorMoved(self.listing.rows[place].id))

    def action_open(self) -> None:
        """Report that the content under the cursor is opened."""
        if (content_id := self.current) is not None:
            self.post_message(self.Opened(content_id))
