"""Reports changes of a library's catalog, made by this program and by others.

Changes by others are reported by a watch of the folder, complemented by polling. A poll checks only
the folders, which costs three system calls however many contents there are. All files are checked
only when the folders look different, and at long intervals.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Final

from tui.domain.catalog import Mark
from tui.domain.catalog_changes import (
    CatalogChange,
    LibraryBack,
    LibraryLost,
    ProblemsChanged,
    RowsChanged,
    RowsRemoved,
    StartAgain,
)
from tui.domain.errors import LibraryProblem
from tui.domain.frozen import frozen
from tui.store.catalog import LibraryCatalog, Since
from tui.store.index import Stamps
from tui.store.thread import InThread
from tui.store.watching import Sighting, Watch

SEEING: Final = 5.0
"""Seconds between polls of the folders where the watch works, for changes that it misses."""
BLIND: Final = 1.5
"""Seconds between polls without a working watch."""
LOST: Final = 1.0
"""Seconds between polls of a library that cannot be read."""
UNCHECKED: Final = 3.0
"""Seconds after which the next poll checks all files, when the first rows came from the index."""
WHOLE: Final = 30.0
"""Seconds between checks of all files: a file changed in place does not change its folder."""
MOST_REPORTED: Final = 500
"""Maximum number of contents reported individually; beyond it the pages are read again."""

OWN: Final = Sighting()
"""Marks a save by this program."""
VAGUE: Final = Sighting(is_vague=True)


@frozen
class News:
    """The result of a check."""

    since: Since
    problems: tuple[str, ...]
    stamps: Stamps


class Feed:
    """The changes since one mark, for one listener."""

    def __init__(self, catalog: LibraryCatalog, in_thread: InThread, watch: Watch) -> None:
        self._catalog = catalog
        self._in_thread = in_thread
        self._watch = watch
        self._sighting: Sighting | None = VAGUE
        """What to check next; None for nothing."""
        self._woken = asyncio.Event()
        self._is_seeing = False
        self._is_over = False
        self._revision = 0
        self._problems: tuple[str, ...] | None = None
        self._stamps = catalog.looked
        self._watched: tuple[int, ...] | None = None
        """The identity of the folders that are watched."""
        late = WHOLE - UNCHECKED if catalog.is_unchecked else 0.0
        self._looked_at_all = time.monotonic() - late

    @asynccontextmanager
    async def changes(self, since: Mark) -> AsyncIterator[AsyncIterator[CatalogChange]]:
        """Yield the changes since a mark; the folder is watched until the iteration is left."""
        async with (
            AsyncExitStack() as watching,
            aclosing(self._changes(since, watching)) as changes,
        ):
            yield changes

    def wake(self, sighting: Sighting) -> None:
        """Schedule a check; called in the event loop."""
        if sighting.is_seeing is not None:
            self._is_seeing = sighting.is_seeing
        self._sighting = sighting if self._sighting is None else self._sighting | sighting
        self._woken.set()

    def end(self) -> None:
        """End the feed."""
        self._is_over = True
        self._woken.set()

    async def _changes(
        self, since: Mark, watching: AsyncExitStack
    ) -> AsyncGenerator[CatalogChange, None]:
        revision = self._catalog.revision_at(since)
        self._revision = self._catalog.revision if revision is None else revision
        if revision is None:
            yield StartAgain()
        is_lost = False
        while not self._is_over:
            sighting, self._sighting = VAGUE if is_lost else self._sighting or VAGUE, None
            self._woken.clear()
            try:
                news = await self._in_thread(self._look, sighting)
            except LibraryProblem as problem:
                self._stamps = self._watched = None
                await watching.aclose()
                if not (is_lost or self._is_over):
                    is_lost = True
                    yield LibraryLost(str(problem))
            else:
                if is_lost:
                    is_lost = False
                    yield LibraryBack()
                for change in self._changes_in(news):
                    yield change
                if sighting.is_moved or self._watched != news.stamps.identity:
                    self._watched = news.stamps.identity
                    await watching.aclose()
                    await watching.enter_async_context(self._watch(self._catalog.folder, self.wake))
            await self._wait(LOST if is_lost else SEEING if self._is_seeing else BLIND)

    def _changes_in(self, news: News) -> list[CatalogChange]:
        changes = _changes_of(news.since)
        if news.problems != self._problems:
            changes.append(ProblemsChanged(news.problems))
        self._revision, self._problems = news.since.revision, news.problems
        return changes

    async def _wait(self, longest: float) -> None:
        try:
            async with asyncio.timeout(longest):
                await self._woken.wait()
        except TimeoutError:
            pass

    def _look(self, sighting: Sighting) -> News:
        """Check, in the library's thread, what the watch reported."""
        stamps = self._catalog.stamps()
        before, now = self._stamps, time.monotonic()
        is_other = before is None or before.identity != stamps.identity
        if (
            is_other
            or (sighting.is_vague and before != stamps)
            or now - self._looked_at_all > WHOLE
        ):
            self._catalog.look_at_all()
            self._looked_at_all, self._stamps = now, stamps
        else:
            self._catalog.look_at(sighting.names)
            if self._is_seeing:  # Without a watch, others may have changed the folders.
                self._stamps = stamps
        return News(self._catalog.since(self._revision), self._catalog.problems(), stamps)


def _changes_of(since: Since) -> list[CatalogChange]:
    if len(since.rows) + len(since.gone) > MOST_REPORTED:
        return [StartAgain()]
    changes: list[CatalogChange] = []
    if since.rows:
        changes.append(RowsChanged(since.rows))
    if since.gone:
        changes.append(RowsRemoved(since.gone))
    return changes
