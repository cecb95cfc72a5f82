"""A transcript's rows: one JSON object a line, its kind in `type`. Pure, no I/O.

A message has a `uuid` and names the one before it as `parentUuid`. Rows are read as JSON, never by
their bytes: spaces between keys, another order or escapes make no difference.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from tui.agent.cli_contract import sentences
from tui.agent.cli_contract.surprises import unexpected
from tui.domain.frozen import frozen
from tui.domain.json_lines import lines_with, read_json_lines

Row = dict[str, Any]
"""One row of a transcript, passed through as it is."""

SYNTHETIC: Final = "<synthetic>"
"""The model name of messages that the CLI wrote itself."""
SPOKEN: Final = frozenset({"user", "assistant"})
CONVERSATION: Final = SPOKEN | {"system", "attachment", "progress"}
"""Rows that belong to the line of messages."""
PLACE: Final = "last-prompt"
"""Tells in `leafUuid` after which message a resumed session goes on; written at a clean end."""
COST: Final = "cost-state"
"""Tells in `totalCostUSD` where a resumed session goes on counting; written at a clean end."""
ABOUT: Final = frozenset({"summary", "custom-title", "ai-title", PLACE, COST, "tag"})
"""Rows about the session that hold on another machine too."""
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
"""Rows of the program's own, known not to matter."""


@frozen
class ParsedRows:
    """The rows of a transcript, as far as they can be read."""

    rows: list[Row]
    is_torn: bool
    """Whether the last line is not whole: someone is writing it, or died while doing so."""
    is_broken: bool
    """Whether a line before it is no row."""

    @property
    def is_clean(self) -> bool:
        """Whether every line is a row."""
        return not self.is_torn and not self.is_broken


def parsed(data: bytes) -> ParsedRows:
    """Return the rows of a transcript; what is none is left out and reported."""
    read = read_json_lines(data)
    return ParsedRows(read.objects, is_torn=read.is_torn, is_broken=read.is_broken)


def rows_of(data: bytes) -> Iterator[Row]:
    """Yield the rows of a transcript that can be read, a last one without its end included."""
    yield from read_json_lines(data).all


def encoded(rows: Iterable[Row]) -> bytes:
    """Return rows as JSON lines in pure ASCII: half a surrogate pair in a prompt is written too."""
    return b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in rows)


def is_message(row: Row) -> bool:
    """Whether a row is a message of the line."""
    return isinstance(row.get("uuid"), str)


def check_kinds(rows: Iterable[Row]) -> None:
    """Name the kinds of rows that are not known."""
    known = CONVERSATION | ABOUT | INNER
    for kind in {str(row.get("type")) for row in rows} - known:
        unexpected("A kind of row in a transcript", kind)


def place_note(session: str, message: str) -> Row:
    """Return the row that has a resumed session go on after a message."""
    return {"type": PLACE, "lastPrompt": "", "leafUuid": message, "sessionId": session}


def is_place_stale(rows: Sequence[Row], anchor: str | None) -> bool:
    """Whether Claude Code may go on elsewhere: it notes where when it ends, not when it is killed.

    A note from before the anchor may lead to a turn left out since.
    """
    notes = [at for at, row in enumerate(rows) if row.get("type") == PLACE]
    place = next((at for at, row in enumerate(rows) if row.get("uuid") == anchor), -1)
    return bool(notes) and notes[-1] < place


def noted_total(data: bytes) -> float:
    """Return the dollars at which a resumed session goes on counting; 0 without a note."""
    # Most lines need not be read as JSON: the kind is in any note, however it is written.
    for row in lines_with(data, COST.encode()):
        if row.get("type") != COST:
            continue
        total = row.get("totalCostUSD")
        if isinstance(total, int | float) and not isinstance(total, bool):
            return float(total)
        unexpected("The note of what a session has cost", sorted(row))
    return 0.0


def count_prompts(data: bytes) -> int:
    """Return how many prompts of a person's a transcript holds."""
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
    """Return the blocks of a message's content; a plain text is one."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    blocks = content if isinstance(content, list) else []
    return [block for block in blocks if isinstance(block, dict)]


def texts_of(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the texts among blocks."""
    return [
        block["text"]
        for block in blocks
        if block.get("type") == "text" and isinstance(block.get("text"), str)
    ]
