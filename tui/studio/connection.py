"""The Claude session behind a branch: claimed, connected when needed, closed when idle."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from tui.domain.errors import Refused, SessionLost, SessionTaken
from tui.domain.ids import BranchId
from tui.domain.session import SessionSpec
from tui.domain.tools import NO_ACCESS
from tui.studio.plan import TurnPlan
from tui.studio.ports import Agent, AgentSession, Claim, Store

TAKEN = "Another Redraft is writing on this branch: go on there, or close that one first."


class Connection:
    """At most one live session, and the sole right to write on its branch while it is there."""

    def __init__(
        self,
        store: Store,
        agent: Agent,
        branch_id: BranchId,
        *,
        before_connect: Callable[[], Awaitable[None]],
    ) -> None:
        self._store = store
        self._agent = agent
        self._branch_id = branch_id
        self._before_connect = before_connect
        self._session: AgentSession | None = None
        self._claim: Claim | None = None
        self._ahead: SessionSpec | None = None
        """What the session was connected for, until its first turn."""
        self._access = NO_ACCESS
        """What Claude may use in the connected session."""
        self._is_on_its_way = False
        self._connecting = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether a session is connected, or just being connected."""
        return self._session is not None or self._is_on_its_way

    def allow(self, rule: str) -> None:
        """Note that the connected session no longer asks about something."""
        if rule and rule not in self._access.rules:
            self._access = replace(self._access, rules=(*self._access.rules, rule))

    async def claim(self) -> None:
        """Take the sole right to write on the branch; raises `Refused` while another has it."""
        async with self._connecting:
            if self._claim is None:
                self._claim = await self._store.claim(self._branch_id)
            if self._claim is None:
                raise Refused(TAKEN)

    async def connect_ahead(self, plan: TurnPlan) -> None:
        """Connect for a turn that will probably come; raises `AgentProblem`.

        A session that is lost or taken is left to the turn, which begins a new one.
        """
        async with self._connecting:
            if self._session is None:
                with suppress(SessionLost, SessionTaken):
                    await self._connect(plan)

    async def session_for(self, plan: TurnPlan) -> AgentSession:
        """Return a session for the turn now, connecting when needed; raises `AgentProblem`."""
        async with self._connecting:
            session, ahead = self._session, self._ahead
            self._ahead = None
            fits = plan.spec == ahead or not plan.needs_fresh_connection
            fits = fits and plan.spec.access == self._access
            if session is not None and session.is_usable and fits:
                return session
            session = await self._connect(plan)
            self._ahead = None
            return session

    async def _connect(self, plan: TurnPlan) -> AgentSession:
        await self._drop()
        await self._before_connect()
        self._is_on_its_way = True
        try:
            session = self._session = await self._agent.connect(plan.spec)
        finally:
            self._is_on_its_way = False
        self._ahead = plan.spec
        self._access = plan.spec.access
        return session

    async def close(self) -> None:
        """End the process behind the session and let other programs write on the branch."""
        async with self._connecting:
            await self._drop()
            if self._claim is not None:
                self._claim.release()
                self._claim = None

    async def _drop(self) -> None:
        session, self._session = self._session, None
        self._ahead = None
        if session is not None:
            await session.close()
