"""The doctor's check of a library's folder: content files, related files, and leftovers."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from tui.domain.findings import Finding
from tui.domain.ids import SessionId
from tui.store.checking import check_contents
from tui.store.files import reaching
from tui.store.fixing import fix_library
from tui.store.folder import TRASH
from tui.store.sessions import held_sessions, sessions_in
from tui.store.surroundings import check_folder, check_surroundings
from tui.store.thread import FileThread

P = ParamSpec("P")
Result = TypeVar("Result")


class FolderCheck:
    """Checks and repairs a library's folder; implements `LibraryCheck` of the studio's ports."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now

    async def is_there(self) -> bool:
        """Whether there is a library."""
        return await self._run(self._folder.exists)

    async def look(self) -> tuple[Finding, ...]:
        """Check everything without changing anything."""
        return await self._run(self._look)

    async def mend(self) -> tuple[str, ...]:
        """Repair what can be repaired and rebuild the index; return what was recovered."""
        return await self._run(fix_library, self._folder, self._now)

    async def sessions_in_trash(self) -> frozenset[SessionId]:
        """Return the sessions of all branches of contents in the trash."""
        return await self._run(held_sessions, self._folder / TRASH)

    async def sessions(self) -> frozenset[SessionId]:
        """Return all sessions that branches use or were adopted from, the trash included."""
        return await self._run(self._sessions)

    def _look(self) -> tuple[Finding, ...]:
        first = check_folder(self._folder)
        if not first.is_fine or not self._folder.exists():
            return (first,)
        return (first, *check_contents(self._folder), *check_surroundings(self._folder))

    def _sessions(self) -> frozenset[SessionId]:
        places = (self._folder / "contents", self._folder / TRASH)
        return frozenset(session for place in places for session in sessions_in(place))

    async def _run(self, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        thread = FileThread("check")

        def looked() -> Result:
            with reaching(self._folder):
                return work(*args, **kwargs)

        try:
            return await asyncio.get_running_loop().run_in_executor(thread, looked)
        finally:
            thread.shutdown(wait=False)
