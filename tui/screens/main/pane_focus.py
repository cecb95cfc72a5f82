"""How one of the panes gets the focus, and which widget each of them is."""

from collections.abc import Callable, Mapping
from typing import Final

from textual.screen import Screen
from textual.widget import Widget

from tui.commands import Scope
from tui.screens.main.workspace import Pane
from tui.widgets.branches import BranchTree
from tui.widgets.chat.pane import ChatPane
from tui.widgets.contents import ContentList
from tui.widgets.prompt import PromptBox
from tui.widgets.queue import QueueList
from tui.widgets.search import SearchBox

WIDGETS: Final[Mapping[Pane, type[Widget]]] = {
    Pane.LIST: ContentList,
    Pane.SEARCH: SearchBox,
    Pane.CHAT: ChatPane,
    Pane.QUEUE: QueueList,
    Pane.PROMPT: PromptBox,
    Pane.TREE: BranchTree,
}
PANE_WIDGETS: Final[Mapping[Scope, type[Widget]]] = {
    Scope(pane): widget for pane, widget in WIDGETS.items()
}
"""The widgets in which the commands of a scope act."""
_CALLED_UP: Final[Mapping[Pane, tuple[str, ...]]] = {
    Pane.LIST: ("-narrow",),
    Pane.SEARCH: ("-narrow",),
    Pane.TREE: ("-narrow", "-medium"),
}
"""For panes that are only shown while they are in use: the classes of the widths where it is so."""


def _pane_of(widget: Widget | None) -> Pane | None:
    """Return the pane that a widget is; None for any other widget."""
    return next((pane for pane, kind in WIDGETS.items() if isinstance(widget, kind)), None)


class PaneFocus:
    """Moves the focus between the panes of a screen, calling hidden ones up and dismissing them."""

    def __init__(self, screen: Screen[None], changed: Callable[[Pane], None]) -> None:
        """Call `changed` with the pane that has the focus next, at once."""
        self._screen = screen
        self._changed = changed
        self._wanted = Pane.PROMPT
        """The pane that has the focus, or gets it as soon as it can have it."""

    def go(self, pane: Pane) -> None:
        """Give a pane the focus; the prompt cannot have it while no piece is open."""
        self._take(pane)
        widget = self._screen.query_one(WIDGETS[pane])
        if widget.focusable:
            self._screen.set_focus(widget)  # At once: `Widget.focus` does it a moment later.
        else:
            self._screen.call_after_refresh(self._focus_when_shown, pane)

    def arrived(self, widget: Widget) -> None:
        """Take note that a pane has the focus, by whatever means."""
        pane = _pane_of(widget)
        if pane is not None:
            self._take(pane)

    def _take(self, pane: Pane) -> None:
        self._wanted = pane
        self._changed(pane)

    def is_called_up(self, pane: Pane) -> bool:
        """Whether a pane lies over the others, or in their place, until it is dismissed."""
        return any(self._screen.has_class(width) for width in _CALLED_UP.get(pane, ()))

    def _focus_when_shown(self, pane: Pane) -> None:
        if pane is self._wanted:
            self._screen.set_focus(self._screen.query_one(WIDGETS[pane]))
