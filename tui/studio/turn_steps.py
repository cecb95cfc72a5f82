"""What a turn does to its content, step by step: begun, moved to a new session, ended; pure."""

from dataclasses import replace
from datetime import datetime

from tui.domain.change_limits import ChangeLimits, checked_section
from tui.domain.changes import with_branch, with_turn
from tui.domain.content import Content, Turn, TurnKind, TurnState, Version
from tui.domain.errors import InvalidInput, Refused
from tui.domain.events import Outcome, TurnEnded
from tui.domain.ids import BranchId, SessionId, TurnId
from tui.domain.passage import Passage
from tui.domain.reply import Reply
from tui.domain.turn_changes import WRITING_KINDS, begun_turn, ended_turn, interrupted
from tui.studio.plan import plan_turn, turn_cost


def with_begun_turn(
    content: Content,
    branch_id: BranchId,
    turn_id: TurnId,
    *,
    prompt: str,
    kind: TurnKind,
    model: str,
    passage: Passage | None = None,
    limits: ChangeLimits | None = None,
    at: datetime,
) -> Content:
    """Return the content with a new turn running, and what its prompt will tell noted in it.

    Limits hold for a prompt that makes a new version. Raises `Refused` when another version is the
    draft by now than the one of the passage, and `InvalidInput` for limits that say nothing of it.
    """
    content = interrupted(content, branch_id, at)
    draft = content.draft(branch_id)
    if passage is not None and (draft is None or draft.number != passage.version):
        newest = "there is no draft" if draft is None else f"the draft is v{draft.number}"
        raise Refused(f"The passage is one of v{passage.version}, and {newest}: mark it again.")
    if limits is not None:
        limits = _fitting(limits, draft) if kind in WRITING_KINDS else None
    plan = plan_turn(content, branch_id)
    turn = Turn(
        id=turn_id,
        kind=kind,
        prompt=prompt,
        started_at=at,
        told=None if plan.told is None else plan.told.number,
        is_retold=bool(plan.earlier),
        model=model,
        passage=passage,
        limits=limits,
    )
    return begun_turn(content, branch_id, turn, at)


def _fitting(limits: ChangeLimits, draft: Version | None) -> ChangeLimits | None:
    """Return limits with the section's own title; None where nothing is limited."""
    if not limits.is_set:
        return None
    if draft is None:
        raise InvalidInput("There is no draft here yet, so there is nothing to limit a change of.")
    return replace(limits, section=checked_section(draft.text, limits.section))


def with_new_session(
    content: Content, branch_id: BranchId, turn_id: TurnId, session: SessionId
) -> Content:
    """Return the content with a branch on a session that begins anew with the running turn."""
    branch = content.branch(branch_id)
    content = with_branch(content, replace(branch, session=session, is_live=False, total_cost=None))
    plan = plan_turn(without_turn(content, branch_id, turn_id), branch_id)
    told = None if plan.told is None else plan.told.number
    turn = content.turn(branch_id, turn_id)
    return with_turn(content, branch_id, replace(turn, is_retold=bool(plan.earlier), told=told))


def with_ended_turn(
    content: Content,
    branch_id: BranchId,
    turn_id: TurnId,
    *,
    reply: Reply,
    end: TurnEnded,
    at: datetime,
) -> Content:
    """Return the content with a turn ended by `end`, its answer and its cost with it.

    The cost is the session's total less what that was before. After a turn whose cost is unknown
    the total before the next one is unknown too, unless the agent tells it. What the writer did
    to the turn while it ran (a label, a part taken as a version) stays. Raises `NotFound` when the
    branch no longer has the turn.
    """
    turn = content.turn(branch_id, turn_id)
    branch = content.branch(branch_id)
    before = branch.total_cost if end.cost_before is None else end.cost_before
    is_first = not branch.is_live
    done = replace(
        turn,
        state=TurnState(end.outcome.value),
        ended_at=at,
        reply=reply.text,
        tools=reply.tools,
        anchor=None if end.outcome is Outcome.FAILED else reply.anchor,
        failure=end.failure,
        model=end.model or turn.model,
        cost=turn_cost(before, end.total_cost, is_first=is_first) if end.is_sent else 0.0,
    )
    branch = replace(
        branch,
        is_live=branch.is_live or done.anchor is not None,
        total_cost=end.total_cost if end.is_sent else branch.total_cost,
    )
    return ended_turn(with_branch(content, branch), branch_id, done, at)


def without_turn(content: Content, branch_id: BranchId, turn_id: TurnId) -> Content:
    """Return the content as it was before a turn that has just begun."""
    branch = content.branch(branch_id)
    kept = tuple(own for own in branch.turns if own.id != turn_id)
    return with_branch(content, replace(branch, turns=kept))
