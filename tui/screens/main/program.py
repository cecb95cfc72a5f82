"""What concerns the program around the screen: its colours and its clipboard."""

from dataclasses import replace

from tui.domain.place import ThemeChoice
from tui.screens.main import texts
from tui.screens.main.group import ActionGroup
from tui.screens.main.ui import Handlers
from tui.screens.main.unsent import filled
from tui.screens.main.workspace import Pane
from tui.themes.palettes import DARK, LIGHT


class ProgramActions(ActionGroup):
    """The commands about colours and clipboard."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"theme": self._switch_theme, "paste": self._paste}

    def restore_theme(self) -> None:
        """Take the theme chosen last, unless the settings have named another one since."""
        choice, program = self._state.now.place.theme, self._options.program
        if choice.name and choice.instead_of == program.theme:
            program.set_theme(choice.name)

    def _switch_theme(self) -> None:
        program = self._options.program
        is_dark = not program.is_dark()
        name = (DARK if is_dark else LIGHT).name
        program.set_theme(name)
        choice = ThemeChoice(name, program.theme)
        self._state.put_place(replace(self._state.now.place, theme=choice))
        self._notify(texts.DARK_NOW if is_dark else texts.LIGHT_NOW)

    def _paste(self) -> None:
        text = self._options.program.clipboard()
        if text:
            self.paste(text)
        else:
            self._ui.show_notice(texts.NOT_COPIED)

    def paste(self, text: str, *, is_waiting: bool = False) -> bool:
        """Put a text that comes from outside a field into the prompt, not sent.

        False when no piece is open, and so no prompt; a text that `is_waiting` waits on then.
        """
        now = self._state.now
        if now.branch is None:
            said = texts.KEYS_STILL_WAIT if is_waiting else texts.NO_PIECE_OPEN
            self._ui.show_notice(self._worded(said), is_problem=True)
            return False
        self._state.put(filled(now, now.branch, now.prompt_text + text))
        self._ui.focus(Pane.PROMPT)
        self._ui.show_notice(texts.PASTED)
        return True

    def say_that_keys_wait(self) -> None:
        """Say that what is typed waits; without a piece on screen it has nowhere else to go."""
        if self._state.now.branch is not None:
            said = texts.KEYS_WAIT
        elif self._library.is_read:
            said = texts.KEYS_WAIT_ONLY
        else:
            said = texts.KEYS_WAIT_FOR_LIBRARY
        self._notify(said)
