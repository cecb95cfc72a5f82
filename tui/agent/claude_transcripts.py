"""The sessions that Claude Code keeps on this machine: listed, read, copied, carried.

Every method runs in a thread; nothing here needs the CLI or a login. The sessions are those of
this process's configuration folder (see `tui.agent.environment.use_config_folder`).
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from tui.agent.carried import carried
from tui.agent.cli_contract.rows import Row, count_prompts, encoded, rows_of
from tui.agent.copies import TranscriptStore, copy_key
from tui.agent.forking import forked, place_fork
from tui.agent.found_rows import found_messages
from tui.agent.keeper import TranscriptKeeper
from tui.agent.local_files import (
    SUFFIX,
    find_transcript,
    find_transcripts,
    projects_folder,
    write_new,
)
from tui.agent.sdk import load_sdk
from tui.domain.errors import AgentProblem, LibraryProblem, SessionLost
from tui.domain.ids import MessageId, SessionId
from tui.domain.session import FoundMessage, FoundSession, SessionCopy


class ClaudeTranscripts:
    """Lists and copies Claude Code's transcripts; implements `tui.studio.ports.Transcripts`.

    `work_folder` is the folder in which Redraft's sessions run: transcripts from another machine
    are put there. `copies` are Redraft's own copies.
    """

    def __init__(self, work_folder: Path, copies: TranscriptStore) -> None:
        self._work_folder = work_folder
        self._copies = copies

    async def sessions(self) -> tuple[FoundSession, ...]:
        """Return all sessions that have a title or a prompt, the last changed first."""
        sdk = await load_sdk()
        return await asyncio.to_thread(_sessions, sdk)

    async def messages(self, session: SessionId) -> tuple[FoundMessage, ...]:
        """Return a session's messages in order; none when there is no such session."""
        sdk = await load_sdk()
        return await asyncio.to_thread(_messages, sdk, session)

    async def adopt(self, session: SessionId, up_to: MessageId, *, title: str) -> SessionCopy:
        """Copy a session not made by Redraft, up to and including a message.

        The original is unchanged. Raises `SessionLost` when there is no such session,
        `AgentProblem` when the copy cannot be written.
        """
        sdk = await load_sdk()
        folder, rows = await asyncio.to_thread(_rows, session)
        fork = await forked(sdk, session, rows, up_to, title)
        await asyncio.to_thread(place_fork, folder, fork)
        return SessionCopy(fork.session, fork.ids)

    async def taken(self) -> frozenset[SessionId]:
        """Return the ids of all sessions that have a transcript on this machine."""
        return frozenset(await asyncio.to_thread(find_transcripts, projects_folder()))

    async def read(self, session: SessionId) -> bytes | None:
        """Return Claude Code's transcript, or Redraft's copy unless that copy is less complete."""
        own = await asyncio.to_thread(_read, session)
        rows: list[Any] | None = None
        with suppress(LibraryProblem):  # Then Claude Code's own has to do.
            rows = await self._copies.load(copy_key(session))
        if not rows:
            return own
        return await asyncio.to_thread(_fuller, own or b"", rows)

    def carried(self, data: bytes, session: SessionId) -> bytes:
        """Return a transcript from another machine, rewritten for a new id.

        Raises `Refused` with the reason when the transcript is invalid.
        """
        return carried(data, session)

    async def place(self, session: SessionId, data: bytes) -> None:
        """Write a transcript where Claude Code finds it, never over an existing one.

        Raises `AgentProblem` when the transcript cannot be written.
        """
        sdk = await load_sdk()
        await asyncio.to_thread(_place, sdk, self._work_folder, session, data)

    async def keep(self, session: SessionId) -> None:
        """Copy a transcript into the library; a failure is logged."""
        await self._keeper.copy(session)

    @cached_property
    def _keeper(self) -> TranscriptKeeper:
        return TranscriptKeeper(
            self._copies, projects=projects_folder(), work_folder=self._work_folder
        )

    async def remove(self, session: SessionId) -> None:
        """Delete a transcript that `place` wrote."""
        await asyncio.to_thread(_remove, session)


def _read(session: SessionId) -> bytes | None:
    path = _file(session)
    with suppress(OSError):
        return None if path is None else path.read_bytes() or None
    return None


def _file(session: SessionId) -> Path | None:
    return find_transcript(projects_folder(), session)


def _fuller(own: bytes, rows: list[Any]) -> bytes:
    copied = sum(1 for row in rows if isinstance(row, dict) and "uuid" in row)
    if copied < sum(1 for row in rows_of(own) if "uuid" in row):
        return own
    return encoded(rows)


def _sessions(sdk: ModuleType) -> tuple[FoundSession, ...]:
    files = find_transcripts(projects_folder())
    found = []
    for info in sdk.list_sessions():
        prompts = 0
        path = files.get(SessionId(info.session_id))
        with suppress(OSError):
            prompts = 0 if path is None else count_prompts(path.read_bytes())
        changed = _time(info.last_modified)
        found.append(
            FoundSession(
                session=SessionId(info.session_id),
                title=" ".join((info.custom_title or "").split()),
                first_prompt=" ".join((info.first_prompt or "").split()),
                folder=info.cwd or "",
                created_at=changed if info.created_at is None else _time(info.created_at),
                changed_at=changed,
                prompts=prompts,
            )
        )
    return tuple(found)


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _messages(sdk: ModuleType, session: SessionId) -> tuple[FoundMessage, ...]:
    data = _read(session) or b""
    rows = {row["uuid"]: row for row in rows_of(data) if isinstance(row.get("uuid"), str)}
    return found_messages(sdk.get_session_messages(session), rows)


def _rows(session: SessionId) -> tuple[Path, list[Row]]:
    path, data = _file(session), _read(session)
    if path is None or data is None:
        raise SessionLost(f"Claude Code no longer has the session {session}, to be adopted.")
    return path.parent, list(rows_of(data))


def _place(sdk: ModuleType, work_folder: Path, session: SessionId, data: bytes) -> None:
    path = (
        projects_folder() / sdk.project_key_for_directory(str(work_folder)) / f"{session}{SUFFIX}"
    )
    try:
        write_new(path, data)
    except OSError as error:
        why = error.strerror or str(error)
        raise AgentProblem(
            f"The transcript {path} cannot be written ({why}): make room, and check that you may "
            "write there."
        ) from error


def _remove(session: SessionId) -> None:
    path = _file(session)
    if path is not None:
        with suppress(OSError):
            path.unlink()
