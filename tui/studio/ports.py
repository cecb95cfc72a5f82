"""The interfaces that the studio needs; the adapters import this module, never the reverse."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from tui.domain.angles import FoundAngles
from tui.domain.catalog import PAGE, CatalogPage, ContentRow, Cursor, Mark
from tui.domain.catalog_changes import CatalogChange
from tui.domain.content import Content
from tui.domain.events import AgentEvent, FoundEvent
from tui.domain.findings import Finding
from tui.domain.ids import BranchId, ContentId, MessageId, SessionId, TurnId
from tui.domain.lease import LeaseOwner
from tui.domain.person import NOBODY, Person
from tui.domain.place import Place
from tui.domain.search import Hits, SearchQuery
from tui.domain.session import (
    Account,
    Fork,
    FoundMessage,
    FoundSession,
    SessionCopy,
    SessionSpec,
)
from tui.domain.tools import Decision

Change = Callable[[Content], Content]
"""A pure change of a content; it may be called again on a newer value. May raise `RedraftError`."""


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Return now, time-zone aware."""
        ...


class Who(Protocol):
    """Identifies the person who works here."""

    @property
    def id(self) -> str:
        """The person's unique id; it never changes."""
        ...

    async def __call__(self) -> Person:
        """Return the person; never raises. The first call may take a moment."""
        ...


class Nobody:
    """The `Who` for an unknown person."""

    id = ""

    async def __call__(self) -> Person:
        """Return nobody."""
        return NOBODY


class NewIds(Protocol):
    """Generates unique ids."""

    def content(self) -> ContentId:
        """Return a short lower-case id, at least 8 characters of a–z and 2–9."""
        ...

    def uuid(self) -> str:
        """Return a random UUID (version 4) for a session, a branch or a turn."""
        ...


class Lease(Protocol):
    """The exclusive right to write on a branch; released when the process that holds it ends.

    A lease can be lost: another program may then hold it, and nothing more may be written under it.
    """

    @property
    def owner(self) -> LeaseOwner:
        """Who holds the lease."""
        ...

    @property
    def lost(self) -> asyncio.Event:
        """Set once it is known that the lease is lost; it is never cleared."""
        ...

    async def renew(self) -> None:
        """Extend the lease, or set `lost` when another program has it; never raises."""
        ...

    def release(self) -> None:
        """Release the lease; idempotent."""
        ...


class Leases(Protocol):
    """The leases of a library's branches."""

    async def take(self, branch_id: BranchId) -> Lease | None:
        """Acquire the lease of a branch; None while another program has it."""
        ...

    async def owner(self, branch_id: BranchId) -> LeaseOwner | None:
        """Return who holds the lease that was just refused; None when unknown."""
        ...


class OwnAngles(Protocol):
    """The angles that the writer keeps in a library."""

    async def read(self) -> FoundAngles:
        """Return the angles by name, with a problem for each unreadable file."""
        ...

    async def save(self, name: str, text: str) -> str:
        """Save the file of a new angle; return its path, for a person to edit.

        Raises `Refused` when an angle of that name exists.
        """
        ...


class Search(Protocol):
    """Full-text search over everything that was ever written in a library."""

    async def search(self, query: SearchQuery, only: ContentId | None, limit: int) -> Hits:
        """Return the matches in one content, or in all: exactly what `tui.domain.search` finds.

        Everything saved by any program is searched; the text of a running answer is not. A query
        without words matches nothing, but warms the index for the next query. Raises
        `LibraryProblem`. A cancelled search stops using CPU time at once.
        """
        ...


