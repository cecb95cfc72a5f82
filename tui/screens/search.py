"""The screen that searches all that was written: a field, and below it the hits while one types."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input
from textual.worker import Worker

from tui.commands import Scope, bindings, keymap_of
from tui.domain.errors import RedraftError
from tui.domain.ids import ContentId
from tui.domain.search import Hits, SearchQuery, parse_search
from tui.domain.search_words import counted_hits
from tui.screens.found import Found
from tui.screens.frame import FullScreen, Heading, Hint, HintLine, command_hint
from tui.widgets.hits import HitList, HitListing

LIMIT: Final = 200
"""Hits that are shown, at most."""
CALM_AFTER: Final = 0.4
"""Seconds of searching after which the screen says that it searches."""
HINT: Final = "Words, “a phrase” in quotes"
TYPE: Final = (
    "All prompts, answers, drafts and labels are searched, on every branch. "
    "{search} in the empty field searches all pieces."
)
TYPE_EVERYWHERE: Final = (
    "All prompts, answers, drafts and labels of every piece are searched, on every branch."
)
LOOKING: Final = "searching…"

Search = Callable[[SearchQuery, ContentId | None, int], Awaitable[Hits]]


class SearchField(Input):
    """The field for the words; in an empty one the key of the search searches all pieces."""

    class Widened(Message):
        """All pieces are to be searched."""

    async def on_key(self, event: events.Key) -> None:
        """Search all pieces when the key of the search is pressed in the empty field."""
        if not self.value and event.key in keymap_of(self.app)["search"].keys.split(","):
            event.stop()
            event.prevent_default()
            self.post_message(self.Widened())


class SearchScreen(FullScreen[Found | None]):
    """Searches one piece or all of them; returns what was found, with the hit to go to."""

    AUTO_FOCUS = "#query"
    BINDINGS = bindings(Scope.HITS)

    def __init__(
        self,
        search: Search,
        piece: tuple[ContentId, str] | None,
        now: datetime,
        *,
        is_everywhere: bool = False,
    ) -> None:
        """Search `piece` (its id and title), or all; ages are counted from `now`."""
        super().__init__()
        self._search = search
        self._piece = piece
        self._now = now
        self._is_everywhere = is_everywhere or piece is None
        self._query = SearchQuery()
        self._hits = Hits()
        self._is_looking = self._is_opening = False

    def compose(self) -> ComposeResult:
        """Compose heading, field, hits and keys."""
        yield Heading("", id="hits-heading")
        yield SearchField(placeholder=HINT, id="query", compact=True)
        yield HitList(id="hits")
        yield HintLine(())

    def on_mount(self) -> None:
        """Begin with nothing typed; meanwhile the library gets ready to be searched."""
        self._show_where()
        self._look()

    @property
    def _list(self) -> HitList:
        return self.query_one(HitList)

    # -- searching -----------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look()

    @on(SearchField.Widened)
    def _widened(self) -> None:
        self._set_everywhere(is_everywhere=True)

    def action_everywhere(self) -> None:
        """Search all pieces, or this one only."""
        self._set_everywhere(is_everywhere=not self._is_everywhere)

    def _set_everywhere(self, *, is_everywhere: bool) -> None:
        is_everywhere |= self._piece is None
        if is_everywhere != self._is_everywhere:
            self._is_everywhere = is_everywhere
            self._show_where()
            self._look()

    def _show_where(self) -> None:
        """Say what is searched, and what the keys do then."""
        title = "" if self._piece is None else self._piece[1]
        name = "Search all pieces" if self._is_everywhere else f"Search “{title}”"
        self.query_one(Heading).title = name
        self.query_one(HintLine).show(self._hints())

    def _look(self) -> None:
        """Search for what is typed; a search that is under way is dropped."""
        query = parse_search(self.query_one(SearchField).value)
        self._is_looking, self._is_opening = True, False

        async def find() -> None:  # A coroutine could be dropped before it began.
            await self._find(query)

        _: Worker[None] = self.run_worker(find, exclusive=True, exit_on_error=False)

    async def _find(self, query: SearchQuery) -> None:
        heading, problem = self.query_one(Heading), ""
        calm = self.set_timer(CALM_AFTER, lambda: setattr(heading, "facts", LOOKING))
        only = None if self._is_everywhere or self._piece is None else self._piece[0]
        try:
            hits = await self._search(query, only, LIMIT)
        except RedraftError as error:
            hits, problem = Hits(), str(error)
        finally:
            calm.stop()
        self._is_looking = False
        self._query, self._hits = query, hits
        heading.facts = counted_hits(hits, has_pieces=self._is_everywhere) if query.words else ""
        empty = problem or self._nothing(query)
        self._list.listing = HitListing(hits.hits, self._is_everywhere, empty, self._now)
        if self._is_opening:
            self.action_open()

    def _nothing(self, query: SearchQuery) -> str:
        """Return the sentence for a list without hits."""
        if not query.words:
            said = TYPE_EVERYWHERE if self._is_everywhere else TYPE
            return keymap_of(self.app).fill(said)
        typed = self.query_one(SearchField).value.strip()
        where = "in the library" if self._is_everywhere else "in this piece"
        if len(query.words) == 1:
            return f"Nothing {where} says “{typed}”."
        return f"No text {where} has all of these words: “{typed}”."

    # -- what can be done ----------------------------------------------------------------------

    def _hints(self) -> list[Hint]:
        further = ["hits.everywhere"] if self._piece is not None else []
        labels = {"hits.everywhere": "This piece" if self._is_everywhere else ""}
        names = ["hits.open", "hits.up", "hits.down", *further, "hits.leave"]
        return [command_hint(self, name, labels.get(name, "")) for name in names]

    def action_move(self, steps: int) -> None:
        """Go to the hit below or above."""
        self._list.action_move(steps)

    def action_page(self, direction: int) -> None:
        """Go a page down or up."""
        self._list.action_page(direction)

    @on(Input.Submitted)
    @on(HitList.Chosen)
    def _entered(self, event: Message) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Return the hit under the cursor; of a search under way, the first one."""
        self._is_opening = self._is_looking
        if self._hits.hits and not self._is_looking:
            place = self._list.cursor or 0
            self.dismiss(Found(self._query.words, self._hits, place, is_marked=True))

    def action_leave(self) -> None:
        """Leave; nothing was searched."""
        self.dismiss(None)
