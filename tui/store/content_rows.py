"""Conversion of contents to rows of tables and back; pure.

Unknown fields of a row are ignored here and preserved by `unknown`. Missing newer fields get their
default, so that a file can be read by a slightly older or newer Redraft. An undo history with a bad
field is dropped as a whole: the content must stay readable.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, Final

from tui.domain.content import (
    Approval,
    Author,
    Branch,
    Choice,
    Content,
    Publication,
    Refusal,
    Turn,
    TurnKind,
    TurnState,
    Version,
)
from tui.domain.ids import BranchId, ContentId, MessageId, SessionId, TurnId
from tui.domain.passage import Passage, PutBack, Span
from tui.domain.person import Person
from tui.domain.status import Status
from tui.domain.steps import FieldChange, UndoStep, Value
from tui.domain.tools import ToolState, ToolUse
from tui.store.consistency import check_content
from tui.store.fields import (
    choice,
    flag,
    limits_from_row,
    limits_to_row,
    misfit,
    moment,
    number,
    numbers,
    optional_amount,
    optional_moment,
    optional_number,
    optional_row,
    optional_text,
    person_from_row,
    person_to_row,
    rows,
    text,
    texts,
    written_amount,
    written_moment,
)
from tui.store.migrations import Row
from tui.store.unreadable import Fault, Unreadable

TABLES: Final = ("content", "branches", "turns", "versions", "approvals", "publications", "undo")
"""The tables of a content's file."""

Rows = dict[str, list[Row]]
"""Rows by table, in their order."""


def content_to_rows(
    content: Content,
    of_turns: Callable[[Branch], Sequence[Row]] | None = None,
    of_versions: Callable[[Sequence[Version]], list[Row]] | None = None,
) -> Rows:
    """Return all rows of a content; `of_turns` and `of_versions` may return cached rows."""
    of_turns, of_versions = of_turns or turns_to_rows, of_versions or versions_to_rows
    return {
        "content": [_head_to_row(content)],
        "branches": [_branch_to_row(branch) for branch in content.branches],
        "turns": list(chain.from_iterable(map(of_turns, content.branches))),
        "versions": of_versions(content.versions),
        "approvals": [
            {**_stamp_to_row(approval), "by": person_to_row(approval.by)}
            for approval in content.approvals
        ],
        "publications": [
            {**_stamp_to_row(publication), "target": publication.target}
            for publication in content.publications
        ],
        "undo": [_step_to_row(step) for step in content.undo],
    }


def content_from_rows(rows: Rows) -> Content:
    """Return the content from its rows; raises `Unreadable`."""
    content = unchecked_content_from_rows(rows)
    check_content(content)
    return content


def unchecked_content_from_rows(rows: Rows) -> Content:
    """Return the content from its rows, unchecked; raises `Unreadable` for bad fields."""
    if len(rows.get("content", [])) != 1:
        raise Unreadable(Fault.NOT_ONE_CONTENT)
    head = rows["content"][0]
    turns: dict[BranchId, list[Turn]] = {}
    for row in rows.get("turns", []):
        turns.setdefault(BranchId(text(row, "branch")), []).append(_turn(row))
    branches = tuple(_branch(row, turns) for row in rows.get("branches", []))
    if turns:
        raise Unreadable(Fault.TURNS_WITHOUT_BRANCH, branch=next(iter(turns)))
    before_archive = head.get("status_before_archive")
    return Content(
        id=ContentId(text(head, "id")),
        title=text(head, "title"),
        kind=text(head, "kind"),
        brief=text(head, "brief", ""),
        created_at=moment(head, "created_at"),
        updated_at=moment(head, "updated_at"),
        main=BranchId(text(head, "main")),
        branches=branches,
        status=choice(head, "status", Status, Status.DRAFT),
        status_before_archive=(
            None if before_archive is None else choice(head, "status_before_archive", Status)
        ),
        tags=texts(head, "tags"),
        versions=tuple(_version(row) for row in rows.get("versions", [])),
        approvals=tuple(
            Approval(**_stamp(row), by=person_from_row(row)) for row in rows.get("approvals", [])
        ),
        publications=tuple(
            Publication(**_stamp(row), target=text(row, "target", ""))
            for row in rows.get("publications", [])
        ),
        undo=_steps(rows.get("undo", [])),
        sources=texts(head, "sources"),
        has_web=flag(head, "has_web"),
    )


def _head_to_row(content: Content) -> Row:
    before_archive = content.status_before_archive
    return {
        "id": content.id,
        "title": content.title,
        "kind": content.kind,
        "brief": content.brief,
        "status": content.status.value,
        "status_before_archive": None if before_archive is None else before_archive.value,
        "tags": list(content.tags),
        "created_at": written_moment(content.created_at),
        "updated_at": written_moment(content.updated_at),
        "main": content.main,
        "sources": list(content.sources),
        "has_web": content.has_web,
    }


