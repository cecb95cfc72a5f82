"""One item of the conversation: its pieces, how high they are, and their finished lines."""

from collections.abc import Sequence

from tui.widgets.chat.blocks import Body
from tui.widgets.chat.folded import FoldBody, FoldPiece
from tui.widgets.chat.frame import (
    SIDE,
    Line,
    body_lines,
    body_style,
    foot_lines,
    head_height,
    head_lines,
)
from tui.widgets.chat.items import MARKDOWN_ROLES, ChatItem, Role
from tui.widgets.chat.layout import Heights
from tui.widgets.chat.palette import Palette
from tui.widgets.chat.pieces import Piece
from tui.widgets.chat.render import render_piece
from tui.widgets.chat.wrap import Run


class Slot:
    """A piece at the current width: measured or not, drawn or not."""

    __slots__ = ("before", "carry", "is_measured", "lines", "piece")

    def __init__(self, piece: Piece, before: list[Line] | None = None) -> None:
        self.piece = piece
        self.before = before
        """The lines of the shorter piece that this one has replaced."""
        self.is_measured = False
        self.lines: list[Line] | None = None
        self.carry: list[Run] | None = None


class Look:
    """What all items are drawn with: a width in cells, and the palettes of pane and card."""

    __slots__ = ("card", "pane", "width")

    def __init__(self, width: int, pane: Palette, card: Palette) -> None:
        self.width = width
        self.pane = pane
        self.card = card


