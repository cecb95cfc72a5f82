"""The repository of a library: its contents are loaded, and changed under their locks.

A `Repository` belongs to one thread. Its `place` may belong to another thread; its `parts` are
thread-safe.
"""

import logging
import os
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.domain.catalog import ContentRow, row_of
from tui.domain.content import Content
from tui.domain.errors import (
    ContentDamaged,
    InvalidInput,
    LibraryProblem,
    NewerSchema,
    NotFound,
    Refused,
)
from tui.domain.ids import ContentId
from tui.store.catalog import LibraryCatalog
from tui.store.content_file import SUFFIX, ContentFile
from tui.store.damage import target_of
from tui.store.files import check_there, fingerprint_by_stat
from tui.store.folder import make_library
from tui.store.index import Entry
from tui.store.kept_place import KeptPlace
from tui.store.lease import BranchLocks
from tui.store.locks import is_plain, lock_path, locked, try_lock
from tui.store.mending import Mending, asides, check_owner, edited_sentence, owned
from tui.store.migrations import Schema
from tui.store.parts import Parts
from tui.store.storage import newer_sentence
from tui.store.texts import Texts
from tui.store.trash import Trash
from tui.store.unreadable import Unreadable

_log = logging.getLogger(__name__)

MOST_CACHED: Final = 32
"""Maximum number of contents cached in memory."""


