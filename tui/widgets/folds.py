"""Folded texts in a text field: a marker such as `[5.0 MB pasted, 81,000 lines]` stands for each.

`TextArea` wraps every line that it holds, which takes seconds for megabytes. A marker begins and
ends with a noncharacter of Unicode, so that the same words typed by hand are no marker. In the
field noncharacters occur only there: a text that contains one is folded at any length.
"""

import re
from collections.abc import Sequence
from typing import Final

from textual.document._document import Document

from tui.domain.passage import Span

LONGEST: Final = 64_000
"""Maximum length in characters of a text that is not folded."""
MOST_LINES: Final = 1_000
"""Number of lines from which on a text is folded."""
OPEN: Final = "\ufdd0"
CLOSE: Final = "\ufdd1"
SHOWN: Final = str.maketrans({OPEN: "[", CLOSE: "]"})
"""Translates a line with markers into what is shown of it; no width changes."""
_KNOWN: Final = 8
"""Number of folded texts that are remembered once the field is emptied.

They are folded again in a text that comes back, such as the prompt of another branch.
"""
_SHOWN_ENDS, _SHOWN_LINES = 240, 2
"""Maximum characters and lines that stay unfolded at either end of a text that is loaded."""
_MOST_PARTS: Final = 8
"""Maximum number of parts between copies of a known text; with more, all is one fold."""
_MARKER: Final = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")


class Folds:
    """The folded texts of one field, by their markers."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """Return what the field holds for a text: the same, or markers where it is too long."""
        if not _is_long(text):
            return text
        known = [(marker, one) for marker, one in self._texts.items() if _is_long(one)]
        return self._folded(text, sorted(known, key=lambda each: -len(each[1])))

    def fold_loaded(self, text: str, spans: Sequence[Span] = ()) -> str:
        """Return what the field holds for a text that is loaded, with its `spans` folded.

        Where nothing says which part was pasted, both ends of the text stay visible: words that
        the writer typed are most likely there.
        """
        if spans:
            return self._with_spans(text, spans)
        known = set(self._texts)
        folded = self.fold(text)
        if self._texts.get(folded) != text or folded in known:
            return folded
        first, last = _end(text), len(text) - _end(text[::-1])
        if any(sign in text[:first] + text[last:] for sign in (OPEN, CLOSE)):
            return folded
        del self._texts[folded]
        return text[:first] + self._marker(text[first:last]) + text[last:]

    def _with_spans(self, text: str, spans: Sequence[Span]) -> str:
        """Fold stretches of a text, and what else is too long in it."""
        held, end = "", 0
        for span in spans:
            if end <= span.start < span.end <= len(text):
                held += self.fold(text[end : span.start])
                held += self._marker(text[span.start : span.end])
                end = span.end
        held += self.fold(text[end:])
        return held if len(held) < LONGEST else self.fold_loaded(text)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return which stretches of the text that a text of the field stands for are folded."""
        found, grown = list[Span](), 0
        for marker in _MARKER.finditer(text) if OPEN in text else ():
            start, long = marker.start() + grown, self._texts[marker[0]]
            found.append(Span(start, start + len(long)))
            grown += len(long) - len(marker[0])
        return tuple(found)

    def unfold(self, text: str) -> str:
        """Return the text that a text of the field stands for."""
        if OPEN not in text:
            return text
        return _MARKER.sub(lambda marker: self._texts[marker[0]], text)

    def forget(self) -> None:
        """Forget all folded texts but the last ones: the field and its undo steps are emptied."""
        self._texts = dict(list(self._texts.items())[-_KNOWN:])

    def _folded(self, text: str, known: list[tuple[str, str]]) -> str:
        """Fold a text around copies of known texts, which are given with their markers."""
        if not _is_long(text):
            return text
        for place, (marker, one) in enumerate(known):
            parts = text.split(one, _MOST_PARTS)
            if 1 < len(parts) <= _MOST_PARTS:
                return marker.join(self._folded(part, known[place + 1 :]) for part in parts)
        return self._marker(text)

    def _marker(self, text: str) -> str:
        """Return the marker of a text, which may be a new one."""
        size = f"{_size(text)} pasted, {_lines(text)}"
        marker, number = f"{OPEN}{size}{CLOSE}", 1
        while self._texts.get(marker, text) != text:
            number += 1
            marker = f"{OPEN}{size}, no. {number}{CLOSE}"
        self._texts[marker] = text
        return marker


def as_typed(text: str) -> str:
    """Return a text with the line ends of a field: line feeds."""
    return "\n".join(Document(text).lines)


def marker_around(line: str, column: int) -> tuple[int, int] | None:
    """Return start and end of the marker that a column is inside of; None at its edges."""
    start = line.rfind(OPEN, 0, column)
    end = line.find(CLOSE, start) + 1 if start >= 0 else 0
    return (start, end) if start < column < end else None


def _end(text: str) -> int:
    """Return how many characters stay unfolded at the start of a text, in whole lines."""
    shown = text[:_SHOWN_ENDS]
    lines = shown.split("\n")
    return len("\n".join(lines[:_SHOWN_LINES])) + 1 if len(lines) > _SHOWN_LINES else len(shown)


def _is_long(text: str) -> bool:
    is_long = len(text) > LONGEST or text.count("\n") >= MOST_LINES
    return is_long or OPEN in text or CLOSE in text


def _size(text: str) -> str:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size >= 999_500:
        return f"{size / 1e6:,.1f} MB"
    return f"{size / 1e3:,.0f} KB" if size >= 1_000 else f"{size} bytes"


def _lines(text: str) -> str:
    count = len(text.splitlines())
    return "1 line" if count == 1 else f"{count:,} lines"
