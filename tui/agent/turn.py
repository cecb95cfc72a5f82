"""One running turn: its events, and how long one waits for what."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum

from tui.agent.faults import NOT_TAKEN, SILENT
from tui.agent.mapping import TurnMapping
from tui.domain.events import (
    AgentEvent,
    MessageCommitted,
    Outcome,
    RequestStarted,
    RetryScheduled,
    TurnEnded,
)
from tui.domain.ids import MessageId, TurnId


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds."""

    silence: float = 70.0
    """Nothing at all heard in a turn, announced waits not counted: it is broken."""
    start: float = 20.0
    """Nothing at all heard since the prompt was sent: the CLI did not take it."""
    arming: float = 1.0
    """A stop waits so long for the request to start; an interrupt before that is ignored."""
    resend: float = 0.5
    """An interrupt without effect is sent again."""
    deadline: float = 3.0
    """A stop without effect drops the connection."""


class Step(Enum):
    """What is due in a running turn."""

    WAIT = "wait"
    INTERRUPT = "interrupt"
    DROP = "drop"


class LiveTurn:
    """A turn under way: fed with messages by the session, read by whoever sent the prompt.

    Times are seconds of the event loop's clock.
    """

    def __init__(self, turn_id: TurnId, prompt: str, patience: Patience, now: float) -> None:
        self.id = turn_id
        self.prompt = prompt
        self.woken = asyncio.Event()
        """Set whenever `next_step` may have another answer."""
        self.over = asyncio.Event()
        """Set once the turn has ended."""
        self.last_message: MessageId | None = None
        """The last whole message of Claude's so far."""
        self._patience = patience
        # Unbounded: a slow or vanished reader must never hold up the session's owner.
        self._events: asyncio.Queue[AgentEvent | None] = asyncio.Queue()
        self._mapping = TurnMapping()
        self._heard_at = now
        self._has_heard = False
        self._has_request = False
        self._stop_asked_at: float | None = None
        self._interrupted_at: float | None = None
        self._failure = ""

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.over.is_set()

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop, by a person or by the silence timer."""
        return self._stop_asked_at is not None

    async def events(self) -> AsyncIterator[AgentEvent]:
        """Yield what happens, to the end."""
        while (event := await self._events.get()) is not None:
            yield event

    def sent(self, now: float) -> None:
        """Note that the prompt is on its way."""
        self._heard_at = now

    def ask_stop(self, now: float) -> None:
        """Note that the turn shall end; harmless when asked twice."""
        if self._stop_asked_at is None:
            self._stop_asked_at = now
        self.woken.set()

    def hear(self, message: object, now: float) -> None:
        """Take a message of the SDK."""
        if self.is_over:
            return
        self._has_heard, self._heard_at = True, now
        for event in self._mapping.events(message):
            match event:
                case TurnEnded():
                    self.end(event)
                case MessageCommitted(id=message):
                    self.last_message = message
                    self._events.put_nowait(event)
                case RequestStarted():
                    self._has_request = True
                    self._events.put_nowait(event)
                    self.woken.set()
                case RetryScheduled(delay=delay):
                    self._heard_at = max(self._heard_at, now + delay)
                    self._has_request = True
                    self._events.put_nowait(event)
                case _:
                    self._events.put_nowait(event)

    def end(self, ended: TurnEnded) -> None:
        """End the turn; a turn that the silence timer stopped counts as failed."""
        if self.is_over:
            return
        if self._failure and ended.outcome is not Outcome.FINISHED:
            ended = TurnEnded(Outcome.FAILED, self._failure, ended.total_cost, ended.model)
        self._events.put_nowait(ended)
        self.over.set()
        self.woken.set()

    def break_off(self, sentence: str) -> None:
        """End the turn because nothing more can come: as stopped if that was wanted."""
        if self.is_stopping and not self._failure:
            self.end(TurnEnded(Outcome.STOPPED, model=self._mapping.model))
        else:
            self.end(TurnEnded(Outcome.FAILED, sentence, model=self._mapping.model))

    def add(self, event: AgentEvent) -> None:
        """Yield one more event after the end."""
        self._events.put_nowait(event)

    def close(self) -> None:
        """Let the reader go."""
        self._events.put_nowait(None)

    def next_step(self, now: float) -> tuple[Step, float]:
        """Return what is due now, or the seconds to wait for the next look."""
        patience = self._patience
        if self._stop_asked_at is None:
            limit = patience.silence if self._has_heard else min(patience.start, patience.silence)
            due = self._heard_at + limit
            if now < due:
                return Step.WAIT, due - now
            self._failure = SILENT.format(seconds=limit) if self._has_heard else NOT_TAKEN
            self._stop_asked_at = now
        if now >= self._stop_asked_at + patience.deadline:
            return Step.DROP, 0.0
        if self._interrupted_at is not None:
            due = self._interrupted_at + patience.resend
        else:
            due = self._stop_asked_at + (0.0 if self._has_request else patience.arming)
        if now >= due:
            self._interrupted_at = now
            return Step.INTERRUPT, 0.0
        return Step.WAIT, min(due, self._stop_asked_at + patience.deadline) - now
