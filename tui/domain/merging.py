"""Two texts that were made of one, put together again paragraph by paragraph.

The usual three-way merge, on blocks (`tui.domain.blocks`) where programs merge lines: what only one
side changed is taken from that side.
"""

from collections.abc import Iterator, Sequence

from tui.domain.alignment import equal_runs
from tui.domain.blocks import Block, blocks
from tui.domain.frozen import frozen


@frozen
class Merged:
    """A text that has the changes of both sides."""

    text: str
    conflicts: int = 0
    """Places that both sides changed, each in its own way; the text has the first side's words."""


@frozen
class _Stretch:
    """Blocks that stand between two places where all three texts are the same; or such a place."""

    base: Sequence[Block]
    mine: Sequence[Block]
    theirs: Sequence[Block]


def merged(base: str, mine: str, theirs: str) -> Merged:
    """Return `mine` with what `theirs` changed in `base`, as far as `mine` left that alone."""
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
    """Return the white space before a block, which may have been the first one or be it now."""
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
    """Return for blocks of the one text the place of the same block in the other."""
    runs = equal_runs(_words(base), _words(other))
    return {first + step: second + step for first, second, size in runs for step in range(size)}
