"""The rows of a fork tree as they are read from top to bottom, folded and filtered.

Every branch is a row, its turns are rows below, and so is what was made by hand. Turns follow one
another flat; only a branch that leaves another one is indented, after the rows of the branch that
it leaves. The branch that leads to the one on screen comes first among its siblings.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from tui.domain.content import Author, Branch, Content, NumberedTurn, TurnState, Version
from tui.domain.ids import BranchId
from tui.domain.tree import BranchNode, TurnNode, branch_tree
from tui.domain.tree_shape import WHOLE_TREE, Part, Spot, TreeFilter, TreeShape

LONGEST_OPEN_RUN = 3
"""Quiet turns in a row that are still shown one by one."""


@dataclass(frozen=True, slots=True)
class Run:
    """Quiet turns in a row, folded to one."""

    turns: tuple[NumberedTurn, ...]
    versions: tuple[Version, ...]
    """What they made, oldest first."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Branches that fold by themselves, by why they do."""

    archived: int
    empty: int
    failed: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a folded branch hides."""

    turns: int = 0
    branches: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the tree."""

    spot: Spot
    about: Branch | NumberedTurn | Version | Run | Aside
    rails: tuple[bool, ...]
    """For each branch from the outermost fork to this row's: whether a sibling follows below."""
    is_here: bool = False
    """Whether it is on the way to the end of the branch on screen."""
    is_last: bool = False
    """Whether the turn is the last one of its branch."""
    forks: int = 0
    """How many branches leave after this turn."""
    version: Version | None = None
    """What the turn made; for a branch its draft."""
    change: int | None = None
    """Words more (or fewer) than in the version before; None for the first."""
    hidden: Hidden | None = None
    """What a folded branch hides; None while it is open."""
    in_run: bool = False
    """Whether it is in a run of quiet turns that was opened."""

    @property
    def is_folded(self) -> bool:
        """Whether it stands for rows that are not shown."""
        is_closed = isinstance(self.about, Aside) and not self.about.is_open
        return self.hidden is not None or isinstance(self.about, Run) or is_closed

    @property
    def branch_row(self) -> Branch | None:
        """The branch, when this is the row of a branch itself."""
        return self.about if isinstance(self.about, Branch) else None


KnownRows = dict[tuple[BranchId, tuple[bool, ...], frozenset[Spot]], tuple[Row, ...]]
"""Rows of branches by what they depend on, in one state of a content."""


def tree_rows(
    content: Content,
    here: BranchId | None,
    shape: TreeShape = WHOLE_TREE,
    *,
    kept: Set[BranchId] = frozenset(),
    only: Set[Spot] | None = None,
    roots: Sequence[BranchNode] | None = None,
    known: KnownRows | None = None,
) -> tuple[Row, ...]:
    """Return the rows to show, never none.

    Args:
        content: The piece.
        here: The branch on screen.
        shape: What the writer filtered, folded and hoisted.
        kept: Branches that never fold by themselves, because something goes on there.
        only: When given, only these turns, versions and branches, and the branches that lead to
            them; the filter and the folds of the shape do not count then.
        roots: The content's `branch_tree`, where it is at hand: making it is half of the work.
        known: Where rows are kept for the next call with the same content, `roots`, `here`, `only`
            and filter: a branch that is not folded otherwise has the same rows, not equal ones.
    """
    made = branch_tree(content) if roots is None else roots
    maker = _Maker(content, here, shape, kept, only, made, {} if known is None else known)
    return tuple(maker.rows())


