"""Editing a draft by hand, here or in the writer's own editor, and saving what was made of it."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from tui.domain.changes import edited, relocked, still_locked
from tui.domain.content import Author, Content, Version
from tui.domain.counts import words_before_today
from tui.domain.drafts import trimmed
from tui.domain.errors import LibraryProblem, NewerDraft, RedraftError, Refused
from tui.domain.frozen import frozen
from tui.domain.guarding import carried
from tui.domain.ids import BranchId, ContentId
from tui.domain.merging import merged
from tui.domain.newest_step import StepSeen
from tui.domain.passage import Span
from tui.domain.passage import merged as merged_spans
from tui.domain.place import EditorModes
from tui.domain.spelling import AS_USUAL, Spelling
from tui.domain.words import counted
from tui.screens.main import texts
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.open_draft import OpenDraft
from tui.screens.main.options import MainOptions
from tui.screens.main.outside import OutsidePlace, edited_outside
from tui.screens.main.prompts import Prompts
from tui.screens.main.ui import Handlers, Work, WorkspaceState
from tui.screens.main.workspace import put

if TYPE_CHECKING:
    from tui.screens.edited_piece import EditedPiece

SAVE_AGAIN_AFTER: Final = 2.0
"""Seconds between attempts to save what could not be saved."""


@frozen
class _Edit:
    """A text that was made by hand of a branch's draft."""

    content: Content
    branch: BranchId
    text: str
    draft: Version | None
    """The version it was made of."""
    locks: tuple[Span, ...] | None = None
    """What is locked in it; None for what is locked in the draft, wherever that stands now."""
    note: str = ""
    """What the writer says of it: the label of its version."""


@frozen
class _Discarded:
    """An edit that was discarded, which undo brings back."""

    title: str
    branch: BranchId
    text: str | None
    """The text, where it differs from the version it was made of."""
    locks: tuple[Span, ...] | None
    draft: Version | None
    """The version it was made of."""
    after: StepSeen | None
    """The newest step that could be undone when it was discarded."""


