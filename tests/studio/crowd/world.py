"""One real library, and the programs that work on it: studios with a store of their own each."""

import asyncio
import errno
import io
import itertools
import os
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from tests.store.disk import Disk, put_under
from tests.support.fakes import FakeWho, Script, ScriptedAgent
from tui.domain.content import Content
from tui.domain.events import AgentEvent, Outcome, RequestStarted, TurnEnded
from tui.domain.ids import BranchId, ContentId, MessageId, SessionId
from tui.domain.session import Fork
from tui.headless.output import Out
from tui.store.content_file import ContentFile
from tui.store.library import TinyStore
from tui.studio.studio import Studio
from tui.studio.transfer import Transfer

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
AUTHORS: Final = ("ann@one", "bob@two", "cli@three")
FIRST, SECOND, CLI = range(3)
ERRORS: Final = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.ESTALE)
CLOSING: Final = 10.0
"""Seconds in which any program has ended, however slow the machine is."""

Lease = Any
"""The sole right to write on a branch, of whatever store."""


@dataclass
class FlakyDisk(Disk):
    """A disk on which any call may fail while it is watched."""

    rate: float = 0.0
    chance: random.Random = field(default_factory=random.Random)
    failed: int = 0

    def called(self, name: str, path: str, target: str | None = None) -> None:
        if not self.is_watching or not self.has(path):
            return
        if name in ("fstat", "lseek"):
            return  # The number may be another file's by now: one closed by its file object.
        if self.chance.random() < self.rate:
            self.failed += 1
            number = self.chance.choice(ERRORS)
            raise OSError(number, os.strerror(number), path)


class Ids:
    """Identities that tell which program made them."""

    def __init__(self, who: int, count: Iterator[int]) -> None:
        self._who, self._count = who, count

    def content(self) -> ContentId:
        return ContentId(f"p{self._who}{next(self._count):08}")

    def uuid(self) -> str:
        return f"0000000{self._who}-0000-4000-8000-{next(self._count):012}"


def who_at(at: datetime) -> int:
    """Return which program did something, by the clock it has."""
    return at.microsecond


class Writer(ScriptedAgent):
    """Claude as one program reaches it: no two answers have the same text."""

    def __init__(self, world: "World", ids: Ids, *, can_be_stopped: bool) -> None:
        super().__init__(started=world.started)
        self._ids, self._rand = ids, world.rand
        self._can_be_stopped = can_be_stopped

    async def fork(self, session: SessionId, up_to: MessageId, *, title: str) -> Fork:
        await super().fork(session, up_to, title=title)
        made = SessionId(self._ids.uuid())
        self.started.add(made)
        return Fork(made, MessageId(f"{up_to}/in/{made}"))

    def next_script(self) -> Script:
        name = self._ids.uuid()
        draft = f"Well.\n<draft>\n# Piece\n\nOne.\n\nText {name}.\n</draft>\n"
        kind = self._rand.random()
        if kind < 0.5:
            return Script(draft, chunk=40, total_cost=0.01)
        if kind < 0.75:
            return Script(draft, chunk=30, is_held=self._can_be_stopped)
        if kind < 0.85:
            return Script(f"Only talk {name}.", chunk=40)
        if kind < 0.95:
            return Script(draft, chunk=40, failure="The API is overloaded.")
        ended: list[AgentEvent] = [RequestStarted(), TurnEnded(Outcome.FINISHED)]
        return Script(events=ended)


class Sessions:
    """The machine's transcripts, of which there are none worth carrying."""

    async def read(self, session: SessionId) -> bytes | None:
        del session
        return None

    async def taken(self) -> frozenset[SessionId]:
        return frozenset()


@dataclass
class World:
    """What the programs have in common: the library, its disk, time, and Claude's sessions."""

    folder: Path
    beside: Path
    """A folder for what is written outside of the library."""
    disk: FlakyDisk
    rand: random.Random
    idle_after: float
    moments: Iterator[int] = field(default_factory=itertools.count)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    started: set[SessionId] = field(default_factory=set)
    rescued: list[str] = field(default_factory=list)
    rename: Callable[..., None] = os.rename
    """The system's own."""

    def clock(self, who: int) -> Callable[[], datetime]:
        return lambda: START + timedelta(seconds=next(self.numbers), microseconds=who)

    async def rescue(self, _name: str, text: str) -> str:
        self.rescued.append(text)
        return "It is kept elsewhere."

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Let the disk work for a while."""
        before, self.disk.is_watching = self.disk.is_watching, False
        try:
            yield
        finally:
            self.disk.is_watching = before


@contextmanager
def world_of(seed: int, at: Path, *, rate: float) -> Iterator[World]:
    """Yield a world whose disk fails as often as that; nothing is synced, which takes longest."""
    folder = at / "library"
    rename = os.rename
    disk = FlakyDisk(folder, rate=rate, chance=random.Random(seed))
    rand = random.Random(seed)
    idle_after = rand.choice([0.0, 0.002, 300.0, 300.0])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda _handle: None)
        patched.setattr("tui.studio.running_turn.SAVE_AGAIN_AFTER", 0.005)
        put_under(disk, patched)
        yield World(folder, at, disk, rand, idle_after, rename=rename)


class Program:
    """A studio on the library, as one process would have it."""

    def __init__(self, world: World, who: int, store: TinyStore) -> None:
        self.world, self.who, self.store = world, who, store
        self.author = AUTHORS[who]
        ids = Ids(who, world.numbers)
        self.agent = Writer(world, ids, can_be_stopped=who != CLI)
        clock = world.clock(who)
        self.studio = Studio(
            store,
            self.agent,
            clock,
            ids,
            live_sessions=2,
            rescue=world.rescue,
            idle_after=world.idle_after,
            who=FakeWho(self.author),
        )
        sessions: Any = Sessions()
        self.moving = Transfer(store, store.documents, sessions, clock, ids, version=lambda: "0")

    @classmethod
    async def open(cls, world: World, who: int) -> "Program":
        return cls(world, who, await TinyStore.open(world.folder))

    async def close(self) -> None:
        async with asyncio.timeout(CLOSING):
            await self.studio.close()


async def run_command(
    world: World, command: Callable[..., Awaitable[int]], reference: str, **choices: Any
) -> tuple[int, str, Content | None]:
    """Run a headless command in a program of its own; return what it said, and its content."""
    program = await Program.open(world, CLI)
    try:
        said = io.BytesIO()
        named = {"reference": reference} if reference else {}
        code = await command(program.studio, Out(said, io.BytesIO()), **named, **choices)
        text = said.getvalue().decode()
        content_id = ContentId(reference or text.strip())
        is_one = content_id.startswith("p") and " " not in content_id
        return code, text, await program.studio.content(content_id) if is_one else None
    finally:
        await program.close()


async def lease_of(store: TinyStore, branch: BranchId) -> Lease | None:
    """Return the sole right to write on a branch; None while another program has it."""
    return await store.leases.take(branch)


def files_of(folder: Path) -> dict[ContentId, dict[str, Content]]:
    """Return every content in a library and its trash as its file has it, by id and place."""
    found: dict[ContentId, dict[str, Content]] = {}
    for place in ("contents", "trash"):
        for path in sorted((folder / place).glob("*.json")):
            content = ContentFile(path).read()
            found.setdefault(content.id, {})[f"{place}/{path.name}"] = content
    return found
