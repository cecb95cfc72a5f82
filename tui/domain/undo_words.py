"""The sentences about an undo and a redo: what holds now, or what keeps it from being so."""

from collections.abc import Mapping

from tui.domain.changes import first_with_its_text
from tui.domain.content import Content
from tui.domain.ids import BranchId
from tui.domain.status import status_words
from tui.domain.steps import Action, Field, FieldChange, UndoStep, Value


def changed_since(content: Content, change: FieldChange, now: Value) -> str:
    """Say what was changed since an action, which is kept for that; `now` is its value."""
    title = f"“{content.title}”"
    is_now = f"{title} is {status_words(content.status)} by now"
    said: Mapping[str, str] = {
        Field.TITLE: f"{title} has been renamed since",
        Field.STATUS: is_now,
        Field.BEFORE_ARCHIVE: is_now,
        Field.MAIN: f"{title} has another main branch by now",
        Field.APPROVALS: f"The approvals of {title} have changed since",
        Field.PUBLICATIONS: f"{title} has been published or taken back since",
        Field.NAME: f"A branch of {title} is called “{now}” by now",
        Field.IS_ARCHIVED: f"A branch of {title} has been archived or taken out since",
        Field.DRAFT: f"The draft of {title} has changed since: it is v{now} now",
        Field.LABEL: f"A label in {title} has changed since",
        Field.VERSION_LABEL: f"A label of a version of {title} has changed since",
        Field.TURN_VERSION: f"An answer in {title} has been taken as the draft since",
    }
    return said.get(change.field, f"{title} has changed since")


def sentence(before: Content, after: Content, step: UndoStep) -> str:
    """Say what holds again after this step was put back, which led from `before` to `after`."""
    title = f"“{after.title}”"
    said: list[str] = []
    for change in step.changes:
        match change.field:
            case Field.TITLE:
                said.append(f"The title is {title} again.")
            case Field.NAME:
                name = before.branch(BranchId(change.of)).name
                said.append(f"The branch “{name}” is called “{change.before}” again.")
            case Field.IS_ARCHIVED:
                name = after.branch(BranchId(change.of)).name
                now = "archived" if change.before else "out of the archive"
                said.append(f"The branch “{name}” is {now} again.")
            case Field.MAIN:
                name = after.branch(after.main).name
                said.append(f"“{name}” is the main branch again.")
            case Field.DRAFT:
                said.append(_draft_again(before, after, change))
            case Field.LABEL:
                said.append(_label_again(after, change))
            case Field.VERSION_LABEL:
                label = f"is labelled “{change.before}”" if change.before else "has no label"
                said.append(f"v{change.of} {label} again.")
            case _:
                pass
    if after.status is not before.status:
        said.append(f"{title} is {status_words(after.status)} again.")
    if step.action == Action.PUBLISH and len(after.publications) < len(before.publications):
        said.append("The file stays where it was written.")
    return " ".join(said) or f"{title} is as it was before."


def done_words(title: str, action: str) -> str:
    """Say what a step did to a content of this title, without a stop."""
    said: Mapping[str, str] = {
        Action.RENAME: "was renamed",
        Action.RENAME_BRANCH: "got another name for a branch",
        Action.LABEL: "got another label at a turn",
        Action.REVIEW: "was put in review",
        Action.REOPEN: "was made a draft again",
        Action.APPROVE: "was approved",
        Action.PUBLISH: "was published",
        Action.ARCHIVE: "was archived",
        Action.UNARCHIVE: "was taken out of the archive",
        Action.ARCHIVE_BRANCH: "got a branch archived",
        Action.RESTORE_BRANCH: "got a branch out of the archive",
        Action.MAIN: "got another main branch",
        Action.EDIT: "was edited",
        Action.TAKE: "took an answer as its draft",
        Action.CHOOSE: "got a draft made of some changes",
        Action.COMBINE: "got a draft put together from several",
        Action.BRING_BACK: "got an older text back",
        Action.DELETE: "was deleted",
    }
    return f"“{title}” {said.get(action, 'was changed')}"


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
        for numbered in content.line(branch.id)
        if numbered.turn.id == change.of
    )
    label = f"is labelled “{change.before}”" if change.before else "has no label"
    return f"Turn {next(numbers)} {label} again."
