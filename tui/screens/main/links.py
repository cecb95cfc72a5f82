"""Links in Claude's answers: shown whole, and opened only after a question."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.domain.errors import Refused
from tui.domain.links import links_in
from tui.screens.main.group import ActionGroup
from tui.screens.main.ui import Handlers
from tui.widgets.browsing import browser_available, open_in_browser

if TYPE_CHECKING:
    from tui.screens.links import LinkChoice


class LinkActions(ActionGroup):
    """Opens or copies the links of a turn, or the one that was clicked."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"links": self._links}

    async def _links(self) -> None:
        turn = self._library.about.turn
        if turn is not None:
            await self.choose(links_in(turn.turn.reply))

    async def choose(self, urls: Sequence[str]) -> None:
        """Show links, and open or copy the one that is chosen."""
        from tui.screens.links import LinksScreen

        choice: LinkChoice | None = await self._ui.open(
            LinksScreen(urls, can_open=browser_available())
        )
        if choice is None:
            return
        if not choice.opens:
            await self._ui.copy(choice.url, "the address")
        elif not await open_in_browser(choice.url):
            raise Refused("No browser could be started here. Copy the address instead.")
