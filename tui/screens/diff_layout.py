"""Laying a comparison out in rows: unified, or side by side."""

from collections.abc import Iterable, Sequence
from typing import Final

from tui.domain.diff import DiffKind, DiffLine, DiffSpan, sides
from tui.widgets.reader import Page, Row, Run, padded, wrapped
from tui.widgets.text import clean_line

_GUTTER: Final = 2
_MARKS: Final = {
    DiffKind.SAME: "  ",
    DiffKind.REMOVED: "− ",
    DiffKind.ADDED: "+ ",
    DiffKind.CHANGED: "± ",
}
_SPAN_LOOKS: Final = {DiffKind.SAME: "", DiffKind.REMOVED: "removed", DiffKind.ADDED: "added"}


def unified(lines: Sequence[DiffLine], width: int) -> Page:
    """Lay the lines out one below the other; a changed line shows both its wordings."""
    rows: list[Row] = []
    numbers: list[int] = []
    stops: list[int] = []
    was_same = True
    for number, line in enumerate(lines):
        is_same = line.kind is DiffKind.SAME
        if was_same and not is_same:
            stops.append(len(rows))
        was_same = is_same
        made = [*_cell(line.kind, line.spans, width)]
        rows += made
        numbers += [number] * len(made)
    return Page(rows, numbers, stops)


def side_by_side(lines: Sequence[DiffLine], width: int) -> Page:
    """Lay the text before out on the left and the text after on the right."""
    left_width = (width - 3) // 2
    right_width = width - 3 - left_width
    rows: list[Row] = []
    numbers: list[int] = []
    stops: list[int] = []
    was_same = True
    for number, (left, right) in enumerate(sides(lines)):
        is_same = left is right and left is not None and left.kind is DiffKind.SAME
        if was_same and not is_same:
            stops.append(len(rows))
        was_same = is_same
        before = _side(left, DiffKind.REMOVED, left_width)
        after = _side(right, DiffKind.ADDED, right_width)
        for index in range(max(len(before), len(after))):
            one = before[index] if index < len(before) else ()
            other = after[index] if index < len(after) else ()
            rows.append((*padded(one, left_width), (" │ ", "quiet"), *other))
            numbers.append(number)
    return Page(rows, numbers, stops)


def _side(line: DiffLine | None, kind: DiffKind, width: int) -> list[Row]:
    if line is None:
        return []
    spans = line.before if kind is DiffKind.REMOVED else line.after
    mark = DiffKind.SAME if line.kind is DiffKind.SAME else kind
    return list(_cell(mark, spans, width))


def _cell(kind: DiffKind, spans: Sequence[DiffSpan], width: int) -> Iterable[Row]:
    """Wrap one line behind its mark."""
    room = max(1, width - _GUTTER)
    look = {DiffKind.REMOVED: "removed-mark", DiffKind.ADDED: "added-mark"}.get(kind, "mark")
    for index, row in enumerate(wrapped([*_runs(spans)], room)):
        mark = _MARKS[kind] if index == 0 or kind is not DiffKind.SAME else "  "
        yield (mark, look if kind is not DiffKind.SAME else ""), *row


def _runs(spans: Sequence[DiffSpan]) -> Iterable[Run]:
    for span in spans:
        # Line ends that differ are drawn as symbols; the end of the line itself is not.
        text = clean_line(span.text.removesuffix("\n"))
        if span.kind is not DiffKind.SAME and not text.strip():
            text = text.replace(" ", "·")
        if text:
            yield text, _SPAN_LOOKS[span.kind]
