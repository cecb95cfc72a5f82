"""The fork tree of a content: the order of its turns, and what each turn did to the draft."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from tui.domain.content import Branch, Content, NumberedTurn, Version
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId


@frozen
class TurnNode:
    """One turn in the tree, and what it did to the draft."""

    numbered: NumberedTurn
    versions: tuple[Version, ...]
    """The turn's own version, and versions made by hand after it, oldest first."""
    change: int | None
    """Change in words from the version before to the turn's own version; None for the first."""
    forks: tuple["BranchNode", ...]
    """Branches that leave after this turn's answer."""
    version: Version | None
    """The turn's own version; None without one."""


@frozen
class BranchNode:
    """One branch with its forks and versions; nodes of its turns are made on request."""

    branch: Branch
    is_main: bool
    shared: int
    """Number of turns shared with the parent: the branch's own turns are numbered after them."""
    forks: Mapping[int, tuple["BranchNode", ...]]
    """Forks of this branch, oldest first, by the number of the own turn that they leave; `shared`
    for forks before the first own turn."""
    made: Mapping[int, tuple[Version, ...]]
    """Versions made by a turn or by hand after it, oldest first, by the turn's number; `shared` for
    versions before the first own turn."""
    versions: Sequence[Version] = field(repr=False)
    """All versions of the content, in order."""

    @property
    def all_forks(self) -> tuple["BranchNode", ...]:
        """All forks of this branch, in the order of the turns that they leave."""
        return tuple(fork for number in sorted(self.forks) for fork in self.forks[number])

    @property
    def versions_at_start(self) -> tuple[Version, ...]:
        """Versions made by hand on this branch before its first own turn."""
        return self.made.get(self.shared, ())

    @property
    def turns(self) -> tuple[TurnNode, ...]:
        """The branch's own turns, in order."""
        first, last = self.shared + 1, self.shared + len(self.branch.turns)
        return tuple(self.turn(number) for number in range(first, last + 1))

    def turn(self, number: int) -> TurnNode:
        """Return one of the branch's own turns by its number along the branch."""
        turn = self.branch.turns[number - self.shared - 1]
        version = self.answer(number)
        return TurnNode(
            NumberedTurn(number, turn, self.branch.id),
            self.made.get(number, ()),
            None if version is None else self.change(version),
            self.forks.get(number, ()),
            version,
        )

    def answer(self, number: int) -> Version | None:
        """Return the version that an own turn made; None without one."""
        made = self.branch.turns[number - self.shared - 1].version
        return next((each for each in self.made.get(number, ()) if each.number == made), None)

    def change(self, version: Version) -> int | None:
        """Return the change in words from the version before a version; None for the first."""
        before = version.before
        return None if before is None else version.words - self.versions[before - 1].words


def branch_tree(content: Content) -> tuple[BranchNode, ...]:
    """Return the root branches of a content with everything below them, oldest first."""
    versions = versions_by_branch(content)
    shared = shared_turns(content)
    forks: dict[BranchId | None, list[BranchNode]] = {}
    # A fork is always younger than the branch it leaves, so its node is ready before.
    for branch in reversed(content.branches):
        below = tuple(reversed(forks.pop(branch.id, [])))
        made = versions.get(branch.id, [])
        node = _branch_node(content, branch, shared[branch.id], below, made)
        forks.setdefault(branch.parent, []).append(node)
    return tuple(reversed(forks.pop(None, [])))


def shared_turns(content: Content) -> Mapping[BranchId, int]:
    """Return how many turns each branch shares with its parent; its own turns are numbered on."""
    shared: dict[BranchId, int] = {}
    lengths: dict[BranchId | None, int] = {}
    for branch in content.branches:  # A parent always comes before its forks.
        shared[branch.id] = min(branch.forked_after, lengths.get(branch.parent, 0))
        lengths[branch.id] = shared[branch.id] + len(branch.turns)
    return shared


def versions_by_branch(content: Content) -> Mapping[BranchId, Sequence[Version]]:
    """Return the versions made on each branch, oldest first; a branch without any is left out."""
    grouped: dict[BranchId, list[Version]] = {}
    for version in content.versions:
        grouped.setdefault(version.branch, []).append(version)
    return grouped


def all_nodes(roots: Sequence[BranchNode]) -> Iterator[BranchNode]:
    """Yield the nodes of a tree from top to bottom: each before its forks."""
    waiting = list(reversed(roots))
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.all_forks)


def _branch_node(
    content: Content,
    branch: Branch,
    shared: int,
    forks: Sequence[BranchNode],
    versions: Sequence[Version],
) -> BranchNode:
    last = shared + len(branch.turns)
    leaving: dict[int, list[BranchNode]] = {}
    for fork in forks:
        place = min(max(fork.branch.forked_after, shared), last)
        leaving.setdefault(place, []).append(fork)
    made: dict[int, list[Version]] = {}
    if versions:
        numbered = enumerate(branch.turns, shared + 1)
        answered = {turn.version: number for number, turn in numbered if turn.version}
        for version in versions:
            made.setdefault(answered.get(version.number, version.after_turn), []).append(version)
    return BranchNode(
        branch,
        branch.id == content.main,
        shared,
        {number: tuple(nodes) for number, nodes in leaving.items()},
        {number: tuple(texts) for number, texts in made.items()},
        content.versions,
    )
