"""Working on the draft itself: edit, take, compare, approve, save to a file, copy."""

import asyncio
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from tui.domain.content import Choice, Content, TurnKind, Version
from tui.domain.errors import FileInTheWay, FolderMissing, LibraryProblem, RedraftError, Refused
from tui.domain.ids import BranchId, ContentId
from tui.domain.place import EditorModes
from tui.domain.prompts import CHECK_PROMPT
from tui.domain.status import Status
from tui.domain.words import counted
from tui.own_thread import alone
from tui.screens.approve import ApproveDecision, ApproveScreen
from tui.screens.diff import BringBack, Chosen, DiffScreen
from tui.screens.editor import EditorScreen
from tui.screens.main import texts
from tui.screens.main.editing import edited_piece
from tui.screens.main.library import Library
from tui.screens.main.outside import edited_outside
from tui.screens.main.prompts import Prompts
from tui.screens.main.ui import Handlers, State, Ui, Work
from tui.screens.main.workspace import Target, put
from tui.screens.question import QuestionScreen
from tui.screens.save_file import SavedFile, SaveFileScreen
from tui.studio.files import make_folder, named_file
from tui.studio.studio import Studio

SAVE_AGAIN_AFTER: Final = 2.0
"""Seconds between attempts to save what could not be saved."""


