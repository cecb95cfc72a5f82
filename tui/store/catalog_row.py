"""A content's row in the catalog, made from the tables of its file, without the content; pure.

The fields are not checked, so the tables must be unchanged since Redraft wrote them.
"""

from datetime import datetime

from tui.domain.catalog import ContentRow
from tui.domain.content import TurnState
from tui.domain.costs import Cost, sum_of
from tui.domain.ids import ContentId
from tui.domain.status import Status
from tui.store.fields import moment, optional_amount, optional_moment, text
from tui.store.migrations import Row, Tables

_FAILED = (TurnState.FAILED.value, TurnState.INTERRUPTED.value)


def catalog_row_from_tables(tables: Tables) -> ContentRow:
    """Return what `row_of` returns for the content of these tables."""
    head = tables["content"]["1"]
    main = head["main"]
    draft = _draft(tables, main)
    approvals = list(tables["approvals"].values())
    turns = tables["turns"].values()
    last = next((turn for turn in reversed(turns) if turn["branch"] == main), None)
    cost = _cost(tables)
    undo_at, undo_author = newest_step(tables)
    return ContentRow(
        id=ContentId(head["id"]),
        title=head["title"],
        kind=head["kind"],
        status=Status(head["status"]),
        created_at=moment(head, "created_at"),
        updated_at=moment(head, "updated_at"),
        version=None if draft is None else draft["number"],
        words=0 if draft is None else draft["words"],
        approved_version=approvals[-1]["version"] if approvals else None,
        branches=len(tables["branches"]),
        tags=tuple(head["tags"]),
        has_failed=last is not None and last["state"] in _FAILED,
        cost=cost.known,
        unknown_turns=cost.unknown_turns,
        undo_at=undo_at,
        undo_author=undo_author,
    )


def _cost(tables: Tables) -> Cost:
    turns = tables["turns"].values()
    running = TurnState.RUNNING.value
    unknown = sum(turn["cost"] is None and turn["state"] != running for turn in turns)
    return sum_of((optional_amount(turn, "cost") for turn in turns), unknown_turns=unknown)


def _draft(tables: Tables, main: str) -> Row | None:
    versions = list(tables["versions"].values())
    for version in reversed(versions):
        if version["branch"] == main:
            return version
    branch = next(branch for branch in tables["branches"].values() if branch["id"] == main)
    base = branch["base_version"]
    return None if base is None else versions[base - 1]


def newest_step(tables: Tables) -> tuple[datetime | None, str]:
    """Return the time and the author of the newest undo step; None and “” without one."""
    steps = list(tables.get("undo", {}).values())
    if not steps:
        return None, ""
    return optional_moment(steps[-1], "at"), text(steps[-1], "author", "")
