"""Several drafts side by side: their matching paragraphs, and a text combined from them."""

from collections.abc import Collection, Sequence

from tui.domain.blocks import Block, BlockForm, blocks
from tui.domain.frozen import frozen
from tui.domain.pairing import pairs

Cell = tuple[int, int]
"""A paragraph in a lineup: the number of its row and of its column, both from 0."""


@frozen
class LineupRow:
    """Matching paragraphs: nearly the same text, from each draft that has it."""

    blocks: tuple[Block | None, ...]
    """By column; None for a draft without a matching paragraph."""

    @property
    def only(self) -> int | None:
        """The column that alone has this paragraph; None when several have it."""
        there = [column for column, block in enumerate(self.blocks) if block is not None]
        return there[0] if len(there) == 1 and len(self.blocks) > 1 else None


@frozen
class Lineup:
    """Drafts lined up by matching paragraphs; each column keeps the order of its draft."""

    rows: tuple[LineupRow, ...]

    def combined(self, chosen: Collection[Cell]) -> str:
        """Return the chosen paragraphs as one text, by row and within a row by column."""
        text = ""
        last: Block | None = None
        for row, column in sorted(chosen):
            block = self.rows[row].blocks[column]
            if block is None:
                continue
            text += ("" if last is None else _gap(last, block)) + block.text
            last = block
        return text


def lined_up(texts: Sequence[str]) -> Lineup:
    """Line up drafts: each draft is matched to the rows of the drafts before it."""
    rows: list[list[Block | None]] = []
    for column, text in enumerate(texts):
        found = [block for block in blocks(text) if block.form is not BlockForm.END]
        rows = _with_column(rows, found, column)
    return Lineup(tuple(LineupRow(tuple(row)) for row in rows))


def _with_column(
    rows: list[list[Block | None]], found: Sequence[Block], column: int
) -> list[list[Block | None]]:
    """Return the rows with one more column; a paragraph without a match gets its own row."""
    known = [next(block for block in row if block is not None) for row in rows]
    grown: list[list[Block | None]] = []
    i = j = 0
    for a, b in (*pairs(known, found), (len(rows), len(found))):
        grown += [[*row, None] for row in rows[i:a]]
        grown += [[*[None] * column, block] for block in found[j:b]]
        if a < len(rows):
            grown.append([*rows[a], found[b]])
        i, j = a + 1, b + 1
    return grown


def _gap(before: Block, after: Block) -> str:
    """Return the white space between two paragraphs of a combined text."""
    is_tight = before.form is after.form and after.form in (BlockForm.ITEM, BlockForm.ROW)
    return "\n" if is_tight and after.lead.count("\n") < 2 else "\n\n"
