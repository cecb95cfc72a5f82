"""Links in Claude's answers: shown whole, and opened only after a question."""

import asyncio
import webbrowser
from urllib.parse import urlsplit

from tui.domain.errors import Refused
from tui.screens.main.entrance import Entrance
from tui.screens.question import QuestionScreen
from tui.widgets.chat.pane import ChatPane

OPENED_SCHEMES = frozenset({"http", "https"})


class Links(Entrance):
    """Asks before it opens a link in the browser; other kinds of link can only be copied."""

    def on_chat_pane_link_clicked(self, event: ChatPane.LinkClicked) -> None:
        """Ask what to do with a link."""
        event.stop()
        self.act(self._follow_link(event.url))

    async def _follow_link(self, url: str) -> None:
        choices = [("y", "copy it")]
        if is_openable(url):
            choices.insert(0, ("o", "open it in the browser"))
        answer = await self.ask(QuestionScreen(url, choices))
        if answer == "y":
            self.app.copy_to_clipboard(url)
        elif answer == "o" and not await asyncio.to_thread(webbrowser.open, url):
            raise Refused("No browser could be started here: copy the link instead.")


def is_openable(url: str) -> bool:
    """Whether a link is an ordinary web address, without tricks before the host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    has_host = bool(parts.hostname) and "@" not in parts.netloc
    return parts.scheme in OPENED_SCHEMES and has_host and url.isprintable()
