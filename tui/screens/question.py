"""A question with a few answers, each one key."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ItemGrid
from textual.content import Content
from textual.widgets import Button, Static

from tui.commands import Scope, bindings
from tui.screens.frame import Dialog, FirstMoment
from tui.widgets.text import one_line, visible


class QuestionScreen(Dialog[str | None]):
    """Asks; returns the key of the chosen answer, None when it was left."""

    AUTO_FOCUS = "Button"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.QUESTION),
        Binding("right,down", "app.focus_next", "Next", show=False, id="question.next"),
        Binding("left,up", "app.focus_previous", "Previous", show=False, id="question.previous"),
    ]
    HINTS = ("question.leave",)

    def __init__(self, question: str, choices: Sequence[tuple[str, str]]) -> None:
        """Ask `question`; `choices` are a key and a label each.

        The first one has the focus, so it is the harmless one.
        """
        super().__init__("Question")
        self._question = question
        self._choices = tuple(choices)
        self._moment = FirstMoment()

    def on_mount(self) -> None:
        """Count the time from the first frame on: what is pressed before it is no answer."""
        self.call_after_refresh(self._moment.begin)

    @property
    def takes_answers(self) -> bool:
        """Whether what is pressed now is meant for this question."""
        return self._moment.is_over

    def body(self) -> ComposeResult:
        """Compose the question and a button for each answer."""
        yield Static(Content(visible(self._question)), classes="question")
        with ItemGrid(min_column_width=16, stretch_height=False, classes="choices"):
            for index, (key, label) in enumerate(self._choices):
                face = Content.assemble((key, "bold underline"), f"  {one_line(label, 60)}")
                yield Button(face, id=f"choice-{index}")

    def on_key(self, event: events.Key) -> None:
        """Take a key that is one of the choices as the answer."""
        for key, _ in self._choices:
            if key in (event.character, event.key):
                event.stop()
                if self.takes_answers:
                    self.dismiss(key)
                return

    @on(Button.Pressed)
    def _answer_chosen(self, event: Button.Pressed) -> None:
        if not self.takes_answers:
            return
        index = int(str(event.button.id).removeprefix("choice-"))
        self.dismiss(self._choices[index][0])
