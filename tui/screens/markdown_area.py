"""A text area that draws Markdown, and marks matches of a search, locked words and spots."""

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
"""Maximum length in characters of a text whose Markdown is drawn, which makes keys dearer."""
_LONGEST_LINE: Final = 5_000
"""Maximum length in characters of a line whose Markdown is drawn."""
_MARGIN: Final = 2
"""Cells left of the text, for the marks of spots."""
_BELOW: Final = "below the text"
"""The look of a row below the text."""
Stretch = tuple[str, int, int]
"""A component class, the first column of a line that has it, and the column after the last."""
Stretches = tuple[Stretch, ...]


class MarkdownArea(LockedArea):
    """Draws Markdown, each line by itself, and only rows that look new; never changes the text."""

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
        """First column and end of the locked words on each line that has any."""
        self._paragraph = range(0)
        """The lines of the paragraph with the cursor."""
        self._matches: dict[int, tuple[tuple[int, int], ...]] = {}
        """First column and end of the matches on each line that has any."""
        self._spots: tuple[Spot, ...] = ()
        self._spotted: Sequence[str] = ()
        """The lines of the text in which the spots were found."""
        self._marked_rows: set[int] = set()
        """The rows of the spots, as they were drawn last."""
        self._rows_in_view = 0
        """The height of the view, as it was before it gets another size."""
        self._plain = Style.null()
        self._code: Sequence[bool] = ()
        """Whether each line is code; empty for a text whose Markdown is not drawn."""
        self._kept = KeptRows()
        self._frame: Hashable = None
        """What the look of every row depends on, such as width and theme."""
        self._next_looks: list[Hashable] | None = None
        """The looks of the rows, from `_exchange_repaint_regions` to the drawing after it."""
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
        """Return rows of the view; only those that look new are drawn."""
        width = self.outer_size.width
        looks_of_view, self._next_looks = self._next_looks, None
        looks = (looks_of_view or self._row_looks())[crop.y : crop.bottom]
        rows = self._kept.rows(crop.y, looks, self._draw_rows)
        if crop.column_span != (0, width):
            rows = [row.crop(*crop.column_span) for row in rows]
        return rows

    def _draw_rows(self, first: int, count: int) -> Sequence[Strip]:
        """Draw rows of the view anew, also where Textual has them in its cache."""
        rows = Region(0, first, self.outer_size.width, count)
        self._styles_cache.set_dirty(rows)
        # Not that of `TextArea`, which looks the styles of its theme up for every row.
        return super(TextArea, self).render_lines(rows)

    def render_line(self, y: int) -> Strip:
        """Draw a row of the text, past the cache of `TextArea`, whose keys lack our marks."""
        return self._render_line(y)

    def _exchange_repaint_regions(self) -> Collection[Region]:
        """Return the regions to draw: in place of the whole widget only the rows that differ.

        Textual calls this right before it draws.
        """
        regions = super()._exchange_repaint_regions()
        whole = self.outer_size.region
        if whole not in regions:
            return regions
        self._next_looks = looks = self._row_looks()
        get_running_loop().call_soon(self._forget_next_looks)
        return [Region(0, at, whole.width, 1) for at in self._kept.to_send(looks)]

    def _forget_next_looks(self) -> None:
        self._next_looks = None

    def notify_style_update(self) -> None:
        """Draw every row anew."""
        self._frame = None
        super().notify_style_update()

    def _row_looks(self) -> list[Hashable]:
        """Return the look of each row of the view: all that its picture depends on."""
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
        """Yield the looks of rows of the text, without what is in `_frame`."""
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
        """Return the look of a row with the cursor's line: its words, and the stretches in them.

        Columns are counted from the start of the row, so that a key changes the look only of the
        rows whose words change.
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
        """Return the stretches of a line that do not follow from its words: locks and matches."""
        return self._locked_on.get(line), self._matches.get(line)

    def _stretches(self, line: int) -> Iterator[Stretch]:
        """Yield the stretches of a line; later ones are drawn over earlier ones."""
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
        """Yield the stretches of selection, cursor and brackets; no selection leaves the line."""
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
        """Return a line as it is shown, with as many characters."""
        return line

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is shown, with its styles."""
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
        """The spots of the text as it is now; changed lines have none until they are checked."""
        lines = self.document.lines
        if self._spots and self._spotted != lines:
            self._spots = carried(self._spots, self._spotted, lines)
            self._spotted = list(lines)
        return self._spots

    def show_spots(self, spots: Sequence[Spot]) -> None:
        """Mark the rows of these spots, and no others."""
        self._spots, self._spotted = tuple(spots), list(self.document.lines)
        self.refresh()

    def _render_line(self, y: int) -> Strip:
        """Draw a row: margin, hanging indent, text."""
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
        """Load a text into a `HangingDocument`; Textual's method would wrap it twice more."""
        self.document = Document(text)
        self.wrapped_document = HangingDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _watch_language(self, language: str | None) -> None:
        """Do nothing: the colours of Textual's languages are not drawn here."""

    def _on_resize(self) -> None:
        """Keep the cursor in its row of the view, or the first words, where it is out of view.

        Textual calls its own handler after this one, which finds the text wrapped.
        """
        hanging, top, in_view = self._hanging, self.scroll_offset.y, self._rows_in_view
        self._rows_in_view = self.size.height
        place = self.cursor_location
        row = hanging.row_of(*place) - top
        if not 0 <= row < in_view:
            line, section = hanging.line_at(min(top, hanging.height - 1))
            place, row = (line, hanging.columns_of(line, section)[0]), 0
        self._rewrap_and_refresh_virtual_size()
        row = min(row, max(0, self.size.height - 1))
        self.scroll_to(y=hanging.row_of(*place) - row, animate=False, immediate=True)
        self.follow_cursor()

    # -- modes ---------------------------------------------------------------------------------

    @property
    def modes(self) -> EditorModes:
        """Whether focus mode and typewriter mode are on, and what is shown beside the text."""
        return self._modes

    @modes.setter
    def modes(self, modes: EditorModes) -> None:
        self._modes = modes
        self.refresh()
        self.follow_cursor()

    def follow_cursor(self) -> None:
        """Dim all but the paragraph with the cursor, and centre its line, as the modes say."""
        if self._modes.is_focused:
            paragraph = self.paragraph_at(self.cursor_location[0])
            if paragraph != self._paragraph:
                self._paragraph = paragraph
                self.refresh()
        if self._modes.is_typewriter:
            self.scroll_cursor_visible(center=True)

    def paragraph_at(self, line: int) -> range:
        """Return the numbers of the lines of the paragraph that a line is part of."""
        first, last, lines = line, line, self.document.lines
        while first > 0 and lines[first].strip() and lines[first - 1].strip():
            first -= 1
        while last + 1 < len(lines) and lines[last].strip() and lines[last + 1].strip():
            last += 1
        return range(first, last + 1)

    def show_matches(self, spans: Sequence[tuple[int, int]]) -> None:
        """Mark matches, and no others: start and end in the text, in order."""
        self._matches = self._by_line(spans)
        self.refresh()

    def _by_line(self, spans: Sequence[tuple[int, int]]) -> dict[int, tuple[tuple[int, int], ...]]:
        """Return stretches of the text, given in order, as columns by the number of the line."""
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
        """The positions in the text at which the selection begins and the cursor stands."""
        place = self.held.get_index_from_location
        return place(self.selection.start), place(self.selection.end)

    def index_of(self, location: tuple[int, int]) -> int:
        """Return a location as a position in the text: the characters before it."""
        return self.held.get_index_from_location(location)

    def select(self, anchor: int, cursor: int) -> None:
        """Select a stretch of the text, and bring the cursor into view."""
        location = self.held.get_location_from_index
        self.selection = Selection(location(anchor), location(cursor))
        self.record_cursor_width()
        self.history.checkpoint()
