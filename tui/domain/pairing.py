"""Pairing of the blocks of two texts: same, moved, removed or new."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from tui.domain.alignment import equal_runs, likeness, similar_pairs, words_of
from tui.domain.blocks import Block, BlockForm
from tui.domain.frozen import frozen
from tui.domain.words import WORD, count_words

MOST_FINE_BLOCKS: Final = 6000
"""Maximum total number of blocks for fine matching; above it, only whole blocks match."""
_MOVED_WORDS: Final = 4
"""Minimum words for a block found elsewhere to count as moved; shorter ones often repeat."""
_MOVED_ALIKE: Final = 0.75
"""Minimum share of common words for a block found elsewhere to count as moved and changed."""
_MOST_MOVES: Final = 20_000
"""Maximum number of pairs of blocks that are compared to find those that moved and changed."""
_KEPT: Final = 0.3
"""Minimum share of unchanged words for a block to count as changed; below it, as replaced."""
_SURELY_KEPT: Final = 0.75
"""Share of common words above which a block counts as changed without a check of word order."""


@frozen
class Entry:
    """One block of two texts in one order: in both, or in one of them only."""

    old: Block | None
    new: Block | None
    origin: int | None = None
    """For a moved block, its position in the text before, which identifies the move."""
    source: Block | None = None
    """For a block that moved here, the original block."""
    is_answer: bool = False
    """For an added block, whether it replaces the removed block before it."""


def paired(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Entry]:
    """Return the blocks of two texts in one order that keeps the order of each."""
    (bare_old, end_old), (bare_new, end_new) = _without_end(old), _without_end(new)
    matched = pairs(bare_old, bare_new)
    origins = _moves(bare_old, bare_new, matched)
    i = j = 0
    for a, b in (*matched, (len(bare_old), len(bare_new))):
        yield from _between(bare_old, bare_new, (i, a), (j, b), origins)
        if a < len(bare_old):
            yield Entry(bare_old[a], bare_new[b])
        i, j = a + 1, b + 1
    if end_old or end_new:
        yield Entry(end_old or _NO_END, end_new or _NO_END)


_NO_END: Final = Block(BlockForm.END, "", "", 0)


def _without_end(found: Sequence[Block]) -> tuple[Sequence[Block], Block | None]:
    if found and found[-1].form is BlockForm.END:
        return found[:-1], found[-1]
    return found, None


def _between(
    old: Sequence[Block],
    new: Sequence[Block],
    gone: tuple[int, int],
    come: tuple[int, int],
    origins: dict[int, int],
) -> Iterator[Entry]:
    """Return the blocks between two pairs: what went and what came, side by side."""
    left = set(origins.values())
    (a, last_a), (b, last_b) = gone, come
    while a < last_a or b < last_b:
        if a < last_a and a in left:
            yield Entry(old[a], None, origin=a)
            a += 1
        elif b < last_b and b in origins:
            origin = origins[b]
            yield Entry(None, new[b], origin=origin, source=old[origin])
            b += 1
        else:
            is_answer = a < last_a and b < last_b
            if a < last_a:
                yield Entry(old[a], None)
                a += 1
            if b < last_b and (is_answer or a >= last_a):
                yield Entry(None, new[b], is_answer=is_answer)
                b += 1


def pairs(old: Sequence[Block], new: Sequence[Block]) -> list[tuple[int, int]]:
    """Return which blocks of the two texts are the same block, perhaps changed, in order."""
    is_fine = len(old) + len(new) <= MOST_FINE_BLOCKS
    keys_old, keys_new = [block_key(block) for block in old], [block_key(block) for block in new]
    words = cache(words_of)
    found: list[tuple[int, int]] = []
    i = j = 0
    for a, b, size in (*equal_runs(keys_old, keys_new), (len(old), len(new), 0)):
        alike = similar_pairs(keys_old[i:a], keys_new[j:b], words) if is_fine else []
        for x, y in ((i + x, j + y) for x, y in alike):
            common = likeness(words(keys_old[x]), words(keys_new[y]))
            if _may_pair(old[x], new[y], common):
                found.append((x, y))
        found += [(a + offset, b + offset) for offset in range(size)]
        i, j = a + size, b + size
    return found


def _may_pair(one: Block, other: Block, common: float) -> bool:
    """Whether two blocks with this share of common words are compared inside, not as a whole."""
    apart = (BlockForm.CODE, BlockForm.ROW, BlockForm.HEADING)
    if one.form is not other.form and (one.form in apart or other.form in apart):
        return False
    if one.form is BlockForm.CODE or common >= _SURELY_KEPT:
        return True
    words = WORD.findall(one.text), WORD.findall(other.text)
    kept = sum(size for _, _, size in equal_runs(*words))
    return kept >= _KEPT * max(len(words[0]), len(words[1]))


def block_key(block: Block) -> str:
    """Return the comparison key of a block: its text, regardless of line wrapping."""
    return block.text if block.form is BlockForm.CODE else " ".join(block.text.split())


def _moves(
    old: Sequence[Block], new: Sequence[Block], matched: Sequence[tuple[int, int]]
) -> dict[int, int]:
    """Return where blocks came from that stand elsewhere now: places before by places after."""
    stays_old, stays_new = {a for a, _ in matched}, {b for _, b in matched}
    gone = [a for a in range(len(old)) if a not in stays_old and _can_move(old[a])]
    come = [b for b in range(len(new)) if b not in stays_new and _can_move(new[b])]
    origins: dict[int, int] = {}
    by_key: dict[str, list[int]] = {}
    for a in reversed(gone):
        by_key.setdefault(block_key(old[a]), []).append(a)
    for b in come:
        if places := by_key.get(block_key(new[b])):
            origins[b] = places.pop()
    taken = set(origins.values())
    gone, come = [a for a in gone if a not in taken], [b for b in come if b not in origins]
    if len(gone) * len(come) > _MOST_MOVES:
        return origins
    words = {a: words_of(old[a].text) for a in gone}
    for b in come:
        here = words_of(new[b].text)
        best = max(words, key=lambda a: likeness(words[a], here), default=None)
        if (
            best is not None
            and old[best].form is new[b].form
            and likeness(words[best], here) >= _MOVED_ALIKE
        ):
            origins[b] = best
            del words[best]
    return origins


def _can_move(block: Block) -> bool:
    return count_words(block.text) >= _MOVED_WORDS
