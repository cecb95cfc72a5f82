"""Conversion of a transcript's messages for import: pure, and tolerant of unknown rows.

The SDK provides the chain of messages; the rows add what the SDK omits: times, and the source of a
copied session.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tui.agent.cli_contract import sentences
from tui.agent.cli_contract.rows import SYNTHETIC, Row, blocks_of, texts_of
from tui.domain.ids import MessageId
from tui.domain.session import FoundMessage, MessageKind

if TYPE_CHECKING:
    from claude_agent_sdk import SessionMessage

_INTERRUPTION: Final = re.compile(rf"\s*{re.escape(sentences.INTERRUPTED)}[^\]]*\]\s*")
_CLI_SENTENCES: Final = (sentences.LENGTH_LIMIT, sentences.NO_OUTPUT, sentences.LOCAL_COMMANDS)
_CLI_BLOCK: Final = re.compile(
    r"\s*<(command-name|command-message|local-command-stdout|local-command-stderr|"
    r"local-command-caveat|bash-input|bash-stdout|bash-stderr|session-start-hook|tick|goal|"
    r"task-notification|ide_opened_file|ide_selection|system-reminder)\b"
)


def found_messages(
    chain: "Iterable[SessionMessage]", rows: Mapping[str, Row]
) -> tuple[FoundMessage, ...]:
    """Return a session's messages in order; `rows` are the transcript's rows by `uuid`."""
    return tuple(_message(message, rows.get(message.uuid, {})) for message in chain)


def _message(message: "SessionMessage", row: Row) -> FoundMessage:
    raw = message.message if isinstance(message.message, dict) else {}
    blocks = blocks_of(raw.get("content"))
    model = str(raw.get("model") or "")
    if message.type == "assistant":
        kind, text = MessageKind.ANSWER, "".join(texts_of(blocks))
        if model == SYNTHETIC:
            kind, model = MessageKind.ERROR, ""
    else:
        kind, text = _user_message(blocks, row)
        model = ""
    copied = row.get("forkedFrom")
    origin = copied.get("messageUuid") if isinstance(copied, dict) else None
    return FoundMessage(
        id=MessageId(message.uuid),
        kind=kind,
        text=text,
        at=_moment(row.get("timestamp")),
        origin=MessageId(origin) if isinstance(origin, str) else None,
        model=model,
    )


def _user_message(blocks: list[Row], row: Row) -> tuple[MessageKind, str]:
    if any(block.get("type") == "tool_result" for block in blocks):
        return MessageKind.TOOL, ""
    if row.get("isCompactSummary"):
        return MessageKind.ASIDE, ""
    texts = texts_of(blocks)
    if any(_INTERRUPTION.fullmatch(text) for text in texts):
        return MessageKind.INTERRUPTION, ""
    kept = [text for text in texts if not _is_of_cli(text)]
    # An attached picture or file is replaced by its kind, so that its turn counts as a turn.
    kept += [f"[{block.get('type')}]" for block in blocks if block.get("type") != "text"]
    return (MessageKind.PROMPT, "\n".join(kept)) if kept else (MessageKind.ASIDE, "")


def _is_of_cli(text: str) -> bool:
    start = text.lstrip()
    return not start or bool(_CLI_BLOCK.match(text)) or start.startswith(_CLI_SENTENCES)


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
