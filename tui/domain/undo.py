"""Undoing and redoing what a writer did to a content: pure rules, from one value to the next.

A step is the difference an action made. It is undone only while every field still has the value
the action left; then each gets back what it had. Versions are never taken away: undoing an edit
makes the text from before current again as a new version by the writer. A redo is the same with
the two values of every field exchanged.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from tui.domain.changes import (
    first_with_its_text,
    with_branch,
    with_text_of,
    with_turn,
    with_version_label,
)
from tui.domain.content import Branch, Content, Turn, Version
from tui.domain.errors import Refused
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.person import NOBODY, Person
from tui.domain.status import Status
from tui.domain.steps import KEPT_STEPS, Action, Field, FieldChange, UndoStep, Value
from tui.domain.undo_words import changed_since, sentence

NOT_UNDONE: Final = "so that was not undone. Undo again takes back what came before it."
NOT_REDONE: Final = "so that was not done again."
_SAID_OF_ONE_TEXT: Final = (Status.APPROVED, Status.PUBLISHED)


@frozen
class Redo:
    """What an undo took back, kept so that it can be done again."""

    step: UndoStep
    """The step backwards: each change's `before` is what the undo took away; `at` is the undo's."""
    taken: Content
    """The content as it was before the undo, with the approvals and publications it took back."""


@frozen
class Undone:
    """A content after an undo or a redo, and sentences about what was restored."""

    content: Content
    sentence: str
    redo: Redo | None = None
    """The redo of an undone step; None after a redo, and after a step without changes."""
    is_in_trash: bool = False
    """Whether the content lies in the trash now."""


def with_step(
    before: Content, after: Content, action: Action, at: datetime, by: Person = NOBODY
) -> Content:
    """Return `after` with a step of a person's back to `before`; none when nothing changed.

    A deletion is always a step: what it changes is where the content lies.
    """
    changes = tuple(_differences(before, after))
    if not changes and action is not Action.DELETE:
        return after
    return _with_step(after, UndoStep(action, at, changes, by))


def _with_step(content: Content, step: UndoStep) -> Content:
    return replace(content, undo=(*content.undo, step)[-KEPT_STEPS:])


def without_last_step(content: Content) -> Content:
    """Return the content with its last step dropped from the history, otherwise unchanged."""
    return replace(content, undo=content.undo[:-1]) if content.undo else content


def undone(content: Content, at: datetime) -> Undone:
    """Return the content before its last step.

    The sentence is empty when that step changed nothing. Raises `Refused` when there is no step, or
    when something it would put back was changed by other means since.
    """
    if not content.undo:
        raise Refused(f"There is nothing to undo in “{content.title}”.")
    step = content.undo[-1]
    if not step.changes:
        return Undone(without_last_step(content), "")
    after = _with_values_before(content, step, at, records=content, refusal=NOT_UNDONE)
    back = tuple(
        replace(change, before=change.after, after=_value(after, change.field, change.of))
        for change in step.changes
    )
    redo = Redo(UndoStep(step.action, at, back), content)
    return Undone(without_last_step(after), sentence(content, after, step), redo)


def redone(content: Content, redo: Redo, at: datetime, by: Person = NOBODY) -> Undone:
    """Return the content with an undone step done again by a person, who can undo it again.

    Raises `Refused` when something it would change was changed since the undo.
    """
    after = _with_values_before(content, redo.step, at, records=redo.taken, refusal=NOT_REDONE)
    step = UndoStep(redo.step.action, at, tuple(_differences(content, after)), by)
    return Undone(_with_step(after, step), sentence(content, after, redo.step))


def _with_values_before(
    content: Content, step: UndoStep, at: datetime, *, records: Content, refusal: str
) -> Content:
    """Return the content with every field of a step as it was before it, or raise `Refused`.

    `records` has the approvals and publications that may come back.
    """
    for change in step.changes:
        if not _holds(content, change):
            now = _value(content, change.field, change.of)
            raise Refused(f"{changed_since(content, change, now)}, {refusal}")
        if trouble := _no_way_back(content, change, records):
            raise Refused(f"{trouble}, {refusal}")
    after = content
    for change in sorted(step.changes, key=lambda change: change.field != Field.DRAFT):
        after = _put_back(after, change, at, records)
    main = after.branch(after.main)
    if main.is_archived and not content.branch(content.main).is_archived:
        raise Refused(f"“{main.name}” {_why_not_archived(content, after)}, {refusal}")
    if newer := _newer_than_approved(content, after, step):
        raise Refused(f"“{content.title}” has a newer text by now, v{newer.number}, {refusal}")
    return replace(after, updated_at=at)


def _why_not_archived(content: Content, after: Content) -> str:
    """Say what keeps a branch that `after` has as an archived main one from being that."""
    return "is the main branch by now" if content.main == after.main else "is archived by now"


def _newer_than_approved(before: Content, after: Content, step: UndoStep) -> Version | None:
    """Return main's draft when putting a step back would call a text approved that came after it.

    What was approved while main showed another version comes back, too, as long as main shows it.
    """
    is_said_anew = (_said(after), after.main) != (_said(before), before.main)
    draft, approval = after.draft(after.main), after.approval
    if not is_said_anew or _said(after) not in _SAID_OF_ONE_TEXT or draft is None:
        return None
    if approval is not None and draft.sha256 == approval.sha256:
        return None
    return draft if first_with_its_text(after, draft).created_at > step.at else None


def _said(content: Content) -> Status | None:
    is_archived = content.status is Status.ARCHIVED
    return content.status_before_archive if is_archived else content.status


def shows_the_same(one: Content, other: Content) -> bool:
    """Whether a writer sees the same in two values of a content: every draft by its text.

    Undo and redo may have added versions between them, which tell nothing new.
    """
    return _seen(one) == _seen(other)


def _seen(content: Content) -> tuple[Content, list[str | None], dict[int, str]]:
    labels = {version.number: version.label for version in content.versions if version.label}
    drafts = [content.draft(branch.id) for branch in content.branches]
    bare = replace(content, versions=(), undo=(), updated_at=content.created_at)
    return bare, [None if draft is None else draft.text for draft in drafts], labels


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
    for older, newer in zip(before.versions, after.versions, strict=False):
        label = Field.VERSION_LABEL
        yield from _difference(label, str(newer.number), older.label, newer.label)
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
        yield from _difference(Field.LABEL, new.id, old.label, new.label)


def _difference(field: Field, of: str, before: Value, after: Value) -> Iterator[FieldChange]:
    if before != after:
        yield FieldChange(field, of, before, after)


def _number(version: Version | None) -> int | None:
    return None if version is None else version.number


# -- what a field holds --------------------------------------------------------------------------


def _value(content: Content, field: str, of: str) -> Value:
    """Return a field's current value; None also for a missing branch or turn."""
    own: dict[str, Value] = {
        Field.TITLE: content.title,
        Field.STATUS: content.status.value,
        Field.BEFORE_ARCHIVE: content.status_before_archive and content.status_before_archive.value,
        Field.MAIN: content.main,
        Field.APPROVALS: len(content.approvals),
        Field.PUBLICATIONS: len(content.publications),
    }
    if field in own:
        return own[field]
    branch = next((branch for branch in content.branches if branch.id == of), None)
    match field:
        case Field.NAME:
            return branch.name if branch else None
        case Field.IS_ARCHIVED:
            return int(branch.is_archived) if branch else None
        case Field.DRAFT:
            return _number(content.draft(branch.id)) if branch else None
        case Field.TURN_VERSION | Field.LABEL:
            found = _turn(content, of)
            if found is None:
                return None
            return found[1].label if field == Field.LABEL else found[1].version
        case Field.VERSION_LABEL:
            version = _version(content, _as_number(of))
            return version.label if version else None
        case _:
            raise Refused(f"A newer Redraft did this, {NOT_UNDONE}")


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


