"""Searching all that was written: the search itself, and the way to each of its hits."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tui.domain.search import TextKind
from tui.domain.search_words import hit_words
from tui.screens.found import Found
from tui.screens.main import texts
from tui.screens.main.group import ActionGroup
from tui.screens.main.ui import Handlers
from tui.screens.main.workspace import Pane
from tui.widgets.chat.items import Role

_ROLES: Final[Mapping[TextKind, frozenset[Role]]] = {
    TextKind.BRIEF: frozenset({Role.YOU}),
    TextKind.PROMPT: frozenset({Role.YOU}),
    TextKind.ANSWER: frozenset({Role.CLAUDE, Role.DRAFT}),
    TextKind.DRAFT: frozenset({Role.DRAFT}),
    TextKind.LABEL: frozenset({Role.YOU, Role.DRAFT}),
    TextKind.TITLE: frozenset(),
}
"""In which items of the chat a text stands."""


class SearchActions(ActionGroup):
    """The commands that search, and go from hit to hit."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {
            "search": lambda: self._search(is_everywhere=False),
            "search_all": lambda: self._search(is_everywhere=True),
            "next_hit": lambda: self._step(1),
            "previous_hit": lambda: self._step(-1),
        }

    async def _search(self, *, is_everywhere: bool) -> None:
        from tui.screens.search import SearchScreen

        content = self._state.now.content
        here = None if content is None else (content.id, content.title)
        screen = SearchScreen(
            self._studio.search, here, self._options.now(), is_everywhere=is_everywhere
        )
        found = await self._ui.open(screen)
        if found is not None:
            await self._go_to(found)

    async def _step(self, steps: int) -> None:
        found = self._state.now.found
        await self._go_to(replace(found, place=found.beside(steps), is_marked=True))
        hits, now = found.hits.hits, self._state.now.found
        has_pieces = len({hit.content for hit in hits}) > 1
        self._notify(
            texts.HIT_IN_PIECE if has_pieces else texts.HIT,
            place=str(now.place + 1),
            count=str(len(hits)),
            title=now.hit.title,
            where=hit_words(now.hit, has_title=False),
        )

    async def _go_to(self, found: Found) -> None:
        """Show a hit: its branch, its turn, and in it the words."""
        hit = found.hit
        await self._library.open(hit.content, hit.branch)
        self._state.put(replace(self._state.now, found=found))
        self._ui.focus(Pane.CHAT)
        if hit.turn or hit.version or hit.kind is TextKind.BRIEF:
            self._ui.show_turn(hit.turn, _ROLES[hit.kind])
