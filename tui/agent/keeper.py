"""Keeps Redraft's copy of every session and restores Claude Code's file when it is damaged.

After a turn, the rows that Claude Code added to its own file are added to the copy. Before a
session is resumed or forked, file and copy are compared: rows that only the file has are added to
the copy, and a missing or damaged file is restored from the copy. Claude must remember the chain of
messages up to an anchor; when file and copy together do not contain the chain, the session is lost.
"""

import asyncio
import logging
from pathlib import Path
from types import ModuleType
from typing import Final

from tui.agent.cli_contract.rows import (
    Row,
    check_kinds,
    encoded,
    is_place_stale,
    place_note,
)
from tui.agent.copies import TranscriptStore, copy_key
from tui.agent.lineage import lacking, sound_or_mended
from tui.agent.local_files import LocalPart, append_rows, find_transcript, read_part, restore
from tui.domain.errors import AgentProblem, SessionLost
from tui.domain.frozen import frozen
from tui.domain.ids import MessageId, SessionId
from tui.domain.json_lines import JsonLines, read_json_lines

AGAIN_AFTER: Final = 3.0
"""Initial delay in seconds before a failed copy is retried; doubled after each failure."""
LONGEST_PAUSE: Final = 300.0
"""Maximum delay between retries in seconds."""
TURN_WAITS: Final = 1.0
"""Seconds that a turn waits for its copy; a slower copy continues in the background."""
COPY_GIVES_UP: Final = 30.0
"""Timeout in seconds for a copy, which is then retried later."""
LOADING_WAITS: Final = 5.0
"""Seconds that a connection waits for the copy; after that, only Claude Code's file is used."""

_WRITTEN_SECONDS: Final = 0.3
_LOOK_AGAIN: Final = 0.02

_logger = logging.getLogger("redraft.agent")


@frozen
class _Mark:
    """How much of a Claude Code file is already copied."""

    path: Path
    inode: int
    end: int


