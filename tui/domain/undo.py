"""Undoing what a writer did to a content: pure rules, from one value to the next.

A step is the difference an action made. It is undone only while every field still has the value
the action left; then each gets back what it had. Versions are never taken away: undoing an edit
makes the text from before current again as a new version by the writer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from tui.domain.changes import with_branch, with_turn, with_version
from tui.domain.content import Author, Branch, Content, Turn, Version
from tui.domain.errors import Refused
from tui.domain.ids import BranchId
from tui.domain.status import Status
from tui.domain.steps import KEPT_STEPS, Action, Field, FieldChange, UndoStep, Value
from tui.domain.undo_words import changed_since, sentence

AGAIN = "Press u again to undo what was done before it."


@dataclass(frozen=True, slots=True)
class Undone:
    """A content after an undo, and what was undone, as a sentence."""

    content: Content
    sentence: str


def with_step(before: Content, after: Content, action: Action, at: datetime) -> Content:
    """Return `after` with a step that leads back to `before`; none when nothing changed.

    A deletion is always a step: what it changes is where the content lies.
    """
    changes = tuple(_differences(before, after))
    if not changes and action is not Action.DELETE:
        return after
    step = UndoStep(action, at, changes)
    return replace(after, undo=(*after.undo, step)[-KEPT_STEPS:])


def without_last_step(content: Content) -> Content:
    """Return the content with its last step forgotten, and nothing else changed."""
    return replace(content, undo=content.undo[:-1]) if content.undo else content


def undone(content: Content, at: datetime) -> Undone:
    """Return the content before its last step.

    The sentence is empty when that step changed nothing. Raises `Refused` when there is no step, or
    when something it would put back was changed by other means since.
    """
    if not content.undo:
        raise Refused(f"There is nothing to undo in “{content.title}”.")
    step, before = content.undo[-1], content
    for change in step.changes:
        if not _holds(content, change):
            now = _value(content, change.field, change.of)
            raise Refused(f"{changed_since(content, change, now)} {AGAIN}")
        _check_way_back(content, change)
    for change in sorted(step.changes, key=lambda change: change.field != Field.DRAFT):
        content = _put_back(content, change, at)
    content = replace(content, undo=content.undo[:-1])
    if not step.changes:
        return Undone(content, "")
    return Undone(replace(content, updated_at=at), sentence(before, content, step))


# -- what an action changed ----------------------------------------------------------------------


def _differences(before: Content, after: Content) -> Iterator[FieldChange]:
    for field in (
        Field.TITLE,
        Field.STATUS,
        Field.BEFORE_ARCHIVE,
        Field.MAIN,
        Field.APPROVALS,
        Field.PUBLICATIONS,
    ):
        yield from _difference(field, "", _value(before, field, ""), _value(after, field, ""))
    grown = dict.fromkeys(version.branch for version in after.versions[len(before.versions) :])
    for branch_id in grown:
        old, new = before.draft(branch_id), after.draft(branch_id)
        yield from _difference(Field.DRAFT, branch_id, _number(old), _number(new))
    then = {branch.id: branch for branch in before.branches}
    for branch in after.branches:
        if branch.id in then and then[branch.id] is not branch:
            yield from _branch_differences(then[branch.id], branch)


def _branch_differences(before: Branch, after: Branch) -> Iterator[FieldChange]:
    yield from _difference(Field.NAME, after.id, before.name, after.name)
    yield from _difference(
        Field.IS_ARCHIVED, after.id, int(before.is_archived), int(after.is_archived)
    )
    for old, new in zip(before.turns, after.turns, strict=False):
        yield from _difference(Field.TURN_VERSION, new.id, old.version, new.version)


def _difference(field: Field, of: str, before: Value, after: Value) -> Iterator[FieldChange]:
    if before != after:
        yield FieldChange(field, of, before, after)


def _number(version: Version | None) -> int | None:
    return None if version is None else version.number


# -- what a field holds --------------------------------------------------------------------------


def _value(content: Content, field: str, of: str) -> Value:
    """Return what a field holds now; None also for a branch or turn that is not there."""
    branch = next((branch for branch in content.branches if branch.id == of), None)
    match field:
        case Field.TITLE:
            return content.title
        case Field.STATUS:
            return content.status.value
        case Field.BEFORE_ARCHIVE:
            return content.status_before_archive and content.status_before_archive.value
        case Field.MAIN:
            return content.main
        case Field.APPROVALS:
            return len(content.approvals)
        case Field.PUBLICATIONS:
            return len(content.publications)
        case Field.NAME:
            return branch.name if branch else None
        case Field.IS_ARCHIVED:
            return int(branch.is_archived) if branch else None
        case Field.DRAFT:
            return _number(content.draft(branch.id)) if branch else None
        case Field.TURN_VERSION:
            found = _turn(content, of)
            return found[1].version if found else None
        case _:
            raise Refused(f"A newer Redraft did this; undo it there. {AGAIN}")


def _turn(content: Content, turn_id: str) -> tuple[BranchId, Turn] | None:
    for branch in content.branches:
        for turn in branch.turns:
            if turn.id == turn_id:
                return branch.id, turn
    return None


def _holds(content: Content, change: FieldChange) -> bool:
    now = _value(content, change.field, change.of)
    if change.field != Field.DRAFT or now == change.after:
        return now == change.after
    left = _version(content, change.after)
    here = _version(content, now)
    return left is not None and here is not None and left.sha256 == here.sha256


def _version(content: Content, number: Value) -> Version | None:
    if isinstance(number, int) and 1 <= number <= len(content.versions):
        return content.versions[number - 1]
    return None


# -- putting it back -----------------------------------------------------------------------------


def _check_way_back(content: Content, change: FieldChange) -> None:
    """Raise `Refused` when what a field had cannot be had again."""
    before, field = change.before, change.field
    name = content.branch(BranchId(change.of)).name if field in (Field.NAME, Field.DRAFT) else ""
    if field == Field.DRAFT and _version(content, before) is None:
        raise Refused(
            f"v{change.after} is the first text of branch “{name}” of “{content.title}”: there is "
            f"none before it to go back to, so it stays. {AGAIN}"
        )
    if field == Field.NAME and any(branch.name == before for branch in content.branches):
        raise Refused(
            f"Another branch of “{content.title}” is called “{before}” by now, so “{name}” keeps "
            f"its name. {AGAIN}"
        )
    if field == Field.MAIN and all(branch.id != before for branch in content.branches):
        raise Refused(f"The branch that was main in “{content.title}” is gone. {AGAIN}")
    if not _fits(field, before):
        raise Refused(f"What “{content.title}” had before is not known. {AGAIN}")


def _fits(field: str, value: Value) -> bool:
    """Return whether a field can have this value at all."""
    match field:
        case Field.TITLE | Field.NAME:
            return isinstance(value, str) and bool(value)
        case Field.STATUS:
            return value in tuple(Status)
        case Field.BEFORE_ARCHIVE:
            return value is None or value in tuple(Status)
        case Field.APPROVALS | Field.PUBLICATIONS | Field.IS_ARCHIVED:
            return isinstance(value, int) and value >= 0
        case _:
            return True


def _put_back(content: Content, change: FieldChange, at: datetime) -> Content:
    before = change.before
    match change.field:
        case Field.TITLE:
            return replace(content, title=str(before))
        case Field.STATUS:
            return replace(content, status=Status(str(before)))
        case Field.BEFORE_ARCHIVE:
            status = None if before is None else Status(str(before))
            return replace(content, status_before_archive=status)
        case Field.MAIN:
            return replace(content, main=BranchId(str(before)))
        case Field.APPROVALS:
            return replace(content, approvals=content.approvals[: int(before or 0)])
        case Field.PUBLICATIONS:
            return replace(content, publications=content.publications[: int(before or 0)])
        case Field.NAME:
            branch = content.branch(BranchId(change.of))
            return with_branch(content, replace(branch, name=str(before)))
        case Field.IS_ARCHIVED:
            branch = content.branch(BranchId(change.of))
            return with_branch(content, replace(branch, is_archived=bool(before)))
        case Field.TURN_VERSION:
            found = _turn(content, change.of)
            number = before if isinstance(before, int) else None
            return (
                with_turn(content, found[0], replace(found[1], version=number))
                if found
                else content
            )
        case _:
            return _with_text_of(content, BranchId(change.of), before, at)


def _with_text_of(content: Content, branch_id: BranchId, number: Value, at: datetime) -> Content:
    """Return the content with an older version's text as the branch's draft again."""
    older, current = _version(content, number), content.draft(branch_id)
    if older is None or (current is not None and current.sha256 == older.sha256):
        return content
    return with_version(
        content,
        branch_id,
        older.text,
        author=Author.YOU,
        after_turn=len(content.line(branch_id)),
        is_partial=older.is_partial,
        at=at,
    )
