"""The rows of a fork tree from top to bottom, folded and filtered.

Every branch, turn and version made by hand is a row. The turns of a branch are not indented; a fork
is indented below the branch that it leaves. Of sibling branches, the one that leads to the branch
on screen comes first.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from tui.domain.content import Author, Branch, Content, NumberedTurn, Turn, Version
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.quiet import stretches, why_aside
from tui.domain.tree import BranchNode, all_nodes, branch_tree
from tui.domain.tree_shape import WHOLE_TREE, Part, Spot, TreeFilter, TreeShape


@frozen
class Run:
    """A run of quiet turns, folded to one row."""

    turns: tuple[Turn, ...]
    versions: tuple[Version, ...]
    """The versions of these turns, oldest first."""


@frozen
class Aside:
    """The forks of a branch that are put aside, by reason."""

    archived: int
    empty: int
    failed: int
    is_open: bool


@frozen
class Hidden:
    """The rows that a folded branch hides."""

    turns: int
    branches: int


@frozen
class Row:
    """One row of the tree."""

    spot: Spot
    about: Branch | NumberedTurn | Version | Run | Aside
    rails: tuple[bool, ...]
    """For each branch from the outermost fork to this row's: whether a sibling follows below."""
    is_here: bool = False
    """Whether the row is on the way to the end of the branch on screen."""
    is_last: bool = False
    """Whether the turn is the last one of its branch."""
    forks: int = 0
    """Number of branches that leave after this turn."""
    version: Version | None = None
    """The version of the turn; for a branch, its draft."""
    change: int | None = None
    """Change in words from the version before; None for the first."""
    hidden: Hidden | None = None
    """What a folded branch hides; None while it is unfolded."""
    in_run: bool = False
    """Whether the row is in an unfolded run of quiet turns."""

    @property
    def is_folded(self) -> bool:
        """Whether the row stands for hidden rows."""
        is_closed = isinstance(self.about, Aside) and not self.about.is_open
        return self.hidden is not None or isinstance(self.about, Run) or is_closed

    @property
    def branch_row(self) -> Branch | None:
        """The branch of a branch's row; None for other rows."""
        return self.about if isinstance(self.about, Branch) else None


KnownRows = dict[tuple[BranchId, tuple[bool, ...], frozenset[Spot]], tuple[Row, ...]]
"""Cached rows of branches by what they depend on, for one state of a content."""


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
    """Return the visible rows, at least one.

    Args:
        content: The piece.
        here: The branch on screen.
        shape: What the writer filtered, folded and hoisted.
        kept: Branches that are never put aside, because something goes on there.
        only: When given, only these turns, versions and branches are shown, with the branches that
            lead to them; the filter and the folds of the shape are ignored.
        roots: The content's `branch_tree`, if available: making it is half of the work.
        known: Cache of rows between calls with the same content, `roots`, `here`, `only` and
            filter: a branch whose folding is unchanged has identical row objects.
    """
    made = branch_tree(content) if roots is None else roots
    maker = _Maker(content, here, shape, kept, only, made, {} if known is None else known)
    return tuple(maker.rows())


