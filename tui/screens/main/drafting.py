"""Working on the draft itself: edit, compare, approve, publish, copy."""

import asyncio
import os
import re
import shlex
import tempfile
from contextlib import suppress
from pathlib import Path

from tui.domain.content import Author, Content, TurnKind, Version
from tui.domain.errors import LibraryProblem, RedraftError, Refused
from tui.domain.ids import BranchId
from tui.domain.prompts import CHECK_PROMPT
from tui.domain.status import Status
from tui.screens.approve import ApproveDecision, ApproveScreen
from tui.screens.ask_name import AskNameScreen
from tui.screens.diff import DiffScreen
from tui.screens.editor import EditorScreen
from tui.screens.main.keeping import SAVE_AGAIN_AFTER
from tui.screens.main.queue_keys import QueueActions
from tui.screens.version_cards import counted
from tui.widgets.prompt import PromptBox


class DraftActions(QueueActions):
    """The commands that concern the text of the branch on screen."""

    _editor: tuple[EditorScreen, BranchId] | None = None
    """The editor that is open, and the branch whose draft is in it."""

    def _draft(self) -> tuple[Content, BranchId, Version]:
        content, branch_id = self.shown
        draft = content.draft(branch_id)
        if draft is None:
            raise Refused("There is no draft yet: press r and let Claude write one.")
        return content, branch_id, draft

    # -- by hand -----------------------------------------------------------------------------

    def action_edit_draft(self) -> None:
        """Edit the draft full screen."""
        self.act(self._edit())

    async def _edit(self) -> None:
        content, branch_id = self._editable()
        draft = content.draft(branch_id)
        kept = self.place.edits.get(branch_id)
        if kept is not None:
            self.tell("The edit you left unsaved is here again.")
        editor = EditorScreen(
            content.title,
            "" if draft is None else draft.text,
            words_before=None if draft is None else draft.words,
            unsaved=kept,
        )
        self._editor = (editor, branch_id)
        text = await self.ask(editor)
        self._editor = None
        if text is None:
            self.keep_edit(branch_id, None)
        else:
            await self._save_edit(content, branch_id, text, draft)

    async def keep_everything(self) -> None:
        """Save everything that is typed and not sent or saved; done once, when one leaves."""
        if not self.is_left:
            self.is_left = True
            self.keep_open_texts()
            await self.save_place()

    def keep_open_texts(self) -> None:
        """Remember what stands in the prompt, and what the editor that is open holds unsaved."""
        for prompt in self.query(PromptBox):  # Its own word of the last key may still be coming.
            self.keep_unsent(prompt.text)
        if self._editor is not None:
            editor, branch_id = self._editor
            self.keep_edit(branch_id, editor.unsaved)

    def action_edit_outside(self) -> None:
        """Edit the draft in $EDITOR."""
        self.act(self._edit_outside())

    def _editable(self) -> tuple[Content, BranchId]:
        if self.is_writing_here:
            raise Refused("Claude is writing this draft: wait for it, or stop it with esc first.")
        return self.shown

    async def _edit_outside(self) -> None:
        content, branch_id = self._editable()
        draft = content.draft(branch_id)
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if not command:
            raise RedraftError("No editor is set: put its name into EDITOR, or press e.")
        with tempfile.TemporaryDirectory(prefix="redraft-") as folder:
            file = Path(folder) / "draft.md"
            before = "" if draft is None else draft.text + "\n"
            await asyncio.to_thread(file.write_text, before, "utf-8")
            with self.app.suspend():
                try:
                    editor = await asyncio.create_subprocess_exec(*shlex.split(command), str(file))
                except OSError as error:
                    raise RedraftError(
                        f"The editor “{command}” cannot be started: {error}."
                    ) from error
                code = await editor.wait()
            text = await asyncio.to_thread(file.read_text, "utf-8")
        self.refresh(layout=True)
        if code:
            raise RedraftError(f"The editor ended with code {code}; the draft stays as it was.")
        if text != before:
            await self._save_edit(content, branch_id, text, draft)

    async def _save_edit(
        self, content: Content, branch_id: BranchId, text: str, draft: Version | None
    ) -> None:
        """Save a text made from `draft`; while it cannot be saved it is kept, and tried again."""
        self.keep_edit(branch_id, text)
        on = None if draft is None else draft.number
        try:
            await self._edit_saved(content, branch_id, text, on)
        except LibraryProblem as problem:
            self.tell(f"{problem} Your edit is kept and saved when it works.", is_problem=True)
            self.attempt(self._save_edit_later(content, branch_id, text, on), group="saving")

    async def _save_edit_later(
        self, content: Content, branch_id: BranchId, text: str, on: int | None
    ) -> None:
        while self.place.edits.get(branch_id) == text:
            await asyncio.sleep(SAVE_AGAIN_AFTER)
            with suppress(LibraryProblem):
                await self._edit_saved(content, branch_id, text, on)
                return

    async def _edit_saved(
        self, content: Content, branch_id: BranchId, text: str, on: int | None
    ) -> None:
        before = len(content.versions)
        content = await self.studio.edit_version(content.id, branch_id, text, on=on)
        self.keep_edit(branch_id, None)
        self.put_down(content)
        await self.reload_list()
        if len(content.versions) > before:
            version = content.versions[-1]
            self.tell(f"Saved as v{version.number}, by you. The next prompt tells Claude.")

    def action_take_draft(self) -> None:
        """Make a version of what the selected turn answered."""
        self.act(self._take())

    async def _take(self) -> None:
        content, _ = self.shown
        branch_id, number = self.selected_turn()
        self.put_down(await self.studio.take_draft(content.id, branch_id, number))
        await self.reload_list()

    # -- reading and comparing ---------------------------------------------------------------

    def action_show_diff(self) -> None:
        """Show what the draft changed against the version before it."""
        self.act(self._diff())

    async def _diff(self) -> None:
        content, _branch_id, draft = self._draft()
        await self.ask(DiffScreen(content, draft.number))

    def action_copy_draft(self) -> None:
        """Copy the draft to the clipboard."""
        self.act(self._copy())

    async def _copy(self) -> None:
        _content, _branch_id, draft = self._draft()
        self.app.copy_to_clipboard(draft.text)
        self.tell(f"v{draft.number} is on the clipboard: {counted(draft.words)}.")

    # -- approving and publishing ------------------------------------------------------------

    def action_review_draft(self) -> None:
        """Read the exact text full screen; approving it is one key from there."""
        self.act(self._review())

    async def _review(self) -> None:
        content, branch_id, draft = self._draft()
        if self.is_writing_here:
            raise Refused("Claude is writing here: wait for the end, or stop it with esc first.")
        if content.status is Status.ARCHIVED:
            raise Refused(f"“{content.title}” is archived: press x to take it out first.")
        if content.status is Status.DRAFT:
            content = await self.studio.move(content.id, Status.REVIEW)
            self.put_down(content)
            await self.reload_list()
        decision = await self.ask(ApproveScreen(content, draft))
        match decision:
            case ApproveDecision.APPROVE:
                self.put_down(await self.studio.approve(content.id, draft.number))
                self.tell(f"v{draft.number} is approved.")
            case ApproveDecision.BACK_TO_DRAFT if content.status is not Status.DRAFT:
                self.put_down(await self.studio.move(content.id, Status.DRAFT))
            case ApproveDecision.CHECK:
                await self.start_turn(content.id, branch_id, CHECK_PROMPT, TurnKind.CHECK)
            case ApproveDecision.DIFF:
                against = None if content.approval is None else content.approval.version
                screen = DiffScreen(content, draft.number, against=against)
                await self.ask(screen)
            case _:
                pass
        await self.reload_list()

    def action_publish(self) -> None:
        """Write the approved text to a file and mark it published."""
        self.act(self._publish())

    async def _publish(self) -> None:
        content, _branch_id = self.shown
        approval = content.approval
        if content.status is not Status.APPROVED or approval is None:
            raise Refused(f"“{content.title}” is not approved: press a to read and approve it.")
        name = re.sub(r"\W+", "-", content.title.casefold()).strip("-") or "draft"
        suggested = str(Path.cwd() / f"{name}.md")
        target = await self.ask(
            AskNameScreen(f"Publish v{approval.version} to the file", value=suggested)
        )
        if not target:
            return
        content, version = await self.studio.publish_to_file(content.id, Path(target))
        self.put_down(content)
        await self.reload_list()
        by = "your" if version.author is Author.YOU else "the"
        self.tell(f"Published: {by} v{version.number} is in {target}.")
