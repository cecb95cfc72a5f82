"""The links of an answer: shown whole, opened or copied on purpose."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.commands import Scope, bindings
from tui.domain.frozen import frozen
from tui.screens.frame import Dialog, Hint, command_hint
from tui.widgets.text import visible

OPENED_SCHEMES = frozenset({"http", "https"})


@frozen
class LinkChoice:
    """What is to be done with which link."""

    url: str
    opens: bool
    """Whether it is to be opened in the browser; otherwise it is to be copied."""


class LinksScreen(Dialog[LinkChoice | None]):
    """Shows links; returns the choice, None when it was left."""

    AUTO_FOCUS = "OptionList"
    BINDINGS = bindings(Scope.LINKS)

    def __init__(self, urls: Sequence[str], *, can_open: bool) -> None:
        """Show `urls`, which are untrusted; `can_open` says whether there is a browser."""
        super().__init__("Links")
        self._urls = tuple(urls)
        self._can_open = can_open

    def body(self) -> ComposeResult:
        """Compose the links, each in full."""
        options = [Option(Content(visible(url))) for url in self._urls]
        yield OptionList(*options, compact=True, markup=False)
        if not self._can_open:
            yield Static(Content("There is no browser here. Copy the address instead."))

    def hints(self) -> Iterable[Hint]:
        """Return the keys of the dialog."""
        if self._can_open and any(map(is_openable, self._urls)):
            yield command_hint(self, "links.open")
        yield command_hint(self, "links.copy")
        yield command_hint(self, "links.close")

    @property
    def _url(self) -> str:
        return self._urls[self.query_one(OptionList).highlighted or 0]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the link that was chosen with Enter or the mouse."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Return the link to be opened, when it is an ordinary web address."""
        if not is_openable(self._url):
            self.notify("Only web addresses can be opened. Copy this one instead.", markup=False)
        elif self._can_open:
            self.dismiss(LinkChoice(self._url, opens=True))

    def action_copy(self) -> None:
        """Return the link to be copied."""
        self.dismiss(LinkChoice(self._url, opens=False))


def is_openable(url: str) -> bool:
    """Whether a link is an ordinary web address, without tricks before the host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    has_host = bool(parts.hostname) and "@" not in parts.netloc
    return parts.scheme in OPENED_SCHEMES and has_host and url.isprintable()
