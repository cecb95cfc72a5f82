"""A library's folder as a repository: contents, list, place, leases and parts of running answers.

A `Repository` belongs to one thread, but for the methods on the place, which another thread may
call, and `keep_part`, which any thread may call.
"""

import os
import secrets
from bisect import bisect
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.domain.catalog import CatalogPage, ContentRow, Cursor, Mark
from tui.domain.catalog_changes import by_age
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem, NewerSchema, Refused
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId, TurnId
from tui.domain.lease import LeaseOwner
from tui.domain.person import Person
from tui.domain.place import Place
from tui.store.contents import Contents
from tui.store.files import Unreadable, check_there, make_folder, sweep, write_whole
from tui.store.kept_place import KeptPlace
from tui.store.lease import BranchLock, owner_in
from tui.store.listing import SUFFIX, Listing, Since
from tui.store.locks import lock_path, try_lock
from tui.store.mending import Mending
from tui.store.migrations import Schema
from tui.store.parts import Parts
from tui.store.texts import Texts
from tui.store.trash import Trash

_IGNORED: Final = """\
# Redraft writes these again, or only this machine needs them.
/library.json
/place.json*
/locks/
/journal/
/search/
*.prev
*.tmp
"""


@frozen
class Stamps:
    """How a library's folders look; every save changes it, but for one in a file's own place."""

    identity: tuple[int, ...]
    """Other folders lie there when it is another one."""
    changed_ns: int
    """When a name in the folder of contents, or a right on it, changed last."""
    mode: int