@dataclass
class _Maker:
    content: Content
    here: BranchId | None
    shape: TreeShape
    kept: Set[BranchId]
    only: Set[Spot] | None
    roots: Sequence[BranchNode]
    known: KnownRows
    thread: Mapping[BranchId, int] = field(init=False)
    """The branches that lead to the one on screen, and the last turn on each that does."""

    def __post_init__(self) -> None:
        self.thread = _thread(self.content, self.here)
        self.approved = {entry.version for entry in (*self.content.approvals[-1:],)}
        self.approved |= {entry.version for entry in (*self.content.publications[-1:],)}
        self.nodes = dict(_all_nodes(self.roots))
        opened: dict[BranchId | None, set[Spot]] = {}
        for spot in self.shape.opened:
            opened.setdefault(spot.branch, set()).add(spot)
        self.opened = {branch: frozenset(spots) for branch, spots in opened.items()}
        self.below: dict[BranchId, Hidden] = {}
        self.asides: set[BranchId] = set()
        self.shown: set[BranchId] = set()
        # A fork is always younger than the branch it leaves: what is below is known before.
        for branch in reversed(self.content.branches):
            self._weigh(self.nodes[branch.id])

    def _weigh(self, node: BranchNode) -> None:
        """Find out what is below a branch, whether it folds by itself and whether it is shown."""
        branch, forks = node.branch.id, _forks(node)
        below = [self.below[fork.branch.id] for fork in forks]
        turns = len(node.turns) + sum(hidden.turns for hidden in below)
        self.below[branch] = Hidden(turns, len(forks) + sum(hidden.branches for hidden in below))
        is_needed = branch in self.thread or branch in self.kept or node.is_main
        if not is_needed and why_aside(node) and all(f.branch.id in self.asides for f in forks):
            self.asides.add(branch)
        if not self._is_narrowed:
            return
        is_found = self.only is not None and Spot(branch) in self.only
        is_on_the_way = branch in self.thread or any(f.branch.id in self.shown for f in forks)
        if is_found or is_on_the_way or any(self._own_rows(node, ())):
            self.shown.add(branch)

    def rows(self) -> Iterator[Row]:
        """Make the rows in the order in which they are read."""
        waiting: list[Row | tuple[BranchNode, tuple[bool, ...]]] = []
        if self.shape.top in self.nodes and self.only is None:
            waiting.append((self.nodes[self.shape.top], ()))
        else:
            roots = sorted(self.roots, key=lambda root: root.branch.id in self.thread)
            waiting += [(root, ()) for root in roots if self._is_shown(root)]
        while waiting:
            match waiting.pop():
                case Row() as row:
                    yield row
                case node, rails:
                    is_folded = self.only is None and node.branch.id in self.shape.folded
                    yield self._branch_row(node, rails, is_folded=is_folded)
                    if not is_folded:
                        yield from self._rows_of(node, rails)
                        waiting += reversed(self._forks(node, rails))

    @property
    def _is_narrowed(self) -> bool:
        """Whether a branch may have nothing to show."""
        return self.only is not None or self.shape.filter not in (TreeFilter.ALL, TreeFilter.FORKS)

    def _is_shown(self, node: BranchNode) -> bool:
        return not self._is_narrowed or node.branch.id in self.shown

    def _forks(
        self, node: BranchNode, rails: tuple[bool, ...]
    ) -> list[Row | tuple[BranchNode, tuple[bool, ...]]]:
        """Return the branches that leave one, those that fold by themselves at the end."""
        forks = [fork for fork in _forks(node) if self._is_shown(fork)]
        forks.sort(key=lambda fork: fork.branch.id not in self.thread)
        if self.only is not None:
            return [(fork, (*rails, fork is not forks[-1])) for fork in forks]
        aside = [fork for fork in forks if fork.branch.id in self.asides]
        shown = [fork for fork in forks if fork.branch.id not in self.asides]
        spot = Spot(node.branch.id, part=Part.ASIDE)
        is_open = spot in self.shape.opened
        made: list[Row | tuple[BranchNode, tuple[bool, ...]]] = [
            (fork, (*rails, bool(aside) or fork is not shown[-1])) for fork in shown
        ]
        if aside:
            why = [why_aside(fork) for fork in aside]
            about = Aside(why.count("archived"), why.count("empty"), why.count("failed"), is_open)
            made.append(Row(spot, about, (*rails, is_open)))
        if is_open:
            made += [(fork, (*rails, fork is not aside[-1])) for fork in aside]
        return made

    def _branch_row(self, node: BranchNode, rails: tuple[bool, ...], *, is_folded: bool) -> Row:
        branch = node.branch
        draft = self.content.draft(branch.id)
        return Row(
            Spot(branch.id),
            branch,
            rails,
            is_here=branch.id in self.thread,
            version=draft,
            hidden=self.below[branch.id] if is_folded else None,
        )

    # -- the turns of a branch, and what was made by hand --------------------------------------

    def _rows_of(self, node: BranchNode, rails: tuple[bool, ...]) -> tuple[Row, ...]:
        branch = node.branch.id
        key = (branch, rails, self.opened.get(branch, frozenset()))
        if key not in self.known:
            self.known[key] = tuple(self._own_rows(node, rails))
        return self.known[key]

    def _own_rows(self, node: BranchNode, rails: tuple[bool, ...]) -> Iterator[Row]:
        until = self.thread.get(node.branch.id, -1)
        for version in node.versions_at_start:
            yield from self._version_row(version, 0, rails, is_here=until >= 0)
        for turns, is_run in self._stretches(node):
            if is_run and not self._is_open(turns):
                yield self._run_row(turns, rails, until)
                continue
            for turn in turns:
                is_here = turn.numbered.number <= until
                spot = Spot(node.branch.id, turn.numbered.number)
                if self._is_wanted(spot, turn, is_last=turn is node.turns[-1]):
                    yield Row(
                        spot,
                        turn.numbered,
                        rails,
                        is_here=is_here,
                        is_last=turn is node.turns[-1],
                        forks=len(turn.forks),
                        version=turn.version,
                        change=turn.change,
                        in_run=is_run,
                    )
                for version in turn.versions:
                    if version is not turn.version:
                        yield from self._version_row(version, spot.turn, rails, is_here=is_here)

    def _stretches(self, node: BranchNode) -> Iterator[tuple[Sequence[TurnNode], bool]]:
        """Cut a branch's turns into runs of quiet ones (True) and all the others."""
        if self.only is not None or self.shape.filter is not TreeFilter.ALL:
            yield node.turns, False
            return
        start = 0
        quiet = [self._is_quiet(node, place) for place in range(len(node.turns))]
        for end in range(1, len(quiet) + 1):
            if end == len(quiet) or quiet[end] != quiet[start]:
                yield node.turns[start:end], quiet[start] and end - start > LONGEST_OPEN_RUN
                start = end

    def _is_quiet(self, node: BranchNode, place: int) -> bool:
        """Whether nothing about a turn is worth a row of its own in a long conversation."""
        turn, version = node.turns[place], node.turns[place].version
        by_hand = len(turn.versions) - (version is not None)
        is_special = version is not None and (version.label or version.number in self.approved)
        return not (
            place in (0, len(node.turns) - 1)
            or turn.forks
            or by_hand
            or is_special
            or turn.numbered.turn.label
            or turn.numbered.turn.state is not TurnState.FINISHED
        )

    def _is_open(self, turns: Sequence[TurnNode]) -> bool:
        return any(
            Spot(turn.numbered.owner, turn.numbered.number) in self.shape.opened for turn in turns
        )

    def _run_row(self, turns: Sequence[TurnNode], rails: tuple[bool, ...], until: int) -> Row:
        first = turns[0].numbered
        versions = tuple(turn.version for turn in turns if turn.version is not None)
        return Row(
            Spot(first.owner, first.number, part=Part.RUN),
            Run(tuple(turn.numbered for turn in turns), versions),
            rails,
            is_here=first.number <= until,
        )

    def _version_row(
        self, version: Version, turn: int, rails: tuple[bool, ...], *, is_here: bool
    ) -> Iterator[Row]:
        spot = Spot(version.branch, turn, version.number)
        if self.only is not None:
            is_wanted = spot in self.only
        elif self.shape.filter is TreeFilter.LABELLED:
            is_wanted = bool(version.label)
        elif self.shape.filter is TreeFilter.MINE:
            is_wanted = version.author is not Author.CLAUDE
        else:
            is_wanted = self.shape.filter is not TreeFilter.FORKS
        if is_wanted:
            change = None
            if version.before is not None:
                change = version.words - self.content.version(version.before).words
            yield Row(spot, version, rails, is_here=is_here, version=version, change=change)

    def _is_wanted(self, spot: Spot, turn: TurnNode, *, is_last: bool) -> bool:
        if self.only is not None:
            return spot in self.only
        version = turn.version
        match self.shape.filter:
            case TreeFilter.ALL:
                return True
            case TreeFilter.FORKS:
                return bool(turn.forks) or is_last
            case TreeFilter.LABELLED:
                return bool(turn.numbered.turn.label or (version is not None and version.label))
            case TreeFilter.DRAFTS:
                return version is not None
            case TreeFilter.MINE:
                return False


