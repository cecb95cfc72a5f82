"""Laying a comparison out in rows: unified, or side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from tui.domain.diff import DiffKind, DiffLine, DiffSpan, sides
from tui.widgets.page import Page, Part, Row, Run, padded, wrapped_parts
from tui.widgets.text import clean_line

_GUTTER: Final = 2
_MARKS: Final = {
    DiffKind.SAME: "  ",
    DiffKind.REMOVED: "− ",
    DiffKind.ADDED: "+ ",
    DiffKind.CHANGED: "± ",
}
_NOTHING: Final[tuple[Row, Part]] = ((), Part(join=""))
"""Beside a text with more rows."""
_SPAN_LOOKS: Final = {DiffKind.SAME: "", DiffKind.REMOVED: "removed", DiffKind.ADDED: "added"}


def unified(lines: Sequence[DiffLine], width: int) -> Page:
    """Lay the lines out one below the other; a changed line shows both its wordings."""
    rows: list[Row] = []
    parts: list[tuple[Part, ...]] = []
    numbers: list[int] = []
    stops: list[int] = []
    was_same = True
    for number, line in enumerate(lines):
        is_same = line.kind is DiffKind.SAME
        if was_same and not is_same:
            stops.append(len(rows))
        was_same = is_same
        for row, part in _cell(line.kind, line.spans, width):
            rows.append(row)
            parts.append((part,))
            numbers.append(number)
    return Page(rows, numbers, stops, parts)


def side_by_side(lines: Sequence[DiffLine], width: int) -> Page:
    """Lay the text before out on the left and the text after on the right.

    Both are equally wide, so that equal paragraphs wrap the same.
    """
    column = (width - 3) // 2
    rows: list[Row] = []
    parts: list[tuple[Part, ...]] = []
    numbers: list[int] = []
    stops: list[int] = []
    was_same = True
    for number, (left, right) in enumerate(sides(lines)):
        is_same = left is right and left is not None and left.kind is DiffKind.SAME
        if was_same and not is_same:
            stops.append(len(rows))
        was_same = is_same
        before = _side(left, DiffKind.REMOVED, column)
        after = _side(right, DiffKind.ADDED, column)
        for index in range(max(len(before), len(after))):
            one, old = before[index] if index < len(before) else _NOTHING
            other, new = after[index] if index < len(after) else _NOTHING
            beside = (*padded(one, column), (" │ ", "quiet"))
            rows.append((*beside, *other))
            offset = sum(len(text) for text, _ in beside)
            parts.append((old, replace(new, start=offset + new.start)))
            numbers.append(number)
    return Page(rows, numbers, stops, parts)


def _side(line: DiffLine | None, kind: DiffKind, width: int) -> list[tuple[Row, Part]]:
    if line is None:
        return []
    spans = line.before if kind is DiffKind.REMOVED else line.after
    mark = DiffKind.SAME if line.kind is DiffKind.SAME else kind
    return list(_cell(mark, spans, width))


def _cell(kind: DiffKind, spans: Sequence[DiffSpan], width: int) -> Iterable[tuple[Row, Part]]:
    """Wrap one line behind its mark."""
    room = max(1, width - _GUTTER)
    look = {DiffKind.REMOVED: "removed-mark", DiffKind.ADDED: "added-mark"}.get(kind, "mark")
    exact = "".join(_shown(span) for span in spans)
    for index, (row, part) in enumerate(wrapped_parts([*_runs(spans)], room, exact)):
        mark = _MARKS[kind] if index == 0 or kind is not DiffKind.SAME else "  "
        beside = mark, look if kind is not DiffKind.SAME else ""
        yield (beside, *row), replace(part, start=_GUTTER + part.start)


def _runs(spans: Sequence[DiffSpan]) -> Iterable[Run]:
    for span in spans:
        text = _shown(span)
        if span.kind is not DiffKind.SAME and not text.strip():
            text = text.replace(" ", "·")
        if text:
            yield text, _SPAN_LOOKS[span.kind]


def _shown(span: DiffSpan) -> str:
    # Line ends that differ are drawn as symbols; the end of the line itself is not.
    return clean_line(span.text.removesuffix("\n"))
