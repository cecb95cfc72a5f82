"""A scripted agent and a library in memory, for tests that need neither Claude Code nor a disk."""

import asyncio
import copy
import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from tui.domain.angles import FoundAngles, parsed
from tui.domain.catalog import PAGE, CatalogPage, ContentRow, Cursor, Mark, row_of
from tui.domain.catalog_changes import (
    CatalogChange,
    LibraryBack,
    LibraryLost,
    RowsChanged,
    RowsRemoved,
    StartAgain,
    by_age,
)
from tui.domain.changes import with_turn
from tui.domain.content import Content, TurnState
from tui.domain.errors import (
    AgentProblem,
    InvalidInput,
    LibraryProblem,
    NotFound,
    RedraftError,
    Refused,
    SessionLost,
    SessionTaken,
    StillAnswering,
)
from tui.domain.events import (
    AgentEvent,
    AnswerRestarted,
    FoundEvent,
    MessageCommitted,
    Outcome,
    PermissionAsked,
    PermissionSettled,
    RequestStarted,
    TextStreamed,
    TurnEnded,
)
from tui.domain.findings import Finding
from tui.domain.ids import BranchId, ContentId, MessageId, SessionId, TurnId
from tui.domain.lease import LeaseOwner
from tui.domain.person import Person
from tui.domain.place import Place
from tui.domain.search import Hits, SearchQuery, found
from tui.domain.session import Account, Fork, SessionSpec
from tui.domain.tools import Decision, Question

LOOK_AFTER = 0.02
"""Seconds between the looks of a `MemoryStore` at what has changed in it."""


