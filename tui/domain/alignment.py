"""Finding what two sequences have in common, in order, at a bounded cost."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from tui.domain.words import WORD

_MOST_PAIRS: Final = 10_000
"""Equal pieces, counted as pairs, up to which two sequences are matched finely."""
_MOST_CELLS: Final = 1_000_000
"""The product of two lengths up to which they are."""

_CANDIDATES: Final = 10_000
"""How often two lines of one block are looked at together, about."""
_ALIKE: Final = 0.4
"""Share of common words from which two lines count as the same line, changed."""

Run = tuple[int, int, int]
"""Where an equal run begins in the one and in the other sequence, and how long it is."""


def equal_runs(old: Sequence[str], new: Sequence[str], *, is_whole: bool = True) -> list[Run]:
    """Return the equal runs of two sequences in order, which never overlap.

    Blank pieces only ever extend a run. Large sequences are matched at what is unique in both, and
    finely between those places; `is_whole` is False for such a part, which is not cut again.
    """
    shortest = min(len(old), len(new))
    head = next((n for n in range(shortest) if old[n] != new[n]), shortest)
    rest = shortest - head
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    if _is_small(old, new):
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
    """Match two large sequences at what is unique in both, and finely between those places."""
    blocks: list[Run] = []
    i = j = 0
    for a, b in (*_anchors(old, new), (len(old), len(new))):
        between = equal_runs(old[i:a], new[j:b], is_whole=False)
        blocks += [(i + x, j + y, size) for x, y, size in between]
        if a < len(old):
            blocks.append((a, b, 1))
        i, j = a + 1, b + 1
    return blocks


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


def similar_lines(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Pair the lines of two blocks that share most of their words, in order."""
    if not old or not new:
        return []
    words_old, words_new = (
        [frozenset(WORD.findall(line)) for line in block] for block in (old, new)
    )
    window = max(4, _CANDIDATES // len(old))
    pairs: list[tuple[int, int]] = []
    first = 0
    for a, words in enumerate(words_old):
        candidates = range(first, min(first + window, len(new)))
        best = max(candidates, key=lambda b: _likeness(words, words_new[b]), default=None)
        if best is not None and _likeness(words, words_new[best]) >= _ALIKE:
            pairs.append((a, best))
            first = best + 1
    return _with_blanks(old, new, pairs)


def _with_blanks(
    old: list[str], new: list[str], pairs: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Pair also the blank lines beside the pairs."""
    met: list[tuple[int, int]] = []
    for a, b in pairs:
        for is_next in (True, False):
            last_a, last_b = met[-1] if met else (-1, -1)
            x, y = (last_a + 1, last_b + 1) if is_next else (a - 1, b - 1)
            if last_a < x < a and last_b < y < b and old[x] == new[y] and _is_blank(old[x]):
                met.append((x, y))
        met.append((a, b))
    return met


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0
