"""Holding an answer to what was agreed: locked words stay, and so does all outside a passage.

Two texts are compared as a writer would (`tui.domain.diff`), and the changes that touch what must
stay are refused one by one; all others are kept. What must stay is therefore exactly what it was,
byte for byte, whatever the answer says.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from tui.domain.alignment import ALIKE, likeness, words_of
from tui.domain.diff import compare
from tui.domain.drafts import trimmed
from tui.domain.frozen import frozen
from tui.domain.passage import PutBack, Span

_CONTEXT: Final = 24
"""Characters beside a passage that tell whether an answer has more than the passage."""


@frozen
class Guarded:
    """A text that keeps everything that had to stay."""

    text: str
    locks: tuple[Span, ...]
    """Where the locked words are in the text, in the order of the locks that were given."""
    put_back: PutBack | None = None
    """The changes that were reverted; None without any."""


@frozen
class _Piece:
    """A stretch of both texts: the same, one change, or (before empty) something put in."""

    at: int
    """Where it begins in the text before."""
    before: str
    after: str
    unit: int | None
    """Pieces that are refused together have one number, such as both places of a moved block.

    None where both texts are the same.
    """

    @property
    def ends(self) -> int:
        return self.at + len(self.before)


def carried(before: str, locks: Sequence[Span], after: str) -> tuple[Span | None, ...]:
    """Return where each locked stretch stands in a later text; None where its words are changed.

    Words that moved as they are still stand.
    """
    if before == after:
        return tuple(locks)
    if not locks:
        return ()
    return _carried(before, locks, _pieces(before, after), after, frozenset())


def followed(before: str, passage: Span, after: str) -> Span | None:
    """Return where a passage stands in a later text; None where that is not certain.

    Its words may be changed, or stand in several places without having stayed in their own.
    """
    if before == after:
        return passage
    pieces = _pieces(before, after)
    stays = _walked(before, passage, pieces, after, frozenset())
    words = passage.of(before)
    if stays is None and before.count(words) == after.count(words) == 1:
        return _elsewhere(before, passage, after, ())
    return stays


def in_line_ends_of(text: str, answer: str) -> str:
    """Return an answer with line ends of CR and LF where all those of a text are."""
    if "\r\n" not in text or text.count("\n") > text.count("\r\n"):
        return answer
    return answer.replace("\r\n", "\n").replace("\n", "\r\n")


def with_locks_held(before: str, locks: Sequence[Span], after: str) -> Guarded:
    """Return the text after, with every locked stretch of the text before in it.

    Locked words that were changed, or are gone, are put back where they were.
    """
    if not locks or before == after:
        return Guarded(after, tuple(locks))
    pieces = _pieces(before, after)
    refused: frozenset[int] = frozenset()
    text, changed = after, set[int]()
    while True:
        places = _carried(before, locks, pieces, text, refused)
        lost = [at for at, place in enumerate(places) if place is None]
        if not lost:
            break
        changed.update(lost)
        more = frozenset(unit for at in lost for unit in _touching(pieces, locks[at], refused))
        refused |= more or frozenset(piece.unit for piece in pieces if piece.unit is not None)
        text = _joined(pieces, refused)
    found = tuple(place for place in places if place is not None)
    words = tuple(locks[at].of(before) for at in sorted(changed))
    put_back = PutBack(locked=words) if words else None
    return Guarded(trimmed(text), in_trimmed(text, found), put_back)


def with_passage(before: str, passage: Span, answer: str) -> tuple[str, int]:
    """Return a text with a passage of it replaced by an answer, and nothing else changed.

    The answer holds the passage's new words, as it was asked to, or else the whole text, of which
    only the passage is taken. Also returns the number of changes outside, which are left out.
    """
    outside = before[: passage.start], before[passage.end :]
    if not _has_more(before, passage, answer):
        return answer.strip().join(outside), 0
    within: list[str] = []
    left_out: set[int] = set()
    pieces = _pieces(before, answer)
    # A paragraph that came for one of which the passage is a part has more than its new words.
    is_part = any(_is_changed_across(piece, passage) for piece in pieces)
    for piece in pieces:
        is_put_in = not piece.before and passage.start <= piece.at <= passage.end
        is_put_in &= passage.start < piece.at < passage.end or not is_part
        is_inside = piece.before and passage.start <= piece.at and piece.ends <= passage.end
        if is_put_in or is_inside:
            within.append(piece.after)
            continue
        within.append(before[max(piece.at, passage.start) : min(piece.ends, passage.end)])
        if piece.unit is not None:
            left_out.add(piece.unit)
    return "".join(within).strip().join(outside), len(left_out)


def _is_changed_across(piece: _Piece, passage: Span) -> bool:
    """Whether a change is of words in a passage and of others beside it."""
    touches = piece.at < passage.end and piece.ends > passage.start
    is_inside = passage.start <= piece.at and piece.ends <= passage.end
    return piece.unit is not None and touches and not is_inside


def _has_more(before: str, passage: Span, answer: str) -> bool:
    """Whether an answer holds the text around the passage, too."""
    old, sides = passage.of(before), []
    if left := before[: passage.start].rstrip()[-_CONTEXT:]:
        sides.append(left)
    if right := before[passage.end :].lstrip()[:_CONTEXT]:
        sides.append(right)
    repeated = sum(side in answer and side not in old for side in sides)
    if repeated and (repeated == len(sides) or len(answer) > 2 * len(old)):
        return True
    outside = words_of(before[: passage.start] + before[passage.end :])
    is_long = len(answer) > len(before) / 2 and len(old) < len(before) / 2
    return is_long and likeness(outside, words_of(answer)) >= ALIKE


def _pieces(before: str, after: str) -> tuple[_Piece, ...]:
    """Return all stretches of two texts, in order.

    A changed word inside a block is refused alone, not as the change it belongs to: that has the
    changed words near it too, which would be more than has to be refused.
    """
    comparison = compare(before, after)
    pieces: list[_Piece] = []
    at, alone = 0, len(comparison.changes)
    for block in comparison.blocks:
        is_whole = block.line_before is None or block.line_after is None
        for one in (block.lead, *block.stretches):
            unit = None
            if one.before != one.after:
                alone += 1
                unit = one.change if is_whole else alone
            if one.before or one.after:
                pieces.append(_Piece(at, one.before, one.after, unit))
            at += len(one.before)
    return tuple(pieces)


def _joined(pieces: Sequence[_Piece], refused: AbstractSet[int]) -> str:
    return "".join(piece.before if piece.unit in refused else piece.after for piece in pieces)


def _carried(
    before: str,
    locks: Sequence[Span],
    pieces: Sequence[_Piece],
    text: str,
    refused: AbstractSet[int],
) -> tuple[Span | None, ...]:
    """Return where locks stand in the text that comes of the pieces without the refused changes."""
    found: list[Span | None] = [_walked(before, lock, pieces, text, refused) for lock in locks]
    taken = [span for span in found if span is not None]
    for at, lock in enumerate(locks):
        if found[at] is None:
            span = _elsewhere(before, lock, text, taken)
            if span is not None:
                found[at] = span
                taken.append(span)
    return tuple(found)


def _walked(
    before: str, lock: Span, pieces: Sequence[_Piece], text: str, refused: AbstractSet[int]
) -> Span | None:
    """Return where a lock stands when nothing was changed in it; None when something was."""
    length, begins = 0, -1
    for piece in pieces:
        is_kept = piece.before == piece.after or piece.unit in refused
        touches = piece.at < lock.end and piece.ends > lock.start
        is_put_in = not piece.before and lock.start < piece.at < lock.end
        if (touches or is_put_in) and not is_kept:
            return None
        if touches and begins < 0:
            begins = length + lock.start - piece.at
        length += len(piece.before if piece.unit in refused else piece.after)
    if begins < 0:
        return None
    span = Span(begins, begins + lock.end - lock.start)
    return span if _is_apart(before, lock, text, span) else None


def _elsewhere(before: str, lock: Span, text: str, taken: Sequence[Span]) -> Span | None:
    """Return another place where the words of a lock stand, not one that another lock has."""
    words = lock.of(before)
    start = text.find(words)
    while start >= 0:
        span = Span(start, start + len(words))
        is_free = all(span.end <= other.start or other.end <= span.start for other in taken)
        if is_free and _is_apart(before, lock, text, span):
            return span
        start = text.find(words, start + 1)
    return None


def _is_apart(before: str, lock: Span, text: str, span: Span) -> bool:
    """Whether the words have not become part of a longer word at either end: “cat”, not “cats”."""
    return all(
        _joins(before, old) or not _joins(text, new)
        for old, new in ((lock.start, span.start), (lock.end, span.end))
    )


def _joins(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _touching(pieces: Sequence[_Piece], lock: Span, refused: AbstractSet[int]) -> frozenset[int]:
    """Return the changes in a lock that are not refused yet; else those at its ends."""
    left = [
        (piece, piece.unit)
        for piece in pieces
        if piece.unit is not None and piece.unit not in refused
    ]
    inside = frozenset(
        unit
        for piece, unit in left
        if (piece.at < lock.end and piece.ends > lock.start)
        or (not piece.before and lock.start < piece.at < lock.end)
    )
    return inside or frozenset(
        unit for piece, unit in left if piece.at <= lock.end and piece.ends >= lock.start
    )


def in_trimmed(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return where stretches of a text stand once it is trimmed, as it is saved."""
    saved = trimmed(text)
    cut = text.find(saved) if saved else 0
    inside = (Span(max(0, span.start - cut), min(len(saved), span.end - cut)) for span in spans)
    return tuple(span for span in inside if span.start < span.end)
