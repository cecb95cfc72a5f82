"""What a key does to a Markdown text: lists that go on, paragraphs that move, words in bold.

Everything here is a value worked out from a text and a selection in it. Places are counted in
characters from the start of the text, and stand between characters.
"""

import re
from collections.abc import Sequence
from typing import Final

from tui.domain.blocks import Block, BlockForm
from tui.domain.frozen import frozen
from tui.domain.markdown_looks import Look, code_lines, line_looks
from tui.domain.prose import PlacedBlock, line_end, narrowed, placed_blocks, word_at

STRONG, EMPHASIS = "**", "*"
"""Marks that stand on both sides of what they mark."""
_MARKED: Final = {STRONG: Look.STRONG, EMPHASIS: Look.EMPHASIS}
_MARKER: Final = re.compile(
    r"(?P<indent>[ \t]*)(?P<quote>(?:>[ \t]?)*)"
    r"(?P<item>(?:[-*+]|(?P<number>\d{1,9})(?P<dot>[.)]))[ \t]+)?(?P<task>\[[ xX]\][ \t]+)?"
)
_ADDRESS: Final = re.compile(r"https?://\S+")
_LEVEL: Final = 4
"""Blanks by which a line that is no item is indented."""
_LISTED: Final = (BlockForm.ITEM, BlockForm.ROW)
"""Forms of blocks that may follow one of the same form on the next line."""


@frozen
class Edit:
    """A stretch of a text that is replaced, and what is selected then."""

    start: int
    end: int
    text: str
    anchor: int
    """Where the selection begins afterwards; the same as `cursor` where nothing is selected."""
    cursor: int

    def applied(self, text: str) -> str:
        """Return the text after the edit."""
        return text[: self.start] + self.text + text[self.end :]


# -- lists and quotes --------------------------------------------------------------------------


def new_line(text: str, at: int, *, numbers_on: bool = True) -> Edit:
    """Start a line: a list or quote continues; an empty item moves out one level or ends the list.

    `numbers_on` is whether the items that follow a numbered one get their next numbers. A blank
    line is put after the end of a list or quote; what is typed next would otherwise belong to it.
    """
    start = text.rfind("\n", 0, at) + 1
    end = line_end(text, at)
    found = _MARKER.match(text, start, end)
    lines = text[:end].split("\n")
    code = code_lines([*lines, ""])
    if found is None or code[-2]:
        if at == end and not code[-1] and len(lines) > 1 and code[-3]:
            return _closed(lines, code, start)
        indent = _indent(text[start:at])
        return _typed(at, "\n" + indent)
    begins = found["quote"] or found["item"]
    if not begins or at < found.end():
        return _typed(at, "\n")
    if not text[found.end() : end].strip():
        out = None if found["quote"] else indented(text, at, at, back=True)
        return out or _ended(text, start, end, found)
    item, task = found["item"] or "", "[ ] " if found["item"] and found["task"] else ""
    if not found["number"]:
        return _typed(at, f"\n{found['indent']}{found['quote']}{item}{task}")
    number = int(found["number"]) + 1
    item = item.replace(found["number"], str(number), 1)
    typed = f"\n{found['indent']}{found['quote']}{item}{task}"
    stop, following = _numbered_on(text, end, found, number) if numbers_on else (end, "")
    cursor = at + len(typed)
    if not following:
        return _typed(at, typed)
    return Edit(at, stop, f"{typed}{text[at:end]}{following}", cursor, cursor)


def _numbered_on(text: str, end: int, item: re.Match[str], number: int) -> tuple[int, str]:
    """Number the items anew that follow one whose line ends at `end`: each gets the next number.

    Only those that are numbered in order, from `number` on. Return where the last of them ends, and
    the lines up to there as they become; without such items nothing.
    """
    stop = at = end
    made = numbered = ""
    for before in text[end:].split("\n")[1:]:
        line, found = before, _MARKER.match(before)
        if found is None or found["quote"].rstrip() != item["quote"].rstrip():
            break
        at += 1 + len(line)
        is_next = found["item"] and found["indent"] == item["indent"]
        if is_next:
            if (found["number"], found["dot"]) != (str(number), item["dot"]):
                break
            number += 1
            first, last = found.span("number")
            line = f"{before[:first]}{number}{before[last:]}"
        elif line[found.end("quote") :].strip() and len(found["indent"]) <= len(item["indent"]):
            break
        made += f"\n{line}"
        if is_next:
            stop, numbered = at, made
    return stop, numbered


def _closed(lines: Sequence[str], code: Sequence[bool], start: int) -> Edit:
    """Continue below a block of code, with its last fence indented like the first one.

    Indented further, like the code above it, the fence would not close the block.
    """
    first = len(lines) - 1
    while first and code[first - 1]:
        first -= 1
    fence, indent = lines[-1], _indent(lines[first])
    made = f"{indent}{fence.strip()}\n{indent}"
    return Edit(start, start + len(fence), made, start + len(made), start + len(made))


