"""The dialog in which a best of N begins: the prompt, how many, and in which way each is asked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, Static, TextArea

from tui.commands import Scope, bindings
from tui.domain.errors import RedraftError
from tui.domain.frozen import frozen
from tui.screens.frame import Dialog, Hint, Problem, command_hint
from tui.studio.best_of import FEWEST, MOST, Attempt, Plan, usual_attempts
from tui.widgets.lines_field import LinesField


@frozen
class BestForm:
    """What stands in the dialog."""

    prompt: str
    attempts: tuple[Attempt, ...] = usual_attempts(3)

    def counting(self, count: int) -> "BestForm":
        """Return the form with another number of attempts; those the writer changed are kept."""
        before, usual = usual_attempts(len(self.attempts)), usual_attempts(count)
        kept = (
            new if old == was else old
            for old, was, new in zip(self.attempts, before, usual, strict=False)
        )
        own = tuple(kept)
        return replace(self, attempts=(*own, *usual[len(own) :]))


class TurnedRow(Horizontal):
    """A row of one-line fields; up and down, which have no use in them, choose another value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "screen.turn(1)", "Next", show=False, id="best_form.down"),
        Binding("up", "screen.turn(-1)", "Previous", show=False, id="best_form.up"),
    ]


class AngleRow(TurnedRow):
    """One line: what an attempt is called, and what is said after the prompt."""

    def __init__(self, number: int, names: Sequence[str]) -> None:
        super().__init__(classes="angle", id=f"angle-{number}")
        self.number = number
        self._names = names
        self._whole = ""

    def compose(self) -> ComposeResult:
        """Lay out the two fields."""
        suggester = SuggestFromList(self._names, case_sensitive=False)
        yield Input(placeholder="Name", suggester=suggester, classes="name")
        yield Input(
            placeholder="What is said after the prompt", select_on_focus=False, classes="text"
        )

    @property
    def attempt(self) -> Attempt:
        """What the line says; an angle that was not changed keeps its line breaks."""
        text = self.query_one(".text", Input).value
        whole = self._whole if text == _on_one_line(self._whole) else text
        return Attempt(self.query_one(".name", Input).value, whole)

    def put(self, attempt: Attempt) -> None:
        """Fill the line."""
        self._whole = attempt.angle
        for field, text in ((".name", attempt.name), (".text", _on_one_line(attempt.angle))):
            self.query_one(field, Input).value = text
        self.query_one(".text", Input).cursor_position = 0  # Its beginning says what it is.


class BestFormScreen(Dialog[Plan | None]):
    """Asks what a best of N is to be; returns it checked, or None when it was closed."""

    AUTO_FOCUS = "TextArea"
    BINDINGS = bindings(Scope.BEST_FORM)

    def __init__(
        self,
        where: str,
        start: BestForm,
        *,
        check: Callable[[str, Sequence[Attempt]], Plan],
        estimate: Callable[[int], str],
        angles: Sequence[Attempt] = (),
        keep: Callable[[BestForm], None] = lambda _: None,
    ) -> None:
        """Fill the fields with `start`; `where` says what the forks leave.

        `check` returns the plan, or raises a `RedraftError` that is shown; `estimate` says what so
        many will cost. `angles` are ways of asking to choose from; `keep` is told what is typed.
        """
        super().__init__(f"Best of N {where}")
        self._form = start
        self._check = check
        self._estimate = estimate
        self._angles = tuple(angles)
        self._on_typed = keep

    def hints(self) -> Iterable[Hint]:
        """Return the keys."""
        yield command_hint(self, "best_form.start")
        if self._angles:
            yield command_hint(self, "best_form.next_angle")
        yield command_hint(self, "best_form.leave")

    def body(self) -> ComposeResult:
        """Compose the fields in their tab order."""
        yield Problem()
        yield Label("Prompt, the same for all", classes="label")
        asked = "What Claude should write or change"
        yield LinesField(self._form.prompt, placeholder=asked, id="prompt")
        with TurnedRow(id="count-row"):
            yield Label(Content(f"How many, {FEWEST} to {MOST}"), classes="label")
            yield Input(
                str(len(self._form.attempts)),
                restrict=f"[{FEWEST}-{MOST}]?",
                max_length=1,
                select_on_focus=True,
                id="count",
            )
        yield Label("What each is asked besides; nobody sees the names before one is picked",
                    classes="label")  # fmt: skip
        names = [angle.name for angle in self._angles]
        for number in range(MOST):
            yield AngleRow(number, names)
        yield Static("", markup=False, id="estimate")

    def on_mount(self) -> None:
        """Fill the lines."""
        self._show()

    @property
    def form(self) -> BestForm:
        """What stands in the fields, unchecked."""
        rows = self.query(AngleRow)
        attempts = tuple(row.attempt for row in rows if row.number < len(self._form.attempts))
        return BestForm(self.query_one("#prompt", TextArea).text, attempts)

    def _show(self) -> None:
        """Fill the lines with what is to be asked; there are as many as attempts."""
        attempts = self._form.attempts
        for row in self.query(AngleRow):
            row.display = row.number < len(attempts)
            if row.display:
                row.put(attempts[row.number])
        self.query_one("#estimate", Static).update(Content(self._estimate(len(attempts))))

    # -- typing ------------------------------------------------------------------------------

    @on(Input.Changed, "#count")
    def _count_changed(self, event: Input.Changed) -> None:
        counts = {str(count): count for count in range(FEWEST, MOST + 1)}
        count = counts.get(event.value, len(self._form.attempts))
        if count != len(self._form.attempts):
            self._form = self.form.counting(count)
            self._show()
            self.keep_text()

    @on(Input.Changed, ".name")
    def _name_changed(self, event: Input.Changed) -> None:
        """Follow the angle whose name was typed."""
        row = event.input.parent
        assert isinstance(row, AngleRow)
        for angle in self._angles:
            if angle.name == event.value and row.attempt.angle != angle.angle:
                row.put(angle)
        self.keep_text()

    @on(Input.Changed, ".text")
    @on(TextArea.Changed)
    def _text_changed(self) -> None:
        self.keep_text()

    @on(Input.Submitted)
    def _go_to_next_field(self) -> None:
        self.focus_next()

    def action_turn(self, by: int) -> None:
        """Choose another angle for the line with the cursor, or another number."""
        field = self.focused
        if field is None:
            return
        if field.id == "count":
            count = min(max(FEWEST, len(self._form.attempts) + by), MOST)
            self.query_one("#count", Input).value = str(count)
        elif isinstance(field.parent, AngleRow):
            row = field.parent
            usual = usual_attempts(len(self._form.attempts))[row.number]
            choices = (usual, *self._angles)
            names = [choice.name for choice in choices]
            name = row.attempt.name
            at = names.index(name) if name in names else -1 if by > 0 else 0
            row.put(choices[(at + by) % len(choices)])

    # -- the end -----------------------------------------------------------------------------

    def action_start(self) -> None:
        """Check what was typed; return the plan, or say what is wrong."""
        self.keep_text()
        try:
            plan = self._check(self._form.prompt, self._form.attempts)
        except RedraftError as error:
            self.show_problem(str(error))
        else:
            self.dismiss(plan)

    def action_leave(self) -> None:
        """Close; what was typed is kept."""
        self.keep_text()
        self.dismiss(None)

    def keep_text(self) -> None:
        """Hand over what stands in the fields."""
        if self.form != self._form:
            self._form = self.form
            self._on_typed(self._form)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
