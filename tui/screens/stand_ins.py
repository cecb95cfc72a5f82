"""Characters that a text area cannot hold, and private-use ones that stand in for them there."""

import re
from typing import Final

from tui.domain.frozen import frozen
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


@frozen
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
        text = self.show_in_place(text)
        return text.replace("\n", "\r\n") if self.is_crlf else text

    def show_in_place(self, text: str) -> str:
        """Return the document's `text` with its own characters, each at the same position."""
        if text.isascii():
            return text
        return text.translate({self.base + n: held for n, held in enumerate(_HELD)})

    def symbols(self) -> dict[int, str]:
        """Return what each stand-in is drawn as."""
        return {self.base + n: clean_line(held) for n, held in enumerate(_HELD)}

    def count(self, document: str) -> int:
        """Return how many characters of the document stand in for another."""
        if document.isascii():
            return 0
        return sum(self.base <= ord(character) < self.base + len(_HELD) for character in document)
