"""A writer's decisions about the contents of a library: texts, approvals, names, the archive.

Every decision is one save of one file: the step that undoes the decision is saved together with the
change itself. So the undo list needs no file of its own, survives a restart and a crash, and is the
same for every program on the library.
"""

from dataclasses import replace
from pathlib import Path

from tui.domain import changes, choosing, turn_changes, undo
from tui.domain.branch_changes import archived_branch, restored_branch
from tui.domain.checks import check_base, checked_label, checked_name, checked_title, unique_name
from tui.domain.content import Choice, Content, Version
from tui.domain.drafts import text_to_take
from tui.domain.errors import Refused
from tui.domain.ids import BranchId, ContentId
from tui.domain.passage import Span
from tui.domain.signing import signed
from tui.domain.status import Status
from tui.domain.steps import Action
from tui.domain.tags import retagged
from tui.own_thread import alone
from tui.studio.files import named_file, write_whole
from tui.studio.ports import Change, Clock, Store, Who
from tui.studio.undo_list import UndoList


class Decisions:
    """Changes contents and records each change in the undo list."""

    def __init__(self, store: Store, clock: Clock, undo_list: UndoList, *, who: Who) -> None:
        self._store = store
        self._clock = clock
        self._who = who
        """The person who decides; undo takes back only this person's steps."""
        self._undo_list = undo_list

    @property
    def person_id(self) -> str:
        """The id of the person who works here; empty when the person is unknown."""
        return self._who.id

    async def edit_version(
        self,
        content_id: ContentId,
        branch_id: BranchId,
        text: str,
        *,
        on: int | None,
        locks: tuple[Span, ...] | None = None,
    ) -> Content:
        """Save an edit of version `on` (None: a first text) as the next; unchanged, it makes none.

        Raises `NewerDraft` when another version is the draft by now. `locks` are the locked ranges
        of the text; when omitted, the draft's locks are kept.
        """

        def edited(content: Content) -> Content:
            check_base(content, branch_id, on)
            return changes.edited(content, branch_id, text, self._clock(), locks)

        return await self._decide(content_id, Action.EDIT, edited)

    async def set_locks(
        self, content_id: ContentId, number: int, locks: tuple[Span, ...]
    ) -> Content:
        """Replace the locked ranges of a version; an empty sequence removes all locks."""
        return await self._store.update(
            content_id, lambda content: changes.with_locks(content, number, locks)
        )

    async def save_choice(
        self, content_id: ContentId, branch_id: BranchId, text: str, choice: Choice
    ) -> Content:
        """Save the writer's choice among the changes of a branch's draft as a new version.

        The branch's next prompt tells Claude which changes were refused. Raises `Refused` when
        there is a newer draft.
        """

        def chosen(content: Content) -> Content:
            return choosing.chosen(content, branch_id, text, choice, self._clock())

        return await self._decide(content_id, Action.CHOOSE, chosen)

    async def save_combined(
        self, content_id: ContentId, branch_id: BranchId, text: str, sources: tuple[int, ...]
    ) -> Content:
        """Save a text combined from paragraphs of several versions as the branch's next version."""

        def combined(content: Content) -> Content:
            return choosing.combined(content, branch_id, text, sources, self._clock())

        return await self._decide(content_id, Action.COMBINE, combined)

    async def label_turn(
        self, content_id: ContentId, branch_id: BranchId, number: int, label: str
    ) -> Content:
        """Label the turn with this number on a branch; an empty label removes the label."""
        label = checked_label(label)

        def labelled(content: Content) -> Content:
            numbered = content.turn_at(branch_id, number)
            turn = replace(numbered.turn, label=label)
            return changes.with_turn(content, numbered.owner, turn)

        return await self._decide(content_id, Action.LABEL, labelled)

    async def label_version(self, content_id: ContentId, number: int, label: str) -> Content:
        """Label a version; an empty label removes the label."""
        label = checked_label(label)

        def labelled(content: Content) -> Content:
            return changes.with_version_label(content, number, label)

        return await self._decide(content_id, Action.LABEL, labelled)

    async def take_draft(self, content_id: ContentId, branch_id: BranchId, number: int) -> Content:
        """Make a version of a turn's answer: its draft, whole or partial, or else its talk."""

        def taken(content: Content) -> Content:
            numbered = content.turn_at(branch_id, number)
            text = text_to_take(numbered.turn.reply)
            return turn_changes.taken_draft(
                content, numbered.owner, numbered.turn.id, text, self._clock()
            )

        return await self._decide(content_id, Action.TAKE, taken)

    async def bring_back(self, content_id: ContentId, branch_id: BranchId, number: int) -> Content:
        """Make an older version's text the draft of a branch again, as a new version.

        The branch's next prompt tells Claude about the change. Raises `Refused` when the draft
        already has that text. The caller has to check whether Claude is writing on the branch.
        """
        return await self._decide(
            content_id,
            Action.BRING_BACK,
            lambda content: changes.brought_back(content, branch_id, number, self._clock()),
        )

    async def approve(self, content_id: ContentId, number: int) -> Content:
        """Approve exactly this version."""
        return await self._decide(
            content_id,
            Action.APPROVE,
            lambda content: changes.approved(content, number, self._clock()),
        )

    async def publish_to_file(
        self,
        content_id: ContentId,
        file: Path | str,
        *,
        number: int | None = None,
        replace: bool = False,
    ) -> tuple[Content, Version]:
        """Write the approved text to a file, then mark exactly that version as published.

        `number` is the version that the writer chose: refused when another version is approved.
        Nothing is written when the status forbids publishing, and nothing is marked when writing
        fails. Raises `FileInTheWay` as `save_version` does, and `Refused` when another version was
        approved during the write.
        """
        path = await alone(named_file, file)
        content = await self._store.load(content_id)
        written = changes.published(content, str(path), self._clock()).publications[-1]
        if number is not None and written.version != number:
            raise Refused(
                f"v{written.version} of “{content.title}” is approved by now, not v{number}: "
                "nothing was written."
            )
        version = content.version(written.version)
        known = _sent_to(content, str(path))
        await alone(write_whole, path, version.text, replace=replace, known=known)

        def marked(content: Content) -> Content:
            approval = content.approval
            is_written = approval is not None and (approval.version, approval.sha256) == (
                written.version,
                written.sha256,
            )
            if content.status is not Status.APPROVED or not is_written:
                raise Refused(
                    f"“{content.title}” was changed while v{version.number} was written to {path}: "
                    "nothing is marked as published."
                )
            return changes.published(content, str(path), self._clock())

        content = await self._decide(content_id, Action.PUBLISH, marked)
        return content, version

    async def save_version(
        self, content_id: ContentId, number: int, file: Path | str, *, replace: bool = False
    ) -> tuple[Version, Path]:
        """Write any version's exact text to a file; return the version and the file's full path.

        The status does not change. Raises `InvalidInput` for an invalid file name, and
        `FileInTheWay` when the file exists, unless `replace` is set or the file still holds what
        this content last published to it.
        """
        path = await alone(named_file, file)
        content = await self._store.load(content_id)
        version, known = content.version(number), _sent_to(content, str(path))
        await alone(write_whole, path, version.text, replace=replace, known=known)
        return version, path

    async def move(self, content_id: ContentId, target: Status) -> Content:
        """Move a content to review, back to draft, or into the archive."""
        action = {Status.ARCHIVED: Action.ARCHIVE, Status.DRAFT: Action.REOPEN}
        return await self._decide(
            content_id,
            action.get(target, Action.REVIEW),
            lambda content: changes.with_status(content, target, self._clock()),
        )

    async def unarchive(self, content_id: ContentId) -> Content:
        """Take a content out of the archive and restore its previous status."""

        def restored(content: Content) -> Content:
            target = content.status_before_archive or Status.DRAFT
            return changes.with_status(content, target, self._clock())

        return await self._decide(content_id, Action.UNARCHIVE, restored)

    async def make_main(self, content_id: ContentId, branch_id: BranchId) -> Content:
        """Make another branch the main one."""
        return await self._decide(
            content_id,
            Action.MAIN,
            lambda content: changes.with_main(content, branch_id, self._clock()),
        )

    async def archive_branch(self, content_id: ContentId, branch_id: BranchId) -> Content:
        """Archive a branch; `Refused` for the main branch, or while Claude writes on the branch.

        Forks of the branch are not archived, and the branch can still be read, compared and forked.
        """
        return await self._decide(
            content_id,
            Action.ARCHIVE_BRANCH,
            lambda content: archived_branch(content, branch_id, self._clock()),
        )

    async def restore_branch(self, content_id: ContentId, branch_id: BranchId) -> Content:
        """Take a branch out of the archive."""
        return await self._decide(
            content_id,
            Action.RESTORE_BRANCH,
            lambda content: restored_branch(content, branch_id, self._clock()),
        )

    async def rename(self, content_id: ContentId, title: str) -> Content:
        """Give a content another title."""
        title = checked_title(title)
        return await self._decide(
            content_id, Action.RENAME, lambda content: replace(content, title=title)
        )

    async def tag(
        self, content_id: ContentId, before: tuple[str, ...], after: tuple[str, ...]
    ) -> Content:
        """Change the tags that the writer saw, `before`, into others; see `retagged`."""
        return await self._decide(
            content_id, Action.TAG, lambda content: retagged(content, before, after)
        )

    async def rename_branch(self, content_id: ContentId, branch_id: BranchId, name: str) -> Content:
        """Give a branch another name."""

        def renamed(content: Content) -> Content:
            branch = content.branch(branch_id)
            others = replace(
                content, branches=tuple(b for b in content.branches if b.id != branch_id)
            )
            new_name = unique_name(others, checked_name(name))
            return changes.with_branch(content, replace(branch, name=new_name))

        return await self._decide(content_id, Action.RENAME_BRANCH, renamed)

    async def _decide(self, content_id: ContentId, action: Action, change: Change) -> Content:
        """Apply a change, and save it together with the step that undoes it."""
        is_new = False
        by = await self._who()

        def recorded(content: Content) -> Content:
            nonlocal is_new
            changed = change(content)
            if changed is content:
                return content
            changed = signed(content, changed, by)
            changed = undo.with_step(content, changed, action, self._clock(), by)
            is_new = changed.undo is not content.undo
            return changed

        content = await self._store.update(content_id, recorded)
        if is_new:
            self._undo_list.note(content)
        return content


def _sent_to(content: Content, target: str) -> str:
    """Return the SHA-256 of the text that was last published to a target; empty without one."""
    return next(
        (sent.sha256 for sent in reversed(content.publications) if sent.target == target), ""
    )
