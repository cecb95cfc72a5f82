"""Who made what is new in a content."""

from dataclasses import replace

from tui.domain.content import Content
from tui.domain.person import Person


def signed(before: Content, after: Content, by: Person) -> Content:
    """Return `after` with the versions and approvals that `before` lacks signed by a person.

    What an undo brought back keeps the person it had.
    """
    versions, approvals = after.versions, after.approvals
    known = len(before.versions)
    return replace(
        after,
        versions=(*versions[:known], *(replace(version, by=by) for version in versions[known:])),
        approvals=tuple(
            entry if entry in before.approvals or entry.by.id else replace(entry, by=by)
            for entry in approvals
        ),
    )
