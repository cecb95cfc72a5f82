"""Conversion of undo steps to rows of a table and back; pure.

An undo history with a bad field is dropped as a whole: the content must stay readable.
"""

from collections.abc import Sequence
from datetime import datetime

from tui.domain.person import Person
from tui.domain.steps import FieldChange, UndoStep, Value
from tui.store.fields import (
    moment,
    optional_moment,
    person_from_row,
    person_to_row,
    rows,
    text,
    written_moment,
)
from tui.store.files import Unreadable
from tui.store.migrations import Row, Tables


def steps_to_rows(steps: Sequence[UndoStep]) -> list[Row]:
    """Return a row for each step, the newest last."""
    return [
        {
            "action": str(step.action),
            "at": written_moment(step.at),
            "author": step.by.id,
            "by": person_to_row(step.by),
            "changes": [
                {
                    "field": str(change.field),
                    "of": change.of,
                    "before": change.before,
                    "after": change.after,
                }
                for change in step.changes
            ],
        }
        for step in steps
    ]


def steps_from_rows(step_rows: Sequence[Row]) -> tuple[UndoStep, ...]:
    """Return the steps from their rows; no steps when one row has a bad field."""
    try:
        return tuple(_step(row) for row in step_rows)
    except Unreadable:
        return ()


def newest_step(tables: Tables) -> tuple[datetime | None, str]:
    """Return the time and the author of the newest step in a content's tables."""
    steps = list(tables.get("undo", {}).values())
    return (
        (optional_moment(steps[-1], "at"), text(steps[-1], "author", "")) if steps else (None, "")
    )


def _step(row: Row) -> UndoStep:
    return UndoStep(
        action=text(row, "action"),
        at=moment(row, "at"),
        changes=tuple(
            FieldChange(
                field=text(change, "field"),
                of=text(change, "of", ""),
                before=_value(change, "before"),
                after=_value(change, "after"),
            )
            for change in rows(row, "changes")
        ),
        by=_person(row),
    )


def _person(row: Row) -> Person:
    """Return the person who took a step; older rows hold only user@host."""
    if row.get("by") is not None:
        return person_from_row(row)
    user, _, host = text(row, "author", "").rpartition("@")
    return Person(user, user, host)


def _value(change: Row, name: str) -> Value:
    value = change.get(name)
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return value
    raise Unreadable(f"“{name}” in it is of type {type(value).__name__}")
