"""The prompt: where the writer tells Claude what to do."""

from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from tui.commands import Scope, bindings, keymap_of
from tui.domain.frozen import frozen

MOST_BLINKS: Final = 20
"""Half seconds without a key after which the cursor stands still, as in other programs."""


@frozen
class PromptView:
    """What stands in the prompt."""

    text: str = ""
    revision: int = 0
    """Only another revision puts `text` into the field: otherwise it is what was typed there."""
    placeholder: str = ""


@frozen
class Submission:
    """A prompt that the writer sent; the field is empty again."""

    text: str
    number: int
    """Counts the submissions, so that the same text can be sent twice."""


class PromptBox(TextArea):
    """A text field that grows with its text.

    `value` and `submission` are set in the moment a key is handled: whoever watches them has the
    text before the next key comes, so nothing typed is ever between two places.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.PROMPT)
    LEAVING_KEYS: ClassVar[frozenset[str]] = frozenset({"slash", "up"})
    """In an empty prompt they open something else, so that the keys behind them have to wait."""

    view: reactive[PromptView] = reactive(PromptView(), repaint=False)
    """What the field is given."""
    value: reactive[str] = reactive("", repaint=False)
    """The text in the field."""
    submission: reactive[Submission | None] = reactive[Submission | None](None, repaint=False)
    """What was sent last."""

    class Upward(Message):
        """The writer went up from the empty field."""

    class Paged(Message):
        """The writer pages up (-1) or down (1) where the whole text is in view."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    class Slashed(Message):
        """The writer typed a slash into the empty field, which does not hold it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            id=id, soft_wrap=True, show_line_numbers=False, compact=True, tab_behavior="focus"
        )
        self.highlight_cursor_line = False
        self._blinks = 0

    def on_mount(self) -> None:
        """Let the cursor stand still where nothing is to move."""
        self.cursor_blink = self.app.animation_level != "none"

    def watch_view(self, before: PromptView, view: PromptView) -> None:
        """Take over a text that was not typed here, with the cursor at its end."""
        self.placeholder = view.placeholder
        if view.revision != before.revision and view.text != self.text:
            self.load_text(view.text)
            self.move_cursor(self.document.end)

    def load_text(self, text: str) -> None:
        """Put a text in place of what is there."""
        super().load_text(text)
        self.value = self.text

    def edit(self, edit: Edit) -> EditResult:
        """Do an edit; every key that changes the text comes here."""
        result = super().edit(edit)
        self.value = self.text
        return result

    def undo(self) -> None:
        """Take the last edits back."""
        super().undo()
        self.value = self.text

    def redo(self) -> None:
        """Make the edits again that were taken back."""
        super().redo()
        self.value = self.text

    async def _on_key(self, event: events.Key) -> None:
        keymap = keymap_of(self.app)
        if event.key in keymap["prompt.send"].keys.split(","):
            self._take(event)
            self.action_send()
        elif event.key in keymap["prompt.newline"].keys.split(","):
            self._take(event)
            self.action_newline()
        elif event.character == "/" and not self.text:
            self._take(event)
            self.post_message(self.Slashed())
        elif event.key == "up" and not self.text:
            self._take(event)
            self.post_message(self.Upward())
        else:
            await super()._on_key(event)

    @staticmethod
    def _take(event: events.Key) -> None:
        event.stop()
        event.prevent_default()

    def action_send(self) -> None:
        """Send what was typed, and be empty again at once: the next sentence is another prompt."""
        text, number = self.text, self.submission.number if self.submission else 0
        if not text.strip():
            return
        self.submission = Submission(text, number + 1)
        self.load_text("")

    def _restart_blink(self) -> None:
        self._blinks = 0
        super()._restart_blink()

    def _toggle_cursor_blink_visible(self) -> None:
        """Blink for a while only: a cursor that nobody moves stands still and costs nothing."""
        self._blinks += 1
        if self._blinks < MOST_BLINKS:
            super()._toggle_cursor_blink_visible()
        else:
            self._pause_blink(visible=True)

    def action_newline(self) -> None:
        """Break the line."""
        self.insert("\n")

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
