"""The values a library is made of: a content with its branches, turns and versions.

Times are time-zone aware; money is in US dollars. Everything is frozen: `tui.domain.changes` makes
the next value from the one before.
"""

from datetime import datetime
from enum import StrEnum

from tui.domain.change_limits import ChangeLimits
from tui.domain.errors import NotFound
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId, MessageId, SessionId, TurnId
from tui.domain.passage import Passage, PutBack, Span
from tui.domain.person import NOBODY, Person
from tui.domain.status import Status
from tui.domain.steps import UndoStep
from tui.domain.tools import Access, ToolUse

SUGGESTED_KINDS: tuple[str, ...] = ("post", "article", "newsletter", "script", "talk")
"""Kinds offered to the writer, who may use any other short word."""


class TurnKind(StrEnum):
    """What a turn asks of Claude."""

    GENERATE = "generate"
    REVISE = "revise"
    ASK = "ask"
    CHECK = "check"


class TurnState(StrEnum):
    """The state of a turn."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Redraft closed before the answer was complete."""


class Author(StrEnum):
    """Who made a version."""

    CLAUDE = "claude"
    YOU = "you"
    COMBINED = "combined"


@frozen
class Turn:
    """One prompt and everything Claude did in answer."""

    id: TurnId
    kind: TurnKind
    prompt: str
    """The text that the writer typed, without Redraft's additions for Claude."""
    started_at: datetime
    state: TurnState = TurnState.RUNNING
    ended_at: datetime | None = None
    reply: str = ""
    """Claude's unmodified text with its draft tags; for a stopped turn, what had arrived."""
    anchor: MessageId | None = None
    """Claude's last good message: set exactly when the session remembers this turn."""
    told: int | None = None
    """Number of the version that this prompt told Claude about."""
    is_retold: bool = False
    """Whether this prompt retold the earlier turns, because their session was gone."""
    version: int | None = None
    """Number of the version this turn made."""
    failure: str = ""
    """A sentence why the turn failed, or stopped without the writer's request."""
    model: str = ""
    cost: float | None = None
    """Cost in dollars; None while the turn runs, and when unknown: see `tui.domain.costs`."""
    label: str = ""
    tools: tuple[ToolUse, ...] = ()
    """What Claude read, searched and fetched, in order."""
    passage: Passage | None = None
    """The passage of the draft that the prompt is about; the answer may change nothing else."""
    limits: ChangeLimits | None = None
    """The limits for the answer; whether the answer kept to them is computed on demand."""
    put_back: PutBack | None = None
    """Forbidden changes in the answer, which Redraft reverted in the turn's version."""


@frozen
class Branch:
    """One line of turns: one Claude session, and where it left its parent."""

    id: BranchId
    name: str
    session: SessionId
    created_at: datetime
    parent: BranchId | None = None
    forked_after: int = 0
    """Number of the parent's turn after whose answer this branch begins; 0 is before the first."""
    base_version: int | None = None
    """The draft at the point where the branch was forked."""
    base_anchor: MessageId | None = None
    """This session's own copy of the message it was forked at."""
    is_live: bool = False
    """Whether Claude Code holds a transcript of the session; if not, it is started anew."""
    turns: tuple[Turn, ...] = ()
    """The branch's own turns, without those it shares with its parent."""
    total_cost: float | None = None
    """The session's last known total cost in dollars."""
    is_archived: bool = False
    source: str = ""
    """The session of Claude Code's that this branch was adopted from."""
    allowed: tuple[str, ...] = ()
    """Standing permissions of this branch: see `Access.rules`."""


@frozen
class Refusal:
    """One change that the writer refused."""

    kept: str
    """The words that were kept; empty when the change added words."""
    refused: str
    """The refused words; empty when the change removed words."""


@frozen
class Choice:
    """The changes of one version that were taken into another."""

    version: int
    """Number of the version that has the changes."""
    taken: int
    changes: int
    """Total number of changes."""
    refused: tuple[Refusal, ...] = ()


@frozen
class Version:
    """One saved text of the draft; the text never changes after it is saved."""

    number: int
    text: str
    sha256: str
    words: int
    author: Author
    branch: BranchId
    after_turn: int
    """Number of the last turn on its branch when it was made."""
    created_at: datetime
    before: int | None = None
    """Number of the previous version on its branch."""
    is_partial: bool = False
    """Whether it was taken from an answer that was stopped."""
    restored_from: int | None = None
    """Number of the older version whose text it brought back: the first that had it."""
    choice: Choice | None = None
    """The changes of another version that this one is made of."""
    sources: tuple[int, ...] = ()
    """For a combined version, the number of the source version of each paragraph."""
    label: str = ""
    """The writer's label; unlike the text, it can change."""
    by: Person = NOBODY
    """The person who edited the text or prompted Claude; unknown where not recorded."""
    locks: tuple[Span, ...] = ()
    """The stretches of the text, in order and apart, that an answer of Claude's may not change.

    They may change, as the label may. Branches that have the version as their draft share them.
    """


@frozen
class Approval:
    """That the writer approved one exact text."""

    version: int
    sha256: str
    at: datetime
    by: Person = NOBODY
    """The person who approved the text; unknown where not recorded."""


@frozen
class Publication:
    """That one exact text went out, and where to."""

    version: int
    sha256: str
    at: datetime
    target: str = ""


@frozen
class NumberedTurn:
    """A turn with its number along a branch (from 1) and the branch that owns the turn."""

    number: int
    turn: Turn
    owner: BranchId


