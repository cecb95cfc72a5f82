"""Changes of a content by a turn, which begins, and ends with or without a version; pure.

In a finished answer, changes of locked words and changes outside the prompt's passage are reverted.
"""

from dataclasses import replace
from datetime import datetime

from tui.domain.change_limits import overstepped
from tui.domain.changes import (
    refuse_archived,
    refuse_unchanged,
    with_branch,
    with_turn,
    with_version,
)
from tui.domain.content import Author, Content, Turn, TurnKind, TurnState
from tui.domain.drafts import finished_draft, trimmed
from tui.domain.errors import NotFound, Refused
from tui.domain.guarding import (
    Guarded,
    followed,
    in_line_ends_of,
    with_locks_held,
    with_passage,
)
from tui.domain.ids import BranchId, TurnId
from tui.domain.merging import merged
from tui.domain.passage import PutBack

WRITING_KINDS = frozenset({TurnKind.GENERATE, TurnKind.REVISE})
"""Kinds of turns whose finished draft becomes a version automatically."""


def writing_kind(content: Content, branch_id: BranchId) -> TurnKind:
    """Return the kind of a turn that writes: generate while there is no draft, then revise."""
    return TurnKind.GENERATE if content.draft(branch_id) is None else TurnKind.REVISE


def begun_turn(content: Content, branch_id: BranchId, turn: Turn, at: datetime) -> Content:
    """Return the content with a running turn at the end of a branch."""
    refuse_archived(content, branch_id)
    branch = content.branch(branch_id)
    if TurnState.RUNNING in [old.state for old in branch.turns]:
        raise Refused(f"Claude is still writing on branch “{branch.name}”: wait, or stop it first.")
    grown = replace(branch, turns=(*branch.turns, turn))
    return replace(with_branch(content, grown), updated_at=at)


def ended_turn(content: Content, branch_id: BranchId, turn: Turn, at: datetime) -> Content:
    """Return the content with a turn ended, and with a version of its finished new draft.

    Only a finished generate or revise turn makes a version; an unchanged draft makes none.
    """
    content = replace(with_turn(content, branch_id, turn), updated_at=at)
    if turn.state is not TurnState.FINISHED or turn.kind not in WRITING_KINDS:
        return content
    answer = finished_draft(turn.reply)
    if answer is None:
        return content
    held = held_to_marks(content, branch_id, turn, answer)
    if held.put_back is not None:
        turn = replace(turn, put_back=held.put_back)
        content = with_turn(content, branch_id, turn)
    current = content.draft(branch_id)
    if current is not None and current.text == held.text:
        return content
    return _with_turn_version(content, branch_id, turn, held, at)


def held_to_marks(content: Content, branch_id: BranchId, turn: Turn, answer: str) -> Guarded:
    """Return the draft that a turn's answer makes: locks hold, and all outside its passage stays.

    `answer` is the text between the draft tags.
    """
    current = content.draft(branch_id)
    text, outside = trimmed(answer), 0
    if current is None:
        return Guarded(text, ())
    if turn.passage is not None or current.locks:
        text = in_line_ends_of(current.text, text)
    if turn.passage is not None:
        marked = content.version(turn.passage.version).text
        # What was edited while Claude wrote stays, unless it is an edit of the passage.
        moved = followed(marked, turn.passage.span, current.text)
        if moved is not None:
            text, outside = with_passage(current.text, moved, text)
        else:
            text, outside = with_passage(marked, turn.passage.span, text)
            text = merged(marked, text, current.text).text
        text = trimmed(text)
    held = with_locks_held(current.text, current.locks, text)
    locked = () if held.put_back is None else held.put_back.locked
    put_back = PutBack(outside, locked) if outside or locked else None
    return replace(held, put_back=put_back)


def went_over(content: Content, turn: Turn) -> tuple[str, ...]:
    """Return a phrase for each limit that a turn's version exceeded; none without a version."""
    if turn.limits is None or turn.version is None:
        return ()
    made = content.version(turn.version)
    if made.before is None:
        return ()
    return overstepped(content.version(made.before).text, made.text, turn.limits)


def last_over(content: Content, branch_id: BranchId) -> Turn | None:
    """Return a branch's last turn if it exceeded its limits and its version is still the draft.

    Such a turn can be repeated from the text before it.
    """
    turns, draft = content.branch(branch_id).turns, content.draft(branch_id)
    if not turns or draft is None or turns[-1].version != draft.number:
        return None
    return turns[-1] if went_over(content, turns[-1]) else None


def taken_draft(
    content: Content, branch_id: BranchId, turn_id: TurnId, text: str, at: datetime
) -> Content:
    """Return the content with a version that the writer takes from a turn's answer."""
    refuse_archived(content, branch_id)
    turn = next((own for own in content.branch(branch_id).turns if own.id == turn_id), None)
    if turn is None:
        raise NotFound("That turn belongs to another branch: open it there to take its text.")
    if turn.version is not None:
        raise Refused(f"This turn's draft is saved already, as v{turn.version}.")
    if not trimmed(text):
        raise Refused("This turn has no text to take as the draft.")
    held = held_to_marks(content, branch_id, turn, text)
    refuse_unchanged(content, branch_id, held.text)
    return _with_turn_version(content, branch_id, replace(turn, put_back=held.put_back), held, at)


def _with_turn_version(
    content: Content, branch_id: BranchId, turn: Turn, held: Guarded, at: datetime
) -> Content:
    content = with_version(
        content,
        branch_id,
        held.text,
        author=Author.CLAUDE,
        is_partial=turn.state is not TurnState.FINISHED,
        locks=tuple(sorted(held.locks)),
        at=at,
    )
    return with_turn(content, branch_id, replace(turn, version=len(content.versions)))


def interrupted(content: Content, branch_id: BranchId, at: datetime) -> Content:
    """Return the content with a branch's running turns, whose program has ended, as interrupted."""
    for turn in content.branch(branch_id).turns:
        if turn.state is TurnState.RUNNING:
            ended = replace(turn, state=TurnState.INTERRUPTED, ended_at=at)
            content = with_turn(content, branch_id, ended)
    return content
