"""The life of one turn, from the prompt to the saved result.

```
state      what happens                                         left by
preparing  an abandoned turn is ended, the lease is acquired,   the prompt is saved: reaching
           the prompt is saved                                  refused, or stopped while an earlier
                                                                answer is waited for: over, unsaved
reaching   sources are checked, the session is connected,       connected: answering
           or a new one is started when it is lost              stopped or failed: ending, not sent
answering  events are applied, parts kept, the budget watched   the agent's `TurnEnded`, or ours
                                                                the lease is lost: stopped, ending
ending     the end is saved, with retries while the disk        saved: over
           refuses                                              stopped, closing: over, rescued
over       the lease is released, or the session kept ready
```

The lease can be lost in every state from `reaching` on. What arrived is saved then as a stopped
turn, unless the lease's new holder has already ended that turn; nothing else is written.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Any, Final, TypeVar

from tui.domain.access import with_rule
from tui.domain.change_limits import ChangeLimits
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.errors import ANSWER_BROKEN, RedraftError, Refused, SessionLost, SessionTaken
from tui.domain.events import (
    AgentEvent,
    Event,
    Noticed,
    Outcome,
    SavingDelayed,
    TurnAccepted,
    TurnEnded,
    TurnSaved,
)
from tui.domain.ids import SessionId, TurnId
from tui.domain.passage import Passage
from tui.domain.prompts import sent_prompt
from tui.domain.reply import Reply
from tui.domain.signing import signed
from tui.domain.tools import Decision
from tui.domain.turn_changes import went_over
from tui.own_thread import alone
from tui.studio.budget import Reservation
from tui.studio.context import BranchContext
from tui.studio.parts import PartKeeper
from tui.studio.plan import TurnPlan, plan_turn
from tui.studio.ports import AgentSession
from tui.studio.recovery import is_running
from tui.studio.sources import absence_sentences, absent_sources
from tui.studio.turn_steps import with_begun_turn, with_ended_turn, with_new_session, without_turn

SAVE_AGAIN_AFTER: Final = 2.0
"""Seconds between attempts to save a turn that could not be saved."""

REBUILT: Final = (
    "Claude Code no longer has this session, so Claude was told the earlier turns again."
)
NOT_SENT: Final = (
    "Claude is still writing an earlier answer here, from a Redraft that was ended. "
    "The prompt was not sent; send it again in a while."
)
EMPTY: Final = "Claude's answer is empty: not a word came. Send the prompt again."
UNSAVED: Final = (
    "The turn cannot be saved, and the log file has the details: check the library's disk."
)

LOST: Final = (
    "Redraft no longer holds this branch, as its lock was removed or replaced: Claude was stopped, "
    "and what had arrived is kept. Send the prompt again."
)

R = TypeVar("R")
_logger = logging.getLogger(__name__)


class RunningTurn:
    """One turn; `run` is called once, in a task that nobody cancels."""

    def __init__(
        self,
        context: BranchContext,
        prompt: str,
        kind: TurnKind,
        emit: Callable[[Event], None],
        *,
        passage: Passage | None,
        limits: ChangeLimits | None,
    ) -> None:
        self._shared = context.shared
        self._content_id = context.content_id
        self._branch_id = context.branch_id
        self._settle_branch = context.settle
        self._prompt = prompt
        self._kind = kind
        self._passage = passage
        self._limits = limits
        self._emit = emit
        self._store = context.shared.store
        self._writer = context.writer
        self._budget: Reservation | None = None
        """The budget reservation of the turn; None before the turn has begun."""
        self._parts = PartKeeper(self._store, self._content_id)
        self._session: AgentSession | None = None
        """The session that the prompt was sent to."""
        self._waiting: asyncio.Task[Any] | None = None
        """The waiting that a stop cancels: for an abandoned turn, or for a connection."""
        self._stopping: asyncio.Task[None] | None = None
        self._must_give_up = asyncio.Event()
        """Set to abandon the attempts to save an end that cannot be saved."""
        self.turn: Turn | None = None
        """The turn as saved at its start; None before."""
        self.reply = Reply()
        """The answer so far."""
        self.is_stopping = False
        """Whether a stop was requested."""
        self._has_ended = False
        """Whether Claude is done and only the save remains."""

    def stop(self) -> None:
        """Ask Claude to stop; if Claude has ended, abandon an end that cannot be saved instead."""
        if self._has_ended:
            self._must_give_up.set()
        self.is_stopping = True
        self.reply = self.reply.stopping()
        if self._waiting is not None:
            self._waiting.cancel()
        self._pass_stop_on()

    def close(self) -> None:
        """Stop, and try to save the end only once, because the program is exiting."""
        self._must_give_up.set()
        self.stop()

    async def decide(self, question_id: str, decision: Decision) -> None:
        """Answer a question from Claude; harmless when the question is no longer open.

        Raises `LibraryProblem` when a permission for the branch cannot be saved; the question then
        stays open.
        """
        question = next((one for one in self.reply.questions if one.id == question_id), None)
        if question is None or self._session is None:
            return
        if decision is Decision.ALLOW_ON_BRANCH:
            branch_id = self._branch_id
            await self._update(lambda content: with_rule(content, branch_id, question.rule))
            if question in self.reply.questions:
                # Otherwise the session did not get the new draft, and the next turn needs a session
                # that did.
                self._writer.allow(question.rule)
        if decision is Decision.REFUSE_AND_STOP:
            self.stop()
        self._session.decide(question_id, decision)

    async def run(self) -> None:
        """Run the turn to its end and emit its events, `TurnSaved` last.

        Raises `RedraftError` when the prompt was refused, or the end could not be saved.
        """
        await self._settle()
        async with self._writer.holding(self.stop):
            try:
                saved = await self._run()
            finally:
                if self._budget is not None:
                    self._budget.release()
                await self._parts.finish()
                if self._stopping is not None:
                    await asyncio.wait({self._stopping})
        self._emit(saved)  # Last of all: whoever hears it finds nothing writing here any more.

    async def _settle(self) -> None:
        await self._until_stopped(self._settle_branch())
        content = await self._store.load(self._content_id)
        if self.is_stopping and is_running(content.branch(self._branch_id)):
            raise Refused(NOT_SENT)

    async def _run(self) -> TurnSaved:
        shared, branch_id = self._shared, self._branch_id
        turn_id = TurnId(shared.new_ids.uuid())

        def begun(content: Content) -> Content:
            self._budget = shared.guard.reserve(content, branch_id, self.stop)
            return with_begun_turn(
                content,
                branch_id,
                turn_id,
                prompt=self._prompt,
                kind=self._kind,
                model=shared.model,
                passage=self._passage,
                limits=self._limits,
                at=shared.clock(),
            )

        content = await self._update(begun)
        self.turn = content.branch(branch_id).turns[-1]
        self._emit(TurnAccepted(turn_id))
        version = None
        async with aclosing(self._events(content, self.turn)) as events:
            async for happened in events:
                event = self._watched(happened)
                if isinstance(event, TurnEnded):
                    event = await self._under_lease(event)
                self.reply = self.reply.apply(event)
                self._parts.arrived(turn_id, self.reply.text)
                if isinstance(event, TurnEnded):
                    self._has_ended = True
                    version = await self._save_end(turn_id, event)
                self._emit(event)
        return TurnSaved(turn_id, version)

    async def _events(self, content: Content, turn: Turn) -> AsyncGenerator[AgentEvent, None]:
        """Yield the answer's events; add a `TurnEnded` with a reason when the session sends none.

        An answer that finishes without text counts as failed: there is nothing to read or to save.
        """
        has_ended, failure = False, ANSWER_BROKEN
        try:
            async for event in self._answer(content, turn):
                if isinstance(event, TurnEnded):
                    has_ended = True
                    if event.outcome is Outcome.FINISHED and not self.reply.text.strip():
                        yield replace(event, outcome=Outcome.FAILED, failure=EMPTY)
                        continue
                yield event
        except RedraftError as error:
            failure = str(error)
        except Exception:
            _logger.exception("The answer of turn %s broke off", turn.id)
        if not has_ended:
            yield TurnEnded(Outcome.FAILED, failure=failure, is_sent=self._session is not None)

    async def _answer(self, content: Content, turn: Turn) -> AsyncIterator[AgentEvent]:
        before = without_turn(content, self._branch_id, turn.id)
        if absent := await absent_sources(content.sources):
            yield Noticed(absence_sentences(absent))
        reached = await self._until_stopped(self._connected(before, turn.id))
        if reached is None or self.is_stopping:
            yield TurnEnded(Outcome.STOPPED, is_sent=False)
            return
        plan, session = reached
        if plan.earlier:
            yield Noticed(REBUILT)
        sent = sent_prompt(
            before,
            turn,
            is_first=plan.spec.is_new,
            earlier=plan.earlier,
            told=plan.told,
            refused=plan.refused,
            locked=plan.locked,
        )
        self._session = session
        async for event in session.turn(turn.id, sent):
            yield event
            self._pass_stop_on()

    async def _until_stopped(self, work: Awaitable[R]) -> R | None:
        """Return the result of an awaitable; None when a stop came first."""
        self._waiting = waiting = asyncio.ensure_future(work)
        try:
            if self.is_stopping:
                waiting.cancel()
            await asyncio.wait({waiting})
            return None if waiting.cancelled() else waiting.result()
        finally:
            self._waiting = None

    async def _connected(self, before: Content, turn_id: TurnId) -> tuple[TurnPlan, AgentSession]:
        plan = self._plan(before)
        try:
            return plan, await self._writer.session_for(plan)
        except (SessionLost, SessionTaken) as error:
            session = plan.spec.session
            _logger.warning("Session %s cannot be used, one begins anew: %s", session, error)
        branch_id, session = self._branch_id, SessionId(self._shared.new_ids.uuid())
        content = await self._update(
            lambda content: with_new_session(content, branch_id, turn_id, session)
        )
        plan = self._plan(without_turn(content, branch_id, turn_id))
        return plan, await self._writer.session_for(plan)

    def _watched(self, event: AgentEvent) -> AgentEvent:
        budget = self._budget
        return event if budget is None else budget.watch(event, is_stopping=self.is_stopping)

    async def _under_lease(self, end: TurnEnded) -> TurnEnded:
        """Return the end to save: a stop instead, when the lease is lost."""
        await self._writer.renew()
        return replace(end, outcome=Outcome.STOPPED, failure=LOST) if self._writer.has_lost else end

    def _plan(self, before: Content) -> TurnPlan:
        budget = None if self._budget is None else self._budget.connection
        plan = plan_turn(before, self._branch_id, model=self._shared.model)
        return replace(plan, budget=budget)

    def _pass_stop_on(self) -> None:
        if self.is_stopping and self._session is not None and self._stopping is None:
            self._stopping = asyncio.create_task(self._stop_session(self._session))

    async def _stop_session(self, session: AgentSession) -> None:
        try:
            await session.stop()
        except Exception:
            _logger.exception("A stop on branch %s failed", self._branch_id)

    async def _save_end(self, turn_id: TurnId, end: TurnEnded) -> int | None:
        """Save the end, retrying while the disk refuses; return the version that the answer made.

        Raises `RedraftError` when no more attempts are made; the text that arrived is then rescued.
        """
        reply, now, branch_id = self.reply, self._shared.clock(), self._branch_id
        reported, rescued = "", ""
        by = await self._shared.who()

        def ended(content: Content) -> Content:
            turn = content.turn(branch_id, turn_id)
            if self._writer.has_lost and turn.state is not TurnState.RUNNING:
                return content  # Whoever has the branch now has ended it.
            done = with_ended_turn(content, branch_id, turn_id, reply=reply, end=end, at=now)
            return signed(content, done, by)

        while True:
            try:
                content = await self._update(ended, is_end=True)
            except RedraftError as error:
                problem = str(error)
            else:
                turn = content.turn(branch_id, turn_id)
                if turn.limits is not None:
                    await alone(went_over, content, turn)  # The screen finds it remembered.
                return turn.version
            rescued = rescued or await self._rescued()
            if self._must_give_up.is_set():
                raise RedraftError(f"{problem} {rescued}".rstrip())
            if problem != reported:
                reported = problem
                self._emit(SavingDelayed(f"{problem} {rescued}".rstrip()))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._must_give_up.wait(), SAVE_AGAIN_AFTER)

    async def _rescued(self) -> str:
        name = str(self._content_id)
        return await self._shared.rescue(name, f"{self._prompt}\n\n---\n\n{self.reply.text}\n")

    async def _update(
        self, change: Callable[[Content], Content], *, is_end: bool = False
    ) -> Content:
        """Apply a change to the current content; any failure is raised as `RedraftError`.

        Under a lost lease only the turn's end is saved.
        """
        if self._writer.has_lost and not is_end:
            raise Refused(LOST)
        try:
            return await self._store.update(self._content_id, change)
        except RedraftError:
            raise
        except Exception as error:
            _logger.exception("Content %s was not changed", self._content_id)
            raise RedraftError(UNSAVED) from error
