"""How a content changes: pure functions from one value to the next.

Each takes the content first and what happened after it, and returns the whole new content. They
are small enough for a store to replay on a newer copy of the same content.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from tui.domain.checks import checked_kind, checked_name, checked_title, unique_name
from tui.domain.content import (
    Approval,
    Author,
    Branch,
    Choice,
    Content,
    Publication,
    Turn,
    Version,
)
from tui.domain.drafts import trimmed
from tui.domain.errors import InvalidInput, Refused
from tui.domain.guarding import (
    carried,
    in_trimmed,
)
from tui.domain.ids import BranchId, ContentId, MessageId, SessionId
from tui.domain.passage import Span, merged
from tui.domain.status import OF_ONE_VERSION, Status, moved
from tui.domain.tags import checked_tags
from tui.domain.words import count_words, text_hash

FIRST_NAME: Final = "first draft"
"""Name of the branch every content begins with; which branch is the main one may change."""


def new_content(
    content_id: ContentId,
    *,
    title: str,
    kind: str,
    brief: str,
    tags: Sequence[str] = (),
    branch: BranchId,
    session: SessionId,
    at: datetime,
) -> Content:
    """Return a content with one empty branch whose session id is chosen; raises `InvalidInput`."""
    return Content(
        id=content_id,
        title=checked_title(title),
        kind=checked_kind(kind),
        brief=brief.strip(),
        tags=checked_tags(*tags),
        created_at=at,
        updated_at=at,
        main=branch,
        branches=(Branch(branch, FIRST_NAME, session, at),),
    )


def with_branch(content: Content, branch: Branch) -> Content:
    """Return the content with a branch replaced by its next value."""
    branches = tuple(branch if old.id == branch.id else old for old in content.branches)
    return replace(content, branches=branches)


def refuse_archived(content: Content, branch_id: BranchId) -> None:
    """Raise `Refused` for a content or a branch in the archive, on which nobody writes."""
    if content.status is Status.ARCHIVED:
        raise Refused(f"“{content.title}” is archived: take it out of the archive first.")
    branch = content.branch(branch_id)
    if branch.is_archived:
        raise Refused(
            f"The branch “{branch.name}” is archived: bring it back first, or fork from it."
        )


def refuse_unchanged(content: Content, branch_id: BranchId, text: str) -> None:
    """Raise `Refused` for a text that is the draft of a branch already."""
    current = content.draft(branch_id)
    if current is not None and current.text == text:
        raise Refused(f"The draft, v{current.number}, has this text already.")


def with_turn(content: Content, branch_id: BranchId, turn: Turn) -> Content:
    """Return the content with one of a branch's own turns replaced by its next value."""
    place = content.turn_place(branch_id, turn.id)
    branch = content.branch(branch_id)
    turns = (*branch.turns[:place], turn, *branch.turns[place + 1 :])
    return with_branch(content, replace(branch, turns=turns))


def edited(
    content: Content,
    branch_id: BranchId,
    text: str,
    at: datetime,
    locks: tuple[Span, ...] | None = None,
) -> Content:
    """Return the content with a version edited by the writer; an unchanged text makes none.

    `locks` are those in `text`; None keeps the previous ones wherever their words still stand.
    """
    refuse_archived(content, branch_id)
    if locks is not None:
        locks = in_trimmed(text, locks)
    text = trimmed(text)
    if not text:
        raise InvalidInput("The draft is empty, so nothing was saved.")
    current = content.draft(branch_id)
    if current is not None and current.text == text:
        return content if locks is None else with_locks(content, current.number, locks)
    return with_version(
        content,
        branch_id,
        text,
        author=Author.YOU,
        locks=locks,
        at=at,
    )


def with_locks(content: Content, number: int, locks: tuple[Span, ...]) -> Content:
    """Return the content with the locks of a version replaced; raises `NotFound`."""
    version = content.version(number)
    if version.locks == locks:
        return content
    return _with_version(content, replace(version, locks=locks))


def _with_version(content: Content, version: Version) -> Content:
    versions = tuple(version if old.number == version.number else old for old in content.versions)
    return replace(content, versions=versions)


