"""Soft wrap with hanging indents: the later rows of a list item begin below its text.

`HangingDocument` fills the tables of Textual's `WrappedDocument`, which `TextArea` reads. All rows
of a line but its first are narrower, by the indent of the line.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from rich.cells import cell_len
from textual._wrap import compute_wrap_offsets
from textual.document._document import Location
from textual.document._wrapped_document import WrappedDocument
from textual.expand_tabs import expand_tabs_inline, get_tab_widths
from textual.geometry import Offset, clamp

from tui.domain.markdown_looks import hanging_indent

_SINGLE_CELLS: Final = re.compile("[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027]*")
"""Text in which every character takes one cell, as in most texts."""


class HangingDocument(WrappedDocument):
    """A document that is wrapped with a hanging indent for each line."""

    def __init__(self, *arguments: object, **named: object) -> None:
        """Take the arguments of `WrappedDocument`."""
        self._indents: list[int] = []
        super().__init__(*arguments, **named)  # type: ignore[arg-type]

    @property
    def width(self) -> int:
        """The cells at which lines are wrapped; 0 for no wrap."""
        return self._width

    @property
    def height(self) -> int:
        """Rows in all."""
        return len(self._offset_to_line_info)

    def line_at(self, row: int) -> tuple[int, int]:
        """Return the line that a row belongs to, and the number of the row in the line, from 0."""
        return self._offset_to_line_info[row]

    def columns_of(self, line: int, section: int) -> tuple[int, int]:
        """Return the first column of a row of a line, and the column after its last.

        The last row has one column more than the text: the cursor can stand there.
        """
        breaks = self._wrap_offsets[line]
        start = breaks[section - 1] if section else 0
        is_last = section == len(breaks)
        return start, len(self.document.get_line(line)) + 1 if is_last else breaks[section]

    def indent_at(self, row: int) -> int:
        """Return the indent of a row in cells; 0 for the first row of a line."""
        line, section = self.line_at(row)
        return self.indent_of(line) if section else 0

    def indent_of(self, line: int) -> int:
        """Return the indent in cells of all rows of a line but its first."""
        return self._indents[line]

    # -- wrapping ------------------------------------------------------------------------------

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Wrap every line at `width` cells; 0 for no wrap.

        Textual asks for the same width more than once while a text is opened.
        """
        tab_width = tab_width or self._tab_width
        if self._wrap_offsets and (width, tab_width) == (self._width, self._tab_width):
            return
        self._width, self._tab_width = width, tab_width
        self._wrap_offsets, self._tab_width_cache, self._indents = [], [], []
        self._put(0, 0, self.document.lines)
        self._number_rows(0)

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """Wrap the lines again that an edit changed.

        It replaced the text from `start` to `old_end` by one that ends at `new_end`.
        """
        old_last, new_last = len(self._wrap_offsets) - 1, self.document.line_count - 1
        first = clamp(start[0], 0, min(old_last, new_last))
        old_end_line = clamp(old_end[0], 0, old_last)
        top, old_bottom = min(first, old_end_line), max(first, old_end_line)
        new_bottom = max(first, clamp(new_end[0], 0, new_last))
        before = [len(breaks) for breaks in self._wrap_offsets[top : old_bottom + 1]]
        self._put(top, old_bottom + 1, self.document.lines[top : new_bottom + 1])
        after = [len(breaks) for breaks in self._wrap_offsets[top : new_bottom + 1]]
        if before != after:
            self._number_rows(top)

    def _put(self, first: int, end: int, lines: Iterable[str]) -> None:
        """Wrap `lines`, and put them in place of the lines from `first` to before `end`."""
        all_breaks, all_tabs, indents = [], [], []
        for line in lines:
            tabs = get_tab_widths(line, self._tab_width) if "\t" in line else [(line, 0)]
            breaks = self._breaks(line, self._width, tabs)
            indent = hanging_indent(line, self._width) if breaks else 0
            if indent:
                head = breaks[0]
                rest = self._breaks(line[head:], self._width - indent)
                breaks = [head, *(head + at for at in rest)]
            all_breaks.append(breaks)
            all_tabs.append([width for _, width in tabs])
            indents.append(indent)
        self._wrap_offsets[first:end] = all_breaks
        self._tab_width_cache[first:end] = all_tabs
        self._indents[first:end] = indents

    def _breaks(
        self, line: str, width: int, tabs: list[tuple[str, int]] | None = None
    ) -> list[int]:
        if not width:
            return []
        if _SINGLE_CELLS.fullmatch(line):
            return list(_breaks_of_single_cells(line, width))
        return compute_wrap_offsets(line, width, self._tab_width, precomputed_tab_sections=tabs)

    def _number_rows(self, first: int) -> None:
        """Fill the tables of rows by line and of lines by row, from the line `first` on."""
        rows_of, line_of = self._line_index_to_offsets, self._offset_to_line_info
        row = rows_of[first][0] if first < len(rows_of) else 0
        del rows_of[first:], line_of[row:]
        for line in range(first, len(self._wrap_offsets)):
            count = len(self._wrap_offsets[line]) + 1
            rows_of.append(list(range(row, row + count)))
            line_of.extend((line, section) for section in range(count))
            row += count

    # -- where things are ----------------------------------------------------------------------

    def row_of(self, line: int, column: int) -> int:
        """Return the row that a place in the document is on."""
        return self._line_index_to_offsets[line][bisect_right(self._wrap_offsets[line], column)]

    def location_to_offset(self, location: Location) -> Offset:
        """Return where a place in the document is on the screen."""
        line, column = location
        offset = super().location_to_offset(location)
        is_first = not bisect_right(self.get_offsets(line), column)
        return offset if is_first else Offset(offset.x + self._indents[line], offset.y)

    def get_target_document_column(self, line_index: int, x_offset: int, y_offset: int) -> int:
        """Return the column of a line at a cell of one of its rows: `y_offset`, -1 for the last.

        Textual adds up the cells of single characters, which is too much for an emoji that is
        joined from several: the cursor would not come back to where it was drawn.
        """
        breaks = self._wrap_offsets[line_index]
        section = y_offset if y_offset >= 0 else len(breaks) + 1 + y_offset
        start = breaks[section - 1] if section else 0
        end = breaks[section] if section < len(breaks) else None
        text = self.document.get_line(line_index)[start:end]
        cells = max(0, x_offset - (self._indents[line_index] if section else 0))
        column = start + self._column(text, cells)
        return column if end is None else min(column, end - 1)

    def _column(self, text: str, cells: int) -> int:
        """Return how many characters from the start of `text` fit into `cells`."""
        if text.isascii() and text.isprintable():
            return min(cells, len(text))

        def width(column: int) -> int:
            return cell_len(expand_tabs_inline(text[:column], self._tab_width))

        return bisect_right(range(len(text) + 1), cells, key=width) - 1


def _breaks_of_single_cells(line: str, width: int) -> Iterator[int]:
    """Yield the columns at which a line is broken whose characters take one cell each.

    They are those that Textual finds: before the last word that begins in the row or right after
    it, or inside a word that is longer than the row. Textual looks at each word, which would be
    most of the time that opening a long text takes.
    """
    start, length = 0, len(line)
    while length - start > width:
        at = end = start + width
        while at > start and (line[at].isspace() or not line[at - 1].isspace()):
            at -= 1
        start = end if at == start else at
        yield start
