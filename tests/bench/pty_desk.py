"""A studio in a terminal and a world of its own, for benches that attack it from outside."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.bench.soak_checks import wrong_requests
from tests.bench.soak_world import Sent, marks_in
from tests.e2e.conftest import KEPT, ROOT
from tests.support.marks import TextWriter
from tests.support.terminal import Terminal
from tests.support.warm import COMMAND, Start, warming
from tui.agent.environment import CONFIG_FOLDER
from tui.demo.seen import SeenMessage, SeenRequest
from tui.demo.server import DemoServer
from tui.domain.content import Branch, Content, Turn, TurnState
from tui.domain.ids import BranchId, ContentId, TurnId
from tui.store.library import TinyStore

CLAUDE: Final = "claude"
"""The folder of this world's Claude Code."""
WORDS: Final = 240
"""Words in a draft of an answer."""


@dataclass(frozen=True, slots=True)
class Living:
    """A process, told from a later one of the same number by the time it started at."""

    pid: int
    started: str

    @property
    def lives(self) -> bool:
        """Whether it still runs; a process that nobody has waited for is dead."""
        fields = _stat(self.pid)
        return bool(fields) and fields[19] == self.started and fields[0] != "Z"


@dataclass(frozen=True, slots=True)
class Desk:
    """One library, one isolated Claude Code, one loopback API; studios come and go in it."""

    folder: Path
    server: DemoServer
    start: Start
    columns: int

    @property
    def library(self) -> Path:
        """The folder of the library."""
        return self.folder / "library"

    @property
    def asked(self) -> list[SeenRequest]:
        """The writing requests so far."""
        return [request for request in self.server.requests if not request.is_auxiliary]

    @property
    def environment(self) -> dict[str, str]:
        """What a studio gets, in which nothing of the person's own is read or written."""
        folders = {
            "HOME": "home",
            CONFIG_FOLDER: CLAUDE,
            "XDG_DATA_HOME": "data",
            "XDG_CONFIG_HOME": "config",
            "XDG_STATE_HOME": "state",
            "XDG_CACHE_HOME": "cache",
        }
        for name in folders.values():
            (self.folder / name).mkdir(exist_ok=True)
        return {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            **{variable: str(self.folder / name) for variable, name in folders.items()},
            "ANTHROPIC_BASE_URL": self.server.base_url,
            "ANTHROPIC_API_KEY": "dummy",
            "REDRAFT_LIBRARY": str(self.library),
            "TERM": "xterm-256color",
        }

    def opened(self) -> Terminal:
        """Start the studio in a terminal."""
        return Terminal(
            [*COMMAND], env=self.environment, cwd=ROOT, columns=self.columns, start=self.start
        )

    def contents(self) -> dict[ContentId, Content]:
        """Read every piece as another program does; raises `RedraftError`."""
        return asyncio.run(_all_of(self.library))

    def processes(self, studio: int) -> set[Living]:
        """Return the processes of a studio, and every one that has this world's Claude Code."""
        mark = f"{CONFIG_FOLDER}={self.folder / CLAUDE}".encode()
        found = set()
        for pid in _pids():
            fields = _stat(pid)
            if fields and (fields[3] == str(studio) or mark in _environment(pid)):
                found.add(Living(pid, fields[19]))
        return found

    def strays(self, studio: int) -> set[Living]:
        """Return the processes of this world that are not the running studio's."""
        return {process for process in self.processes(studio) if not _descends(process.pid, studio)}


