"""Planning of a branch's next turn: which session it uses and what it retells; pure, no I/O."""

from collections.abc import Sequence

from tui.domain.content import Branch, Content, Refusal, Turn, Version
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, MessageId, SessionId
from tui.domain.session import SessionSpec


@frozen
class TurnPlan:
    """The session that a branch's next turn goes to, and what its prompt must add for Claude."""

    spec: SessionSpec
    earlier: tuple[Turn, ...]
    """Earlier turns to retell, because a new session does not know them."""
    told: Version | None
    """The draft, when it was changed outside the conversation since Claude last saw it."""
    refused: tuple[Refusal, ...]
    """Claude's changes that the writer refused on the way to that draft."""
    locked: tuple[str, ...]
    """The locked words of the draft."""
    needs_fresh_connection: bool
    """Whether to reconnect: the connected session remembers a turn that must be dropped."""
    budget: float | None = None
    """Dollars that a new connection may cost; an existing connection is kept whatever its limit."""


def plan_turn(content: Content, branch_id: BranchId, *, model: str = "") -> TurnPlan:
    """Return the plan for a turn about to begin at the end of a branch.

    A live branch is resumed. When its last turn is one that Claude should forget (the turn failed,
    or was stopped before an answer), the branch is resumed at the last turn worth remembering. A
    branch that is not live, or has nothing worth resuming, starts a new session.
    """
    branch = content.branch(branch_id)
    remembered = [
        numbered.turn for numbered in content.lineage(branch_id) if numbered.turn.anchor is not None
    ]
    draft = content.draft(branch_id)
    known = content.known_to_claude(branch_id)
    is_known = (draft is None or draft.number == known) and not _was_put_right(content, remembered)
    told = None if is_known else draft
    refused = () if is_known else _refused(content, draft, known)
    locked = () if draft is None else tuple(lock.of(draft.text) for lock in draft.locks)
    anchor = _last_anchor(branch)
    access = content.access(branch_id)
    if not branch.is_live or anchor is None:
        spec = SessionSpec(branch.session, is_new=True, model=model, access=access)
        if any(turn.passage is not None for turn in remembered):
            told = draft  # Told again, a passage's new words do not say where they belong.
        return TurnPlan(spec, tuple(remembered), told, refused, locked, needs_fresh_connection=True)
    is_clean = not branch.turns or branch.turns[-1].anchor is not None
    spec = SessionSpec(branch.session, is_new=False, model=model, anchor=anchor, access=access)
    return TurnPlan(spec, (), told, refused, locked, needs_fresh_connection=not is_clean)


def _was_put_right(content: Content, remembered: Sequence[Turn]) -> bool:
    """Whether the draft differs from the text that Claude last wrote for it.

    It differs when some changes were reverted, or when the text around a passage was edited while
    Claude rewrote that passage.
    """
    for turn in reversed(remembered):
        if turn.put_back is not None:
            return True
        if turn.version is not None and turn.passage is not None:
            return content.version(turn.version).before != turn.passage.version
        if turn.version is not None or turn.told is not None:
            return False
    return False


def _refused(content: Content, draft: Version | None, known: int | None) -> tuple[Refusal, ...]:
    """Return the changes refused in the versions since the one that Claude knows, oldest first."""
    found: tuple[Refusal, ...] = ()
    while draft is not None and draft.number != known:
        if draft.choice is not None:
            found = (*draft.choice.refused, *found)
        before = draft.before
        is_older = before is not None and before < draft.number
        draft = content.version(before) if before is not None and is_older else None
    return found


def fork_source(
    content: Content, parent: BranchId, after_turn: int
) -> tuple[SessionId, MessageId] | None:
    """Return the session and the message at which to copy it for a fork after a turn.

    None when no live session contains that point; the fork's first prompt then retells the turns.
    """
    for numbered in reversed(content.lineage(parent)[:after_turn]):
        if numbered.turn.anchor is not None:
            owner = content.branch(numbered.owner)
            return (owner.session, numbered.turn.anchor) if owner.is_live else None
    return None


def turn_cost(total_before: float | None, total: float | None, *, is_first: bool) -> float | None:
    """Return the cost of one turn from the session's running totals; None when it is unknown.

    The cost is rounded to billionths of a dollar, since floating-point subtraction is not exact.
    """
    if total is None or (total_before is None and not is_first):
        return None
    cost = round(total - (total_before or 0.0), 9)
    return cost if cost >= 0 else None


def _last_anchor(branch: Branch) -> MessageId | None:
    for turn in reversed(branch.turns):
        if turn.anchor is not None:
            return turn.anchor
    return branch.base_anchor
