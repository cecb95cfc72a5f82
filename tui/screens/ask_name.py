"""A dialog with one line to fill in: a name for a branch, a title, a label."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.domain.errors import RedraftError
from tui.screens.frame import Dialog, Hint, Problem
from tui.widgets.text import one_line


class AskNameScreen(Dialog[str | None]):
    """Asks one question; returns the answer, "" for an empty one, None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "accept", "Accept", show=False, priority=True),
        Binding("escape", "leave", "Leave", show=False),
    ]

    def __init__(
        self,
        question: str,
        *,
        label: str = "",
        keep_spaces: bool = False,
        value: str = "",
        placeholder: str = "",
        check: Callable[[str], Any] | None = None,
    ) -> None:
        """Ask `question`; `check` tidies an answer or raises a `RedraftError` that is shown."""
        super().__init__(question)
        self._value = value
        self._placeholder = placeholder
        self._check = check

    def body(self) -> ComposeResult:
        """Compose the line and, below it, room for a problem."""
        yield Input(" ".join(self._value.split()), placeholder=one_line(self._placeholder, 200))
        yield Problem()

    def hints(self) -> Iterable[Hint]:
        """Return the keys of the dialog."""
        accepts = "accepts" if not self._placeholder else "accepts; empty takes the one shown"
        return (
            Hint("enter", accepts, "screen.accept", "accepts"),
            Hint("esc", "leaves", "screen.leave"),
        )

    @on(Input.Submitted)
    async def action_accept(self) -> None:
        """Return the answer, or say what is wrong with it."""
        answer = self.query_one(Input).value
        if answer.strip() and self._check is not None:
            try:
                answer = self._check(answer)
                if inspect.isawaitable(answer):
                    answer = await answer
            except RedraftError as error:
                self.say(str(error))
                return
        self.dismiss(answer.strip())

    @on(Input.Changed)
    def _answer_changed(self) -> None:
        self.say("")

    def action_leave(self) -> None:
        """Return None."""
        self.dismiss(None)
