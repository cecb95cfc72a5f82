"""A text area that draws Markdown, with marks for what is found, locked, or to be looked at."""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.document._document_navigator import DocumentNavigator
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets.text_area import Selection

from tui.domain.margin import carried
from tui.domain.markdown_looks import Look, code_lines, line_looks
from tui.domain.place import PLAIN_EDITOR, EditorModes
from tui.domain.readiness import Spot
from tui.screens.hanging_wrap import HangingDocument
from tui.screens.locked_area import LockedArea

_LOOKS: Final = {look: f"draft--{look}" for look in Look}
_FOUND, _DIMMED, _LOCKED, _SPOT = "draft--found", "draft--dimmed", "draft--locked", "draft--spot"
_DRAWN: Final = 100_000
"""Characters of a text up to which its Markdown is drawn; a key costs more in a longer one."""
_LONGEST_LINE: Final = 5_000
"""Characters of a line up to which its Markdown is drawn."""
_MARGIN: Final = 2
"""Cells left of the text, in which marks are."""


class MarkdownArea(LockedArea):
    """Draws each line by itself; what is drawn depends on the lines, and never changes them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*_LOOKS.values(), _FOUND, _DIMMED, _LOCKED, _SPOT}
    DEFAULT_CSS = """
    MarkdownArea {
        & > .draft--heading {
            color: $primary;
            text-style: bold;
        }
        & > .draft--strong {
            text-style: bold;
        }
        & > .draft--emphasis {
            text-style: italic;
        }
        & > .draft--code {
            color: $text-success;
        }
        & > .draft--link {
            color: $accent;
            text-style: underline;
        }
        & > .draft--quote {
            color: $quiet;
        }
        & > .draft--mark {
            color: $accent;
        }
        & > .draft--dimmed {
            color: $quiet;
            text-style: not bold not italic not underline;
        }
        & > .draft--locked {
            background: $panel;
            text-style: underline;
        }
        & > .draft--spot {
            color: $text-warning;
        }
        & > .draft--found {
            color: $text-warning;
            text-style: bold underline;
        }
    }
    """

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002
        """Load a text."""
        self._lines: Sequence[str] = ()
        """The lines that were drawn last."""
        self._modes = PLAIN_EDITOR
        self._locked_on: dict[int, list[tuple[int, int]]] = {}
        """Where locked words are on each line that has any."""
        self._paragraph = range(0)
        """The lines of the paragraph with the cursor."""
        self._matches: dict[int, list[tuple[int, int]]] = {}
        """Where matches of a search are on each line that has any."""
        self._spots: tuple[Spot, ...] = ()
        self._spotted: Sequence[str] = ()
        """The lines that the spots are on."""
        self._marked_rows: set[int] = set()
        """The rows that they are on, when they were drawn last."""
        self._plain = Style.null()
        self._code: Sequence[bool] = ()
        """Which of them are code; empty for a text whose Markdown is not drawn."""
        super().__init__(
            text,
            id=id,
            soft_wrap=True,
            tab_behavior="indent",
            highlight_cursor_line=False,
            max_checkpoints=500,
        )

    def watch_locked(self) -> None:
        """Show what is locked now."""
        self._locked_on = self._by_line([(lock.start, lock.end) for lock in self.locked])
        self._redraw()

    # -- what is drawn -------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines of the view; fenced code is looked for once for all of them."""
        lines = self.document.lines
        if self._lines != lines:
            self._lines = list(lines)
            is_drawn = sum(map(len, lines)) <= _DRAWN
            code = code_lines(lines) if is_drawn else ()
            if code != self._code:
                self._code = code
                self._line_cache.clear()
        row_of = self._hanging.row_of
        self._marked_rows = {row_of(spot.line - 1, spot.column) for spot in self.spots if spot.line}
        self._plain = self.rich_style
        return super().render_lines(crop)

    def drawn(self, line: str) -> str:
        """Return a line as it is to be shown, one character for each."""
        return line

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn."""
        line = self.document.get_line(line_index)
        text = Text(self.drawn(line), end="", no_wrap=True)
        if line_index < len(self._code) and len(line) <= _LONGEST_LINE:
            for start, end, look in line_looks(line, is_code=self._code[line_index]):
                style = self.get_component_rich_style(_LOOKS[look], partial=True)
                text.stylize(style, start, end)
        if self._modes.is_focused and line_index not in self._paragraph:
            text.stylize(self.get_component_rich_style(_DIMMED, partial=True))
        for start, end in self._locked_on.get(line_index, ()):
            text.stylize(self.get_component_rich_style(_LOCKED, partial=True), start, end)
        for start, end in self._matches.get(line_index, ()):
            text.stylize(self.get_component_rich_style(_FOUND, partial=True), start, end)
        return text

    # -- the margin ----------------------------------------------------------------------------

    @property
    def gutter_width(self) -> int:
        """The cells left of the text."""
        return _MARGIN

    @property
    def spots(self) -> tuple[Spot, ...]:
        """What is to be looked at in the text as it is now, as far as that was checked."""
        lines = self.document.lines
        if self._spots and self._spotted != lines:
            self._spots = carried(self._spots, self._spotted, lines)
            self._spotted = list(lines)
        return self._spots

    def show_spots(self, spots: Sequence[Spot]) -> None:
        """Mark the rows on which there is something to look at."""
        self._spots, self._spotted = tuple(spots), list(self.document.lines)
        self._redraw()

    def _render_line(self, y: int) -> Strip:
        """Draw a row: its margin, the indent it hangs at, its text."""
        strip = super()._render_line(y)
        row = y + self.scroll_offset.y
        if row >= self._hanging.height:
            return strip
        indent = self._hanging.indent_at(row)
        cells = _MARGIN + indent
        if row in self._marked_rows:
            margin = Segment("•".ljust(cells), self.get_component_rich_style(_SPOT))
        else:
            margin = Segment(" " * cells, self._plain)
        return Strip.join(
            [Strip([margin], cells), strip.crop(0, strip.cell_length - indent) if indent else strip]
        )

    @property
    def _hanging(self) -> HangingDocument:
        assert isinstance(self.wrapped_document, HangingDocument)
        return self.wrapped_document

    def _set_document(self, text: str, language: str | None) -> None:
        super()._set_document(text, language)
        self.wrapped_document = HangingDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)

    # -- modes ---------------------------------------------------------------------------------

    @property
    def modes(self) -> EditorModes:
        """How the area helps to stay with the words."""
        return self._modes

    @modes.setter
    def modes(self, modes: EditorModes) -> None:
        self._modes = modes
        self._redraw()
        self.follow_cursor()

    def follow_cursor(self) -> None:
        """Light the paragraph that the cursor is in, and keep its line in the middle."""
        if self._modes.is_focused:
            paragraph = self.paragraph_at(self.cursor_location[0])
            if paragraph != self._paragraph:
                self._paragraph = paragraph
                self._redraw()
        if self._modes.is_typewriter:
            self.scroll_cursor_visible(center=True)

    def paragraph_at(self, line: int) -> range:
        """Return the lines of the paragraph that a line is part of."""
        first, last, lines = line, line, self.document.lines
        while first > 0 and lines[first].strip() and lines[first - 1].strip():
            first -= 1
        while last + 1 < len(lines) and lines[last].strip() and lines[last + 1].strip():
            last += 1
        return range(first, last + 1)

    def _redraw(self) -> None:
        self._line_cache.clear()
        self.refresh()

    def show_matches(self, spans: Sequence[tuple[int, int]]) -> None:
        """Mark stretches of the text, counted from its start and in order."""
        self._matches = self._by_line(spans)
        self._redraw()

    def _by_line(self, spans: Sequence[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
        """Return stretches of the text, which are in order, by the lines that they are on."""
        found: dict[int, list[tuple[int, int]]] = {}
        begins, number = 0, 0
        for start, end in spans:
            while begins + len(self.document.get_line(number)) < start:
                begins += len(self.document.get_line(number)) + 1
                number += 1
            line, line_begins = number, begins
            while line_begins < end:
                length = len(self.document.get_line(line))
                stretch = (max(0, start - line_begins), min(length, end - line_begins))
                found.setdefault(line, []).append(stretch)
                line_begins += length + 1
                line += 1
        return found

    # -- places ----------------------------------------------------------------------------------

    @property
    def selected_span(self) -> tuple[int, int]:
        """Where the selection begins and where the cursor is, counted from the text's start."""
        place = self.held.get_index_from_location
        return place(self.selection.start), place(self.selection.end)

    def index_of(self, location: tuple[int, int]) -> int:
        """Return a place as it is counted from the text's start."""
        return self.held.get_index_from_location(location)

    def select(self, anchor: int, cursor: int) -> None:
        """Select a stretch of the text, counted from its start, and bring the cursor into view."""
        location = self.held.get_location_from_index
        self.selection = Selection(location(anchor), location(cursor))
        self.record_cursor_width()
        self.history.checkpoint()
