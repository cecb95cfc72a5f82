"""What is to be known of a branch at a glance: it writes, needs the writer, failed, has news."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from tui.domain.content import Branch, TurnState
from tui.domain.ids import BranchId

FAILED_STATES: Final = (TurnState.FAILED, TurnState.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What goes on on branches, whether they are on screen or not."""

    writing: Set[BranchId] = frozenset()
    asking: Set[BranchId] = frozenset()
    """Where Claude waits for the writer's answer to a question."""
    news: Set[BranchId] = frozenset()
    """Where an answer came while another branch was on the screen."""


def branch_badge(branch: Branch, going_on: GoingOn) -> tuple[str, str]:
    """Return a branch's badge and the style class of the tree for it; only the most urgent one."""
    if branch.id in going_on.asking:
        return "?", "branches--asking"
    if branch.id in going_on.writing:
        return "⠿", "branches--busy"
    if branch.turns and branch.turns[-1].state in FAILED_STATES:
        return "!", "branches--bad"
    if branch.id in going_on.news:
        return "new", "branches--busy"
    return "", "branches--muted"


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark and its meaning."""

    symbol: str
    meaning: str


MARKS: Final = (Mark("?", "Claude asks and waits for you"),)
