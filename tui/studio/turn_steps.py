"""Changes that a turn makes to its content: begin, move to a new session, end; pure."""

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
    passage: Passage | None,
    limits: ChangeLimits | None,
    at: datetime,
) -> Content:
    """Return the content with a new running turn that records what its prompt tells Claude.

    Limits apply only to a prompt that makes a new version. Raises `Refused` when the draft is no
    longer the version of the passage, and `InvalidInput` when the limits do not match the draft.
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
    """Return limits with the full section title from the draft; None without any limit."""
    if not limits.is_set:
        return None
    if draft is None:
        raise InvalidInput("There is no draft here yet, so there is nothing to limit a change of.")
    return replace(limits, section=checked_section(draft.text, limits.section))


def with_new_session(
    content: Content, branch_id: BranchId, turn_id: TurnId, session: SessionId
) -> Content:
    """Return the content with a branch moved to a new session that starts with the running turn."""
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
    """Return the content with a turn ended by `end`, with its answer and its cost.

    The cost is the session's total minus the total before the turn. After a turn of unknown cost,
    the total before the next turn is unknown too, unless the agent reports it. Changes that the
    writer made to the turn while it ran (a label, a part taken as a version) are kept. Raises
    `NotFound` when the branch no longer has the turn.
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
    """Return the content without a turn that has just begun."""
    branch = content.branch(branch_id)
    kept = tuple(own for own in branch.turns if own.id != turn_id)
    return with_branch(content, replace(branch, turns=kept))
