"""One branch's turns, from the prompt to the saved result.

A turn runs in a task of its own that nobody cancels: a screen that goes away, or reads slowly,
neither stops nor delays it. The prompt is saved before it is sent; every end is saved too.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from tui.domain.access import with_rule
from tui.domain.checks import checked_prompt
from tui.domain.content import Content, Turn, TurnKind
from tui.domain.costs import NO_BUDGETS, Budgets
from tui.domain.errors import LibraryProblem, RedraftError, Refused, SessionLost, SessionTaken
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
from tui.domain.ids import BranchId, ContentId, SessionId, TurnId
from tui.domain.prompts import sent_prompt
from tui.domain.reply import Reply
from tui.domain.tools import Decision
from tui.studio.answering import BROKEN, with_an_end
from tui.studio.budget import Purse
from tui.studio.connection import Connection
from tui.studio.parts import PartKeeper
from tui.studio.plan import TurnPlan, plan_turn
from tui.studio.ports import Agent, AgentSession, Clock, NewIds, Store
from tui.studio.reaching import Reaching
from tui.studio.sources import missing_told
from tui.studio.turn_steps import (
    with_begun_turn,
    with_ended_turn,
    with_new_session,
    without_turn,
)

_logger = logging.getLogger(__name__)

SAVE_AGAIN_AFTER = 2.0
"""Seconds between attempts to save a turn that could not be saved."""

REBUILT = "Claude Code no longer has this session, so Claude was told the earlier turns again."


class Conversation:
    """The conversation on one branch; at most one turn runs at a time."""

    def __init__(
        self,
        store: Store,
        agent: Agent,
        clock: Clock,
        new_ids: NewIds,
        *,
        content_id: ContentId,
        branch_id: BranchId,
        model: str = "",
        budgets: Budgets = NO_BUDGETS,
        before_turn: Callable[["Conversation"], Awaitable[None]],
        before_connect: Callable[["Conversation"], Awaitable[None]],
    ) -> None:
        self.content_id = content_id
        self.branch_id = branch_id
        self._store = store
        self._clock = clock
        self._new_ids = new_ids
        self._model = model
        self._before_turn = before_turn
        self._connection = Connection(
            store, agent, branch_id, before_connect=lambda: before_connect(self)
        )
        self._purse = Purse(budgets, self.stop)
        self._parts = PartKeeper(store, content_id, branch_id)
        self._answering: AgentSession | None = None
        self._is_closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._turn: Turn | None = None
        self._reply = Reply()
        self._is_stop_asked = False
        self._stopping: asyncio.Task[None] | None = None
        self._reaching = Reaching[tuple[TurnPlan, AgentSession]]()

    @property
    def turn(self) -> Turn | None:
        """The turn that runs now; None between turns."""
        return self._turn

    @property
    def reply(self) -> Reply:
        """The answer so far of the turn that runs, or the whole answer of the last one."""
        return self._reply

    @property
    def is_writing(self) -> bool:
        """Whether a turn runs."""
        return self._task is not None

    @property
    def is_stopping(self) -> bool:
        """Whether a stop was asked for and the turn has not ended yet."""
        return self.is_writing and self._is_stop_asked

    @property
    def is_connected(self) -> bool:
        """Whether a Claude session is kept ready."""
        return self._connection.is_open

    async def prepare(self) -> None:
        """Connect ahead of the next prompt; raises `AgentProblem` or `Refused` when it cannot."""
        if self.is_writing or self.is_connected:
            return
        await self._before_turn(self)
        await self._connection.claim()
        plan = plan_turn(await self._store.load(self.content_id), self.branch_id, model=self._model)
        if not self.is_writing:
            await self._connection.connect_ahead(plan)

    async def send(self, prompt: str, kind: TurnKind) -> AsyncIterator[Event]:
        """Save and send a prompt; yield what happens, from `TurnAccepted` to `TurnSaved`.

        Raises `InvalidInput` for an empty prompt, `LibraryProblem` when it cannot be saved, and
        `Refused` while a turn runs, another program writes here or a budget is used up. Leaving
        the iteration early does not end the turn.
        """
        prompt = checked_prompt(prompt)
        if self.is_writing:
            raise Refused("Claude is still writing here: wait, or stop it first.")
        happened: asyncio.Queue[Event | RedraftError | None] = asyncio.Queue()
        self._reply = Reply()
        self._is_stop_asked = False
        self._task = asyncio.create_task(self._run_to_end(prompt, kind, happened.put_nowait))
        while (event := await happened.get()) is not None:
            if isinstance(event, RedraftError):
                raise event
            yield event

    def stop(self) -> None:
        """Ask Claude to stop; the turn ends soon, with what has arrived. Harmless between turns."""
        if not self.is_writing:
            return
        self._is_stop_asked = True
        self._reply = self._reply.stopping()
        self._reaching.stop()
        self._pass_stop_on()

    async def decide(self, question_id: str, decision: Decision) -> None:
        """Answer a question of Claude's; harmless when it is no longer open.

        What is allowed for the branch is saved with it; raises `LibraryProblem` when it cannot be,
        and then the question stays open.
        """
        question = next((one for one in self._reply.questions if one.id == question_id), None)
        if question is None or self._answering is None:
            return
        if decision is Decision.ALLOW_ON_BRANCH:
            await self._store.update(
                self.content_id, lambda content: with_rule(content, self.branch_id, question.rule)
            )
            if question in self._reply.questions:
                # Else the session was not told, and the next turn needs one that is.
                self._connection.allow(question.rule)
        if decision is Decision.REFUSE_AND_STOP:
            self.stop()
        if self._answering is not None:
            self._answering.decide(question_id, decision)

    async def ended(self) -> None:
        """Wait until no turn runs and the last one is saved."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def disconnect(self) -> None:
        """End the process behind the session; the next prompt connects again."""
        await self._connection.close()

    async def close(self) -> None:
        """Stop what runs, save it, disconnect, and let others write on the branch."""
        self._is_closing.set()
        self.stop()
        await self.ended()
        await self._connection.close()

    def _pass_stop_on(self) -> None:
        if self._is_stop_asked and self._answering is not None and self._stopping is None:
            self._stopping = asyncio.create_task(self._answering.stop())

    async def _run_to_end(
        self, prompt: str, kind: TurnKind, tell: Callable[[Event | RedraftError | None], None]
    ) -> None:
        try:
            await self._run(prompt, kind, tell)
        except RedraftError as error:
            _logger.warning("A turn on branch %s could not be kept: %s", self.branch_id, error)
            tell(error)
        except Exception:
            _logger.exception("A turn on branch %s broke off", self.branch_id)
            tell(RedraftError(BROKEN))
        finally:
            await self._parts.finish()
            self._task = self._turn = self._stopping = self._answering = None
            tell(None)

    async def _run(self, prompt: str, kind: TurnKind, tell: Callable[[Event], None]) -> None:
        await self._before_turn(self)
        await self._connection.claim()
        turn_id = TurnId(self._new_ids.uuid())
        content = await self._store.update(
            self.content_id,
            lambda content: with_begun_turn(
                self._purse.opened(content, self.branch_id),
                self.branch_id,
                turn_id,
                prompt=prompt,
                kind=kind,
                model=self._model,
                at=self._clock(),
            ),
        )
        turn = self._turn = content.line(self.branch_id)[-1].turn
        tell(TurnAccepted(turn.id))
        self._parts.begin()
        answer = self._answer(content, turn)
        async for happened in with_an_end(answer, is_sent=lambda: self._answering is not None):
            event = self._purse.told(happened, is_stopping=self._is_stop_asked)
            self._reply = self._reply.apply(event)
            self._parts.arrived(turn.id, self._reply.text)
            if isinstance(event, TurnEnded):
                content = await self._save_end(self._turn, event, tell)
                turn = next(t for t in content.branch(self.branch_id).turns if t.id == turn.id)
            tell(event)
        tell(TurnSaved(turn.id, turn.version))

    async def _answer(self, content: Content, turn: Turn) -> AsyncIterator[AgentEvent]:
        before = without_turn(content, self.branch_id, turn)
        if missing := await missing_told(content.sources):
            yield Noticed(missing)
        reached = None
        if not self._is_stop_asked:
            reached = await self._reaching.until_stopped(self._session_for(before))
        if reached is None or self._is_stop_asked:
            yield TurnEnded(Outcome.STOPPED, is_sent=False)
            return
        plan, session = reached
        if plan.earlier:
            yield Noticed(REBUILT)
        sent = sent_prompt(
            before, turn, is_first=plan.spec.is_new, earlier=plan.earlier, told=plan.told
        )
        self._answering = session
        async for event in session.turn(turn.id, sent):
            yield event
            self._pass_stop_on()

    async def _session_for(self, before: Content) -> tuple[TurnPlan, AgentSession]:
        plan = plan_turn(before, self.branch_id, model=self._model)
        try:
            return plan, await self._connection.session_for(plan)
        except (SessionLost, SessionTaken) as error:
            session = plan.spec.session
            _logger.warning("Session %s cannot be used, one begins anew: %s", session, error)
        plan = await self._plan_anew()
        return plan, await self._connection.session_for(plan)

    async def _plan_anew(self) -> TurnPlan:
        session = SessionId(self._new_ids.uuid())

        content = await self._store.update(
            self.content_id,
            lambda content: with_new_session(content, self.branch_id, self._turn, session),
        )
        before = without_turn(content, self.branch_id, self._turn)
        self._turn = content.branch(self.branch_id).turns[-1]
        return plan_turn(before, self.branch_id, model=self._model)

    async def _save_end(self, turn: Turn, end: TurnEnded, tell: Callable[[Event], None]) -> Content:
        reply, now = self._reply, self._clock()

        def ended(content: Content) -> Content:
            return with_ended_turn(content, self.branch_id, turn, reply=reply, end=end, at=now)

        while True:
            try:
                return await self._store.update(self.content_id, ended)
            except LibraryProblem as problem:
                if self._is_closing.is_set():
                    raise
                tell(SavingDelayed(str(problem)))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._is_closing.wait(), SAVE_AGAIN_AFTER)
