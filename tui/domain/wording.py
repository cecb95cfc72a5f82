"""Comparison of two wordings of a block by words, or of code by lines."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from tui.domain.alignment import equal_runs
from tui.domain.blocks import Block, BlockForm
from tui.domain.frozen import frozen
from tui.domain.patterns import late_pattern
from tui.domain.words import WORD

_NEAR: Final = 2
"""Maximum number of unchanged words between two differences that count as one change."""
_TOKEN: Final = late_pattern(rf"{WORD.pattern}|\s+|_+|[^\w\s]+")
_LINE: Final = late_pattern(r"[^\n]*\n|[^\n]+")


@frozen
class Stretch:
    """A stretch in which the two texts are equal, or differ."""

    before: str
    after: str
    change: int | None = None

    @property
    def is_blank(self) -> bool:
        """Whether the stretch is white space in both texts."""
        return not self.before.strip() and not self.after.strip()

    @property
    def is_same(self) -> bool:
        """Whether both texts say the same; a line end instead of a blank is no difference."""
        return self.change is None or bool(self.is_blank and self.before and self.after)


def worded(old: Block, new: Block) -> tuple[Stretch, ...]:
    """Return the stretches of two blocks, by words (code by lines); changes are numbered from 0."""
    if old.text == new.text:
        return (Stretch(old.text, new.text),)
    is_code = BlockForm.CODE in (old.form, new.form)
    token = _LINE if is_code else _TOKEN
    both = token.findall(old.text), token.findall(new.text)
    plain = list(_matched(*both, is_exact=is_code))
    return tuple(_clustered(plain, near=0 if is_code else _NEAR))


def _matched(old: list[str], new: list[str], *, is_exact: bool) -> Iterator[Stretch]:
    """Return equal and differing stretches alternately; differing ones have the change 0."""
    keys = [
        tokens if is_exact else [" " if token.isspace() else token for token in tokens]
        for tokens in (old, new)
    ]
    i = j = 0
    gone = come = ""
    for a, b, size in (*equal_runs(*keys), (len(old), len(new), 0)):
        gone, come = gone + "".join(old[i:a]), come + "".join(new[j:b])
        same = "".join(old[a : a + size]), "".join(new[b : b + size])
        i, j = a + size, b + size
        if size and not same[0].strip() and (gone or come):
            # A blank between two changed words is read as part of one change.
            gone, come = gone + same[0], come + same[1]
            continue
        if gone or come:
            yield Stretch(gone, come, 0)
        gone = come = ""
        yield from _equal(old[a:i], new[b:j])


def _equal(old: list[str], new: list[str]) -> Iterator[Stretch]:
    """Return the stretches of equal tokens, in which different white space is marked."""
    if old == new:
        if old:
            text = "".join(old)
            yield Stretch(text, text)
        return
    first = 0
    for at, (one, other) in enumerate(zip(old, new, strict=True)):
        if one != other:
            if first < at:
                yield Stretch("".join(old[first:at]), "".join(new[first:at]))
            yield Stretch(one, other, 0)
            first = at + 1
    if first < len(old):
        yield Stretch("".join(old[first:]), "".join(new[first:]))


def _clustered(stretches: Sequence[Stretch], *, near: int) -> Iterator[Stretch]:
    """Number the differences from 0; differences near each other are one change.

    A difference in white space belongs to the change before it, or else to the first one.
    """
    number, words, has_words = 0, 0, False
    for one in stretches:
        if one.change is None:
            # More than `near` is all that has to be known of what can be most of the text.
            words += sum(1 for _ in islice(WORD.finditer(one.before), near + 1))
        elif one.is_blank:
            yield replace(one, change=number)
            continue
        else:
            if has_words and words > near:
                number += 1
            words, has_words = 0, True
            yield replace(one, change=number)
            continue
        yield one
