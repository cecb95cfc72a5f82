"""CLIs that run a session outside this Redraft: orphans of a killed Redraft, and others.

A CLI whose parent was killed during a turn finishes the answer and then exits. Resuming the session
before that would split its transcript, and the finished answer would be lost.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tui.agent.cli_contract.registry import PROGRAM, Entry, read_entries
from tui.agent.local_files import claude_folder
from tui.agent.processes import find_process
from tui.domain.frozen import frozen
from tui.domain.ids import SessionId

LEAVING_SECONDS: Final = 10.0
"""Seconds in which an idle CLI exits; after that, the CLI is considered hung."""
_ENDING_SECONDS: Final = 2.0
_LOOK_AGAIN: Final = 0.1

_logger = logging.getLogger("redraft.agent")


@frozen
class RunningCli:
    """A CLI that has a session open."""

    pid: int
    is_ours: bool
    """Whether Redraft started the CLI: through the SDK, in Redraft's own folder."""
    is_busy: bool
    """Whether the CLI's registry entry says that it is answering."""


class OpenSessions:
    """Finds the CLIs on this machine that have a session open, from their registry entries."""

    def __init__(self, environment: Mapping[str, str], work_folder: Path) -> None:
        self._folder = claude_folder(environment)
        self._ours = {str(work_folder), os.path.realpath(work_folder)}

    def of(self, session: SessionId) -> list[RunningCli]:
        """Return the CLIs that have a session open; blocks on files."""
        return [
            RunningCli(entry.pid, entry.is_by_sdk and entry.cwd in self._ours, not entry.is_idle)
            for entry in read_entries(self._folder)
            if entry.session == session and _runs(entry)
        ]

    async def is_answering(self, session: SessionId) -> bool:
        """Whether an orphan is still writing an answer."""
        return any(cli.is_ours and cli.is_busy for cli in await asyncio.to_thread(self.of, session))

    async def is_open(self, session: SessionId) -> bool:
        """Whether any program has the session open, whichever program started it."""
        return bool(await asyncio.to_thread(self.of, session))

    async def outwait(
        self, session: SessionId, *, silence: float, sign_of_life: Callable[[], object]
    ) -> None:
        """Wait until no orphan is left on a session; an orphan that hangs is terminated.

        An orphan that answers is allowed to finish. It hangs when `sign_of_life`, called in a
        thread, returns the same value for `silence` seconds, or for ten seconds when the orphan is
        idle.
        """
        if await self._is_left(session, silence, sign_of_life):
            return
        for ending in (signal.SIGTERM, signal.SIGKILL):
            for cli in await asyncio.to_thread(self._orphans, session):
                _logger.warning("process %s hangs on session %s and is ended", cli.pid, session)
                try:
                    os.kill(cli.pid, ending)
                except ProcessLookupError:
                    continue
            if await self._is_left(session, _ENDING_SECONDS, lambda: None):
                return

    def _orphans(self, session: SessionId) -> list[RunningCli]:
        return [cli for cli in self.of(session) if cli.is_ours]

    async def _is_left(
        self, session: SessionId, silence: float, sign_of_life: Callable[[], object]
    ) -> bool:
        loop = asyncio.get_running_loop()
        last_seen: object = None
        changed_at = loop.time()
        while orphans := await asyncio.to_thread(self._orphans, session):
            seen = orphans, await asyncio.to_thread(sign_of_life)
            if seen != last_seen:
                last_seen, changed_at = seen, loop.time()
            is_busy = any(cli.is_busy for cli in orphans)
            if loop.time() >= changed_at + (silence if is_busy else min(silence, LEAVING_SECONDS)):
                return False
            await asyncio.sleep(_LOOK_AGAIN)
        return True


def _runs(entry: Entry) -> bool:
    """Whether the process of an entry runs; after a crash, its number may be reused."""
    process = find_process(entry.pid)
    if process is None:
        return False
    if process.started and entry.started:
        return process.started == entry.started
    return process.name.startswith(PROGRAM)
