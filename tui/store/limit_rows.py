"""Limits on a change as part of a row: of a turn, of a place, of a queued prompt."""

from tui.domain.change_limits import ChangeLimits
from tui.store.fields import flag, optional_number, optional_row, text
from tui.store.migrations import Row


def row_of_limits(limits: ChangeLimits) -> Row:
    """Return limits as a row."""
    return {
        "percent": limits.percent,
        "section": limits.section,
        "no_new_facts": limits.no_new_facts,
    }


def limits_of_row(row: Row) -> ChangeLimits | None:
    """Return the limits that a row tells under `limits`; None where it tells none."""
    told = optional_row(row, "limits")
    if told is None:
        return None
    return ChangeLimits(
        optional_number(told, "percent"), text(told, "section", ""), flag(told, "no_new_facts")
    )
