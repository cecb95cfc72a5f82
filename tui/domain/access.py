"""Changes of what Claude may use for a content; pure."""

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

    Switching the web off withdraws the standing permissions for the web.
    """
    if not has_web:
        content = _without_rules(content)
    kept = tuple(dict.fromkeys(sources))
    return replace(content, sources=kept, has_web=has_web, updated_at=at)


def with_rule(content: Content, branch_id: BranchId, rule: str) -> Content:
    """Return the content with a standing permission added to a branch."""
    branch = content.branch(branch_id)
    if not rule or rule in branch.allowed:
        return content
    return with_branch(content, replace(branch, allowed=(*branch.allowed, rule)))


def without_rules(content: Content, branch_id: BranchId, rules: Collection[str]) -> Content:
    """Return the content with standing permissions removed from a branch."""
    branch = content.branch(branch_id)
    kept = tuple(rule for rule in branch.allowed if rule not in rules)
    if kept == branch.allowed:
        return content
    return with_branch(content, replace(branch, allowed=kept))


def without_access(content: Content) -> Content:
    """Return the content without any access but text, as for a content from elsewhere."""
    return replace(_without_rules(content), sources=(), has_web=False)


def _without_rules(content: Content) -> Content:
    branches = tuple(
        replace(branch, allowed=()) if branch.allowed else branch for branch in content.branches
    )
    return replace(content, branches=branches)
