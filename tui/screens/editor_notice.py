"""The line above the text of the editor: that it is very long, or what cannot be shown."""

from typing import Final

from textual.content import Content
from textual.widgets import Static

from tui.commands import keymap_of
from tui.domain.words import counted
from tui.screens.draft_area import DraftArea

LARGE: Final = 1_000_000
"""Length in characters from which on typing is slow, so that another editor is proposed."""


class EditorNotice(Static):
    """Names what is unusual about a text; hidden for other texts."""

    def __init__(self, area: DraftArea) -> None:
        """Look at the text that `area` was given."""
        super().__init__(markup=False, id="notice")
        self._area = area

    def on_mount(self) -> None:
        """Show the sentence, if there is one."""
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
            what = counted(held, "character")
            return f"{what} cannot be shown: symbols stand for them, and they are kept."
        return ""
