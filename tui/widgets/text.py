"""The one place that turns untrusted text into something that may be shown in a terminal."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui.domain.plain import UNSHOWABLE, plain

LINE_LIMIT: Final = 2000
"""Characters after which a line is broken, whatever it says."""
MARKS_PER_BASE: Final = 8
"""Zero-width characters kept after one visible character."""
TAB_SIZE: Final = 4

_HOSTILE_IN_SEGMENT = re.compile(f"[\t\n{UNSHOWABLE}]")
_MARK_RUN = re.compile(rf"[^\w\s\x00-\x7f]{{{MARKS_PER_BASE + 1},}}")
_LINE_END = re.compile(r"\r\n|\n|\r(?=[^\n])")
_LAST_SPACE = re.compile(r" (?=[^\W\d_])")


def is_mark(character: str) -> bool:
    """Return whether `character` takes no cell of its own (combining marks, joiners)."""
    return unicodedata.category(character) in {"Mn", "Me", "Cf"}


def _cap_marks(line: str) -> str:
    """Drop the marks that come after the first few on one visible character."""
    if line.isascii() or not _MARK_RUN.search(line):
        return line
    kept: list[str] = []
    marks = 0
    for character in line:
        marks = marks + 1 if is_mark(character) else 0
        if marks <= MARKS_PER_BASE:
            kept.append(character)
    return "".join(kept)


def clean_line(line: str) -> str:
    """Make one line showable: no control character, tabs as spaces, marks capped.

    Args:
        line: Text without a line end; a CR in it becomes a symbol.
    """
    line = plain(line)
    if "\t" in line:
        line = line.expandtabs(TAB_SIZE)
    return _cap_marks(line)


def _cut_point(line: str, limit: int = LINE_LIMIT) -> int:
    """Choose where a line longer than `limit` is broken: after a space, never inside a character.

    Args:
        line: At least `limit` + 1 characters.
        limit: The most characters before the cut.

    Returns:
        The number of characters before the cut, from 1 to `limit`.
    """
    spaces = [match.end() for match in _LAST_SPACE.finditer(line, limit * 3 // 4, limit + 1)]
    if spaces:
        return spaces[-1]
    cut = limit
    lowest = max(1, limit - 4 * MARKS_PER_BASE)
    while cut > lowest and (
        is_mark(line[cut]) or line[cut - 1] == "\u200d" or line[cut - 1 : cut + 1] == "\r\n"
    ):
        cut -= 1
    return cut


def next_line(text: str, start: int, limit: int = LINE_LIMIT) -> tuple[str, int] | None:
    """Take the line that begins at `start`, if it can no longer change when `text` grows.

    Args:
        text: Raw text.
        start: Where the line begins.
        limit: A longer line is broken here.

    Returns:
        The raw line without its end, and where the next begins; `None` while it is unfinished.
    """
    found = _LINE_END.search(text, start, min(len(text), start + limit + 2))
    if found and found.start() - start <= limit:
        return text[start : found.start()], found.end()
    if len(text) - start > limit + 2:
        cut = _cut_point(text[start : start + limit + 1], limit)
        return text[start : start + cut], start + cut
    return None


def visible(text: str, *, line_limit: int = LINE_LIMIT) -> str:
    """Turn untrusted text into text that is safe to show, line by line.

    Control, bidi and tag characters become visible symbols, CR and CRLF become LF, tabs
    become spaces, marks are capped, and lines are broken after `line_limit` characters.
    """
    lines: list[str] = []
    start = 0
    while (taken := next_line(text, start, line_limit)) is not None:
        lines.append(clean_line(taken[0]))
        start = taken[1]
    rest = text[start:]
    if rest.endswith("\r"):
        lines.append(clean_line(rest[:-1]))
        rest = ""
    lines.append(clean_line(rest))
    return "\n".join(lines)


def truncated(text: str, width: int) -> str:
    """Shorten showable text to `width` cells, the last of them "…" when something was lost."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    kept: list[str] = []
    room = width - 1
    for start, end, cells in split_graphemes(text[: width * 12])[0]:
        if cells > room:
            break
        kept.append(text[start:end])
        room -= cells
    return "".join(kept).rstrip() + "…"


def middle_cut(text: str, width: int) -> str:
    """Make untrusted text one showable line of at most `width` cells, cut in its middle by "…".

    Titles that begin alike ("Newsletter, March…12") are told apart by their ends.
    """
    if len(text) > LINE_LIMIT:  # Neither half can be wider than this; a row is never half as wide.
        text = text[: LINE_LIMIT // 2] + text[-LINE_LIMIT // 2 :]
    line = " ".join(visible(text).split("\n"))
    if width < 5 or cell_len(line) <= width:
        return truncated(line, width)
    pieces = [(line[start:end], cells) for start, end, cells in split_graphemes(line)[0]]
    tail = _fitting(reversed(pieces), (width - 1) // 2)[::-1]
    head = _fitting(pieces, width - 1 - cell_len("".join(tail)))
    return f"{''.join(head).rstrip()}…{''.join(tail).lstrip()}"


def _fitting(pieces: Iterable[tuple[str, int]], room: int) -> list[str]:
    kept: list[str] = []
    for text, cells in pieces:
        room -= cells
        if room < 0:
            break
        kept.append(text)
    return kept


def one_line(text: str, width: int) -> str:
    """Make untrusted text one showable line of at most `width` cells."""
    # A cell can hold a base and its marks; what is beyond could never be seen.
    head = text[: max(0, width) * 12 + 16]
    return truncated(" ".join(visible(head).split("\n")), width)


def fitting(facts: Iterable[str], room: int, between: str) -> str:
    """Return the first fact, and as many of the others as fit into `room` cells."""
    shown = ""
    for fact in facts:
        longer = f"{shown}{between}{fact}" if shown else fact
        if shown and cell_len(longer) > room:
            break
        shown = longer
    return shown


class TerminalGuard(LineFilter):
    """The last line of defence: no control character leaves in any segment of any widget."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Replace what must not reach the terminal; segments without it pass unchanged.

        Args:
            segments: One line of the screen.
            background: Not used.
        """
        if not any(_HOSTILE_IN_SEGMENT.search(segment.text) for segment in segments):
            return segments
        return [
            segment
            if segment.control
            else Segment(_HOSTILE_IN_SEGMENT.sub(_cell_filler, segment.text), segment.style)
            for segment in segments
        ]


def _cell_filler(match: re.Match[str]) -> str:
    """Keep the width that the character was counted with: tabs aside, these count as zero."""
    return " " if match[0] in "\t\n" else ""
