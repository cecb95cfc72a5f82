"""What concerns the program around the screen: its colours and its clipboard."""

from collections.abc import Callable
from dataclasses import replace

from tui.domain.frozen import frozen
from tui.domain.place import ThemeChoice
from tui.screens.main import texts
from tui.screens.main.ui import Handlers, Ui, WorkspaceState
from tui.screens.main.unsent import filled
from tui.screens.main.workspace import Pane
from tui.themes.palettes import DARK, LIGHT


@frozen
class Program:
    """What the main screen needs of the program."""

    theme: str
    """Name of the theme in the settings."""
    is_dark: Callable[[], bool]
    set_theme: Callable[[str], None]
    """Takes a theme's name; one that is not known changes nothing."""
    clipboard: Callable[[], str]
    """What was copied in this program last; empty for nothing."""


class ProgramActions:
    """The commands about colours and clipboard."""

    def __init__(self, program: Program, state: WorkspaceState, ui: Ui) -> None:
        self._program = program
        self._state = state
        self._ui = ui

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"theme": self._switch_theme, "paste": self._paste}

    def restore_theme(self) -> None:
        """Take the theme chosen last, unless the settings have named another one since."""
        choice = self._state.now.place.theme
        if choice.name and choice.instead_of == self._program.theme:
            self._program.set_theme(choice.name)

    def _switch_theme(self) -> None:
        is_dark = not self._program.is_dark()
        name = (DARK if is_dark else LIGHT).name
        self._program.set_theme(name)
        now = self._state.now
        choice = ThemeChoice(name, self._program.theme)
        self._state.put(replace(now, place=replace(now.place, theme=choice)))
        self._ui.show_notice(self._ui.keymap.fill(texts.DARK_NOW if is_dark else texts.LIGHT_NOW))

    def _paste(self) -> None:
        text = self._program.clipboard()
        if text:
            self.paste(text)
        else:
            self._ui.show_notice(texts.NOT_COPIED)

    def paste(self, text: str) -> bool:
        """Put a text that comes from outside a field into the prompt, not sent.

        False when no piece is open, and so no prompt.
        """
        now = self._state.now
        if now.branch is None:
            self._ui.show_notice(self._ui.keymap.fill(texts.NO_PIECE_OPEN), is_problem=True)
            return False
        self._state.put(filled(now, now.branch, now.prompt_text + text))
        self._ui.focus(Pane.PROMPT)
        self._ui.show_notice(texts.PASTED)
        return True

    def say_that_keys_wait(self) -> None:
        """Say that what is typed waits; without a piece on screen it has nowhere else to go."""
        has_prompt = self._state.now.branch is not None
        said = texts.KEYS_WAIT if has_prompt else texts.KEYS_WAIT_FOR_LIBRARY
        self._ui.show_notice(self._ui.keymap.fill(said))
