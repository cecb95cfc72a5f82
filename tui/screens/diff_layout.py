"""Laying a comparison out in rows: unified, or side by side.

Unchanged stretches are folded, and of a change that is refused it is shown what stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from typing import Final

from tui.domain.blocks import BlockForm
from tui.domain.diff import Comparison, DiffBlock, DiffKind, DiffSpan, sides
from tui.domain.facts import FactChange
from tui.domain.frozen import frozen
from tui.domain.words import counted
from tui.widgets.page import Page, Part, Row, Run, padded, wrapped_parts
from tui.widgets.text import clean_line, one_line

_GUTTER: Final = 2
_AROUND: Final = 1
"""Unchanged blocks that stay in sight before and after a change."""
_FOLDED: Final = 2
"""Blocks from which on it is worth folding them."""
_MARKS: Final = {
    DiffKind.SAME: "  ",
    DiffKind.REMOVED: "− ",
    DiffKind.ADDED: "+ ",
    DiffKind.CHANGED: "± ",
    DiffKind.MOVED: "→ ",
    DiffKind.MOVED_AWAY: "← ",
    DiffKind.SPACING: "¶ ",
}
_REFUSED: Final = "× "
FACTS_FOLD: Final = -1
"""The number by which the fold of the changed facts is known."""
_FACTS_NOTE: Final = "Found by simple rules: other facts may have changed too."
_LOOKS: Final = {DiffKind.SAME: "", DiffKind.REMOVED: "removed", DiffKind.ADDED: "added"}
_MARK_LOOKS: Final = {DiffKind.REMOVED: "removed-mark", DiffKind.ADDED: "added-mark"}
_NOTES: Final = {
    DiffKind.MOVED: "(moved here)",
    DiffKind.MOVED_AWAY: "(moved from here)",
    DiffKind.SPACING: "(only line ends or blank lines differ)",
}


@frozen
class DiffView:
    """How a comparison is shown."""

    is_side_by_side: bool = False
    is_folded: bool = True
    """Whether long unchanged stretches are folded."""
    opened: frozenset[int] = field(default_factory=frozenset)
    """Folds that are open all the same, by the place of their first block."""
    refused: frozenset[int] = field(default_factory=frozenset)
    facts: tuple[FactChange, ...] = ()
    """Shown below the text, folded at first."""


_Pair = tuple[DiffBlock | None, DiffBlock | None]
"""What stands left and right in one row of blocks; unified, the same block twice."""


def lay_out(comparison: Comparison, view: DiffView, width: int) -> Page:
    """Lay a comparison out for a width; the stops of the page are its changes by their numbers."""
    writer = _Writer(comparison, view, width)
    found = comparison.blocks
    pairs = sides(found) if view.is_side_by_side else [(block, block) for block in found]
    for first, last in _stretches(pairs, view):
        if last - first >= _FOLDED and first not in view.opened:
            writer.fold(first, last - first)
        else:
            for left, right in pairs[first:last]:
                writer.write(left, right)
    writer.facts()
    return writer.end()


def _stretches(pairs: Sequence[_Pair], view: DiffView) -> Iterator[tuple[int, int]]:
    """Return what is folded or shown together: from which place, and up to which."""
    same = [left is right and _is_same(left) for left, right in pairs]
    near = {
        place + step
        for place, is_same in enumerate(same)
        if not is_same
        for step in range(-_AROUND, _AROUND + 1)
    }
    first: int | None = None
    for place in range(len(pairs)):
        if view.is_folded and near and place not in near:
            first = place if first is None else first
            continue
        if first is not None:
            yield first, place
            first = None
        yield place, place + 1
    if first is not None:
        yield first, len(pairs)


def _is_same(block: DiffBlock | None) -> bool:
    return block is not None and block.kind is DiffKind.SAME and block.lead.change is None


@frozen
class _CellRow:
    """One row of a block, in one column."""

    row: Row
    part: Part
    changes: frozenset[int] = frozenset()
    """The changes that can be seen on it."""


_BESIDE: Final = " │ "
"""Between two texts side by side."""
_NOTHING: Final = _CellRow((), Part(join=""))
"""Beside a text with more rows."""


class _Writer:
    """Writes rows one block after the other."""

    def __init__(self, comparison: Comparison, view: DiffView, width: int) -> None:
        self._comparison = comparison
        self._view = view
        self._width = width
        self._column = (width - 3) // 2 if view.is_side_by_side else width
        self._rows: list[Row] = []
        self._parts: list[tuple[Part, ...]] = []
        self._lines: list[int] = []
        self._line = 0
        """Number of the block that is being written."""
        self._stops: dict[int, int] = {}
        self._folds: list[tuple[int, int]] = []
        self._removed: tuple[int, ...] = ()
        """The changes of the block before, if that block was removed."""

    def end(self) -> Page:
        """Return what was written."""
        stops = [self._stops.get(number, 0) for number in range(len(self._comparison.changes))]
        return Page(self._rows, self._lines, stops, self._parts, self._folds)

    def fold(self, first: int, count: int) -> None:
        """Write one row for `count` blocks from `first` on."""
        self._blank()
        self._folds.append((len(self._rows), first))
        text = f"··· {count} paragraphs ···"
        self._add(((" " * _GUTTER, ""), (text, "quiet")), (Part(_GUTTER),))
        self._line += count

    def facts(self) -> None:
        """Write the facts that changed below the text, or one row for them."""
        found = self._view.facts
        if not found:
            return
        self._blank()
        text = f"··· {counted(len(found), 'fact')} may have changed ···"
        if FACTS_FOLD not in self._view.opened:
            self._folds.append((len(self._rows), FACTS_FOLD))
        self._add(((" " * _GUTTER, ""), (text, "quiet")), (Part(_GUTTER),))
        if FACTS_FOLD in self._view.opened:
            for fact in found:
                self._fact(fact)
            self._add(((" " * _GUTTER, ""), (_FACTS_NOTE, "quiet")), (Part(_GUTTER),))

    def _fact(self, fact: FactChange) -> None:
        kind = DiffKind.ADDED if fact.is_new else DiffKind.REMOVED
        head = (_MARKS[kind], _MARK_LOOKS[kind]), (f"{fact.kind.value:<10} ", "quiet")
        room = self._width - sum(len(text) for text, _ in head)
        text = one_line(fact.text, max(4, room))
        self._add((*head, (text, "")), (Part(_GUTTER, text),))

    def write(self, left: DiffBlock | None, right: DiffBlock | None) -> None:
        """Write one block, or two that stand beside each other."""
        block = right or left
        assert block is not None
        if block.form is BlockForm.END and block.kind is DiffKind.SAME:
            return
        self._lead(block)
        if self._view.is_side_by_side:
            self._beside(left, right)
        else:
            for cell in self._cell(block, block.spans, block.kind):
                self._see(cell)
                self._add(cell.row, (cell.part,))
        self._line += 1

    def _see(self, cell: _CellRow) -> None:
        for number in cell.changes:
            self._stops.setdefault(number, len(self._rows))

    def _lead(self, block: DiffBlock) -> None:
        is_answer = block.kind is DiffKind.ADDED and block.changes == self._removed
        self._removed = block.changes if block.kind is DiffKind.REMOVED else ()
        line_ends = max(block.lead.before.count("\n"), block.lead.after.count("\n"))
        if line_ends > 1 and not is_answer:
            self._blank()

    def _blank(self) -> None:
        is_beside = self._view.is_side_by_side
        row = (*padded((), self._column), (_BESIDE, "quiet")) if is_beside else ()
        if self._rows and self._rows[-1] != row:
            self._add(row, (Part(),) * (2 if is_beside else 1))

    def _add(self, row: Row, parts: tuple[Part, ...]) -> None:
        self._rows.append(row)
        self._parts.append(parts)
        self._lines.append(self._line)

    def _beside(self, left: DiffBlock | None, right: DiffBlock | None) -> None:
        before = [] if left is None else [*self._cell(left, left.before, DiffKind.REMOVED)]
        after = self._right(left, right)
        for index in range(max(len(before), len(after))):
            one = before[index] if index < len(before) else _NOTHING
            other = after[index] if index < len(after) else _NOTHING
            self._see(one)
            self._see(other)
            beside = (*padded(one.row, self._column), (_BESIDE, "quiet"))
            offset = sum(len(text) for text, _ in beside)
            shifted = replace(other.part, start=offset + other.part.start)
            self._add((*beside, *other.row), (one.part, shifted))

    def _right(self, left: DiffBlock | None, right: DiffBlock | None) -> list[_CellRow]:
        """Return the text after, with what was there before where a change of it is refused."""
        stays = left is not None and left is not right and self._is_refused(left)
        if left is not None and stays:
            return [*self._cell(left, left.before, DiffKind.REMOVED)]
        if right is None:
            return []
        if left is None and self._is_refused(right):
            return [*self._cell(right, right.after, DiffKind.ADDED)]
        refused = self._view.refused
        spans = tuple(span for span in right.spans if _is_in_result(span, refused))
        return [*self._cell(right, spans, DiffKind.ADDED)]

    def _is_refused(self, block: DiffBlock) -> bool:
        return bool(block.changes) and set(block.changes) <= self._view.refused

    def _cell(
        self, block: DiffBlock, spans: Sequence[DiffSpan], side: DiffKind
    ) -> Iterator[_CellRow]:
        """Wrap the lines of one block behind their mark."""
        kind = side if block.kind is DiffKind.CHANGED else block.kind
        is_refused = self._is_refused(block)
        mark = _REFUSED if is_refused else _MARKS[kind]
        look = _MARK_LOOKS.get(kind, "mark") if not is_refused else "mark"
        if block.changes and kind is not DiffKind.SAME:
            look += f"#{block.changes[0]}"
        if note := _NOTES.get(block.kind, ""):
            noted = (mark, look), (note, "quiet")
            yield _CellRow(noted, Part(_GUTTER), frozenset(block.changes))
        is_first = not note
        for row, part, changes in self._wrapped(spans):
            has_mark = kind is not DiffKind.SAME and (is_first or kind is not DiffKind.SPACING)
            gutter = (mark, look) if has_mark else (" " * _GUTTER, "")
            is_first = False
            yield _CellRow((gutter, *row), replace(part, start=_GUTTER + part.start), changes)

    def _wrapped(self, spans: Sequence[DiffSpan]) -> Iterator[tuple[Row, Part, frozenset[int]]]:
        """Break the lines of a block into rows, each with the changes on it."""
        room = max(1, self._column - _GUTTER)
        for line in _lines(spans):
            exact = "".join(clean_line(span.text) for span in line)
            numbers = [span.change for span in line for _ in clean_line(span.text)]
            numbers = numbers or [span.change for span in line]
            at = 0
            for row, part in wrapped_parts([*self._runs(line)], room, exact):
                end = at + len(part.text) + (len(part.join) if part.join != "\n" else 0)
                here = numbers[at : max(end, at + 1)]
                yield row, part, frozenset(number for number in here if number is not None)
                at = end

    def _runs(self, spans: Sequence[DiffSpan]) -> Iterator[Run]:
        view = self._view
        for span in spans:
            text = clean_line(span.text)
            is_refused = span.change in view.refused
            look = _LOOKS[span.kind]
            if look and not text.strip():
                text = text.replace(" ", "·")
            if look and is_refused:
                look = "kept" if span.kind is DiffKind.REMOVED else "refused"
            if look and span.change is not None:
                look += f"#{span.change}"
            if text:
                yield text, look


def _is_in_result(span: DiffSpan, refused: frozenset[int]) -> bool:
    """Whether a span stays in the text that is made of the changes that are not refused."""
    if span.kind is DiffKind.SAME:
        return True
    return (span.kind is DiffKind.REMOVED) == (span.change in refused)


def _lines(spans: Sequence[DiffSpan]) -> Iterator[list[DiffSpan]]:
    """Cut spans at the line ends in them."""
    line: list[DiffSpan] = []
    for span in spans:
        first, *others = span.text.split("\n")
        line.append(replace(span, text=first))
        for text in others:
            yield line
            line = [replace(span, text=text)]
    yield line