@contextmanager
def desk_in(folder: Path, *, words_per_second: float, columns: int) -> Iterator[Desk]:
    """Set up a world in an empty folder; at its end nothing of it runs on."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    with (
        DemoServer(writer=NumberedWriter(), words_per_second=words_per_second) as server,
        warming(kept, folder) as start,
    ):
        desk = Desk(folder, server, start, columns)
        try:
            yield desk
        finally:
            for process in desk.processes(-1):
                os.kill(process.pid, signal.SIGKILL)


class NumberedWriter(TextWriter):
    """Answers with a draft in which every word is unlike every other one of any answer."""

    def __init__(self) -> None:
        self._count = 0

    def reply(self, _system: str, _messages: Sequence[SeenMessage]) -> str:
        """Answer with words like `a7w012`, the twelfth word of the seventh answer."""
        self._count += 1
        words = [f"a{self._count}w{number:03}" for number in range(WORDS)]
        lines = [" ".join(words[at : at + 40]) for at in range(0, WORDS, 40)]
        return "Here.\n<draft>\n# Lamps\n\n" + "\n\n".join(lines) + "\n</draft>\nThere.\n"


@dataclass(slots=True)
class Ended:
    """The turns that have ended, which must never change and never go."""

    turns: dict[TurnId, tuple[ContentId, BranchId, Turn]]

    def wrong_in(self, contents: dict[ContentId, Content]) -> Iterator[str]:
        """Yield what is not as it was, and take note of what has ended since."""
        now = {
            turn.id: (content.id, branch.id, turn)
            for content in contents.values()
            for branch in content.branches
            for turn in branch.turns
        }
        for turn_id, known in self.turns.items():
            if now.get(turn_id) != known:
                yield f"turn {turn_id} is not what it was when it ended: {now.get(turn_id)}"
        for turn_id, (content, branch, turn) in now.items():
            if turn.state is not TurnState.RUNNING:
                self.turns.setdefault(turn_id, (content, branch, turn))


def is_answered(desk: Desk, mark: str) -> Callable[[], bool]:
    """Return whether a request with this mark as its newest was answered to the end."""
    return lambda: any(
        request.finished and marks_in(request.prompts)[-1:] == (mark,) for request in desk.asked
    )


def wrong_turn(desk: Desk, mark: str, contents: dict[ContentId, Content]) -> Iterator[str]:
    """Yield what is wrong with the turn that is the last on its branch and carries a mark."""
    for content in contents.values():
        for branch in content.branches:
            if branch.turns and marks_in([branch.turns[-1].prompt])[-1:] == (mark,):
                turn, before = branch.turns[-1], _without_last_turn(content, branch)
                if turn.state is not TurnState.FINISHED:
                    yield f"the turn {mark} is {turn.state}: {turn.failure}"
                sent = sent_for(desk, mark)
                if not sent or turn.reply != sent[-1].answer:
                    yield f"the reply to {mark} is not what was sent: {turn.reply!r}"
                yield from _untold(before, branch.id)
                yield from wrong_requests(turn, before, branch.id, sent)
                return
    yield f"the turn {mark} is nowhere"


def _without_last_turn(content: Content, branch: Branch) -> Content:
    """Return a piece as it was when the last turn of a branch had everything before it."""
    made = branch.turns[-1].version
    shorter = replace(branch, turns=branch.turns[:-1])
    return replace(
        content,
        branches=tuple(shorter if one.id == branch.id else one for one in content.branches),
        versions=tuple(one for one in content.versions if one.number != made),
    )


def _untold(content: Content, branch: BranchId) -> Iterator[str]:
    for numbered in content.lineage(branch):
        if numbered.turn.state is TurnState.FINISHED and numbered.turn.anchor is None:
            yield f"Claude is not said to remember the finished turn {numbered.turn.prompt!r}"


def sent_for(desk: Desk, mark: str) -> Sequence[Sent]:
    """Return every request whose newest prompt has this mark."""
    return [
        Sent(told, request.prompts, request.replies, request.reply)
        for request in desk.asked
        if (told := marks_in(request.prompts))[-1:] == (mark,)
    ]


async def _all_of(library: Path) -> dict[ContentId, Content]:
    store = await TinyStore.open(library)
    try:
        rows = (await store.catalog()).rows
        return {row.id: await store.load(row.id) for row in rows}
    finally:
        await store.close()


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str]:
    """Return the fields of a process from its state on (see proc(5)); none when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _descends(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        fields = _stat(pid)
        pid = int(fields[1]) if fields else 0
    return False
