"""Marks beside a text in the editor: each mark moves with its line, or vanishes with it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tui.domain.readiness import Spot

_ABOVE: Final = 2
"""Number of lines above a change whose marks may be outdated by it, too: a mark may be about a
heading and the line after it, or a word repeated across a line end."""


def carried(spots: Sequence[Spot], before: Sequence[str], after: Sequence[str]) -> tuple[Spot, ...]:
    """Return the marks of a text after its lines have changed.

    Marks on changed lines vanish until the next check; marks below them move with their lines;
    marks about the text as a whole stay.
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
