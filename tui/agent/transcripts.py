"""What is done to Claude's transcripts offline; every function here blocks on files."""

from types import ModuleType
from typing import Any

from tui.agent.mapping import SYNTHETIC
from tui.agent.tools import raw_tool_events
from tui.domain.errors import AgentProblem, SessionLost
from tui.domain.events import FoundEvent, MessageCommitted
from tui.domain.ids import MessageId, SessionId, TurnId
from tui.domain.session import Fork


def copy_session(sdk: ModuleType, session: SessionId, up_to: MessageId, title: str) -> Fork:
    """Copy a session up to and with a message, and find that message's id in the copy.

    Raises `SessionLost` when there is no such session or no such message in it,
    `AgentProblem` when the copy cannot be written.
    """
    try:
        made = sdk.fork_session(session, up_to_message_id=up_to, title=title or None)
    except (FileNotFoundError, ValueError) as error:
        raise SessionLost(
            f"Claude Code no longer has what was to be copied: {error}. "
            "Its transcripts may have been cleaned up; start a new session from the saved text."
        ) from error
    except OSError as error:
        raise AgentProblem(
            f"The copy of the session cannot be written: {error}. "
            "Is there room on the disk, and may you write there?"
        ) from error
    copied = sdk.get_session_messages(made.session_id)
    anchor = next((message.uuid for message in reversed(copied) if message.type == "assistant"), "")
    if not anchor:
        raise SessionLost(
            "The copy of the session holds no answer of Claude's. Fork from a turn with an answer."
        )
    return Fork(SessionId(made.session_id), MessageId(anchor))


def has_session(sdk: ModuleType, session: SessionId) -> bool:
    """Whether there is a transcript with something in it."""
    return (
        sdk.get_session_info(session) is not None
        or len(sdk.get_session_messages(session, limit=1)) > 0
    )


def find_answer(sdk: ModuleType, session: SessionId, turn: TurnId) -> tuple[FoundEvent, ...] | None:
    """Return what Claude said and used in a turn; None when its prompt never reached the session.

    Why a tool was refused is not in a transcript: it counts as failed.
    """
    messages = sdk.get_session_messages(session)
    prompts = [at for at, message in enumerate(messages) if message.uuid == turn]
    if not prompts:
        return None
    found: list[FoundEvent] = []
    for message in messages[prompts[-1] + 1 :]:
        blocks = _blocks(message.message)
        uses = raw_tool_events(blocks)
        if message.type != "assistant" and not uses:
            break
        text = _own_text(message.message)
        if message.type == "assistant" and text:
            found.append(MessageCommitted(MessageId(message.uuid), text))
        found.extend(uses)
    return tuple(found)


def _own_text(message: object) -> str:
    """Return the text of a raw message, unless the CLI wrote it itself."""
    if not isinstance(message, dict) or message.get("model") == SYNTHETIC:
        return ""
    return "".join(
        block["text"]
        for block in _blocks(message)
        if block.get("type") == "text" and isinstance(block.get("text"), str)
    )


def _blocks(message: object) -> list[dict[str, Any]]:
    content = message.get("content") if isinstance(message, dict) else None
    return [block for block in content or () if isinstance(block, dict)]
