"""Recovery of turns whose program died: Claude's answer is read from the transcript and saved."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from tui.domain import changes, turn_changes
from tui.domain.content import Branch, Content, Turn, TurnState
from tui.domain.errors import NewerSchema, RedraftError, StillAnswering
from tui.domain.events import FoundEvent, MessageCommitted, Outcome, TurnEnded
from tui.domain.ids import BranchId, ContentId
from tui.domain.reply import Reply
from tui.studio.ports import Agent, Clock, Store

_logger = logging.getLogger(__name__)


class Recovery:
    """Ends turns that a dead program left running: with Claude's answer, or as interrupted.

    A turn is left alone while another program has the lease of its branch. An answer that a process
    still writes is allowed to finish: a caller that only looks sees the turn as running, a caller
    that is about to prompt waits. Reading Claude's transcript takes a while, so with `behind_after`
    (seconds) `look` returns at once, and the recovery starts after that delay and waits for the
    answer.

    A version made here has no author: a turn does not record who prompted it, and on a shared
    library the author may be neither the person who looks now nor the last person to write on the
    branch.
    """

    def __init__(
        self, store: Store, agent: Agent, clock: Clock, *, behind_after: float | None = None
    ) -> None:
        self._store = store
        self._agent = agent
        self._clock = clock
        self._behind_after = behind_after
        self._is_hurried = asyncio.Event()
        self._given_up = set[BranchId]()
        self._tasks: dict[BranchId, asyncio.Task[None]] = {}

    async def look(self, content: Content, writing: frozenset[BranchId]) -> Content:
        """Return the content with its abandoned turns ended, or end them in the background."""
        abandoned = [
            branch.id
            for branch in content.branches
            if is_running(branch) and branch.id not in writing | self._given_up
        ]
        if not abandoned:
            return content
        is_waiting = self._behind_after is not None
        tasks = [self._begun(content.id, branch, is_waiting=is_waiting) for branch in abandoned]
        if self._behind_after is not None:
            return content
        await asyncio.gather(*tasks)
        return await self._store.load(content.id)

    async def settle(self, content_id: ContentId, branch_id: BranchId) -> None:
        """End the abandoned turn of a branch, if there is one, before anything else happens there.

        Raises like `Store.load`.
        """
        content = await self._store.load(content_id)
        if is_running(content.branch(branch_id)):
            self._is_hurried.set()
            if branch_id in self._tasks:
                await asyncio.shield(self._tasks[branch_id])  # It may not have waited for the end.
            await self._begun(content_id, branch_id, is_waiting=True)

    async def close(self) -> None:
        """Cancel all recoveries; the next start of the program repeats them."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begun(
        self, content_id: ContentId, branch_id: BranchId, *, is_waiting: bool
    ) -> asyncio.Future[None]:
        task = self._tasks.get(branch_id)
        if task is None:
            work = self._recover(content_id, branch_id, is_waiting=is_waiting)
            task = asyncio.create_task(work)
            self._tasks[branch_id] = task
            task.add_done_callback(lambda _: self._tasks.pop(branch_id, None))
        return asyncio.shield(task)

    async def _recover(
        self, content_id: ContentId, branch_id: BranchId, *, is_waiting: bool
    ) -> None:
        if self._behind_after is not None:
            try:
                await asyncio.wait_for(self._is_hurried.wait(), self._behind_after)
            except TimeoutError:
                _logger.debug("Branch %s is recovered now", branch_id)
        lease = None
        try:
            lease = await self._store.leases.take(branch_id)
            if lease is None:
                return
            branch = (await self._store.load(content_id)).branch(branch_id)
            if not is_running(branch):
                return
            answer = await self._answer(branch, is_waiting=is_waiting)
            await lease.renew()  # The answer may have taken minutes.
            if lease.lost.is_set():
                return
            change = self._ended(branch_id, branch.turns[-1], answer)
            await self._store.update(content_id, change)
        except NewerSchema:
            self._given_up.add(branch_id)  # It can be read, and only a newer Redraft marks it.
        except StillAnswering:
            _logger.info("Branch %s is still being answered", branch_id)
        except RedraftError as error:
            _logger.warning("Branch %s was not recovered: %s", branch_id, error)
        except Exception:
            _logger.exception("Branch %s was not recovered", branch_id)
        finally:
            if lease is not None:
                lease.release()

    async def _answer(self, branch: Branch, *, is_waiting: bool) -> tuple[FoundEvent, ...]:
        session, turn = branch.session, branch.turns[-1].id
        try:
            return await self._agent.answer(session, turn, is_waiting=is_waiting) or ()
        except StillAnswering:
            raise
        except Exception:
            _logger.warning("What Claude answered on %s is not known", branch.id, exc_info=True)
            return ()

    def _ended(
        self, branch_id: BranchId, turn: Turn, answer: tuple[FoundEvent, ...]
    ) -> Callable[[Content], Content]:
        now = self._clock()
        reply = Reply()
        for event in answer:
            reply = reply.apply(event)
        reply = reply.apply(TurnEnded(Outcome.FINISHED))
        # Claude continues after a tool use: an answer that ends with a tool use was cut off.
        is_whole = bool(answer) and isinstance(answer[-1], MessageCommitted)

        def ended(content: Content) -> Content:
            branch = content.branch(branch_id)
            if not is_running(branch) or branch.turns[-1].id != turn.id:
                return content
            if not answer:
                return turn_changes.interrupted(content, branch_id, now)
            kept = branch.turns[-1].reply
            done = replace(
                branch.turns[-1],
                state=TurnState.FINISHED if is_whole else TurnState.INTERRUPTED,
                ended_at=now,
                reply=kept if not is_whole and kept.startswith(reply.text) else reply.text,
                anchor=reply.anchor if is_whole else None,
                tools=reply.tools,
            )
            branch = replace(branch, is_live=branch.is_live or is_whole)
            content = changes.with_branch(content, branch)
            return turn_changes.ended_turn(content, branch_id, done, now)

        return ended


def is_running(branch: Branch) -> bool:
    """Whether the last turn of a branch has not ended."""
    return bool(branch.turns) and branch.turns[-1].state is TurnState.RUNNING
