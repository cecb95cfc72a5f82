"""The catalog of a library: the rows of all contents, problems, and changes since a page.

Rows are kept up to date by checks of the files' stats; only files that changed are opened. Each
change of a row gets the next revision, so that a caller can get all changes since one.
"""

import os
import secrets
import time
from bisect import bisect
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tui.domain.catalog import CatalogPage, ContentRow, Cursor, Mark
from tui.domain.catalog_changes import by_age
from tui.domain.errors import LibraryProblem
from tui.domain.frozen import frozen
from tui.domain.ids import ContentId
from tui.store.content_file import SUFFIX
from tui.store.damage import DAMAGED, Known, lost_sentence
from tui.store.files import PREVIOUS, UNSETTLED_NS, reading
from tui.store.folder import write_problem
from tui.store.index import Entry, Index, Stamps, read_index, write_index
from tui.store.locks import is_plain
from tui.store.texts import Texts

Examine = Callable[[str], Entry | None]
"""Opens a content's file and returns its entry; None when there is no content to list."""


@frozen
class Since:
    """The changes since a revision, and the current revision."""

    revision: int
    rows: tuple[ContentRow, ...]
    gone: frozenset[ContentId]


class LibraryCatalog:
    """The entries of all contents, and pages of their rows; belongs to one thread.

    `examine` opens a content's file; `gone` returns why a content that has only a backup has lost
    its file. `notes` holds a sentence for each recovery since the start of the program.
    """

    def __init__(
        self,
        folder: Path,
        texts: Texts,
        notes: Mapping[str, str],
        *,
        examine: Examine,
        gone: Callable[[str], str],
        trusts_index: bool = False,
    ) -> None:
        """Take the parts; with `trusts_index` the first page may come from the index alone."""
        self.folder = folder
        self._contents = folder / "contents"
        self._index = folder / "library.json"
        self._texts = texts
        self._notes = notes
        self._examine = examine
        self._gone = gone
        self._trusts_index = trusts_index
        self._found_index: Index | None = None
        """The index; None until it is read."""
        self._entries: dict[str, Entry] | None = None
        self._rows: tuple[ContentRow, ...] | None = None
        self._history = secrets.token_hex(4)
        """A random name in this program's marks, which no other program's marks have."""
        self._changed: dict[str, int] = {}
        """The revisions at which contents changed or disappeared, in order."""
        self._found_wrong: list[str] = []
        """Problems that the last check of all files found and that belong to no entry."""
        self.revision = 0
        """The number of changes of contents since the program began."""
        self.is_index_old = False
        """Whether the index on disk is out of date, so that `flush` has something to do."""
        self.looked: Stamps | None = None
        """The fingerprint of the folders at the last check of every file, or as it was indexed."""
        self.is_unchecked = False
        """Whether no file was checked yet, because the folders are as they were indexed."""

    def page(self, after: Cursor | None = None, limit: int | None = None) -> CatalogPage:
        """Return a page of rows, by default all rows, and what is wrong with the library.

        The first page checks the files; the pages after it come from memory. A catalog that trusts
        the index checks them later when the folders are as they were when it was written: only
        a file that another program changed in its own place is shown as it was until then.
        """
        if after is None and not self._is_as_indexed():
            self.look_at_all()
        mark = Mark(f"{self._history}-{self.revision}")
        rows = self._sorted_rows()
        if after is not None:
            rows = rows[_place_after(rows, after) :]
        page = rows[:limit]
        more = _key(page[-1]) if page and len(rows) > len(page) else None
        return CatalogPage(page, self.problems(), more, mark)

    def _is_as_indexed(self) -> bool:
        """Whether the index can be trusted; it can be only before anything else was read."""
        if not self._trusts_index or self._entries is not None:
            return False
        index = self._found_index = read_index(self._index)
        stamps = self.stamps()
        if index.folders != stamps:
            self.is_index_old = True
            return False
        self.looked, self.is_unchecked, self._rows = stamps, True, index.rows
        return True

    def look_at_all(self) -> None:
        """Check every content file."""
        self.looked, self.is_unchecked = self.stamps(), False
        looked = self._scan()
        for content_id in looked.copies - looked.contents - looked.asides.keys():
            looked.problems += filter(None, [self._gone(content_id)])
        entries = self._loaded()
        for gone in entries.keys() - looked.contents:
            self._take(gone, None)
        for content_id in looked.changed:
            self._take(content_id, self._examine(content_id))
        for content_id, names in looked.asides.items():
            if content_id not in entries and content_id not in self._notes:
                aside = self._contents / max(names)
                sentence = lost_sentence(Known(content_id), aside)
                looked.problems.append(sentence)
        self._found_wrong = looked.problems

    def look_at(self, names: Collection[str]) -> None:
        """Check content files by name; check all files when these names do not suffice."""
        if not all(map(self._look_at_one, names)):
            self.look_at_all()

    def _look_at_one(self, name: str) -> bool:
        """Check a file; return False when it is missing or its name is not that of a content's."""
        entries, content_id = self._loaded(), name.removesuffix(SUFFIX)
        if not (content_id in entries or is_plain(content_id)):
            return False
        try:
            stat = (self._contents / name).stat()
        except OSError:
            return False
        known = entries.get(content_id)
        if known is None or not known.holds(stat):
            self._take(content_id, self._examine(content_id))
        return True

    def problems(self) -> tuple[str, ...]:
        """Return what was wrong with the library at the last check, as sentences."""
        problem = write_problem(self.folder)
        own = (*((problem,) if problem else ()), *self._texts.problems)
        # An index is of contents without problems, and its entries are not made for a look at it.
        entries = () if self.is_unchecked else self._loaded().values()
        wrong = [entry.problem for entry in entries if entry.problem]
        found = sorted([*self._found_wrong, *wrong])
        return (*own, *dict.fromkeys((*self._notes.values(), *found)))

    def revision_at(self, mark: Mark) -> int | None:
        """Return the revision of a page's mark; None for a mark from another program."""
        history, _, revision = mark.partition("-")
        return int(revision) if history == self._history else None

    def since(self, revision: int) -> Since:
        """Return the current state of all contents that changed after a revision."""
        rows, gone = [], set()
        for content_id, changed in reversed(self._changed.items()):
            if changed <= revision:
                break
            entry = self._loaded().get(content_id)
            if entry is None or entry.row is None:
                gone.add(ContentId(content_id))
            else:
                rows.append(entry.row)
        return Since(self.revision, tuple(rows), frozenset(gone))

    def stamps(self) -> Stamps:
        """Return the fingerprint of the library's folders; raises `OSError` when one is missing."""
        library, contents = self.folder.stat(), self._contents.stat()
        identity = (library.st_dev, library.st_ino, contents.st_dev, contents.st_ino)
        return Stamps(identity, contents.st_ctime_ns, library.st_mode)

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
        self.is_index_old = True
        self._note(content_id)

    def drop(self, content_id: str) -> None:
        """Record that a content is gone."""
        if content_id in self._loaded():
            self._take(content_id, None)

    def flush(self) -> None:
        """Write the index if it is out of date; a failure to write the cache is ignored."""
        if self.is_index_old and self._entries is not None:
            folders = self._settled()
            with suppress(LibraryProblem):
                # In the list's order, because sorting the rows is then quick at the next start.
                entries = [self._entries[row.id] for row in self._sorted_rows()]
                write_index(self._index, entries, folders)
                self.is_index_old = False

    def _settled(self) -> Stamps | None:
        """Return the folders' stamps if the entries are those of all files then, else None."""
        with suppress(OSError, LibraryProblem):
            self.look_at_all()
            stamps = self.stamps()
            # A change a moment after the look could leave the time of the folder the same.
            is_old = time.time_ns() - stamps.changed_ns > UNSETTLED_NS
            if is_old and stamps == self.looked and not self.problems():
                return stamps
        return None

    def _sorted_rows(self) -> tuple[ContentRow, ...]:
        """Return the rows as they were last seen, most recently changed first."""
        if self._rows is None:
            rows = [entry.row for entry in self._loaded().values() if entry.row is not None]
            rows.sort(key=by_age, reverse=True)
            self._rows = tuple(rows)
        return self._rows

    def _loaded(self) -> dict[str, Entry]:
        if self._entries is None:
            self._entries = (self._found_index or read_index(self._index)).entries()
            self._found_index = None
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
        self.is_index_old = True

    def _note(self, content_id: str) -> None:
        self.revision += 1
        self._changed.pop(content_id, None)
        self._changed[content_id] = self.revision

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


def _key(row: ContentRow) -> Cursor:
    return Cursor(f"{row.updated_at.isoformat()} {row.id}")


def _place_after(rows: Sequence[ContentRow], after: Cursor) -> int:
    moment, _, content_id = after.partition(" ")
    key = (datetime.fromisoformat(moment), content_id)
    return bisect(range(len(rows)), False, key=lambda n: by_age(rows[n]) < key)
