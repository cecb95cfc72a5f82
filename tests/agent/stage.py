"""A stage for tests of the agent: an isolated CLI, a loopback API that echoes, turns to play."""

import asyncio
import contextlib
import os
import re
import subprocess
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.support.light import LIGHT_CLI
from tests.support.marks import TextWriter
from tui.agent.claude import ClaudeAgent
from tui.agent.copies import TranscriptKey
from tui.agent.environment import isolated
from tui.agent.session import ClaudeSession
from tui.demo.seen import SeenMessage, SeenRequest
from tui.demo.server import DemoServer
from tui.domain.events import AgentEvent, MessageCommitted, TextStreamed, TurnEnded
from tui.domain.ids import MessageId, SessionId, TurnId
from tui.domain.session import SessionSpec
from tui.studio.plan import turn_cost

WORDS = 150
MODEL = "claude-sonnet-4-5"
"""A model with a list price that the CLI knows."""
TURN_ENDS = 60.0
"""Seconds after which a turn hangs, however slow the machine is."""
E = TypeVar("E")


class Echo(TextWriter):
    """Answers with what was said last; “long” in it gets many words, “huge” one of 1.2 MB."""

    def reply(self, system: str, messages: Sequence[SeenMessage]) -> str:
        said = [message.text for message in messages if message.role == "user"][-1]
        more = " ".join(f"word{number}" for number in range(WORDS)) if "long" in said else "Done."
        if "huge" in said:
            return "x" * 1_200_000
        return f"You said “{said}”.\n\n  {more}\n"


@dataclass(frozen=True)
class Played:
    """The events of one turn."""

    events: tuple[AgentEvent, ...]

    @property
    def end(self) -> TurnEnded:
        (end,) = self.of(TurnEnded)
        return end

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.of(MessageCommitted))

    @property
    def streamed(self) -> str:
        return "".join(event.text for event in self.of(TextStreamed))

    @property
    def anchor(self) -> MessageId:
        return self.of(MessageCommitted)[-1].id

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]


@dataclass(frozen=True)
class Stage:
    """One loopback API and one isolated folder; several agents may play on it."""

    server: DemoServer
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**isolated(self.folder, self.server.base_url), **LIGHT_CLI}

    def agent(self, **options: Any) -> ClaudeAgent:
        return ClaudeAgent(
            **{
                "work_folder": self.folder / "work",
                "transcripts": NoCopies(),
                "environment": self.environment,
                "retries": 1,
                "silence_limit": 20,
                **options,
            }
        )

    @property
    def last(self) -> SeenRequest:
        """The newest writing request."""
        return [request for request in self.server.requests if not request.is_auxiliary][-1]


class NoCopies:
    """Keeps no copy of a session, so that Claude Code's own file is all there is."""

    async def append(self, key: TranscriptKey, entries: list[Any]) -> None:
        pass

    async def load(self, key: TranscriptKey) -> list[Any] | None:
        return None


def new_spec(model: str = "") -> SessionSpec:
    return SessionSpec(SessionId(str(uuid.uuid4())), is_new=True, model=model)


def resumed(session: SessionId, at: MessageId | None = None) -> SessionSpec:
    return SessionSpec(session, is_new=False, anchor=at)


def new_turn() -> TurnId:
    return TurnId(str(uuid.uuid4()))


def cost(end: TurnEnded) -> float:
    """Return what a turn cost, as the studio reckons it without knowing the turns before."""
    told = turn_cost(end.cost_before, end.total_cost, is_first=False)
    assert told is not None
    return told


async def play(
    session: ClaudeSession,
    prompt: str,
    *,
    on: type[AgentEvent] | None = None,
    do: Callable[[], Awaitable[None] | None] | None = None,
) -> Played:
    """Play a turn to its end; with `on`, call `do` at the first event of that kind."""
    events: list[AgentEvent] = []
    async with asyncio.timeout(TURN_ENDS):
        async for event in session.turn(new_turn(), prompt):
            events.append(event)
            if on is not None and do is not None and isinstance(event, on):
                done, do = do(), None
                if done is not None:
                    await done
    return Played(tuple(events))


async def eventually(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Wait until a condition holds; raises TimeoutError when it does not."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (a process table tells nobody of its changes)
            await asyncio.sleep(0.02)


def cli_processes() -> list[int]:
    """Process ids of the CLIs that this process has started and that still run."""
    return [pid for pid, command in children() if "claude" in command]


def children() -> Iterator[tuple[int, str]]:
    """Running children of this process, with their command lines."""
    if not Path("/proc/self/stat").exists():
        yield from _children_by_ps()
        return
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                state, parent = (folder / "stat").read_text().rpartition(") ")[2].split()[:2]
                if int(parent) == os.getpid() and state not in {"Z", "X"}:
                    yield int(folder.name), (folder / "cmdline").read_text(errors="replace")


def _children_by_ps() -> Iterator[tuple[int, str]]:
    table = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = re.findall(r"^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$", table, re.MULTILINE)
    for pid, parent, state, command in rows:
        if int(parent) == os.getpid() and "Z" not in state:
            yield int(pid), command


@contextlib.asynccontextmanager
async def playing(stage: Stage, **options: Any) -> AsyncIterator[ClaudeAgent]:
    """An agent that leaves nothing behind."""
    agent = stage.agent(**options)
    try:
        yield agent
    finally:
        await agent.close()
    await eventually(lambda: not cli_processes(), 3)
