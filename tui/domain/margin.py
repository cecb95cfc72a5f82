"""Marks beside a text that is being written: they move with its lines, or vanish."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tui.domain.readiness import Spot

_ABOVE: Final = 2
"""Lines above a change on which a mark may be about what was changed: a heading and what follows
it, a word that stands twice over a line end."""


def carried(spots: Sequence[Spot], before: Sequence[str], after: Sequence[str]) -> tuple[Spot, ...]:
    """Return the spots of the lines before a change as they are after it.

    What is on lines that were changed is gone until it is looked for anew; what is below them moves
    along; what is about the text as a whole stays.
    """
    first, shortest = 0, min(len(before), len(after))
    while first < shortest and before[first] == after[first]:
        first += 1
    last = 0
    while last < shortest - first and before[-1 - last] == after[-1 - last]:
        last += 1
    if first == len(before) == len(after):
        return tuple(spots)
    end, shift = len(before) - last, len(after) - len(before)
    kept = []
    for spot in spots:
        if spot.line <= max(0, first - _ABOVE):
            kept.append(spot)
        elif spot.line > end:
            kept.append(replace(spot, line=spot.line + shift))
    return tuple(kept)
