"""Three-way merge of two texts that were made from one, paragraph by paragraph.

The usual merge, but on blocks (`tui.domain.blocks`) instead of lines: a block that only one side
changed is taken from that side.
"""

from collections.abc import Iterator, Sequence

from tui.domain.alignment import equal_runs
from tui.domain.blocks import Block, blocks
from tui.domain.frozen import frozen


@frozen
class Merged:
    """The merged text."""

    text: str
    conflicts: int = 0
    """Number of places that the sides changed differently; the text has `mine` there."""


@frozen
class _Stretch:
    """The blocks of all three texts between two points where the texts are the same."""

    base: Sequence[Block]
    mine: Sequence[Block]
    theirs: Sequence[Block]


def merged(base: str, mine: str, theirs: str) -> Merged:
    """Return `mine` with the changes from `base` to `theirs` where `mine` is unchanged."""
    made: list[str] = []
    conflicts = 0
    for stretch in _stretches(blocks(base), blocks(mine), blocks(theirs)):
        mine_words, theirs_words = _words(stretch.mine), _words(stretch.theirs)
        base_words = _words(stretch.base)
        is_theirs = mine_words == base_words
        conflicts += not is_theirs and theirs_words not in (base_words, mine_words)
        chosen = stretch.theirs if is_theirs else stretch.mine
        for at, block in enumerate(chosen):
            lead = block.lead
            if (
                is_theirs
                and mine_words == theirs_words
                and stretch.mine[at].lead != (stretch.base[at].lead)
            ):
                lead = stretch.mine[at].lead
            made.append(_led(lead, is_first=not made) + block.text)
    return Merged("".join(made), conflicts)


def _led(lead: str, *, is_first: bool) -> str:
    """Return the white space before a block, which may be, or may have been, the first one."""
    if is_first:
        return lead.removeprefix("\n").lstrip("\n") if lead.startswith("\n") else lead
    return lead if "\n" in lead else "\n\n" + lead


def _words(found: Sequence[Block]) -> list[str]:
    return [block.text for block in found]


def _stretches(
    base: Sequence[Block], mine: Sequence[Block], theirs: Sequence[Block]
) -> Iterator[_Stretch]:
    in_mine, in_theirs = _places(base, mine), _places(base, theirs)
    i = a = b = 0
    for k in range(len(base)):
        at_mine, at_theirs = in_mine.get(k, -1), in_theirs.get(k, -1)
        if at_mine < a or at_theirs < b:
            continue
        yield _Stretch(base[i:k], mine[a:at_mine], theirs[b:at_theirs])
        yield _Stretch(
            base[k : k + 1], mine[at_mine : at_mine + 1], theirs[at_theirs : at_theirs + 1]
        )
        i, a, b = k + 1, at_mine + 1, at_theirs + 1
    yield _Stretch(base[i:], mine[a:], theirs[b:])


def _places(base: Sequence[Block], other: Sequence[Block]) -> dict[int, int]:
    """Return the indices of the blocks of `base` that `other` has, with their indices there."""
    runs = equal_runs(_words(base), _words(other))
    return {first + step: second + step for first, second, size in runs for step in range(size)}