def why_aside(node: BranchNode) -> str:
    """Return why a branch folds by itself: archived, empty or failed; empty when it does not."""
    if node.branch.is_archived:
        return "archived"
    if node.versions_at_start:
        return ""
    if not node.turns:
        return "empty"
    is_good = any(
        turn.versions or turn.numbered.turn.state in (TurnState.FINISHED, TurnState.RUNNING)
        for turn in node.turns
    )
    return "" if is_good else "failed"


def _forks(node: BranchNode) -> list[BranchNode]:
    """Return the branches that leave one, in the order of the turns they leave after."""
    return [*node.forks_at_start, *(fork for turn in node.turns for fork in turn.forks)]


def _all_nodes(roots: Sequence[BranchNode]) -> Iterator[tuple[BranchId, BranchNode]]:
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        yield node.branch.id, node
        waiting += _forks(node)


def _thread(content: Content, here: BranchId | None) -> Mapping[BranchId, int]:
    """Return the branches that lead to one, with the last turn of each that is on the way."""
    branches = {branch.id: branch for branch in content.branches}
    thread: dict[BranchId, int] = {}
    until = content.length(here) if here in branches else 0
    while here is not None and here in branches and here not in thread:
        thread[here] = until
        until = min(until, branches[here].forked_after)
        here = branches[here].parent
    return thread
