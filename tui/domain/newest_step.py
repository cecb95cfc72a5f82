"""The newest step of a library that a writer may take back; pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tui.domain.catalog import ContentRow
from tui.domain.content import Content
from tui.domain.frozen import frozen
from tui.domain.ids import ContentId
from tui.domain.undo import without_last_step

NOTHING: Final = "There is nothing to undo: new pieces, forks and Claude's answers stay."


@frozen
class StepSeen:
    """A step as a list of contents tells of it."""

    content: ContentId
    at: datetime

    def is_newest_of(self, content: Content) -> bool:
        """Whether nothing was done to its content since, and it was not taken back."""
        return bool(content.undo) and content.undo[-1].at == self.at

    def forgotten(self, content: Content) -> Content:
        """Return its content without this step, unless another one lies upon it by now."""
        return without_last_step(content) if self.is_newest_of(content) else content


def newest_step_of(rows: Iterable[ContentRow], author: str) -> StepSeen | None:
    """Return the newest step that is an author's own, or that is nobody's.

    What others did stays, and what one did oneself stays while another's step lies upon it.
    """
    return _newest(row for row in rows if row.undo_author in ("", author))


def nothing_to_undo(rows: Iterable[ContentRow]) -> str:
    """Say why an author has no step to take back."""
    rows = tuple(rows)
    others = _newest(rows)
    if others is None:
        return NOTHING
    row = next(row for row in rows if row.id == others.content)
    return (
        f"There is nothing of yours to undo: the last step in “{row.title}” is {row.undo_author}'s."
    )


def _newest(rows: Iterable[ContentRow]) -> StepSeen | None:
    steps = [(row.undo_at, row.id) for row in rows if row.undo_at is not None]
    return StepSeen(max(steps)[1], max(steps)[0]) if steps else None
