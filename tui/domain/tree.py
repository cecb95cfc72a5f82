"""The fork tree of a content: which turns follow which, and what each did to the draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.domain.content import Branch, Content, NumberedTurn, Version
from tui.domain.ids import BranchId


@dataclass(frozen=True, slots=True)
class TurnNode:
    """One turn in the tree, and what it did to the draft."""

    numbered: NumberedTurn
    versions: tuple[Version, ...]
    """What this turn made, and what was made by hand after it, oldest first."""
    change: int | None
    """Words more (or fewer) in its own version than in the one before; None for the first."""
    forks: tuple["BranchNode", ...]
    """Branches that leave after this turn's answer."""
    version: Version | None
    """What its answer became, if anything; what came after that by hand is the branch's."""


@dataclass(frozen=True, slots=True)
class BranchNode:
    """One branch with its own turns, in order."""

    branch: Branch
    is_main: bool
    turns: tuple[TurnNode, ...]
    forks_at_start: tuple["BranchNode", ...]
    """Branches that leave this one before its first own turn."""
    versions_at_start: tuple[Version, ...] = ()
    """What was made by hand on this branch before its first own turn."""


def branch_tree(content: Content) -> tuple[BranchNode, ...]:
    """Return the root branches of a content with everything below them, oldest first."""
    versions = _by_branch(content.versions)
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
    """Return how many turns each branch shares with its parent: its own are numbered from there."""
    shared: dict[BranchId, int] = {}
    lengths: dict[BranchId | None, int] = {None: 0}
    for branch in content.branches:  # A parent always comes before its forks.
        shared[branch.id] = min(branch.forked_after, lengths[branch.parent])
        lengths[branch.id] = shared[branch.id] + len(branch.turns)
    return shared


def _by_branch(versions: Sequence[Version]) -> dict[BranchId, list[Version]]:
    grouped: dict[BranchId, list[Version]] = {}
    for version in versions:
        grouped.setdefault(version.branch, []).append(version)
    return grouped


def _branch_node(
    content: Content,
    branch: Branch,
    shared: int,
    forks: Sequence[BranchNode],
    versions: Sequence[Version],
) -> BranchNode:
    line = [
        NumberedTurn(number, turn, branch.id)
        for number, turn in enumerate(branch.turns, shared + 1)
    ]
    leaving: dict[int, list[BranchNode]] = {}
    for fork in forks:
        place = min(max(fork.branch.forked_after, shared), shared + len(line))
        leaving.setdefault(place, []).append(fork)
    made: dict[int, list[Version]] = {}
    answered = {numbered.turn.version: numbered.number for numbered in line}
    for version in versions:
        made.setdefault(answered.get(version.number, version.after_turn), []).append(version)
    turns = tuple(
        _turn_node(content, turn, made.get(turn.number, ()), leaving.get(turn.number, ()))
        for turn in line
    )
    return BranchNode(
        branch,
        branch.id == content.main,
        turns,
        forks_at_start=tuple(leaving.get(shared, ())),
        versions_at_start=tuple(made.get(shared, ())),
    )


def _turn_node(
    content: Content,
    numbered: NumberedTurn,
    versions: Sequence[Version],
    forks: Sequence[BranchNode],
) -> TurnNode:
    made = numbered.turn.version
    version = next((version for version in versions if version.number == made), None)
    change = None
    if version is not None and version.before is not None:
        change = version.words - content.version(version.before).words
    return TurnNode(numbered, tuple(versions), change, tuple(forks), version)
