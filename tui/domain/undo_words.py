"""The sentences about an undo: what was undone, or what keeps it from being undone."""

from collections.abc import Mapping

from tui.domain.content import Content
from tui.domain.steps import Action, Field, FieldChange, UndoStep, Value


def changed_since(content: Content, change: FieldChange, now: Value) -> str:
    """Say what was changed since an action, which is not undone for that; `now` is its value."""
    title = f"“{content.title}”"
    moved = f"{title} is {content.status.value} by now, by other means"
    said: Mapping[str, str] = {
        Field.TITLE: f"{title} was renamed by other means since",
        Field.STATUS: moved,
        Field.BEFORE_ARCHIVE: moved,
        Field.MAIN: f"{title} has another main branch by now",
        Field.APPROVALS: f"The approvals of {title} were changed since",
        Field.PUBLICATIONS: f"What was published of {title} was changed since",
        Field.NAME: f"A branch of {title} is called “{now}” by now",
        Field.IS_ARCHIVED: f"A branch of {title} was archived or taken out since",
        Field.DRAFT: f"The draft of {title} was changed since: it is v{now} now",
        Field.TURN_VERSION: f"An answer in {title} was taken again since",
    }
    return f"{said.get(change.field, title)}, so that was not undone."


def sentence(before: Content, after: Content, step: UndoStep) -> str:
    """Say what an undo of this step, which led from `before` to `after`, took back."""
    values: dict[str, FieldChange] = {change.field: change for change in step.changes}
    what = _done(before, after, step, values)
    text = values.get(Field.DRAFT)
    if text is not None:
        number = len(after.versions)
        again = f", as v{number}" if number > len(before.versions) else ""
        what += f"; its text is that of v{text.before} again{again}"
    return f"Undone: {what}."


def _done(
    before: Content, after: Content, step: UndoStep, values: Mapping[str, FieldChange]
) -> str:
    title = f"“{before.title}”"
    name = values.get(Field.NAME)
    old, new = (name.before, name.after) if name else ("", "")
    approved = f"v{before.approval.version}" if before.approval else "a version"
    published = f"v{before.publication.version}" if before.publication else "a version"
    said: Mapping[str, str] = {
        Action.RENAME: f"renamed “{after.title}” to {title}",
        Action.RENAME_BRANCH: f"renamed branch “{old}” of {title} to “{new}”",
        Action.REVIEW: f"moved {title} to review",
        Action.REOPEN: f"took {title} back to draft",
        Action.APPROVE: f"approved {approved} of {title}",
        Action.PUBLISH: f"marked {published} of {title} published; the file written stays",
        Action.ARCHIVE: f"archived {title}",
        Action.UNARCHIVE: f"took {title} out of the archive",
        Action.MAIN: f"made “{before.branch(before.main).name}” the main branch of {title}",
        Action.EDIT: f"edited {title}",
        Action.TAKE: f"took an answer as the draft of {title}",
        Action.DELETE: f"deleted {title}",
    }
    return said.get(step.action, f"{step.action} of {title}")
