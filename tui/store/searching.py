"""Search of a library: keeps the index up to date, and works without one if necessary."""

import logging
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from tui.domain.content import Content
from tui.domain.errors import LibraryProblem, RedraftError
from tui.domain.ids import ContentId
from tui.domain.search import Hits, SearchQuery, found
from tui.store.content_file import SUFFIX, ContentFile
from tui.store.files import UNSETTLED_NS, make_folder, reading, write_whole
from tui.store.locks import is_plain, lock_path, locked
from tui.store.mending import owned
from tui.store.migrations import Schema
from tui.store.search_index import IN_MEMORY, SearchIndex
from tui.store.unreadable import Unreadable

FOLDER: Final = "search"
"""The folder of the index, in the library."""
TURN_SECONDS: Final = 0.5
"""Seconds for which one program may lock the index while it adds contents."""
_DAMAGE: Final = (
    sqlite3.Error,
    zlib.error,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
)
"""Exceptions that a damaged index raises, wherever the damage is."""

_log = logging.getLogger(__name__)

Load = Callable[[ContentId], Content]
"""Returns a content of the library, repaired if necessary; may raise `RedraftError`."""
Cached = Callable[[ContentId], Content | None]
"""Returns the current value of a cached content; else None."""


class _Dropped(Exception):
    """The search was cancelled."""


class Searching:
    """Searches a library; belongs to one thread. Raises `LibraryProblem`."""

    def __init__(self, folder: Path, *, schema: Schema, cached: Cached, load: Load) -> None:
        self._folder = folder / FOLDER
        self._contents = folder / "contents"
        self._path = self._folder / "index.db"
        self._lock = lock_path(folder / "locks", FOLDER, "index")
        self._schema = schema
        self._cached = cached
        self._load = load
        self._memory: SearchIndex | None = None
        """An in-memory index for this program, used where the library cannot have one."""
        self._is_dropped: Callable[[], bool] = lambda: False
        self._taken: dict[str, bool] = {}
        """The contents that were read for this search, with whether each could be read."""

    def search(
        self,
        query: SearchQuery,
        only: ContentId | None,
        limit: int,
        is_dropped: Callable[[], bool],
    ) -> Hits:
        """Return the hits of a query in everything saved; nothing once `is_dropped`.

        A query without words only updates the index.
        """
        self._is_dropped, self._taken = is_dropped, {}
        with suppress(_Dropped):
            if self._memory is None:
                for _ in range(2):
                    with suppress(*_DAMAGE):
                        hits = self._searched_on_disk(query, only, limit)
                        if hits is not None:
                            return hits
                        break
                    self._check_wanted()
                    self._throw_away()
            return self._searched_alone(query, only, limit)
        return Hits()

    def close(self) -> None:
        """Release the in-memory index."""
        if self._memory is not None:
            self._memory.close()
            self._memory = None

    def _check_wanted(self) -> None:
        if self._is_dropped():
            raise _Dropped

    # -- with the index ----------------------------------------------------------------------

    def _searched_on_disk(
        self, query: SearchQuery, only: ContentId | None, limit: int
    ) -> Hits | None:
        """Search the library's index; None when the library cannot have one."""
        while True:
            self._check_wanted()
            try:
                with self._opened() as index:
                    if self._is_true(index):
                        return index.search(query, only, limit, self._is_dropped)
            except (LibraryProblem, OSError) as problem:
                self._scanned()  # Raises when the whole library is missing.
                _log.info("The index for searches cannot be used: %s", problem)
                return None

    @contextmanager
    def _opened(self) -> Iterator[SearchIndex]:
        with locked(self._lock):
            if not self._path.exists():
                make_folder(self._folder, with_parents=False)
                # The folder gets a `.gitignore`, so that version control leaves it out.
                write_whole(self._folder / ".gitignore", b"*\n", is_durable=False)
            with closing(SearchIndex(self._path)) as index:
                yield index

    def _throw_away(self) -> None:
        """Delete a damaged index."""
        _log.warning("The index for searches was damaged; it is made anew.")
        with suppress(LibraryProblem, OSError), locked(self._lock):
            for path in self._folder.glob(f"{self._path.name}*"):
                path.unlink()

    def _searched_alone(self, query: SearchQuery, only: ContentId | None, limit: int) -> Hits:
        """Search an in-memory index, or every file when SQLite cannot even make that index."""
        try:
            if self._memory is None:
                self._memory = SearchIndex(IN_MEMORY)
            while not self._is_true(self._memory):
                self._check_wanted()
            return self._memory.search(query, only, limit, is_dropped=self._is_dropped)
        except _DAMAGE as problem:
            self._check_wanted()
            self.close()
            _log.warning("SQLite cannot search here, so every file is read: %s", problem)
        contents = map(self._read, self._scanned())
        return found(filter(None, self._wanted(contents)), query, only, limit)

    def _wanted(self, contents: Iterator[Content | None]) -> Iterator[Content | None]:
        for content in contents:
            self._check_wanted()
            yield content

    # -- keeping it current ------------------------------------------------------------------

    def _is_true(self, index: SearchIndex) -> bool:
        """Update the index from the files for a limited time; return whether it is up to date."""
        until = time.monotonic() + TURN_SECONDS
        now, known = self._scanned(), index.stamps()
        with index.transaction():
            for content_id in known.keys() - now.keys():
                index.drop(content_id)
            for content_id, stamp in now.items():
                is_taken = self._taken.get(content_id) is (content_id in known)
                if is_taken or (stamp and known.get(content_id) == stamp):
                    continue
                self._take(index, content_id, stamp)
                if self._is_dropped() or time.monotonic() > until:
                    return False
        return True

    def _take(self, index: SearchIndex, content_id: str, stamp: str) -> None:
        content = self._read(content_id)
        if content is not None:
            index.put(content, stamp)
        else:
            index.drop(content_id)
        self._taken[content_id] = content is not None

    def _scanned(self) -> dict[str, str]:
        """Return the stamp of every content's file; empty for a file that changed just now."""
        stamps: dict[str, str] = {}
        with reading(self._contents), os.scandir(self._contents) as files:
            for file in files:
                content_id = file.name.removesuffix(SUFFIX)
                if content_id == file.name or not is_plain(content_id):
                    continue
                try:
                    stamps[content_id] = _stamp(file.stat())
                except OSError:
                    continue  # A broken link, or a file that was just deleted.
        return stamps

    def _read(self, content_id: str) -> Content | None:
        """Return a saved content; None when it cannot be read."""
        with suppress(RedraftError):
            cached = self._cached(ContentId(content_id))
            if cached is not None:
                return cached
        path = self._contents / f"{content_id}{SUFFIX}"
        with suppress(FileNotFoundError):
            with suppress(Unreadable, LibraryProblem, OSError):
                return owned(ContentFile(path, self._schema).read(), path, content_id)
            with suppress(RedraftError):
                return self._load(ContentId(content_id))
        return None


def _stamp(found: os.stat_result) -> str:
    if time.time_ns() - found.st_mtime_ns <= UNSETTLED_NS:
        return ""
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"
