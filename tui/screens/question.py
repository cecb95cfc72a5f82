"""A question with a few answers, each one key."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ItemGrid
from textual.content import Content
from textual.widgets import Button, Static

from tui.screens.frame import Dialog, Hint
from tui.widgets.text import one_line, visible


class QuestionScreen(Dialog[str | None]):
    """Asks; returns the key of the chosen answer, None when it was left."""

    AUTO_FOCUS = "Button"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", show=False),
        Binding("right,down", "app.focus_next", "Next", show=False),
        Binding("left,up", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, question: str, choices: Sequence[tuple[str, str]]) -> None:
        """Ask `question`; `choices` are a key and a label each, the first one has the focus."""
        super().__init__("Question")
        self._question = question
        self._choices = tuple(choices)

    def body(self) -> ComposeResult:
        """Compose the question and a button for each answer."""
        yield Static(Content(visible(self._question)), classes="question")
        with ItemGrid(min_column_width=16, stretch_height=False, classes="choices"):
            for index, (key, label) in enumerate(self._choices):
                face = Content.assemble((key, "bold underline"), f"  {one_line(label, 60)}")
                yield Button(face, id=f"choice-{index}")

    def hints(self) -> Iterable[Hint]:
        """Return the keys that every question has."""
        return (
            Hint("←→", "move", ""),
            Hint("enter", "takes", ""),
            Hint("esc", "goes back", "screen.leave"),
        )

    def on_key(self, event: events.Key) -> None:
        """Take a key that is one of the choices as the answer."""
        for key, _ in self._choices:
            if key in (event.character, event.key):
                event.stop()
                self.dismiss(key)
                return

    @on(Button.Pressed)
    def _answer_chosen(self, event: Button.Pressed) -> None:
        index = int(str(event.button.id).removeprefix("choice-"))
        self.dismiss(self._choices[index][0])

    def action_leave(self) -> None:
        """Return None."""
        self.dismiss(None)
