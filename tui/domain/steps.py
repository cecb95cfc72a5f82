"""Undo steps: what one user action changed in a content; see `tui.domain.undo`.

Actions and fields are stored as plain text, so that steps of a newer Redraft are not lost.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from tui.domain.frozen import frozen
from tui.domain.person import NOBODY, Person

KEPT_STEPS: Final = 50
"""Maximum number of steps of a content; so the last 50 steps of a library are always there."""

Value = str | int | None
"""A field's value: text, a count, a version's number, or nothing."""


class Action(StrEnum):
    """The kind of a user action."""

    RENAME = "rename"
    TAG = "tag"
    RENAME_BRANCH = "rename_branch"
    LABEL = "label"
    REVIEW = "review"
    REOPEN = "reopen"
    APPROVE = "approve"
    PUBLISH = "publish"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    ARCHIVE_BRANCH = "archive_branch"
    RESTORE_BRANCH = "restore_branch"
    MAIN = "main"
    EDIT = "edit"
    TAKE = "take"
    CHOOSE = "choose"
    COMBINE = "combine"
    BRING_BACK = "bring_back"
    DELETE = "delete"


class Field(StrEnum):
    """A field whose previous value can be restored."""

    TITLE = "title"
    TAGS = "tags"
    """The tags, with blanks in between."""
    STATUS = "status"
    BEFORE_ARCHIVE = "status_before_archive"
    MAIN = "main"
    APPROVALS = "approvals"
    """The number of approvals."""
    PUBLICATIONS = "publications"
    """The number of publications."""
    NAME = "name"
    """The name of a branch."""
    IS_ARCHIVED = "is_archived"
    """Of a branch: 0 or 1."""
    DRAFT = "draft"
    """Of a branch: the number of its draft; two versions with the same text count as the same."""
    TURN_VERSION = "turn_version"
    """Of a turn: the number of the version it made."""
    LABEL = "label"
    """Of a turn; empty for none."""
    VERSION_LABEL = "version_label"
    """Of the version with this number; empty for none."""


@frozen
class FieldChange:
    """One field before and after an action."""

    field: str
    of: str
    """Id of the branch or turn; empty for the content itself."""
    before: Value
    """The value that undo restores."""
    after: Value
    """The value that the field must still have for the undo."""


@frozen
class UndoStep:
    """One action that can be undone."""

    action: str
    at: datetime
    changes: tuple[FieldChange, ...] = ()
    """Empty for a deletion, which moves the content and changes nothing in it."""
    by: Person = NOBODY
    """The person who made the step; unknown for a step from before authors were recorded."""


def done_words(title: str, action: str) -> str:
    """Return what a step did to a content of this title, as a sentence without a full stop."""
    words: Mapping[str, str] = {
        Action.RENAME: "was renamed",
        Action.TAG: "got other tags",
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
    return f"“{title}” {words.get(action, 'was changed')}"
