"""The marks of the list and the tree: what each looks like and means, and which row gets it."""

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import Final

from tui.domain.catalog import ContentRow
from tui.domain.content import Branch, TurnState
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.status import Status

FAILED_STATES: Final = (TurnState.FAILED, TurnState.INTERRUPTED)


class Tone(StrEnum):
    """How a mark is coloured; the list and the tree have a component class for each."""

    PLAIN = "plain"
    QUIET = "quiet"
    GOOD = "good"
    BUSY = "busy"
    ASKING = "asking"
    BAD = "bad"


@frozen
class Mark:
    """A sign in the list or the tree."""

    symbol: str
    meaning: str
    """In words, for the help."""
    tone: Tone = Tone.PLAIN


DRAFT: Final = Mark("✎", "In the list: a draft. In the tree: a version made by hand", Tone.QUIET)
REVIEW: Final = Mark("◎", "In review", Tone.ASKING)
APPROVED: Final = Mark("✓", "Approved", Tone.GOOD)
PUBLISHED: Final = Mark("⇡", "Published", Tone.BUSY)
ARCHIVED: Final = Mark("▫", "Archived", Tone.QUIET)
WRITING: Final = Mark("⠿", "Claude is writing", Tone.BUSY)
ASKING: Final = Mark("?", "Claude is waiting for your answer", Tone.ASKING)
FAILED: Final = Mark("!", "The last answer failed or broke off", Tone.BAD)
READ_ONLY: Final = Mark("⌀", "Made by a newer Redraft: can only be read", Tone.ASKING)
UNREAD: Final = Mark("new", "An answer you have not seen yet", Tone.BUSY)
DOT: Final = Mark(
    "●", "In the list: an answer you have not seen yet. In the tree: a turn", Tone.BUSY
)
HERE: Final = Mark("▎", "On the way to the end of the branch on screen", Tone.BUSY)
LAST_TURN: Final = Mark("○", "The last turn of a branch")
MAIN_BRANCH: Final = Mark("◆", "The main branch")
OTHER_BRANCH: Final = Mark("◇", "Another branch")
FOLDED: Final = Mark("⊞", "A branch that is folded: how much it hides stands beside it")
RUN: Final = Mark("··", "Turns, or branches, that are folded to one row", Tone.QUIET)
COMBINED: Final = Mark("⊕", "A version combined from others", Tone.QUIET)
LEAVES: Final = Mark("↳", "So many branches leave after this turn", Tone.QUIET)
MAIN: Final = Mark("★", "The main branch")
TO_COMPARE: Final = Mark("▪", "Marked to be compared")

MARKS: Final[tuple[Mark, ...]] = (
    DRAFT, REVIEW, APPROVED, PUBLISHED, ARCHIVED,
    WRITING, ASKING, FAILED, READ_ONLY,
    DOT, UNREAD,
    HERE, MAIN_BRANCH, OTHER_BRANCH, FOLDED, LAST_TURN, RUN, COMBINED, LEAVES, MAIN, TO_COMPARE,
)  # fmt: skip
"""Every mark there is, in the order in which the help explains them."""

STATUS_MARKS: Final[Mapping[Status, Mark]] = {
    Status.DRAFT: DRAFT,
    Status.REVIEW: REVIEW,
    Status.APPROVED: APPROVED,
    Status.PUBLISHED: PUBLISHED,
    Status.ARCHIVED: ARCHIVED,
}


@frozen
class GoingOn:
    """On which branches something goes on, whether they are on screen or not."""

    writing: Set[BranchId] = frozenset()
    asking: Set[BranchId] = frozenset()
    """Where Claude waits for the writer's answer to a question."""
    news: Set[BranchId] = frozenset()
    """Where an answer came while another branch was on the screen."""


def content_mark(row: ContentRow, *, is_writing: bool, needs_you: bool) -> Mark:
    """Return the most urgent mark of a content; its status where nothing is urgent."""
    if needs_you:
        return ASKING
    if is_writing:
        return WRITING
    if row.needs:
        return READ_ONLY
    return FAILED if row.has_failed else STATUS_MARKS[row.status]


def branch_mark(branch: Branch, going_on: GoingOn) -> Mark | None:
    """Return the most urgent mark of a branch; None where nothing is urgent."""
    if branch.id in going_on.asking:
        return ASKING
    if branch.id in going_on.writing:
        return WRITING
    if branch.turns and branch.turns[-1].state in FAILED_STATES:
        return FAILED
    return UNREAD if branch.id in going_on.news else None
