"""The store as the studio sees it: a library in a folder, without ever blocking the event loop."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from tui.clock import utc_now
from tui.domain.catalog import PAGE, CatalogPage, ContentRow, Cursor, Mark
from tui.domain.catalog_changes import CatalogChange
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem
from tui.domain.ids import ContentId, TurnId
from tui.domain.person import NOBODY, Person
from tui.domain.place import Place
from tui.domain.search import Hits, SearchQuery
from tui.store.angle_files import AngleFiles
from tui.store.documents import LibraryDocuments
from tui.store.feed import OWN, Feed
from tui.store.files import reaching
from tui.store.lease import BranchLeases
from tui.store.migrations import CURRENT, Schema
from tui.store.repository import Repository
from tui.store.searching import Searching
from tui.store.thread import FileThread
from tui.store.watching import Sighting, Watch, watched

INDEX_DELAY: Final = 10.0
"""Delay in seconds between a save and the index; a crash in between only costs time."""
FOLD_AFTER: Final = 10.0
"""Idle seconds after which typed text moves from its journal into `place.json`."""

P = ParamSpec("P")
Result = TypeVar("Result")


async def _nobody() -> Person:
    return NOBODY


class TinyStore:
    """Keeps a library in a folder; implements `Store` of the studio's ports.

    One thread owns the content files, a second thread the place and the journals, a third thread
    the search index. Each method is one transaction in one of these threads: a cancelled call is
    carried out completely or not at all. Methods raise what `Store` says, as whole sentences.

    `documents` is what import and export need in addition to `Store`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = utc_now,
        schema: Schema = CURRENT,
        watch: Watch = watched,
        who: Callable[[], Awaitable[Person]] = _nobody,
        place_of: str = "",
        trusts_index: bool = False,
    ) -> None:
        self._watch = watch
        self._feeds: set[Feed] = set()
        self._reported = 0
        """The revision of the catalog that was last reported to the feeds."""
        self._repository = Repository(
            folder, now=now, schema=schema, person=place_of, trusts_index=trusts_index
        )
        self._thread = FileThread("library")
        self._journaling = FileThread("journal")
        """The thread that saves typed and arriving text, however long a transaction takes."""
        self._searches = FileThread("search")
        """The thread that reads and searches, in parallel with the others."""
        self._searching = Searching(
            folder,
            schema=schema,
            cached=lambda wanted: self._thread.submit(self._repository.cached, wanted).result(),
            load=lambda wanted: self._thread.submit(self._repository.load, wanted).result(),
        )
        self._later: asyncio.TimerHandle | None = None
        self._folding: asyncio.TimerHandle | None = None
        self._is_closed = False
        self.leases = BranchLeases(self._repository.leases, who, self._run, self._looked)
        self.angles = AngleFiles(folder, self._run)
        self.recovered = self._repository.read_from_backup
        self.documents = LibraryDocuments(folder / "contents", self._repository.load, self._run)

    @classmethod
    async def open(
        cls,
        folder: Path,
        *,
        watch: Watch = watched,
        who: Callable[[], Awaitable[Person]] = _nobody,
        place_of: str = "",
        trusts_index: bool = False,
    ) -> "TinyStore":
        """Return the store of a folder, which is created when it is missing.

        `who` returns the person who takes leases; `place_of` is the id of the person whose place is
        kept. With `trusts_index` the first rows may come from the index, and `changes` reports
        soon after what files say otherwise: for a start that does not grow with the library.

        Raises `LibraryProblem` when the folder is a file, or cannot be made, read or written.
        """
        store = cls(folder, watch=watch, who=who, place_of=place_of, trusts_index=trusts_index)
        try:
            await store._run(store._repository.prepare)
        except BaseException:
            await store.close()
            raise
        return store

    async def catalog(self, after: Cursor | None = None, limit: int = PAGE) -> CatalogPage:
        """Return a page of rows; the first page includes what other programs wrote until now."""
        return await self._run(self._repository.catalog.page, after, limit)

    @asynccontextmanager
    async def changes(self, since: Mark) -> AsyncIterator[AsyncIterator[CatalogChange]]:
        """Yield changes of the catalog; see `Store` of the studio's ports.

        Changes by other programs on a local disk are reported within about a second. On a network
        folder, and when the system has no watches left, they take up to two seconds, and a file
        that another program than Redraft changes in place up to half a minute.
        """
        self._check_open()
        feed = Feed(self._repository.catalog, self._transact, self._watch)
        self._feeds.add(feed)
        try:
            async with feed.changes(since) as changes:
                yield changes
        finally:
            self._feeds.discard(feed)

    async def load(self, content_id: ContentId) -> Content:
        """Return a content; raises `NotFound`, `ContentDamaged`, `NewerSchema`."""
        return await self._run(self._repository.load, content_id)

    async def create(self, content: Content) -> None:
        """Save a content that is not in the library yet."""
        await self._run(self._repository.create, content)

    async def update(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        """Apply a change to the newest value, whoever wrote that; save and return the result.

        The change runs in the store's thread; an exception it raises is raised here, and nothing is
        saved.
        """
        return await self._run(self._repository.update, content_id, change)

    async def discard(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        """Apply a last change, move the content to the trash and return it.

        Raises `Refused` while one of its branches is leased.
        """
        return await self._run(self._repository.discard, content_id, change)

    async def restore(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        """Bring a content back from the trash, apply a change, save and return it.

        Raises `NotFound` when it is not in the trash.
        """
        return await self._run(self._repository.restore, content_id, change)

    async def trash(self) -> tuple[ContentRow, ...]:
        """Return a row of every content in the trash, the last deleted first."""
        return await self._run(self._repository.trash.rows)

    async def empty_trash(self) -> int:
        """Delete the whole trash for good; return the number of contents deleted."""
        return await self._run(self._repository.trash.empty)

    async def place(self) -> Place:
        """Return where the writer was; an empty place when that is not known."""
        return await self._journaled(self._repository.place.read)

    async def save_place(self, place: Place) -> None:
        """Save where the writer is; typed text is only appended to a journal."""
        await self._journaled(self._repository.place.write, place)

    async def keep_part(self, content_id: ContentId, turn_id: TurnId, text: str) -> None:
        """Save the text so far of a running turn's answer, until the turn's end is saved."""
        await self._journaled(self._repository.parts.keep, content_id, turn_id, text)

    async def search(self, query: SearchQuery, only: ContentId | None, limit: int) -> Hits:
        """Search everything that is saved; a cancelled search ends at once."""
        is_dropped = threading.Event()

        def unwanted() -> bool:
            return is_dropped.is_set() or self._is_closed

        search = partial(self._searching.search, query, only, limit, unwanted)
        try:
            return await self._in(self._searches, search)
        finally:
            is_dropped.set()

    async def close(self) -> None:
        """Finish pending work, write the index, and release every lease."""
        if self._is_closed:
            return
        self._is_closed = True
        for feed in self._feeds:
            feed.end()
        for timer in (self._later, self._folding):
            if timer is not None:
                timer.cancel()
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._journaling, self._repository.place.close)
        finally:
            await loop.run_in_executor(self._thread, self._repository.close)
            await loop.run_in_executor(self._searches, self._searching.close)
            self._searches.shutdown(wait=True)
            self._journaling.shutdown(wait=True)
            self._thread.shutdown(wait=True)

    async def _run(self, work: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Run a task on the library; report its changes, or the library's absence, at once."""
        sighting = OWN
        try:
            return await self._transact(work, *args, **kwargs)
        except LibraryProblem:
            sighting = Sighting(is_vague=True)
            raise
        finally:
            if self._repository.catalog.revision != self._reported or sighting.is_vague:
                self._reported = self._repository.catalog.revision
                for feed in self._feeds:
                    feed.wake(sighting)

    async def _transact(
        self, work: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        def transaction() -> Result:
            self._repository.prepare()
            return work(*args, **kwargs)

        try:
            return await self._in(self._thread, transaction)
        finally:
            is_old = self._repository.catalog.is_index_old
            if is_old and self._later is None and not self._is_closed:
                loop = asyncio.get_running_loop()
                self._later = loop.call_later(INDEX_DELAY, self._flush)

    async def _looked(self, look: Callable[[], bool]) -> bool:
        """Run a check of the disk, even if the library is missing; True after `close`."""
        if self._is_closed:
            return True
        return await asyncio.get_running_loop().run_in_executor(self._thread, look)

    async def _journaled(
        self, work: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        try:
            return await self._in(self._journaling, partial(work, *args, **kwargs))
        finally:
            if self._repository.place.is_file_old and not self._is_closed:
                if self._folding is not None:
                    self._folding.cancel()
                loop = asyncio.get_running_loop()
                self._folding = loop.call_later(FOLD_AFTER, self._fold)

    async def _in(self, thread: FileThread, work: Callable[[], Result]) -> Result:
        """Run a task in a thread; an error of the disk is raised as one that names the library."""
        self._check_open()

        def reached() -> Result:
            with reaching(self._repository.folder):
                return work()

        return await asyncio.get_running_loop().run_in_executor(thread, reached)

    def _check_open(self) -> None:
        if self._is_closed:
            raise LibraryProblem(f"The library {self._repository.folder} is closed already.")

    def _flush(self) -> None:
        self._later = None
        self._thread.submit(self._repository.flush)

    def _fold(self) -> None:
        self._folding = None
        self._journaling.submit(self._repository.place.fold)
