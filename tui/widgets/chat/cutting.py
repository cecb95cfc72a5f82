"""Where an element that is still open may be cut, and how the rest goes on.

Everything here depends on the text alone, never on how it arrived: a text that was streamed
and the same text given whole are cut in the same places.
"""

import re
from collections.abc import Sequence

from tui.domain.frozen import frozen
from tui.widgets.chat.parse import Node, References, is_loose, parse_document
from tui.widgets.chat.pieces import JOINT, Frame
from tui.widgets.chat.tables import column_widths, roomy

_QUOTE = re.compile(r" {0,3}> ?")
_MARKER = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])")
_DEEPEST = 30
"""Elements around a cut; deeper ones are cut without going on."""
_LISTS = frozenset({"bullet_list", "ordered_list"})


@frozen
class Cut:
    """How a window of lines is divided."""

    kept: int
    """Lines that are frozen."""
    rest: list[str]
    """What is left, rewritten so that it parses on its own."""
    frames: tuple[Frame, ...] = ()
    """What the rest continues."""
    has_gap: bool = True
    """A blank row between the two."""
    is_flowing: bool = False
    """Both are one paragraph."""


def cut_window(
    root: Node, lines: Sequence[str], frames: tuple[Frame, ...], references: References
) -> Cut:
    """Divide a full window so that as much as possible is frozen.

    Args:
        root: The block tree of `lines`.
        lines: At least two.
        frames: What the window itself continues.
        references: The link definitions known so far.

    Returns:
        A cut that makes progress: its rest is smaller than the window.
    """
    blocks = root.children
    if not blocks:
        return Cut(len(lines) - 1, list(lines[-1:]), has_gap=False)
    if len(blocks) > 1:
        return Cut(blocks[-1].begin, list(lines[blocks[-1].begin :]))
    cut = _Cutter(lines, frames, references).inside(blocks[0])
    if cut is not None and cut.kept > 0 and _size(cut.rest) < _size(lines):
        return cut
    kept = min(max(1, blocks[0].end), len(lines) - 1)
    return Cut(kept, list(lines[kept:]))


def _size(lines: Sequence[str]) -> int:
    """Count the characters of `lines`, their ends included."""
    return sum(map(len, lines)) + len(lines)


class _Cutter:
    """Walks from the only block of a window down to where it can be cut."""

    def __init__(
        self, lines: Sequence[str], frames: tuple[Frame, ...], references: References
    ) -> None:
        self._lines = lines
        self._known = frames
        self._references = references
        self._path: list[Frame] = []
        self._openers: list[str] = []
        self._head = lines[0]
        """What is left of the first line once the openers on it are taken off."""

    def inside(self, node: Node) -> Cut | None:
        """Cut inside `node`, the only element at its level; `None` where it cannot be."""
        if len(self._path) >= _DEEPEST:
            return None
        if node.kind in _LISTS:
            return self._in_list(node)
        if node.kind == "blockquote":
            match = _QUOTE.match(self._head)
            if match is None:
                return None
            self._enter("> ", match.end(), Frame("quote"))
            return self._in_container(node, has_gap=True)
        return self._in_leaf(node)

    def _frame(self) -> Frame | None:
        """Return the frame that the window already continues at this depth."""
        depth = len(self._path)
        return self._known[depth] if depth < len(self._known) else None

    def _enter(self, opener: str, taken: int, frame: Frame) -> None:
        self._openers.append(opener)
        self._head = self._head[taken:]
        self._path.append(frame)

    def _in_list(self, node: Node) -> Cut | None:
        known = self._frame()
        if known is not None and known.kind == "list":
            number, loose = known.number, known.is_loose
        else:
            start = node.token.attrGet("start") if node.token is not None else None
            number, loose = int(start) if start is not None else 1, is_loose(node)
        if len(node.children) > 1:
            frame = Frame("list", number + len(node.children) - 1, loose)
            return self._before(node.children[-1], (*self._path, frame), has_gap=loose)
        match = _MARKER.match(self._head)
        if match is None or not node.children:
            return None
        spaces = len(self._head) - match.end() - len(self._head[match.end() :].lstrip(" "))
        is_blank = match.end() + spaces == len(self._head)
        width = match.end() + (spaces if 1 <= spaces <= 4 and not is_blank else 1)
        opener = match[0].ljust(width)
        self._enter(opener, width, Frame("list", number, loose, is_inside=True))
        return self._in_container(node.children[0], has_gap=loose)

    def _in_container(self, node: Node, *, has_gap: bool) -> Cut | None:
        if not node.children:
            return None
        if len(node.children) > 1:
            return self._before(node.children[-1], tuple(self._path), has_gap=has_gap)
        return self.inside(node.children[0])

    def _in_leaf(self, node: Node) -> Cut | None:
        count = len(self._lines)
        if node.end < count or count - node.begin < 2:
            return None
        if node.kind == "paragraph":
            frames = (*self._path, Frame("paragraph"))
            first = f"{''.join(self._openers)}{JOINT} {self._stripped(count - 1).lstrip()}"
            return Cut(count - 1, [first], frames, has_gap=False, is_flowing=True)
        if node.kind == "fence" and node.token is not None:
            opening = "".join(self._openers) + node.token.markup + node.token.info
            rest = [opening, self._lines[-1]]
            return Cut(count - 1, rest, (*self._path, Frame("code")), has_gap=False)
        if node.kind == "code_block":
            return self._in_indented_code(node)
        if node.kind == "table" and count - node.begin > 3:
            return self._in_table(node)
        return None

    def _in_indented_code(self, node: Node) -> Cut | None:
        """Cut between two lines that say something: blank ones at a seam would be lost."""
        for line in range(len(self._lines) - 1, node.begin, -1):
            if self._stripped(line).strip() and self._stripped(line - 1).strip():
                rest = ["".join(self._openers) + self._stripped(line), *self._lines[line + 1 :]]
                return Cut(line, rest, (*self._path, Frame("code")), has_gap=False)
        return None

    def _in_table(self, node: Node) -> Cut:
        count = len(self._lines)
        known = self._frame()
        if known is not None and known.kind == "table":
            frame = known
        else:
            source = "\n".join(self._lines[: count - 1])
            table = parse_document(source, self._references)
            while table.kind != "table" and table.children:
                table = table.children[0]
            frame = Frame("table", columns=roomy(column_widths(table)))
        openers = "".join(self._openers)
        indent = "".join(
            opener if opener == "> " else " " * len(opener) for opener in self._openers
        )
        head = openers + self._stripped(node.begin).lstrip()
        rule = indent + self._stripped(node.begin + 1).lstrip()
        return Cut(count - 1, [head, rule, self._lines[-1]], (*self._path, frame), has_gap=False)

    def _before(self, node: Node, frames: tuple[Frame, ...], *, has_gap: bool) -> Cut:
        first = "".join(self._openers) + self._stripped(node.begin)
        return Cut(node.begin, [first, *self._lines[node.begin + 1 :]], frames, has_gap)

    def _stripped(self, line: int) -> str:
        """Take what the elements around it put before the text off a line."""
        if line == 0:
            return self._head
        text = self._lines[line]
        for opener in self._openers:
            if opener == "> ":
                match = _QUOTE.match(text)
                text = text[match.end() :] if match else text
            else:
                text = text[min(len(opener), len(text) - len(text.lstrip(" "))) :]
        return text
