"""A journal: an append-only file of texts that change with every key; each row is one change.

A line holds the changes of one call, which count together or not at all: the CRC-32 of the rest of
the line in eight hexadecimal digits, a space, and JSON:
`[number, [[kind, name, at, removed, inserted, over], …]]`. `kind` and `name` identify the text; at
the offset `at`, `removed` characters are replaced by `inserted`. `over` is the CRC-32 of the saved
text on which the first change was based; null when nothing was saved.
"""

import fcntl
import json
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tui.domain.frozen import frozen
from tui.store.files import FILE_MODE, FOLDER_MODE, reading, writing
from tui.whole_files import sync, sync_folder

SUFFIX: Final = ".journal"
Key = tuple[str, str]
"""The kind of a text, and its name within that kind."""


@frozen
class Kept:
    """A text reconstructed from a journal."""

    text: str
    over: int | None
    """`mark_of` the text, saved elsewhere, on which the first change was based."""


@frozen
class Row:
    """One change of a text."""

    number: int
    """Of its line."""
    key: Key
    at: int
    removed: int
    inserted: str
    over: int | None

    def applied_to(self, text: str) -> str:
        """Return the text after the change."""
        return text[: self.at] + self.inserted + text[self.at + self.removed :]


class Journal:
    """Writes one locked journal; belongs to one thread. Raises `LibraryProblem`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = 0
        """The number of the last line; clearing the journal does not reset it."""
        self.size = 0
        """Size in bytes of the complete lines in the file."""
        self._handle: int | None = None
        self._texts: dict[Key, str] = {}
        self._over: dict[Key, int | None] = {}

    def keep(self, texts: Mapping[Key, str], saved: Mapping[Key, str]) -> None:
        """Append the current state of the texts; `saved` holds the texts that are saved elsewhere.

        Returns when the rows are durable on disk.
        """
        if self._handle is not None and not os.fstat(self._handle).st_nlink:
            texts = {**self._texts, **texts}  # The file was deleted: every text is written again.
            self._let_go()
        with writing(self.path):
            handle = self._handle = self._opened() if self._handle is None else self._handle
            os.ftruncate(handle, self.size)  # A write that failed may have left half a line.
            rows = [self._row(key, text, saved) for key, text in texts.items()]
            data = _line(self.number + 1, rows)
            left = memoryview(data)
            while left:
                left = left[os.write(handle, left) :]
            sync(handle)
        self.number += 1
        self.size += len(data)
        self._texts.update(texts)
        self._over.update({row.key: row.over for row in rows})

    def clear(self) -> None:
        """Empty the journal, once everything in it is saved elsewhere."""
        self._texts.clear()
        self._over.clear()
        if self._handle is not None and self.size:
            with writing(self.path):
                os.ftruncate(self._handle, 0)
        self.size = 0

    def close(self) -> None:
        """Close the file; an empty file is deleted."""
        if self._handle is not None:
            is_empty = not self.size
            self._let_go()
            if is_empty:
                with writing(self.path):
                    self.path.unlink(missing_ok=True)

    def _let_go(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
        self._handle, self.size = None, 0
        self._texts.clear()

    def _opened(self) -> int:
        if not self.path.parent.is_dir():
            self.path.parent.mkdir(FOLDER_MODE)  # No parents: the library may be away.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        while True:
            handle = os.open(self.path, flags, FILE_MODE)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if os.fstat(handle).st_nlink:  # No program has just deleted it as left behind.
                    sync_folder(self.path.parent)
                    return handle
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)

    def _row(self, key: Key, text: str, saved: Mapping[Key, str]) -> Row:
        over = self._over.get(key, mark_of(saved.get(key)))
        return Row(self.number + 1, key, *_change(self._texts.get(key, ""), text), over)


def rows_in(path: Path) -> tuple[Row, ...]:
    """Return the rows of a journal up to the first incomplete line; empty without a file.

    Raises `LibraryProblem` when the file cannot be read.
    """
    try:
        with reading(path):
            data = path.read_bytes()
    except FileNotFoundError:
        return ()
    rows: list[Row] = []
    for line in data.splitlines(keepends=True):
        found = _rows_of(line)
        if found is None:
            break
        rows += found
    return tuple(rows)


def texts_of(rows: Iterable[Row], *, after: int = 0) -> dict[Key, Kept]:
    """Return the texts that result from rows; rows numbered up to `after` are skipped."""
    texts: dict[Key, Kept] = {}
    for row in rows:
        if row.number > after:
            before = texts.get(row.key)
            texts[row.key] = Kept(row.applied_to(before.text if before else ""), row.over)
    return texts


def mark_of(text: str | None) -> int | None:
    """Return a checksum that identifies a text; None for no text."""
    return None if text is None else zlib.crc32(text.encode("utf-8", "surrogatepass"))


def _change(before: str, after: str) -> tuple[int, int, str]:
    """Return where two texts first differ, how many characters go, and the text inserted."""
    at = _common(before, after, is_end=False)
    end = _common(before[at:], after[at:], is_end=True)
    return at, len(before) - end - at, after[at : len(after) - end]


def _common(one: str, other: str, *, is_end: bool) -> int:
    """Return the length of the common prefix or suffix of two texts."""
    low, high = 0, min(len(one), len(other))
    while low < high:  # By halves: comparing slices is quick, comparing characters is not.
        half = (low + high + 1) // 2
        if is_end:
            is_same = one[-half : len(one) - low] == other[-half : len(other) - low]
        else:
            is_same = one[low:half] == other[low:half]
        low, high = (half, high) if is_same else (low, half - 1)
    return low


def _line(number: int, rows: Sequence[Row]) -> bytes:
    values = [[*row.key, row.at, row.removed, row.inserted, row.over] for row in rows]
    # Not as JSON escapes: read back, two lone surrogates in a row would be one character.
    data = json.dumps([number, values], ensure_ascii=False).encode("utf-8", "surrogatepass")
    return b"%08x %s\n" % (zlib.crc32(data), data)


def _rows_of(line: bytes) -> tuple[Row, ...] | None:
    data = line[9:-1]
    if line != b"%08x %s\n" % (zlib.crc32(data), data):
        return None
    try:
        number, changes = json.loads(data.decode("utf-8", "surrogatepass"))
        return tuple(_row(number, change) for change in changes)
    except (ValueError, TypeError):
        return None  # A line of another Redraft.


def _row(number: int, change: object) -> Row:
    """Return the row of a parsed line; raises `TypeError` for data of another shape."""
    match change:
        case [
            str() as kind,
            str() as name,
            int() as at,
            int() as removed,
            str() as inserted,
            int() | None as over,
        ]:
            return Row(int(number), (kind, name), at, removed, inserted, over)
        case _:
            raise TypeError(f"{change!r} is no change of a text")
