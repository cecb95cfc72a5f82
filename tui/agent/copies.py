"""Where Redraft's own copies of Claude's transcripts are kept: the interface, and its keys."""

from typing import Any, Final, NotRequired, Protocol, TypedDict

from tui.domain.ids import SessionId

PROJECT: Final = "redraft"
"""The project key of every copy; constant, so that a library can move and keep its sessions."""


class TranscriptKey(TypedDict):
    """Identifies a transcript; the SDK's `SessionKey`."""

    project_key: str
    session_id: str
    subpath: NotRequired[str]


class TranscriptStore(Protocol):
    """Keeps the rows of transcripts; its shape is the SDK's `SessionStore`, its required part.

    So any adapter that passes the SDK's `run_session_store_conformance` takes the place of the
    files in `<library>/transcripts`: for a team's PostgreSQL or S3, take the SDK's reference
    adapter of that kind (or write one with these two methods), and let
    `tui.composition.opening.new_agent` give it to `ClaudeAgent(transcripts=…)`. Nothing else
    changes. An adapter may raise anything; it may be slow, since no turn waits for it longer than
    a second. It never needs to rewrite: rows are only ever added, and rows with a `uuid` that it
    has already may come again.
    """

    async def append(self, key: TranscriptKey, entries: list[Any]) -> None:
        """Add rows to a transcript, durably when it returns.

        Each entry is a JSON object.
        """
        ...

    async def load(self, key: TranscriptKey) -> list[Any] | None:
        """Return all rows of a transcript in the order they were added; None when it has none."""
        ...


def copy_key(session: SessionId) -> TranscriptKey:
    """Return the key of a session's copy."""
    return TranscriptKey(project_key=PROJECT, session_id=session)
