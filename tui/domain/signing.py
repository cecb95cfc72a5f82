"""Recording the author of new versions and approvals."""

from dataclasses import replace

from tui.domain.content import Content
from tui.domain.person import Person


def signed(before: Content, after: Content, by: Person) -> Content:
    """Return `after` with a person recorded on the versions and approvals that `before` lacks.

    Versions and approvals restored by an undo keep their person.
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
