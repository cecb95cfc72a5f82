"""The interfaces the studio needs of the world; whoever implements them imports this, not us it."""

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
    """Says who works here."""

    @property
    def id(self) -> str:
        """What tells the person from all others; it never changes."""
        ...

    async def __call__(self) -> Person:
        """Return the person; never raises, and the first time may take a moment."""
        ...


class Nobody:
    """Where it is not known who works here."""

    id = ""

    async def __call__(self) -> Person:
        """Return nobody."""
        return NOBODY


class NewIds(Protocol):
    """Makes identities that were never used before."""

    def content(self) -> ContentId:
        """Return a short lower-case id, at least 8 characters of a–z and 2–9."""
        ...

    def uuid(self) -> str:
        """Return a random UUID (version 4) for a session, a branch or a turn."""
        ...


class Lease(Protocol):
    """The right to write on a branch, against other programs; gone when its process is.

    It can be lost: then somebody else may have it, and nothing more is to be written under it.
    """

    @property
    def owner(self) -> LeaseOwner:
        """Who has it."""
        ...

    @property
    def lost(self) -> asyncio.Event:
        """Set once it is known that the lease is lost; it is never cleared."""
        ...

    async def renew(self) -> None:
        """Make it last, and find out whether it is lost; never raises."""
        ...

    def release(self) -> None:
        """Give it back; harmless when done twice."""
        ...


class Search(Protocol):
    """Finds words in all that was ever written in a library."""

    async def search(self, query: SearchQuery, only: ContentId | None, limit: int) -> Hits:
        """Return what is found in one content, or in all: just what `tui.domain.search` finds.

        What is searched is what is saved, by this program or another; of a running answer nothing
        is. A query without words finds nothing, but makes the next one quick. Raises
        `LibraryProblem`; a search that is cancelled costs no time from then on.
        """
        ...


class Store(Search, Protocol):
    """Keeps a library. Every method returns only when what it did is safe on disk.

    Raises `LibraryProblem` (a sentence with the file and what to do) when it cannot.
    """

    async def catalog(self, after: Cursor | None = None, limit: int = PAGE) -> CatalogPage:
        """Return the first rows, most recently changed first, or those that follow a page.

        The first page has what other programs wrote until now. A content that is saved while
        somebody reads page after page may come twice, or move in front of what is left to read:
        `changes` since the first page's mark tells of it.
        """
        ...

    def changes(self, since: Mark) -> AbstractAsyncContextManager[AsyncIterator[CatalogChange]]:
        """Tell what has changed since a page was read, and goes on to change, until it is left.

        Whoever made a change, this program or another, it is told: at once when this store made
        it, within about two seconds when the disk can say so, else see the store. What is told
        of one content comes in the order of its saves, and the last of it is how the content is;
        saves may be left out that another one followed. Everything is true of the moment at which
        it is told, so that telling it twice does no harm: after a page it may repeat, or for a
        moment set back, what the page had. Between `LibraryLost` and `LibraryBack`, which come in
        turns, nothing else is told. `StartAgain` comes in place of changes that are too many to
        tell or that nobody counted, and first of all for a mark of another store or time. The
        iterator ends when the store is closed; it never raises.
        """
        ...

    async def load(self, content_id: ContentId) -> Content:
        """Return a content; raises `NotFound`, `ContentDamaged`, `NewerSchema`."""
        ...

    async def create(self, content: Content) -> None:
        """Save a content that is not in the library yet."""
        ...

    async def update(self, content_id: ContentId, change: Change) -> Content:
        """Apply a change to the newest value, whoever wrote it, save it and return it."""
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

    async def lease(self, branch_id: BranchId) -> Lease | None:
        """Return the sole right to write on a branch; None while another program has it."""
        ...

    async def lease_owner(self, branch_id: BranchId) -> LeaseOwner | None:
        """Return who has the lease that was just refused; None when that is not known."""
        ...

    async def place(self) -> Place:
        """Return where the writer was; an empty place when that is not known."""
        ...

    async def save_place(self, place: Place) -> None:
        """Remember where the writer is, and what is typed; quick enough for every few keys."""
        ...

    async def keep_part(self, content_id: ContentId, turn_id: TurnId, text: str) -> None:
        """Keep what has arrived of a running turn's answer: the turn has it when next loaded.

        Quick however much has arrived; it is forgotten once the turn's end is saved.
        """
        ...

    async def angles(self) -> FoundAngles:
        """Return the writer's own angles by name; a file that is none is left out, and named."""
        ...

    async def save_angle(self, name: str, text: str) -> str:
        """Keep the file of a new angle; return where it is, for a person to edit it there.

        Raises `Refused` when there is one of that name.
        """
        ...

    async def close(self) -> None:
        """Finish what is under way and let go of the library."""
        ...


