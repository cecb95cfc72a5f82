"""What a growing text is divided into: pieces that never change once they are frozen."""

from tui.domain.frozen import frozen


@frozen
class Frame:
    """An element that was cut, and goes on at the start of the next piece."""

    kind: str
    """quote, list, paragraph, code or table."""
    number: int = 1
    """List: the number of the first item of the piece."""
    is_loose: bool = False
    """List: rows of air between its items."""
    is_inside: bool = False
    """List: the piece begins inside that item, so its marker was shown before."""
    columns: tuple[tuple[int, int], ...] = ()
    """Table: natural and least width of each column, in cells, as the first piece set them."""


@frozen
class Piece:
    """A stretch of an item's body that is drawn as one."""

    source: str
    """Showable text: Markdown that parses on its own, or plain lines."""
    frames: tuple[Frame, ...] = ()
    """The elements the piece continues, outermost first."""
    has_gap: bool = False
    """A blank row comes first, inside the innermost element that is continued."""
    is_flowing: bool = False
    """Its last paragraph goes on in the next piece, in the same row."""
    columns: tuple[tuple[int, int], ...] = ()
    """Widths of the table at its end that goes on in the next piece."""
    is_plain: bool = False
    """Lines as they are, not Markdown."""

    @property
    def is_joined(self) -> bool:
        """Its first words go on with the last row of the piece before it."""
        return bool(self.frames) and self.frames[-1].kind == "paragraph"


JOINT = "\ufdd0"
"""Stands before text that is parsed as a paragraph whatever it says: the rest of a cut one.

No text has it: `visible` replaces it. It is taken out before anything is drawn.
"""
