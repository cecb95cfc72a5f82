"""Files of JSON lines, read as far as they can be: one object a line, each ended by a line feed.

A writer may die in the middle of a line, and a disk may damage one; all other lines are read. Pure,
over bytes.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from tui.domain.frozen import frozen

JsonObject = dict[str, Any]
"""An object of a line, as it is there."""
_SPACE: Final = b" \t\r\n"
"""White space that JSON allows around a value, such as a carriage return before the line feed."""


@frozen
class JsonLines:
    """What the lines of a file hold."""

    objects: list[JsonObject]
    """The objects of the whole lines, in order."""
    last: JsonObject | None
    """The object of a last line without a line feed; None for anything else that stands there."""
    is_torn: bool
    """Whether the last line lacks its end: someone is writing it, or died while doing so."""
    is_broken: bool
    """Whether a line before it is no object."""

    @property
    def is_clean(self) -> bool:
        """Whether every line is an object and has its end."""
        return not self.is_torn and not self.is_broken

    @property
    def all(self) -> list[JsonObject]:
        """Every object there is, the last one without its end included."""
        return self.objects if self.last is None else [*self.objects, self.last]


def read_json_lines(data: bytes) -> JsonLines:
    """Return what JSON lines hold; blank lines count for nothing."""
    *lines, rest = data.split(b"\n")
    found = [object_of(line) for line in lines if line.strip(_SPACE)]
    objects = [value for value in found if value is not None]
    is_torn = bool(rest.strip(_SPACE))
    return JsonLines(
        objects,
        object_of(rest) if is_torn else None,
        is_torn=is_torn,
        is_broken=len(objects) < len(found),
    )


def lines_with(data: bytes, word: bytes) -> Iterator[JsonObject]:
    """Yield the objects whose lines hold a word, the last line first; the others are not read.

    The word may be there by chance: it tells which lines need not be read, and nothing else.
    """
    for line in reversed(data.split(b"\n")):
        if word in line and (value := object_of(line)) is not None:
            yield value


def object_of(line: bytes) -> JsonObject | None:
    """Return the object of a line; None for anything else: no JSON, no UTF-8, another value."""
    try:
        value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