class LibraryCheck(Protocol):
    """A look at a library itself, also at one that cannot be opened; nothing else is open then.

    How the library keeps what it keeps is its own business, and so is what it calls that in its
    findings. Every method raises `LibraryProblem` when the library cannot even be looked at.
    """

    async def is_there(self) -> bool:
        """Whether there is a library."""
        ...

    async def look(self) -> tuple[Finding, ...]:
        """Look at everything and change nothing; at least one finding."""
        ...

    async def mend(self) -> tuple[str, ...]:
        """Mend what can be mended without losing a word; return what was recovered, as sentences.

        Harmless when nothing is wrong, and when it is done twice.
        """
        ...

    async def sessions_in_trash(self) -> frozenset[SessionId]:
        """Return the sessions that branches of contents in the trash are held on."""
        ...

    async def sessions(self) -> frozenset[SessionId]:
        """Return all sessions that branches are held on or were adopted from, in the trash too."""
        ...


class AgentSession(Protocol):
    """One connected Claude session; one turn at a time."""

    def turn(self, turn_id: TurnId, prompt: str) -> AsyncIterator[AgentEvent]:
        """Send a prompt under the turn's id and yield what happens, `TurnEnded` included.

        Never raises for a fault of the API or a dead process: such a turn ends as failed.
        """
        ...

    async def stop(self) -> None:
        """Ask for the running turn to end; its `TurnEnded` comes soon. A stop is never lost."""
        ...

    def decide(self, question: str, decision: Decision) -> None:
        """Answer a question by its id; harmless when it is answered or taken away already.

        What is allowed for the branch is not asked again while the session is connected; what is
        refused with a stop ends the turn as stopped.
        """
        ...

    @property
    def is_usable(self) -> bool:
        """Whether another turn can be sent; if not, connect anew."""
        ...

    async def close(self) -> None:
        """Stop what is under way and end the process behind the session."""
        ...


class Agent(Protocol):
    """The way to Claude."""

    async def account(self) -> Account:
        """Return whether someone is logged in; quick, local, and never raises."""
        ...

    async def warm_up(self) -> None:
        """Load what the first connection needs, so that it comes sooner; never raises."""
        ...

    async def connect(self, spec: SessionSpec) -> AgentSession:
        """Connect to a session.

        Raises `NotLoggedIn`, `MissingCli`, `SessionLost`, `SessionTaken` or another `AgentProblem`.
        """
        ...

    async def fork(self, session: SessionId, up_to: MessageId, *, title: str) -> Fork:
        """Copy one of Redraft's sessions up to and with a message, to go on from there.

        The original stays, and may be connected: its last answer is waited for until it is written,
        and where Claude Code no longer has it whole, the library's own copy stands in. The fork is
        kept in the library at once. A session of somebody else's is taken by `Transcripts.adopt`.
        Raises `SessionLost`.
        """
        ...

    async def answer(
        self, session: SessionId, turn: TurnId, *, is_waiting: bool = True
    ) -> tuple[FoundEvent, ...] | None:
        """Return what Claude said and used in a turn that nobody saw end, once nobody writes it.

        None when the prompt never reached the session; empty when there is no answer. Without
        `is_waiting` it raises `StillAnswering` at once while someone writes it.
        """
        ...

    async def close(self) -> None:
        """End every session and everything else this agent started."""
        ...


class Documents(Protocol):
    """What carrying contents into and out of a library needs of it, beside `Store`."""

    async def sessions_here(self) -> Mapping[SessionId, ContentId]:
        """Return the sessions that branches are held on or were adopted from, with the content."""
        ...

    async def document(self, content_id: ContentId) -> bytes:
        """Return a content as one self-contained document; raises what `Store.load` does."""
        ...

    async def read_document(self, data: bytes) -> Content:
        """Return the content of a document from elsewhere; saves nothing.

        Raises `LibraryProblem`, which ends “it is …”, for a damaged one or one of a newer schema.
        """
        ...


class Transcripts(Protocol):
    """The transcripts that Claude Code keeps on this machine; none of it needs a login."""

    async def sessions(self) -> tuple[FoundSession, ...]:
        """Return all sessions that have a title or a prompt, the last changed first."""
        ...

    async def messages(self, session: SessionId) -> tuple[FoundMessage, ...]:
        """Return a session's messages in order; none when there is no such session."""
        ...

    async def adopt(self, session: SessionId, up_to: MessageId, *, title: str) -> SessionCopy:
        """Copy a session of somebody else's up to and with a message, to make a branch of it.

        It is copied as it lies on disk, beside the original, which stays; the library keeps nothing
        of it before `keep`, so that `remove` leaves nothing of an import that fails. A branch of
        Redraft's own is copied by `Agent.fork`. Raises `AgentProblem`.
        """
        ...

    async def taken(self) -> frozenset[SessionId]:
        """Return the ids of all sessions that have a transcript."""
        ...

    async def read(self, session: SessionId) -> bytes | None:
        """Return a transcript as it lies on disk; None when there is none."""
        ...

    def carried(self, data: bytes, session: SessionId) -> bytes:
        """Return a transcript from elsewhere, fit to be put under an id.

        Raises `Refused`, which says “it …” or “its …”, for what is no transcript.
        """
        ...

    async def place(self, session: SessionId, data: bytes) -> None:
        """Put a transcript where Claude Code finds it, never over one; raises `AgentProblem`."""
        ...

    async def keep(self, session: SessionId) -> None:
        """Let the library have its own copy of a transcript at once; never raises."""
        ...

    async def remove(self, session: SessionId) -> None:
        """Take a transcript away; harmless when there is none."""
        ...
