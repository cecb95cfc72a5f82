"""A field of several lines in a dialog; it breaks a line by the keys of the prompt for that."""

from textual import events

from tui.commands import keymap_of
from tui.widgets.writing_area import WritingArea


class LinesField(WritingArea):
    """A text area in which enter, and every key for a new line of the prompt, breaks the line."""

    def __init__(self, text: str = "", *, placeholder: str, id: str) -> None:  # noqa: A002
        """Show `text`, and `placeholder` while there is none; both may be untrusted."""
        super().__init__(text, placeholder=placeholder, id=id, highlight_cursor_line=False)

    async def _on_key(self, event: events.Key) -> None:
        if event.key in keymap_of(self.app)["prompt.newline"].keys.split(","):
            event.stop()
            event.prevent_default()
            self.break_line()
        else:
            await super()._on_key(event)
