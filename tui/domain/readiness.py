"""Checks of a text before approval: what looks unfinished, with a sentence for each finding."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tui.domain.facts import FactKind, changed_facts
from tui.domain.frozen import frozen
from tui.domain.patterns import late_pattern
from tui.domain.words import count_words

USUAL_WORDS: Final[Mapping[str, tuple[int, int]]] = {
    "post": (100, 2_500),
    "article": (400, 6_000),
    "newsletter": (100, 2_500),
    "script": (150, 12_000),
    "talk": (40, 8_000),
}
"""The usual minimum and maximum number of words by kind; other kinds are not checked."""

Finding = tuple[int, int, str]
"""Line number from 1, column from 0, and what is wrong there."""
QUOTED: Final = 24
"""Number of characters quoted on each side of a finding."""

_FENCE: Final = late_pattern(r" {0,3}(`{3,}|~{3,})(.*)$")
_INLINE_CODE: Final = late_pattern(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_WORD_LEFT: Final = late_pattern(r"\b(?:TODO|FIXME|TBD|TBC|TK+|XXX+)\b|\?{3,}")
_PHRASE_LEFT: Final = late_pattern(r"lorem ipsum", re.IGNORECASE)
_BRACKET_LEFT: Final = late_pattern(
    r"\[(?:sources?|citation(?: needed)?|cite|links?|name|date|quote|number|image|figure|tk"
    r"|todo|xx+|(?:insert|your|add|company|author|product)\b[^\]\n]{0,60})\](?![(\[:])",
    re.IGNORECASE,
)
_DRAFT_TAG: Final = late_pattern(r"</?draft>", re.IGNORECASE)
_HEADING: Final = late_pattern(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_CONFLICT: Final = late_pattern(r"(?:<{7}|>{7}|\|{7})(?: |$)")
_DOUBLED: Final = late_pattern(
    r"(?<![\w’'-])([^\W\d_]+)(?:[ \t]+|[ \t]*\n[ \t]*)(\1)(?![\w’'-])", re.IGNORECASE
)
_MAY_DOUBLE: Final = frozenset(
    {
        "blah",
        "bye",
        "far",
        "ha",
        "had",
        "knock",
        "long",
        "many",
        "no",
        "really",
        "so",
        "that",
        "very",
    }
)
_LINK_START: Final = late_pattern(r"(?<!\\)\]\(")
_REFERENCE: Final = late_pattern(r"(?<!\\)\[[^\[\]\n]+\]\[([^\[\]\n]*)\]")
_DEFINITION: Final = late_pattern(r" {0,3}\[([^\]\n]+)\]:[ \t]*\S", re.MULTILINE)
_PAIRED: Final = late_pattern(r"(?<![\\*])\*{2,3}(?!\*)|(?<![\\`])`(?!`)")
_RULE: Final = late_pattern(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_NEW_BLOCK: Final = late_pattern(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]|\s*#{1,6}[ \t]|\s*\|")
_REMARK: Final = late_pattern(
    r"(?:certainly|sure|of course)[!,.]|here(?:’s|'s| is) (?:the|your|a|my) [^.\n]{0,40}"
    r"(?:draft|version)|let me know (?:if|what)|as an ai\b",
    re.IGNORECASE,
)
_UNSEEN: Final = late_pattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


@frozen
class Spot:
    """A finding in a text."""

    sentence: str
    """The finding; it begins with the words around it, since readers see no line numbers."""
    line: int = 0
    """Line number from 1; 0 for a finding about the text as a whole."""
    column: int = 0
    """Column in the line, from 0."""
    word: str = ""
    """The misspelt word, without soft hyphens; empty for other findings."""
    end: int = 0
    """Column after the misspelt word, soft hyphens counted; 0 for other findings."""


def looked_over(text: str, *, kind: str = "", approved: str | None = None) -> tuple[Spot, ...]:
    """Return all findings: unfinished places, an unusual length, and changed facts.

    Facts are compared with the text approved last, if there is one; the length with the usual one
    for the kind.
    """
    length = _length(text, kind)
    facts = () if approved is None else tuple(_facts(approved, text))
    return (*length, *findings(text), *facts)


def watched(text: str, approved: str | None) -> tuple[Spot, ...]:
    """Return the findings to show during editing, in the order of the text.

    Findings about the text as a whole come last. The length of a growing text is not checked.
    """
    facts = () if approved is None else tuple(_facts(approved, text))
    every = [*(findings(text) if text.strip() else ()), *facts]
    return tuple(sorted(every, key=lambda spot: (not spot.line, spot.line, spot.column)))


def findings(text: str) -> tuple[Spot, ...]:
    """Return a sentence for each unfinished place, in the order of the text."""
    if not text.strip():
        return (Spot("The text is empty."),)
    lines = text.split("\n")
    return tuple(
        Spot(f"“{_excerpt(lines[number - 1], column)}” {what}.", number, column)
        for number, column, what in found(text)
    )


def _length(text: str, kind: str) -> Iterator[Spot]:
    least, most = USUAL_WORDS.get(kind, (0, 0))
    words = count_words(text)
    a_kind = f"an {kind}" if kind[:1] in "aeiou" else f"a {kind}"
    if 0 < words < least:
        yield Spot(f"{words:,} words is short for {a_kind}: {least:,} or more are usual.")
    elif most and words > most:
        yield Spot(f"{words:,} words is long for {a_kind}: {most:,} or fewer are usual.")


def _facts(approved: str, text: str) -> Iterator[Spot]:
    for fact in changed_facts(approved, text):
        said = _short(fact.text)
        # A quotation brings its own marks.
        named = f"{fact.kind.value} {said if fact.kind is FactKind.QUOTATION else f'“{said}”'}"
        if fact.is_new:
            yield Spot(f"The {named} is new since the approval.", *_place_of(fact.text, text))
        else:
            yield Spot(f"The {named} is gone since the approval.")


def _short(text: str) -> str:
    return text if len(text) <= 2 * QUOTED else f"{text[: 2 * QUOTED - 1]}…"


def _place_of(words: str, text: str) -> tuple[int, int]:
    """Return the line and column of the first occurrence of words, however they are wrapped."""
    place = re.search(r"\s+".join(re.escape(word) for word in words.split()), text)
    if place is None:
        return 0, 0
    at = place.start()
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1)


def found(text: str) -> list[Finding]:
    """Return a finding for each unfinished place."""
    prose, fence = _without_code(text)
    every = [*_in_whole(text), *_in_prose(prose)]
    if fence:
        every.append((fence, 0, "opens a code block that is never closed"))
    return sorted(every)


def _excerpt(line: str, column: int) -> str:
    """Return the words of a line around a column."""
    start, end = max(0, column - QUOTED), column + QUOTED
    if start:
        start = line.find(" ", start, column) + 1 or start
    if end < len(line):
        space = line.rfind(" ", column + 1, end)
        end = end if space < 0 else space
    words = line[start:end].strip()
    return "…" * bool(start) + words + "…" * (end < len(line))


def _without_code(text: str) -> tuple[list[str], int]:
    """Blank code out; return the lines, and the number of a fence left open (0: none)."""
    lines: list[str] = []
    opened, mark = 0, ""
    for number, line in enumerate(text.split("\n"), start=1):
        fence = _FENCE.match(line)
        if opened:
            lines.append("")
            if fence and fence[1].startswith(mark) and not fence[2].strip():
                opened = 0
        elif fence and not (fence[1][0] == "`" and "`" in fence[2]):
            opened, mark = number, fence[1]
            lines.append("")
        else:
            lines.append(_INLINE_CODE.sub(lambda code: "·" * len(code[0]), line))
    return lines, opened


def _in_whole(text: str) -> Iterator[Finding]:
    """Find marks that are unfinished even in code."""
    has_conflict = False
    for number, line in enumerate(text.split("\n"), start=1):
        if _CONFLICT.match(line) or (has_conflict and line == "======="):
            has_conflict = True
            yield number, 0, f"has a conflict marker, “{line[:7]}”"
        if unseen := _UNSEEN.search(line.removesuffix("\r")):
            yield (
                number,
                unseen.start(),
                f"has a character that cannot be seen, U+{ord(unseen[0]):04X}",
            )


def _in_prose(lines: list[str]) -> Iterator[Finding]:
    for number, line in enumerate(lines, start=1):
        for left in (*_WORD_LEFT.finditer(line), *_PHRASE_LEFT.finditer(line)):
            yield number, left.start(), f"still says “{left[0]}”"
        for left in _BRACKET_LEFT.finditer(line):
            yield number, left.start(), f"still has the placeholder “{left[0]}”"
        for tag in _DRAFT_TAG.finditer(line):
            yield number, tag.start(), f"still has the tag {tag[0]}"
    yield from _headings(lines)
    yield from _links(lines)
    yield from _unclosed(lines)
    yield from _doubled_words(lines)
    yield from _remarks(lines)


def _headings(lines: list[str]) -> Iterator[Finding]:
    open_at, open_level = 0, 0
    for number, line in enumerate(lines, start=1):
        heading = _HEADING.match(line)
        if heading is None:
            if line.strip():
                open_at = 0
            continue
        level = len(heading[1])
        if open_at and level <= open_level:
            yield open_at, 0, "is a heading with nothing under it"
        if not heading[2]:
            yield number, 0, "is a heading without words"
        open_at, open_level = (number, level) if heading[2] else (0, 0)
    if open_at and open_at == _last_filled(lines):
        yield open_at, 0, "is a heading with nothing under it"


def _last_filled(lines: list[str]) -> int:
    return max((number for number, line in enumerate(lines, start=1) if line.strip()), default=0)


def _links(lines: list[str]) -> Iterator[Finding]:
    defined = {name.casefold() for name in _DEFINITION.findall("\n".join(lines))}
    for number, line in enumerate(lines, start=1):
        for start in _LINK_START.finditer(line):
            target = _target(line, start.end())
            if target is None:
                yield number, start.start(), "has a link that is not closed"
            elif not target.strip(" <>"):
                yield number, start.start(), "has a link that leads nowhere"
        for reference in _REFERENCE.finditer(line):
            name = reference[1] or reference[0][1:].split("]")[0]
            if name.casefold() not in defined:
                yield number, reference.start(), f"links to [{name}], which is not defined"


def _unclosed(lines: list[str]) -> Iterator[Finding]:
    """Find opening marks for strong words and code without a closing mark in the paragraph."""
    opened: dict[str, tuple[int, int]] = {}
    for number, line in enumerate([*lines, ""], start=1):
        if not line.strip() or _NEW_BLOCK.match(line):
            for mark, (begun, column) in opened.items():
                yield begun, column, f"has {mark} that is not closed"
            opened = {}
        if _RULE.match(line):
            continue
        for found in _PAIRED.finditer(line):
            mark = "**" if found[0][0] == "*" else "`"
            if opened.pop(mark, None) is None:
                opened[mark] = number, found.start()


def _target(line: str, start: int) -> str | None:
    depth = 1
    for end in range(start, len(line)):
        if line[end] in "()":
            depth += 1 if line[end] == "(" else -1
        if not depth:
            return line[start:end]
    return None


def _doubled_words(lines: list[str]) -> Iterator[Finding]:
    prose = "\n".join(lines)
    number, counted = 1, 0
    for double in _DOUBLED.finditer(prose):
        first, second = double[1], double[2]
        # “Duran Duran” is a name; “The the” and “the the” are slips.
        if first.casefold() in _MAY_DOUBLE or not second.islower():
            continue
        number += prose.count("\n", counted, double.start())
        counted = double.start()
        column = double.start() - (prose.rfind("\n", 0, double.start()) + 1)
        yield number, column, f"says “{first} {second}”"


def _remarks(lines: list[str]) -> Iterator[Finding]:
    """Find remarks by Claude at the very start or end of the text."""
    filled = [number for number, line in enumerate(lines, start=1) if line.strip()]
    for number in sorted({filled[0], filled[-1]} if filled else ()):
        if _REMARK.match(lines[number - 1].strip()):
            yield number, 0, "sounds like a remark to you, not like the text"