class EditActions(ActionGroup):
    """The commands that edit a draft; what is unsaved is kept with the place of the writer."""

    def __init__(self, desk: Desk, prompts: Prompts) -> None:
        super().__init__(desk)
        self._prompts = prompts
        self._cursors: dict[BranchId, int] = {}
        """Where the cursor was in the editor of each branch."""
        self._discarded: list[_Discarded] = []
        self._saving = asyncio.Lock()
        """Held while an edit is saved that could not be saved at first."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"edit": self._edit, "edit_outside": self._edit_outside}

    def keep(
        self,
        branch: BranchId,
        text: str | None,
        of: Version | None = None,
        locks: tuple[Span, ...] | None = None,
    ) -> None:
        """Remember what an editor holds unsaved, or (None) that it holds nothing.

        `of` is the version that the text was made of; `locks` are locked in the text as it is now,
        or None where that is what is locked in the version.
        """
        place = self._state.now.place
        is_kept = text is not None or locks is not None
        edits, locked = put(place.edits, branch, text), put(place.locked, branch, locks)
        edited = put(place.edited, branch, of.number if is_kept and of is not None else None)
        is_new = edits is not place.edits or edited is not place.edited
        if is_new or locked is not place.locked:
            self._state.put_place(replace(place, edits=edits, edited=edited, locked=locked))

    def _keep_open(
        self, opened: OpenDraft, branch: BranchId, text: str, locks: tuple[Span, ...]
    ) -> None:
        """Remember what the editor of a draft holds now."""
        is_same = text == opened.text
        is_locked = locks != opened.locks or (locks and not is_same)
        self.keep(
            branch,
            None if is_same else text,
            of=opened.draft,
            locks=locks if is_locked else None,
        )

    def _made_of(self, content: Content, branch: BranchId) -> Version | None:
        """Return the version that a kept edit was made of; without an edit the draft."""
        number = self._state.now.place.edited.get(branch)
        if number is None or not 1 <= number <= len(content.versions):
            return content.draft(branch)
        return content.version(number)

    async def show_new(self, content: Content, branch: BranchId) -> None:
        """Take over a piece with a new version on a branch, and show that version's card."""
        if branch == self._state.now.branch:
            self._ui.show_turn(0)
        await self._library.take_over(content)

    # -- the editors -------------------------------------------------------------------------

    async def _edit(self) -> None:
        from tui.screens.editor import EditorScreen

        about = self._library.about
        content, branch = about.content, about.branch
        draft = self._made_of(content, branch)
        kept = self._state.now.place.edits.get(branch)
        locked = self._state.now.place.locked.get(branch)
        if kept is not None or locked is not None:
            self._ui.show_notice(texts.EDIT_IS_BACK)
        opened = OpenDraft(
            self._studio,
            self._prompts,
            content,
            branch,
            draft=draft,
            saved=self._saved,
            wish=self._state.now.place.wishes.get(branch, ""),
            keep_wish=partial(self._keep_wish, branch),
        )
        screen = EditorScreen(
            content.title,
            opened.text,
            words_before=None if draft is None else draft.words,
            unsaved=kept,
            unsaved_locks=locked,
            keep=partial(self._keep_open, opened, branch),
            modes=self._state.now.place.editor,
            keep_modes=self._keep_modes,
            piece=edited_piece(content, draft, self._state, self._options),
            passages=opened,
            locks=opened.locks,
            cursor=self._cursors.get(branch, 0),
        )
        text = await self._ui.open(screen)
        self._cursors[branch] = screen.cursor
        if text is not None:
            edit = _Edit(opened.content, branch, text, opened.draft, screen.locks, screen.note)
            await self._save(edit)
            return
        if opened.draft is None or screen.locks == opened.locks:
            self._discard(opened.content, branch, opened.draft)
        else:  # Only locks were saved.
            self.keep(branch, None)
            await self._set_locks(content.id, branch, opened.draft, screen.locks)

    def _discard(self, content: Content, branch: BranchId, of: Version | None) -> None:
        """Forget what an editor holds unsaved, if anything, until undo brings it back."""
        place = self._state.now.place
        text, locks = place.edits.get(branch), place.locked.get(branch)
        if text is None and locks is None:
            return
        after = self._studio.undo_list.newest
        self._discarded.append(_Discarded(content.title, branch, text, locks, of, after))
        self.keep(branch, None)
        self._notify(texts.EDIT_DISCARDED)

    def take_back(self) -> bool:
        """Bring back the edit that was discarded last, unless there is a newer step to undo.

        Return whether it is back.
        """
        gone = self._discarded[-1] if self._discarded else None
        if gone is None or gone.after != self._studio.undo_list.newest:
            return False
        place = self._state.now.place
        if gone.branch in place.edits or gone.branch in place.locked:
            return False  # A newer edit, which is kept aside, would be lost.
        self._discarded.pop()
        self.keep(gone.branch, gone.text, gone.draft, gone.locks)
        self._notify(texts.EDIT_TAKEN_BACK, title=gone.title)
        return True

    async def _set_locks(
        self, content_id: ContentId, branch: BranchId, of: Version, locks: tuple[Span, ...]
    ) -> None:
        """Save locks that were set in a version, on the draft, which may be a newer one by now."""
        draft = (await self._studio.content(content_id)).draft(branch) or of
        if draft.number != of.number:
            locks = relocked(of, locks, draft)
        content = await self._studio.decisions.set_locks(content_id, draft.number, locks)
        await self._library.take_over(content)

    async def _saved(self, content: Content, branch: BranchId) -> None:
        self.keep(branch, None)
        await self.show_new(content, branch)

    def _keep_wish(self, branch: BranchId, wish: str) -> None:
        place = self._state.now.place
        wishes = put(place.wishes, branch, wish or None)
        if wishes is not place.wishes:
            self._state.put_place(replace(place, wishes=wishes))

    def _keep_modes(self, modes: EditorModes) -> None:
        self._state.put_place(replace(self._state.now.place, editor=modes))

    async def _edit_outside(self) -> None:
        about = self._library.about
        content, branch = about.content, about.branch
        draft = self._made_of(content, branch)
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if not command:
            raise Refused(self._worded(texts.NO_EDITOR))
        kept = self._state.now.place.edits.get(branch)
        if kept is not None:
            self._ui.show_notice(texts.EDIT_IS_BACK)
            before = kept
        else:
            before = "" if draft is None else draft.text + "\n"
        place = OutsidePlace(content.title, 1 + before.count("\n", 0, self._cursors.get(branch, 0)))
        text, code = await edited_outside(command, before, place, self._ui.suspended)
        if text == before:
            if code:
                raise RedraftError(texts.quoted(texts.EDITOR_CODE, code=str(code)))
            return
        edit = _Edit(content, branch, text, draft)
        if not code or await self._is_wanted(edit, code):
            await self._save(edit)

    async def _is_wanted(self, edit: _Edit, code: int) -> bool:
        """Keep what an editor wrote that then failed, and ask whether it is the draft."""
        self.keep(edit.branch, edit.text, edit.draft)
        question = self._worded(texts.EDITOR_WROTE, code=str(code))
        choices = (("k", "Keep it aside"), ("s", "Save it"), ("d", "Discard it"))
        answer = await self._ask(question, *choices)
        if answer == "d":
            self._discard(edit.content, edit.branch, edit.draft)
        elif answer != "s":
            self._notify(texts.EDIT_ASIDE)
        return answer == "s"

    # -- saving ------------------------------------------------------------------------------

    async def _save(self, edit: _Edit) -> None:
        """Save an edit; while it cannot be saved it is kept, and tried again."""
        self.keep(edit.branch, edit.text, edit.draft, edit.locks)
        try:
            await self._save_now(edit)
        except NewerDraft:
            await self._merge(edit)
        except LibraryProblem as problem:
            self._ui.show_notice(f"{problem} {texts.EDIT_KEPT}", is_problem=True)
            save = partial(self._save_once, edit)
            # A prompt that goes out before would not tell Claude of the edit.
            self._prompts.save_first(edit.branch, save)
            self._ui.start(self._save_later(edit, save), group="saving")

    async def _save_later(self, edit: _Edit, save: Callable[[], Work]) -> None:
        while self._state.now.place.edits.get(edit.branch) == edit.text:
            await asyncio.sleep(SAVE_AGAIN_AFTER)
            with suppress(LibraryProblem):
                await save()

    async def _save_once(self, edit: _Edit) -> None:
        async with self._saving:
            try:
                if self._state.now.place.edits.get(edit.branch) == edit.text:
                    await self._save_now(edit)
            except LibraryProblem:
                raise  # It may go another time; what is refused never will, and holds nothing up.
            except RedraftError:
                self._prompts.save_first(edit.branch, None)
                raise
            self._prompts.save_first(edit.branch, None)

    async def _save_now(self, edit: _Edit) -> None:
        before = len(edit.content.versions)
        on = None if edit.draft is None else edit.draft.number
        content = await self._studio.decisions.edit_version(
            edit.content.id, edit.branch, edit.text, on=on, locks=edit.locks
        )
        is_new = len(content.versions) > before
        if is_new and edit.note:
            number = content.versions[-1].number
            content = await self._studio.decisions.label_version(content.id, number, edit.note)
        await self._saved(content, edit.branch)
        if is_new:
            number = content.versions[-1].number
            self._ui.show_notice(f"Saved v{number}, by you. {texts.CLAUDE_TOLD}")

    async def _merge(self, edit: _Edit) -> None:
        """Put an edit together with a draft that was saved meanwhile, and have it looked at.

        Where both changed a paragraph it is as the writer's; each change can be refused.
        """
        from tui.screens.diff import Chosen, DiffScreen

        content = await self._studio.content(edit.content.id)
        theirs = content.draft(edit.branch)
        if theirs is None:
            await self._save_now(replace(edit, content=content, draft=None))
            return
        base = "" if edit.draft is None else edit.draft.text
        made = await asyncio.to_thread(merged, base, trimmed(edit.text), theirs.text)
        proposal = edited(content, edit.branch, made.text, self._options.now())
        if len(proposal.versions) == len(content.versions):
            await self._saved(content, edit.branch)
            self._notify(texts.SAME_AS_NEWER, version=f"v{theirs.number}")
            return
        screen = DiffScreen(
            proposal,
            proposal.versions[-1].number,
            against=theirs.number,
            branch=edit.branch,
            proposal=_merge_words(theirs, made.conflicts),
            here=self._studio.decisions.person_id,
        )
        match await self._ui.open(screen):
            case Chosen(_, text):
                locks = _locks_of_both(edit, theirs, text)
                made_of = replace(edit, content=content, text=text, draft=theirs, locks=locks)
                await self._save(made_of)
            case _:
                self._notify(texts.EDIT_ASIDE)


