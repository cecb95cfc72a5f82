"""A text area for Markdown that gives back exactly the text it was given, whatever is in it.

Characters that a terminal must not be sent, or that Textual would take for line ends, are held in
the document as private-use characters, one for one, and drawn as symbols.
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from textual import events, work
from textual.binding import Binding, BindingType
from textual.widgets import TextArea
from textual.widgets.text_area import Document, EditResult, Selection
from textual.widgets.text_area import Edit as TextAreaEdit

from tui.domain.editing import Edit, indented, new_line
from tui.domain.guarding import carried
from tui.domain.markdown_looks import code_lines
from tui.domain.passage import Span, tight, toggled
from tui.domain.prose import paragraph_at, word_at
from tui.screens.markdown_area import MarkdownArea
from tui.screens.pasted import is_page, tidied
from tui.screens.stand_ins import StandIns

_OURS: Final = frozenset({"f6", "f7"})
"""Keys of `TextArea` that the editor uses for its own commands."""


@dataclass
class _PlacedEdit(TextAreaEdit):
    """An edit that says what is selected when it was made, and made again."""

    maintain_selection_offset: bool = False
    anchor: int = field(kw_only=True)
    cursor: int = field(kw_only=True)
    """Positions in the text after the edit."""

    def do(self, text_area: TextArea, record_selection: bool = True) -> EditResult:
        """Make the edit."""
        result = super().do(text_area, record_selection)
        assert isinstance(text_area.document, Document)
        location = text_area.document.get_location_from_index
        self._updated_selection = Selection(location(self.anchor), location(self.cursor))
        return result


class DraftArea(MarkdownArea, inherit_bindings=False):
    """Edits a draft; `draft` is its exact text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(one for one in TextArea.BINDINGS if isinstance(one, Binding) and one.key not in _OURS),
    ]

    def __init__(self, draft: str, *, id: str | None = None) -> None:  # noqa: A002
        """Load `draft`; nothing in it is altered."""
        self._stand_ins = StandIns.fit_for(draft)
        self._loaded = self._stand_ins.hide(draft)
        self._symbols = self._stand_ins.symbols()
        super().__init__(self._loaded, id=id)

    def drawn(self, line: str) -> str:
        """Return a line with symbols for what cannot be shown."""
        return line if line.isascii() else line.translate(self._symbols)

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
        """The draft with the line ends of the document, so that positions in both are the same."""
        return self._stand_ins.show_in_place(self.text)

    def take_up(self, draft: str) -> None:
        """Replace the whole text by an edit that was kept unsaved; that can be undone.

        Locked words that `draft` lacks are not locked any more: the writer took them out.
        """
        before, locks, self.locked = self.text, self.locked, ()
        self.replace(self._stand_ins.hide(draft), self.document.start, self.document.end)
        self.move_cursor(self.document.end)
        places = carried(before, locks, self.text)
        self.locked = tuple(sorted(place for place in places if place is not None))

    @property
    def held_characters(self) -> int:
        """How many characters of the text it was given are shown as symbols."""
        return self._stand_ins.count(self._loaded)

    # -- what is locked, and passages ----------------------------------------------------------

    @property
    def draft_locks(self) -> tuple[Span, ...]:
        """The stretches of the draft that are locked."""
        return tuple(self._draft_span(lock) for lock in self.locked)

    @draft_locks.setter
    def draft_locks(self, locks: Sequence[Span]) -> None:
        self.locked = tuple(self._held_span(lock) for lock in locks)

    def toggle_lock(self) -> bool:
        """Lock what is selected, or unlock what the selection touches; return whether it locked.

        Raises `InvalidInput` where there is neither.
        """
        before = self.locked
        self.lock_words(toggled(self.text, before, Span(*sorted(self.selected_span))))
        return len(set(self.locked) - set(before)) > 0

    @property
    def passage(self) -> Span | None:
        """The stretch of the draft that is selected, else the paragraph with the cursor.

        None where there are no words.
        """
        start, end = sorted(self.selected_span)
        if start == end:
            lines = self.paragraph_at(self.cursor_location[0])
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
        """Go on with a draft that is saved; what differs is one edit, which can be undone."""
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
        """Return the stretch of the draft for one of the document; its line ends may be longer."""
        show = self._stand_ins.show
        return Span(len(show(self.text[: held.start])), len(show(self.text[: held.end])))

    def _held_span(self, span: Span) -> Span:
        hide, draft = self._stand_ins.hide, self.draft
        return Span(len(hide(draft[: span.start])), len(hide(draft[: span.end])))

    # -- what keys do --------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        """Continue lists and indent them; leave Escape, which moves the focus, to the screen."""
        if event.key == "escape":
            event.prevent_default()
            return
        edit: Edit | None = None
        if event.key == "enter" and self.selection.is_empty:
            text, at = self.text, self.selected_span[1]
            # Numbers that are locked would have the new line refused.
            has_locked = any(at < lock.end and "\n" in lock.of(text) for lock in self.locked)
            edit = new_line(text, at, numbers_on=not has_locked)
        elif event.key in ("tab", "shift+tab"):
            edit = indented(self.text, *self.selected_span, back=event.key == "shift+tab")
            if event.key == "shift+tab":
                event.stop()
                event.prevent_default()
        if edit is not None:
            event.stop()
            event.prevent_default()
            self.apply(edit)

    def apply(self, edit: Edit | None) -> None:
        """Make an edit as an undo step of its own; ring the bell for None: it is not possible."""
        if edit is None:
            self.app.bell()
            return
        self.history.checkpoint()
        # A pattern's replacement may name characters that a terminal must not be sent.
        made, before = self._stand_ins.hide(edit.text), self.text
        if made == before[edit.start : edit.end]:
            self.select(edit.anchor, edit.cursor)
            return
        location = self.held.get_location_from_index
        places = location(edit.start), location(edit.end)
        self.edit(_PlacedEdit(made, *places, anchor=edit.anchor, cursor=edit.cursor))
        self.scroll_cursor_visible()
        self.history.checkpoint()

    def on_click(self, event: events.Click) -> None:
        """Select a word by two clicks, and its paragraph by three."""
        at = self.selected_span[1]
        if event.chain == 2:
            self.select(*word_at(self.text, at))
        elif event.chain > 2:
            self.select(*paragraph_at(self.text, at))

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
        """Insert a text, then tidy it, in two undo steps; in a block of code it is not tidied."""
        text = self._stand_ins.hide(text.replace("\r\n", "\n").replace("\r", "\n"))
        before = self.text
        if not text or not (result := self._replace_via_keyboard(text, *self.selection)):
            return
        if self.text == before:
            return  # What was selected is locked, or is just this text.
        self.move_cursor(result.end_location)
        self.focus()
        if code_lines(self.document.lines)[self.cursor_location[0]]:
            return
        start = self.selected_span[1] - len(text)
        if is_page(text):
            self._tidy_page(start, text)
        else:
            self._put_tidied(start, text, tidied(self._stand_ins.show_in_place(text)))

    @work(group="pasted")
    async def _tidy_page(self, start: int, text: str) -> None:
        """Tidy pasted HTML in a thread."""
        page = self._stand_ins.show_in_place(text)
        self._put_tidied(start, text, await asyncio.to_thread(tidied, page))

    def _put_tidied(self, start: int, text: str, tidy: str) -> None:
        """Put a tidy text in place of a pasted one, unless that was changed meanwhile."""
        end, whole = start + len(text), self._stand_ins.hide(tidy)
        if whole == text or self.text[start:end] != text:
            return
        cursor = self.selected_span[1]
        moved = cursor + len(whole) - len(text) if cursor >= end else min(cursor, start)
        self.apply(Edit(start, end, whole, moved, moved))
