"""Versions made of parts of others: some of the changes of one, or paragraphs of several."""

from datetime import datetime

from tui.domain.changes import refuse_archived, with_version
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
    if current.text == text:
        raise Refused(f"The draft, v{current.number}, has this text already.")
    return with_version(
        content,
        branch_id,
        text,
        author=Author.YOU,
        after_turn=content.length(branch_id),
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
    current = content.draft(branch_id)
    if current is not None and current.text == text:
        raise Refused(f"The draft, v{current.number}, has this text already.")
    for number in sources:
        content.version(number)
    return with_version(
        content,
        branch_id,
        text,
        author=Author.COMBINED,
        after_turn=content.length(branch_id),
        is_partial=False,
        sources=sources,
        at=at,
    )