def folding_spots(content: Content, here: BranchId | None) -> frozenset[Spot]:
    """Return the spots that unfold everything folded automatically: runs and branches put aside."""
    maker = _Maker(content, here, WHOLE_TREE, frozenset(), None, branch_tree(content), {})
    nodes = maker.nodes.values()
    parents = {maker.nodes[branch].branch.parent for branch in maker.asides}
    asides = {Spot(parent, part=Part.ASIDE) for parent in parents if parent is not None}
    runs = {
        Spot(node.branch.id, numbers[0])
        for node in nodes
        for numbers, is_run in stretches(node, maker.approved)
        if is_run
    }
    return frozenset(asides | runs)


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
    """The ancestors of the branch on screen, and the last turn that it shares with each."""

    def __post_init__(self) -> None:
        self.thread = _thread(self.content, self.here)
        self.approved = {entry.version for entry in self.content.approvals[-1:]}
        self.approved |= {entry.version for entry in self.content.publications[-1:]}
        self.nodes = {node.branch.id: node for node in all_nodes(self.roots)}
        opened: dict[BranchId | None, set[Spot]] = {}
        for spot in self.shape.opened:
            opened.setdefault(spot.branch, set()).add(spot)
        self.opened = {branch: frozenset(spots) for branch, spots in opened.items()}
        self.drafts = {version.branch: version for version in self.content.versions}
        self.below: dict[BranchId, Hidden] = {}
        self.asides: set[BranchId] = set()
        self.shown: set[BranchId] = set()
        # A fork is always younger than the branch it leaves: what is below is known before.
        for branch in reversed(self.content.branches):
            self._weigh(self.nodes[branch.id])

    def _weigh(self, node: BranchNode) -> None:
        """Record what is below a branch, whether it is put aside and whether it is shown."""
        branch, forks = node.branch.id, node.all_forks
        below = [self.below[fork.branch.id] for fork in forks]
        turns = len(node.branch.turns) + sum(hidden.turns for hidden in below)
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
        """Make the rows from top to bottom."""
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
        forks = [fork for fork in node.all_forks if self._is_shown(fork)]
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
        draft = self.drafts.get(branch.id)
        if draft is None and branch.base_version is not None:
            draft = self.content.version(branch.base_version)
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
            yield from self._version_row(node, version, 0, rails, is_here=until >= 0)
        for numbers, is_run in self._stretches(node):
            if is_run and not self._is_open(node, numbers):
                yield self._run_row(node, numbers, rails, until)
                continue
            for number in numbers:
                yield from self._turn_rows(node, number, rails, until, in_run=is_run)

    def _turn_rows(
        self, node: BranchNode, number: int, rails: tuple[bool, ...], until: int, *, in_run: bool
    ) -> Iterator[Row]:
        """Make the rows of a turn and of the versions made by hand after it."""
        branch, made = node.branch, node.made.get(number, ())
        spot, turn = Spot(branch.id, number), branch.turns[number - node.shared - 1]
        version = node.answer(number) if made else None
        forks = len(node.forks.get(number, ()))
        is_here, is_last = number <= until, number == node.shared + len(branch.turns)
        if self._is_wanted(spot, turn, version, is_fork=bool(forks) or is_last):
            yield Row(
                spot,
                NumberedTurn(number, turn, branch.id),
                rails,
                is_here=is_here,
                is_last=is_last,
                forks=forks,
                version=version,
                change=None if version is None else node.change(version),
                in_run=in_run,
            )
        for each in made:
            if each is not version:
                yield from self._version_row(node, each, number, rails, is_here=is_here)

    def _stretches(self, node: BranchNode) -> Iterator[tuple[Sequence[int], bool]]:
        """Split the numbers of turns that may have rows into quiet runs and other ranges."""
        if self.only is None and self.shape.filter is TreeFilter.ALL:
            yield from stretches(node, self.approved)
        else:
            yield self._turns_to_look_at(node), False

    def _turns_to_look_at(self, node: BranchNode) -> list[int]:
        """Return the numbers of turns that may have rows under a filter, in order."""
        numbers = range(node.shared + 1, node.shared + len(node.branch.turns) + 1)
        wanted = {*node.made}
        if self.only is not None:
            wanted = {spot.turn for spot in self.only if spot.branch == node.branch.id}
        elif self.shape.filter is TreeFilter.FORKS:
            wanted |= {*node.forks, *numbers[-1:]}
        elif self.shape.filter is TreeFilter.LABELLED:
            wanted |= {
                number
                for number, turn in zip(numbers, node.branch.turns, strict=True)
                if turn.label
            }
        return sorted(number for number in wanted if number in numbers)

    def _is_open(self, node: BranchNode, numbers: Sequence[int]) -> bool:
        return any(
            spot == Spot(node.branch.id, spot.turn) and spot.turn in numbers
            for spot in self.opened.get(node.branch.id, ())
        )

    def _run_row(
        self, node: BranchNode, numbers: Sequence[int], rails: tuple[bool, ...], until: int
    ) -> Row:
        first, last = numbers[0], numbers[-1]
        turns = node.branch.turns[first - node.shared - 1 : last - node.shared]
        answers = (node.answer(number) for number in sorted(node.made) if number in numbers)
        return Row(
            Spot(node.branch.id, first, part=Part.RUN),
            Run(turns, tuple(version for version in answers if version is not None)),
            rails,
            is_here=first <= until,
        )

    def _version_row(
        self,
        node: BranchNode,
        version: Version,
        turn: int,
        rails: tuple[bool, ...],
        *,
        is_here: bool,
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
            change = node.change(version)
            yield Row(spot, version, rails, is_here=is_here, version=version, change=change)

    def _is_wanted(self, spot: Spot, turn: Turn, version: Version | None, *, is_fork: bool) -> bool:
        if self.only is not None:
            return spot in self.only
        match self.shape.filter:
            case TreeFilter.ALL:
                return True
            case TreeFilter.FORKS:
                return is_fork
            case TreeFilter.LABELLED:
                return bool(turn.label or (version is not None and version.label))
            case TreeFilter.DRAFTS:
                return version is not None
            case TreeFilter.MINE:
                return False


def _thread(content: Content, here: BranchId | None) -> Mapping[BranchId, int]:
    """Return the ancestors of a branch, with the last turn that it shares with each."""
    branches = {branch.id: branch for branch in content.branches}
    thread: dict[BranchId, int] = {}
    until = content.length(here) if here in branches else 0
    while here is not None and here in branches and here not in thread:
        thread[here] = until
        until = min(until, branches[here].forked_after)
        here = branches[here].parent
    return thread
