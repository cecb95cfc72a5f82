"""The parts of a fork tree that fold automatically: runs of quiet turns, and branches put aside.

A turn is quiet when nothing about it is worth a row of its own in a long conversation.
"""

from collections.abc import Iterator, Sequence, Set

from tui.domain.content import TurnState
from tui.domain.tree import BranchNode

LONGEST_OPEN_RUN = 3
"""Maximum length of a run of quiet turns that is not folded."""


def stretches(node: BranchNode, approved: Set[int]) -> Iterator[tuple[Sequence[int], bool]]:
    """Split the turn numbers of a branch into ranges that fold (True) and ranges that do not.

    `approved` are the numbers of versions that are never hidden. Fast for thousands of turns, most
    of which are examined nowhere else.
    """
    start = node.shared + 1
    for number in _loud_turns(node, approved):
        if start < number:
            yield range(start, number), number - start > LONGEST_OPEN_RUN
        yield (number,), False
        start = number + 1


def _loud_turns(node: BranchNode, approved: Set[int]) -> list[int]:
    """Return the numbers of the turns that are not quiet, in order; the last turn never is."""
    numbers = range(node.shared + 1, node.shared + len(node.branch.turns) + 1)
    loud = {
        number
        for number, turn in zip(numbers, node.branch.turns, strict=True)
        if turn.label or turn.state is not TurnState.FINISHED
    }
    loud |= {*numbers[:1], *numbers[-1:], *node.forks}
    for number in filter(numbers.__contains__, node.made):
        version = node.answer(number)
        by_hand = len(node.made[number]) - (version is not None)
        is_special = version is not None and (version.label or version.number in approved)
        if by_hand or is_special:
            loud.add(number)
    return sorted(number for number in loud if number in numbers)


def why_aside(node: BranchNode) -> str:
    """Return why a branch is put aside: archived, empty or failed; an empty text when it is not."""
    if node.branch.is_archived:
        return "archived"
    if node.versions_at_start:
        return ""
    if not node.branch.turns:
        return "empty"
    is_good = bool(node.made) or any(
        turn.state in (TurnState.FINISHED, TurnState.RUNNING) for turn in node.branch.turns
    )
    return "" if is_good else "failed"