def _ended(text: str, start: int, end: int, found: re.Match[str]) -> Edit:
    """End a list, or a quote, on its empty line."""
    kept = found["indent"] + found["quote"] if found["item"] and found["quote"] else ""
    is_first = not start or text[:start].endswith("\n\n")
    made = kept if is_first else f"{kept.rstrip()}\n{kept}"
    return Edit(start, end, made, start + len(made), start + len(made))


def indented(text: str, start: int, end: int, *, back: bool = False) -> Edit | None:
    """Move the lines that the selection touches one level in, or `back` out.

    A level of a list is as wide as an item's own marker, any other one four blanks. None where
    there is nothing to move: a line that is no item goes in only together with others.
    """
    first, last = sorted((start, end))
    top, bottom = text.rfind("\n", 0, first) + 1, line_end(text, last)
    lines, shifts, place = list[str](), list[tuple[int, int]](), top
    is_one = "\n" not in text[first:last]
    for line in text[top:bottom].split("\n"):
        by = _shift(line, back=back, is_one=is_one)
        shifts.append((place, by))
        lines.append(" " * by + line if by > 0 else line[-by:])
        place += len(line) + 1
    if not any(by for _, by in shifts):
        return None

    def shifted(at: int) -> int:
        line_start, by = next(shift for shift in reversed(shifts) if shift[0] <= at)
        before = sum(by for line, by in shifts if line < line_start)
        return max(line_start + before, at + before + by)

    return Edit(top, bottom, "\n".join(lines), shifted(start), shifted(end))


def _shift(line: str, *, back: bool, is_one: bool) -> int:
    found = _MARKER.match(line)
    if found is not None and found["item"]:
        level = len(found["item"].rstrip()) + 1
        return -min(level, len(found["indent"])) if back else level
    if back:
        blanks = len(line) - len(line.lstrip(" "))
        return -1 if line.startswith("\t") else -min(_LEVEL, blanks)
    return 0 if is_one or not line.strip() else _LEVEL


# -- paragraphs --------------------------------------------------------------------------------


def moved(text: str, start: int, end: int, direction: int) -> Edit | None:
    """Move the paragraphs, items or other blocks that the selection touches up (-1) or down (1).

    An item takes the items below it along. None at the end of the text, and for code that is not
    closed: it would swallow what it is moved before.
    """
    placed = [one for one in placed_blocks(text) if one.block.form is not BlockForm.END]
    first, last = sorted((start, end))
    touched = [n for n, one in enumerate(placed) if one.at <= last and first <= one.end]
    if not touched:
        return None
    low, high = touched[0], _unit_end(placed, touched[-1])
    if direction < 0:
        top, middle, bottom = (_unit_start(placed, low) if low else low), low, high
    else:
        top, middle = low, high
        bottom = _unit_end(placed, high) if high < len(placed) else high
    if middle in (top, bottom) or any(map(_is_open, placed[top:bottom])):
        return None
    upper, lower = placed[top:middle], placed[middle:bottom]
    begin, end_of_upper = upper[0].at, upper[-1].end
    # What stood above now stands below, and the other way round.
    gap = _parted(lower[-1], text[end_of_upper : lower[0].at], upper[0])
    before = after = ""
    if top:
        before = _parted(placed[top - 1], upper[0].block.lead, lower[0])
        before = before[len(upper[0].block.lead) :] and "\n"
    if bottom < len(placed):
        following = placed[bottom]
        after = _parted(upper[-1], following.block.lead, following)
        after = after[len(following.block.lead) :] and "\n"
    made_lower = text[lower[0].at : lower[-1].end]
    made = f"{before}{made_lower}{gap}{text[begin:end_of_upper]}{after}"
    now = begin + len(before) + (len(made_lower) + len(gap) if direction > 0 else 0)
    group = placed[low:high]

    def shifted(at: int) -> int:
        return now + min(max(at, group[0].at), group[-1].end) - group[0].at

    return Edit(begin, lower[-1].end, made, shifted(start), shifted(end))


def _parted(above: PlacedBlock, gap: str, below: PlacedBlock) -> str:
    """Return the white space between two blocks, wide enough that they do not become one."""
    forms = (above.block.form, below.block.form)
    may_touch = (forms[0] is forms[1] and forms[0] in _LISTED) or BlockForm.HEADING in forms
    return gap if may_touch or gap.count("\n") > 1 else "\n\n"


def _is_open(placed: PlacedBlock) -> bool:
    """Whether a block is code whose end is missing."""
    return code_lines([*placed.block.text.split("\n"), ""])[-1]


def _unit_end(placed: Sequence[PlacedBlock], last: int) -> int:
    """Return the block after one and what belongs to it: an item's own items."""
    end = last + 1
    if placed[last].block.form is BlockForm.ITEM:
        depth = len(_indent(placed[last].block.text))
        while end < len(placed) and _is_below(placed[end].block, depth):
            end += 1
    return end