def with_version_label(content: Content, number: int, label: str) -> Content:
    """Return the content with a version labelled; raises `NotFound`."""
    return _with_version(content, replace(content.version(number), label=label))


def brought_back(content: Content, branch_id: BranchId, number: int, at: datetime) -> Content:
    """Return the content with an older version's text as a branch's draft, in a new version.

    Raises `NotFound` for a version that is not there, `Refused` when the draft is that text.
    """
    refuse_archived(content, branch_id)
    older, current = content.version(number), content.draft(branch_id)
    if current is not None and current.number == number:
        raise Refused(f"v{number} is the draft already.")
    if current is not None and current.text == older.text:
        raise Refused(f"The draft, v{current.number}, has the text of v{number} already.")
    return with_text_of(content, branch_id, older, at)


def with_text_of(content: Content, branch_id: BranchId, older: Version, at: datetime) -> Content:
    """Return the content with a version by the writer that has an older one's text.

    What was locked in it is locked again, and so is what is locked now, as far as it stands there.
    """
    current = content.draft(branch_id)
    still = () if current is None else still_locked(current, older.text)
    return with_version(
        content,
        branch_id,
        older.text,
        author=Author.YOU,
        is_partial=older.is_partial,
        restored_from=first_with_its_text(content, older).number,
        locks=merged((*older.locks, *still)),
        at=at,
    )


def first_with_its_text(content: Content, version: Version) -> Version:
    """Return the version whose text this one restored; the version itself if it restored none."""
    while (number := version.restored_from) is not None and 0 < number < version.number:
        version = content.version(number)
    return version


def with_version(
    content: Content,
    branch_id: BranchId,
    text: str,
    *,
    author: Author,
    is_partial: bool = False,
    restored_from: int | None = None,
    choice: Choice | None = None,
    sources: tuple[int, ...] = (),
    locks: tuple[Span, ...] | None = None,
    at: datetime,
) -> Content:
    """Return the content with a branch's next version; on main an approved content becomes a draft.

    Without `locks` those of the draft before stay, wherever their words still stand.
    """
    before = content.draft(branch_id)
    if locks is None:
        locks = () if before is None else still_locked(before, text)
    version = Version(
        number=len(content.versions) + 1,
        text=text,
        sha256=text_hash(text),
        words=count_words(text),
        author=author,
        branch=branch_id,
        after_turn=content.length(branch_id),
        created_at=at,
        before=None if before is None else before.number,
        is_partial=is_partial,
        restored_from=restored_from,
        choice=choice,
        sources=sources,
        locks=locks,
    )
    grown = replace(content, versions=(*content.versions, version), updated_at=at)
    return _with_another_text(grown) if branch_id == content.main else grown


def still_locked(before: Version, text: str) -> tuple[Span, ...]:
    """Return the locks of a version whose words still stand in a later text."""
    places = carried(before.text, before.locks, text)
    return tuple(sorted(place for place in places if place is not None))


def relocked(before: Version, locks: tuple[Span, ...], after: Version) -> tuple[Span, ...]:
    """Return the locks of a later version once those of an earlier one are made these."""
    gone = [lock for lock in before.locks if lock not in locks]
    new = [lock for lock in locks if lock not in before.locks]
    unlocked = carried(before.text, gone, after.text)
    kept = [lock for lock in after.locks if lock not in unlocked]
    places = carried(before.text, new, after.text)
    return merged((*kept, *(place for place in places if place is not None)))


def forked(
    content: Content,
    parent: BranchId,
    after_turn: int,
    *,
    branch: BranchId,
    session: SessionId,
    name: str,
    at: datetime,
    version: int | None = None,
    anchor: MessageId | None = None,
) -> Content:
    """Return the content with a new branch that leaves `parent` after a turn's answer.

    The branch begins with the draft as it was there, or with the text of `version`, whichever
    branch that is of.

    `after_turn` is counted along the parent from 1; 0 leaves before the first turn. A fork at a
    turn that the parent shares with its own ancestor leaves that ancestor. With `anchor` the branch
    is live: its session is a copy that ends with that message, and counts its cost from nothing.
    Raises `NotFound`, `InvalidInput`.
    """
    base_version = version_at(content, parent, after_turn)
    if version is not None:
        base_version = content.version(version).number
    if after_turn or content.length(parent):
        parent = content.turn_at(parent, after_turn or 1).owner
    new = Branch(
        id=branch,
        name=unique_name(content, checked_name(name)),
        session=session,
        created_at=at,
        parent=parent,
        forked_after=after_turn,
        base_version=base_version,
        base_anchor=anchor,
        is_live=anchor is not None,
        total_cost=None if anchor is None else 0.0,
    )
    return replace(content, branches=(*content.branches, new), updated_at=at)


