"""What is said above a text in the editor that is no ordinary one."""

from typing import Final

from textual.content import Content
from textual.widgets import Static

from tui.commands import keymap_of
from tui.screens.draft_area import DraftArea

LARGE: Final = 1_000_000
"""Characters from which on typing here is slow and another editor is proposed."""


class EditorNotice(Static):
    """Says that a text is long, or what in it cannot be shown; hidden for any other."""

    def __init__(self, area: DraftArea) -> None:
        """Say it of the text that `area` was given."""
        super().__init__(markup=False, id="notice")
        self._area = area

    def on_mount(self) -> None:
        """Say what there is to say."""
        sentence = self._sentence()
        self.display = bool(sentence)
        self.update(Content(sentence))

    def _sentence(self) -> str:
        if len(self._area.text) > LARGE:
            keymap = keymap_of(self.app)
            leave, outside = keymap.key("editor.leave"), keymap.key("edit_outside")
            return (
                f"This text is long. Leave with {leave}, then press {outside} for your own editor."
            )
        held = self._area.held_characters
        if held:
            what = "1 character" if held == 1 else f"{held} characters"
            return f"{what} cannot be shown: symbols stand for them, and they are kept."
        return ""
