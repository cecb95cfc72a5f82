"""The history of a content: what was made, approved and published, when and by whom."""

from datetime import datetime
from enum import StrEnum

from tui.domain.content import Content, Version
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.person import NOBODY, Person


class EntryKind(StrEnum):
    """What happened."""

    CREATED = "created"
    FORKED = "forked"
    VERSION = "version"
    APPROVED = "approved"
    PUBLISHED = "published"


@frozen
class Entry:
    """One thing that happened to a content."""

    at: datetime
    kind: EntryKind
    branch: BranchId
    version: Version | None = None
    """What was made, approved or published."""
    turn: int = 0
    """The last turn on the branch when that version was made; of a fork the turn it left after."""
    by: Person = NOBODY
    target: str = ""
    """Where a published version went."""


def history(content: Content) -> tuple[Entry, ...]:
    """Return what happened to a content, oldest first; at one moment in the order of the kinds."""
    found = [Entry(content.created_at, EntryKind.CREATED, content.branches[0].id)]
    found += [
        Entry(branch.created_at, EntryKind.FORKED, branch.id, turn=branch.forked_after)
        for branch in content.branches
        if branch.parent is not None
    ]
    found += [
        Entry(one.created_at, EntryKind.VERSION, one.branch, one, one.after_turn, one.by)
        for one in content.versions
    ]
    for approval in content.approvals:
        one = content.version(approval.version)
        kind = EntryKind.APPROVED
        found.append(Entry(approval.at, kind, one.branch, one, one.after_turn, approval.by))
    for publication in content.publications:
        one = content.version(publication.version)
        kind, target = EntryKind.PUBLISHED, publication.target
        found.append(Entry(publication.at, kind, one.branch, one, one.after_turn, target=target))
    kinds = list(EntryKind)
    return tuple(sorted(found, key=lambda entry: (entry.at, kinds.index(entry.kind))))