def _branch_to_row(branch: Branch) -> Row:
    return {
        "id": branch.id,
        "name": branch.name,
        "session": branch.session,
        "created_at": written_moment(branch.created_at),
        "parent": branch.parent,
        "forked_after": branch.forked_after,
        "base_version": branch.base_version,
        "base_anchor": branch.base_anchor,
        "is_live": branch.is_live,
        "total_cost": written_amount(branch.total_cost),
        "is_archived": branch.is_archived,
        "source": branch.source,
        "allowed": list(branch.allowed),
    }


def _branch(row: Row, turns: dict[BranchId, list[Turn]]) -> Branch:
    branch_id = BranchId(text(row, "id"))
    parent, anchor = optional_text(row, "parent"), optional_text(row, "base_anchor")
    return Branch(
        id=branch_id,
        name=text(row, "name"),
        session=SessionId(text(row, "session")),
        created_at=moment(row, "created_at"),
        parent=None if parent is None else BranchId(parent),
        forked_after=number(row, "forked_after", 0),
        base_version=optional_number(row, "base_version"),
        base_anchor=None if anchor is None else MessageId(anchor),
        is_live=flag(row, "is_live"),
        turns=tuple(turns.pop(branch_id, ())),
        total_cost=optional_amount(row, "total_cost"),
        is_archived=flag(row, "is_archived"),
        source=text(row, "source", ""),
        allowed=texts(row, "allowed"),
    )


def turns_to_rows(branch: Branch) -> list[Row]:
    """Return the rows of a branch's turns."""
    return [turn_to_row(turn, branch.id) for turn in branch.turns]


def turn_to_row(turn: Turn, branch: BranchId) -> Row:
    """Return the row of a turn on a branch."""
    return {
        "id": turn.id,
        "branch": branch,
        "kind": turn.kind.value,
        "state": turn.state.value,
        "prompt": turn.prompt,
        "reply": turn.reply,
        "started_at": written_moment(turn.started_at),
        "ended_at": written_moment(turn.ended_at),
        "anchor": turn.anchor,
        "told": turn.told,
        "is_retold": turn.is_retold,
        "version": turn.version,
        "failure": turn.failure,
        "model": turn.model,
        "cost": written_amount(turn.cost),
        "label": turn.label,
        "tools": [_tool_to_row(use) for use in turn.tools],
        "passage": None if turn.passage is None else _passage_to_row(turn.passage),
        "limits": limits_to_row(turn.limits),
        "put_back": None if turn.put_back is None else _put_back_to_row(turn.put_back),
    }


def _turn(row: Row) -> Turn:
    anchor = optional_text(row, "anchor")
    return Turn(
        id=TurnId(text(row, "id")),
        kind=choice(row, "kind", TurnKind),
        prompt=text(row, "prompt"),
        started_at=moment(row, "started_at"),
        state=choice(row, "state", TurnState),
        ended_at=optional_moment(row, "ended_at"),
        reply=text(row, "reply", ""),
        anchor=None if anchor is None else MessageId(anchor),
        told=optional_number(row, "told"),
        is_retold=flag(row, "is_retold"),
        version=optional_number(row, "version"),
        failure=text(row, "failure", ""),
        model=text(row, "model", ""),
        cost=optional_amount(row, "cost"),
        label=text(row, "label", ""),
        tools=tuple(_tool(use) for use in rows(row, "tools")),
        passage=_passage(row),
        limits=limits_from_row(row),
        put_back=_put_back(row),
    )


def _tool_to_row(use: ToolUse) -> Row:
    return {
        "id": use.id,
        "name": use.name,
        "subject": use.subject,
        "at": use.at,
        "state": use.state.value,
        "result": use.result,
    }


def _tool(row: Row) -> ToolUse:
    return ToolUse(
        id=text(row, "id"),
        name=text(row, "name"),
        subject=text(row, "subject", ""),
        at=number(row, "at", 0),
        state=choice(row, "state", ToolState, ToolState.DONE),
        result=text(row, "result", ""),
    )


def _span_to_row(span: Span) -> Row:
    return {"start": span.start, "end": span.end}


def _span(row: Row) -> Span:
    start = max(0, number(row, "start"))
    return Span(start, max(start, number(row, "end")))


def _locks(row: Row, length: int) -> tuple[Span, ...]:
    """Return the locks of a text of this length; ranges beyond its end (damage) are dropped."""
    spans = (_span(lock) for lock in rows(row, "locks"))
    return tuple(span for span in spans if span.start < span.end <= length)


