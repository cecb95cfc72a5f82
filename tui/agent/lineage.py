"""Comparison of transcript rows: which are there, which are missing. Pure, no I/O.

What Claude Code remembers of a session is its newest message and that message's ancestors.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from tui.agent.cli_contract.rows import DIALOGUE, Row, is_message
from tui.domain.json_lines import JsonLines


def holds(rows: Iterable[Row], message: str) -> bool:
    """Whether the rows contain a message and all of its ancestors."""
    parents = {row["uuid"]: row.get("parentUuid") for row in rows if is_message(row)}
    passed: set[str] = set()
    at: object = message
    while at is not None:
        if not isinstance(at, str) or at not in parents or at in passed:
            return False
        passed.add(at)
        at = parents[at]
    return True


def sound_or_mended(
    local: JsonLines, ours: Sequence[Row], anchor: str | None
) -> tuple[bool, list[Row] | None]:
    """Return whether Claude Code's rows can stay unchanged, and the rows that should be there.

    They can stay when every line is a row, no message of Redraft's copy is missing, and the chain
    of messages up to the anchor (None: the newest message) is complete. The rows are None when the
    chain is incomplete even in both sources together.
    """
    last = anchor or newest_message(ours) or newest_message(local.objects)
    if last is None:
        return False, None
    ids = {row["uuid"] for row in local.objects if is_message(row)}
    has_ours = all(row["uuid"] in ids for row in ours if is_message(row))
    if local.is_clean and has_ours and holds(local.objects, last):
        return True, local.objects
    rows = merged(ours, local.objects)
    return False, rows if holds(rows, last) else None


def newest_message(rows: Sequence[Row]) -> str | None:
    """Return the id of the newest message from a person or from Claude."""
    messages = (row for row in reversed(rows) if is_message(row) and row.get("type") in DIALOGUE)
    return next((row["uuid"] for row in messages), None)


def lacking(ours: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """Return the rows of `others` that are missing here, in order."""
    known = Counter(_identity(row) for row in ours)
    found: list[Row] = []
    for row in others:
        identity = _identity(row)
        if known[identity] <= 0:
            found.append(row)
        elif not is_message(row):
            known[identity] -= 1
    return found


def merged(ours: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """Return the union of both lists of rows, each message after its parent."""
    rows = [*ours, *lacking(ours, others)]
    by_id = {row["uuid"]: row for row in rows if is_message(row)}
    placed: set[str] = set()
    ordered: list[Row] = []
    for row in rows:
        if not is_message(row):
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


def _identity(row: Row) -> str:
    return row["uuid"] if is_message(row) else json.dumps(row, sort_keys=True)
