"""The catalog of a library on disk: pages of rows, problems, and changes since a page."""

import secrets
from bisect import bisect
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from tui.domain.catalog import CatalogPage, ContentRow, Cursor, Mark
from tui.domain.catalog_changes import by_age
from tui.domain.frozen import frozen
from tui.store.folder import write_problem
from tui.store.listing import Examine, Listing, Since
from tui.store.texts import Texts


@frozen
class Stamps:
    """Fingerprint of a library's folders; every save changes it, except a change in place."""

    identity: tuple[int, ...]
    """Devices and inodes of the folders, which change when a folder is replaced by another one."""
    changed_ns: int
    """When a name in the folder of contents, or its mode, changed last, in nanoseconds."""
    mode: int


class LibraryCatalog:
    """The rows of a library, kept up to date by checks of its files; belongs to one thread.

    `examine` opens a content's file; `gone` returns why a content that has only a backup has lost
    its file. `notes` holds a sentence for each recovery since the start of the program.
    """

    def __init__(
        self,
        folder: Path,
        listing: Listing,
        texts: Texts,
        notes: Mapping[str, str],
        *,
        examine: Examine,
        gone: Callable[[str], str],
    ) -> None:
        self.folder = folder
        self._contents_folder = folder / "contents"
        self._listing = listing
        self._texts = texts
        self._notes = notes
        self._examine = examine
        self._gone = gone
        self._history = secrets.token_hex(4)
        """A random name in this program's marks, which no other program's marks have."""
        self.looked: Stamps | None = None
        """The fingerprint of the folders at the last check of every file."""

    def page(self, after: Cursor | None = None, limit: int | None = None) -> CatalogPage:
        """Return a page of rows, by default all rows, and what is wrong with the library.

        The first page checks the files; the pages after it come from memory.
        """
        if after is None:
            self.look_at_all()
        mark = Mark(f"{self._history}-{self._listing.revision}")
        rows = self._listing.rows()
        if after is not None:
            rows = rows[_place_after(rows, after) :]
        page = rows[:limit]
        more = _key(page[-1]) if page and len(rows) > len(page) else None
        return CatalogPage(page, self.problems(), more, mark)

    def look_at_all(self) -> None:
        """Check every content file."""
        self.looked = self.stamps()
        self._listing.look_at_all(self._examine, self._gone, self._notes)

    def look_at(self, names: Collection[str]) -> None:
        """Check content files by name; check all files when these names do not suffice."""
        if not self._listing.look_at(names, self._examine):
            self.look_at_all()

    def problems(self) -> tuple[str, ...]:
        """Return what was wrong with the library at the last check, as sentences."""
        problem = write_problem(self.folder)
        own = (*((problem,) if problem else ()), *self._texts.problems)
        return (*own, *self._listing.problems(self._notes))

    @property
    def revision(self) -> int:
        """The number of changes of contents since the program began."""
        return self._listing.revision

    def revision_at(self, mark: Mark) -> int | None:
        """Return the revision of a page's mark; None for a mark from another program."""
        history, _, revision = mark.partition("-")
        return int(revision) if history == self._history else None

    def since(self, revision: int) -> Since:
        """Return the current state of all contents that changed after a revision."""
        return self._listing.since(revision)

    def stamps(self) -> Stamps:
        """Return the fingerprint of the library's folders; raises `OSError` when one is missing."""
        library, contents = self.folder.stat(), self._contents_folder.stat()
        identity = (library.st_dev, library.st_ino, contents.st_dev, contents.st_ino)
        return Stamps(identity, contents.st_ctime_ns, library.st_mode)


def _key(row: ContentRow) -> Cursor:
    return Cursor(f"{row.updated_at.isoformat()} {row.id}")


def _place_after(rows: Sequence[ContentRow], after: Cursor) -> int:
    moment, _, content_id = after.partition(" ")
    key = (datetime.fromisoformat(moment), content_id)
    return bisect(range(len(rows)), False, key=lambda n: by_age(rows[n]) < key)
