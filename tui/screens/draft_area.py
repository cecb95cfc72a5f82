"""A text area for Markdown that gives back exactly the text it was given, whatever is in it.

Characters that a terminal must not be sent, or that Textual would take for line ends, are held in
the document as private-use characters, one for one, and drawn as symbols.
"""

import os
from collections.abc import Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from tui.domain.editing import (
    EMPHASIS,
    STRONG,
    Edit,
    indented,
    linked,
    moved,
    new_line,
    wrapped,
)
from tui.domain.margin import carried
from tui.domain.markdown_looks import Look, code_lines, line_looks
from tui.domain.passage import Span, tight, toggled
from tui.domain.place import PLAIN_EDITOR, EditorModes
from tui.domain.prose import unwrapped, wider
from tui.domain.readiness import Spot
from tui.screens.locked_area import LockedArea
from tui.screens.stand_ins import StandIns

_LOOKS: Final = {look: f"draft--{look}" for look in Look}
_FOUND, _DIMMED, _LOCKED, _SPOT = "draft--found", "draft--dimmed", "draft--locked", "draft--spot"
_DRAWN: Final = 100_000
"""Characters of a text up to which its Markdown is drawn; a key costs more in a longer one."""
_LONGEST_LINE: Final = 5_000
"""Characters of a line up to which its Markdown is drawn."""
_MARGIN: Final = 2
"""Cells left of the text, in which marks are."""
_OURS: Final = frozenset({"f6", "f7"})
"""Keys of a text area that are the editor's here."""


