"""The prompt: where the writer tells Claude what to do."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

NEW_LINE_KEYS = frozenset({"shift+enter", "ctrl+j", "alt+enter"})


class PromptBox(TextArea):
    """A text field that grows with its text; Enter sends, shift+enter or ctrl+j breaks the line."""

    LEAVING_KEYS: ClassVar[frozenset[str]] = frozenset({"slash"})
    """In an empty prompt it may open something else, so that the keys behind it have to wait."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", show=False, id="prompt.send"),
    ]

    class Sent(Message):
        """The writer sent a prompt; the field keeps its text until it is told to clear."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Typed(Message):
        """The text changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Upward(Message):
        """The writer went up from the empty field."""

    class Paged(Message):
        """The writer pages up (-1) or down (1) where the whole text is in view."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    def __init__(self, key: str = "r", *, id: str | None = None) -> None:  # noqa: A002
        """Begin empty; `key` is the one that leads here, as a person reads it."""
        super().__init__(
            id=id,
            soft_wrap=True,
            show_line_numbers=False,
            compact=True,
            tab_behavior="focus",
            placeholder=f"{key} to write here · Enter sends",
        )
        self.highlight_cursor_line = False

    async def _on_key(self, event: events.Key) -> None:
        if event.key in NEW_LINE_KEYS:
            event.stop()
            event.prevent_default()
            self.insert("\n")
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self.action_send()
        elif event.key == "up" and not self.text:
            event.stop()
            event.prevent_default()
            self.post_message(self.Upward())
        else:
            await super()._on_key(event)

    def action_send(self) -> None:
        """Send what was typed."""
        self.post_message(self.Sent(self.text))

    def action_cursor_page_up(self) -> None:
        """Page up in the text; where there is nothing more of it, in the conversation."""
        if self.max_scroll_y:
            super().action_cursor_page_up()
        else:
            self.post_message(self.Paged(-1))

    def action_cursor_page_down(self) -> None:
        """Page down in the text; where there is nothing more of it, in the conversation."""
        if self.max_scroll_y:
            super().action_cursor_page_down()
        else:
            self.post_message(self.Paged(1))

    def fill(self, text: str) -> None:
        """Put a text in place of what is there, with the cursor at its end."""
        if self.text != text:
            self.load_text(text)
            self.move_cursor(self.document.end)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Say that the text changed."""
        event.stop()
        self.post_message(self.Typed(self.text))
