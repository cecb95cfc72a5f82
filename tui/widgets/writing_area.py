"""A field for a text of several lines, as Textual has it, with two faults mended."""

from typing import Final

from rich.cells import split_graphemes
from textual.geometry import Offset
from textual.widgets import TextArea
from textual.widgets.text_area import Location

_JOINER: Final = "\u200d"


class WritingArea(TextArea):
    """A `TextArea` whose text may become so short that it fits, and may have joined characters.

    When undo or redo make it fit, the scrollbar goes away, and Textual scrolls to the cursor, which
    it moves only later: as long as that is below the last line, the place to scroll to cannot be
    worked out.

    Textual's keys go from one code point to the next: into the middle of a letter with an accent of
    its own, or of an emoji that is joined from several.
    """

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Scroll to the cursor; do nothing while an undo has yet to move it."""
        if self.cursor_location[0] >= self.document.line_count:
            return Offset()
        return super().scroll_cursor_visible(center, animate)

    def break_line(self) -> None:
        """Break the line at the cursor, or in place of what is selected."""
        self.replace("\n", *self.selection, maintain_selection_offset=False)

    def get_cursor_left_location(self) -> Location:
        """Return where the cursor goes to the left: before what is drawn as one character."""
        line, column = self.cursor_location
        if not column:
            return super().get_cursor_left_location()
        return line, character_at(self.document.get_line(line), column - 1)[0]

    def get_cursor_right_location(self) -> Location:
        """Return where the cursor goes to the right: behind what is drawn as one character."""
        line, column = self.cursor_location
        text = self.document.get_line(line)
        if column >= len(text):
            return super().get_cursor_right_location()
        return line, character_at(text, column)[1]


def character_at(line: str, column: int) -> tuple[int, int]:
    """Return the first column of what is drawn as one character, and the column after its last.

    It is the one that the character at `column`, which has to be there, is part of.
    """
    start, end = column, column + 1
    while start and not _begins(line, start):
        start -= 1
    while end < len(line) and not _begins(line, end):
        end += 1
    for first, last, _ in split_graphemes(line[start:end])[0]:
        if start + last > column:
            return start + first, start + last
    return column, column + 1


def _begins(line: str, column: int) -> bool:
    """Whether a character is certain to be joined to nothing before it; quick."""
    return line[column].isascii() and line[column - 1] != _JOINER