class DraftArea(LockedArea, inherit_bindings=False):
    """Edits a draft; `draft` is its exact text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(one for one in TextArea.BINDINGS if isinstance(one, Binding) and one.key not in _OURS),
        Binding("ctrl+home", "go_edge(-1)", "Start", show=False),
        Binding("ctrl+end", "go_edge(1)", "End", show=False),
        Binding("ctrl+shift+home", "go_edge(-1, True)", "Select to the start", show=False),
        Binding("ctrl+shift+end", "go_edge(1, True)", "Select to the end", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {*_LOOKS.values(), _FOUND, _DIMMED, _LOCKED, _SPOT}
    DEFAULT_CSS = """
    DraftArea {
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

    def __init__(self, draft: str, *, id: str | None = None) -> None:  # noqa: A002
        """Load `draft`; nothing in it is altered."""
        self._stand_ins = StandIns.fit_for(draft)
        self._loaded = self._stand_ins.hide(draft)
        self._symbols = self._stand_ins.symbols()
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
        self._code: Sequence[bool] = ()
        """Which of them are code; empty for a text whose Markdown is not drawn."""
        super().__init__(
            self._loaded,
            id=id,
            soft_wrap=True,
            tab_behavior="indent",
            highlight_cursor_line=False,
            max_checkpoints=500,
        )

    @property
    def is_changed(self) -> bool:
        """Whether the text differs from the one it was given."""
        return self.text != self._loaded

    @property
    def draft(self) -> str:
        """The text, exactly."""
        return self._stand_ins.show(self.text)

    @property
    def checkable(self) -> str:
        """The text with its own characters, each where it is in the document."""
        return self._stand_ins.show_in_place(self.text)

    def take_up(self, draft: str) -> None:
        """Put a text in place of the whole, as an edit that can be undone."""
        self.replace(self._stand_ins.hide(draft), self.document.start, self.document.end)
        self.move_cursor(self.document.end)

    @property
    def held_characters(self) -> int:
        """How many characters are shown as a symbol, and kept."""
        return self._stand_ins.count(self._loaded)

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
        return super().render_lines(crop)

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn: its Markdown, and symbols for what cannot be shown."""
        line = self.document.get_line(line_index)
        shown = line if line.isascii() else line.translate(self._symbols)
        text = Text(shown, end="", no_wrap=True)
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
        strip = super()._render_line(y)
        row = y + self.scroll_offset.y
        if row >= self.wrapped_document.height:
            return strip
        margin, look = " " * _MARGIN, self.rich_style
        if self._spots and self._is_marked(row):
            margin, look = "•".ljust(_MARGIN), self.get_component_rich_style(_SPOT)
        return Strip.join([Strip([Segment(margin, look)], _MARGIN), strip])

    def _is_marked(self, row: int) -> bool:
        wrapped = self.wrapped_document
        first = wrapped.offset_to_location(Offset(0, row))
        breaks = wrapped.get_offsets(first[0])
        ends = next((column for column in breaks if column > first[1]), None)
        return any(
            spot.line == first[0] + 1
            and first[1] <= spot.column
            and (ends is None or spot.column < ends)
            for spot in self.spots
        )

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
            paragraph = self._paragraph_at(self.cursor_location[0])
            if paragraph != self._paragraph:
                self._paragraph = paragraph
                self._redraw()
        if self._modes.is_typewriter:
            self.scroll_cursor_visible(center=True)

    def _paragraph_at(self, line: int) -> range:
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

    # -- what is locked, and passages ----------------------------------------------------------

    @property
    def draft_locks(self) -> tuple[Span, ...]:
        """The stretches of the draft that are locked."""
        return tuple(self._draft_span(lock) for lock in self.locked)

    @draft_locks.setter
    def draft_locks(self, locks: Sequence[Span]) -> None:
        self.locked = tuple(self._held_span(lock) for lock in locks)

    def watch_locked(self) -> None:
        """Show what is locked now."""
        self._locked_on = self._by_line([(lock.start, lock.end) for lock in self.locked])
        self._redraw()

    def toggle_lock(self) -> bool:
        """Lock what is selected, or unlock what the selection touches; tell which it was.

        Raises `InvalidInput` where there is neither.
        """
        before = self.locked
        self.locked = toggled(self.text, before, Span(*sorted(self.selected_span)))
        return len(set(self.locked) - set(before)) > 0

    @property
    def passage(self) -> Span | None:
        """The stretch of the draft that is selected, else the paragraph with the cursor."""
        start, end = sorted(self.selected_span)
        if start == end:
            lines = self._paragraph_at(self.cursor_location[0])
            place = self.held.get_index_from_location
            start = place((lines.start, 0))
            end = place((lines.stop - 1, len(self.document.get_line(lines.stop - 1))))
        span = tight(self.text, Span(start, end))
        return None if span is None else self._draft_span(span)

    def select_draft(self, span: Span) -> None:
        """Select a stretch of the draft."""
        held = self._held_span(span)
        self.select(held.start, held.end)

    def take_over(self, draft: str, locks: Sequence[Span]) -> None:
        """Go on with a draft that is saved; where it differs is one edit, which can be undone."""
        old, new = self.text, self._stand_ins.hide(draft)
        self.locked = ()
        if old != new:
            head = len(os.path.commonprefix((old, new)))
            tail = len(os.path.commonprefix((old[head:][::-1], new[head:][::-1])))
            end = len(new) - tail
            self.apply(Edit(head, len(old) - tail, new[head:end], end, end))
        self._loaded = new
        self.draft_locks = tuple(locks)

    def _draft_span(self, held: Span) -> Span:
        """Return a stretch of the document as one of the draft, whose line ends may be longer."""
        show = self._stand_ins.show
        return Span(len(show(self.text[: held.start])), len(show(self.text[: held.end])))

    def _held_span(self, span: Span) -> Span:
        hide, draft = self._stand_ins.hide, self.draft
        return Span(len(hide(draft[: span.start])), len(hide(draft[: span.end])))

    # -- what keys do --------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        """Go on with lists, and leave escape to the screen: it means no other field here."""
        if event.key == "escape":
            event.prevent_default()
            return
        edit: Edit | None = None
        start, end = self.selected_span
        if event.key == "enter" and start == end:
            edit = new_line(self.text, end)
        elif event.key in ("tab", "shift+tab"):
            edit = indented(self.text, start, end, back=event.key == "shift+tab")
            if event.key == "shift+tab":
                event.stop()
                event.prevent_default()
        if edit is not None:
            event.stop()
            event.prevent_default()
            self.apply(edit)

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

    def apply(self, edit: Edit | None) -> None:
        """Make an edit that is undone by itself; None is an edit that cannot be made."""
        if edit is None:
            self.app.bell()
            return
        location = self.held.get_location_from_index
        self.history.checkpoint()
        # A pattern's replacement may name characters that a terminal must not be sent.
        made, before = self._stand_ins.hide(edit.text), self.text
        self.replace(
            made, location(edit.start), location(edit.end), maintain_selection_offset=False
        )
        if self.text != before or not self.locked:
            self.select(edit.anchor, edit.cursor)

    def action_go_edge(self, direction: int, select: bool = False) -> None:
        """Go to the start (-1) or the end (1) of the text, and select what lies between."""
        document = self.document
        self.move_cursor(document.start if direction < 0 else document.end, select=select)

    def strengthen(self) -> None:
        """Mark the selection, or the word at the cursor, as strong, or take that mark away."""
        self.apply(wrapped(self.text, *self.selected_span, STRONG))

    def emphasize(self) -> None:
        """Mark the selection, or the word at the cursor, as emphasis, or take that mark away."""
        self.apply(wrapped(self.text, *self.selected_span, EMPHASIS))

    def link(self) -> None:
        """Make a link of the selection, or of the word at the cursor."""
        self.apply(linked(self.text, *self.selected_span))

    def move_paragraphs(self, direction: int) -> None:
        """Move the paragraphs that the selection touches up (-1) or down (1)."""
        self.apply(moved(self.text, *self.selected_span, direction))

    def select_more(self) -> None:
        """Select the word at the cursor, then its sentence, its paragraph, the whole text."""
        self.select(*wider(self.text, *self.selected_span))

    async def _on_paste(self, event: events.Paste) -> None:
        """Insert pasted text with its lines kept and nothing else interpreted."""
        event.prevent_default()
        event.stop()
        self._insert(event.text)

    def action_paste(self) -> None:
        """Insert what was copied inside Redraft."""
        self._insert(self.app.clipboard)

    def action_copy(self) -> None:
        """Copy the selection, exactly."""
        super().action_copy()
        self.app.copy_to_clipboard(self._stand_ins.show(self.selected_text))

    def action_cut(self) -> None:
        """Cut the selection, or the line without one, exactly."""
        super().action_cut()
        self.app.copy_to_clipboard(self._stand_ins.show(self.app.clipboard))

    def _insert(self, text: str) -> None:
        """Insert a text, then take out the line ends that only kept it narrow: undone apart."""
        text = self._stand_ins.hide(text.replace("\r\n", "\n").replace("\r", "\n"))
        before = self.text
        if not text or not (result := self._replace_via_keyboard(text, *self.selection)):
            return
        if self.text == before:
            return  # What was selected is locked, or is just this text.
        self.move_cursor(result.end_location)
        self.focus()
        whole = unwrapped(text) if len(text) <= _DRAWN else text
        if whole != text:
            _, end = self.selected_span
            start = end - len(text)
            self.apply(Edit(start, end, whole, start + len(whole), start + len(whole)))
