"""What a writer decides about the contents of a library: texts, approvals, names, the archive.

Every decision is one save of one file: the step that leads back is saved with what it undoes. So
the undo list needs no file of its own, outlives a restart and a crash, and is the same for every
program on the library.
"""

from dataclasses import replace
from pathlib import Path

from tui.domain import changes, choosing, turn_changes, undo
from tui.domain.branch_changes import archived_branch, restored_branch
from tui.domain.checks import check_base, checked_name, checked_title, unique_name
from tui.domain.content import Choice, Content, Version
from tui.domain.drafts import finished_draft, partial_draft
from tui.domain.errors import Refused
from tui.domain.ids import BranchId, ContentId
from tui.domain.passage import Span
from tui.domain.signing import signed
from tui.domain.status import Status
from tui.domain.steps import Action
from tui.own_thread import alone
from tui.studio.files import named_file, write_whole
from tui.studio.ports import Change, Clock, Store, Who
from tui.studio.undo_list import UndoList


class Decisions:
    """Changes contents, and notes each change in the undo list."""

    def __init__(self, store: Store, clock: Clock, undo_list: UndoList, *, who: Who) -> None:
        self._store = store
        self._clock = clock
        self._who = who
        """Who decides; nobody else's step is undone."""
        self._undo_list = undo_list

    @property
    def person_id(self) -> str:
        """What tells who works here from all others; empty where that is not known."""
        return self._who.id

    async def edit(self, content_id: ContentId, branch_id: BranchId, text: str) -> Content:
        """Save a text by the writer's hand as the next version; an unchanged one makes none."""
        return await self._decide(
            content_id,
            Action.EDIT,
            lambda content: changes.edited(content, branch_id, text, self._clock()),
        )

    async def edit_version(
        self,
        content_id: ContentId,
        branch_id: BranchId,
        text: str,
        *,
        on: int | None,
        locks: tuple[Span, ...] | None = None,
    ) -> Content:
        """Like `edit`, for a text made from version `on`: refused when there is a newer draft.

        `locks` are the stretches of the text that are locked; without them those of the draft stay.
        """

        def edited(content: Content) -> Content:
            check_base(content, branch_id, on)
            return changes.edited(content, branch_id, text, self._clock(), locks)

        return await self._decide(content_id, Action.EDIT, edited)

    async def set_locks(
        self, content_id: ContentId, number: int, locks: tuple[Span, ...]
    ) -> Content:
        """Lock these stretches of a version, and no others; locks are taken off the same way."""
        return await self._store.update(
            content_id, lambda content: changes.with_locks(content, number, locks)
        )

    async def save_choice(
        self, content_id: ContentId, branch_id: BranchId, text: str, choice: Choice
    ) -> Content:
        """Save what was made of some changes of a branch's draft, as a new version.

        Claude is told in the branch's next prompt which were refused. Raises `Refused` when there
        is a newer draft.
        """

        def chosen(content: Content) -> Content:
            return choosing.chosen(content, branch_id, text, choice, self._clock())

        return await self._decide(content_id, Action.CHOOSE, chosen)

    async def save_combined(
        self, content_id: ContentId, branch_id: BranchId, text: str, sources: tuple[int, ...]
    ) -> Content:
        """Save a text put together from paragraphs of several versions as a branch's next one."""

        def combined(content: Content) -> Content:
            return choosing.combined(content, branch_id, text, sources, self._clock())

        return await self._decide(content_id, Action.COMBINE, combined)

    async def label_turn(
        self, content_id: ContentId, branch_id: BranchId, number: int, label: str
    ) -> Content:
        """Give the turn with this number along a branch a label; an empty one takes it away."""
        label = checked_name(label) if label.strip() else ""

        def labelled(content: Content) -> Content:
            numbered = content.turn_at(branch_id, number)
            turn = replace(numbered.turn, label=label)
            return changes.with_turn(content, numbered.owner, turn)

        return await self._decide(content_id, Action.LABEL, labelled)

    async def label_version(self, content_id: ContentId, number: int, label: str) -> Content:
        """Give a version a label; an empty one takes it away."""
        label = checked_name(label) if label.strip() else ""

        def labelled(content: Content) -> Content:
            return changes.with_version_label(content, number, label)

        return await self._decide(content_id, Action.LABEL, labelled)

    async def take_draft(self, content_id: ContentId, branch_id: BranchId, number: int) -> Content:
        """Make a version of what a turn answered: its draft, whole or partial, or else its talk."""

        def taken(content: Content) -> Content:
            numbered = content.turn_at(branch_id, number)
            reply = numbered.turn.reply
            text = finished_draft(reply) or partial_draft(reply) or reply
            return turn_changes.taken_draft(
                content, numbered.owner, numbered.turn.id, text, self._clock()
            )

        return await self._decide(content_id, Action.TAKE, taken)

    async def bring_back(self, content_id: ContentId, branch_id: BranchId, number: int) -> Content:
        """Make an older version's text the draft of a branch again, as a new version.

        Claude is told of it in the branch's next prompt. Raises `Refused` when that text is the
        draft already; whether Claude writes there now is for the caller to look at.
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
        """Write the approved text to a file, then mark exactly that version published.

        With `number`, the version that a person chose: refused when another one is approved.
        Nothing is written when publishing is not legal now, nothing marked when writing fails.
        Raises `FileInTheWay` as `save_version` does, and `Refused` when another version was
        approved while this one was written.
        """
        path = await alone(named_file, file)
        content = await self._store.load(content_id)
        written = changes.published(content, str(path), self._clock()).publication
        if written is None:
            raise Refused(f"“{content.title}” has no approved version to publish.")
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
        """Write any version's exact text to a file; return the version and the file's whole path.

        The status stays as it is. Raises `InvalidInput` for a name that leads nowhere, and
        `FileInTheWay` when the file exists, unless it is just as this content was last published
        to it or `replace` says that it may be replaced.
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
        """Take a content out of the archive, back to the status it had."""

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
        """Put a branch into the archive; `Refused` for the main one, or while Claude writes there.

        Its forks stay where they are, and it can be read, compared and forked from.
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
        """Make a change and save the step that undoes it with it."""
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
    """Return the SHA-256 of the text that was last published to a target; empty for none."""
    return next(
        (sent.sha256 for sent in reversed(content.publications) if sent.target == target), ""
    )
