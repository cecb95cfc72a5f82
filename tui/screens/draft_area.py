"""A text area that gives back exactly the text it was given, whatever characters are in it.

Characters that a terminal must not be sent, or that Textual would take for line ends, are held in
the document as private-use characters, one for one, and drawn as symbols.
"""

import re
from dataclasses import dataclass
from typing import Final

from rich.text import Text
from textual import events
from textual.widgets import TextArea

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

    def __init__(self, draft: str, *, id: str | None = None) -> None:  # noqa: A002
        """Load `draft`; nothing in it is altered."""
        self._stand_ins = StandIns.fit_for(draft)
        self._loaded = self._stand_ins.hide(draft)
        self._symbols = self._stand_ins.symbols()
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

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn, symbols in place of what cannot be shown."""
        line = self.document.get_line(line_index)
        if not line.isascii():
            line = line.translate(self._symbols)
        return Text(line, end="", no_wrap=True)

    async def _on_key(self, event: events.Key) -> None:
        """Leave escape to the screen: it does not mean the next field here."""
        if event.key == "escape":
            event.prevent_default()

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
        text = self._stand_ins.hide(text.replace("\r\n", "\n").replace("\r", "\n"))
        if text and (result := self._replace_via_keyboard(text, *self.selection)):
            self.move_cursor(result.end_location)
            self.focus()
