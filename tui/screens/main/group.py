"""What the groups of commands share: what they work with, and how they speak to the writer."""

from tui.domain.frozen import frozen
from tui.screens.main import texts
from tui.screens.main.library import Library
from tui.screens.main.options import MainOptions
from tui.screens.main.screen_ui import ScreenUi
from tui.screens.main.ui import WorkspaceState


@frozen
class Desk:
    """What every group of commands works with."""

    options: MainOptions
    state: WorkspaceState
    ui: ScreenUi
    library: Library


class ActionGroup:
    """Base of the groups of commands, each about one subject."""

    def __init__(self, desk: Desk) -> None:
        self._options = desk.options
        self._studio = desk.options.studio
        self._state = desk.state
        self._ui = desk.ui
        self._library = desk.library

    def _worded(self, text: str, **values: str) -> str:
        """Return a sentence of `texts` with its keys and values."""
        return texts.quoted(self._ui.keymap.fill(text), **values)

    def _notify(self, text: str, **values: str) -> None:
        """Show a sentence of `texts` with its keys and values."""
        self._ui.show_notice(self._worded(text, **values))

    async def _ask(self, question: str, *choices: tuple[str, str]) -> str | None:
        """Ask a question, and return the key of the answer; None when it was left.

        `choices` are a key and a label each, the harmless one first.
        """
        from tui.screens.question import QuestionScreen

        return await self._ui.open(QuestionScreen(question, choices))
