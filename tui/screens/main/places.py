"""Pieces and branches that the command palette finds by name."""

from collections.abc import Callable
from functools import partial

from tui.domain.ids import BranchId, ContentId
from tui.screens.main.workspace import Workspace
from tui.screens.palette import Place


def palette_places(
    workspace: Workspace, open_: Callable[[ContentId, BranchId | None], None]
) -> tuple[Place, ...]:
    """Return every piece, and the branches of the one on screen."""
    pieces = tuple(
        Place(row.title, f"Piece · {row.status.value}", partial(open_, row.id, None))
        for row in workspace.catalog.rows
    )
    content = workspace.content
    if content is None:
        return pieces
    branches = tuple(
        Place(branch.name, f"Branch of {content.title}", partial(open_, content.id, branch.id))
        for branch in content.branches
    )
    return (*branches, *pieces)
