"""The shape of a fork tree on screen: filter, folds and hoist, and the spots of its rows."""

from enum import StrEnum

from tui.domain.frozen import frozen
from tui.domain.ids import BranchId


class TreeFilter(StrEnum):
    """A filter of the tree; branches that lead to matching rows are shown, too."""

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
    """The part of a branch that a row stands for, if it is not the branch, a turn or a version."""

    ITSELF = "itself"
    RUN = "run"
    """A run of turns folded to one row; the turn of the spot is the first of the run."""
    ASIDE = "aside"
    """The forks of this branch that are put aside: archived, empty and failed ones."""


@frozen
class Spot:
    """The identity of a row in the tree."""

    branch: BranchId
    turn: int = 0
    """Number of the turn; 0 for the branch itself, and for versions made before any turn."""
    version: int = 0
    """Number of a version made by hand; 0 for the turn or the branch."""
    part: Part = Part.ITSELF


@frozen
class TreeShape:
    """What of a tree is shown; by default only automatic folds hide rows."""

    filter: TreeFilter = TreeFilter.ALL
    folded: frozenset[BranchId] = frozenset()
    opened: frozenset[Spot] = frozenset()
    """Spots of unfolded runs, and of branches whose put-aside forks are listed."""
    top: BranchId | None = None
    """The hoisted branch, shown alone with its forks; None for the whole tree."""


WHOLE_TREE = TreeShape()
