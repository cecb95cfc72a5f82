"""Copying a session's rows up to a message; the source file is only read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from tui.agent.cli_contract.rows import Row, encoded
from tui.agent.local_files import write_new
from tui.domain.errors import AgentProblem, SessionLost
from tui.domain.frozen import frozen
from tui.domain.ids import MessageId, SessionId


@frozen
class Forked:
    """A copied session that has not been written yet."""

    session: SessionId
    rows: list[Row]
    ids: Mapping[MessageId, MessageId]
    """New message ids by the ids of the original messages."""


class _InMemory:
    """The in-memory storage that the SDK's fork reads from and writes to."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)

    async def load(self, _key: object) -> list[Any]:
        return self.rows

    async def append(self, _key: object, entries: list[Any]) -> None:
        self.rows = entries


async def forked(
    sdk: ModuleType, session: SessionId, rows: Sequence[Row], up_to: MessageId, title: str
) -> Forked:
    """Return a copy of a session's rows up to and including a message, with new ids.

    Raises `SessionLost` when the rows do not contain the message.
    """
    memory = _InMemory(rows)
    try:
        made = await sdk.fork_session_via_store(
            memory, session, directory="/", up_to_message_id=up_to, title=title or None
        )
    except (FileNotFoundError, ValueError) as error:
        raise SessionLost(
            f"Claude Code no longer has what was to be copied: {error}. "
            "Its transcripts may have been cleaned up; start a new session from the saved text."
        ) from error
    ids = {}
    for row in memory.rows:
        copied, uuid = row.get("forkedFrom"), row.get("uuid")
        if isinstance(copied, dict) and isinstance(uuid, str):
            ids[MessageId(str(copied.get("messageUuid")))] = MessageId(uuid)
    if up_to not in ids:
        raise SessionLost(
            "The copy of the session lacks the message it was to end with. Fork from another turn."
        )
    return Forked(SessionId(made.session_id), memory.rows, ids)


def place_fork(folder: Path, fork: Forked) -> None:
    """Write a copy durably into a project's folder; blocks. Raises `AgentProblem`."""
    try:
        write_new(folder / f"{fork.session}.jsonl", encoded(fork.rows))
    except OSError as error:
        why = error.strerror or str(error)
        raise AgentProblem(
            f"The copy of the session cannot be written: {why}. "
            "Is there room on the disk, and may you write there?"
        ) from error