class Repository:
    """The library in a folder; every method blocks until the disk has what it was given.

    Raises `LibraryProblem` and its kinds, `NotFound`, and what a change raises.
    """

    def __init__(
        self, folder: Path, *, now: Callable[[], datetime], schema: Schema, person: str = ""
    ) -> None:
        self.folder = folder
        self._now = now
        self._locks = folder / "locks"
        self._contents_folder = folder / "contents"
        self._texts_folder = folder / "texts"
        self._listing = Listing(folder / "library.json", self._contents_folder)
        self._texts = Texts(self._texts_folder)
        self._mending = Mending(known=self._listing.known, now=now, schema=schema)
        self._parts = Parts(folder / "journal")
        self._contents = Contents(
            self._contents_folder,
            locks=self._locks,
            listing=self._listing,
            texts=self._texts,
            mending=self._mending,
            parts=self._parts,
            schema=schema,
        )
        self._trash = Trash(folder, locks=self._locks, schema=schema)
        self._place = KeptPlace(folder, self._locks, schema, person)
        self._history = secrets.token_hex(4)
        """What tells this program's marks from those of another."""
        self.looked: Stamps | None = None
        """How the folders looked when every file was looked at last."""
        self._leased: list[BranchLock] = []
        self._is_prepared = False

    @property
    def is_index_old(self) -> bool:
        """Whether there is something for `flush` to do."""
        return self._listing.is_index_old

    def prepare(self) -> None:
        """Make the folders that are not there, or raise a `LibraryProblem`.

        Later it only looks whether they are still there: what was taken away is not made anew.
        """
        if self._is_prepared:
            check_there(self.folder, self._contents_folder)
            return
        _check_folder(self.folder)
        for folder in (self._contents_folder, self._texts_folder, self._locks):
            _prepare_inner(folder, may_fail=self._contents_folder.is_dir())
        try:
            any(self._contents_folder.iterdir())
        except OSError as error:
            sentence = f"The library {self.folder} cannot be read ({error.strerror}): check that "
            raise LibraryProblem(sentence + "it is yours, or name another folder.") from error
        ignored = self.folder / ".gitignore"
        if self._write_problem() == "" and not os.path.lexists(ignored):
            with suppress(OSError):  # a convenience: without room the library works all the same
                write_whole(ignored, _IGNORED.encode(), is_durable=False)
        for folder in (self.folder, self._contents_folder, self._texts_folder, self._trash.folder):
            sweep(folder)
        self._is_prepared = True

    def catalog(self, after: Cursor | None = None, limit: int | None = None) -> CatalogPage:
        """Return a page of rows, by default all, and what is wrong with the library.

        The first page looks at the files; those that follow are read from what is known then.
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
        """Look at every file of a content."""
        self.looked = self.stamps()
        self._listing.look_at_all(self._contents.examine, self._contents.gone, self._mending.notes)

    def look_at(self, names: Collection[str]) -> None:
        """Look at some files of contents, by their names; at all where those do not tell enough."""
        if not self._listing.look_at(names, self._contents.examine):
            self.look_at_all()

    def problems(self) -> tuple[str, ...]:
        """Return what was wrong with the library at the last look."""
        problem = self._write_problem()
        own = (*((problem,) if problem else ()), *self._texts.problems)
        return (*own, *self._listing.problems(self._mending.notes))

    @property
    def revision(self) -> int:
        """How many changes of contents were seen since the program began."""
        return self._listing.revision

    def revision_at(self, mark: Mark) -> int | None:
        """Return the revision that a page's mark stands for; None when another store gave it."""
        history, _, revision = mark.partition("-")
        return int(revision) if history == self._history else None

    def since(self, revision: int) -> Since:
        """Return what was seen to change after a revision."""
        return self._listing.since(revision)

    def stamps(self) -> Stamps:
        """Return how the library's folders look; raises `OSError` when they cannot be looked at."""
        library, contents = self.folder.stat(), self._contents_folder.stat()
        identity = (library.st_dev, library.st_ino, contents.st_dev, contents.st_ino)
        return Stamps(identity, contents.st_ctime_ns, library.st_mode)

    def load(self, content_id: ContentId) -> Content:
        """Return a content."""
        return self._contents.read(content_id)

    def kept(self, content_id: ContentId) -> Content | None:
        """Return a content as its file has it now, when it is in memory already; else None."""
        return self._contents.kept(content_id)

    def create(self, content: Content) -> None:
        """Save a content that is not in the library yet."""
        self._contents.create(content)

    def update(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        """Apply a change to the newest value, save it and return it."""
        return self._contents.update(content_id, change)

    def put_back(self, content_id: ContentId) -> None:
        """Make the file of a content that has lost it anew from its copy from before."""
        self._contents.put_back(content_id)

    def discard(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        """Apply a last change and move the content to the trash; refused while it is written."""
        with ExitStack() as held:

            def locked(content: Content) -> Content:
                for branch in content.branches:
                    handle = try_lock(lock_path(self._locks, "branch", branch.id))
                    if handle is None:
                        raise Refused(
                            f"Claude is writing in “{content.title}”, on branch “{branch.name}”, "
                            "so the piece was not deleted: wait, or stop it first."
                        )
                    held.callback(os.close, handle)
                return change(content)

            content = self._contents.update(content_id, locked, self._trash.take_in)
        self._contents.forget(content_id)
        self._listing.drop(content_id)
        self._texts.forget(content_id)
        return content

    def restore(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        """Bring a content back from the trash, apply a first change and return it."""
        self._trash.give_back(content_id)
        try:
            return self._contents.update(content_id, change)
        except NewerSchema:
            self.look_at({f"{content_id}{SUFFIX}"})
            return self._contents.read(content_id)

    def trash(self) -> tuple[ContentRow, ...]:
        """Return a row of every content in the trash, the last deleted first."""
        return self._trash.rows()

    def empty_trash(self) -> int:
        """Delete for good what is in the trash, and return how many contents that were."""
        count = self._trash.empty()
        self._parts.sweep(self._contents_folder)
        return count

    def lease(self, branch_id: BranchId, person: Person) -> BranchLock | None:
        """Return the sole right of a person's to write on a branch; None while another has it."""
        path = lock_path(self._locks, "branch", branch_id)
        handle = try_lock(path)
        if handle is None:
            return None
        lock = BranchLock(path, handle, LeaseOwner(person, os.getpid(), self._now()))
        self._leased = [kept for kept in self._leased if kept.is_held]
        self._leased.append(lock)
        return lock

    def lease_owner(self, branch_id: BranchId) -> LeaseOwner | None:
        """Return who took the lease of a branch last and did not give it back, if that is known."""
        return owner_in(lock_path(self._locks, "branch", branch_id))

    def place(self) -> Place:
        """Return where the writer was; a damaged file is set aside."""
        check_there(self.folder, self._contents_folder)
        try:
            return self._place.read()
        except Unreadable as damage:
            self._set_place_aside(str(damage))
            return self._place.read()

    def save_place(self, place: Place) -> None:
        """Remember where the writer is; a damaged file is set aside."""
        try:
            self._place.write(place)
        except Unreadable as damage:
            self._set_place_aside(str(damage))
            self._place.write(place)

    @property
    def is_place_old(self) -> bool:
        """Whether there is something for `fold_place` to do."""
        return self._place.is_file_old

    def fold_place(self) -> None:
        """Save in `place.json` what is in a journal only."""
        self._place.fold()

    def close_place(self) -> None:
        """Fold the place, and let go of its journal."""
        self._place.close()

    def keep_part(self, content_id: ContentId, turn_id: TurnId, text: str) -> None:
        """Keep what has arrived of a running turn's answer."""
        self._parts.keep(content_id, turn_id, text)

    def flush(self) -> None:
        """Write what may be written late."""
        self._texts.write_waiting()
        self._listing.flush()

    def close(self) -> None:
        """Flush, and give back every lease."""
        if self._is_prepared:
            self.flush()
        self._parts.close()
        for lock in self._leased:
            lock.release()

    def _set_place_aside(self, reason: str) -> None:
        self._mending.notes["place.json"] = self._place.set_aside(reason, self._now())

    def _write_problem(self) -> str:
        if os.access(self._contents_folder, os.W_OK | os.X_OK) and os.access(self.folder, os.W_OK):
            return ""
        return (
            f"The library {self.folder} may only be read, so nothing can be saved: "
            "give yourself the right to write there, or name another folder."
        )


def _key(row: ContentRow) -> Cursor:
    return Cursor(f"{row.updated_at.isoformat()} {row.id}")


def _place_after(rows: Sequence[ContentRow], after: Cursor) -> int:
    moment, _, content_id = after.partition(" ")
    key = (datetime.fromisoformat(moment), content_id)
    return bisect(range(len(rows)), False, key=lambda n: by_age(rows[n]) < key)


def _check_folder(folder: Path) -> None:
    other = "name another folder with --library."
    try:
        if folder.is_dir():
            if not any(folder.iterdir()):
                make_folder(folder)
            return
        # Another program may have made it since the first look.
        if os.path.lexists(folder) and not folder.is_dir():
            what = "leads nowhere" if folder.is_symlink() else "is a file"
            raise LibraryProblem(f"The library {folder} {what} and not a folder: {other}")
        make_folder(folder)
    except NotADirectoryError as error:
        sentence = f"The library {folder} cannot be there: a part of that path is a file: {other}"
        raise LibraryProblem(sentence) from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        sentence = f"The library {folder} cannot be opened or made ({why}): check the path, or "
        raise LibraryProblem(sentence + other) from error


def _prepare_inner(folder: Path, *, may_fail: bool) -> None:
    try:
        make_folder(folder)
    except OSError as error:
        if not may_fail:
            why = error.strerror or str(error)
            raise LibraryProblem(
                f"No library can be made in {folder.parent} ({why}): give yourself the right to "
                "write there, or name another folder with --library."
            ) from error
