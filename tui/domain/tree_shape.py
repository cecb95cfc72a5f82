"""How a writer looks at a fork tree: what is filtered, folded and hoisted, and what a row is."""

from enum import StrEnum

from tui.domain.frozen import frozen
from tui.domain.ids import BranchId


class TreeFilter(StrEnum):
    """Which rows of the tree are shown, beside the branches that lead to them."""

    ALL = "all"
    FORKS = "forks"
    """Turns after which a branch leaves, and the last turn of every branch."""
    LABELLED = "labelled"
    """Turns and versions that have a label."""
    DRAFTS = "drafts"
    """Turns that made a version, and versions made by hand."""
    MINE = "mine"
    """Versions that the writer made by hand: edits, chosen changes, combined texts."""


class Part(StrEnum):
    """What of a branch a row stands for, beside its own row, its turns and its versions."""

    ITSELF = "itself"
    RUN = "run"
    """A run of turns that is folded to one row; the spot's turn is the first of them."""
    ASIDE = "aside"
    """The archived, empty and failed branches that leave this one."""


@frozen
class Spot:
    """What one row of the tree is about."""

    branch: BranchId
    turn: int = 0
    """Number along the branch; 0 for the branch itself, and for what was made before any turn."""
    version: int = 0
    """Number of a version made by hand; 0 for the turn or the branch."""
    part: Part = Part.ITSELF


@frozen
class TreeShape:
    """What of a tree is shown; nothing is folded in it but what folds by itself."""

    filter: TreeFilter = TreeFilter.ALL
    folded: frozenset[BranchId] = frozenset()
    opened: frozenset[Spot] = frozenset()
    """Turns whose run is open, and branches whose put-aside forks are listed."""
    top: BranchId | None = None
    """The branch that is shown alone, with what leaves it; None for the whole tree."""


WHOLE_TREE = TreeShape()
