"""A dialog with one line to fill in: a name for a branch, a title, a label."""

from collections.abc import Awaitable, Callable, Iterable

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label

from tui.commands import Scope, bindings
from tui.domain.errors import RedraftError
from tui.screens.frame import Dialog, Hint, Problem, command_hint
from tui.widgets.text import one_line


class NameScreen(Dialog[str | None]):
    """Asks one question; returns the answer, "" for an empty one, None when it was left."""

    BINDINGS = bindings(Scope.NAME)

    def __init__(
        self,
        question: str,
        *,
        label: str = "",
        accept: str = "",
        value: str = "",
        placeholder: str = "",
        check: Callable[[str], str | Awaitable[str]] | None = None,
        is_appending: bool = False,
    ) -> None:
        """Ask `question`, with `label` above the field.

        `accept` says what Enter does, where that is more than to save the answer.
        `check` tidies an answer, or does what it is for, or raises a `RedraftError` that is shown.
        With `is_appending` a word that is typed is added to `value`; else it takes its place.
        """
        super().__init__(question)
        self._value = " ".join(value.split()) + (" " if value and is_appending else "")
        self._is_appending = is_appending
        self._label = label or question
        self._accept_label = accept
        self._placeholder = placeholder
        self._check = check

    def hints(self) -> Iterable[Hint]:
        """Return the keys, with what Enter does here."""
        yield command_hint(self, "name.accept", self._accept_label)
        yield command_hint(self, "name.leave")

    def body(self) -> ComposeResult:
        """Compose the line with its label and, below, room for a problem."""
        yield Label(Content(self._label), classes="label")
        yield Input(
            self._value,
            placeholder=one_line(self._placeholder, 200),
            select_on_focus=not self._is_appending,
        )
        yield Problem(keeps_room=self._check is not None)

    @on(Input.Submitted)
    def action_accept(self) -> None:
        """Return the answer, or say what is wrong with it; what was typed stays then.

        An empty answer is checked too, unless a placeholder says what it stands for.
        """
        self.perform(self._accept)

    async def _accept(self) -> None:
        answer = self.query_one(Input).value
        if self._check is not None and (answer.strip() or not self._placeholder):
            try:
                checked = self._check(answer)
                answer = await checked if isinstance(checked, Awaitable) else checked
            except RedraftError as error:
                self.show_problem(str(error))
                return
        self.dismiss(answer.strip())
