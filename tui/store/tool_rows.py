"""What Claude used in a turn, as rows inside the turn's row and back; pure."""

from collections.abc import Sequence

from tui.domain.tools import ToolState, ToolUse
from tui.store.fields import choice, number, text
from tui.store.files import Unreadable
from tui.store.migrations import Row


def rows_of_tools(tools: Sequence[ToolUse]) -> list[Row]:
    """Return the rows of a turn's tool uses, in order."""
    return [
        {
            "id": use.id,
            "name": use.name,
            "subject": use.subject,
            "at": use.at,
            "state": use.state.value,
            "result": use.result,
        }
        for use in tools
    ]


def tools_of_row(row: Row) -> tuple[ToolUse, ...]:
    """Return the tool uses in a turn's row; none when it does not say. Raises `Unreadable`."""
    rows = row.get("tools", [])
    if not isinstance(rows, list) or not all(isinstance(use, dict) for use in rows):
        raise Unreadable("“tools” in it is not a list of rows")
    return tuple(
        ToolUse(
            id=text(use, "id"),
            name=text(use, "name"),
            subject=text(use, "subject", ""),
            at=number(use, "at", 0),
            state=choice(use, "state", ToolState, ToolState.DONE),
            result=text(use, "result", ""),
        )
        for use in rows
    )
