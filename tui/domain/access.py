"""What a writer lets Claude use for a content: pure changes."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from tui.domain.changes import with_branch
from tui.domain.content import Content
from tui.domain.ids import BranchId


def with_access(
    content: Content, sources: Sequence[str], *, has_web: bool, at: datetime
) -> Content:
    """Return the content with other sources (absolute paths) and the web switched on or off.

    What was allowed on the web without asking is forgotten with the switch.
    """
    if not has_web:
        content = _without_rules(content)
    kept = tuple(dict.fromkeys(sources))
    return replace(content, sources=kept, has_web=has_web, updated_at=at)


def with_rule(content: Content, branch_id: BranchId, rule: str) -> Content:
    """Return the content with something allowed on a branch without asking again."""
    branch = content.branch(branch_id)
    if not rule or rule in branch.allowed:
        return content
    return with_branch(content, replace(branch, allowed=(*branch.allowed, rule)))


def without_rules(content: Content, branch_id: BranchId, rules: Collection[str]) -> Content:
    """Return the content with things no longer allowed on a branch without asking."""
    branch = content.branch(branch_id)
    kept = tuple(rule for rule in branch.allowed if rule not in rules)
    if kept == branch.allowed:
        return content
    return with_branch(content, replace(branch, allowed=kept))


def without_access(content: Content) -> Content:
    """Return the content with nothing but words allowed, as one that comes from elsewhere is."""
    return replace(_without_rules(content), sources=(), has_web=False)


def _without_rules(content: Content) -> Content:
    branches = tuple(
        replace(branch, allowed=()) if branch.allowed else branch for branch in content.branches
    )
    return replace(content, branches=branches)
