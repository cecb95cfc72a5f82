"""Long texts in a field, each of which is one short marker there: `[5.0 MB pasted, 81,000 lines]`.

`TextArea` wraps every line that it holds, which takes seconds for a text of megabytes. A marker
begins and ends with a character that Unicode keeps for the inside of programs, so that the same
words typed by hand are only words. A text from outside with such a character is folded at any
length: in the field they never occur but in markers.
"""

import re
from typing import Final

from textual.document._document import Document

LONGEST: Final = 64_000
"""Characters up to which a text is shown as it is."""
MOST_LINES: Final = 1_000
OPEN: Final = "\ufdd0"
CLOSE: Final = "\ufdd1"
SHOWN: Final = str.maketrans({OPEN: "[", CLOSE: "]"})
"""Makes of a line with markers what is shown of it; each character stays as wide."""
_KNOWN: Final = 8
"""Folded texts of before that are known again in a text that comes back, like that of a branch."""
_SHOWN_ENDS, _SHOWN_LINES = 240, 2
"""Characters and lines that are shown of either end of a long text that comes back."""
_MOST_PARTS: Final = 8
"""A text that falls into more parts around one that is known is one fold."""
_MARKER: Final = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")


class Folds:
    """The folded texts of one field, by their markers."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """Return a text for the field, in which markers stand for what is too long for it."""
        if not _is_long(text):
            return text
        known = [(marker, one) for marker, one in self._texts.items() if _is_long(one)]
        return self._folded(text, sorted(known, key=lambda each: -len(each[1])))

    def taken_up(self, text: str) -> str:
        """Return a text of another time for the field, with its ends to be seen.

        What was pasted of it is known only as long as the program runs; what the writer typed is
        before that or behind it.
        """
        known = set(self._texts)
        folded = self.fold(text)
        if self._texts.get(folded) != text or folded in known:
            return folded
        first, last = _end(text), len(text) - _end(text[::-1])
        if any(sign in text[:first] + text[last:] for sign in (OPEN, CLOSE)):
            return folded
        del self._texts[folded]
        return text[:first] + self._marker(text[first:last]) + text[last:]

    def unfold(self, text: str) -> str:
        """Return what a text in the field stands for."""
        if OPEN not in text:
            return text
        return _MARKER.sub(lambda marker: self._texts[marker[0]], text)

    def forget(self) -> None:
        """Forget all but the last texts, when the field and its undo steps are emptied."""
        self._texts = dict(list(self._texts.items())[-_KNOWN:])

    def _folded(self, text: str, known: list[tuple[str, str]]) -> str:
        if not _is_long(text):
            return text
        for place, (marker, one) in enumerate(known):
            parts = text.split(one, _MOST_PARTS)
            if 1 < len(parts) <= _MOST_PARTS:
                return marker.join(self._folded(part, known[place + 1 :]) for part in parts)
        return self._marker(text)

    def _marker(self, text: str) -> str:
        said = f"{_size(text)} pasted, {_lines(text)}"
        marker, number = f"{OPEN}{said}{CLOSE}", 1
        while self._texts.get(marker, text) != text:
            number += 1
            marker = f"{OPEN}{said}, no. {number}{CLOSE}"
        self._texts[marker] = text
        return marker


def as_typed(text: str) -> str:
    """Return a text as a field has it: each line break is a line feed."""
    return "\n".join(Document(text).lines)


def marker_around(line: str, column: int) -> tuple[int, int] | None:
    """Return where the marker begins and ends that a column is inside of; None at its edges."""
    start = line.rfind(OPEN, 0, column)
    end = line.find(CLOSE, start) + 1 if start >= 0 else 0
    return (start, end) if start < column < end else None


def _end(text: str) -> int:
    """Return how many characters of a long text are shown at its beginning: of whole lines."""
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
