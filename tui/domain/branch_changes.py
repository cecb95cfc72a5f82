"""Archiving and restoring a branch; its turns, versions and forks are unchanged."""

from dataclasses import replace
from datetime import datetime

from tui.domain.changes import with_branch
from tui.domain.content import Content, TurnState
from tui.domain.errors import Refused
from tui.domain.ids import BranchId


def archived_branch(content: Content, branch_id: BranchId, at: datetime) -> Content:
    """Return the content with a branch archived; unchanged when it already is.

    Raises `NotFound`, and `Refused` for the main branch or a branch on which Claude is writing.
    """
    branch = content.branch(branch_id)
    if branch.is_archived:
        return content
    if branch_id == content.main:
        raise Refused(
            f"“{branch.name}” is the main branch, which cannot be archived: "
            "make another branch the main one first."
        )
    if any(turn.state is TurnState.RUNNING for turn in branch.turns):
        raise Refused(
            f"Claude is writing on branch “{branch.name}”: wait, or stop it before you archive it."
        )
    return replace(with_branch(content, replace(branch, is_archived=True)), updated_at=at)


def restored_branch(content: Content, branch_id: BranchId, at: datetime) -> Content:
    """Return the content with a branch restored from the archive; unchanged if it is not there."""
    branch = content.branch(branch_id)
    if not branch.is_archived:
        return content
    return replace(with_branch(content, replace(branch, is_archived=False)), updated_at=at)