def _passage_to_row(passage: Passage) -> Row:
    return {"version": passage.version, **_span_to_row(passage.span)}


def _passage(row: Row) -> Passage | None:
    inner = optional_row(row, "passage")
    return None if inner is None else Passage(number(inner, "version"), _span(inner))


def _put_back_to_row(put_back: PutBack) -> Row:
    return {"outside": put_back.outside, "locked": list(put_back.locked)}


def _put_back(row: Row) -> PutBack | None:
    inner = optional_row(row, "put_back")
    return None if inner is None else PutBack(number(inner, "outside", 0), texts(inner, "locked"))


def versions_to_rows(versions: Sequence[Version]) -> list[Row]:
    """Return the rows of versions."""
    return list(map(version_to_row, versions))


def version_to_row(version: Version) -> Row:
    """Return the row of a version."""
    return {
        "number": version.number,
        "text": version.text,
        "sha256": version.sha256,
        "words": version.words,
        "author": version.author.value,
        "branch": version.branch,
        "after_turn": version.after_turn,
        "created_at": written_moment(version.created_at),
        "before": version.before,
        "is_partial": version.is_partial,
        "restored_from": version.restored_from,
        "choice": None if version.choice is None else _choice_to_row(version.choice),
        "sources": list(version.sources),
        "label": version.label,
        "by": person_to_row(version.by),
        "locks": [_span_to_row(lock) for lock in version.locks],
    }


def _choice_to_row(choice: Choice) -> Row:
    return {
        "version": choice.version,
        "taken": choice.taken,
        "changes": choice.changes,
        "refused": [{"kept": one.kept, "refused": one.refused} for one in choice.refused],
    }


def _choice(row: Row) -> Choice | None:
    chosen = optional_row(row, "choice")
    if chosen is None:
        return None
    refused = (Refusal(text(one, "kept"), text(one, "refused")) for one in rows(chosen, "refused"))
    return Choice(
        version=number(chosen, "version"),
        taken=number(chosen, "taken"),
        changes=number(chosen, "changes"),
        refused=tuple(refused),
    )


def _version(row: Row) -> Version:
    return Version(
        number=number(row, "number"),
        text=text(row, "text"),
        sha256=text(row, "sha256"),
        words=number(row, "words"),
        author=choice(row, "author", Author),
        branch=BranchId(text(row, "branch")),
        after_turn=number(row, "after_turn"),
        created_at=moment(row, "created_at"),
        before=optional_number(row, "before"),
        is_partial=flag(row, "is_partial"),
        restored_from=optional_number(row, "restored_from"),
        choice=_choice(row),
        sources=numbers(row, "sources"),
        label=text(row, "label", ""),
        by=person_from_row(row),
        locks=_locks(row, len(text(row, "text"))),
    )


def _stamp_to_row(stamp: Approval | Publication) -> Row:
    return {
        "version": stamp.version,
        "sha256": stamp.sha256,
        "at": written_moment(stamp.at),
    }


def _stamp(row: Row) -> dict[str, Any]:
    return {
        "version": number(row, "version"),
        "sha256": text(row, "sha256"),
        "at": moment(row, "at"),
    }


def _step_to_row(step: UndoStep) -> Row:
    return {
        "action": str(step.action),
        "at": written_moment(step.at),
        "author": step.by.id,
        "by": person_to_row(step.by),
        "changes": [
            {
                "field": str(change.field),
                "of": change.of,
                "before": change.before,
                "after": change.after,
            }
            for change in step.changes
        ],
    }


def _steps(step_rows: Sequence[Row]) -> tuple[UndoStep, ...]:
    """Return the undo steps from their rows; no steps when one row has a bad field."""
    try:
        return tuple(_step(row) for row in step_rows)
    except Unreadable:
        return ()


def _step(row: Row) -> UndoStep:
    return UndoStep(
        action=text(row, "action"),
        at=moment(row, "at"),
        changes=tuple(
            FieldChange(
                field=text(change, "field"),
                of=text(change, "of", ""),
                before=_value(change, "before"),
                after=_value(change, "after"),
            )
            for change in rows(row, "changes")
        ),
        by=_step_person(row),
    )


def _step_person(row: Row) -> Person:
    """Return the person who took a step; older rows hold only user@host."""
    if row.get("by") is not None:
        return person_from_row(row)
    user, _, host = text(row, "author", "").rpartition("@")
    return Person(user, user, host)


def _value(change: Row, name: str) -> Value:
    value = change.get(name)
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return value
    raise misfit(name, value, "a text or a whole number")
