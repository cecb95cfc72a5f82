"""Finding what a command is about: the content, its branch, its version."""

import re
from contextlib import suppress
from typing import Final

from tui.domain.content import Branch, Content, TurnState, Version
from tui.domain.errors import NotFound
from tui.domain.ids import ContentId
from tui.studio.studio import Studio

_ID: Final = re.compile(r"[a-z0-9]{8,40}")


async def found_content(studio: Studio, reference: str) -> Content:
    """Return the content that an id, the start of one, or an exact title stands for.

    Turns that a dead program left running are marked so first.
    """
    try:
        content = await studio.find(reference)
    except NotFound:
        if not _ID.fullmatch(reference):
            raise
        # A content that cannot be read is in no list; `load` raises the error that says why.
        with suppress(NotFound):
            return await studio.content(ContentId(reference))
        raise
    turns = (turn for branch in content.branches for turn in branch.turns[-1:])
    if any(turn.state is TurnState.RUNNING for turn in turns):
        return await studio.content(content.id)
    return content


def chosen_branch(content: Content, reference: str | None) -> Branch:
    """Return the branch with this id or exact name; the main one when none is named."""
    if reference is None:
        return content.branch(content.main)
    return content.branch_called(reference)


def chosen_version(content: Content, number: int | None, branch: Branch) -> Version:
    """Return the version with this number, or the branch's newest; raises `NotFound`."""
    if number is not None:
        return content.version(number)
    draft = content.draft(branch.id)
    if draft is None:
        raise NotFound(
            f"“{content.title}” has no draft yet on branch “{branch.name}”: "
            f'`redraft send {content.id} "…"` writes one.'
        )
    return draft
