"""The content files of a library: read, and changed under a lock."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui.domain.catalog import ContentRow, row_of
from tui.domain.content import Content
from tui.domain.errors import ContentDamaged, InvalidInput, LibraryProblem, NotFound
from tui.domain.ids import ContentId
from tui.store.content_file import ContentFile
from tui.store.damage import target_of
from tui.store.files import Unreadable, seen_by_stat
from tui.store.index import Entry
from tui.store.listing import SUFFIX, Listing
from tui.store.locks import is_plain, lock_path, locked
from tui.store.mending import Mending, asides, check_owner, edited_sentence, owned
from tui.store.migrations import Schema
from tui.store.parts import Parts
from tui.store.storage import newer_sentence
from tui.store.texts import Texts

_log = logging.getLogger(__name__)

KEPT_OPEN: Final = 32
"""Maximum number of contents cached in memory."""


class Contents:
    """All contents of a library, by id; belongs to one thread."""

    def __init__(
        self,
        folder: Path,
        *,
        locks: Path,
        listing: Listing,
        texts: Texts,
        mending: Mending,
        parts: Parts,
        schema: Schema,
    ) -> None:
        self._folder = folder
        self._locks = locks
        self._listing = listing
        self._texts = texts
        self._mending = mending
        self._parts = parts
        self._schema = schema
        self._files: OrderedDict[str, ContentFile] = OrderedDict()

    def read(self, content_id: ContentId) -> Content:
        """Return a content, including the text so far of its running turns.

        Raises `NotFound`, or a kind of `LibraryProblem`.
        """
        return self._parts.added_to(self._read(content_id))

    def _read(self, content_id: ContentId) -> Content:
        file = self._file(content_id)
        try:
            content = owned(file.read(), file.path, content_id)
        except FileNotFoundError:
            raise self._mending.missing(file.path, content_id) from None
        except Unreadable as damage:
            reason = str(damage)
        else:
            self._mending.is_good_again(content_id)
            return content
        try:
            with locked(self._lock(content_id)):
                return self._mended(content_id)
        except ContentDamaged:
            raise
        except LibraryProblem as problem:
            return self._mending.read_only(file.path, content_id, reason, problem)

    def create(self, content: Content) -> None:
        """Save a content that is not in the library yet; raises `LibraryProblem`."""
        if not is_plain(content.id):
            raise InvalidInput(f"“{content.id}” cannot be an id: use letters, digits, - and _.")
        file = self._file(content.id)
        with locked(self._lock(content.id)):
            if target_of(file.path).exists() or asides(file.path):
                raise LibraryProblem(f"There is a piece {content.id} in the library already.")
            if gone := self._mending.gone(file.path, content.id):
                raise LibraryProblem(gone)  # Its next save would replace the copy that is left.
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
            content = self._parts.added_to(content)
            changed = change(content)
            if changed is not content:
                check_owner(file.path, changed.id, content_id)
                self._save(file, changed, content)
            if then is not None:
                then(file.path)
        self._forget_parts(content, changed)
        return changed

    def kept(self, content_id: ContentId) -> Content | None:
        """Return a content's current value from the cache; None when it is not cached."""
        file = self._files.get(content_id)
        if file is None:
            return None
        try:
            return owned(file.read(), file.path, content_id)
        except (OSError, Unreadable):
            return None

    def gone(self, name: str) -> str:
        """Return a sentence if a content's file is missing and its backup exists; else nothing."""
        return self._mending.gone(self._path(ContentId(name)), name) if is_plain(name) else ""

    def put_back(self, content_id: ContentId) -> None:
        """Restore a content's missing file from its backup."""
        with locked(self._lock(content_id)):
            self._mending.put_back(self._file(content_id), content_id)

    def forget(self, content_id: ContentId) -> None:
        """Drop a content that was moved away from the cache."""
        self._files.pop(content_id, None)

    def examine(self, name: str) -> Entry | None:
        """Return the list entry of a content's file; None when there is no content to list."""
        noted, content_id = time.time_ns(), ContentId(name)
        file = self._files.get(name) or ContentFile(self._path(content_id), self._schema)
        with suppress(Unreadable, OSError, LibraryProblem):
            return _entry(file, content_id, noted)
        try:
            content = self._read(content_id)  # mends what can be mended, and says what cannot
        except (ContentDamaged, NotFound):
            return None
        except LibraryProblem as problem:
            return _entry_by_stat(file.path, noted, None, str(problem))
        try:
            return _entry(self._file(content_id), content_id, noted)
        except (Unreadable, OSError, LibraryProblem):
            note = self._mending.notes.get(name, "")
            return _entry_by_stat(file.path, noted, row_of(content), note)

    def _save(self, file: ContentFile, content: Content, before: Content | None = None) -> None:
        file.write(content)
        if file.seen is not None:
            entry = Entry(file.seen, time.time_ns(), row_of(content), file.generation)
            self._listing.put(content.id, entry)
        self._texts.take(content, before)

    def _forget_parts(self, before: Content, after: Content) -> None:
        try:
            self._parts.forget(before, after)
        except LibraryProblem as problem:
            _log.warning("What was kept of an answer stays, though it is saved: %s", problem)

    def _mended(self, content_id: ContentId) -> Content:
        self._files.pop(content_id, None)
        file = self._file(content_id)
        try:
            return self._mending.mended(file, content_id)
        except FileNotFoundError:
            raise self._mending.missing(file.path, content_id) from None

    def _file(self, content_id: ContentId) -> ContentFile:
        file = self._files.get(content_id)
        if file is None:
            file = self._files[content_id] = ContentFile(self._path(content_id), self._schema)
        self._files.move_to_end(content_id)
        while len(self._files) > KEPT_OPEN:
            self._files.popitem(last=False)
        return file

    def _path(self, content_id: ContentId) -> Path:
        if not is_plain(content_id):
            raise NotFound(f"There is no piece “{content_id}”: an id has no such characters.")
        return self._folder / f"{content_id}{SUFFIX}"

    def _lock(self, content_id: ContentId) -> Path:
        return lock_path(self._locks, "content", content_id)


def _entry(file: ContentFile, content_id: ContentId, noted: int) -> Entry:
    row = file.row()
    check_owner(file.path, row.id, content_id)
    if file.seen is None:
        raise Unreadable("it could not be read as a whole")
    problem = "" if file.is_intact else edited_sentence(file.path, file.read())
    if file.needs:
        problem = newer_sentence(file.path, file.needs)
    return Entry(file.seen, noted, row, file.generation, problem)


def _entry_by_stat(path: Path, noted: int, row: ContentRow | None, problem: str) -> Entry | None:
    try:
        return Entry(seen_by_stat(path.stat()), noted, row, 0, problem)
    except OSError:
        return None
