"""A piece of a body to rows, at one width and in one palette."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.segment import Segment

from tui.widgets.chat.code import render_code
from tui.widgets.chat.folded import FoldPiece, fold_rows
from tui.widgets.chat.inline import inline_runs, take_task
from tui.widgets.chat.palette import Palette
from tui.widgets.chat.parse import Node, References, is_loose, parse_document
from tui.widgets.chat.pieces import Frame, Piece
from tui.widgets.chat.tables import column_widths, render_table
from tui.widgets.chat.wrap import Row, Run, wrap_runs

_BULLETS = "•◦▪"
_LEAST = 8
"""Elements are not indented when that would leave fewer cells than this."""


@dataclass(slots=True)
class Rendered:
    """The rows of a piece, and the unfinished row that the next piece goes on with."""

    rows: list[Row]
    carry: list[Run] = field(default_factory=list)


def render_piece(
    piece: Piece,
    palette: Palette,
    width: int,
    references: References,
    *,
    carry: Sequence[Run] = (),
    base: str = "text",
) -> Rendered:
    """Draw a piece.

    Args:
        piece: What to draw.
        palette: Colours and styles.
        width: Cells there are; rows are never wider, if it is 20 or more.
        references: Link definitions of the whole item.
        carry: What the piece before left unfinished.
        base: Name of the style of plain text.
    """
    if isinstance(piece, FoldPiece):
        return Rendered(fold_rows(piece, palette, width))
    if piece.is_plain:
        return Rendered(wrap_runs([(piece.source, palette[base])], width))
    renderer = _Renderer(palette, references, piece, list(carry))
    root = parse_document(piece.source, references)
    rows = renderer.blocks(root, width, piece.frames)
    return Rendered(rows, renderer.carry)


class _Renderer:
    """Draws the elements of one piece, each inside the one around it."""

    def __init__(
        self, palette: Palette, references: References, piece: Piece, carry: list[Run]
    ) -> None:
        self._palette = palette
        self._references = references
        self._piece = piece
        self._before = carry
        self.carry: list[Run] = []

    def blocks(
        self,
        parent: Node,
        width: int,
        frames: Sequence[Frame] = (),
        *,
        air: bool = True,
        depth: int = 0,
        is_last: bool = True,
    ) -> list[Row]:
        """Draw the children of an element one below the other.

        Args:
            parent: The element.
            width: Cells there are.
            frames: What the first child continues.
            air: Blank rows between the children.
            depth: How many lists are around it.
            is_last: The element is at the very end of the piece.
        """
        rows: list[Row] = []
        if not frames and parent.kind == "root" and self._piece.has_gap and parent.children:
            rows.append(Row([]))
        for index, node in enumerate(parent.children):
            if index and air:
                rows.append(Row([]))
            is_end = is_last and index == len(parent.children) - 1
            rows.extend(
                self._block(node, width, () if index else frames, depth=depth, is_last=is_end)
            )
        return rows

    def _block(
        self, node: Node, width: int, frames: Sequence[Frame], *, depth: int, is_last: bool
    ) -> list[Row]:
        """Draw one element."""
        palette = self._palette
        token = node.token
        match node.kind:
            case "paragraph":
                runs = inline_runs(node.inline_tokens(), palette)
                return self._paragraph(runs, width, frames, is_last=is_last)
            case "heading":
                level = token.tag[1:] if token is not None else "1"
                return wrap_runs(
                    inline_runs(node.inline_tokens(), palette, f"heading-{level}"), width
                )
            case "fence" | "code_block":
                source = token.content if token is not None else ""
                if frames and not source:
                    return []
                return render_code(source, token.info if token is not None else "", palette, width)
            case "blockquote":
                return self._quote(node, width, frames, depth=depth, is_last=is_last)
            case "bullet_list" | "ordered_list":
                return self._list(node, width, frames, depth=depth, is_last=is_last)
            case "table":
                known = frames[0].columns if frames else ()
                columns = known or (self._piece.columns if is_last else ()) or column_widths(node)
                return render_table(node, palette, width, columns, is_continued=bool(known))
            case "hr":
                return [Row([Segment("─" * width, palette["rule"])], left=width)]
            case _:
                return []

    def _paragraph(
        self, runs: list[Run], width: int, frames: Sequence[Frame], *, is_last: bool
    ) -> list[Row]:
        """Wrap a paragraph; a cut one shares a row with the piece it goes on in."""
        if frames and frames[0].kind == "paragraph" and self._before:
            runs = [*self._before, (" ", self._palette["text"]), *runs]
        rows = wrap_runs(runs, width)
        if is_last and self._piece.is_flowing and rows:
            last = rows.pop()
            self.carry = [
                (part.text, part.style or self._palette["text"]) for part in last.segments
            ]
        return rows

    def _quote(
        self, node: Node, width: int, frames: Sequence[Frame], *, depth: int, is_last: bool
    ) -> list[Row]:
        inner = frames[1:]
        rows = self._gap(frames, inner)
        if width - 2 < _LEAST:
            return rows + self.blocks(node, width, inner, depth=depth, is_last=is_last)
        rows += self.blocks(node, width - 2, inner, depth=depth, is_last=is_last)
        bar = Segment("▎ ", self._palette["quote"])
        return [row.indented(bar) for row in rows or [Row([])]]

    def _gap(self, frames: Sequence[Frame], inner: Sequence[Frame]) -> list[Row]:
        """Return the blank row between two pieces, where it belongs to this element."""
        return [Row([])] if frames and not inner and self._piece.has_gap else []

    def _list(
        self, node: Node, width: int, frames: Sequence[Frame], *, depth: int, is_last: bool
    ) -> list[Row]:
        """Draw a list with hanging indents, going on with the right number when it was cut."""
        frame = frames[0] if frames and frames[0].kind == "list" else None
        token = node.token
        start = token.attrGet("start") if token is not None else None
        number = frame.number if frame else int(start) if start is not None else 1
        loose = frame.is_loose if frame else is_loose(node)
        rows: list[Row] = []
        for index, item in enumerate(node.children):
            inside = frame is not None and frame.is_inside and index == 0
            inner = frames[1:] if inside else ()
            gap = self._gap(frames, inner) if index == 0 else [Row([])] * loose
            marker = f"{_BULLETS[depth % 3]} "
            if node.kind == "ordered_list":
                end = item.token.markup if item.token is not None else "."
                marker = f"{number + index}{end}".rjust(2) + " "
            marker, lines = self._item(
                item,
                marker,
                width,
                inner,
                air=loose,
                depth=depth,
                is_last=is_last and index == len(node.children) - 1,
            )
            blank = Segment(" " * len(marker), self._palette["text"])
            rows.extend(gap if not inside else [row.indented(blank) for row in gap])
            for line, row in enumerate(lines or [Row([])]):
                is_head = line == 0 and not inside
                prefix = Segment(marker, self._palette["bullet"]) if is_head else blank
                rows.append(row.indented(prefix, is_text=is_head))
        return rows

    def _item(
        self,
        item: Node,
        marker: str,
        width: int,
        frames: Sequence[Frame],
        *,
        air: bool,
        depth: int,
        is_last: bool,
    ) -> tuple[str, list[Row]]:
        """Draw what is in a list item; a task's box takes the place of its bullet."""
        first = item.children[0] if item.children else None
        tokens = first.inline_tokens() if first is not None and first.kind == "paragraph" else []
        if tokens and marker[0] in _BULLETS and not frames:
            head = [(tokens[0].content, self._palette["text"])]
            sign = take_task(head)
            if sign:
                marker = sign
                tokens[0].content = head[0][0]
        inner = width - len(marker)
        if inner < _LEAST:
            marker, inner = "", width
        rows = self.blocks(item, inner, frames, air=air, depth=depth + 1, is_last=is_last)
        return marker, rows
