"""How sessions of Claude Code become a content: messages to turns, shared history to a tree; pure.

A turn keeps the ids of its session's own messages until `adopted_content` gives it those of the
copy that Redraft writes on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from tui.domain import changes, turn_changes
from tui.domain.checks import checked_title, name_from_prompt
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.drafts import finished_draft, partial_draft
from tui.domain.errors import InvalidInput
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId, MessageId, SessionId, TurnId
from tui.domain.session import FoundMessage, FoundSession, MessageKind, SessionCopy

KIND: Final = "post"
ORIGINAL_NAME: Final = "original"
"""Name of the branch that the others fork from, when that branch is not the main one."""
_TITLE_LENGTH: Final = 60
_UNANSWERED: Final = "This prompt has no answer in the original session."
_BETWEEN: Final = "\n\n"
"""Stands where a tool worked between two messages, which the CLI shows apart as well."""

Key = tuple[str, str]
"""Identity of a turn across all copies: the ids of its prompt and of its last answer."""


@frozen
class Lineage:
    """A session's turns, and what tells which of them other sessions share."""

    found: FoundSession
    turns: tuple[Turn, ...]
    keys: tuple[Key, ...]

    @property
    def last_anchor(self) -> MessageId | None:
        """The last message worth resuming at; None without any answer."""
        return next((turn.anchor for turn in reversed(self.turns) if turn.anchor), None)

    def after(self, shared: int) -> Iterable[tuple[Turn, Key]]:
        """Return the turns after the first ones, with their keys."""
        return zip(self.turns[shared:], self.keys[shared:], strict=True)

    def shared_with(self, other: "Lineage") -> int:
        """Return the number of turns that two sessions share at their start."""
        pairs = zip(self.keys, other.keys, strict=False)
        return next(
            (at for at, (mine, theirs) in enumerate(pairs) if mine != theirs),
            min(len(self.keys), len(other.keys)),
        )


def title_of(found: FoundSession) -> str:
    """Return a session's own title, or the first words of its first prompt."""
    words = found.title or found.first_prompt or "Adopted session"
    return checked_title(name_from_prompt(words, _TITLE_LENGTH))


def turns_of(messages: Sequence[FoundMessage], at: datetime) -> tuple[Turn, ...]:
    """Return the turns that messages make, each as talk; `at` is for messages without a time.

    What Claude said is kept to the letter; tools, errors and interruptions leave no text. A turn
    that has no answer is stopped or failed and has no anchor: nothing of it is worth remembering.
    """
    turns: list[Turn] = []
    is_after_tool = False
    for message in messages:
        if message.kind is MessageKind.PROMPT:
            is_after_tool = False
            turns.append(_begun(message, at))
        elif turns:
            turns[-1] = _continued(turns[-1], message, is_after_tool=is_after_tool)
            if message.kind in (MessageKind.TOOL, MessageKind.ANSWER):
                is_after_tool = message.kind is MessageKind.TOOL
    return tuple(turns)


def _begun(message: FoundMessage, at: datetime) -> Turn:
    return Turn(
        id=TurnId(message.id),
        kind=TurnKind.ASK,
        prompt=message.text,
        started_at=message.at or at,
        state=TurnState.FAILED,
        ended_at=message.at or at,
        failure=_UNANSWERED,
    )


def _continued(turn: Turn, message: FoundMessage, *, is_after_tool: bool) -> Turn:
    turn = replace(turn, ended_at=message.at or turn.ended_at)
    match message.kind:
        case MessageKind.ANSWER if message.text:
            between = _BETWEEN if is_after_tool and turn.reply else ""
            return replace(
                turn,
                state=TurnState.FINISHED,
                reply=turn.reply + between + message.text,
                anchor=message.id,
                failure="",
                model=message.model or turn.model,
            )
        case MessageKind.INTERRUPTION:
            return replace(turn, state=TurnState.STOPPED, failure="")
        case MessageKind.ERROR if turn.state is TurnState.FAILED:
            return replace(turn, failure=message.text.strip() or _UNANSWERED)
        case _:
            return turn


def lineages_of(
    sessions: Sequence[tuple[FoundSession, Sequence[FoundMessage]]],
) -> tuple[Lineage, ...]:
    """Return the turns of each session that has a prompt."""
    origins = {
        message.id: message.origin
        for _, messages in sessions
        for message in messages
        if message.origin is not None
    }
    lineages = []
    for found, messages in sessions:
        turns = turns_of(messages, found.created_at)
        keys = tuple(
            (_first_id(turn.id, origins), _first_id(turn.anchor or "", origins)) for turn in turns
        )
        if turns:
            lineages.append(Lineage(found, turns, keys))
    return tuple(lineages)


def _first_id(message: str, origins: Mapping[MessageId, MessageId]) -> str:
    met = {message}
    while (origin := origins.get(MessageId(message))) is not None and origin not in met:
        message = origin
        met.add(message)
    return message


def families(lineages: Sequence[Lineage]) -> tuple[tuple[Lineage, ...], ...]:
    """Return the sessions grouped by shared beginnings; in each group the eldest comes first."""
    groups: dict[Key, list[Lineage]] = {}
    for lineage in lineages:
        groups.setdefault(lineage.keys[0], []).append(lineage)
    return tuple(tuple(sorted(group, key=_age)) for group in groups.values())


def _age(lineage: Lineage) -> tuple[bool, datetime, datetime, str]:
    is_copy, found = lineage.keys[0][0] != lineage.turns[0].id, lineage.found
    return is_copy, found.created_at, found.changed_at, found.session


