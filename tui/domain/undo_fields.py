"""The fields of undo steps: reading a value, comparing two contents, restoring a value.

`tui.domain.undo` has the rules that use them.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from tui.domain.changes import with_branch, with_text_of, with_turn, with_version_label
from tui.domain.content import Branch, Content, Turn, Version
from tui.domain.errors import Refused
from tui.domain.ids import BranchId
from tui.domain.status import Status
from tui.domain.steps import Field, FieldChange, Value

NOT_UNDONE: Final = "The step was not undone. Undo again takes back what came before it."
"""What a refused undo says after the reason."""

# -- what an action changed ----------------------------------------------------------------------


def differences(before: Content, after: Content) -> Iterator[FieldChange]:
    """Yield what an action changed, field by field; Claude's turns are not among the fields."""
    for field in (
        Field.TITLE,
        Field.TAGS,
        Field.STATUS,
        Field.BEFORE_ARCHIVE,
        Field.MAIN,
        Field.APPROVALS,
        Field.PUBLICATIONS,
    ):
        yield from _difference(field, "", value(before, field, ""), value(after, field, ""))
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


def value(content: Content, field: str, of: str) -> Value:
    """Return a field's current value; None also for a missing branch or turn.

    Raises `Refused` for a field that only a newer Redraft knows.
    """
    own: dict[str, Value] = {
        Field.TITLE: content.title,
        Field.TAGS: " ".join(content.tags),
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
            raise Refused(f"A newer Redraft did this. {NOT_UNDONE}")


def _turn(content: Content, turn_id: str) -> tuple[BranchId, Turn] | None:
    for branch in content.branches:
        for turn in branch.turns:
            if turn.id == turn_id:
                return branch.id, turn
    return None


def holds(content: Content, change: FieldChange) -> bool:
    """Whether a field still has the value an action left; two versions of one text count as one."""
    now = value(content, change.field, change.of)
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


def no_way_back(content: Content, change: FieldChange, records: Content) -> str:
    """Return why a field cannot get back what it had, as a sentence; empty when it can."""
    before, field = change.before, change.field
    title = f"“{content.title}”"
    if field == Field.DRAFT and _version(content, before) is None:
        return f"v{change.after} is the first text of {title}."
    if field == Field.NAME and any(branch.name == before for branch in content.branches):
        return f"Another branch of {title} is called “{before}” by now."
    if field == Field.MAIN and all(branch.id != before for branch in content.branches):
        return f"The branch that was the main one of {title} is gone."
    if not _fits(field, before) or not _has_records(content, field, before, records):
        return f"What {title} was before is not known."
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
        case Field.TAGS | Field.LABEL | Field.VERSION_LABEL:
            return isinstance(value, str)
        case Field.STATUS:
            return value in tuple(Status)
        case Field.BEFORE_ARCHIVE:
            return value is None or value in tuple(Status)
        case Field.APPROVALS | Field.PUBLICATIONS | Field.IS_ARCHIVED:
            return isinstance(value, int) and value >= 0
        case _:
            return True


def put_back(content: Content, change: FieldChange, at: datetime, records: Content) -> Content:
    """Return the content with a field as it was before a change, which `no_way_back` allows.

    `records` has the approvals and publications that may be restored.
    """
    before = change.before
    match change.field:
        case Field.NAME:
            branch = content.branch(BranchId(change.of))
            return with_branch(content, replace(branch, name=str(before)))
        case Field.IS_ARCHIVED:
            branch = content.branch(BranchId(change.of))
            return with_branch(content, replace(branch, is_archived=bool(before)))
        case Field.DRAFT:
            return _with_text_of(content, BranchId(change.of), before, at)
        case Field.TURN_VERSION:
            number = before if isinstance(before, int) else None
            return _with_turn_of(content, change, lambda turn: replace(turn, version=number))
        case Field.LABEL:
            return _with_turn_of(content, change, lambda turn: replace(turn, label=str(before)))
        case Field.VERSION_LABEL:
            return with_version_label(content, int(change.of), str(before))
        case _:
            return _with_own_field(content, change.field, before, records)


def _with_own_field(content: Content, field: str, before: Value, records: Content) -> Content:
    """Return the content with a field that belongs to no branch, turn or version put back."""
    match field:
        case Field.TITLE:
            return replace(content, title=str(before))
        case Field.TAGS:
            return replace(content, tags=tuple(str(before).split()))
        case Field.STATUS:
            return replace(content, status=Status(str(before)))
        case Field.BEFORE_ARCHIVE:
            status = None if before is None else Status(str(before))
            return replace(content, status_before_archive=status)
        case Field.APPROVALS:
            return replace(content, approvals=records.approvals[: int(before or 0)])
        case Field.PUBLICATIONS:
            return replace(content, publications=records.publications[: int(before or 0)])
        case _:
            return replace(content, main=BranchId(str(before)))


def _with_turn_of(
    content: Content, change: FieldChange, changed: Callable[[Turn], Turn]
) -> Content:
    """Return the content with the turn of a change changed; the turn exists."""
    found = _turn(content, change.of)
    return content if found is None else with_turn(content, found[0], changed(found[1]))


def _with_text_of(content: Content, branch_id: BranchId, number: Value, at: datetime) -> Content:
    """Return the content with an older version's text as the branch's draft again."""
    older, current = _version(content, number), content.draft(branch_id)
    if older is None or (current is not None and current.sha256 == older.sha256):
        return content
    return with_text_of(content, branch_id, older, at)
