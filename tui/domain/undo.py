"""Undo and redo of a writer's actions on a content; pure.

A step holds the fields that an action changed. It can be undone only while every field still has
the value that the action left; then each field gets its value before the action. Versions are never
deleted: undoing an edit saves the text before it as a new version by the writer. A redo is an undo
with the two values of every field exchanged.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from tui.domain.changes import first_with_its_text
from tui.domain.content import Content, Version
from tui.domain.errors import Refused
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.person import NOBODY, Person
from tui.domain.status import OF_ONE_VERSION, Status, status_words
from tui.domain.steps import KEPT_STEPS, Action, Field, FieldChange, UndoStep, Value
from tui.domain.tags import has_tags_words
from tui.domain.undo_fields import NOT_UNDONE, differences, holds, no_way_back, put_back, value

NOT_REDONE: Final = "The step was not done again."


@frozen
class Redo:
    """An undone step, which can be redone."""

    step: UndoStep
    """The reversed step: each `before` is a value that the undo replaced, and `at` is its time."""
    taken: Content
    """The content before the undo, with the approvals and publications that the undo removed."""


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
    """Return `after` with a person's step back to `before`; unchanged when nothing changed.

    A deletion always adds a step, although it changes nothing in the content.
    """
    changes = tuple(differences(before, after))
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

    The sentence is empty when the step changed nothing. Raises `Refused` when there is no step, or
    when a field of the step was changed by other means since.
    """
    if not content.undo:
        raise Refused(f"There is nothing to undo in “{content.title}”.")
    step = content.undo[-1]
    if not step.changes:
        return Undone(without_last_step(content), "")
    after = _with_values_before(content, step, at, records=content, refusal=NOT_UNDONE)
    back = tuple(
        replace(change, before=change.after, after=value(after, change.field, change.of))
        for change in step.changes
    )
    redo = Redo(UndoStep(step.action, at, back), content)
    return Undone(without_last_step(after), _sentence(content, after, step), redo)


def redone(content: Content, redo: Redo, at: datetime, by: Person = NOBODY) -> Undone:
    """Return the content with an undone step redone by a person, as a new step.

    Raises `Refused` when a field of the step was changed since the undo.
    """
    after = _with_values_before(content, redo.step, at, records=redo.taken, refusal=NOT_REDONE)
    step = UndoStep(redo.step.action, at, tuple(differences(content, after)), by)
    return Undone(_with_step(after, step), _sentence(content, after, redo.step))


def _with_values_before(
    content: Content, step: UndoStep, at: datetime, *, records: Content, refusal: str
) -> Content:
    """Return the content with the fields of a step as before the step, or raise `Refused`.

    `records` has the approvals and publications that may be restored.
    """
    for change in step.changes:
        if not holds(content, change):
            now = value(content, change.field, change.of)
            raise Refused(f"{_changed_since(content, change, now)} {refusal}")
        if trouble := no_way_back(content, change, records):
            raise Refused(f"{trouble} {refusal}")
    after = content
    for change in sorted(step.changes, key=lambda change: change.field != Field.DRAFT):
        after = put_back(after, change, at, records)
    main = after.branch(after.main)
    if main.is_archived and not content.branch(content.main).is_archived:
        state = "the main branch" if content.main == after.main else "archived"
        raise Refused(f"“{main.name}” is {state} by now. {refusal}")
    if newer := _newer_than_approved(content, after, step):
        raise Refused(f"“{content.title}” has a newer text by now, v{newer.number}. {refusal}")
    return replace(after, updated_at=at)


def _newer_than_approved(before: Content, after: Content, step: UndoStep) -> Version | None:
    """Return main's draft if an undo would call it approved although it is newer than the step.

    An approval of another version than main's draft is restored, too, if the draft is older.
    """
    has_new_status = (_status_of_text(after), after.main) != (_status_of_text(before), before.main)
    draft, approval = after.draft(after.main), after.approval
    if not has_new_status or _status_of_text(after) not in OF_ONE_VERSION or draft is None:
        return None
    if approval is not None and draft.sha256 == approval.sha256:
        return None
    return draft if first_with_its_text(after, draft).created_at > step.at else None


def _status_of_text(content: Content) -> Status | None:
    is_archived = content.status is Status.ARCHIVED
    return content.status_before_archive if is_archived else content.status


