"""The sole right to write on a branch and the Claude session behind it, with one owner for both.

```
state      lease  session  left by
free       no     no       `holding` takes the lease, or is refused
leased     yes    no       the work inside ends: free · `session_for`, `connect_ahead`: connected
connected  yes    yes      the work inside ends: idle · the session breaks: leased
idle       yes    yes      `holding`: connected · `close`, or nothing for `idle_after`: free
lost       lost   maybe    the work inside is told and ends: free · `holding`: leased, or refused
```

The lease outlives the work inside only while a session is kept for the next prompt: a refused
prompt, a missing login or a failed connection leave the branch free for other programs at once.
While there is work inside, the lease is renewed every `renew_every` seconds; while idle it is not
looked at before the next work. A session never outlives the loss of its lease.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

from tui.domain.errors import Refused, SessionLost, SessionTaken
from tui.domain.ids import BranchId
from tui.domain.lease import LeaseOwner
from tui.domain.session import SessionSpec
from tui.domain.tools import NO_ACCESS
from tui.studio.plan import TurnPlan
from tui.studio.ports import Agent, AgentSession, Lease, Store

IDLE_AFTER: Final = 300.0
"""Seconds without a turn after which a session is closed and its branch let go."""
RENEW_EVERY: Final = 2.0
"""Seconds between two renewals of the lease of a branch that is being written on."""
TAKEN: Final = "Another Redraft is writing on this branch: go on there, or close that one first."
TAKEN_BY: Final = (
    "{name}{host} has been writing on this branch since {since} (process {pid}): go on there, or "
    "close that Redraft first."
)

_logger = logging.getLogger(__name__)


class BranchWriter:
    """At most one live session, and the sole right to write on its branch while it is there."""

    def __init__(
        self,
        store: Store,
        agent: Agent,
        branch_id: BranchId,
        *,
        before_connect: Callable[[], Awaitable[None]],
        idle_after: float = IDLE_AFTER,
        renew_every: float = RENEW_EVERY,
    ) -> None:
        self._store = store
        self._agent = agent
        self._branch_id = branch_id
        self._before_connect = before_connect
        self._idle_after = idle_after
        self._renew_every = renew_every
        self._lease: Lease | None = None
        self._session: AgentSession | None = None
        self._holders = 0
        self._ahead: SessionSpec | None = None
        """What the session was connected for, until its first turn."""
        self._access = NO_ACCESS
        """What Claude may use in the connected session."""
        self._is_on_its_way = False
        self._changing = asyncio.Lock()
        """Held while the lease or the session changes."""
        self._idle: asyncio.Task[None] | None = None

    @property
    def session(self) -> AgentSession | None:
        """The session that is kept; None while there is none."""
        return self._session

    @property
    def is_open(self) -> bool:
        """Whether a session is connected, or just being connected."""
        return self._session is not None or self._is_on_its_way

    @property
    def has_lost(self) -> bool:
        """Whether the lease is known to be lost: nothing may be written under it any more."""
        return self._lease is not None and self._lease.lost.is_set()

    async def renew(self) -> None:
        """Find out whether the lease is lost, and make it last if it is not."""
        if self._lease is not None:
            await self._lease.renew()

    @asynccontextmanager
    async def holding(self, when_lost: Callable[[], None] | None = None) -> AsyncIterator[None]:
        """Hold the right to write for the work inside, however that ends.

        `when_lost` is called once, when the lease is lost meanwhile; the work is to end soon then.
        Raises `Refused` while another program has the branch, `LibraryProblem` when that cannot
        be found out. May be entered again while it is held.
        """
        watch: asyncio.Task[None] | None = None
        # Counted first: what closes an idle session meanwhile must leave the lease.
        self._holders += 1
        try:
            self._stop_waiting()
            async with self._changing:
                lease = await self._leased()
            watch = asyncio.create_task(self._watch(lease, when_lost))
            yield
        finally:
            if watch is not None:
                watch.cancel()
            self._holders -= 1
            self._let_go_when_idle()

    async def connect_ahead(self, plan: TurnPlan) -> None:
        """Connect for a turn that will probably come; raises `AgentProblem`.

        A session that is lost or taken is left to the turn, which begins a new one.
        """
        async with self._changing:
            if self._session is None:
                with suppress(SessionLost, SessionTaken):
                    await self._connect(plan)

    async def session_for(self, plan: TurnPlan) -> AgentSession:
        """Return a session for the turn now, connecting when needed; raises `AgentProblem`."""
        async with self._changing:
            session, ahead = self._session, self._ahead
            self._ahead = None
            fits = plan.spec == ahead or not plan.needs_fresh_connection
            fits = fits and plan.spec.access == self._access
            if session is not None and session.is_usable and fits:
                return session
            session = await self._connect(plan)
            self._ahead = None
            return session

    def allow(self, rule: str) -> None:
        """Note that the connected session no longer asks about something."""
        if rule and rule not in self._access.rules:
            self._access = replace(self._access, rules=(*self._access.rules, rule))

    async def close(self) -> None:
        """End the process behind the session; the branch is free unless work is still inside."""
        self._stop_waiting()
        async with self._changing:
            try:
                await self._drop()
            finally:
                self._release()

    async def _leased(self) -> Lease:
        """Return the lease, a new one when there is none or it is lost; raises as `holding`."""
        await self.renew()
        if self.has_lost:
            try:
                await self._drop()
            finally:
                self._give_back()
        if self._lease is None:
            self._lease = await self._store.lease(self._branch_id)
        if self._lease is None:
            raise Refused(_taken_by(await self._store.lease_owner(self._branch_id)))
        return self._lease

    async def _watch(self, lease: Lease, when_lost: Callable[[], None] | None) -> None:
        while not lease.lost.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._renew_every):
                    await lease.lost.wait()
            try:
                await lease.renew()
            except Exception:
                _logger.exception("The lease of branch %s was not renewed", self._branch_id)
        _logger.warning("The lease of branch %s is lost", self._branch_id)
        if when_lost is not None:
            when_lost()

    async def _connect(self, plan: TurnPlan) -> AgentSession:
        await self._drop()
        await self._before_connect()
        self._is_on_its_way = True
        try:
            spec = replace(plan.spec, budget=plan.budget)
            session = self._session = await self._agent.connect(spec)
        finally:
            self._is_on_its_way = False
        self._ahead = plan.spec
        self._access = plan.spec.access
        return session

    async def _drop(self) -> None:
        session, self._session = self._session, None
        self._ahead = None
        if session is not None:
            await session.close()

    def _release(self) -> None:
        if not self._holders:
            self._give_back()

    def _give_back(self) -> None:
        lease, self._lease = self._lease, None
        if lease is not None:
            lease.release()

    def _let_go_when_idle(self) -> None:
        if self._holders or self._changing.locked():
            return  # Whoever holds it asks again; whoever closes it lets go.
        if self._session is None:
            self._release()
        else:
            is_kept = self._session.is_usable and not self.has_lost
            delay = self._idle_after if is_kept else 0.0
            self._idle = asyncio.create_task(self._close_after(delay))

    async def _close_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._idle = None  # From here on it is not stopped: what began to close is closed.
        try:
            async with self._changing:
                if not self._holders:
                    await self._drop()
                    self._release()
        except Exception:
            _logger.exception("The idle session of branch %s was not closed", self._branch_id)

    def _stop_waiting(self) -> None:
        idle, self._idle = self._idle, None
        if idle is not None:
            idle.cancel()


def _taken_by(owner: LeaseOwner | None) -> str:
    if owner is None or not (owner.person.name or owner.person.host):
        return TAKEN
    person, since = owner.person, owner.since.astimezone()
    is_today = since.date() == datetime.now(since.tzinfo).date()
    return TAKEN_BY.format(
        name=person.name or "Someone",
        host=f" on {person.host}" if person.host else "",
        since=f"{since:%H:%M}" if is_today else f"{since:%Y-%m-%d %H:%M}",
        pid=owner.pid,
    )