def _as_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None


def _version(content: Content, number: Value) -> Version | None:
    if isinstance(number, int) and 1 <= number <= len(content.versions):
        return content.versions[number - 1]
    return None


# -- putting it back -----------------------------------------------------------------------------


def _no_way_back(content: Content, change: FieldChange, records: Content) -> str:
    """Say, without a stop, why what a field had cannot be had again; empty when it can be."""
    before, field = change.before, change.field
    title = f"“{content.title}”"
    if field == Field.DRAFT and _version(content, before) is None:
        return f"v{change.after} is the first text of {title}"
    if field == Field.NAME and any(branch.name == before for branch in content.branches):
        return f"Another branch of {title} is called “{before}” by now"
    if field == Field.MAIN and all(branch.id != before for branch in content.branches):
        return f"The branch that was the main one of {title} is gone"
    if not _fits(field, before) or not _has_records(content, field, before, records):
        return f"What {title} was before is not known"
    return ""


def _has_records(content: Content, field: str, count: Value, records: Content) -> bool:
    """Whether the records hold enough approvals or publications, and include the current ones."""
    if field == Field.APPROVALS:
        here, kept = content.approvals, records.approvals
        return isinstance(count, int) and count <= len(kept) and here == kept[: len(here)]
    if field == Field.PUBLICATIONS:
        sent, all_sent = content.publications, records.publications
        return isinstance(count, int) and count <= len(all_sent) and sent == all_sent[: len(sent)]
    return True