def adopted_content(
    family: Sequence[Lineage],
    *,
    content_id: ContentId,
    main: SessionId,
    branches: Mapping[SessionId, BranchId],
    copies: Mapping[SessionId, SessionCopy],
    new_sessions: Mapping[SessionId, SessionId],
    draft_turn: int | None,
) -> Content:
    """Return the content of a family of sessions; that of session `main` is its main branch.

    A session without a copy gets one from `new_sessions`, to begin with its next prompt. With
    a `draft_turn`, the whole answer of that turn of `main` is the first version and no earlier turn
    of it makes one. Raises `InvalidInput` when there is no such answer.
    """
    chosen = next(one for one in family if one.found.session == main)
    drafts = _drafts(chosen, draft_turn)
    eldest = family[0]
    content = changes.new_content(
        content_id,
        title=title_of(chosen.found),
        kind=KIND,
        brief="",
        branch=branches[eldest.found.session],
        session=new_sessions[eldest.found.session],
        at=eldest.turns[0].started_at,
    )
    if eldest is not chosen:
        content = changes.with_branch(content, replace(content.branches[0], name=ORIGINAL_NAME))
    content = _with_lineage(content, content.main, eldest, copies, drafts, shared=0)
    for number, lineage in enumerate(family[1:], start=1):
        session = lineage.found.session
        parent = max(family[:number], key=lineage.shared_with)
        shared = lineage.shared_with(parent)
        content = changes.forked(
            content,
            branches[parent.found.session],
            shared,
            branch=branches[session],
            session=new_sessions[session],
            name=_name(lineage, shared, is_main=lineage is chosen),
            at=lineage.turns[min(shared, len(lineage.turns) - 1)].started_at,
        )
        content = _with_lineage(content, branches[session], lineage, copies, drafts, shared=shared)
    content = changes.with_main(content, branches[main], chosen.found.changed_at)
    return replace(content, updated_at=max(one.found.changed_at for one in family))


@frozen
class _Drafts:
    """Which turns make versions; a turn not named here makes one of the draft in its answer."""

    whole: Key | None = None
    """The turn whose whole answer is a version."""
    without: frozenset[Key] = frozenset()
    """The turns that make no version."""


def _drafts(lineage: Lineage, number: int | None) -> _Drafts:
    if number is None:
        return _Drafts()
    if not 1 <= number <= len(lineage.turns):
        raise InvalidInput(
            f"The session has no turn {number} to take the draft from; its last one is turn "
            f"{len(lineage.turns)}."
        )
    if not lineage.turns[number - 1].reply.strip():
        raise InvalidInput(f"Turn {number} has no answer to take as the draft.")
    return _Drafts(lineage.keys[number - 1], frozenset(lineage.keys[: number - 1]))


def _name(lineage: Lineage, shared: int, *, is_main: bool) -> str:
    if is_main:
        return changes.FIRST_NAME
    if shared < len(lineage.turns):
        return name_from_prompt(lineage.turns[shared].prompt)
    return name_from_prompt(lineage.found.title or "a copy")


def _with_lineage(
    content: Content,
    branch_id: BranchId,
    lineage: Lineage,
    copies: Mapping[SessionId, SessionCopy],
    drafts: _Drafts,
    *,
    shared: int,
) -> Content:
    """Return the content with a session's turns after the shared ones at the end of a branch.

    The branch goes on in the session's copy, if there is one.
    """
    copy = copies.get(lineage.found.session)
    branch = replace(content.branch(branch_id), source=lineage.found.session)
    if copy is not None:
        anchors = (turn.anchor for turn in reversed(lineage.turns[:shared]) if turn.anchor)
        anchor = next(anchors, None)
        branch = replace(
            branch,
            session=copy.session,
            is_live=True,
            base_anchor=None if anchor is None else copy.ids.get(anchor),
        )
    content = changes.with_branch(content, branch)
    for turn, key in lineage.after(shared):
        own = _copied(turn, copy)
        if key == drafts.whole:
            content = _with_first_draft(content, branch_id, own)
        else:
            content = _with_turn(content, branch_id, own, is_talk=key in drafts.without)
    return content


def _copied(turn: Turn, copy: SessionCopy | None) -> Turn:
    """Return a turn with the message ids of its session's copy."""
    if copy is None:
        return turn
    prompt = copy.ids.get(MessageId(turn.id))
    return replace(
        turn,
        id=turn.id if prompt is None else TurnId(prompt),
        anchor=None if turn.anchor is None else copy.ids.get(turn.anchor),
    )


def _with_turn(content: Content, branch_id: BranchId, turn: Turn, *, is_talk: bool) -> Content:
    has_draft = finished_draft(turn.reply) or partial_draft(turn.reply)
    if has_draft and not is_talk:
        is_first = content.draft(branch_id) is None
        turn = replace(turn, kind=TurnKind.GENERATE if is_first else TurnKind.REVISE)
    at = turn.ended_at or turn.started_at
    begun = replace(turn, state=TurnState.RUNNING)
    content = turn_changes.begun_turn(content, branch_id, begun, turn.started_at)
    return turn_changes.ended_turn(content, branch_id, turn, at)


def _with_first_draft(content: Content, branch_id: BranchId, turn: Turn) -> Content:
    content = _with_turn(content, branch_id, turn, is_talk=True)
    at = turn.ended_at or turn.started_at
    content = turn_changes.taken_draft(content, branch_id, turn.id, turn.reply, at)
    taken = content.branch(branch_id).turns[-1]
    return changes.with_turn(content, branch_id, replace(taken, kind=TurnKind.GENERATE))
