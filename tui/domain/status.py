"""The status of a content and the moves between statuses that the product allows."""

from enum import StrEnum
from typing import Final

from tui.domain.errors import Refused


class Status(StrEnum):
    """The status of a content on its way to its readers."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    PUBLISHED = "published"
    ARCHIVED = "archived"


OF_ONE_VERSION: Final = (Status.APPROVED, Status.PUBLISHED)
"""Statuses that a content has only with one exact version."""

LEGAL_MOVES: Final[frozenset[tuple[Status, Status]]] = frozenset(
    {
        (Status.DRAFT, Status.REVIEW),
        (Status.REVIEW, Status.DRAFT),
        (Status.REVIEW, Status.APPROVED),
        (Status.APPROVED, Status.PUBLISHED),
        (Status.APPROVED, Status.DRAFT),
        (Status.PUBLISHED, Status.DRAFT),
        (Status.DRAFT, Status.ARCHIVED),
        (Status.REVIEW, Status.ARCHIVED),
        (Status.APPROVED, Status.ARCHIVED),
        (Status.PUBLISHED, Status.ARCHIVED),
    }
)
"""All moves except out of the archive, which restores the status before."""

_MOVED: Final = {
    Status.DRAFT: "taken back to draft",
    Status.REVIEW: "put into review",
    Status.APPROVED: "approved",
    Status.PUBLISHED: "published",
    Status.ARCHIVED: "archived",
}
"""What a move to a status does to a piece, as it follows “can be”."""


def moved(current: Status, target: Status, *, before_archive: Status | None = None) -> Status:
    """Return `target` when the move from `current` is legal.

    `before_archive` is the status an archived content had; it is the only one it can return to.
    Raises `Refused` with a sentence that names the moves which are possible instead.
    """
    if current is Status.ARCHIVED and target is not Status.ARCHIVED and target is before_archive:
        return target
    if (current, target) in LEGAL_MOVES:
        return target
    if current is target:
        raise Refused(f"This piece is {status_words(current)} already: {_ways_on(current)}.")
    if target is Status.PUBLISHED and current is not Status.ARCHIVED:
        raise Refused(f"This piece is {status_words(current)}: approve it before it is published.")
    raise Refused(
        f"A piece that is {status_words(current)} can't be {_MOVED[target]}: {_ways_on(current)}."
    )


def status_words(status: Status) -> str:
    """Return a status in words, as they follow “is”."""
    match status:
        case Status.DRAFT:
            return "a draft"
        case Status.REVIEW:
            return "in review"
        case _:
            return status.value


def _ways_on(current: Status) -> str:
    if current is Status.ARCHIVED:
        return "take it out of the archive first"
    targets = [target for target in Status if (current, target) in LEGAL_MOVES]
    return "it can be " + " or ".join(_MOVED[target] for target in targets)
