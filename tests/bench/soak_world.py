"""The world of the soak: an API with a plan for every prompt, a studio to restart, processes."""

import asyncio
import gc
import os
import re
import signal
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tests.support.marks import MarkedWriter, TextWriter
from tui.agent.claude import ClaudeAgent
from tui.agent.environment import CONFIG_FOLDER, config_folder, isolated, use_config_folder
from tui.agent.session import ClaudeSession
from tui.agent.turn import LiveTurn, Timeouts
from tui.clock import utc_now
from tui.composition.opening import RandomIds
from tui.demo.api import MessagesApi
from tui.demo.faults import Fault, FaultScript
from tui.demo.record import Record
from tui.demo.seen import SeenMessage, SeenRequest
from tui.demo.server import DemoServer
from tui.domain.ids import SessionId
from tui.store.library import TinyStore
from tui.store.transcripts import TranscriptFiles
from tui.studio.conversation import Conversation
from tui.studio.studio import Studio

RETRIES: Final = 1
SILENCE_LIMIT: Final = 2.0
"""Seconds without a byte after which Claude Code gives an answer up."""
TIMEOUTS: Final = Timeouts(silence=8.0, start=20.0)
LIVE_SESSIONS: Final = 3
WORDS_PER_SECOND: Final = 300.0

_MARK: Final = re.compile(r"\(soak-\d+\)")


def mark_of(number: int) -> str:
    """Return the mark that the prompt with this number carries."""
    return f"(soak-{number})"


