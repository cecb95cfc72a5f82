"""One owner for the write lease of a branch and the Claude session behind that branch.

```
state      lease  session  left by
free       no     no       `holding` takes the lease, or is refused
leased     yes    no       the work inside ends: free · `session_for`, `connect_ahead`: connected
connected  yes    yes      the work inside ends: idle · the session breaks: leased
idle       yes    yes      `holding`: connected · `close`, or nothing for `idle_after`: free
lost       lost   maybe    the work inside is stopped: free · `holding`: leased, or refused
```

The lease is kept after the work ends only while a session is kept for the next prompt: a refused
prompt, a missing login or a failed connection release the branch for other programs at once.
During work the lease is renewed every `renew_every` seconds; an idle lease is not checked before
the next work. A session is closed when its lease is lost.
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
from tui.studio.ports import Agent, AgentSession, Lease, Leases

IDLE_AFTER: Final = 300.0
"""Idle time in seconds after which a session is closed and the lease of its branch released."""
RENEW_EVERY: Final = 2.0
"""Seconds between two renewals of the lease of a branch while there is work on it."""
TAKEN: Final = "Another Redraft is writing on this branch: go on there, or close that one first."
TAKEN_BY: Final = (
    "{name}{host} has been writing on this branch since {since} (process {pid}): go on there, or "
    "close that Redraft first."
)

_logger = logging.getLogger(__name__)


class BranchWriter:
    """Owns at most one live session, and the lease of the branch while the session lives."""

    def __init__(
        self,
        leases: Leases,
        agent: Agent,
        branch_id: BranchId,
        *,
        before_connect: Callable[[], Awaitable[None]],
        idle_after: float,
        renew_every: float,
    ) -> None:
        self._leases = leases
        self._agent = agent
        self._branch_id = branch_id
        self._before_connect = before_connect
        self._idle_after = idle_after
        self._renew_every = renew_every
        self._lease: Lease | None = None
        self._session: AgentSession | None = None
        self._holders = 0
        self._ahead: SessionSpec | None = None
        """The spec that the session was connected for, until the session's first turn."""
        self._access = NO_ACCESS
        """What Claude may use in the connected session."""
        self._is_on_its_way = False
        self._changing = asyncio.Lock()
        """Held while the lease or the session changes."""
        self._idle: asyncio.Task[None] | None = None

    @property
    def session(self) -> AgentSession | None:
        """The live session, kept for the next turn; None without one."""
        return self._session

    @property
    def is_open(self) -> bool:
        """Whether a session is connected or connecting."""
        return self._session is not None or self._is_on_its_way

    @property
    def has_lost(self) -> bool:
        """Whether the lease is known to be lost; nothing may be written without the lease."""
        return self._lease is not None and self._lease.lost.is_set()

    async def renew(self) -> None:
        """Renew the lease, or find out that the lease is lost."""
        if self._lease is not None:
            await self._lease.renew()

    @asynccontextmanager
    async def holding(self, when_lost: Callable[[], None] | None = None) -> AsyncIterator[None]:
        """Hold the lease for the duration of the `async with` block, however the block ends.

        `when_lost` is called once if the lease is lost meanwhile; the block should then end soon.
        Raises `Refused` while another program has the lease, `LibraryProblem` when the owner of the
        lease cannot be determined. Reentrant.
        """
        watch: asyncio.Task[None] | None = None
        # Counted before any await: closing an idle session at the same time must not release the
        # lease.
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
        """Connect ahead of a turn that will probably come; raises `AgentProblem`.

        When the session turns out to be lost or taken, nothing is raised: the turn starts a new
        session.
        """
        async with self._changing:
            if self._session is None:
                with suppress(SessionLost, SessionTaken):
                    await self._connect(plan)

    async def session_for(self, plan: TurnPlan) -> AgentSession:
        """Return a session for the next turn, connecting if necessary; raises `AgentProblem`."""
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
        """Record that the connected session no longer asks for this permission."""
        if rule and rule not in self._access.rules:
            self._access = replace(self._access, rules=(*self._access.rules, rule))

    async def close(self) -> None:
        """Close the session, and release the lease unless a `holding` block is still active."""
        self._stop_waiting()
        async with self._changing:
            try:
                await self._drop()
            finally:
                self._release()

    async def _leased(self) -> Lease:
        """Return a lease that is not lost, acquiring one if necessary; raises like `holding`."""
        await self.renew()
        if self.has_lost:
            try:
                await self._drop()
            finally:
                self._give_back()
        if self._lease is None:
            self._lease = await self._leases.take(self._branch_id)
        if self._lease is None:
            raise Refused(_taken_by(await self._leases.owner(self._branch_id)))
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
