"""Alignment of two sequences in order, at a bounded cost."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Final

from tui.domain.words import WORD

_MOST_PAIRS: Final = 10_000
"""Equal pieces, counted as pairs, up to which two sequences are matched finely."""
_MOST_CELLS: Final = 1_000_000
"""Maximum product of the two lengths for fine matching."""
_ANCHORED_FROM: Final = 3_000
"""Product of the two lengths above which the pieces unique in both are matched first.

That is faster, and a word that occurs once in a paragraph says more than the longest equal run.
"""

_CANDIDATES: Final = 10_000
"""Approximate limit on comparisons between pieces of one stretch."""
ALIKE: Final = 0.4
"""Minimum share of common words for two pieces to count as one changed piece."""

Run = tuple[int, int, int]
"""Start of an equal run in each of the two sequences, and its length."""


def equal_runs(old: Sequence[str], new: Sequence[str], *, is_whole: bool = True) -> list[Run]:
    """Return the equal runs of two sequences in order, which never overlap.

    Blank pieces only ever extend a run. Large sequences are matched first at the pieces unique in
    both, then finely in the parts between; `is_whole` is False for a part, which is not divided
    again.
    """
    shortest = min(len(old), len(new))
    head = next((n for n in range(shortest) if old[n] != new[n]), shortest)
    rest = shortest - head
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    if _is_small(old, new) and not (is_whole and len(old) * len(new) > _ANCHORED_FROM):
        found = SequenceMatcher(_is_blank, old, new, autojunk=False).get_matching_blocks()
        inner: list[Run] = [(a, b, size) for a, b, size in found if size]
    else:
        inner = _anchored(old, new) if is_whole else []
    blocks = [(head + a, head + b, size) for a, b, size in inner]
    ends = [(0, 0, head)], [(head + len(old), head + len(new), tail)]
    return [block for block in (*ends[0], *blocks, *ends[1]) if block[2]]


def _is_blank(piece: str) -> bool:
    return not piece.strip()


def _is_small(old: Sequence[str], new: Sequence[str]) -> bool:
    if len(old) * len(new) > _MOST_CELLS:
        return False
    counts = Counter(new)
    return sum(counts[piece] for piece in old if piece.strip()) <= _MOST_PAIRS


def _anchored(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """Match two large sequences at the pieces unique in both, then finely in the parts between."""
    blocks: list[Run] = []
    i = j = 0
    for a, b in (*_anchors(old, new), (len(old), len(new))):
        if old[i:a] == new[j:b]:
            _extend(blocks, (i, j, a - i))
        else:
            for x, y, size in equal_runs(old[i:a], new[j:b], is_whole=False):
                _extend(blocks, (i + x, j + y, size))
        if a < len(old):
            _extend(blocks, (a, b, 1))
        i, j = a + 1, b + 1
    return blocks


def _extend(blocks: list[Run], run: Run) -> None:
    """Add an equal run, merged with the previous run when it continues that one."""
    a, b, size = run
    if not size:
        return
    if blocks:
        first, other, length = blocks[-1]
        if first + length == a and other + length == b:
            blocks[-1] = (first, other, length + size)
            return
    blocks.append(run)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the longest rising run of places whose piece is unique in both sequences."""
    count_old, count_new = Counter(old), Counter(new)
    place_new = {piece: b for b, piece in enumerate(new) if count_new[piece] == 1}
    ends: list[int] = []
    places: list[int] = []
    chains: list[tuple[tuple[int, int], int]] = []
    for a, piece in enumerate(old):
        b = place_new.get(piece, -1)
        if b < 0 or count_old[piece] > 1:
            continue
        length = bisect_left(ends, b)
        chains.append(((a, b), places[length - 1] if length else -1))
        ends[length : length + 1] = [b]
        places[length : length + 1] = [len(chains) - 1]
    anchors: list[tuple[int, int]] = []
    at = places[-1] if places else -1
    while at >= 0:
        place, at = chains[at]
        anchors.append(place)
    return anchors[::-1]


def words_of(piece: str) -> frozenset[str]:
    """Return the words of a piece, for `likeness`."""
    return frozenset(WORD.findall(piece))


def similar_pairs(
    old: Sequence[str], new: Sequence[str], words_in: Callable[[str], frozenset[str]]
) -> list[tuple[int, int]]:
    """Pair the pieces of two sequences that share most of their words, in order.

    `words_in` is a `words_of`, perhaps one that remembers.
    """
    if not old or not new:
        return []
    words_old, words_new = ([words_in(piece) for piece in pieces] for pieces in (old, new))
    window = max(4, _CANDIDATES // len(old))
    pairs: list[tuple[int, int]] = []
    first = 0
    for a, words in enumerate(words_old):
        candidates = range(first, min(first + window, len(new)))
        best = max(candidates, key=lambda b: likeness(words, words_new[b]), default=None)
        if best is not None and likeness(words, words_new[best]) >= ALIKE:
            pairs.append((a, best))
            first = best + 1
    return pairs


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of common words of two pieces, from 0 to 1."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0
