"""An item that is folded to one line, or unfolded to its details."""

from typing import Final

from rich.segment import Segment

from tui.domain.frozen import frozen
from tui.widgets.chat.items import ChatItem
from tui.widgets.chat.palette import Palette
from tui.widgets.chat.parse import References
from tui.widgets.chat.pieces import Piece
from tui.widgets.chat.wrap import Row, wrap_runs
from tui.widgets.text import one_line, visible

ROWS_BELOW: Final = 20
"""Rows shown of one result; a longer one is cut."""
_LONGEST_LINE: Final = 2000
"""Characters shown of what a tool was used for."""
_LONGEST_BELOW: Final = 8000
"""Characters read of a result: more than its rows can hold."""
_INDENT: Final = "  "


@frozen
class FoldPiece(Piece):
    """The one line of a folded item, or one detail of an unfolded one; its texts are raw."""

    below: str = ""
    """The result."""
    is_folded: bool = True
    style: str = "tool"
    """Name of the style of the line."""

    def guess(self, room: int) -> int:
        """Guess how many rows the item takes; a folded item is always one row."""
        if self.is_folded:
            return 1
        below = self.below[:_LONGEST_BELOW].rstrip()
        rows = len(below) // room + below.count("\n") + 1 if below else 0
        return len(self.source) // room + 1 + min(rows, ROWS_BELOW + 1)


class FoldBody:
    """The pieces of an item that folds, in the shape that `Body` has."""

    def __init__(self, item: ChatItem) -> None:
        self.text = item.body
        self.references: References = {}
        self.open_piece: Piece | None = None
        style = "activity" if item.is_open else "tool"
        self.folds = [FoldPiece(item.body, style=style)]
        if item.is_unfolded:
            self.folds = [
                FoldPiece(detail.line, below=detail.below, is_folded=False, style="tool-use")
                for detail in item.details
            ]
        self.pieces: list[Piece] = list(self.folds)

    def feed(self, text: str) -> None:
        """Do nothing: the item has all that is shown."""


def fold_rows(piece: FoldPiece, palette: Palette, width: int) -> list[Row]:
    """Draw a folded line, or a detail with what came of it below."""
    style = palette[piece.style]
    if piece.is_folded:
        return [Row([Segment(one_line(piece.source, width), style)], is_handle=True)]
    head = visible(piece.source[:_LONGEST_LINE]).replace("\n", " ")
    head += "…" if len(piece.source) > _LONGEST_LINE else ""
    rows = wrap_runs([(head, style)], width)
    for row in rows:
        row.is_handle = True
    indent = Segment(_INDENT, palette["tool-result"])
    below = _below(piece.below, palette, width - len(_INDENT))
    return [*rows, *(row.indented(indent) for row in below)]


def _below(text: str, palette: Palette, width: int) -> list[Row]:
    """Draw the first rows of a text, and the number of those left out."""
    if not text.strip():
        return []
    style = palette["tool-result"]
    lines = visible(text[:_LONGEST_BELOW].rstrip(), line_limit=_LONGEST_BELOW).split("\n")
    unseen = text[_LONGEST_BELOW:].rstrip().count("\n") if text[_LONGEST_BELOW:].strip() else None
    rows: list[Row] = []
    ends: list[int] = []
    for line in lines:
        rows += wrap_runs([(line, style)], width)
        ends.append(len(rows))
        if len(rows) > ROWS_BELOW + 1:
            break
    if len(rows) <= ROWS_BELOW + 1 and unseen is None:
        return rows
    whole = sum(end <= ROWS_BELOW for end in ends)
    is_cut_inside = ROWS_BELOW not in ends
    left = len(lines) - whole + (unseen or 0) - is_cut_inside
    more = (
        f"… {left} more {'line' if left == 1 else 'lines'}" if left > 0 else "… more of this line"
    )
    return [*rows[:ROWS_BELOW], Row([Segment(more, style)])]
