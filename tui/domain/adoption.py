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
from tui.domain.content import Branch, Content, Turn, TurnKind, TurnState
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
class Line:
    """A session as a line of turns."""

    found: FoundSession
    turns: tuple[Turn, ...]
    keys: tuple[Key, ...] = ()

    @property
    def last_anchor(self) -> MessageId | None:
        """The last message worth resuming at; None without any answer."""
        return next((turn.anchor for turn in reversed(self.turns) if turn.anchor), None)

    def after(self, shared: int) -> Iterable[tuple[Turn, Key]]:
        """Return the turns after the first ones, with their keys."""
        return zip(self.turns[shared:], self.keys[shared:], strict=True)

    def shared_with(self, other: "Line") -> int:
        """Return the number of turns that two lines share at their start."""
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


def lines_of(
    sessions: Sequence[tuple[FoundSession, Sequence[FoundMessage]]],
) -> tuple[Line, ...]:
    """Return the sessions that have a prompt as lines, with what tells their shared turns."""
    origins = {
        message.id: message.origin
        for _, messages in sessions
        for message in messages
        if message.origin is not None
    }
    lines = []
    for found, messages in sessions:
        turns = turns_of(messages, found.created_at)
        keys = tuple(
            (_first_id(turn.id, origins), _first_id(turn.anchor or "", origins)) for turn in turns
        )
        if turns:
            lines.append(Line(found, turns, keys))
    return tuple(lines)


def _first_id(message: str, origins: Mapping[MessageId, MessageId]) -> str:
    met = {message}
    while (origin := origins.get(MessageId(message))) is not None and origin not in met:
        message = origin
        met.add(message)
    return message


def families(lines: Sequence[Line]) -> tuple[tuple[Line, ...], ...]:
    """Return the lines grouped by shared beginnings; in each group the eldest comes first."""
    groups: dict[Key, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.keys[0], []).append(line)
    return tuple(tuple(sorted(group, key=_age)) for group in groups.values())


def _age(line: Line) -> tuple[bool, datetime, datetime, str]:
    is_copy = line.keys[0][0] != line.turns[0].id
    return is_copy, line.found.created_at, line.found.changed_at, line.found.session


def adopted_content(
    family: Sequence[Line],
    *,
    content_id: ContentId,
    main: SessionId,
    branches: Mapping[SessionId, BranchId],
    copies: Mapping[SessionId, SessionCopy],
    new_sessions: Mapping[SessionId, SessionId],
    draft_turn: int | None = None,
) -> Content:
    """Return the content of a family of lines, the one of session `main` being its main branch.

    A line without a copy gets a session from `new_sessions`, to begin with its next prompt. With
    `draft_turn`, the whole answer of that turn of the main line is the first version and no
    earlier turn of it makes one. Raises `InvalidInput` when there is no such answer.
    """
    main_line = next(line for line in family if line.found.session == main)
    drafts = _drafts(main_line, draft_turn)
    first = family[0]
    content = changes.new_content(
        content_id,
        title=title_of(main_line.found),
        kind=KIND,
        brief="",
        branch=branches[first.found.session],
        session=new_sessions[first.found.session],
        at=first.turns[0].started_at,
    )
    placed: list[Line] = []
    for line in family:
        branch_id = branches[line.found.session]
        copy = copies.get(line.found.session)
        session = new_sessions[line.found.session] if copy is None else copy.session
        shared = 0
        if placed:
            parent = max(placed, key=line.shared_with)
            shared = line.shared_with(parent)
            content = changes.forked(
                content,
                branches[parent.found.session],
                shared,
                branch=branch_id,
                session=session,
                name=_name(line, shared, is_main=line is main_line),
                at=line.turns[min(shared, len(line.turns) - 1)].started_at,
            )
        branch = content.branch(branch_id)
        if not placed and line is not main_line:
            branch = replace(branch, name=ORIGINAL_NAME)
        content = changes.with_branch(content, _live(branch, line, shared, copy, session))
        content = _with_turns(content, branch_id, line.after(shared), copy, drafts)
        placed.append(line)
    content = changes.with_main(content, branches[main], main_line.found.changed_at)
    return replace(content, updated_at=max(line.found.changed_at for line in family))


@frozen
class _Drafts:
    """Which turns make versions: by their draft tags all but some, and one by its whole answer."""

    whole: Key | None = None
    without: frozenset[Key] = frozenset()


def _drafts(line: Line, number: int | None) -> _Drafts:
    if number is None:
        return _Drafts()
    if not 1 <= number <= len(line.turns):
        raise InvalidInput(
            f"The session has no turn {number} to take the draft from; its last one is turn "
            f"{len(line.turns)}."
        )
    if not line.turns[number - 1].reply.strip():
        raise InvalidInput(f"Turn {number} has no answer to take as the draft.")
    return _Drafts(line.keys[number - 1], frozenset(line.keys[: number - 1]))


def _name(line: Line, shared: int, *, is_main: bool) -> str:
    if is_main:
        return changes.FIRST_NAME
    if shared < len(line.turns):
        return name_from_prompt(line.turns[shared].prompt)
    return name_from_prompt(line.found.title or "a copy")


def _live(
    branch: Branch, line: Line, shared: int, copy: SessionCopy | None, session: SessionId
) -> Branch:
    anchors = (turn.anchor for turn in reversed(line.turns[:shared]) if turn.anchor is not None)
    anchor = next(anchors, None)
    return replace(
        branch,
        session=session,
        source=line.found.session,
        is_live=copy is not None,
        base_anchor=None if copy is None or anchor is None else copy.ids.get(anchor),
    )


def _with_turns(
    content: Content,
    branch_id: BranchId,
    turns: Iterable[tuple[Turn, Key]],
    copy: SessionCopy | None,
    drafts: _Drafts,
) -> Content:
    """Return the content with ended turns at the end of a branch, and with their versions."""
    for turn, key in turns:
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
