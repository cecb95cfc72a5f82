"""Consistency checks between the parts of a content; pure.

The same rules are checked before a content is written and after it is read.
"""

from tui.domain.content import Approval, Branch, Content, Publication
from tui.domain.ids import BranchId
from tui.domain.words import text_hash
from tui.store.unreadable import Fault, Unreadable


def check_content(content: Content) -> None:
    """Raise `Unreadable` when a reference in the content has no target."""
    branches = {branch.id: branch for branch in content.branches}
    if len(branches) != len(content.branches):
        raise Unreadable(Fault.BRANCH_TWICE)
    if content.main not in branches:
        raise Unreadable(Fault.NO_MAIN_BRANCH, branch=content.main)
    newest = len(content.versions)
    if [version.number for version in content.versions] != list(range(1, newest + 1)):
        raise Unreadable(Fault.VERSION_NUMBERS)
    for version in content.versions:
        if version.before is not None and not 1 <= version.before <= newest:
            raise Unreadable(Fault.NO_VERSION_BEFORE, version=version.number, before=version.before)
    rooted: set[BranchId] = set()
    for branch in content.branches:
        _check_branch(branch, branches, newest, rooted)
    stamps: tuple[Approval | Publication, ...] = (*content.approvals, *content.publications)
    for stamp in stamps:
        if not 1 <= stamp.version <= newest:
            raise Unreadable(Fault.NO_STAMPED_VERSION, version=stamp.version)


def _check_branch(
    branch: Branch, branches: dict[BranchId, Branch], newest: int, rooted: set[BranchId]
) -> None:
    """Check a branch; `rooted` holds the branches known to lead to a root, and gets this one."""
    if branch.base_version is not None and not 1 <= branch.base_version <= newest:
        raise Unreadable(Fault.NO_BASE_VERSION, branch=branch.name, version=branch.base_version)
    if branch.forked_after < 0:
        raise Unreadable(Fault.FORKED_BEFORE_START, branch=branch.name, turn=branch.forked_after)
    for turn in branch.turns:
        if turn.version is None and turn.told is None and turn.passage is None:
            continue
        marked = None if turn.passage is None else turn.passage.version
        for number in (turn.version, turn.told, marked):
            if number is not None and not 1 <= number <= newest:
                raise Unreadable(Fault.NO_VERSION_OF_TURN, branch=branch.name, version=number)
    met = {branch.id}
    parent = branch.parent
    while parent is not None and parent not in rooted:
        if parent not in branches:
            raise Unreadable(Fault.NO_PARENT, branch=branch.name)
        if parent in met:
            raise Unreadable(Fault.OWN_ANCESTOR, branch=branch.name)
        met.add(parent)
        parent = branches[parent].parent
    rooted |= met


def changed_versions(content: Content) -> tuple[int, ...]:
    """Return the numbers of versions whose text does not match their SHA-256."""
    return tuple(
        version.number for version in content.versions if text_hash(version.text) != version.sha256
    )