class Store(Search, Protocol):
    """Persists a library. Every method returns only when its effect is durable on disk.

    Raises `LibraryProblem` (a sentence that names the file and what to do) on failure.
    """

    @property
    def leases(self) -> Leases:
        """The leases of the library's branches."""
        ...

    @property
    def angles(self) -> OwnAngles:
        """The writer's own angles."""
        ...

    async def catalog(self, after: Cursor | None = None, limit: int = PAGE) -> CatalogPage:
        """Return the first rows, most recently changed first, or the page after a given one.

        The first page includes everything that other programs wrote until now. A content that is
        saved while a caller reads page after page may appear twice, or move ahead of the unread
        pages; `changes` since the first page's mark reports that content.
        """
        ...

    def changes(self, since: Mark) -> AbstractAsyncContextManager[AsyncIterator[CatalogChange]]:
        """Yield the changes since a page was read, and later ones until the caller leaves.

        Changes by this program and by others are reported: this store's own at once, others within
        about two seconds when the file system notifies of changes (otherwise see the store).
        Changes of one content come in the order of its saves, and the last one is the content's
        current state; a save may be skipped when a later save follows. Each change is true at the
        moment it is reported, so a repeated one does no harm: after a page, the first changes may
        repeat the page's rows or, for a moment, older ones. Between `LibraryLost` and
        `LibraryBack`, which alternate, nothing else is reported. `StartAgain` replaces changes that
        are too many to report or were not tracked, and comes first for a mark that does not
        belong to this store. The iterator ends when the store is closed; it never raises.
        """
        ...

    async def load(self, content_id: ContentId) -> Content:
        """Return a content; raises `NotFound`, `ContentDamaged`, `NewerSchema`."""
        ...

    async def create(self, content: Content) -> None:
        """Save a content that is not in the library yet."""
        ...

    async def update(self, content_id: ContentId, change: Change) -> Content:
        """Apply a change to the newest value, whoever wrote that; save and return the result."""
        ...

    async def discard(self, content_id: ContentId, change: Change) -> Content:
        """Apply a last change, move the content to the trash and return it.

        Raises `Refused` while one of its branches is leased.
        """
        ...

    async def restore(self, content_id: ContentId, change: Change) -> Content:
        """Bring a content back from the trash, apply a change, save and return it.

        Raises `NotFound` when it is not in the trash.
        """
        ...

    async def trash(self) -> tuple[ContentRow, ...]:
        """Return a row of every content in the trash, the last deleted first."""
        ...

    async def empty_trash(self) -> int:
        """Delete for good what is in the trash, and return how many contents that were."""
        ...

    async def place(self) -> Place:
        """Return where the writer was; an empty place when unknown."""
        ...

    async def save_place(self, place: Place) -> None:
        """Save where the writer is and what is typed; fast enough to call every few keys."""
        ...

    async def keep_part(self, content_id: ContentId, turn_id: TurnId, text: str) -> None:
        """Save the text so far of a running turn's answer; the next load includes it.

        The time does not depend on the length of the text. The text is dropped once the turn's end
        is saved.
        """
        ...

    async def close(self) -> None:
        """Finish pending work and release the library."""
        ...


class LibraryCheck(Protocol):
    """Checks and repairs a library, even one that cannot be opened; nothing else may use it then.

    The layout of the library, and the names its findings use for the files, belong to the
    implementation. Every method raises `LibraryProblem` when the library cannot even be read.
    """

    async def is_there(self) -> bool:
        """Whether there is a library."""
        ...

    async def look(self) -> tuple[Finding, ...]:
        """Check everything without changing anything; return at least one finding."""
        ...

    async def mend(self) -> tuple[str, ...]:
        """Repair what can be repaired without losing text; return what was recovered, as sentences.

        Harmless when nothing is wrong; idempotent.
        """
        ...

    async def sessions_in_trash(self) -> frozenset[SessionId]:
        """Return the sessions of all branches of contents in the trash."""
        ...

    async def sessions(self) -> frozenset[SessionId]:
        """Return all sessions that branches use or were adopted from, the trash included."""
        ...


class AgentSession(Protocol):
    """One connected Claude session; one turn at a time."""

    def turn(self, turn_id: TurnId, prompt: str) -> AsyncIterator[AgentEvent]:
        """Send a prompt under the turn's id and yield what happens, `TurnEnded` included.

        Never raises for a fault of the API or a dead process: such a turn ends as failed.
        """
        ...

    async def stop(self) -> None:
        """Ask the running turn to end; its `TurnEnded` comes soon. A stop request is never lost."""
        ...

    def decide(self, question: str, decision: Decision) -> None:
        """Answer a question by its id; harmless when the question is already answered or withdrawn.

        A permission granted for the branch is not asked for again while the session is connected. A
        refusal with a stop ends the turn as stopped.
        """
        ...

    @property
    def is_usable(self) -> bool:
        """Whether another turn can be sent; if not, the caller connects again."""
        ...

    async def close(self) -> None:
        """Stop the running turn and end the process behind the session."""
        ...