def version_at(content: Content, branch_id: BranchId, after_turn: int) -> int | None:
    """Return the version a writer sees on a branch after one of its turns and before the next."""
    branch = content.branch(branch_id)
    # What a turn answered is its draft also when the writer took it only later.
    is_there = 1 <= after_turn <= content.length(branch_id)
    answered = content.turn_at(branch_id, after_turn).turn.version if is_there else None
    for version in reversed(content.versions):
        is_its_own = version.number == answered
        if version.branch == branch_id and (version.after_turn <= after_turn or is_its_own):
            return version.number
    if branch.parent is None or after_turn >= branch.forked_after:
        return branch.base_version
    return version_at(content, branch.parent, after_turn)


def approved(content: Content, number: int, at: datetime) -> Content:
    """Return the content with exactly this version approved; a draft goes through review."""
    version = content.version(number)
    approval = content.approval
    if content.status is Status.APPROVED and approval and approval.version == number:
        return content
    if content.status is Status.APPROVED and approval:
        raise Refused(
            f"v{approval.version} is approved: reopen the piece to approve v{number} instead."
        )
    status = content.status
    if status is Status.DRAFT:
        status = moved(status, Status.REVIEW)
    status = moved(status, Status.APPROVED)
    approval = Approval(version.number, version.sha256, at)
    return replace(content, status=status, approvals=(*content.approvals, approval), updated_at=at)


def published(content: Content, target: str, at: datetime) -> Content:
    """Return the content with its approved version published."""
    status = moved(content.status, Status.PUBLISHED)
    approval = content.approval
    if approval is None:
        raise Refused(f"“{content.title}” has no approved version to publish: approve one first.")
    if text_hash(content.version(approval.version).text) != approval.sha256:
        raise Refused(
            f"v{approval.version} of “{content.title}” is not the text that was approved any more: "
            "reopen the piece, read it and approve it again."
        )
    publication = Publication(approval.version, approval.sha256, at, target)
    return replace(
        content,
        status=status,
        publications=(*content.publications, publication),
        updated_at=at,
    )


def with_status(content: Content, target: Status, at: datetime) -> Content:
    """Return the content moved to review, back to draft, into the archive or out of it."""
    if target in OF_ONE_VERSION and content.status is not Status.ARCHIVED:
        raise Refused(f"Only one exact version can be {target.value}: choose which.")
    status = moved(content.status, target, before_archive=content.status_before_archive)
    before = content.status if target is Status.ARCHIVED else None
    return replace(content, status=status, status_before_archive=before, updated_at=at)


def with_main(content: Content, branch_id: BranchId, at: datetime) -> Content:
    """Return the content with another main branch; unchanged when that is the main one already.

    An approved or published content whose new main branch shows another text becomes a draft again,
    and so does an archived content, which leaves the archive. An archived branch leaves the
    archive.
    """
    branch = content.branch(branch_id)
    if branch_id == content.main:
        return content
    if branch.is_archived:
        content = with_branch(content, replace(branch, is_archived=False))
    content = replace(content, main=branch_id, updated_at=at)
    draft, approval = content.draft(branch_id), content.approval
    is_approved_text = draft is not None and approval and draft.sha256 == approval.sha256
    return content if is_approved_text else _with_another_text(content)


def _with_another_text(content: Content) -> Content:
    """Return the content with a status that fits its new main text: a draft, if it was approved."""
    if content.status in OF_ONE_VERSION:
        return replace(content, status=moved(content.status, Status.DRAFT))
    if content.status_before_archive in OF_ONE_VERSION:
        return replace(content, status_before_archive=Status.DRAFT)
    return content
