"""Consistency checks between the parts of a content; pure.

The same rules are checked before a content is written and after it is read.
"""

from tui.domain.content import Approval, Branch, Content, Publication
from tui.domain.ids import BranchId
from tui.domain.words import text_hash
from tui.store.files import Unreadable


def check_content(content: Content) -> None:
    """Raise `Unreadable` with the reason when a reference in the content has no target."""
    branches = {branch.id: branch for branch in content.branches}
    if len(branches) != len(content.branches):
        raise Unreadable("two branches in it have one id")
    if content.main not in branches:
        raise Unreadable(f"its main branch {content.main} is not there")
    newest = len(content.versions)
    if [version.number for version in content.versions] != list(range(1, newest + 1)):
        raise Unreadable("its versions are not numbered from 1 on")
    for version in content.versions:
        if version.before is not None and not 1 <= version.before <= newest:
            raise Unreadable(f"its v{version.number} follows v{version.before}, which is not there")
    rooted: set[BranchId] = set()
    for branch in content.branches:
        _check_branch(branch, branches, newest, rooted)
    stamps: tuple[Approval | Publication, ...] = (*content.approvals, *content.publications)
    for stamp in stamps:
        if not 1 <= stamp.version <= newest:
            raise Unreadable(f"it approves or publishes v{stamp.version}, which is not there")


def _check_branch(
    branch: Branch, branches: dict[BranchId, Branch], newest: int, rooted: set[BranchId]
) -> None:
    """Check a branch; `rooted` holds the branches known to lead to a root, and gets this one."""
    if branch.base_version is not None and not 1 <= branch.base_version <= newest:
        raise Unreadable(f"branch “{branch.name}” begins with v{branch.base_version}, not there")
    if branch.forked_after < 0:
        raise Unreadable(f"branch “{branch.name}” begins after turn {branch.forked_after}")
    for turn in branch.turns:
        marked = None if turn.passage is None else turn.passage.version
        for number in (turn.version, turn.told, marked):
            if number is not None and not 1 <= number <= newest:
                raise Unreadable(f"a turn of “{branch.name}” is about v{number}, not there")
    met = {branch.id}
    parent = branch.parent
    while parent is not None and parent not in rooted:
        if parent not in branches:
            raise Unreadable(f"branch “{branch.name}” comes from a branch that is not there")
        if parent in met:
            raise Unreadable(f"branch “{branch.name}” is its own ancestor")
        met.add(parent)
        parent = branches[parent].parent
    rooted |= met


def changed_versions(content: Content) -> tuple[int, ...]:
    """Return the numbers of versions whose text does not match their SHA-256."""
    return tuple(
        version.number for version in content.versions if text_hash(version.text) != version.sha256
    )
