"""A growing body, divided incrementally into frozen pieces and one open piece."""

import re
from typing import Final

from tui.widgets.chat.cutting import cut_window
from tui.widgets.chat.parse import References, parse_blocks
from tui.widgets.chat.pieces import JOINT, Frame, Piece
from tui.widgets.text import clean_line, next_line, visible

WINDOW_LINES: Final = 40
"""Number of source lines in the window from which on a part of it is frozen."""
WINDOW_CHARACTERS: Final = 4000
"""The same in characters."""
CLOSED_LINES: Final = 6
"""The same for blocks that another block follows, at a blank line."""


_DEEP = re.compile(r"(?: *(?:>|[-+*](?= )|\d{1,9}[.)](?= ))){%d}" % 30)  # noqa: UP031
"""The start of a line that opens 30 quotes and lists or more."""


def _shallow(line: str) -> str:
    """Return a line; one that opens too many elements as plain text: the parser would drop it."""
    return f"{JOINT} {line}" if _DEEP.match(line) else line


class Body:
    """The pieces of one item's body.

    `feed` is given the whole text so far; only what is new in it is worked on. The pieces
    depend on the text alone, not on the steps in which it came.
    """

    def __init__(self, *, is_plain: bool) -> None:
        self.pieces: list[Piece] = []
        self.references: References = {}
        """Every link definition seen so far, the open piece's included."""
        self.open_piece: Piece | None = None
        self._is_plain = is_plain
        self._text = ""
        self._read = 0
        self._lines: list[str] = []
        self._characters = 0
        self._frozen_references: References = {}
        self._frames: tuple[Frame, ...] = ()
        self._has_gap = False

    @property
    def text(self) -> str:
        """The raw text fed so far."""
        return self._text

    def feed(self, text: str) -> None:
        """Take the whole text so far, which must start with the text fed before."""
        self._text = text
        while (taken := next_line(text, self._read)) is not None:
            line = _shallow(clean_line(taken[0]))
            self._read = taken[1]
            self._lines.append(line)
            self._characters += len(line) + 1
            while (
                self._is_full() or (not line and len(self._lines) >= CLOSED_LINES)
            ) and self._freeze():
                pass
        self._open(text[self._read :])

    def _is_full(self) -> bool:
        return len(self._lines) >= WINDOW_LINES or (
            self._characters >= WINDOW_CHARACTERS and len(self._lines) > 1
        )

    def _freeze(self) -> bool:
        """Freeze what can no longer change in a window, or cut a full one.

        A window that is not full, and whose last line is blank, is only divided before its last
        block, long before it is full: what is open is parsed for each frame.

        Returns:
            Whether anything was frozen.
        """
        if self._is_plain:
            if not self._is_full():
                return False
            self.pieces.append(Piece("\n".join(self._lines), is_plain=True))
            self._lines = []
            self._characters = 0
            return True
        # The last line end makes a blank last line count as one.
        source = "\n".join(self._lines) + "\n"
        references = dict(self._frozen_references)
        root = parse_blocks(source, references)
        if len(root.children) < 2 and not self._is_full():
            return False
        self._frozen_references = references
        cut = cut_window(root, self._lines, self._frames, references)
        kept = "\n".join(self._lines[: cut.kept]) + "\n"
        columns = cut.frames[-1].columns if cut.frames else ()
        self.pieces.append(
            Piece(kept, self._frames, self._has_gap, is_flowing=cut.is_flowing, columns=columns)
        )
        is_shown = bool(root.children) or self._has_gap
        self._lines = cut.rest
        self._characters = sum(map(len, cut.rest)) + len(cut.rest)
        self._frames = cut.frames
        self._has_gap = cut.has_gap if root.children else is_shown
        return True

    def _open(self, tail: str) -> None:
        """Make the open piece of the lines in the window and the unfinished one after them."""
        ends = "" if not tail else _shallow(visible(tail))
        source = "\n".join([*self._lines, ends]) if self._lines or ends else ""
        if self._is_plain:
            lines = [*self._lines, ends] if ends or not tail else self._lines
            while lines and not lines[-1]:
                lines = lines[:-1]
            self.open_piece = Piece("\n".join(lines), is_plain=True) if lines else None
            return
        self.open_piece = Piece(source, self._frames, self._has_gap) if source else None
        if "]:" in source:
            references = dict(self._frozen_references)
            parse_blocks(source, references)
            if references != self.references:
                self.references = references
        elif self._frozen_references != self.references:
            self.references = dict(self._frozen_references)
