"""Styles for the lines of a Markdown source in the editor; Markdown marks stay visible.

This is no Markdown parser: except for fenced code, every line is styled by itself, so emphasis that
spans lines is left plain.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final

from tui.domain.patterns import late_pattern

_FENCE: Final = late_pattern(r"[ \t]*(`{3,}|~{3,})")
_HEADING: Final = late_pattern(r" {0,3}#{1,6}(?:[ \t].*|$)")
_LEAD: Final = late_pattern(
    r"[ \t]*(?P<quote>(?:>[ \t]?)*)(?P<item>(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\](?=\s))?)?"
)
_BEFORE_TEXT: Final = late_pattern(r" *(?:> ?)*(?:(?:[-*+]|\d{1,9}[.)]) +(?:\[[ xX]\] +)?)?")
"""What stands before the text of a line: its indent, the marks of quotes, of an item, of a task."""
_RULE: Final = late_pattern(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_CODE: Final = late_pattern(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LINK: Final = late_pattern(r"!?\[[^\]\n]*\]\([^)\n]*\)|https?://[^\s)>\]]+")
_STRONG: Final = late_pattern(r"(\*\*|__)(?=[^\s*_])(?:.*?[^\s\\])?\1(?![*_])")
_EMPHASIS: Final = late_pattern(
    r"(?<![\\*\w])\*(?=[^\s*])[^*]*?(?<=[^\s\\*])\*(?!\*)|(?<![\\_\w])_(?=[^\s_])[^_]*?(?<=[^\s\\_])_(?![_\w])"
)


class Look(StrEnum):
    """The style of a part of a line."""

    HEADING = "heading"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    CODE = "code"
    LINK = "link"
    QUOTE = "quote"
    MARK = "mark"
    """A list's bullet or number, a rule, a fence."""


Span = tuple[int, int, Look]
"""Offsets in characters of the start and the end of a part of a line."""


def code_lines(lines: Sequence[str]) -> list[bool]:
    """Return for each line whether it belongs to a fenced block of code, its fences included."""
    fence, made = "", []
    for line in lines:
        found = None if fence else _FENCE.match(line)
        made.append(bool(fence or found))
        if found:
            fence = found[1]
        elif fence and line.strip().startswith(fence) and not line.strip(" \t" + fence):
            fence = ""
    return made


def hanging_indent(line: str, width: int) -> int:
    """Return the cells by which the rows of a wrapped line stand further in than its first one.

    Tabs, and an indent of more than half the `width`, leave them where they are.
    """
    found = _BEFORE_TEXT.match(line)
    indent = found.end() if found else 0
    return 0 if "\t" in line or indent > width // 2 else indent


@lru_cache(maxsize=4096)
def line_looks(line: str, *, is_code: bool = False) -> tuple[Span, ...]:
    """Return the styled parts of a line; a later part is drawn over an earlier one.

    Results are cached: at every key the editor asks for all visible lines, of which one changed.
    """
    return tuple(_looks(line, is_code=is_code))


def _looks(line: str, *, is_code: bool) -> Iterator[Span]:
    if is_code:
        yield 0, len(line), Look.CODE
        return
    if _RULE.match(line):
        yield 0, len(line), Look.MARK
        return
    if _HEADING.match(line):
        yield 0, len(line), Look.HEADING
    found = _LEAD.match(line)
    if found and found["quote"]:
        yield found.start("quote"), len(line), Look.QUOTE
    if found and found["item"]:
        yield *found.span("item"), Look.MARK
    code = [match.span() for match in _CODE.finditer(line)]
    for pattern, look in (
        (_STRONG, Look.STRONG),
        (_EMPHASIS, Look.EMPHASIS),
        (_LINK, Look.LINK),
    ):
        for match in pattern.finditer(line):
            start, end = match.span()
            if not any(first < end and start < last for first, last in code):
                yield start, end, look
    for start, end in code:
        yield start, end, Look.CODE