def marks_in(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the marks of all prompts told in some texts, in order, each as often as it is told."""
    return tuple(mark for text in texts for mark in _MARK.findall(text))


@dataclass(frozen=True, slots=True)
class Sent:
    """One request for a prompt, and the answer the server had for it."""

    told: tuple[str, ...]
    """Marks of all prompts in it, in order."""
    prompts: tuple[str, ...]
    """The user's messages, in order."""
    replies: tuple[str, ...]
    """Claude's earlier answers in it."""
    answer: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that was said before the answer."""
        return self.prompts + self.replies


_asked: ContextVar[str] = ContextVar("asked", default="")
"""The mark of the prompt whose request is being answered: each request has its own context."""


class NoRecord(Record):
    """Counts requests and keeps none: the memory of this process is what is measured."""

    _count = 0

    def add(self, request: SeenRequest) -> SeenRequest:
        """Count, and note which prompt it is for."""
        _asked.set((marks_in(request.prompts) or ("",))[-1])
        self._count += 1
        return replace(request, number=self._count)

    def mark(self, number: int, **_: object) -> None:
        """Forget."""


class PlannedFaults(FaultScript):
    """The faults that were planned for the prompt that is asked."""

    def __init__(self) -> None:
        super().__init__()
        self._plans: dict[str, FaultScript] = {}

    def take(self, *, streamed: bool) -> Fault | None:
        """Take the next fault of the prompt's own plan."""
        plan = self._plans.get(_asked.get())
        return None if plan is None else plan.take(streamed=streamed)

    def plan(self, mark: str, faults: Sequence[tuple[Fault, int | None]], after_words: int) -> None:
        """Plan what happens to the requests for a prompt: which fault, how often (None: always)."""
        script = FaultScript()
        for fault, times in faults:
            script.add(fault, times, after_words)
        self._plans[mark] = script


class RecordingWriter(TextWriter):
    """Answers no two requests alike, so that attempts cannot be mistaken for each other."""

    def __init__(self) -> None:
        self._scripted = MarkedWriter()
        self._count = 0
        self._sent: dict[str, list[Sent]] = defaultdict(list)

    def reply(self, system: str, messages: Sequence[SeenMessage]) -> str:
        """Answer, and remember it under the newest prompt's mark."""
        self._count += 1
        prompts = [message.text for message in messages if message.role == "user"]
        replies = tuple(message.text for message in messages if message.role == "assistant")
        told = marks_in(prompts)
        unmarked = [replace(message, text=_MARK.sub("", message.text)) for message in messages]
        answer = f"Answer {self._count}: {self._scripted.reply(system, unmarked)}"
        if told:
            self._sent[told[-1]].append(Sent(told, tuple(prompts), replies, answer))
        return answer

    def take(self, mark: str) -> list[Sent]:
        """Return what was asked and answered for a prompt since the last time."""
        return self._sent.pop(mark, [])


class PlannedServer(DemoServer):
    """The demo's server, with faults by the prompt that is asked and without a record."""

    def __init__(self) -> None:
        self.writer = RecordingWriter()
        super().__init__(writer=self.writer, words_per_second=WORDS_PER_SECOND)
        self.planned = PlannedFaults()
        self._api = MessagesApi(self.writer, WORDS_PER_SECOND, NoRecord(), self.planned)


@dataclass(slots=True)
class World:
    """One library and one isolated Claude Code; the studio in it can be closed and opened again."""

    folder: Path
    server: PlannedServer
    studio: Studio = field(init=False)

    def isolate(self) -> None:
        """Keep this process and the CLIs it starts away from the person's own Claude Code."""
        environment = isolated(self.folder, self.server.base_url)
        for name in ("HOME", CONFIG_FOLDER):
            Path(environment[name]).mkdir(parents=True, exist_ok=True)
        for name in environment:
            os.environ.pop(name, None)
        use_config_folder(config_folder(self.folder))

    async def open(self) -> None:
        """Open the library as a program that starts does; `isolate` comes first."""
        environment = isolated(self.folder, self.server.base_url)
        library = self.folder / "library"
        store = await TinyStore.open(library)
        agent = ClaudeAgent(
            work_folder=library / "work",
            environment=environment,
            retries=RETRIES,
            silence_limit=SILENCE_LIMIT,
            timeouts=TIMEOUTS,
            transcripts=TranscriptFiles(library / "transcripts", locks=library / "locks"),
        )
        self.studio = Studio(store, agent, utc_now, RandomIds(), live_sessions=LIVE_SESSIONS)

    def processes(self, session: SessionId | None = None) -> list[int]:
        """Return the processes that belong to this world; with a session, those that run it."""
        mark = f"{CONFIG_FOLDER}={config_folder(self.folder)}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                is_ours = mark in (entry / "environ").read_bytes().split(b"\0")
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue  # It has just ended, or is another user's.
            if is_ours and command and (session is None or session.encode() in command):
                found.append(int(entry.name))
        return found

    def session_of(self, talk: Conversation) -> SessionId:
        """Return the session a conversation is connected to; raises AssertionError without one."""
        session = talk._writer.session
        assert isinstance(session, ClaudeSession)
        return session.id

    def is_usable(self, talk: Conversation) -> bool:
        """Whether a conversation holds a session that it takes for connected."""
        session = talk._writer.session
        return session is not None and session.is_usable

    def kill_all(self) -> None:
        """Leave nothing behind, whatever happened."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)

    def kill(self, session: SessionId) -> int:
        """Kill the CLI that runs a session; returns how many there were."""
        pids = self.processes(session)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return len(pids)


async def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until a condition holds; returns whether it did in time."""
    loop = asyncio.get_running_loop()
    limit = loop.time() + seconds
    while not condition():
        if loop.time() >= limit:
            return False
        await asyncio.sleep(0.05)
    return True


def left_in_memory() -> list[str]:
    """Return what a studio that was closed and dropped has left in this process."""
    gc.collect()
    kinds = (Studio, Conversation, ClaudeAgent, ClaudeSession, LiveTurn, TinyStore)
    things = [type(thing).__name__ for thing in gc.get_objects() if isinstance(thing, kinds)]
    tasks = [str(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    return things + tasks


def resident_kib() -> int:
    """Return the memory this process has resident, after a collection of garbage, in KiB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024
