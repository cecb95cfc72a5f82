"""Offline access to Claude's transcripts; every function here blocks on files."""

from types import ModuleType

from tui.agent.cli_contract.rows import SYNTHETIC, blocks_of, texts_of
from tui.agent.tools import raw_tool_events
from tui.domain.events import FoundEvent, MessageCommitted
from tui.domain.ids import MessageId, SessionId, TurnId


def has_session(sdk: ModuleType, session: SessionId) -> bool:
    """Whether a session has a non-empty transcript."""
    return (
        sdk.get_session_info(session) is not None
        or len(sdk.get_session_messages(session, limit=1)) > 0
    )


def find_answer(sdk: ModuleType, session: SessionId, turn: TurnId) -> tuple[FoundEvent, ...] | None:
    """Return Claude's answer and tool uses in a turn; None when its prompt is not in the session.

    A transcript does not say why a tool was refused: a refused tool counts as failed.
    """
    messages = sdk.get_session_messages(session)
    prompts = [at for at, message in enumerate(messages) if message.uuid == turn]
    if not prompts:
        return None
    found: list[FoundEvent] = []
    for message in messages[prompts[-1] + 1 :]:
        raw = message.message if isinstance(message.message, dict) else {}
        blocks = blocks_of(raw.get("content"))
        uses = raw_tool_events(blocks)
        if message.type != "assistant" and not uses:
            break
        is_own = message.type == "assistant" and raw.get("model") != SYNTHETIC
        if is_own and (text := "".join(texts_of(blocks))):
            found.append(MessageCommitted(MessageId(message.uuid), text))
        found.extend(uses)
    return tuple(found)