class TranscriptKeeper:
    """Copies sessions after their turns, and repairs Claude Code's files before they are used.

    `projects` is the folder with Claude Code's transcripts, `work_folder` the one it runs in.
    """

    def __init__(self, store: TranscriptStore, *, projects: Path, work_folder: Path) -> None:
        self._store = store
        self._projects = projects
        self._work_folder = work_folder
        self._marks: dict[SessionId, _Mark] = {}
        self._locks: dict[SessionId, asyncio.Lock] = {}
        self._again: dict[SessionId, asyncio.Task[None]] = {}
        self._copying: dict[SessionId, asyncio.Task[str]] = {}
        self._failing: dict[SessionId, str] = {}
        """The last error of each failing copy, so that retries do not log the same error again."""
        self._is_reported = False

    async def copy(self, session: SessionId, upto: MessageId | None = None) -> str:
        """Copy a session's new rows, waiting no longer than a second for the copy.

        Waits a moment for the message `upto` to be written. Never raises: returns a sentence about
        a failure that was not reported before, else an empty text.
        """
        task = self.copy_behind(session, upto)
        done, _ = await asyncio.wait({task}, timeout=TURN_WAITS)
        problem = task.result() if done else "It takes longer than usual."
        if problem:
            self._try_again(session)
        if not problem or self._is_reported:
            self._is_reported = bool(problem)
            return ""
        self._is_reported = True
        return (
            "Redraft's own copy of what Claude Code remembers could not be saved. Your text is "
            f"safe; the copy is tried again and again. {problem}"
        )

    def _try_again(self, session: SessionId) -> None:
        """Retry the copy with increasing delays, until it works or the program ends."""
        if session not in self._again:
            task = asyncio.create_task(self._copy_later(session), name=f"copy again {session}")
            self._again[session] = task
            task.add_done_callback(lambda _: self._again.pop(session))

    async def _copy_later(self, session: SessionId) -> None:
        problem, pause = "not copied yet", AGAIN_AFTER
        while problem:
            await asyncio.sleep(pause)
            problem = await self.copy_behind(session)
            pause = min(2 * pause, LONGEST_PAUSE)
        self._is_reported = False

    def copy_behind(self, session: SessionId, upto: MessageId | None = None) -> asyncio.Task[str]:
        """Copy a session's new rows in the background."""
        task = self._copying.get(session)
        if task is None:
            task = asyncio.create_task(self._try_copy(session, upto), name=f"copy {session}")
            self._copying[session] = task
            task.add_done_callback(lambda _: self._copying.pop(session))
        return task

    async def settled(self, seconds: float) -> None:
        """Wait for the running copies up to a time limit, and start no more."""
        for waiting in self._again.values():
            waiting.cancel()
        if self._copying:
            await asyncio.wait(set(self._copying.values()), timeout=seconds)

    async def mend(
        self, sdk: ModuleType, session: SessionId, anchor: MessageId | None, *, is_free: bool = True
    ) -> None:
        """Make sure that Claude Code can continue after `anchor` (None: after the newest message).

        Claude Code's file is written only when `is_free`, that is, when no program has the session
        open. Raises `SessionLost` when neither file nor copy has the whole conversation up to the
        anchor, `AgentProblem` when the file cannot be restored.
        """
        lock = self._lock(session)
        try:
            async with asyncio.timeout(LOADING_WAITS):
                await lock.acquire()
        except TimeoutError:
            _logger.warning("session %s is not looked at: its copy hangs", session)
            return
        try:
            project = sdk.project_key_for_directory(self._work_folder)
            await self._mend(session, project, anchor, is_free=is_free)
        finally:
            lock.release()

    async def whole(
        self, sdk: ModuleType, session: SessionId, up_to: MessageId
    ) -> tuple[Path, list[Row]]:
        """Return the folder of a session's file, and the session's rows from file and copy.

        Writes nothing. Raises `SessionLost` when the conversation up to the message is incomplete.
        """
        project = sdk.project_key_for_directory(self._work_folder)
        ours = await self._load(session)
        path = await asyncio.to_thread(find_transcript, self._projects, session, project)
        _, local = await self._read(path)
        _, rows = await asyncio.to_thread(sound_or_mended, local, ours, up_to)
        if rows is None:
            raise _not_whole(session)
        return self._projects / project if path is None else path.parent, rows

    async def _mend(
        self, session: SessionId, project: str, anchor: MessageId | None, *, is_free: bool
    ) -> None:
        ours = await self._load(session)
        path = await asyncio.to_thread(find_transcript, self._projects, session, project)
        part, local = await self._read(path)
        is_sound, rows = await asyncio.to_thread(sound_or_mended, local, ours, anchor)
        if rows is None:
            raise _not_whole(session)
        if not is_sound and not is_free:
            raise AgentProblem(
                f"What Claude Code remembers of the session {session} must be restored, and "
                "another program has it open: close that one, then try again."
            )
        if not is_sound:
            path = path or self._projects / project / f"{session}.jsonl"
            await self._restore(session, path, rows)
            part, _ = await self._read(path)
        if part is not None:
            await self._try_take_over(session, part, ours, rows)
        if is_free and anchor is not None and is_place_stale(rows, anchor):
            await self._note_place(session, path, anchor)

    async def _note_place(self, session: SessionId, path: Path | None, anchor: MessageId) -> None:
        """Write the resume point to Claude Code's file, as Claude Code does when it exits cleanly.

        Otherwise Claude Code follows its older note, and ignores a message outside that chain.
        """
        if path is None:
            return
        try:
            await asyncio.to_thread(append_rows, path, encoded([place_note(session, anchor)]))
        except OSError:
            _logger.warning("the place in %s could not be noted", path, exc_info=True)

    async def _try_copy(self, session: SessionId, upto: MessageId | None) -> str:
        try:
            async with asyncio.timeout(COPY_GIVES_UP), self._lock(session):
                await self._copy(session, upto)
        except Exception as error:  # noqa: BLE001 (a store of any kind may raise anything)
            problem = str(error) or "It took too long."
            if self._failing.get(session) != problem:
                _logger.warning("session %s was not copied: %s", session, problem)
            self._failing[session] = problem
            return problem
        if self._failing.pop(session, None):
            _logger.warning("session %s is copied again", session)
        return ""

    async def _copy(self, session: SessionId, upto: MessageId | None) -> None:
        loop = asyncio.get_running_loop()
        limit = loop.time() + _WRITTEN_SECONDS
        while True:
            part = await asyncio.to_thread(self._new_part, session)
            is_there = part is not None and (upto is None or upto.encode() in part.data)
            if is_there or loop.time() >= limit:
                break
            await asyncio.sleep(_LOOK_AGAIN)
        if part is None:
            return
        rows = (await asyncio.to_thread(read_json_lines, part.data)).objects
        check_kinds(rows)
        if part.start == 0:
            await self._take_over(session, part, await self._store.load(copy_key(session)), rows)
        else:
            await self._add(session, part, rows)

    def _new_part(self, session: SessionId) -> LocalPart | None:
        """Read the part of the file after the mark; all of it when the file was replaced."""
        mark = self._marks.get(session)
        if mark is not None:
            part = read_part(mark.path, mark.end)
            if part is not None and part.inode == mark.inode:
                return part
        path = find_transcript(self._projects, session)
        return None if path is None else read_part(path)

    async def _try_take_over(
        self, session: SessionId, part: LocalPart, ours: list[Row], rows: list[Row]
    ) -> None:
        try:
            async with asyncio.timeout(TURN_WAITS):
                await self._take_over(session, part, ours, rows)
        except Exception:
            # Without a mark, the copy after the next turn compares everything, and reports a
            # failure.
            self._marks.pop(session, None)
            _logger.warning("session %s was not copied", session, exc_info=True)

    async def _take_over(
        self, session: SessionId, part: LocalPart, ours: list[Row] | None, rows: list[Row]
    ) -> None:
        more = await asyncio.to_thread(lacking, ours or [], rows)
        await self._add(session, part, more)

    async def _add(self, session: SessionId, part: LocalPart, rows: list[Row]) -> None:
        if rows:
            await self._store.append(copy_key(session), rows)
        self._marks[session] = _Mark(part.path, part.inode, part.whole_end)

    async def _load(self, session: SessionId) -> list[Row]:
        try:
            async with asyncio.timeout(LOADING_WAITS):
                return await self._store.load(copy_key(session)) or []
        except Exception:
            _logger.warning("the copy of session %s cannot be read", session, exc_info=True)
            return []

    async def _read(self, path: Path | None) -> tuple[LocalPart | None, JsonLines]:
        """Read a whole file, waiting for a last line that is still being written."""
        nothing = read_json_lines(b"")
        if path is None:
            return None, nothing
        try:
            part = await asyncio.to_thread(read_part, path)
        except OSError:
            _logger.warning("%s cannot be read", path, exc_info=True)
            return None, nothing
        while part is not None:
            rows = await asyncio.to_thread(read_json_lines, part.data)
            if not rows.is_torn:
                return part, rows
            await asyncio.sleep(_LOOK_AGAIN)
            before, part = part, await asyncio.to_thread(read_part, path)
            if part is not None and part.data == before.data:
                return part, rows
        return None, nothing

    async def _restore(self, session: SessionId, path: Path, rows: list[Row]) -> None:
        try:
            aside = await asyncio.to_thread(lambda: restore(path, encoded(rows)))
        except OSError as error:
            raise AgentProblem(
                f"The session cannot be given back to Claude Code: {path} cannot be written "
                f"({error.strerror}). Make room there, then try again."
            ) from error
        was = f"; what was there is {aside}" if aside else ""
        _logger.warning("session %s was restored from Redraft's own copy%s", session, was)

    def _lock(self, session: SessionId) -> asyncio.Lock:
        return self._locks.setdefault(session, asyncio.Lock())


def _not_whole(session: SessionId) -> SessionLost:
    return SessionLost(
        f"What Claude Code remembers of the session {session} is not whole any more. "
        "What was said is in your library; start a new session that is told of it."
    )
