"""`library.json`: one small row per content, so that the list need not open every file.

It is a cache. A row counts only while its file's device, inode, size and time are those it was made
from; the whole file may be deleted at any time.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from tinydb import TinyDB
from tinydb.table import Document

from tui.domain.catalog import ContentRow
from tui.domain.errors import LibraryProblem
from tui.domain.status import Status
from tui.store.fields import optional_moment, written_moment
from tui.store.files import Seen, Unreadable
from tui.store.migrations import Row
from tui.store.storage import SafeStorage

_TABLE: Final = "rows"
_UNSETTLED_NS: Final = 100_000_000
"""A file read so soon after its last change may change again without its stat telling."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one content's file."""

    seen: Seen
    noted_ns: int
    """When it was looked at, in nanoseconds of the wall clock."""
    row: ContentRow | None
    generation: int = 0
    problem: str = ""
    """What is wrong with the file, as a sentence."""

    def holds(self, found: os.stat_result) -> bool:
        """Whether it still tells the truth of a file that has this stat now."""
        seen = self.seen
        return seen.is_of(found) and self.noted_ns - seen.modified_ns > _UNSETTLED_NS


def read_index(path: Path) -> dict[str, Entry]:
    """Return the entries by content id; none when there is no index just as Redraft wrote it."""
    storage = SafeStorage(path, is_cache=True)
    try:
        storage.refresh()
        if not storage.is_intact:
            return {}
        # Without TinyDB, which makes a document of each row first: a sixth of the time.
        rows = cast(Iterable[Row], storage.tables.get(_TABLE, {}).values())
        return {row["id"]: _entry(row) for row in rows}
    except (OSError, LibraryProblem, Unreadable, LookupError, TypeError, ValueError):
        return {}


def write_index(path: Path, entries: Iterable[Entry]) -> None:
    """Write the entries of contents with which nothing is wrong; raises `LibraryProblem`."""
    storage = SafeStorage(path, is_cache=True)
    rows = (_stored(entry, entry.row) for entry in entries if entry.row and not entry.problem)
    with storage.transaction():
        documents = [Document(row, count) for count, row in enumerate(rows, 1)]
        TinyDB(storage=lambda: storage).table(_TABLE).insert_multiple(documents)


def _stored(entry: Entry, row: ContentRow) -> Row:
    seen = entry.seen
    return {
        "id": row.id,
        "title": row.title,
        "kind": row.kind,
        "status": row.status.value,
        "created_at": written_moment(row.created_at),
        "updated_at": written_moment(row.updated_at),
        "version": row.version,
        "words": row.words,
        "approved_version": row.approved_version,
        "branches": row.branches,
        "tags": list(row.tags),
        "has_failed": row.has_failed,
        "cost": row.cost,
        "unknown_turns": row.unknown_turns,
        "undo_at": written_moment(row.undo_at),
        "undo_author": row.undo_author,
        "generation": entry.generation,
        "noted_ns": entry.noted_ns,
        "file": [seen.device, seen.inode, seen.size, seen.modified_ns],
    }


def _entry(row: Row) -> Entry:
    return Entry(
        seen=Seen(*row["file"]),
        noted_ns=row["noted_ns"],
        generation=row["generation"],
        row=ContentRow(
            id=row["id"],
            title=row["title"],
            kind=row["kind"],
            status=Status(row["status"]),
            created_at=datetime.fromisoformat(row["created_at"]),
            updated_at=datetime.fromisoformat(row["updated_at"]),
            version=row["version"],
            words=row["words"],
            approved_version=row["approved_version"],
            branches=row["branches"],
            tags=tuple(row["tags"]),
            has_failed=row["has_failed"],
            cost=row["cost"],
            unknown_turns=row["unknown_turns"],
            undo_at=optional_moment(row, "undo_at"),
            undo_author=row["undo_author"],
        ),
    )
