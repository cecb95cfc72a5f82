"""Contents that come from another library; pure.

Two contents are the same when they differ only in their session ids, which change at an import when
they are taken, and in their undo steps.
"""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from tui.domain.content import Branch, Content
from tui.domain.ids import BranchId, ContentId, SessionId

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_ID_LENGTH: Final = 10


def is_same(one: Content, other: Content) -> bool:
    """Whether two contents are the same; see above."""
    return _without_sessions(one) == _without_sessions(other)


def _without_sessions(content: Content) -> Content:
    branches = tuple(
        replace(branch, session=SessionId(""), is_live=False) for branch in content.branches
    )
    return replace(content, branches=branches, undo=())


def under_new_id(content: Content, content_id: ContentId | None = None) -> Content:
    """Return the content under another id, by default a hash of what it holds.

    So a second import of a bundle finds the content of the first one. The ids of the branches are
    derived from the new id, since no two contents share a branch id. Undo steps are dropped,
    because they name branches by their old ids.
    """
    content_id = content_id or _id_from(content)
    ids = {
        branch.id: BranchId(str(uuid5(NAMESPACE_URL, f"redraft:{content_id}:{branch.id!r}")))
        for branch in content.branches
    }
    branches = tuple(
        replace(
            branch,
            id=ids[branch.id],
            parent=None if branch.parent is None else ids[branch.parent],
        )
        for branch in content.branches
    )
    versions = tuple(
        replace(version, branch=ids.get(version.branch, version.branch))
        for version in content.versions
    )
    return replace(
        content,
        id=content_id,
        main=ids[content.main],
        branches=branches,
        versions=versions,
        undo=(),
    )


def _id_from(content: Content) -> ContentId:
    seed = sha256(repr(_without_sessions(content)).encode()).digest()
    return ContentId("".join(_LETTERS[byte % len(_LETTERS)] for byte in seed[:_ID_LENGTH]))


def with_sessions(content: Content, placed: Mapping[BranchId, tuple[SessionId, bool]]) -> Content:
    """Return the content with the new session of each branch, and whether it can be resumed."""

    def here(branch: Branch) -> Branch:
        session, is_live = placed[branch.id]
        return replace(branch, session=session, is_live=is_live)

    return replace(content, branches=tuple(here(branch) for branch in content.branches))
