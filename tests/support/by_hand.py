"""An edit by hand, as the screens save it: made of the draft as it is now."""

from tui.domain.content import Content
from tui.domain.ids import BranchId, ContentId
from tui.studio.studio import Studio


async def edited(studio: Studio, content_id: ContentId, branch_id: BranchId, text: str) -> Content:
    """Save a text as the next version of a branch's draft; an unchanged one makes none."""
    draft = (await studio.content(content_id)).draft(branch_id)
    return await studio.decisions.edit_version(
        content_id, branch_id, text, on=None if draft is None else draft.number
    )