@frozen
class Content:
    """One piece of writing with everything that belongs to it."""

    id: ContentId
    title: str
    kind: str
    brief: str
    created_at: datetime
    updated_at: datetime
    main: BranchId
    branches: tuple[Branch, ...]
    status: Status = Status.DRAFT
    status_before_archive: Status | None = None
    tags: tuple[str, ...] = ()
    """Short words to find the content by, as `tui.domain.tags` allows them."""
    versions: tuple[Version, ...] = ()
    approvals: tuple[Approval, ...] = ()
    publications: tuple[Publication, ...] = ()
    undo: tuple[UndoStep, ...] = ()
    """What the writer did last and can undo, the newest step at the end."""
    sources: tuple[str, ...] = ()
    """Absolute paths of the folders and files that Claude may read for this content."""
    has_web: bool = False
    """Whether Claude may ask to search the web for this content."""

    def branch(self, branch_id: BranchId) -> Branch:
        """Return a branch by its id; raises `NotFound`."""
        for branch in self.branches:
            if branch.id == branch_id:
                return branch
        raise NotFound(f"“{self.title}” no longer has that branch.")

    def access(self, branch_id: BranchId) -> Access:
        """Return what Claude may use on a branch."""
        return Access(self.sources, self.has_web, self.branch(branch_id).allowed)

    def branch_called(self, reference: str) -> Branch:
        """Return a branch by its id or its exact name; raises `NotFound` naming those there are.

        “main” is the main branch where no branch is called so.
        """
        for branch in self.branches:
            if reference in (branch.id, branch.name):
                return branch
        if reference == "main":
            return self.branch(self.main)
        names = ", ".join(branch.name for branch in self.branches)
        raise NotFound(f"“{self.title}” has no branch “{reference}”; its branches are: {names}.")

    def lineage(self, branch_id: BranchId) -> tuple[NumberedTurn, ...]:
        """Return all turns along a branch, from its eldest ancestor's first to its own last."""
        turns: list[NumberedTurn] = []
        for branch, shared in self._stretches(branch_id):
            del turns[shared:]
            for turn in branch.turns:
                turns.append(NumberedTurn(len(turns) + 1, turn, branch.id))
        return tuple(turns)

    def length(self, branch_id: BranchId) -> int:
        """Return the number of turns along a branch, without walking along it."""
        branch, shared = self._stretches(branch_id)[-1]
        return shared + len(branch.turns)

    def _stretches(self, branch_id: BranchId) -> list[tuple[Branch, int]]:
        """Return a branch and its ancestors, the eldest first, each with its count of shared turns.

        A branch shares the first turns of its parent's lineage; its own are numbered from there.
        """
        found: list[tuple[Branch, int]] = []
        length = 0
        for branch in self.ancestry(branch_id):
            shared = min(max(branch.forked_after, 0), length)
            found.append((branch, shared))
            length = shared + len(branch.turns)
        return found

    def ancestry(self, branch_id: BranchId) -> tuple[Branch, ...]:
        """Return a branch and its ancestors, the eldest first; raises `NotFound`."""
        path = [self.branch(branch_id)]
        if path[0].parent is None:
            return tuple(path)
        branches = {branch.id: branch for branch in self.branches}
        while (parent := path[-1].parent) is not None and len(path) < len(branches):
            path.append(branches.get(parent) or self.branch(parent))
        return tuple(reversed(path))

    def turn(self, branch_id: BranchId, turn_id: TurnId) -> Turn:
        """Return one of a branch's own turns by its id; raises `NotFound`."""
        return self.branch(branch_id).turns[self.turn_place(branch_id, turn_id)]

    def turn_place(self, branch_id: BranchId, turn_id: TurnId) -> int:
        """Return the place of a turn among its branch's own, from 0; raises `NotFound`."""
        branch = self.branch(branch_id)
        for place in reversed(range(len(branch.turns))):  # It is nearly always the last one.
            if branch.turns[place].id == turn_id:
                return place
        raise NotFound(f"Branch “{branch.name}” no longer has that turn.")

    def turn_at(self, branch_id: BranchId, number: int) -> NumberedTurn:
        """Return the turn with this number along a branch, without walking along it.

        Raises `NotFound`.
        """
        stretches = self._stretches(branch_id)
        branch, shared = stretches[-1]
        name, length = branch.name, shared + len(branch.turns)
        if not length:
            raise NotFound(f"Branch “{name}” has no turns yet.")
        if number < 1:
            raise NotFound("Choose a turn first: they are counted from 1.")
        if number > length:
            raise NotFound(f"Branch “{name}” has no turn {number}: its last one is {length}.")
        owner, shared = next(one for one in reversed(stretches) if number > one[1])
        return NumberedTurn(number, owner.turns[number - shared - 1], owner.id)

    def version(self, number: int) -> Version:
        """Return a version by its number; raises `NotFound`."""
        if 1 <= number <= len(self.versions):
            return self.versions[number - 1]
        if not self.versions:
            raise NotFound(f"“{self.title}” has no draft yet.")
        newest = len(self.versions)
        raise NotFound(f"“{self.title}” has no version {number}: the newest is v{newest}.")

    def draft(self, branch_id: BranchId) -> Version | None:
        """Return the newest version on a branch, or the one it began with; None without one."""
        for version in reversed(self.versions):
            if version.branch == branch_id:
                return version
        base = self.branch(branch_id).base_version
        return None if base is None else self.version(base)

    def known_to_claude(self, branch_id: BranchId) -> int | None:
        """Return the number of the version that the branch's session knows as the draft, if any."""
        for numbered in reversed(self.lineage(branch_id)):
            turn = numbered.turn
            if turn.anchor is not None and (turn.version is not None or turn.told is not None):
                return turn.told if turn.version is None else turn.version
        return None

    @property
    def approval(self) -> Approval | None:
        """The last approval; kept when the content goes back to draft."""
        return self.approvals[-1] if self.approvals else None

    @property
    def publication(self) -> Publication | None:
        """The last publication."""
        return self.publications[-1] if self.publications else None
