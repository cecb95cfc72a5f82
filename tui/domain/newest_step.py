"""The newest step in a library that a writer may undo; pure."""

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
    """The newest undo step of a content, as the list of contents shows it."""

    content: ContentId
    at: datetime

    def is_newest_of(self, content: Content) -> bool:
        """Whether this is still the newest step of its content."""
        return bool(content.undo) and content.undo[-1].at == self.at

    def forgotten(self, content: Content) -> Content:
        """Return the content without this step, or unchanged when there is a newer step."""
        return without_last_step(content) if self.is_newest_of(content) else content


def newest_step_of(rows: Iterable[ContentRow], author: str) -> StepSeen | None:
    """Return the newest step of an author or of an unknown person; None without one.

    An author's step below a newer step of another person cannot be undone.
    """
    return _newest(row for row in rows if row.undo_author in ("", author))


def nothing_to_undo(rows: Iterable[ContentRow]) -> str:
    """Return a sentence that tells why an author has nothing to undo."""
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
