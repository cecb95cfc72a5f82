"""A transcript's rows: one JSON object per line, its kind in `type`. Pure, no I/O.

A message has a `uuid` and names the previous message as `parentUuid`. Rows are compared as parsed
JSON, never as bytes: spacing, the order of keys and escapes make no difference.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from tui.agent.cli_contract import sentences
from tui.agent.cli_contract.surprises import unexpected
from tui.domain.json_lines import lines_with, read_json_lines

Row = dict[str, Any]
"""One row of a transcript, passed through unchanged."""

SYNTHETIC: Final = "<synthetic>"
"""The model name of messages that the CLI wrote itself."""
DIALOGUE: Final = frozenset({"user", "assistant"})
"""Kinds of rows that hold a prompt, a tool's result, or an answer."""
CONVERSATION: Final = DIALOGUE | {"system", "attachment", "progress"}
"""Kinds of rows that are messages of the conversation."""
PLACE: Final = "last-prompt"
"""Row kind whose `leafUuid` is the message to resume after; written at a clean exit."""
COST: Final = "cost-state"
"""Row kind whose `totalCostUSD` is the cost to resume counting at; written at a clean exit."""
ABOUT: Final = frozenset({"summary", "custom-title", "ai-title", PLACE, COST, "tag"})
"""Kinds of rows about the session that are valid on another machine too."""
INNER: Final = frozenset(
    {
        "agent-name",
        "api-request",
        "api-request-blob",
        "api-request-shape",
        "atis-latch",
        "content-replacement",
        "file-history-snapshot",
        "mode",
        "permission-mode",
        "queue-operation",
        "worktree-state",
    }
)
"""Kinds of rows for the CLI's own use, known to be irrelevant here."""


def rows_of(data: bytes) -> Iterator[Row]:
    """Yield the readable rows of a transcript, including a last row without a line end."""
    yield from read_json_lines(data).all


def encoded(rows: Iterable[Row]) -> bytes:
    """Return rows as JSON lines in pure ASCII, which allows even a lone surrogate."""
    return b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in rows)


def is_message(row: Row) -> bool:
    """Whether a row is a message of the conversation."""
    return isinstance(row.get("uuid"), str)


def check_kinds(rows: Iterable[Row]) -> None:
    """Log the kinds of rows that are not known."""
    known = CONVERSATION | ABOUT | INNER
    for kind in {str(row.get("type")) for row in rows} - known:
        unexpected("A kind of row in a transcript", kind)


def place_note(session: str, message: str) -> Row:
    """Return the row that makes a resumed session continue after a message."""
    return {"type": PLACE, "lastPrompt": "", "leafUuid": message, "sessionId": session}


def is_place_stale(rows: Sequence[Row], anchor: str | None) -> bool:
    """Whether Claude Code may resume elsewhere, because its note of the place is before `anchor`.

    Claude Code writes the note when it exits cleanly, not when it is killed. An older note may
    point to a turn that has been dropped since.
    """
    notes = [at for at, row in enumerate(rows) if row.get("type") == PLACE]
    place = next((at for at, row in enumerate(rows) if row.get("uuid") == anchor), -1)
    return bool(notes) and notes[-1] < place


def noted_total(data: bytes) -> float:
    """Return the cost in dollars that a resumed session starts from; 0 without a note."""
    # Most lines need no JSON parsing: every note contains the kind, in any formatting.
    for row in lines_with(data, COST.encode()):
        if row.get("type") != COST:
            continue
        total = row.get("totalCostUSD")
        if isinstance(total, int | float) and not isinstance(total, bool):
            return float(total)
        unexpected("The note of what a session has cost", sorted(row))
    return 0.0


def count_prompts(data: bytes) -> int:
    """Return the number of prompts by a person in a transcript."""
    return sum(1 for row in lines_with(data, b'"user"') if _is_prompt(row))


def _is_prompt(row: Row) -> bool:
    if row.get("type") != "user" or any(
        row.get(mark) for mark in ("isMeta", "isSidechain", "isCompactSummary")
    ):
        return False
    message = row.get("message")
    if not isinstance(message, dict):
        unexpected("A prompt in a transcript", sorted(row))
        return False
    blocks = blocks_of(message.get("content"))
    if any(block.get("type") == "tool_result" for block in blocks):
        return False
    return not any(text.lstrip().startswith(sentences.INTERRUPTED) for text in texts_of(blocks))


def blocks_of(content: object) -> list[Row]:
    """Return the blocks of a message's content; plain text becomes one block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    blocks = content if isinstance(content, list) else []
    return [block for block in blocks if isinstance(block, dict)]


def texts_of(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the texts of the text blocks."""
    return [
        block["text"]
        for block in blocks
        if block.get("type") == "text" and isinstance(block.get("text"), str)
    ]
