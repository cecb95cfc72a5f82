"""A session copied up to a message, from its rows: the file they come from is only read."""

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
    """A session that is a copy, not written yet."""

    session: SessionId
    rows: list[Row]
    ids: Mapping[MessageId, MessageId]
    """Ids of the copied messages, by those of the original."""


class _Shelf:
    """What the SDK's fork reads and writes: rows in memory."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)

    async def load(self, _key: object) -> list[Any]:
        return self.rows

    async def append(self, _key: object, entries: list[Any]) -> None:
        self.rows = entries


async def forked(
    sdk: ModuleType, session: SessionId, rows: Sequence[Row], up_to: MessageId, title: str
) -> Forked:
    """Return a copy of a session's rows up to and with a message, with ids of its own.

    Raises `SessionLost` when the message is not among them.
    """
    shelf = _Shelf(rows)
    try:
        made = await sdk.fork_session_via_store(
            shelf, session, directory="/", up_to_message_id=up_to, title=title or None
        )
    except (FileNotFoundError, ValueError) as error:
        raise SessionLost(
            f"Claude Code no longer has what was to be copied: {error}. "
            "Its transcripts may have been cleaned up; start a new session from the saved text."
        ) from error
    ids = {}
    for row in shelf.rows:
        copied, uuid = row.get("forkedFrom"), row.get("uuid")
        if isinstance(copied, dict) and isinstance(uuid, str):
            ids[MessageId(str(copied.get("messageUuid")))] = MessageId(uuid)
    if up_to not in ids:
        raise SessionLost(
            "The copy of the session lacks the message it was to end with. Fork from another turn."
        )
    return Forked(SessionId(made.session_id), shelf.rows, ids)


def place_fork(folder: Path, fork: Forked) -> None:
    """Write a copy into a project's folder, durably; blocks. Raises `AgentProblem`."""
    try:
        write_new(folder / f"{fork.session}.jsonl", encoded(fork.rows))
    except OSError as error:
        why = error.strerror or str(error)
        raise AgentProblem(
            f"The copy of the session cannot be written: {why}. "
            "Is there room on the disk, and may you write there?"
        ) from error