class Agent(Protocol):
    """Connects to Claude."""

    async def account(self) -> Account:
        """Return the login state; fast, local, and never raises."""
        ...

    async def warm_up(self) -> None:
        """Load what the first connection needs, so that it starts faster; never raises."""
        ...

    async def connect(self, spec: SessionSpec) -> AgentSession:
        """Connect to a session.

        Raises `NotLoggedIn`, `MissingCli`, `SessionLost`, `SessionTaken` or another `AgentProblem`.
        """
        ...

    async def fork(self, session: SessionId, up_to: MessageId, *, title: str) -> Fork:
        """Copy one of Redraft's sessions up to and including a message, as a new session.

        The original is unchanged and may be connected: its last answer is awaited until it is
        written. If Claude Code no longer has the whole transcript, the library's own copy is used.
        The fork is saved in the library at once. Sessions not made by Redraft are copied by
        `Transcripts.adopt`. Raises `SessionLost`.
        """
        ...

    async def answer(
        self, session: SessionId, turn: TurnId, *, is_waiting: bool = True
    ) -> tuple[FoundEvent, ...] | None:
        """Return Claude's answer and tool uses in a turn whose end no program saw.

        None when the prompt never reached the session; empty when there is no answer. Waits while a
        process still writes the answer, or, without `is_waiting`, raises `StillAnswering` at once.
        """
        ...

    async def close(self) -> None:
        """Close every session and everything else that this agent started."""
        ...


class Documents(Protocol):
    """What import and export need of a library, in addition to `Store`."""

    async def sessions_here(self) -> Mapping[SessionId, ContentId]:
        """Return the sessions that branches use or were adopted from, each with its content."""
        ...

    async def document(self, content_id: ContentId) -> bytes:
        """Return a content as one self-contained document; raises like `Store.load`."""
        ...

    async def read_document(self, data: bytes, name: str) -> Content:
        """Return the content of a document from elsewhere; saves nothing.

        Raises `LibraryProblem` for a damaged one or one of a newer schema; its sentence calls the
        document by this name.
        """
        ...


class Transcripts(Protocol):
    """The transcripts that Claude Code keeps on this machine; no method needs a login."""

    async def sessions(self) -> tuple[FoundSession, ...]:
        """Return all sessions that have a title or a prompt, the last changed first."""
        ...

    async def messages(self, session: SessionId) -> tuple[FoundMessage, ...]:
        """Return a session's messages in order; none when there is no such session."""
        ...

    async def adopt(self, session: SessionId, up_to: MessageId, *, title: str) -> SessionCopy:
        """Copy a session not made by Redraft, up to and including a message, for a new branch.

        The transcript is copied unchanged, next to the original, which stays. The library has no
        copy of its own before `keep`, so `remove` leaves nothing of a failed import. A branch of
        Redraft's own is copied by `Agent.fork`. Raises `AgentProblem`.
        """
        ...

    async def taken(self) -> frozenset[SessionId]:
        """Return the ids of all sessions that have a transcript."""
        ...

    async def read(self, session: SessionId) -> bytes | None:
        """Return the stored bytes of a transcript; None when there is none."""
        ...

    def carried(self, data: bytes, session: SessionId) -> bytes:
        """Return a transcript from elsewhere, fit to be put under an id.

        Raises `Refused` for what is no transcript, with a sentence about “the transcript”.
        """
        ...

    async def place(self, session: SessionId, data: bytes) -> None:
        """Write a transcript where Claude Code finds it, never over an existing one.

        Raises `AgentProblem`.
        """
        ...

    async def keep(self, session: SessionId) -> None:
        """Copy a transcript into the library at once; never raises."""
        ...

    async def remove(self, session: SessionId) -> None:
        """Delete a transcript; harmless when there is none."""
        ...
