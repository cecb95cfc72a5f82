"""One running turn: its events and its timeouts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from tui.agent.environment import whole_answer_limit
from tui.agent.errors import NOT_TAKEN, SILENT
from tui.agent.event_queue import EventQueue
from tui.domain.events import (
    AgentEvent,
    MessageCommitted,
    Outcome,
    RequestStarted,
    RetryScheduled,
    SilenceAllowed,
    ToolEnded,
    ToolStarted,
    TurnEnded,
)
from tui.domain.frozen import frozen
from tui.domain.ids import MessageId, TurnId

if TYPE_CHECKING:
    from tui.agent.mapping import TurnMapping

_LOOK_AGAIN: Final = 3600.0
"""Maximum seconds between checks of a turn without a timeout; events wake it sooner."""
_GRACE: Final = 10.0
"""Seconds that the CLI has to notice and handle a silence before Redraft does."""


@frozen
class Timeouts:
    """Timeouts in seconds."""

    silence: float = 70.0
    """Silence after which a turn counts as broken; announced waits do not count."""
    whole: float = 250.0
    """The limit of silence while an answer whose stream broke off is fetched in one piece."""
    tool: float = 300.0
    """The limit of silence while a tool runs."""
    start: float = 20.0
    """Silence after the prompt was sent: the CLI did not accept the prompt."""
    arming: float = 1.0
    """Time a stop waits for the request to start; an earlier interrupt is ignored by the CLI."""
    resend: float = 0.5
    """Time after which an interrupt without effect is sent again."""
    deadline: float = 3.0
    """Time after which a stop without effect drops the connection."""

    @classmethod
    def for_limit(cls, silence_limit: float) -> "Timeouts":
        """Return timeouts slightly longer than those of a CLI with this limit."""
        return cls(silence=silence_limit + _GRACE, whole=whole_answer_limit(silence_limit) + _GRACE)


class Step(Enum):
    """The next action in a running turn."""

    WAIT = "wait"
    INTERRUPT = "interrupt"
    DROP = "drop"


class LiveTurn:
    """A running turn: the session passes messages to it, the sender of the prompt reads its events.

    Times are seconds of the event loop's clock. `before_end` is called right before the turn ends.
    """

    def __init__(
        self,
        turn_id: TurnId,
        prompt: str,
        timeouts: Timeouts,
        now: float,
        *,
        mapping: "TurnMapping",
        before_end: Callable[["LiveTurn"], None] = lambda _: None,
    ) -> None:
        self.id = turn_id
        self.prompt = prompt
        self.woken = asyncio.Event()
        """Set whenever the result of `next_step` may have changed."""
        self.over = asyncio.Event()
        """Set once the turn has ended."""
        self.last_message: MessageId | None = None
        """The id of Claude's last complete message so far."""
        self.cost_before: float | None = None
        """The session's cost in dollars when the turn began, if known."""
        self.total_cost: float | None = None
        """The session's cost in dollars including this turn, once the turn has ended, if known."""
        self._timeouts = timeouts
        self._events = EventQueue()
        self._mapping = mapping
        self._before_end = before_end
        self._silent_since = now
        self._has_answered = False
        self._has_request = False
        self._stream = _Stream()
        self._questions = 0
        """Number of questions that wait for the writer."""
        self._tools: set[str] = set()
        self._emitted_silence: SilenceAllowed | None = None
        self._stop_asked_at: float | None = None
        self._interrupted_at: float | None = None
        self._failure = ""

    @property
    def is_over(self) -> bool:
        """Whether the turn has ended."""
        return self.over.is_set()

    @property
    def is_stopping(self) -> bool:
        """Whether a person or the silence timer asked the turn to stop."""
        return self._stop_asked_at is not None

    @property
    def has_used_budget(self) -> bool:
        """Whether the connection's budget is used up, so that it cannot take another turn."""
        return self._mapping.is_budget_used

    def events(self) -> AsyncIterator[AgentEvent]:
        """Yield the turn's events until its end."""
        return self._events.read()

    def sent(self, now: float) -> None:
        """Record that the prompt has been sent."""
        self._silent_since = now

    def ask_stop(self, now: float) -> None:
        """Request a stop; idempotent."""
        if self._stop_asked_at is None:
            self._stop_asked_at = now
        self.woken.set()

    def handle(self, message: object, now: float) -> None:
        """Take a message of the SDK."""
        if self.is_over:
            return
        self._has_answered, self._silent_since = True, now
        self._stream.handle(message)
        self._emit_silence()
        for event in self._mapping.events(message):
            if isinstance(event, TurnEnded):
                self.end(event)
                continue
            self._events.put(event)
            match event:
                case MessageCommitted(id=message):
                    self.last_message = message
                case RequestStarted():
                    self._has_request = True
                    self._tools.clear()
                    self.woken.set()
                case RetryScheduled(delay=delay):
                    self._silent_since = max(self._silent_since, now + delay)
                    self._has_request = True
                case ToolStarted(id=tool):
                    self._tools.add(tool)
                    self._emit_silence()
                case ToolEnded(id=tool):
                    self._tools.discard(tool)
                    self._emit_silence()

    def pause_timeouts(self, now: float) -> None:
        """Pause the silence timer, as a question waits for the writer; a stop still works."""
        self._questions += 1
        self._questions_changed(now)

    def resume_timeouts(self, now: float) -> None:
        """Take back one pause; the silence timer starts anew after the last one."""
        self._questions -= 1
        self._questions_changed(now)

    def end(self, ended: TurnEnded) -> None:
        """End the turn; a turn that the silence timer stopped counts as failed."""
        if self.is_over:
            return
        self._before_end(self)
        if self._failure and ended.outcome is not Outcome.FINISHED:
            ended = TurnEnded(Outcome.FAILED, self._failure, ended.total_cost, ended.model)
        self.total_cost = ended.total_cost
        self._events.put(replace(ended, cost_before=self.cost_before))
        self.over.set()
        self.woken.set()

    def break_off(self, sentence: str) -> None:
        """End the turn because no more messages can come: as stopped if a stop was requested."""
        if self.is_stopping and not self._failure:
            self.end(TurnEnded(Outcome.STOPPED, model=self._mapping.model))
        else:
            self.end(TurnEnded(Outcome.FAILED, sentence, model=self._mapping.model))

    def add(self, event: AgentEvent) -> None:
        """Yield one more event after the end."""
        self._events.put(event)

    def close(self) -> None:
        """End the iteration of the reader."""
        self._events.put(None)

    def next_step(self, now: float) -> tuple[Step, float]:
        """Return the action due now, or the seconds until the next check."""
        timeouts = self._timeouts
        if self._stop_asked_at is None:
            limit = self._limit
            if limit is None:
                return Step.WAIT, _LOOK_AGAIN
            due = self._silent_since + limit
            if now < due:
                return Step.WAIT, due - now
            self._failure = SILENT.format(seconds=limit) if self._has_answered else NOT_TAKEN
            self._stop_asked_at = now
        if now >= self._stop_asked_at + timeouts.deadline:
            return Step.DROP, 0.0
        if self._interrupted_at is not None:
            due = self._interrupted_at + timeouts.resend
        else:
            due = self._stop_asked_at + (0.0 if self._has_request else timeouts.arming)
        if now >= due:
            self._interrupted_at = now
            return Step.INTERRUPT, 0.0
        return Step.WAIT, min(due, self._stop_asked_at + timeouts.deadline) - now

    @property
    def _limit(self) -> float | None:
        """Seconds of silence after which the turn is abandoned; None while silence is expected."""
        if self._questions:
            return None
        if not self._has_answered:
            return min(self._timeouts.start, self._timeouts.silence)
        if self._tools:
            return max(self._timeouts.tool, self._timeouts.silence)
        return self._timeouts.whole if self._stream.is_broken else self._timeouts.silence

    def _questions_changed(self, now: float) -> None:
        self._silent_since = max(self._silent_since, now)
        self._emit_silence()
        self.woken.set()

    def _emit_silence(self) -> None:
        """Emit the current limit of silence, when it has changed."""
        allowed = SilenceAllowed(self._limit, is_whole_awaited=self._stream.is_broken)
        if allowed != self._emitted_silence and not self.is_over:
            self._emitted_silence = allowed
            self._events.put(allowed)


class _Stream:
    """Tracks whether the stream of an answer broke off without a notice of a retry.

    The CLI then closes the stream's blocks itself, without the `message_delta` in which the API
    states why a message ends, and fetches the answer in one piece unless it announces a retry.
    """

    def __init__(self) -> None:
        self.is_broken = False
        self._is_open = False

    def handle(self, message: object) -> None:
        """Take a message of the SDK."""
        event = getattr(message, "event", None)
        if isinstance(event, dict):
            kind = event.get("type")
            if kind in {"message_start", "message_delta"}:
                self._is_open, self.is_broken = kind == "message_start", False
            elif kind == "message_stop" and self._is_open:
                self._is_open, self.is_broken = False, True
        elif getattr(message, "subtype", "") in {"api_retry", "status"}:
            self._is_open = self.is_broken = False
