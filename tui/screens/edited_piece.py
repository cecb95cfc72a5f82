"""What the editor knows about a piece, and the facts that it shows about the size of the text."""

from collections.abc import Callable, Iterator
from typing import Final

from tui.domain.counts import Counts, checked_goal, goal_words, meter, minutes
from tui.domain.frozen import frozen
from tui.domain.readiness import USUAL_WORDS
from tui.domain.words import counted, signed
from tui.screens.name import NameScreen
from tui.screens.piece_spelling import PieceSpelling


@frozen
class EditedPiece:
    """A piece, as far as its editor needs to know it."""

    kind: str = ""
    approved: str | None = None
    """The text that was approved last, if there is one."""
    words_before_today: int = 0
    """Number of words when this day began, from which its work is counted."""
    goal: int = 0
    """Number of words to write on a day; 0 for no goal."""
    keep_goal: Callable[[int], None] | None = None
    """Takes a goal that was set in the editor; None where none can be kept."""
    spelling: PieceSpelling | None = None
    """Checks the spelling; None where it is not checked."""


SOME_PIECE: Final = EditedPiece()
"""A piece of which nothing is known."""


def size_facts(
    piece: EditedPiece, counts: Counts, words_before: int | None, *, goal: int, spots: int
) -> Iterator[str]:
    """Yield facts about a text's size, and its number of spots, the most important first."""
    change = ""
    if words_before is not None and counts.words != words_before:
        change = f" ({signed(counts.words - words_before)})"
    yield counted(counts.words) + change
    if spots:
        yield f"{spots:,} to look at"
    if goal:
        yield goal_words(counts.words - piece.words_before_today, goal)
    if piece.kind in USUAL_WORDS:
        yield meter(counts.words, *USUAL_WORDS[piece.kind])
    if counts.words:
        yield minutes(counts.words, piece.kind)
        yield counted(counts.sentences, "sentence")
        yield counted(counts.characters, "character")


def selected_facts(part: Counts, whole: Counts) -> Iterator[str]:
    """Yield facts about the selected part of a text, the most important first."""
    yield f"{part.words:,} of {counted(whole.words)} selected"
    yield counted(part.characters, "character")
    yield counted(part.sentences, "sentence")


def goal_question(goal: int) -> NameScreen:
    """Return the dialog that asks how many words a day a piece is to get, in place of `goal`."""
    return NameScreen(
        "A goal for the day",
        label="Words to write on a day; empty for no goal",
        value=str(goal or ""),
        check=lambda typed: str(checked_goal(typed) or ""),
    )