def _unit_start(placed: Sequence[PlacedBlock], before: int) -> int:
    """Return the first block of what ends before a block."""
    start, block = before - 1, placed[before].block
    depth = len(_indent(block.text)) if block.form is BlockForm.ITEM else 0
    while start > 0 and _is_below(placed[start].block, depth):
        start -= 1
    return start


def _is_below(block: Block, depth: int) -> bool:
    return block.form is BlockForm.ITEM and len(_indent(block.text)) > depth


# -- marks -------------------------------------------------------------------------------------


def wrapped(text: str, start: int, end: int, mark: str) -> Edit | None:
    """Put a mark on both sides of the selection, or take it away where it is there already.

    Without a selection what is marked around the cursor is meant, else the word there, and the
    cursor stays where it is in it. None for a selection across paragraphs, which Markdown would not
    mark.
    """
    first, last = narrowed(text, *sorted((start, end)))
    if first == last:
        return _wrapped_at(text, first, mark)
    return None if "\n\n" in text[first:last] else _toggled(text, first, last, mark)


def _wrapped_at(text: str, at: int, mark: str) -> Edit:
    """Put a mark on both sides of the word at the cursor, or take it away.

    Before the second mark the cursor goes behind it: the key that began what is strong ends it.
    """
    size = len(mark)
    if (around := _marked_around(text, at, mark)) is not None:
        first, last = around
        if at == last - size:
            return Edit(at, at, "", last, last)
        return Edit(first, last, text[first + size : last - size], at - size, at - size)
    is_between = text[max(0, at - size) : at] == text[at : at + size] == mark
    if is_between and _run(text, at, mark[0]) == 2 * size:
        return Edit(at - size, at + size, "", at - size, at - size)
    first, last = word_at(text, at)
    if first == last:
        return _typed(at, mark * 2, at + size)
    edit = _toggled(text, first, last, mark)
    cursor = at + edit.anchor - first
    return Edit(edit.start, edit.end, edit.text, cursor, cursor)


def _marked_around(text: str, at: int, mark: str) -> tuple[int, int] | None:
    """Return where a stretch with this mark begins and ends that the cursor is in, marks included.

    None where there is none on the cursor's line.
    """
    start = text.rfind("\n", 0, at) + 1
    for first, last, look in line_looks(text[start : line_end(text, at)]):
        is_in = first + len(mark) <= at - start <= last - len(mark)
        if is_in and look is _MARKED.get(mark):
            return start + first, start + last
    return None


def _toggled(text: str, first: int, last: int, mark: str) -> Edit:
    """Put a mark on both sides of a stretch, or take it away where it is there already."""
    size, inside = len(mark), text[first:last]
    if _is_marked(text, first - size, last + size, mark):
        return Edit(first - size, last + size, inside, first - size, last - size)
    if _is_marked(text, first, last, mark):
        return Edit(first, last, inside[size:-size], first, last - 2 * size)
    return Edit(first, last, f"{mark}{inside}{mark}", first + size, last + size)


def _is_marked(text: str, first: int, last: int, mark: str) -> bool:
    """Whether a stretch begins and ends with just this mark, and with something between."""
    size, sign = len(mark), mark[0]
    if first < 0 or last - first <= 2 * size:
        return False
    left = _run(text, first, sign)
    right = _run(text[::-1], len(text) - last, sign)
    whole = text[first : first + size] == text[last - size : last] == mark
    return whole and left == right and left in (size, len(STRONG + EMPHASIS))


def _run(text: str, at: int, sign: str) -> int:
    """Return how many of a sign stand in a row around the place where a mark begins."""
    start = at
    while start > 0 and text[start - 1] == sign:
        start -= 1
    end = at
    while end < len(text) and text[end] == sign:
        end += 1
    return end - start


def linked(text: str, start: int, end: int) -> Edit | None:
    """Make the selection, or the word at the cursor, a link; the cursor goes to its missing part.

    An address becomes the target. None for a selection across paragraphs.
    """
    first, last = narrowed(text, *sorted((start, end)))
    if first == last:
        first, last = word_at(text, first)
    inside = text[first:last]
    if "\n\n" in inside:
        return None
    if _ADDRESS.fullmatch(inside):
        return Edit(first, last, f"[]({inside})", first + 1, first + 1)
    at = first + len(inside) + 3
    return Edit(first, last, f"[{inside}]()", at, at)


# -- lines -------------------------------------------------------------------------------------


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _typed(at: int, text: str, cursor: int | None = None) -> Edit:
    """Return what types a text, with the cursor behind it, or at `cursor`."""
    cursor = at + len(text) if cursor is None else cursor
    return Edit(at, at, text, cursor, cursor)
