"""The fork tree of a content: which turns follow which, and what each did to the draft."""

from dataclasses import dataclass

from tui.domain.content import Branch, Content, NumberedTurn, Version
from tui.domain.ids import BranchId


@dataclass(frozen=True, slots=True)
class TurnNode:
    """One turn in the tree, and what it did to the draft."""

    numbered: NumberedTurn
    version: Version | None
    """The newest version made by this turn or by hand after it, if any."""
    change: int | None
    """Words more (or fewer) than the version before; None for the first."""
    forks: tuple["BranchNode", ...]
    """Branches that leave after this turn's answer."""


@dataclass(frozen=True, slots=True)
class BranchNode:
    """One branch with its own turns, in order."""

    branch: Branch
    is_main: bool
    turns: tuple[TurnNode, ...]
    forks_at_start: tuple["BranchNode", ...]
    """Branches that leave this one before its first own turn."""


def branch_tree(content: Content) -> tuple[BranchNode, ...]:
    """Return the root branches of a content with everything below them, oldest first."""
    return tuple(
        _branch_node(content, branch) for branch in content.branches if branch.parent is None
    )


def _branch_node(content: Content, branch: Branch) -> BranchNode:
    children: dict[int, list[Branch]] = {}
    for child in content.branches:
        if child.parent == branch.id:
            children.setdefault(child.forked_after, []).append(child)

    def forks_after(number: int) -> tuple[BranchNode, ...]:
        return tuple(_branch_node(content, child) for child in children.get(number, ()))

    shared = len(content.line(branch.id)) - len(branch.turns)
    turns = tuple(
        TurnNode(
            numbered, *_effect(content, branch.id, numbered.number), forks_after(numbered.number)
        )
        for numbered in content.line(branch.id)[shared:]
    )
    is_main = branch.id == content.main
    return BranchNode(branch, is_main, turns, forks_after(shared) if shared == 0 else ())


def _effect(content: Content, branch: BranchId, number: int) -> tuple[Version | None, int | None]:
    made = [
        version
        for version in content.versions
        if version.branch == branch and version.after_turn == number
    ]
    if not made:
        return None, None
    before = made[0].before
    change = None if before is None else made[-1].words - content.version(before).words
    return made[-1], change
