"""A Markdown text as a row of blocks: paragraphs, headings, list items, quotes, code, table rows.

Only what matters for comparing two texts is told apart; this is no Markdown parser.
"""

import re
from enum import StrEnum
from typing import Final

from tui.domain.frozen import frozen

_FENCE: Final = re.compile(r"\s*(`{3,}|~{3,})")
_HEADING: Final = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_ITEM: Final = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\S")
_RULE: Final = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*\n?$")
_QUOTE: Final = re.compile(r" {0,3}>")
_ROW: Final = re.compile(r" {0,3}\|")


class BlockForm(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    """One item of a list, without the items below it."""
    QUOTE = "quote"
    CODE = "code"
    """A fenced block of code, with its fences."""
    ROW = "row"
    """One row of a table."""
    RULE = "rule"
    END = "end"
    """No block: the white space at the end of a text, which has an empty `text`."""


@frozen
class Block:
    """One block of a text and the white space before it."""

    form: BlockForm
    lead: str
    """The end of the line before the block and the blank lines between; blank lines at the top."""
    text: str
    """The block itself, without the end of its last line."""
    line: int
    """Number of its first line in the text, from 1."""


def blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text in order; joining each `lead` and `text` gives the text."""
    reader = _Reader()
    for line in text.split("\n"):
        reader.take(line)
    return reader.end()


class _Reader:
    """Gathers lines until a block is complete."""

    def __init__(self) -> None:
        self._done: list[Block] = []
        self._form = BlockForm.END
        self._lines: list[str] = []
        """The lines of the block that is being read."""
        self._blank: list[str] = []
        """The blank lines before it."""
        self._first = 0
        self._count = 0
        self._fence = ""

    def take(self, line: str) -> None:
        self._count += 1
        if self._fence:
            self._lines.append(line)
            if line.strip().startswith(self._fence) and not line.strip(" \t" + self._fence):
                self._finish()
        elif not line.strip():
            self._finish()
            self._blank.append(line)
        elif (fence := _FENCE.match(line)) is not None:
            self._begin(BlockForm.CODE, line)
            self._fence = fence[1]
        elif self._lines and _goes_on(self._form, _form(line)):
            self._lines.append(line)
        else:
            self._begin(_form(line), line)

    def end(self) -> tuple[Block, ...]:
        self._finish()
        if self._blank:
            line_end = "\n" if self._done else ""
            lead = line_end + "\n".join(self._blank)
            if lead:
                first = self._count - len(self._blank) + 1
                self._done.append(Block(BlockForm.END, lead, "", first))
        return tuple(self._done)

    def _begin(self, form: BlockForm, line: str) -> None:
        self._finish()
        self._form, self._lines, self._first = form, [line], self._count

    def _finish(self) -> None:
        if not self._lines:
            return
        line_end = "\n" if self._done else ""
        lead = line_end + "".join(line + "\n" for line in self._blank)
        self._done.append(Block(self._form, lead, "\n".join(self._lines), self._first))
        self._lines, self._blank, self._fence = [], [], ""


def _goes_on(form: BlockForm, line: BlockForm) -> bool:
    """Whether a line of this form belongs to a block that has begun."""
    if form is BlockForm.QUOTE:
        return line in (BlockForm.QUOTE, BlockForm.PARAGRAPH)
    return line is BlockForm.PARAGRAPH and form in (BlockForm.PARAGRAPH, BlockForm.ITEM)


def _form(line: str) -> BlockForm:
    if _HEADING.match(line):
        return BlockForm.HEADING
    if _RULE.match(line):
        return BlockForm.RULE
    if _ITEM.match(line):
        return BlockForm.ITEM
    if _QUOTE.match(line):
        return BlockForm.QUOTE
    return BlockForm.ROW if _ROW.match(line) else BlockForm.PARAGRAPH
