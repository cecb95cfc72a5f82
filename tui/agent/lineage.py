"""What the rows of a Claude transcript tell: which are there, which are lacking. Pure, no I/O.

A row is one JSON object. A message has a `uuid` and names the one before it as `parentUuid`; what
Claude Code remembers of a session is the line of parents of its newest message.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
"""One row of a transcript, passed through as it is."""


@dataclass(frozen=True, slots=True)
class ParsedRows:
    """The rows of a file of JSON lines, as far as they can be read."""

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
    *lines, last = data.split(b"\n")
    found = [_row(line) for line in lines if line.strip()]
    rows = [row for row in found if row is not None]
    return ParsedRows(rows, is_torn=bool(last.strip()), is_broken=len(rows) < len(found))


def encoded(rows: Iterable[Row]) -> bytes:
    """Return rows as JSON lines in pure ASCII: half a surrogate pair in a prompt is written too."""
    return b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in rows)


def holds(rows: Iterable[Row], message: str) -> bool:
    """Whether a message and everything said before it is there."""
    parents = {row["uuid"]: row.get("parentUuid") for row in rows if _is_message(row)}
    passed: set[str] = set()
    at: object = message
    while at is not None:
        if not isinstance(at, str) or at not in parents or at in passed:
            return False
        passed.add(at)
        at = parents[at]
    return True


def sound_or_mended(
    local: ParsedRows, ours: Sequence[Row], anchor: str | None
) -> tuple[bool, list[Row] | None]:
    """Return whether Claude Code's rows can stay as they are, and the rows that should be there.

    They can when every line is a row, no message of ours is missing, and the line of messages up
    to the anchor (None: the newest one) is whole. None for the rows when no line is, even together.
    """
    last = anchor or newest_message(ours) or newest_message(local.rows)
    if last is None:
        return False, None
    ids = {row["uuid"] for row in local.rows if _is_message(row)}
    has_ours = all(row["uuid"] in ids for row in ours if _is_message(row))
    if local.is_clean and has_ours and holds(local.rows, last):
        return True, local.rows
    rows = merged(ours, local.rows)
    return False, rows if holds(rows, last) else None


def newest_message(rows: Sequence[Row]) -> str | None:
    """Return the id of the last thing that was said by someone."""
    said = ("user", "assistant")
    told = (row for row in reversed(rows) if _is_message(row) and row.get("type") in said)
    return next((row["uuid"] for row in told), None)


def is_place_stale(rows: Sequence[Row], anchor: str | None) -> bool:
    """Whether Claude Code may go on elsewhere: it notes where when it ends, not when it is killed.

    The note is a row `last-prompt`; one from before the anchor may lead to a turn left out since.
    """
    notes = [at for at, row in enumerate(rows) if row.get("type") == "last-prompt"]
    place = next((at for at, row in enumerate(rows) if row.get("uuid") == anchor), -1)
    return bool(notes) and notes[-1] < place


def lacking(ours: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """Return the rows among `others` that are not ours, in their order."""
    known = Counter(_identity(row) for row in ours)
    found: list[Row] = []
    for row in others:
        identity = _identity(row)
        if known[identity] <= 0:
            found.append(row)
        elif not _is_message(row):
            known[identity] -= 1
    return found


def merged(ours: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """Return our rows and those that only the others are, each message after its parent."""
    rows = [*ours, *lacking(ours, others)]
    by_id = {row["uuid"]: row for row in rows if _is_message(row)}
    placed: set[str] = set()
    ordered: list[Row] = []
    for row in rows:
        if not _is_message(row):
            ordered.append(row)
            continue
        waiting: list[Row] = []
        at: Row | None = row
        while at is not None and at["uuid"] not in placed:
            placed.add(at["uuid"])
            waiting.append(at)
            parent = at.get("parentUuid")
            at = by_id.get(parent) if isinstance(parent, str) else None
        ordered.extend(reversed(waiting))
    return ordered


def _row(line: bytes) -> Row | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _is_message(row: Row) -> bool:
    return isinstance(row.get("uuid"), str)


def _identity(row: Row) -> str:
    return row["uuid"] if _is_message(row) else json.dumps(row, sort_keys=True)
