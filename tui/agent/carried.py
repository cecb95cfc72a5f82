"""A transcript that came from another machine, looked at row by row before Claude Code sees it.

Only rows of the conversation itself pass: what was said, in which order, and its title. State of
that machine (permissions, queues, records of requests, hooks) stays out.
"""

import json
from typing import Any, Final

from tui.domain.errors import Refused
from tui.domain.ids import SessionId

_SPOKEN: Final = frozenset({"user", "assistant", "system", "attachment", "progress"})
_ABOUT: Final = frozenset(
    {"summary", "custom-title", "ai-title", "last-prompt", "cost-state", "tag"}
)
_ROLES: Final = ("user", "assistant")
_LONGEST_ID: Final = 100


def carried(data: bytes, session: SessionId) -> bytes:
    """Return the rows that may pass, as rows of `session`; raises `Refused` for what is no row."""
    kept = []
    spoken = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        row = _row(line, number)
        kind = row.get("type")
        if kind in _SPOKEN:
            _check_spoken(row, number)
            spoken += 1
        elif kind not in _ABOUT:
            continue
        row["sessionId"] = session
        kept.append(json.dumps(row, separators=(",", ":")))
    if not spoken:
        raise Refused("it holds no conversation")
    return ("\n".join(kept) + "\n").encode()


def _row(line: bytes, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Refused(f"its line {number} is not JSON") from error
    if not isinstance(row, dict):
        raise Refused(f"its line {number} is JSON of another kind")
    return row


def _check_spoken(row: dict[str, Any], number: int) -> None:
    uuid, parent = row.get("uuid"), row.get("parentUuid")
    if not isinstance(uuid, str) or not 0 < len(uuid) <= _LONGEST_ID:
        raise Refused(f"its line {number} has no id")
    if parent is not None and not isinstance(parent, str):
        raise Refused(f"its line {number} follows something that is no id")
    if row["type"] in _ROLES and not isinstance(row.get("message"), dict):
        raise Refused(f"its line {number} has no message")
