"""The list of contents: new ones, finding, renaming, archiving, and which branch is main."""

from textual.widgets import Input

from tui.domain.checks import checked_name, checked_title
from tui.domain.content import TurnKind
from tui.domain.errors import RedraftError, Refused
from tui.domain.ids import ContentId
from tui.domain.place import NOTHING_BEGUN, BegunPiece
from tui.domain.status import Status
from tui.screens.ask_name import AskNameScreen
from tui.screens.main.drafting import DraftActions
from tui.screens.new_content import NewContent, NewContentScreen
from tui.screens.question import QuestionScreen
from tui.widgets.branches import BranchTree
from tui.widgets.contents import ContentList


class LibraryActions(DraftActions):
    """The commands that concern whole contents and branches."""

    # -- opening -----------------------------------------------------------------------------

    def on_content_list_looked(self, event: ContentList.Looked) -> None:
        """Show the content under the cursor."""
        event.stop()
        self.act(self._look(event.content_id))

    async def _look(self, content_id: ContentId) -> None:
        if self.content is None or self.content.id != content_id:
            await self.open_content(content_id)

    def on_content_list_opened(self, event: ContentList.Opened) -> None:
        """Show a content and go to its conversation."""
        event.stop()
        self.act(self._open(event.content_id))

    async def _open(self, content_id: ContentId) -> None:
        await self._look(content_id)
        self.go_to(self.chat)

    def on_branch_tree_opened(self, event: BranchTree.Opened) -> None:
        """Show another branch, or one turn on it."""
        event.stop()
        if self.content is not None:
            self.act(self.open_content(self.content.id, event.branch, event.turn))
            if self.has_class("-medium", "-narrow"):
                self.go_to(self.chat)

    # -- new ---------------------------------------------------------------------------------

    _dialog: NewContentScreen | None = None
    """The dialog for a new content while it is open."""

    def _keep_dialog(self) -> None:
        if self._dialog is not None:
            typed = self._dialog.typed
            self.keep_begun(BegunPiece(typed.title, typed.kind, typed.brief, typed.sources))

    def keep_open_texts(self) -> None:
        """Remember what is typed in the editor, or in the dialog for a new content."""
        self._keep_dialog()
        super().keep_open_texts()

    def action_new_content(self) -> None:
        """Begin a new content; Claude writes at once when there is a brief."""
        self.act(self._new())
        self.attempt(self.studio.warm_up())

    async def _new(self) -> None:
        kept = self.place.begun
        begun = NewContent(kept.title, kept.kind or "post", kept.brief, kept.sources)
        check = self.studio.check_sources
        dialog = self._dialog = NewContentScreen(begun, check_sources=check)
        new = await self.ask(dialog)
        self._keep_dialog()
        self._dialog = None
        if new is None:
            return
        content = await self.studio.create(
            new.title, kind=new.kind, brief=new.brief, sources=new.sources
        )
        self.keep_begun(NOTHING_BEGUN)
        await self.open_content(content.id)
        await self.reload_list()
        self.go_to(self.chat)
        if content.brief:
            await self.start_turn(content.id, content.main, content.brief, TurnKind.GENERATE)
        else:
            self.tell("Press r and tell Claude what to write, or e to begin it yourself.")

    # -- finding -----------------------------------------------------------------------------

    def action_find(self) -> None:
        """Narrow the list down by what is typed."""
        self.search_field.display = True
        self.go_to(self.search_field)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list down a moment after the last key."""
        event.stop()
        self.narrowing = event.value
        self.run_worker(self._narrow(), group="narrowing", exclusive=True, exit_on_error=False)

    async def _narrow(self) -> None:
        self.show_list()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on in the narrowed list."""
        event.stop()
        rows = self.listed_rows()
        self.go_to(self.list_pane)
        if rows and (self.content is None or self.content.id not in {row.id for row in rows}):
            self.attempt(self._look(rows[0].id))

    def leave_search(self) -> None:
        """Show the whole list again."""
        self.search_field.value = ""
        self.search_field.display = False
        self.go_to(self.list_pane)

    # -- whole contents ----------------------------------------------------------------------

    def action_rename_content(self) -> None:
        """Give the content another title."""
        self.act(self._rename())

    async def _rename(self) -> None:
        content, _branch = self.shown
        title = await self.ask(AskNameScreen("Title", value=content.title, check=checked_title))
        if title is not None:
            self.put_down(await self.studio.rename(content.id, title))
            await self.reload_list()

    def action_archive(self) -> None:
        """Archive the content, or take it out of the archive."""
        self.act(self._archive())

    async def _archive(self) -> None:
        content, _branch = self.shown
        if content.id in self.studio.writing_contents:
            raise Refused(f"Claude is writing in “{content.title}”: wait, or stop it with esc.")
        if content.status is Status.ARCHIVED:
            content = await self.studio.unarchive(content.id)
            self.tell(f"“{content.title}” is back, as {content.status.value}.")
        else:
            content = await self.studio.move(content.id, Status.ARCHIVED)
            self.tell(f"“{content.title}” is archived; x takes it out again.")
        self.put_down(content)
        await self.reload_list()

    def action_reopen(self) -> None:
        """Take an approved or published content back to draft."""
        self.act(self._reopen())

    async def _reopen(self) -> None:
        content, _branch = self.shown
        if content.status not in (Status.APPROVED, Status.PUBLISHED, Status.REVIEW):
            raise Refused(
                f"“{content.title}” is {content.status.value}: there is nothing to reopen."
            )
        self.put_down(await self.studio.move(content.id, Status.DRAFT))
        await self.reload_list()

    def action_delete_content(self) -> None:
        """Move the content to the trash, after a question."""
        self.act(self._delete())

    async def _delete(self) -> None:
        content, _branch = self.shown
        question = (
            f"Delete “{content.title}” with its branches and versions?\n"
            "y moves it to the trash; u brings it back."
        )
        choices = (("y", "Move it to the trash"), ("n", "Keep it"))
        if await self.ask(QuestionScreen(question, choices)) != "y":
            return
        listed = [row.id for row in self.listed_rows()]
        await self.studio.delete(content.id)
        self.tell(f"“{content.title}” is in the trash; u brings it back.")
        await self.reload_list()
        await self.put_away(listed)

    # -- undo --------------------------------------------------------------------------------

    def action_undo(self) -> None:
        """Take back what was done last, in whichever content that was."""
        self.act(self._undo())

    async def _undo(self) -> None:
        try:
            undone = await self.studio.undo()
        except RedraftError:
            await self.reload()
            raise
        if self.content is not None and self.content.id == undone.content.id:
            self.put_down(undone.content)
            await self.reload_list()
        else:
            await self.reload_list()
            await self.open_content(undone.content.id)
        self.tell(undone.sentence)

    # -- branches ----------------------------------------------------------------------------

    def action_make_main(self) -> None:
        """Make the branch on screen the main one."""
        self.act(self._make_main())

    async def _make_main(self) -> None:
        content, branch_id = self.shown
        content = await self.studio.make_main(content.id, branch_id)
        self.put_down(content)
        await self.reload_list()
        self.tell(f"“{content.branch(branch_id).name}” is the main branch now.")

    def action_label_turn(self) -> None:
        """Give the selected turn a label."""
        self.act(self._label())

    async def _label(self) -> None:
        content, _ = self.shown
        branch_id, number = self.selected_turn()
        old = content.turn_at(branch_id, number).turn.label
        label = await self.ask(
            AskNameScreen(f"Label of turn {number}", value=old, check=checked_name)
        )
        if label is not None:
            self.put_down(await self.studio.label_turn(content.id, branch_id, number, label))

    def action_rename_branch(self) -> None:
        """Give the branch on screen another name."""
        self.act(self._rename_branch())

    async def _rename_branch(self) -> None:
        content, branch_id = self.shown
        old = content.branch(branch_id).name
        name = await self.ask(AskNameScreen("Name of this branch", value=old, check=checked_name))
        if name is not None and name != old:
            self.put_down(await self.studio.rename_branch(content.id, branch_id, name))