class ItemView:
    """An item as a column of units: its head, its pieces, its foot.

    Until `split` is called it is one estimate; units that were not drawn yet are estimated.
    """

    def __init__(self, item: ChatItem, look: Look, *, has_gap: bool) -> None:
        self.item = item
        self._look = look
        self.has_gap = has_gap
        self._body = _body_of(item)
        self._references = self._body.references
        self._slots: list[Slot] = []
        self._is_split = False
        self._heights = Heights()

    @property
    def height(self) -> int:
        """Rows of the whole item, as far as they are known."""
        if self._is_split:
            return self._heights.total
        room = max(1, self._look.width - 2 * SIDE)
        text = self.item.body
        if self.item.role is Role.TOOL:
            rows = sum(piece.guess(room) for piece in FoldBody(self.item).folds)
        else:
            rows = _estimate(text, room) if text else 0
        return self._head_height() + rows + (self.item.role is Role.DRAFT)

    @property
    def units(self) -> int:
        """How many units there are, once split."""
        return len(self._slots) + 2

    def replace(self, item: ChatItem) -> None:
        """Show another state of the same item; only what is new in its body is worked on."""
        old, self.item = self.item, item
        is_anew = Role.TOOL in (item.role, old.role) or _is_plain(item) is not _is_plain(old)
        if is_anew or not item.body.startswith(self._body.text):
            self._body = _body_of(item)
            self._slots = []
            self._heights.truncate(1)
        elif item.role is not old.role:  # Talk that turned out to be the draft.
            self.restyle(self._look)
        if self._is_split:
            self._update()

    def restyle(self, look: Look) -> None:
        """Draw with another look from now on; heights stay when the width does."""
        if look.width != self._look.width:
            for slot in self._slots:
                slot.is_measured = False
        self._look = look
        for slot in self._slots:
            slot.lines = slot.carry = slot.before = None
        if self._is_split:
            self._put_heights(0)

    def split(self) -> None:
        """Divide the body into pieces, unless that is done."""
        if not self._is_split:
            self._is_split = True
            self._update()

    def find(self, row: int) -> tuple[int, int]:
        """Return the unit that holds a row of the item, and the row inside it."""
        self.split()
        return self._heights.find(row)

    def top(self, unit: int) -> int:
        """Return the row of the item at which a unit begins."""
        self.split()
        return self._heights.top(min(unit, len(self._heights)))

    def flow_start(self, unit: int) -> int:
        """Return the unit where the paragraph at the start of `unit` begins."""
        while 1 < unit <= len(self._slots) and self._slots[unit - 1].piece.is_joined:
            unit -= 1
        return unit

    def unit_height(self, unit: int) -> int:
        """Rows of one unit, as far as they are known."""
        return self._heights[unit]

    def measure(self, unit: int, *, keep: bool) -> bool:
        """Find out the true height of a unit; `keep` its lines to show them soon.

        Returns:
            Whether work was done.
        """
        if not 0 < unit <= len(self._slots):
            return False
        slot = self._slots[unit - 1]
        if slot.is_measured:
            return False
        self._draw(unit - 1)
        if not keep:
            slot.lines = None
        return True

    def lines(self, unit: int) -> list[Line]:
        """Return the finished lines of a unit."""
        look = self._look
        if unit == 0:
            return head_lines(self.item, self._palette, look.width, has_gap=self.has_gap)
        if unit > len(self._slots):
            return foot_lines(self.item, self._palette, look.width)
        slot = self._slots[unit - 1]
        if slot.lines is None:
            self._draw(unit - 1)
        return slot.lines or []

    def forget(self, unit: int) -> None:
        """Drop the drawn lines of a unit; they are drawn again when they are needed."""
        if 0 < unit <= len(self._slots):
            self._slots[unit - 1].lines = None

    @property
    def _palette(self) -> Palette:
        return self._look.card if self.item.role is Role.DRAFT else self._look.pane

    def _head_height(self) -> int:
        return head_height(self.item, has_gap=self.has_gap)

    def _update(self) -> None:
        """Bring slots and heights up to date with the body."""
        body = self._body
        body.feed(self.item.body)
        known = len(self._slots)
        count = len(body.pieces) + (body.open_piece is not None)
        del self._slots[count:]
        start = max(0, min(known - 1, len(body.pieces) - 1))
        pieces = [*body.pieces[start:], *([body.open_piece] if body.open_piece else [])]
        for index, piece in enumerate(pieces, start):
            if index < len(self._slots):
                old = self._slots[index]
                if old.piece != piece:
                    self._slots[index] = Slot(piece, old.lines or old.before)
            else:
                self._slots.append(Slot(piece))
        if body.references is not self._references:
            self._redefine()
            start = 0
        self._put_heights(start)

    def _redefine(self) -> None:
        """Draw pieces again whose links may have changed with a link definition."""
        old, new = self._references, self._body.references
        changed = [label for label in old.keys() | new.keys() if old.get(label) != new.get(label)]
        self._references = self._body.references
        for index, slot in enumerate(self._slots):
            source = slot.piece.source
            is_after_new = (
                index > 0 and slot.piece.is_joined and self._slots[index - 1].carry is None
            )
            if is_after_new or (
                "[" in source and any(label in _folded(source) for label in changed)
            ):
                self._slots[index] = Slot(slot.piece)

    def _put_heights(self, start: int) -> None:
        """Set the heights of the units from the slot `start` on."""
        heights = self._heights
        heights.put(0, self._head_height())
        heights.truncate(1 + len(self._slots))
        room = max(1, self._look.width - 2 * SIDE)
        for index in range(max(0, min(start, len(heights) - 1)), len(self._slots)):
            slot = self._slots[index]
            if not slot.is_measured:
                heights.put(index + 1, _guess(slot.piece, room))
        heights.put(len(self._slots) + 1, int(self.item.role is Role.DRAFT))

    def _draw(self, index: int) -> None:
        """Draw a slot, and before it those whose last row it goes on with."""
        first = index
        while first > 0 and self._slots[first].piece.is_joined:
            if self._slots[first - 1].carry is not None:
                break
            first -= 1
        palette, width = self._palette, self._look.width
        base = body_style(self.item.role)
        for position in range(first, index + 1):
            slot = self._slots[position]
            carry = self._slots[position - 1].carry if position and slot.piece.is_joined else None
            rendered = render_piece(
                slot.piece,
                palette,
                width - 2 * SIDE,
                self._references,
                carry=carry or (),
                base=base,
            )
            slot.carry = rendered.carry
            slot.is_measured = True
            self._heights.put(position + 1, len(rendered.rows))
            if position == index:
                lines = body_lines(self.item, rendered.rows, palette, width, is_first=index == 0)
                slot.lines, slot.before = _kept(lines, slot.before or ()), None


def _kept(lines: list[Line], before: Sequence[Line]) -> list[Line]:
    """Return lines, the same objects as before where they are equal: finished rows need that."""
    same = [old if old == new else new for old, new in zip(before, lines, strict=False)]
    return same + lines[len(same) :]


def _body_of(item: ChatItem) -> Body | FoldBody:
    """Make what divides the body of an item into pieces."""
    return FoldBody(item) if item.role is Role.TOOL else Body(is_plain=_is_plain(item))


def _is_plain(item: ChatItem) -> bool:
    return item.role not in MARKDOWN_ROLES


def _guess(piece: Piece, room: int) -> int:
    """Guess how many rows a piece takes."""
    return piece.guess(room) if isinstance(piece, FoldPiece) else _estimate(piece.source, room)


def _folded(source: str) -> str:
    """Normalise text as link labels are."""
    return " ".join(source.split()).lower().upper()


def _estimate(text: str, room: int) -> int:
    """Guess how many rows a text takes."""
    return len(text) // room + text.count("\n") // 2 + 1
