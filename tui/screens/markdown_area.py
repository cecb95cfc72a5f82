"""A text area that draws Markdown, with marks for what is found, locked, or to be looked at."""

from asyncio import get_running_loop
from collections.abc import Collection, Hashable, Iterator, Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.document._document_navigator import DocumentNavigator
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Document, Selection

from tui.domain.margin import carried
from tui.domain.markdown_looks import Look, code_lines, line_looks
from tui.domain.place import PLAIN_EDITOR, EditorModes
from tui.domain.readiness import Spot
from tui.screens.hanging_wrap import HangingDocument
from tui.screens.kept_rows import KeptRows
from tui.screens.locked_area import LockedArea

_LOOKS: Final = {look: f"draft--{look}" for look in Look}
_FOUND, _DIMMED, _LOCKED, _SPOT = "draft--found", "draft--dimmed", "draft--locked", "draft--spot"
_DRAWN: Final = 100_000
"""Characters of a text up to which its Markdown is drawn; a key costs more in a longer one."""
_LONGEST_LINE: Final = 5_000
"""Characters of a line up to which its Markdown is drawn."""
_MARGIN: Final = 2
"""Cells left of the text, in which marks are."""
_BELOW: Final = "below the text"
"""The look of the rows that follow the text."""
Stretch = tuple[str, int, int]
"""What stands out in a line, and where it begins and ends there."""
Stretches = tuple[Stretch, ...]


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
        self._locked_on: dict[int, tuple[tuple[int, int], ...]] = {}
        """Where locked words are on each line that has any."""
        self._paragraph = range(0)
        """The lines of the paragraph with the cursor."""
        self._matches: dict[int, tuple[tuple[int, int], ...]] = {}
        """Where matches of a search are on each line that has any."""
        self._spots: tuple[Spot, ...] = ()
        self._spotted: Sequence[str] = ()
        """The lines that the spots are on."""
        self._marked_rows: set[int] = set()
        """The rows that they are on, when they were drawn last."""
        self._plain = Style.null()
        self._code: Sequence[bool] = ()
        """Which of them are code; empty for a text whose Markdown is not drawn."""
        self._kept = KeptRows()
        self._frame: Hashable = None
        """What all rows depend on: their width, their style."""
        self._asked: list[Hashable] | None = None
        """The looks of the rows, from being asked what to send until it is drawn, a moment on."""
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
        self.refresh()

    # -- what is drawn -------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return rows of the view, of which only those are drawn that look new."""
        width = self.outer_size.width
        asked, self._asked = self._asked, None
        looks = (asked or self._row_looks())[crop.y : crop.bottom]
        rows = self._kept.rows(crop.y, looks, self._draw_rows)
        if crop.column_span != (0, width):
            rows = [row.crop(*crop.column_span) for row in rows]
        return rows

    def _draw_rows(self, first: int, count: int) -> Sequence[Strip]:
        """Draw rows of the view, whatever Textual keeps of them."""
        rows = Region(0, first, self.outer_size.width, count)
        self._styles_cache.set_dirty(rows)
        # Textual's text area would look its styles up for every row that is drawn.
        return super(TextArea, self).render_lines(rows)

    def render_line(self, y: int) -> Strip:
        """Draw a row of the text; Textual would keep it, and find it by other things."""
        return self._render_line(y)

    def _exchange_repaint_regions(self) -> Collection[Region]:
        """Return what is to be sent to the terminal: where all was changed, the rows that differ.

        Textual asks for it right before it draws them.
        """
        regions = super()._exchange_repaint_regions()
        whole = self.outer_size.region
        if whole not in regions:
            return regions
        self._asked = looks = self._row_looks()
        get_running_loop().call_soon(self._forget_asked)
        return [Region(0, at, whole.width, 1) for at in self._kept.to_send(looks)]

    def _forget_asked(self) -> None:
        self._asked = None

    def notify_style_update(self) -> None:
        """Draw every row anew."""
        self._frame = None
        super().notify_style_update()

    def _row_looks(self) -> list[Hashable]:
        """Return for each row of the view all that its picture depends on."""
        self._look_at_text()
        self._plain = self.rich_style
        frame = (
            self.outer_size,
            self.gutter,
            self.scrollable_content_region,
            self._hanging.width,  # It follows the size a moment later.
            self._plain,
            self.background_colors,
            self.opacity,
            self.get_line_filters(),
            self.theme,
        )
        if frame != self._frame:
            self._frame = frame
            self._kept.forget()
            if self._theme is not None:
                self._theme.apply_css(self)
        above = self.gutter.top
        first, count = self.scroll_offset.y, self.outer_size.height - above
        shown = range(first, min(first + count, self._hanging.height))
        rows: list[Hashable] = [None] * above
        rows += [*self._looks_of_rows(shown), *[_BELOW] * (count - len(shown))]
        return rows

    def _look_at_text(self) -> None:
        """Find out which lines are code, and which rows have a mark."""
        lines = self.document.lines
        if self._lines != lines:
            self._lines = list(lines)
            is_drawn = sum(map(len, lines)) <= _DRAWN
            self._code = code_lines(lines) if is_drawn else ()
        row_of = self._hanging.row_of
        self._marked_rows = {row_of(spot.line - 1, spot.column) for spot in self.spots if spot.line}

    def _looks_of_rows(self, rows: range) -> Iterator[Hashable]:
        """Return all that the pictures of rows of the text depend on, beside the frame."""
        selection = self.selection
        (first, _), (last, _) = sorted(selection)
        bracket = self._matching_bracket_location
        touched = {first} if bracket is None else {first, bracket[0]}
        marked, paragraph, code = self._marked_rows, self._paragraph, self._code
        is_focused, hanging, lines = self._modes.is_focused, self._hanging, self.document.lines
        parts: dict[int, Stretches] = {}
        for row in rows:
            line, section = hanging.line_at(row)
            text = lines[line]
            is_code = code[line] if line < len(code) else None
            look = is_code, is_focused and line not in paragraph, row in marked
            if first <= line <= last and first != last:
                yield look, text, section, line, selection, self._draw_cursor
            elif line in touched:
                if line not in parts:
                    parts[line] = (*self._stretches(line), *self._touches(line))
                yield look, self._parts(line, section, parts[line])
            else:
                yield look, text, section, self._marks_on(line)

    def _parts(self, line: int, section: int, stretches: Stretches) -> Hashable:
        """Return the words of a row and all that stands out in them, counted from its start.

        So a key draws only the rows of its paragraph in which the words are others.
        """
        text, (start, end) = self.document.get_line(line), self._hanging.columns_of(line, section)
        return (
            text[start:end] if "\t" not in text else (text, section),
            end > len(text),
            section and self._hanging.indent_of(line),
            tuple(
                (what, max(first, start) - start, min(last, end) - start)
                for what, first, last in stretches
                if first < end and start < last
            ),
        )

    def _marks_on(self, line: int) -> Hashable:
        """Return what stands out in a line beside what its own words make of it."""
        return self._locked_on.get(line), self._matches.get(line)

    def _stretches(self, line: int) -> Iterator[Stretch]:
        """Return what stands out in a line; what comes later goes on top."""
        text = self.document.get_line(line)
        if line < len(self._code) and len(text) <= _LONGEST_LINE:
            for start, end, look in line_looks(text, is_code=self._code[line]):
                yield _LOOKS[look], start, end
        if self._modes.is_focused and line not in self._paragraph:
            yield _DIMMED, 0, len(text)
        for start, end in self._locked_on.get(line, ()):
            yield _LOCKED, start, end
        for start, end in self._matches.get(line, ()):
            yield _FOUND, start, end

    def _touches(self, line: int) -> Iterator[Stretch]:
        """Return where the selection, the cursor and brackets are in a line that has all of it."""
        top, bottom = sorted(self.selection)
        cursor = self.cursor_location
        if top[0] == line and top != bottom:
            yield "selection", top[1], bottom[1]
        if cursor[0] == line and self._draw_cursor:
            yield "cursor", cursor[1], cursor[1] + 1
        if top == bottom and (bracket := self._matching_bracket_location) is not None:
            for at in (cursor, bracket):
                if at[0] == line:
                    yield "bracket", at[1], at[1] + 1

    def drawn(self, line: str) -> str:
        """Return a line as it is to be shown, one character for each."""
        return line

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn."""
        text = Text(self.drawn(self.document.get_line(line_index)), end="", no_wrap=True)
        for what, start, end in self._stretches(line_index):
            text.stylize(self.get_component_rich_style(what, partial=True), start, end)
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
        self.refresh()

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

    def _set_document(self, text: str, language: str | None) -> None:  # noqa: ARG002
        """Load a text; Textual would wrap it by its own rules first, and once more for nothing."""
        self.document = Document(text)
        self.wrapped_document = HangingDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _watch_language(self, language: str | None) -> None:
        """Leave the text as it is: a language of Textual's would not be drawn."""

    # -- modes ---------------------------------------------------------------------------------

    @property
    def modes(self) -> EditorModes:
        """How the area helps to stay with the words."""
        return self._modes

    @modes.setter
    def modes(self, modes: EditorModes) -> None:
        self._modes = modes
        self.refresh()
        self.follow_cursor()

    def follow_cursor(self) -> None:
        """Light the paragraph that the cursor is in, and keep its line in the middle."""
        if self._modes.is_focused:
            paragraph = self.paragraph_at(self.cursor_location[0])
            if paragraph != self._paragraph:
                self._paragraph = paragraph
                self.refresh()
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

    def show_matches(self, spans: Sequence[tuple[int, int]]) -> None:
        """Mark stretches of the text, counted from its start and in order."""
        self._matches = self._by_line(spans)
        self.refresh()

    def _by_line(self, spans: Sequence[tuple[int, int]]) -> dict[int, tuple[tuple[int, int], ...]]:
        """Return stretches of the text, which are in order, by the lines that they are on."""
        found: dict[int, tuple[tuple[int, int], ...]] = {}
        begins, number = 0, 0
        for start, end in spans:
            while begins + len(self.document.get_line(number)) < start:
                begins += len(self.document.get_line(number)) + 1
                number += 1
            line, line_begins = number, begins
            while line_begins < end:
                length = len(self.document.get_line(line))
                stretch = (max(0, start - line_begins), min(length, end - line_begins))
                found[line] = (*found.get(line, ()), stretch)
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
