"""The entries of a library's contents, kept up to date by checks of the files' stats.

Each change of an entry gets the next revision, so that a caller can get all changes since one.
"""

import os
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tui.domain.catalog import ContentRow
from tui.domain.catalog_changes import by_age
from tui.domain.errors import LibraryProblem
from tui.domain.frozen import frozen
from tui.domain.ids import ContentId
from tui.store.damage import DAMAGED, Known, lost_sentence
from tui.store.files import PREVIOUS, reading
from tui.store.index import Entry, read_index, write_index
from tui.store.locks import is_plain

SUFFIX: Final = ".json"

Examine = Callable[[str], Entry | None]
"""Opens a content's file and returns its entry; None when there is no content to list."""


@frozen
class Since:
    """The changes since a revision, and the current revision."""

    revision: int
    rows: tuple[ContentRow, ...]
    gone: frozenset[ContentId]


class Listing:
    """The entries of all contents; opens only files that changed."""

    def __init__(self, index: Path, contents: Path) -> None:
        self._index = index
        self._contents = contents
        self._entries: dict[str, Entry] | None = None
        self._rows: tuple[ContentRow, ...] | None = None
        self._is_index_old = False
        self._revision = 0
        self._changed: dict[str, int] = {}
        """The revisions at which contents changed or disappeared, in order."""
        self._found_wrong: list[str] = []
        """Problems that the last check of all files found and that belong to no entry."""

    @property
    def revision(self) -> int:
        """The number of changes since the program began."""
        return self._revision

    def since(self, revision: int) -> Since:
        """Return the current state of all contents that changed after a revision."""
        entries, rows, gone = self._loaded(), [], set()
        for content_id, changed in reversed(self._changed.items()):
            if changed <= revision:
                break
            entry = entries.get(content_id)
            if entry is None or entry.row is None:
                gone.add(ContentId(content_id))
            else:
                rows.append(entry.row)
        return Since(self._revision, tuple(rows), frozenset(gone))

    @property
    def is_index_old(self) -> bool:
        """Whether the index on disk is out of date."""
        return self._is_index_old

    def known(self, content_id: str) -> Known:
        """Return the last known entry of a content."""
        entry = self._loaded().get(content_id)
        if entry is None:
            return Known(content_id)
        return Known(content_id, entry.generation, entry.row)

    def put(self, content_id: str, entry: Entry) -> None:
        """Record a content's current state."""
        self._loaded()[content_id] = entry
        self._rows = None
        self._is_index_old = True
        self._note(content_id)

    def drop(self, content_id: str) -> None:
        """Record that a content is gone."""
        if content_id in self._loaded():
            self._take(content_id, None)

    def look_at_all(
        self, examine: Examine, gone_from: Callable[[str], str], notes: Mapping[str, str]
    ) -> None:
        """Check every file.

        `gone_from` returns why a content that has only a backup has lost its file.
        """
        looked = self._scan()
        for content_id in looked.copies - looked.contents - looked.asides.keys():
            looked.problems += filter(None, [gone_from(content_id)])
        entries = self._loaded()
        for gone in entries.keys() - looked.contents:
            self._take(gone, None)
        for content_id in looked.changed:
            self._take(content_id, examine(content_id))
        for content_id, names in looked.asides.items():
            if content_id not in entries and content_id not in notes:
                aside = self._contents / max(names)
                sentence = lost_sentence(Known(content_id), "it was damaged", aside)
                looked.problems.append(sentence)
        self._found_wrong = looked.problems

    def look_at(self, names: Collection[str], examine: Examine) -> bool:
        """Check some content files; return whether that suffices to know the library's state.

        It does not when a file is missing, or has a name that no content's file has.
        """
        entries = self._loaded()
        for name in names:
            content_id = name.removesuffix(SUFFIX)
            if not (content_id in entries or is_plain(content_id)):
                return False
            try:
                stat = (self._contents / name).stat()
            except OSError:
                return False
            known = entries.get(content_id)
            if known is None or not known.holds(stat):
                self._take(content_id, examine(content_id))
        return True

    def rows(self) -> tuple[ContentRow, ...]:
        """Return the rows as they were last seen, most recently changed first."""
        if self._rows is None:
            rows = [entry.row for entry in self._loaded().values() if entry.row is not None]
            rows.sort(key=by_age, reverse=True)
            self._rows = tuple(rows)
        return self._rows

    def problems(self, notes: Mapping[str, str]) -> tuple[str, ...]:
        """Return all problems, the notes first: sentences by content id or file name."""
        wrong = [entry.problem for entry in self._loaded().values() if entry.problem]
        found = sorted([*self._found_wrong, *wrong])
        return tuple(dict.fromkeys((*notes.values(), *found)))

    def flush(self) -> None:
        """Write the index if it is out of date; a failure to write the cache is ignored."""
        if self._is_index_old and self._entries is not None:
            with suppress(LibraryProblem):
                # In the list's order, because sorting the rows is then quick at the next start.
                write_index(self._index, [self._entries[row.id] for row in self.rows()])
                self._is_index_old = False

    def _loaded(self) -> dict[str, Entry]:
        if self._entries is None:
            self._entries = read_index(self._index)
        return self._entries

    def _take(self, content_id: str, entry: Entry | None) -> None:
        entries = self._loaded()
        before = entries.pop(content_id, None)
        if entry is not None:
            entries[content_id] = entry
        if before is None or entry is None or before.row != entry.row:
            self._rows = None
        if not _is_same(before, entry):
            self._note(content_id)
        self._is_index_old = True

    def _note(self, content_id: str) -> None:
        self._revision += 1
        self._changed.pop(content_id, None)
        self._changed[content_id] = self._revision

    def _scan(self) -> "_Scan":
        entries, scan = self._loaded(), _Scan()
        with reading(self._contents), os.scandir(self._contents) as files:
            for file in files:
                name = file.name
                if not name.endswith(SUFFIX):
                    scan.take_other(name)
                    continue
                content_id = name[: -len(SUFFIX)]
                known = entries.get(content_id)
                if known is None and not is_plain(content_id):
                    scan.problems.append(
                        f"{file.path} is not a file of Redraft's, perhaps a copy that another "
                        "program made: it was left alone; move it elsewhere."
                    )
                    continue
                scan.contents.add(content_id)
                try:
                    is_known = known is not None and known.holds(file.stat())
                except OSError:
                    is_known = False
                if not is_known:
                    scan.changed.append(content_id)
        return scan


@dataclass(slots=True)
class _Scan:
    """The result of scanning the folder of contents."""

    contents: set[str] = field(default_factory=set)
    changed: list[str] = field(default_factory=list)
    """Contents without a valid entry."""
    copies: set[str] = field(default_factory=set)
    """Contents that have a backup."""
    asides: dict[str, list[str]] = field(default_factory=dict)
    """The names of damaged files that were set aside, by content."""
    problems: list[str] = field(default_factory=list)

    def take_other(self, name: str) -> None:
        """Record a backup or a damaged file that was set aside; ignore any other file."""
        if name.endswith(SUFFIX + PREVIOUS):
            self.copies.add(name.removesuffix(SUFFIX + PREVIOUS))
            return
        content_id, damaged, _ = name.partition(SUFFIX + DAMAGED)
        if damaged:
            self.asides.setdefault(content_id, []).append(name)


def _is_same(before: Entry | None, entry: Entry | None) -> bool:
    """Whether two entries are of the same save of a file."""
    if before is None or entry is None:
        return before is entry
    return before.row == entry.row and before.seen.is_like(entry.seen)