class DraftActions:
    """The commands about the text of a branch."""

    def __init__(
        self,
        studio: Studio,
        state: State,
        ui: Ui,
        library: Library,
        prompts: Prompts,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._studio = studio
        self._state = state
        self._ui = ui
        self._library = library
        self._prompts = prompts
        self._now = now
        self._saving = asyncio.Lock()
        """Held while an edit is saved that could not be saved at first."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {
            "edit": self._edit,
            "edit_outside": self._edit_outside,
            "take": self._take,
            "diff": self._diff,
            "copy": self._copy,
            "approve": self._approve,
            "publish": self._save_draft_to_file,
            "reopen": self._reopen,
        }

    def _draft(self) -> tuple[Target, Version]:
        about = self._library.about
        draft = about.content.draft(about.branch)
        if draft is None:
            raise Refused("There is no draft here yet.")
        return about, draft

    # -- by hand -----------------------------------------------------------------------------

    async def _edit(self) -> None:
        about = self._library.about
        content, branch = about.content, about.branch
        draft = content.draft(branch)
        kept = self._state.now.place.edits.get(branch)
        if kept is not None:
            self._ui.tell(texts.EDIT_IS_BACK)
        given = "" if draft is None else draft.text
        text = await self._ui.ask(
            EditorScreen(
                content.title,
                given,
                words_before=None if draft is None else draft.words,
                unsaved=kept,
                keep=lambda now: self._keep_edit(branch, None if now == given else now),
                modes=self._state.now.place.editor,
                keep_modes=self._keep_modes,
                piece=edited_piece(content, draft, self._state, self._now()),
            )
        )
        if text is None:
            self._keep_edit(branch, None)
        else:
            await self._save_edit(content, branch, text, draft)

    def _keep_modes(self, modes: EditorModes) -> None:
        now = self._state.now
        self._state.put(replace(now, place=replace(now.place, editor=modes)))

    def _keep_edit(self, branch: BranchId, text: str | None) -> None:
        """Remember what an editor holds unsaved, or (None) that it holds nothing."""
        now = self._state.now
        edits = put(now.place.edits, branch, text)
        if edits is not now.place.edits:
            self._state.put(replace(now, place=replace(now.place, edits=edits)))

    async def _edit_outside(self) -> None:
        about = self._library.about
        content, branch = about.content, about.branch
        draft = content.draft(branch)
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if not command:
            raise Refused(self._ui.keymap.fill(texts.NO_EDITOR))
        kept = self._state.now.place.edits.get(branch)
        if kept is not None:
            self._ui.tell(texts.EDIT_IS_BACK)
            before = kept
        else:
            before = "" if draft is None else draft.text + "\n"
        text, code = await edited_outside(command, before, self._ui.suspended)
        if text == before:
            if code:
                raise RedraftError(texts.quoted(texts.EDITOR_CODE, code=str(code)))
        elif not code or await self._is_wanted(branch, text, code):
            await self._save_edit(content, branch, text, draft)

    async def _is_wanted(self, branch: BranchId, text: str, code: int) -> bool:
        """Keep what an editor wrote that then failed, and ask whether it is the draft."""
        self._keep_edit(branch, text)
        question = texts.quoted(texts.EDITOR_WROTE, code=str(code))
        choices = (("k", "Keep it aside"), ("s", "Save it"), ("d", "Discard it"))
        answer = await self._ui.ask(QuestionScreen(question, choices))
        if answer == "d":
            self._keep_edit(branch, None)
        elif answer != "s":
            self._ui.tell(self._ui.keymap.fill(texts.EDIT_ASIDE))
        return answer == "s"

    async def _save_edit(
        self, content: Content, branch: BranchId, text: str, draft: Version | None
    ) -> None:
        """Save a text made from `draft`; while it cannot be saved it is kept, and tried again."""
        self._keep_edit(branch, text)
        on = None if draft is None else draft.number
        try:
            await self._edit_saved(content, branch, text, on)
        except LibraryProblem as problem:
            self._ui.tell(f"{problem} {texts.EDIT_KEPT}", is_problem=True)
            save = partial(self._edit_saved_once, content, branch, text, on)
            # A prompt that goes out before would not tell Claude of the edit.
            self._prompts.save_first(branch, save)
            self._ui.start(self._save_edit_later(branch, text, save), group="saving")

    async def _save_edit_later(self, branch: BranchId, text: str, save: Callable[[], Work]) -> None:
        while self._state.now.place.edits.get(branch) == text:
            await asyncio.sleep(SAVE_AGAIN_AFTER)
            with suppress(LibraryProblem):
                await save()

    async def _edit_saved_once(
        self, content: Content, branch: BranchId, text: str, on: int | None
    ) -> None:
        async with self._saving:
            try:
                if self._state.now.place.edits.get(branch) == text:
                    await self._edit_saved(content, branch, text, on)
            except LibraryProblem:
                raise  # It may go another time; what is refused never will, and holds nothing up.
            except RedraftError:
                self._prompts.save_first(branch, None)
                raise
            self._prompts.save_first(branch, None)

    async def _edit_saved(
        self, content: Content, branch: BranchId, text: str, on: int | None
    ) -> None:
        before = len(content.versions)
        content = await self._studio.edit_version(content.id, branch, text, on=on)
        self._keep_edit(branch, None)
        await self._show_new(content, branch)
        if len(content.versions) > before:
            number = content.versions[-1].number
            self._ui.tell(f"Saved v{number}, by you. {texts.CLAUDE_TOLD}")

    async def _take(self) -> None:
        """Make the text of the selected turn the draft: its version again, or else its answer."""
        about = self._library.about
        if about.version is not None:
            await self.bring_back(about.content, about.branch, about.version.number)
            return
        if about.turn is None:
            return
        made = about.turn.turn.version
        if made is not None:
            await self.bring_back(about.content, about.branch, made)
            return
        number = about.turn.number
        content = await self._studio.take_draft(about.content.id, about.branch, number)
        await self._show_new(content, about.branch)
        self._tell(f"Turn {number} is the draft now, as v{len(content.versions)}.")

    async def bring_back(self, content: Content, branch: BranchId, number: int) -> None:
        """Make the text of a version the draft of a branch again, and tell so."""
        content = await self._studio.bring_back(content.id, branch, number)
        await self._show_new(content, branch)
        made = content.versions[-1]
        self._tell(f"v{made.restored_from} is the draft again, as v{made.number}.")

    async def _show_new(self, content: Content, branch: BranchId) -> None:
        """Take over a piece with a new version on a branch, and show that version's card."""
        if branch == self._state.now.branch:
            self._ui.show_turn(0)
        await self._library.take_over(content)

    def _tell(self, done: str) -> None:
        """Tell what was done, and how to undo it."""
        self._ui.tell(f"{done} {self._ui.keymap.fill('Press {undo} to undo.')}")

    # -- reading and comparing ---------------------------------------------------------------

    async def _diff(self) -> None:
        about, draft = self._draft()
        number = draft.number
        if about.has_turn_cursor and about.turn is not None and about.turn.turn.version:
            number = about.turn.turn.version
        if about.version is not None:
            number = about.version.number
        here = self._studio.person_id
        screen = DiffScreen(about.content, number, branch=about.branch, here=here)
        match await self._ui.ask(screen):
            case BringBack(version):
                await self.bring_back(about.content, about.branch, version)
            case Chosen(choice, text):
                await self._save_choice(about.content, about.branch, text, choice)
            case None:
                pass

    async def save_combined(
        self, content: Content, branch: BranchId, text: str, sources: tuple[int, ...]
    ) -> None:
        """Save a text put together from several; what cannot be saved now is kept as an edit."""
        try:
            content = await self._studio.save_combined(content.id, branch, text, sources)
        except LibraryProblem as problem:
            raise self._kept_aside(branch, text, problem) from problem
        await self._show_new(content, branch)
        number, parts = len(content.versions), len(sources)
        made = "1 paragraph" if parts == 1 else f"{parts} paragraphs"
        self._tell(f"Saved v{number}, combined from {made}. {texts.CLAUDE_TOLD}")

    def _kept_aside(self, branch: BranchId, text: str, problem: LibraryProblem) -> LibraryProblem:
        """Keep a text that could not be saved for the editor; return the sentence that says so."""
        self._keep_edit(branch, text)
        return LibraryProblem(f"{problem} {self._ui.keymap.fill(texts.EDIT_ASIDE)}")

    async def _save_choice(
        self, content: Content, branch: BranchId, text: str, choice: Choice
    ) -> None:
        """Save what was made of some changes; what cannot be saved now is kept as an edit."""
        try:
            content = await self._studio.save_choice(content.id, branch, text, choice)
        except LibraryProblem as problem:
            raise self._kept_aside(branch, text, problem) from problem
        await self._show_new(content, branch)
        number, taken = len(content.versions), f"{choice.taken} of {choice.changes} changes"
        self._tell(f"Saved v{number}, {taken} of v{choice.version}. {texts.CLAUDE_TOLD}")

    async def _copy(self) -> None:
        about, draft = self._draft()
        draft = about.version or draft
        await self._ui.copy(draft.text, f"v{draft.number}, {counted(draft.words)},")

    # -- approving ---------------------------------------------------------------------------

    async def _approve(self) -> None:
        about, draft = self._draft()
        content = about.content
        match await self._ui.ask(ApproveScreen(content, draft, here=self._studio.person_id)):
            case ApproveDecision.APPROVE:
                content = await self._studio.approve(content.id, draft.number)
                await self._library.take_over(content)
                self._tell(f"Approved v{draft.number}.")
            case ApproveDecision.BACK_TO_DRAFT:
                await self._to_draft(content)
            case ApproveDecision.CHECK:
                kind = TurnKind.CHECK
                self._prompts.start_turn(content.id, about.branch, CHECK_PROMPT, kind)
                self._ui.tell(self._ui.keymap.fill("Claude checks the text. {stop} stops it."))
            case _:
                pass

    async def _reopen(self) -> None:
        await self._to_draft(self._library.about.content)

    async def _to_draft(self, content: Content) -> None:
        await self._library.take_over(await self._studio.move(content.id, Status.DRAFT))
        self._tell(f"“{content.title}” is a draft again.")

    # -- files -------------------------------------------------------------------------------

    async def _save_draft_to_file(self) -> None:
        about, draft = self._draft()
        await self.save_to_file(about.content, draft)

    async def save_to_file(self, content: Content, version: Version) -> None:
        """Ask for a file and save a version there; an approved one can be published with it."""
        number = version.number

        async def save(wanted: SavedFile) -> None:
            publishes = wanted.is_published
            await self._write(content, number, wanted.path, publishes=publishes)

        file = await alone(_proposed, content, self._state.now.place.files)
        can_publish = _can_publish(content, version)
        saved = await self._ui.ask(SaveFileScreen(number, file, save, can_publish=can_publish))
        if saved is None:
            return
        await self._remember_file(content, saved.path)
        await self._library.read_again()
        if saved.is_published:
            self._tell(f"Published v{number} to {saved.path}.")
        else:
            end = " Not marked published." if can_publish else ""
            self._ui.tell(f"Saved v{number} to {saved.path}.{end}")

    async def _remember_file(self, content: Content, typed: str) -> None:
        """Propose this file for the piece the next time, wherever Redraft is started then."""
        path = await alone(named_file, typed)
        now = self._state.now
        files = put(now.place.files, content.id, str(path))
        self._state.put(replace(now, place=replace(now.place, files=files)))

    async def _write(self, content: Content, number: int, file: str, *, publishes: bool) -> None:
        """Write a version to a file.

        A file in the way is replaced, and a folder that is missing made, after a question only.
        """

        async def write(*, replace: bool) -> None:
            if publishes:
                await self._studio.publish_to_file(content.id, file, number=number, replace=replace)
            else:
                await self._studio.save_version(content.id, number, file, replace=replace)

        try:
            try:
                await write(replace=False)
            except FolderMissing as problem:
                question = f"There is no folder {problem.folder}. Make it?"
                choices = (("b", "Back"), ("m", "Make the folder"))
                if await self._ui.ask(QuestionScreen(question, choices)) != "m":
                    raise
                await alone(make_folder, problem.folder)
                await write(replace=False)
        except FileInTheWay as problem:
            question = f"{problem.path} exists. Replace it?"
            choices = (("k", "Keep the file"), ("r", "Replace it"))
            if await self._ui.ask(QuestionScreen(question, choices)) != "r":
                raise Refused("Not saved. Choose another name.") from problem
            await write(replace=True)


def _can_publish(content: Content, draft: Version) -> bool:
    """Whether this very text is approved and not published yet."""
    approval = content.approval
    is_approved = content.status is Status.APPROVED and approval is not None
    return is_approved and approval is not None and approval.sha256 == draft.sha256


def _proposed(content: Content, files: Mapping[ContentId, str]) -> str:
    """Return the file used last for a piece, or else one that is named after it."""
    sent = content.publication.target if content.publication is not None else ""
    name = re.sub(r"\W+", "-", content.title.casefold()).strip("-") or "draft"
    return files.get(content.id) or sent or str(_folder() / f"{name}.md")


def _folder() -> Path:
    """Return the working folder, or the home folder when that one is gone."""
    try:
        return Path.cwd()
    except OSError:
        return Path.home()
