"""Claude's question whether it may use the web, and the four answers to it."""

from enum import StrEnum
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from tui.commands import Scope, bindings, keymap_of
from tui.domain.tools import Decision, Question, describe_rule, destination
from tui.screens.frame import Dialog, FirstMoment
from tui.widgets.text import one_line, visible

_ASKS: Final = {
    "WebSearch": "Claude asks to search the web:",
    "WebFetch": "Claude asks to fetch a page:",
}
_ANSWERS: Final = {
    "permission.allow": Decision.ALLOW,
    "permission.always": Decision.ALLOW_ON_BRANCH,
    "permission.refuse": Decision.REFUSE,
    "permission.refuse_and_stop": Decision.REFUSE_AND_STOP,
}


class Unanswered(StrEnum):
    """How the dialog was left without an answer."""

    LATER = "later"
    """The writer answers another time."""
    SETTLED = "settled"
    """There is nothing to answer any more."""


class PermissionScreen(Dialog[Decision | Unanswered]):
    """Shows one question whole; returns the decision, or how it was left without one.

    No answer is selected beforehand: a stray Enter does nothing.
    """

    AUTO_FOCUS = "#what"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.PERMISSION),
        Binding("down", "app.focus_next", "Next", show=False, id="permission.next"),
        Binding("up", "app.focus_previous", "Previous", show=False, id="permission.previous"),
    ]
    HINTS = ("permission.later",)

    def __init__(
        self,
        question: Question,
        *,
        about: str,
        place: int = 1,
        count: int = 1,
    ) -> None:
        """Ask `question`, the `place`th of `count`, about a content and branch."""
        super().__init__("Permission")
        self.question = question
        self._about = about
        self._counted = (place, count)
        self._moment = FirstMoment()

    def body(self) -> ComposeResult:
        """Compose who asks, what exactly, and a button for each answer."""
        yield Static(Content(one_line(self._about, 200)), classes="quiet", id="about")
        tool = self.question.tool
        asks = _ASKS.get(tool) or f"Claude asks to use {one_line(tool, 40)}:"
        yield Static(Content(asks), classes="strong", id="asks")
        with VerticalScroll(id="what", can_focus=True):
            yield Static(Content(visible(self.question.subject)), id="subject")
        with VerticalScroll(id="facts", can_focus=False):
            yield Static(self._facts())
        with Vertical(id="answers"):
            keymap = keymap_of(self.app)
            for name, decision in _ANSWERS.items():
                if decision is Decision.ALLOW_ON_BRANCH and not self.question.rule:
                    continue
                key = f"{keymap.key(name)}  "
                face = Content.assemble((key, "bold $text-accent"), self._label(decision))
                yield Button(face, id=decision.value, classes="way")

    def on_mount(self) -> None:
        """Count the time from the first frame on."""
        self.show_place(*self._counted)
        self.call_after_refresh(self._moment.begin)

    def show_place(self, place: int, count: int) -> None:
        """Say which of how many open questions this one is, when there are several."""
        self._counted = (place, count)
        numbers = f" · {place} of {count}" if count > 1 else ""
        for box in self.query(".dialog"):  # None, while the dialog is being composed.
            box.border_title = Content(f"Permission{numbers}")

    def take_away(self) -> None:
        """Close, because there is nothing to answer; tried again when something is above it."""
        if self.is_mounted and self.app.screen_stack[-1] is self:
            self.dismiss(Unanswered.SETTLED)

    def action_decide(self, answer: str) -> None:
        """Return an answer, unless it comes too early to be meant as one."""
        decision = Decision(answer)
        is_offered = bool(self.question.rule) or decision is not Decision.ALLOW_ON_BRANCH
        if self.takes_answers and is_offered:
            self.dismiss(decision)

    @on(Button.Pressed)
    def _answer_pressed(self, event: Button.Pressed) -> None:
        if self.takes_answers:
            self.dismiss(Decision(str(event.button.id)))

    def action_leave(self) -> None:
        """Leave the question open for later."""
        self.dismiss(Unanswered.LATER)

    @property
    def takes_answers(self) -> bool:
        """Whether what is pressed now is meant for this question."""
        return self._moment.is_over

    def _facts(self) -> Content:
        question = self.question
        lines: list[Content] = []
        if place := destination(question):
            lines.append(Content.assemble("Goes to ", (visible(place), "bold")))
        if question.detail:
            lines.append(Content(f"Claude wants to know: {visible(question.detail)}"))
        return Content("\n").join(lines)

    def _label(self, decision: Decision) -> str:
        allowed = visible(describe_rule(self.question.rule))
        return {
            Decision.ALLOW: "Allow once",
            Decision.ALLOW_ON_BRANCH: f"Always allow on this branch: {allowed}",
            Decision.REFUSE: "Refuse",
            Decision.REFUSE_AND_STOP: "Refuse and stop Claude",
        }[decision]
