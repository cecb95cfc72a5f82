"""What the editor of a draft is told about its piece."""

from dataclasses import replace
from datetime import datetime

from tui.domain.content import Content, Version
from tui.domain.counts import words_before_today
from tui.domain.ids import ContentId
from tui.screens.edited_piece import EditedPiece
from tui.screens.main.ui import State
from tui.screens.main.workspace import put


def edited_piece(
    content: Content, draft: Version | None, state: State, now: datetime
) -> EditedPiece:
    """Return what an editor of a draft knows, and how it keeps a goal that is set in it."""
    approval = content.approval
    today = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return EditedPiece(
        kind=content.kind,
        approved=None if approval is None else content.version(approval.version).text,
        words_before_today=words_before_today(content, draft, today),
        goal=state.now.place.goals.get(content.id, 0),
        keep_goal=lambda goal: _keep_goal(state, content.id, goal),
    )


def _keep_goal(state: State, content: ContentId, goal: int) -> None:
    place = state.now.place
    goals = put(place.goals, content, goal or None)
    state.put(replace(state.now, place=replace(place, goals=goals)))