def shows_the_same(one: Content, other: Content) -> bool:
    """Whether two values of a content look the same to a writer: every draft has the same text.

    Versions that undo and redo added in between are ignored.
    """
    return _seen(one) == _seen(other)


def _seen(content: Content) -> tuple[Content, list[str | None], dict[int, str]]:
    labels = {version.number: version.label for version in content.versions if version.label}
    drafts = [content.draft(branch.id) for branch in content.branches]
    bare = replace(content, versions=(), undo=(), updated_at=content.created_at)
    return bare, [None if draft is None else draft.text for draft in drafts], labels


# -- the sentences -------------------------------------------------------------------------------


def _changed_since(content: Content, change: FieldChange, now: Value) -> str:
    """Return what changed since an action, as a sentence; `now` is the field's value."""
    title = f"“{content.title}”"
    is_now = f"{title} is {status_words(content.status)} by now."
    sentences: Mapping[str, str] = {
        Field.TITLE: f"{title} has been renamed since.",
        Field.TAGS: f"The tags of {title} have changed since.",
        Field.STATUS: is_now,
        Field.BEFORE_ARCHIVE: is_now,
        Field.MAIN: f"{title} has another main branch by now.",
        Field.APPROVALS: f"The approvals of {title} have changed since.",
        Field.PUBLICATIONS: f"{title} has been published or taken back since.",
        Field.NAME: f"A branch of {title} is called “{now}” by now.",
        Field.IS_ARCHIVED: f"A branch of {title} has been archived or taken out since.",
        Field.DRAFT: f"The draft of {title} has changed since: it is v{now} now.",
        Field.LABEL: f"A label in {title} has changed since.",
        Field.VERSION_LABEL: f"A label of a version of {title} has changed since.",
        Field.TURN_VERSION: f"An answer in {title} has been taken as the draft since.",
    }
    return sentences.get(change.field, f"{title} has changed since.")


def _sentence(before: Content, after: Content, step: UndoStep) -> str:
    """Return sentences about what holds again: putting back the step led to `after`."""
    title = f"“{after.title}”"
    sentences: list[str] = []
    for change in step.changes:
        match change.field:
            case Field.TITLE:
                sentences.append(f"The title is {title} again.")
            case Field.TAGS:
                sentences.append(f"{title} has {has_tags_words(after.tags)} again.")
            case Field.NAME:
                name = before.branch(BranchId(change.of)).name
                sentences.append(f"The branch “{name}” is called “{change.before}” again.")
            case Field.IS_ARCHIVED:
                name = after.branch(BranchId(change.of)).name
                now = "archived" if change.before else "out of the archive"
                sentences.append(f"The branch “{name}” is {now} again.")
            case Field.MAIN:
                name = after.branch(after.main).name
                sentences.append(f"“{name}” is the main branch again.")
            case Field.DRAFT:
                sentences.append(_draft_again(before, after, change))
            case Field.LABEL:
                sentences.append(_label_again(after, change))
            case Field.VERSION_LABEL:
                label = f"is labelled “{change.before}”" if change.before else "has no label"
                sentences.append(f"v{change.of} {label} again.")
            case _:
                pass
    if after.status is not before.status:
        sentences.append(f"{title} is {status_words(after.status)} again.")
    if step.action == Action.PUBLISH and len(after.publications) < len(before.publications):
        sentences.append("The file stays where it was written.")
    return " ".join(sentences) or f"{title} is as it was before."


def _draft_again(before: Content, after: Content, change: FieldChange) -> str:
    branch = after.branch(BranchId(change.of))
    where = "" if branch.id == after.main else f" of the branch “{branch.name}”"
    number = len(after.versions)
    name = f", as v{number}" if number > len(before.versions) else ""
    return f"v{_first_number(after, change.before)} is the draft{where} again{name}."


def _first_number(content: Content, number: Value) -> Value:
    """Return the number under which a version's text was saved first."""
    if isinstance(number, int) and 0 < number <= len(content.versions):
        return first_with_its_text(content, content.version(number)).number
    return number


def _label_again(content: Content, change: FieldChange) -> str:
    numbers = (
        numbered.number
        for branch in content.branches
        for numbered in content.lineage(branch.id)
        if numbered.turn.id == change.of
    )
    label = f"is labelled “{change.before}”" if change.before else "has no label"
    return f"Turn {next(numbers)} {label} again."
