"""Words, sentences, paragraphs and headings of a Markdown text, by their offsets.

Offsets count characters from the start of the text.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from tui.domain.blocks import Block, BlockForm, blocks
from tui.domain.frozen import frozen
from tui.domain.patterns import late_pattern
from tui.domain.words import WORD

_SENTENCE_END: Final = late_pattern(r"[.!?…]+[\"'”’»)\]*_]*(?=\s|$)|[。！？]")
_NARROWEST: Final = 40
"""Minimum width in characters of wrapped lines; narrower lines may be verse."""


@frozen
class PlacedBlock:
    """A block, and the offset of its text."""

    at: int
    block: Block

    @property
    def end(self) -> int:
        """The offset after the block's text."""
        return self.at + len(self.block.text)


def placed_blocks(text: str) -> Iterator[PlacedBlock]:
    """Yield the blocks of a text in order."""
    at = 0
    for block in blocks(text):
        at += len(block.lead)
        yield PlacedBlock(at, block)
        at += len(block.text)


def word_at(text: str, at: int) -> tuple[int, int]:
    """Return the start and end of the word at an offset; the offset twice without a word."""
    start, end = text.rfind("\n", 0, at) + 1, line_end(text, at)
    for found in WORD.finditer(text, start, end):
        if found.start() <= at <= found.end():
            return found.span()
    return at, at


def wider(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the next wider selection: the word, the sentence, the paragraph, the text."""
    first, last = sorted((start, end))
    for low, high in (
        word_at(text, first),
        _sentence_at(text, first),
        paragraph_at(text, first),
    ):
        if low <= first and last <= high and high - low > last - first:
            return low, high
    return 0, len(text)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each sentence, without surrounding white space."""
    for placed in placed_blocks(text):
        if placed.block.form not in (BlockForm.CODE, BlockForm.RULE, BlockForm.END):
            yield from sentences_in(placed)


def sentences_in(placed: PlacedBlock) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each sentence of a block, as offsets in the whole text."""
    at, whole, start = placed.at, placed.block.text, 0
    for found in _SENTENCE_END.finditer(whole):
        if whole[start : found.end()].strip():
            first, last = narrowed(whole, start, found.end())
            yield at + first, at + last
        start = found.end()
    if whole[start:].strip():
        first, last = narrowed(whole, start, len(whole))
        yield at + first, at + last


@frozen
class HeadingPlace:
    """A heading of a text."""

    level: int
    """From 1."""
    title: str
    at: int
    """The offset of the heading's line."""


def headings(text: str) -> tuple[HeadingPlace, ...]:
    """Return the headings in order."""
    found = []
    for placed in placed_blocks(text):
        if placed.block.form is BlockForm.HEADING:
            marks, _, title = placed.block.text.strip().partition(" ")
            level = len(marks) - len(marks.lstrip("#"))
            found.append(HeadingPlace(level, title.strip().rstrip("#").strip(), placed.at))
    return tuple(found)


def _sentence_at(text: str, at: int) -> tuple[int, int]:
    return next((span for span in sentences(text) if span[0] <= at <= span[1]), (at, at))


def paragraph_at(text: str, at: int) -> tuple[int, int]:
    """Return the start and end of the block at an offset; the offset twice without a block."""
    spans = ((placed.at, placed.end) for placed in placed_blocks(text))
    return next((span for span in spans if span[0] <= at <= span[1]), (at, at))


def narrowed(text: str, first: int, last: int) -> tuple[int, int]:
    """Return the start and end of a span without the white space at both ends."""
    while first < last and text[first].isspace():
        first += 1
    while first < last and text[last - 1].isspace():
        last -= 1
    return first, last


def line_end(text: str, at: int) -> int:
    """Return the offset of the end of the line at an offset."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


# -- pasting -----------------------------------------------------------------------------------


def unwrapped(text: str) -> str:
    """Return a text without the line ends of hard wrapping, as in mail.

    A line end counts as wrapping when the first word of the next line would not have fitted. Lists,
    headings, quotes, tables, code and verse stay as they are.
    """
    made = []
    for block in blocks(text):
        made.append(block.lead)
        is_prose = block.form in (BlockForm.PARAGRAPH, BlockForm.ITEM)
        made.append(_joined(block.text) if is_prose else block.text)
    return "".join(made)


def _joined(block: str) -> str:
    lines = block.split("\n")
    widest = max(len(line) for line in lines)
    if widest < _NARROWEST:
        return block
    for line, following in pairwise(lines):
        is_broken_on_purpose = line.endswith(("  ", "\\"))
        word = following.split(maxsplit=1)[0]
        if is_broken_on_purpose or len(line) + 1 + len(word) <= widest:
            return block
    return " ".join([lines[0].rstrip(), *(line.strip() for line in lines[1:])])
