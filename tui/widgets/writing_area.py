"""A field for a text of several lines, as Textual has it, with a fault of its undo mended."""

from textual.geometry import Offset
from textual.widgets import TextArea


class WritingArea(TextArea):
    """A `TextArea` in which undo and redo may make the text so short that it fits.

    The scrollbar goes away then, and Textual scrolls to the cursor, which it moves only later: as
    long as that is below the last line, the place to scroll to cannot be worked out.
    """

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Scroll to the cursor; do nothing while an undo has yet to move it."""
        if self.cursor_location[0] >= self.document.line_count:
            return Offset()
        return super().scroll_cursor_visible(center, animate)
