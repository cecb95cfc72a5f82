"""The conversation on one branch, turn after turn.

A turn runs in a task of its own that nobody cancels: a screen that closes or reads slowly neither
stops nor delays the turn. The prompt is saved before it is sent, and so is every end of a turn.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from tui.domain.change_limits import ChangeLimits
from tui.domain.checks import checked_prompt
from tui.domain.content import Turn, TurnKind
from tui.domain.errors import ANSWER_BROKEN, RedraftError, Refused
from tui.domain.events import Event
from tui.domain.ids import BranchId, ContentId
from tui.domain.passage import Passage
from tui.domain.reply import Reply
from tui.domain.tools import Decision
from tui.studio.branch_writer import BranchWriter
from tui.studio.context import BranchContext, ConversationContext
from tui.studio.plan import plan_turn
from tui.studio.running_turn import RunningTurn

_logger = logging.getLogger(__name__)


class Conversation:
    """The conversation on one branch; at most one turn runs at a time."""

    def __init__(
        self,
        context: ConversationContext,
        content_id: ContentId,
        branch_id: BranchId,
        *,
        before_turn: Callable[["Conversation"], Awaitable[None]],
        before_connect: Callable[["Conversation"], Awaitable[None]],
    ) -> None:
        self.content_id = content_id
        self.branch_id = branch_id
        self._context = context
        self._before_turn = before_turn
        self._writer = BranchWriter(
            context.store.leases,
            context.agent,
            branch_id,
            before_connect=lambda: before_connect(self),
            idle_after=context.idle_after,
            renew_every=context.renew_every,
        )
        self._branch = BranchContext(
            shared=context,
            content_id=content_id,
            branch_id=branch_id,
            writer=self._writer,
            settle=lambda: before_turn(self),
        )
        self._running: RunningTurn | None = None
        self._task: asyncio.Task[None] | None = None
        self._last_reply = Reply()

    @property
    def turn(self) -> Turn | None:
        """The running turn; None between turns."""
        return None if self._running is None else self._running.turn

    @property
    def reply(self) -> Reply:
        """The answer so far of the running turn, or else the whole answer of the last turn."""
        return self._last_reply if self._running is None else self._running.reply

    @property
    def is_writing(self) -> bool:
        """Whether a turn runs."""
        return self._running is not None

    @property
    def is_stopping(self) -> bool:
        """Whether a stop was requested and the turn has not ended yet."""
        return self._running is not None and self._running.is_stopping

    @property
    def is_connected(self) -> bool:
        """Whether a Claude session is connected."""
        return self._writer.is_open

    async def prepare(self) -> None:
        """Connect ahead of the next prompt; raises `AgentProblem` or `Refused`."""
        if self.is_writing or self.is_connected:
            return
        await self._before_turn(self)
        async with self._writer.holding():
            content = await self._context.store.load(self.content_id)
            if not self.is_writing:
                plan = plan_turn(content, self.branch_id, model=self._context.model)
                budget = self._context.guard.connection(content)
                await self._writer.connect_ahead(replace(plan, budget=budget))

    async def send(
        self,
        prompt: str,
        kind: TurnKind,
        *,
        passage: Passage | None = None,
        limits: ChangeLimits | None = None,
    ) -> AsyncIterator[Event]:
        """Save and send a prompt; yield its events, from `TurnAccepted` to `TurnSaved`.

        With a `passage` of the draft, the answer changes only that passage. The `limits` of the
        change are sent to Claude; whether Claude kept to them is measured later, when the version
        is viewed.

        Raises `InvalidInput` for an empty prompt or a section that the draft does not have,
        `LibraryProblem` when the prompt cannot be saved, and `Refused` while a turn runs, another
        program writes on the branch, a budget is used up, or the passage belongs to another version
        than the draft. Leaving the iteration early does not end the turn.
        """
        prompt = checked_prompt(prompt)
        if self.is_writing:
            raise Refused("Claude is still writing here: wait, or stop it first.")
        happened: asyncio.Queue[Event | RedraftError | None] = asyncio.Queue()
        running = self._running = RunningTurn(
            self._branch, prompt, kind, happened.put_nowait, passage=passage, limits=limits
        )
        self._task = asyncio.create_task(self._run(running, happened.put_nowait))
        while (event := await happened.get()) is not None:
            if isinstance(event, RedraftError):
                raise event
            yield event

    def stop(self) -> None:
        """Ask Claude to stop; the turn ends soon and keeps what has arrived.

        Harmless between turns. If the turn has already ended but cannot be saved, the attempts to
        save it are abandoned.
        """
        if self._running is not None:
            self._running.stop()

    async def decide(self, question_id: str, decision: Decision) -> None:
        """Answer a question from Claude; harmless when the question is no longer open.

        Permissions granted for the branch are saved with it. If that fails, `LibraryProblem` is
        raised and the question stays open.
        """
        if self._running is not None:
            await self._running.decide(question_id, decision)

    async def ended(self) -> None:
        """Wait until no turn runs and the last turn is saved."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def disconnect(self) -> None:
        """End the process behind the session; the next prompt connects again."""
        await self._writer.close()

    async def close(self) -> None:
        """Stop and save the running turn, disconnect, and release the lease of the branch."""
        if self._running is not None:
            self._running.close()
        await self.ended()
        await self._writer.close()

    async def _run(
        self, running: RunningTurn, emit: Callable[[Event | RedraftError | None], None]
    ) -> None:
        """Run a turn; afterwards no turn is marked as running, however this one ended."""
        problem: RedraftError | None = None
        try:
            await running.run()
        except RedraftError as error:
            _logger.warning("A turn on branch %s could not be kept: %s", self.branch_id, error)
            problem = error
        except Exception:
            _logger.exception("A turn on branch %s broke off", self.branch_id)
            problem = RedraftError(ANSWER_BROKEN)
        finally:
            if running.turn is None or problem is not None:
                await self._let_go()
            self._last_reply = running.reply
            self._task = self._running = None
            if problem is not None:
                emit(problem)
            emit(None)

    async def _let_go(self) -> None:
        """Release the branch after a refused prompt, or a turn whose end could not be saved.

        In the library such a turn still counts as running. The next program that opens the content
        ends the turn once the branch is free.
        """
        try:
            await self._writer.close()
        except Exception:
            _logger.exception("The session of branch %s was not closed", self.branch_id)
