"""A text area for Markdown that gives back exactly the text it was given, whatever is in it.

Characters that a terminal must not be sent, or that Textual would take for line ends, are held in
the document as private-use characters, one for one, and drawn as symbols.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.text import Text
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Document, Selection

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
from tui.domain.markdown_looks import Look, code_lines, line_looks
from tui.domain.place import PLAIN_EDITOR, EditorModes
from tui.domain.prose import unwrapped, wider
from tui.widgets.text import clean_line

_RANGES: Final = (
    (0x00, 0x08),
    (0x0B, 0x1F),
    (0x7F, 0x9F),
    (0x061C, 0x061C),
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2066, 0x2069),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xE0000, 0xE007F),
    (0xD800, 0xDFFF),
)
_HELD: Final = tuple(chr(code) for first, last in _RANGES for code in range(first, last + 1))
_BLOCK: Final = 0x1000
_BLOCKS: Final = tuple(range(0x100000, 0x10F000, _BLOCK))
_LOOKS: Final = {look: f"draft--{look}" for look in Look}
_FOUND, _DIMMED = "draft--found", "draft--dimmed"
_DRAWN: Final = 100_000
"""Characters of a text up to which its Markdown is drawn; a key costs more in a longer one."""
_LONGEST_LINE: Final = 5_000
"""Characters of a line up to which its Markdown is drawn."""
_CRLF_ONLY: Final = re.compile(r"(?:[^\r\n]|\r\n)*")


@dataclass(frozen=True, slots=True)
class StandIns:
    """A one-for-one exchange of awkward characters for private-use ones, and back."""

    base: int
    """First code point of a block of private-use characters that the text does not use."""
    is_crlf: bool
    """Whether every line of the text ends in CR LF; then only LF is held in the document."""

    @classmethod
    def fit_for(cls, text: str) -> "StandIns":
        """Choose a block that is free in `text`."""
        used = {ord(character) // _BLOCK for character in set(text)}
        free = [base for base in _BLOCKS if base // _BLOCK not in used]
        is_crlf = "\r\n" in text and _CRLF_ONLY.fullmatch(text) is not None
        return cls(free[0] if free else _BLOCKS[0], is_crlf)

    def hide(self, text: str) -> str:
        """Return `text` as the document holds it."""
        if self.is_crlf:
            text = text.replace("\r\n", "\n")
        held = {ord(character): self.base + n for n, character in enumerate(_HELD)}
        return text.translate(held)

    def show(self, text: str) -> str:
        """Return the document's `text` as it really is; the inverse of `hide`."""
        if not text.isascii():
            text = text.translate({self.base + n: held for n, held in enumerate(_HELD)})
        return text.replace("\n", "\r\n") if self.is_crlf else text

    def symbols(self) -> dict[int, str]:
        """Return what each stand-in is drawn as."""
        return {self.base + n: clean_line(held) for n, held in enumerate(_HELD)}

    def count(self, document: str) -> int:
        """Return how many characters of the document stand in for another."""
        if document.isascii():
            return 0
        return sum(self.base <= ord(character) < self.base + len(_HELD) for character in document)


class DraftArea(TextArea):
    """Edits a draft; `draft` is its exact text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*_LOOKS.values(), _FOUND, _DIMMED}
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
        self._paragraph = range(0)
        """The lines of the paragraph with the cursor."""
        self._matches: dict[int, list[tuple[int, int]]] = {}
        """Where matches of a search are on each line that has any."""
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
        for start, end in self._matches.get(line_index, ()):
            text.stylize(self.get_component_rich_style(_FOUND, partial=True), start, end)
        return text

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
        self._matches = {}
        begins, number = 0, 0
        for start, end in spans:
            while begins + len(self.document.get_line(number)) < start:
                begins += len(self.document.get_line(number)) + 1
                number += 1
            line, line_begins = number, begins
            while line_begins < end:
                length = len(self.document.get_line(line))
                stretch = (max(0, start - line_begins), min(length, end - line_begins))
                self._matches.setdefault(line, []).append(stretch)
                line_begins += length + 1
                line += 1
        self._redraw()

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
    def _held(self) -> Document:
        assert isinstance(self.document, Document)
        return self.document

    @property
    def selected_span(self) -> tuple[int, int]:
        """Where the selection begins and where the cursor is, counted from the text's start."""
        place = self._held.get_index_from_location
        return place(self.selection.start), place(self.selection.end)

    def select(self, anchor: int, cursor: int) -> None:
        """Select a stretch of the text, counted from its start, and bring the cursor into view."""
        location = self._held.get_location_from_index
        self.selection = Selection(location(anchor), location(cursor))
        self.record_cursor_width()
        self.history.checkpoint()

    def apply(self, edit: Edit | None) -> None:
        """Make an edit that is undone by itself; None is an edit that cannot be made."""
        if edit is None:
            self.app.bell()
            return
        location = self._held.get_location_from_index
        self.history.checkpoint()
        # A pattern's replacement may name characters that a terminal must not be sent.
        made = self._stand_ins.hide(edit.text)
        self.replace(
            made, location(edit.start), location(edit.end), maintain_selection_offset=False
        )
        self.select(edit.anchor, edit.cursor)

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
        if not text or not (result := self._replace_via_keyboard(text, *self.selection)):
            return
        self.move_cursor(result.end_location)
        self.focus()
        whole = unwrapped(text) if len(text) <= _DRAWN else text
        if whole != text:
            _, end = self.selected_span
            start = end - len(text)
            self.apply(Edit(start, end, whole, start + len(whole), start + len(whole)))