class Repository:
    """The contents of a library by id, and everything else that its folder holds.

    Every method blocks until the disk has what it was given. Raises `LibraryProblem` and its kinds,
    `NotFound`, and what a change raises.
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime],
        schema: Schema,
        person: str = "",
        trusts_index: bool = False,
    ) -> None:
        self.folder = folder
        self._contents = folder / "contents"
        self._locks = folder / "locks"
        self._schema = schema
        self._files: OrderedDict[str, ContentFile] = OrderedDict()
        """The files of the contents used last, the newest at the end."""
        self._texts = Texts(folder / "texts")
        notes: dict[str, str] = {}
        self.catalog = LibraryCatalog(
            folder,
            self._texts,
            notes,
            examine=self._examine,
            gone=self._gone,
            trusts_index=trusts_index,
        )
        self._mending = Mending(notes, known=self.catalog.known, now=now, schema=schema)
        self._is_made = False
        self.parts = Parts(folder / "journal")
        self.trash = Trash(folder, locks=self._locks, parts=self.parts, schema=schema)
        self.place = KeptPlace(folder, self._locks, schema, person, now=now, notes=notes)
        self.leases = BranchLocks(self._locks, now)

    def prepare(self) -> None:
        """Create missing folders; raises `LibraryProblem`.

        After the first call, missing folders are an error: a library that was moved away must not
        be replaced by an empty one.
        """
        if self._is_made:
            check_there(self.folder, self._contents)
            return
        make_library(self.folder)
        self._is_made = True

    def load(self, content_id: ContentId) -> Content:
        """Return a content, including the text so far of its running turns."""
        return self.parts.added_to(self._loaded(content_id))

    def _loaded(self, content_id: ContentId) -> Content:
        file = self._file(content_id)
        try:
            content = owned(file.read(), file.path, content_id)
        except FileNotFoundError:
            raise self._mending.missing(file.path, content_id) from None
        except Unreadable as unreadable:
            damage = unreadable
        else:
            self._mending.is_good_again(content_id)
            self._mending.tell_if_saves_are_lost(file, content_id)
            return content
        try:
            with locked(self._lock(content_id)):
                return self._mended(content_id)
        except ContentDamaged:
            raise
        except LibraryProblem as problem:
            return self._mending.read_only(file.path, content_id, damage, problem)

    def cached(self, content_id: ContentId) -> Content | None:
        """Return a content's current value from the cache; None when it is not cached."""
        file = self._files.get(content_id)
        if file is None:
            return None
        try:
            return owned(file.read(), file.path, content_id)
        except (OSError, Unreadable):
            return None

    def create(self, content: Content) -> None:
        """Save a content that is not in the library yet."""
        if not is_plain(content.id):
            raise InvalidInput(f"“{content.id}” cannot be an id: use letters, digits, - and _.")
        file = self._file(content.id)
        with locked(self._lock(content.id)):
            if target_of(file.path).exists() or asides(file.path):
                raise LibraryProblem(f"There is a piece {content.id} in the library already.")
            if gone := self._mending.gone(file.path, content.id):
                raise LibraryProblem(gone)  # A later save would replace the backup, the only copy.
            self._save(file, content)

    def update(
        self,
        content_id: ContentId,
        change: Callable[[Content], Content],
        then: Callable[[Path], None] | None = None,
    ) -> Content:
        """Apply a change to the newest value, whoever wrote that; save and return the result.

        `then` is called with the file's path after the save, while the content is still locked.
        """
        file = self._file(content_id)
        if not target_of(file.path).exists():
            raise self._mending.missing(file.path, content_id)
        with locked(self._lock(content_id)):
            try:
                content = owned(file.read(), file.path, content_id)
            except FileNotFoundError:
                raise self._mending.missing(file.path, content_id) from None
            except Unreadable:
                content = self._mended(content_id)
                file = self._file(content_id)
            file.check_writable()
            self._mending.tell_if_saves_are_lost(file, content_id)
            content = self.parts.added_to(content)
            changed = change(content)
            if changed is not content:
                check_owner(file.path, changed.id, content_id)
                self._save(file, changed, content)
            if then is not None:
                then(file.path)
        self._forget_parts(content, changed)
        return changed

    def discard(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        """Apply a last change and move the content to the trash.

        Raises `Refused` while one of its branches is leased.
        """
        with ExitStack() as held:

            def leased(content: Content) -> Content:
                for branch in content.branches:
                    handle = try_lock(lock_path(self._locks, "branch", branch.id))
                    if handle is None:
                        raise Refused(
                            f"Claude is writing in “{content.title}”, on branch “{branch.name}”, "
                            "so the piece was not deleted: wait, or stop it first."
                        )
                    held.callback(os.close, handle)
                return change(content)

            content = self.update(content_id, leased, self.trash.take_in)
        self._files.pop(content_id, None)
        self.catalog.drop(content_id)
        self._texts.forget(content_id)
        return content

    def restore(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        """Bring a content back from the trash, apply a change and return the result.

        A content that a newer Redraft wrote is returned without the change.
        """
        self.trash.give_back(content_id)
        try:
            return self.update(content_id, change)
        except NewerSchema:
            self.catalog.look_at({f"{content_id}{SUFFIX}"})
            return self.load(content_id)

    def put_back(self, content_id: ContentId) -> None:
        """Restore a content's missing file from its backup."""
        with locked(self._lock(content_id)):
            self._mending.put_back(self._file(content_id), content_id)

    @property
    def recovered(self) -> tuple[str, ...]:
        """What was recovered, or has lost saves, since the start of the program, as sentences."""
        return tuple(self._mending.recovered)

    def read_from_backup(self) -> tuple[str, ...]:
        """Return those sentences, and the ones about files that could not be restored."""
        return (*self._mending.recovered, *self._mending.left_alone)

    def flush(self) -> None:
        """Write the index, and texts that could not be written before."""
        self._texts.write_waiting()
        self.catalog.flush()

    def close(self) -> None:
        """Flush, and release every lease."""
        if self._is_made:
            self.flush()
        self.parts.close()
        self.leases.release_all()

    def _save(self, file: ContentFile, content: Content, before: Content | None = None) -> None:
        file.write(content)
        if file.seen is not None:
            entry = Entry(file.seen, time.time_ns(), row_of(content), file.generation)
            self.catalog.put(content.id, entry)
        self._texts.take(content, before)

    def _forget_parts(self, before: Content, after: Content) -> None:
        try:
            self.parts.forget(before, after)
        except LibraryProblem as problem:
            _log.warning("What was kept of an answer stays, though it is saved: %s", problem)

    def _mended(self, content_id: ContentId) -> Content:
        self._files.pop(content_id, None)
        file = self._file(content_id)
        try:
            return self._mending.mended(file, content_id)
        except FileNotFoundError:
            raise self._mending.missing(file.path, content_id) from None

    def _gone(self, name: str) -> str:
        """Return a sentence if a content's file is missing and its backup exists; else nothing."""
        return self._mending.gone(self._path(ContentId(name)), name) if is_plain(name) else ""

    def _examine(self, name: str) -> Entry | None:
        """Return the list entry of a content's file; None when there is no content to list."""
        noted, content_id = time.time_ns(), ContentId(name)
        file = self._files.get(name) or ContentFile(self._path(content_id), self._schema)
        with suppress(Unreadable, OSError, LibraryProblem):
            entry = _entry(file, content_id, noted)
            self._mending.tell_if_saves_are_lost(file, content_id)
            return entry
        try:
            content = self._loaded(content_id)  # Recovers the content, or raises.
        except (ContentDamaged, NotFound):
            return None
        except LibraryProblem as problem:
            return _entry_by_stat(file.path, noted, None, str(problem))
        try:
            return _entry(self._file(content_id), content_id, noted)
        except (Unreadable, OSError, LibraryProblem):
            note = self._mending.notes.get(name, "")
            return _entry_by_stat(file.path, noted, row_of(content), note)

    def _file(self, content_id: ContentId) -> ContentFile:
        file = self._files.get(content_id)
        if file is None:
            file = self._files[content_id] = ContentFile(self._path(content_id), self._schema)
        self._files.move_to_end(content_id)
        while len(self._files) > MOST_CACHED:
            self._files.popitem(last=False)
        return file

    def _path(self, content_id: ContentId) -> Path:
        if not is_plain(content_id):
            raise NotFound(f"There is no piece “{content_id}”: an id has no such characters.")
        return self._contents / f"{content_id}{SUFFIX}"

    def _lock(self, content_id: ContentId) -> Path:
        return lock_path(self._locks, "content", content_id)


def _entry(file: ContentFile, content_id: ContentId, noted: int) -> Entry:
    row = file.row()
    check_owner(file.path, row.id, content_id)
    assert file.seen is not None, "the row was read from it"
    problem = "" if file.is_intact else edited_sentence(file.path, file.read())
    if file.needs:
        problem = newer_sentence(file.path, file.needs)
    return Entry(file.seen, noted, row, file.generation, problem)


def _entry_by_stat(path: Path, noted: int, row: ContentRow | None, problem: str) -> Entry | None:
    try:
        return Entry(fingerprint_by_stat(path.stat()), noted, row, 0, problem)
    except OSError:
        return None
