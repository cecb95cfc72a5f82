"""Marks on words that were searched for, in whatever rows they stand."""

from collections.abc import Collection, Sequence

from rich.cells import cell_len

from tui.domain.search import spans_of
from tui.widgets.chat.conversation import Column, Place
from tui.widgets.chat.frame import Line
from tui.widgets.chat.items import Role

Cells = tuple[int, int]
"""The first cell of a mark in its row, and the one after its last."""


def marks_in(lines: Sequence[Line], words: tuple[str, ...]) -> list[list[Cells]]:
    """Return the marks on each of the rows of a unit, those on words broken over rows included."""
    texts = [line.text for line in lines]
    flow = "".join(text + line.join for text, line in zip(texts, lines, strict=True))
    spans = spans_of(flow, words)
    marks: list[list[Cells]] = []
    start = 0
    for text, line in zip(texts, lines, strict=True):
        end = start + len(text)
        before = line.strip.text[: line.left]
        marks.append(
            [
                (
                    cell_len(before + text[: max(first, start) - start]),
                    cell_len(before + text[: min(last, end) - start]),
                )
                for first, last in spans
                if first < end and last > start
            ]
        )
        start = end + len(line.join)
    return marks


def first_marked(
    column: Column, turn: int, roles: Collection[Role], words: tuple[str, ...]
) -> Place | None:
    """Return the first row with a mark in the items of a turn that have one of some roles."""
    for index in column.items_of(turn, roles):
        for unit in range(column.units(index)):
            for row, marks in enumerate(marks_in(column.lines(index, unit), words)):
                if marks:
                    return Place(index, unit, row)
    return None
