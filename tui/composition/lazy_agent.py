"""An agent that is made in a thread when it is first needed."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, suppress

from tui.domain.errors import AgentProblem
from tui.domain.events import FoundEvent
from tui.domain.ids import MessageId, SessionId, TurnId
from tui.domain.session import Account, Fork, SessionSpec
from tui.studio.ports import Agent, AgentSession


class LazyAgent:
    """Makes an agent in a thread when it is first needed, so that the screen never waits for it.

    `build` makes the agent, and puts what must end after the agent on the stack it is given. It may
    raise `AgentProblem`. Methods do and raise what those of `Agent` in the studio's ports do.
    """

    def __init__(self, build: Callable[[ExitStack], Agent]) -> None:
        self._build = build
        self._agent: Agent | None = None
        self._building = asyncio.Lock()
        self._ending = ExitStack()

    async def account(self) -> Account:
        """Return whether someone is logged in; never raises."""
        try:
            return await (await self._made()).account()
        except AgentProblem as problem:
            return Account(False, problem=str(problem))

    async def warm_up(self) -> None:
        """Make the agent and load what its first connection needs; never raises."""
        with suppress(AgentProblem):
            await (await self._made()).warm_up()

    async def connect(self, spec: SessionSpec) -> AgentSession:
        """Connect to a session."""
        return await (await self._made()).connect(spec)

    async def fork(self, session: SessionId, up_to: MessageId, *, title: str) -> Fork:
        """Copy a session up to and including a message."""
        return await (await self._made()).fork(session, up_to, title=title)

    async def answer(
        self, session: SessionId, turn: TurnId, *, is_waiting: bool = True
    ) -> tuple[FoundEvent, ...] | None:
        """Return what Claude answered in a turn whose end no program saw."""
        return await (await self._made()).answer(session, turn, is_waiting=is_waiting)

    async def close(self) -> None:
        """Close the agent, if it was ever made, and what was started for it."""
        async with self._building:
            if self._agent is not None:
                await self._agent.close()
            await asyncio.to_thread(self._ending.close)

    async def _made(self) -> Agent:
        async with self._building:
            if self._agent is None:
                self._agent = await asyncio.to_thread(self._build, self._ending)
            return self._agent
