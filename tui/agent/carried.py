"""Filtering of a transcript from another machine, row by row, before Claude Code reads it.

Only rows of the conversation itself pass: messages, their order, and the title. State of the other
machine (permissions, queues, records of requests, hooks) is dropped.
"""

from typing import Final

from tui.agent.cli_contract.rows import (
    ABOUT,
    CONVERSATION,
    DIALOGUE,
    Row,
    check_kinds,
    encoded,
)
from tui.domain.errors import Refused
from tui.domain.ids import SessionId
from tui.domain.json_lines import object_of

_LONGEST_ID: Final = 100


def carried(data: bytes, session: SessionId) -> bytes:
    """Return the allowed rows, rewritten for `session`; raises `Refused` for an invalid row."""
    kept: list[Row] = []
    left_out: list[Row] = []
    messages = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        row = _row(line, number)
        kind = row.get("type")
        if kind in CONVERSATION:
            _check_message(row, number)
            messages += 1
        elif kind not in ABOUT:
            left_out.append(row)
            continue
        row["sessionId"] = session
        kept.append(row)
    if not messages:
        raise Refused("The transcript holds no conversation.")
    check_kinds(left_out)
    return encoded(kept)


def _row(line: bytes, number: int) -> Row:
    row = object_of(line)
    if row is None:
        raise Refused(f"Line {number} of the transcript is not JSON as Claude Code writes it.")
    return row


def _check_message(row: Row, number: int) -> None:
    uuid, parent = row.get("uuid"), row.get("parentUuid")
    if not isinstance(uuid, str) or not 0 < len(uuid) <= _LONGEST_ID:
        raise Refused(f"Line {number} of the transcript has no id.")
    if parent is not None and not isinstance(parent, str):
        raise Refused(f"Line {number} of the transcript follows something that is no id.")
    if row["type"] in DIALOGUE and not isinstance(row.get("message"), dict):
        raise Refused(f"Line {number} of the transcript has no message.")
