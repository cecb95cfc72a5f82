"""Versions made of parts of others: some of the changes of one, or paragraphs of several."""

from datetime import datetime

from tui.domain.changes import refuse_archived, refuse_unchanged, with_version
from tui.domain.content import Author, Choice, Content
from tui.domain.drafts import trimmed
from tui.domain.errors import InvalidInput, Refused
from tui.domain.ids import BranchId


def chosen(
    content: Content, branch_id: BranchId, text: str, choice: Choice, at: datetime
) -> Content:
    """Return the content with a version made of some changes of the branch's draft.

    Raises `Refused` when another version is the draft by now, or when the draft has this text.
    """
    refuse_archived(content, branch_id)
    text = trimmed(text)
    if not text:
        raise InvalidInput("Nothing is left of the draft, so nothing was saved.")
    current = content.draft(branch_id)
    if current is None or current.number != choice.version:
        raise Refused(
            f"v{choice.version} is not the draft any more: look at the newer one and choose again."
        )
    refuse_unchanged(content, branch_id, text)
    return with_version(
        content,
        branch_id,
        text,
        author=Author.YOU,
        is_partial=current.is_partial,
        choice=choice,
        at=at,
    )


def combined(
    content: Content, branch_id: BranchId, text: str, sources: tuple[int, ...], at: datetime
) -> Content:
    """Return the content with a version put together from paragraphs of others.

    `sources` has a version's number for each paragraph. Raises `Refused` when the draft of the
    branch has this text, `NotFound` for a version that is not there.
    """
    refuse_archived(content, branch_id)
    text = trimmed(text)
    if not text:
        raise InvalidInput("Nothing was chosen, so nothing was saved.")
    refuse_unchanged(content, branch_id, text)
    for number in sources:
        content.version(number)
    return with_version(
        content,
        branch_id,
        text,
        author=Author.COMBINED,
        sources=sources,
        at=at,
    )
