"""Claude's question whether it may use the web, and the four answers to it."""

import time
from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from tui.domain.question_words import allowance, destination
from tui.domain.tools import Decision, Question
from tui.screens.frame import Dialog, Hint
from tui.widgets.text import one_line, visible

COUNTS_AFTER: Final = 0.4
"""Seconds on the screen after which a key or a click is an answer: what comes sooner was meant for
something else."""

_ASKS: Final = {
    "WebSearch": "Claude asks to search the web:",
    "WebFetch": "Claude asks to fetch a page:",
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
        Binding("escape", "leave", "Later", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
    ]

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
        self._shown_at: float | None = None
        self._counted = (place, count)
        keys = {"a": Decision.ALLOW, "A": Decision.ALLOW_ON_BRANCH}
        keys |= {"r": Decision.REFUSE, "R": Decision.REFUSE_AND_STOP}
        if not question.rule:
            del keys["A"]
        self._keys = keys

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
            for key, decision in self._keys.items():
                face = Content.assemble((f"{key}  ", "bold $text-accent"), self._label(decision))
                yield Button(face, id=decision.value, classes="way")

    def hints(self) -> Iterable[Hint]:
        """Return the keys beside the answers."""
        return (
            Hint("tab", "moves", "app.focus_next"),
            Hint("enter", "takes", ""),
            Hint("esc", "answers later; Claude waits", "screen.leave", "later"),
        )

    def on_mount(self) -> None:
        """Count the time from the first frame on."""
        self.show_place(*self._counted)
        self.call_after_refresh(self._is_on_screen)

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

    def on_key(self, event: events.Key) -> None:
        """Take a key as the answer; one that comes too early cannot be meant as such."""
        if self._is_early:
            event.stop()
            return
        decision = self._keys.get(event.character or event.key)
        if decision is not None:
            event.stop()
            self.dismiss(decision)

    @on(Button.Pressed)
    def _answer_pressed(self, event: Button.Pressed) -> None:
        if not self._is_early:
            self.dismiss(Decision(str(event.button.id)))

    def action_leave(self) -> None:
        """Leave the question open for later."""
        self.dismiss(Unanswered.LATER)

    @property
    def _is_early(self) -> bool:
        return self._shown_at is None or time.monotonic() - self._shown_at < COUNTS_AFTER

    def _is_on_screen(self) -> None:
        self._shown_at = time.monotonic()

    def _facts(self) -> Content:
        question = self.question
        lines: list[Content] = []
        if place := destination(question):
            lines.append(Content.assemble("Goes to ", (visible(place), "bold")))
        if question.detail:
            lines.append(Content(f"Claude wants to know: {visible(question.detail)}"))
        return Content("\n").join(lines)

    def _label(self, decision: Decision) -> str:
        allowed = visible(allowance(self.question.rule))
        return {
            Decision.ALLOW: "Allow once",
            Decision.ALLOW_ON_BRANCH: f"Always allow on this branch: {allowed}",
            Decision.REFUSE: "Refuse",
            Decision.REFUSE_AND_STOP: "Refuse and stop Claude",
        }[decision]