def _fits(field: str, value: Value) -> bool:
    """Return whether a field can have this value at all."""
    match field:
        case Field.TITLE | Field.NAME:
            return isinstance(value, str) and bool(value)
        case Field.LABEL | Field.VERSION_LABEL:
            return isinstance(value, str)
        case Field.STATUS:
            return value in tuple(Status)
        case Field.BEFORE_ARCHIVE:
            return value is None or value in tuple(Status)
        case Field.APPROVALS | Field.PUBLICATIONS | Field.IS_ARCHIVED:
            return isinstance(value, int) and value >= 0
        case _:
            return True


def _put_back(content: Content, change: FieldChange, at: datetime, records: Content) -> Content:
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
            return replace(content, approvals=records.approvals[: int(before or 0)])
        case Field.PUBLICATIONS:
            return replace(content, publications=records.publications[: int(before or 0)])
        case Field.NAME:
            branch = content.branch(BranchId(change.of))
            return with_branch(content, replace(branch, name=str(before)))
        case Field.IS_ARCHIVED:
            branch = content.branch(BranchId(change.of))
            return with_branch(content, replace(branch, is_archived=bool(before)))
        case Field.TURN_VERSION:
            number = before if isinstance(before, int) else None
            return _with_turn_of(content, change, lambda turn: replace(turn, version=number))
        case Field.LABEL:
            return _with_turn_of(content, change, lambda turn: replace(turn, label=str(before)))
        case Field.VERSION_LABEL:
            return with_version_label(content, int(change.of), str(before))
        case _:
            return _with_text_of(content, BranchId(change.of), before, at)


def _with_turn_of(
    content: Content, change: FieldChange, changed: Callable[[Turn], Turn]
) -> Content:
    """Return the content with the turn that a change is of changed; it is there."""
    found = _turn(content, change.of)
    return content if found is None else with_turn(content, found[0], changed(found[1]))


def _with_text_of(content: Content, branch_id: BranchId, number: Value, at: datetime) -> Content:
    """Return the content with an older version's text as the branch's draft again."""
    older, current = _version(content, number), content.draft(branch_id)
    if older is None or (current is not None and current.sha256 == older.sha256):
        return content
    return with_text_of(content, branch_id, older, at)