def _locks_of_both(edit: _Edit, theirs: Version, text: str) -> tuple[Span, ...] | None:
    """Return what is locked in a text that was put together of an edit and a newer draft."""
    if edit.locks is None:
        return None
    own = carried(edit.text, edit.locks, text)
    found = (*(place for place in own if place is not None), *still_locked(theirs, text))
    return merged_spans(found)


def _merge_words(theirs: Version, conflicts: int) -> str:
    """Say what is shown when an edit is put together with a newer draft."""
    by = "by Claude" if theirs.author is Author.CLAUDE else "elsewhere"
    said = f"v{theirs.number}, saved {by} meanwhile → your edit"
    if conflicts:
        said += f" · {counted(conflicts, 'place')} changed in both: yours stands"
    return said


def edited_piece(
    content: Content, draft: Version | None, state: WorkspaceState, options: MainOptions
) -> "EditedPiece":
    """Return what an editor of a draft knows, and how it keeps a goal that is set in it."""
    from tui.screens.edited_piece import EditedPiece
    from tui.screens.piece_spelling import PieceSpelling

    approval = content.approval
    today = options.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return EditedPiece(
        kind=content.kind,
        approved=None if approval is None else content.version(approval.version).text,
        words_before_today=words_before_today(content, draft, today),
        goal=state.now.place.goals.get(content.id, 0),
        keep_goal=lambda goal: _keep_goal(state, content.id, goal),
        spelling=PieceSpelling(
            options.dictionaries,
            state.now.place.spelling.get(content.id, AS_USUAL),
            lambda spelling: _keep_spelling(state, content.id, spelling),
        ),
    )


def _keep_goal(state: WorkspaceState, content: ContentId, goal: int) -> None:
    place = state.now.place
    state.put_place(replace(place, goals=put(place.goals, content, goal or None)))


def _keep_spelling(state: WorkspaceState, content: ContentId, spelling: Spelling) -> None:
    place = state.now.place
    kept = put(place.spelling, content, None if spelling == AS_USUAL else spelling)
    state.put_place(replace(place, spelling=kept))
