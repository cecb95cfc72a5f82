"""`library.json`, the index: the rows of all contents, so that the list opens no content file.

The index is a cache and may be deleted at any time. A row is valid while the device, inode, size
and time of its content's file are unchanged. The index is a TinyDB table of one document with a
list for each field of the rows, read in a fifth of the time that one document per row would take.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, fields
from datetime import datetime
from itertools import repeat
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TypeVar

from tui.domain.catalog import ContentRow
from tui.domain.errors import LibraryProblem
from tui.domain.frozen import frozen
from tui.domain.status import Status
from tui.store.fields import written_moment
from tui.store.files import UNSETTLED_NS, Fingerprint
from tui.store.storage import SafeStorage
from tui.store.unreadable import Unreadable

_TABLE: Final = "columns"

T = TypeVar("T")
Column = Sequence[Any]
"""The values of one field in all rows."""


@frozen
class Entry:
    """The cached facts about one content's file."""

    seen: Fingerprint
    noted_ns: int
    """When the file was checked, in nanoseconds of the wall clock."""
    row: ContentRow | None
    generation: int = 0
    problem: str = ""
    """What is wrong with the file, as a sentence."""

    def holds(self, found: os.stat_result) -> bool:
        """Whether the entry is still valid for a file with this stat."""
        seen = self.seen  # Without a helper method, because this runs for every file of a library.
        return (
            seen.modified_ns == found.st_mtime_ns
            and seen.inode == found.st_ino
            and seen.size == found.st_size
            and seen.device == found.st_dev
            and self.noted_ns - seen.modified_ns > UNSETTLED_NS
        )


@frozen
class Stamps:
    """Fingerprint of a library's folders; every save of Redraft's changes it."""

    identity: tuple[int, ...]
    """Devices and inodes of the folders, which change when a folder is replaced by another one."""
    changed_ns: int
    """When a name in the folder of contents, or its mode, changed last, in nanoseconds."""
    mode: int


def _optional_moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


_WRITTEN: Final[Mapping[str, Callable[[Any], object]]] = {
    "created_at": written_moment,
    "updated_at": written_moment,
    "undo_at": written_moment,
    "status": attrgetter("value"),
    "tags": list,
}
"""Encoders for the fields of a row that JSON cannot represent."""
_READ: Final[Mapping[str, Callable[[Any], object]]] = {
    "created_at": datetime.fromisoformat,
    "updated_at": datetime.fromisoformat,
    "undo_at": _optional_moment,
    "status": {status.value: status for status in Status}.__getitem__,
    "tags": tuple,
}
_ROW: Final = tuple(one.name for one in fields(ContentRow) if one.init and one.name != "needs")
"""The stored fields of a row; rows of contents that a newer Redraft wrote are not stored."""
_SEEN: Final = ("device", "inode", "size", "modified_ns")
_ENTRY: Final = ("generation", "noted_ns")
_FOLDERS: Final = "folders"
"""The name of the folders' stamps beside the columns."""


@frozen
class Index:
    """What an index says; made into entries only when these are needed."""

    rows: tuple[ContentRow, ...] = ()
    """In the order of the list."""
    folders: Stamps | None = None
    """The library's folders when the rows were those of all files; None if they never were."""
    facts: Mapping[str, Column] = field(default_factory=dict)
    """What else an entry has, by field."""

    def entries(self) -> dict[str, Entry]:
        """Return the entries by content id."""
        if not self.rows:
            return {}
        seen = _made(Fingerprint, {name: self.facts[name] for name in _SEEN})
        about = {name: self.facts[name] for name in _ENTRY}
        entries = _made(Entry, {**about, "row": self.rows, "seen": seen})
        return {row.id: entry for row, entry in zip(self.rows, entries, strict=True)}


def read_index(path: Path) -> Index:
    """Return the index; an empty one without an intact file."""
    storage = SafeStorage(path, is_cache=True)
    try:
        storage.refresh()
        if not storage.is_intact:
            return Index()
        columns = storage.tables[_TABLE]["1"]
        rows = _made(ContentRow, {name: _read(name, columns[name]) for name in _ROW})
        facts = {name: columns[name] for name in (*_SEEN, *_ENTRY)}
        if any(len(column) != len(rows) for column in facts.values()):
            return Index()
        stamps = columns.get(_FOLDERS)
        folders = None if stamps is None else Stamps(tuple(stamps[2:]), stamps[0], stamps[1])
        return Index(tuple(rows), folders, facts)
    except (OSError, LibraryProblem, Unreadable, LookupError, TypeError, ValueError):
        return Index()


def write_index(path: Path, entries: Iterable[Entry], folders: Stamps | None) -> None:
    """Write the entries of contents without problems; raises `LibraryProblem`."""
    kept = [entry for entry in entries if entry.row is not None and not entry.problem]
    rows, seen = [entry.row for entry in kept], [entry.seen for entry in kept]
    columns = {name: _written(name, list(map(attrgetter(name), rows))) for name in _ROW}
    columns |= {name: list(map(attrgetter(name), seen)) for name in _SEEN}
    columns |= {name: list(map(attrgetter(name), kept)) for name in _ENTRY}
    if folders is not None:
        columns[_FOLDERS] = [folders.changed_ns, folders.mode, *folders.identity]
    SafeStorage(path, is_cache=True).write({_TABLE: {"1": columns}})


def _written(name: str, column: Column) -> Column:
    written = _WRITTEN.get(name)
    return column if written is None else list(map(written, column))


def _read(name: str, column: Column) -> Column:
    read = _READ.get(name)
    return column if read is None else list(map(read, column))


def _made(kind: type[T], columns: Mapping[str, Column]) -> list[T]:
    """Return an instance of a frozen, slotted class per row; fields without a column get defaults.

    The instances are filled column by column, in a fifth of the time that `__init__` would take.
    """
    count = len(next(iter(columns.values())))
    if any(len(column) != count for column in columns.values()):
        raise ValueError("the columns are not of one length")
    made = list(map(object.__new__, repeat(kind, count)))
    for one in fields(kind):  # type: ignore[arg-type]
        values = columns.get(one.name, repeat(one.default, count))
        deque(map(getattr(kind, one.name).__set__, made, values), maxlen=0)
    return made