def ticking_clock(start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> Callable[[], datetime]:
    """Return a clock that is a minute later at every look."""
    minutes = itertools.count()
    return lambda: start + timedelta(minutes=next(minutes))


class FakeWho:
    """Somebody, by user@host; nobody by default."""

    def __init__(self, person: str = "") -> None:
        user, _, host = person.partition("@")
        self.person = Person(user.title(), user, host)

    @property
    def id(self) -> str:
        return self.person.id

    async def __call__(self) -> Person:
        return self.person


class CountedIds:
    """Identities in order: content `c0000001`, uuid `00000000-0000-4000-8000-000000000001`."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def content(self) -> ContentId:
        return ContentId(f"c{next(self._count):07}")

    def uuid(self) -> str:
        return f"00000000-0000-4000-8000-{next(self._count):012}"


SOMEONE = LeaseOwner(Person("Anna", "anna", "mac"), 4711, datetime(2026, 1, 1, tzinfo=UTC))


@dataclass(eq=False)
class FakeLease:
    """A lease of a library in memory; `take_away` makes the next renewal find it lost."""

    leases: dict[BranchId, "FakeLease"]
    branch: BranchId
    owner: LeaseOwner = SOMEONE
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    renewals: int = 0

    async def renew(self) -> None:
        self.renewals += 1
        if self.leases.get(self.branch) is not self and not self.is_released:
            self.lost.set()

    is_released: bool = False

    def release(self) -> None:
        self.is_released = True
        if self.leases.get(self.branch) is self:
            del self.leases[self.branch]


class FakeLeases(dict[BranchId, FakeLease]):
    """The leases of a library in memory, by branch."""

    async def take(self, branch_id: BranchId) -> FakeLease | None:
        if branch_id in self:
            return None
        lease = self[branch_id] = FakeLease(self, branch_id)
        return lease

    async def owner(self, branch_id: BranchId) -> LeaseOwner | None:
        lease = self.get(branch_id)
        return None if lease is None else lease.owner


class MemoryAngles:
    """The own angles of a library in memory."""

    def __init__(self, store: "MemoryStore") -> None:
        self.store = store

    async def read(self) -> FoundAngles:
        angles, problems = [], []
        for name, text in sorted(self.store.angle_files.items()):
            try:
                angles.append(parsed(name, text))
            except InvalidInput as problem:
                problems.append(str(problem))
        return FoundAngles(tuple(angles), tuple(problems))

    async def save(self, name: str, text: str) -> str:
        if self.store.is_full:
            raise LibraryProblem("The disk is full: make room.")
        if name in self.store.angle_files:
            raise Refused(f"{name}.md is there already.")
        self.store.angle_files[name] = text
        return f"/library/angles/{name}.md"


class MemoryStore:
    """A library that is gone with the test; `is_full` makes every save fail.

    What it hands out is never the object it was given, as with the one on disk.
    """

    def __init__(self, contents: Sequence[Content] = ()) -> None:
        self.contents = {content.id: content for content in contents}
        self.trashed: dict[ContentId, Content] = {}
        self.kept_place = Place()
        self.parts: dict[TurnId, str] = {}
        self.leases = FakeLeases()
        self.angle_files: dict[str, str] = {}
        """The text of each file of an own angle, by its name without the ending."""
        self.angles = MemoryAngles(self)
        self.is_full = False
        self.saves = 0
        self.is_closed = False
        self._rows: dict[ContentId, tuple[Content, ContentRow]] = {}
        self._seen: dict[Mark, Mapping[ContentId, Content]] = {}

    async def catalog(self, after: Cursor | None = None, limit: int = PAGE) -> CatalogPage:
        rows = sorted(map(self._row, self.contents.values()), key=by_age, reverse=True)
        key = {row.id: f"{row.updated_at.isoformat()} {row.id}" for row in rows}
        left = [row for row in rows if after is None or key[row.id] < after]
        page = left[:limit]
        more = Cursor(key[page[-1].id]) if len(left) > len(page) else None
        return CatalogPage(tuple(page), next=more, mark=self._mark())

    def _row(self, content: Content) -> ContentRow:
        known = self._rows.get(content.id)
        if known is None or known[0] is not content:
            known = self._rows[content.id] = (content, row_of(content))
        return known[1]

    def _mark(self) -> Mark:
        """Remember how the library is now, unless that is so already."""
        last = list(self._seen)[-1:]
        if last and _differences(self._seen[last[0]], self.contents) == (set(), set()):
            return last[0]
        mark = Mark(f"mark-{len(self._seen)}-of-{id(self)}")
        self._seen[mark] = dict(self.contents)
        return mark

    @asynccontextmanager
    async def changes(self, since: Mark) -> AsyncIterator[AsyncIterator[CatalogChange]]:
        yield self._changes(since)

    async def _changes(self, since: Mark) -> AsyncIterator[CatalogChange]:
        """Look at what a test, or the program, has put into `contents` meanwhile."""
        told = self._seen.get(since)
        if told is None:
            told = dict(self.contents)
            yield StartAgain()
        is_lost = False
        while not self.is_closed:
            try:
                await self.catalog(limit=1)
            except (RedraftError, OSError) as problem:
                if not is_lost:
                    is_lost = True
                    yield LibraryLost(str(problem))
            else:
                if is_lost:
                    is_lost = False
                    yield LibraryBack()
                (changed, gone), told = _differences(told, self.contents), dict(self.contents)
                if changed:
                    yield RowsChanged(tuple(self._row(told[content_id]) for content_id in changed))
                if gone:
                    yield RowsRemoved(frozenset(gone))
            await asyncio.sleep(LOOK_AFTER)

    async def load(self, content_id: ContentId) -> Content:
        if content_id not in self.contents:
            raise NotFound(f"There is no piece {content_id}.")
        return self._with_parts(copy.deepcopy(self.contents[content_id]))

    async def create(self, content: Content) -> None:
        if content.id in self.contents:
            raise LibraryProblem(f"There is a piece {content.id} in the library already.")
        self._save(content)

    async def update(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        changed = change(await self.load(content_id))
        self._save(changed)
        return changed

    async def discard(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        content = await self.load(content_id)
        if any(branch.id in self.taken for branch in content.branches):
            raise Refused(f"“{content.title}” is being written.")
        self._save(change(content))
        self.trashed[content_id] = self.contents.pop(content_id)
        return copy.deepcopy(self.trashed[content_id])

    async def restore(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        if content_id not in self.trashed:
            raise NotFound(f"There is no piece {content_id} in the trash.")
        if content_id in self.contents:
            raise Refused(f"There is a piece {content_id} in the library already.")
        self._save(change(self.trashed[content_id]))
        del self.trashed[content_id]
        return await self.load(content_id)

    async def trash(self) -> tuple[ContentRow, ...]:
        return tuple(row_of(content) for content in reversed(self.trashed.values()))

    async def empty_trash(self) -> int:
        count = len(self.trashed)
        self.trashed.clear()
        return count

    async def search(self, query: SearchQuery, only: ContentId | None, limit: int) -> Hits:
        return found(self.contents.values(), query, only, limit)

    async def keep_part(self, content_id: ContentId, turn_id: TurnId, text: str) -> None:
        if self.is_full:
            raise LibraryProblem("The disk is full: make room.")
        del content_id
        self.parts[turn_id] = text

    def _with_parts(self, content: Content) -> Content:
        for branch in content.branches:
            for turn in branch.turns:
                text = self.parts.get(turn.id)
                if text is not None and turn.state is TurnState.RUNNING:
                    content = with_turn(content, branch.id, replace(turn, reply=text))
        return content

    def _save(self, content: Content) -> None:
        if self.is_full:
            raise LibraryProblem("The disk is full: make room.")
        self.saves += 1
        self.contents[content.id] = content

    @property
    def taken(self) -> set[BranchId]:
        """The branches somebody writes on."""
        return set(self.leases)

    def take_away(self, branch_id: BranchId) -> None:
        """Make a lease lost, as when its lock file is deleted."""
        del self.leases[branch_id]

    async def place(self) -> Place:
        return _copied(self.kept_place)

    async def save_place(self, place: Place) -> None:
        if self.is_full:
            raise LibraryProblem("The disk is full: make room.")
        self.kept_place = _copied(place)

    async def close(self) -> None:
        self.is_closed = True


class MemoryCheck:
    """The doctor's look at a `MemoryStore`, in which nothing is ever wrong but what a test says."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.wrong: list[Finding] = []

    async def is_there(self) -> bool:
        return True

    async def look(self) -> tuple[Finding, ...]:
        count = len(self._store.contents)
        return (Finding("library", True, f"It holds {count} contents."), *self.wrong)

    async def mend(self) -> tuple[str, ...]:
        self.wrong.clear()
        return ()

    async def sessions_in_trash(self) -> frozenset[SessionId]:
        trashed = self._store.trashed.values()
        return frozenset(branch.session for content in trashed for branch in content.branches)

    async def sessions(self) -> frozenset[SessionId]:
        contents = (*self._store.contents.values(), *self._store.trashed.values())
        branches = [branch for content in contents for branch in content.branches]
        sources = (SessionId(branch.source) for branch in branches if branch.source)
        return frozenset((*sources, *(branch.session for branch in branches)))


def _differences(
    before: Mapping[ContentId, Content], now: Mapping[ContentId, Content]
) -> tuple[set[ContentId], set[ContentId]]:
    """Return what was saved or is new, and what is gone."""
    changed = {content_id for content_id in now if before.get(content_id) is not now[content_id]}
    return changed, set(before) - set(now)


def _copied(place: Place) -> Place:
    """Return an equal place that shares no mapping with another one."""
    return replace(
        place,
        branch=MappingProxyType(dict(place.branch)),
        unsent=MappingProxyType(dict(place.unsent)),
        edits=MappingProxyType(dict(place.edits)),
        queued=MappingProxyType(dict(place.queued)),
        files=MappingProxyType(dict(place.files)),
        limits=MappingProxyType(dict(place.limits)),
    )


@dataclass
class Script:
    """What the agent answers to one prompt."""

    text: str = "Done.\n<draft>\n# Title\n\nSome text.\n</draft>\n"
    chunk: int = 0
    """Characters per piece; 0 for about four pieces."""
    failure: str = ""
    """Ends the turn as failed, after what `text` says was streamed."""
    events: Sequence[AgentEvent] = ()
    """Told in place of everything else."""
    is_held: bool = False
    """Waits after the first half until the turn is stopped or `ScriptedAgent.release` is set."""
    total_cost: float | None = None
    questions: Sequence[Question] = ()
    """Asked all at once before the text; the text begins when they are answered."""


@dataclass
class ScriptedAgent:
    """Answers prompts from a script, in order; then with the default one."""

    scripts: list[Script] = field(default_factory=list)
    account_state: Account = Account(is_ready=True, name="scripted")  # noqa: RUF009
    connect_problems: list[AgentProblem] = field(default_factory=list)
    lost: set[SessionId] = field(default_factory=set)
    prompts: list[tuple[SessionId, str]] = field(default_factory=list)
    specs: list[SessionSpec] = field(default_factory=list)
    forks: list[tuple[SessionId, MessageId]] = field(default_factory=list)
    started: set[SessionId] = field(default_factory=set)
    open_sessions: list["ScriptedSession"] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    is_closed: bool = False
    answers: dict[TurnId, tuple[FoundEvent, ...]] = field(default_factory=dict)
    """What is found of turns whose program died."""
    asked: list[tuple[SessionId, TurnId]] = field(default_factory=list)
    orphaned: set[SessionId] = field(default_factory=set)
    """Sessions on which a CLI of a dead program still answers, until `release` is set."""
    decisions: list[tuple[str, Decision]] = field(default_factory=list)
    """Answers that came to questions, in order."""
    warmed: int = 0
    """How often it was told that a first prompt is about to come."""

    async def account(self) -> Account:
        return self.account_state

    async def warm_up(self) -> None:
        self.warmed += 1

    async def connect(self, spec: SessionSpec) -> "ScriptedSession":
        self.specs.append(spec)
        if self.connect_problems:
            raise self.connect_problems.pop(0)
        if spec.is_new and spec.session in self.started:
            raise SessionTaken(f"Session {spec.session} is in use.")
        if not spec.is_new and (spec.session in self.lost or spec.session not in self.started):
            raise SessionLost(f"Session {spec.session} is gone.")
        session = ScriptedSession(self, spec.session)
        self.open_sessions.append(session)
        return session

    async def fork(self, session: SessionId, up_to: MessageId, *, title: str) -> Fork:
        del title
        if session in self.lost or session not in self.started:
            raise SessionLost(f"Session {session} is gone.")
        self.forks.append((session, up_to))
        copy = SessionId(f"{session}/fork{len(self.forks)}")
        self.started.add(copy)
        return Fork(copy, MessageId(f"{up_to}/copy{len(self.forks)}"))

    async def answer(
        self, session: SessionId, turn: TurnId, *, is_waiting: bool = True
    ) -> tuple[FoundEvent, ...] | None:
        if session in self.orphaned and not self.release.is_set():
            if not is_waiting:
                raise StillAnswering("Claude is still writing.")
            await self.release.wait()
        self.asked.append((session, turn))
        return self.answers.get(turn)

    async def close(self) -> None:
        self.is_closed = True

    def next_script(self) -> Script:
        return self.scripts.pop(0) if self.scripts else Script()


class ScriptedSession:
    """A session that plays scripts."""

    def __init__(self, agent: ScriptedAgent, session: SessionId) -> None:
        self._agent = agent
        self._session = session
        self._stopped = asyncio.Event()
        self._news = asyncio.Event()
        self._settled: set[str] = set()
        self.is_usable = True
        self.is_closed = False

    async def turn(self, turn_id: TurnId, prompt: str) -> AsyncIterator[AgentEvent]:
        self._agent.prompts.append((self._session, prompt))
        self._agent.started.add(self._session)
        self._stopped.clear()
        script = self._agent.next_script()
        if script.events:
            for event in script.events:
                yield event
                await asyncio.sleep(0)
            return
        yield RequestStarted()
        async for event in self._ask(script.questions):
            yield event
        yield AnswerRestarted()
        sent = ""
        size = script.chunk or max(7, -(-len(script.text) // 4))
        for start in range(0, len(script.text), size):
            if script.is_held and start >= len(script.text) // 2:
                await self._held()
            if self._stopped.is_set():
                break
            piece = script.text[start : start + size]
            sent += piece
            yield TextStreamed(piece)
            await asyncio.sleep(0)
        anchor = MessageId(f"message-of-{turn_id}")
        if self._stopped.is_set():
            if sent:
                yield MessageCommitted(anchor, sent)
            yield TurnEnded(Outcome.STOPPED)
        elif script.failure:
            yield TurnEnded(Outcome.FAILED, failure=script.failure)
        else:
            yield MessageCommitted(anchor, sent)
            yield TurnEnded(Outcome.FINISHED, total_cost=script.total_cost, model="scripted-writer")

    async def _held(self) -> None:
        waits = [
            asyncio.create_task(self._stopped.wait()),
            asyncio.create_task(self._agent.release.wait()),
        ]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _ask(self, questions: Sequence[Question]) -> AsyncIterator[AgentEvent]:
        for question in questions:
            yield PermissionAsked(question)
        for question in questions:
            while question.id not in self._settled and not self._stopped.is_set():
                self._news.clear()
                await self._news.wait()
            yield PermissionSettled(question.id)

    def decide(self, question: str, decision: Decision) -> None:
        if question not in self._settled:
            self._settled.add(question)
            self._agent.decisions.append((question, decision))
            self._news.set()

    async def stop(self) -> None:
        self._stopped.set()
        self._news.set()

    async def close(self) -> None:
        await self.stop()
        self.is_closed = True
