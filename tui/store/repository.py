"""A library's folder as a repository: contents, catalog, place, leases, parts of running answers.

A `Repository` belongs to one thread, but for its `place`, which another thread may own, and
`keep_part`, which any thread may call.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.domain.catalog import ContentRow
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem, NewerSchema, Refused
from tui.domain.ids import ContentId, TurnId
from tui.store.catalog import LibraryCatalog, write_problem
from tui.store.contents import Contents
from tui.store.files import check_there, make_folder, sweep, write_whole
from tui.store.kept_place import KeptPlace
from tui.store.lease import BranchLocks
from tui.store.listing import SUFFIX, Listing
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


class Repository:
    """The library in a folder; every method blocks until the disk has what it was given.

    Raises `LibraryProblem` and its kinds, `NotFound`, and what a change raises.
    """

    def __init__(
        self, folder: Path, *, now: Callable[[], datetime], schema: Schema, person: str = ""
    ) -> None:
        self.folder = folder
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
        self.catalog = LibraryCatalog(
            folder, self._listing, self._contents, self._texts, self._mending.notes
        )
        self.place = KeptPlace(
            folder, self._locks, schema, person, now=now, notes=self._mending.notes
        )
        self.leases = BranchLocks(self._locks, now)
        self._is_prepared = False

    @property
    def is_index_old(self) -> bool:
        """Whether the index on disk is out of date, so that `flush` has something to do."""
        return self._listing.is_index_old

    def prepare(self) -> None:
        """Create missing folders; raises `LibraryProblem`.

        After the first call, missing folders are an error: a library that was moved away must not
        be replaced by an empty one.
        """
        if self._is_prepared:
            check_there(self.folder, self._contents_folder)
            return
        _check_folder(self.folder)
        for folder in (self._contents_folder, self._texts_folder, self._locks):
            _prepare_inner(folder, may_fail=self._contents_folder.is_dir())
        try:
            with os.scandir(self._contents_folder) as files:
                next(files, None)
        except OSError as error:
            sentence = f"The library {self.folder} cannot be read ({error.strerror}): check that "
            raise LibraryProblem(sentence + "it is yours, or name another folder.") from error
        ignored = self.folder / ".gitignore"
        if not write_problem(self.folder) and not os.path.lexists(ignored):
            with suppress(OSError):  # a convenience: without room the library works all the same
                write_whole(ignored, _IGNORED.encode(), is_durable=False)
        for folder in (self.folder, self._contents_folder, self._texts_folder, self._trash.folder):
            sweep(folder)
        self._is_prepared = True

    def load(self, content_id: ContentId) -> Content:
        """Return a content, including the text so far of its running turns."""
        return self._contents.read(content_id)

    def kept(self, content_id: ContentId) -> Content | None:
        """Return a content's current value from the cache; None when it is not cached."""
        return self._contents.kept(content_id)

    def create(self, content: Content) -> None:
        """Save a content that is not in the library yet."""
        self._contents.create(content)

    def update(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        """Apply a change to the newest value, whoever wrote that; save and return the result."""
        return self._contents.update(content_id, change)

    def put_back(self, content_id: ContentId) -> None:
        """Restore a content's missing file from its backup."""
        self._contents.put_back(content_id)

    def discard(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        """Apply a last change and move the content to the trash.

        Raises `Refused` while one of its branches is leased.
        """
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
        """Bring a content back from the trash, apply a change and return the result.

        A content that a newer Redraft wrote is returned without the change.
        """
        self._trash.give_back(content_id)
        try:
            return self._contents.update(content_id, change)
        except NewerSchema:
            self.catalog.look_at({f"{content_id}{SUFFIX}"})
            return self._contents.read(content_id)

    def trash(self) -> tuple[ContentRow, ...]:
        """Return a row of every content in the trash, the last deleted first."""
        return self._trash.rows()

    def empty_trash(self) -> int:
        """Delete the whole trash for good; return the number of contents deleted."""
        count = self._trash.empty()
        self._parts.sweep(self._contents_folder)
        return count

    def keep_part(self, content_id: ContentId, turn_id: TurnId, text: str) -> None:
        """Save the text so far of a running turn's answer."""
        self._parts.keep(content_id, turn_id, text)

    def flush(self) -> None:
        """Write the index, and texts that could not be written before."""
        self._texts.write_waiting()
        self._listing.flush()

    def close(self) -> None:
        """Flush, and release every lease."""
        if self._is_prepared:
            self.flush()
        self._parts.close()
        self.leases.release_all()


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
