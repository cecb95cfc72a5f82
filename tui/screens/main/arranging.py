"""The settings of the content on the desk."""

from tui.domain.content import Content
from tui.domain.ids import BranchId
from tui.screens.content_settings import ContentSettings, ContentSettingsScreen
from tui.screens.main.importing import ImportActions


class Arranging(ImportActions):
    """The command that shows and changes what a content is, and what Claude may use for it."""

    def action_content_settings(self) -> None:
        """Show the settings of the content, and save what is changed."""
        self.act(self._arrange())

    async def _arrange(self) -> None:
        shown, branch_id = self.shown
        content = await self.studio.content(shown.id)  # With what was allowed since it was shown.
        branch = content.branch(branch_id)
        before = ContentSettings(
            content.title, content.kind, content.sources, content.has_web, branch.allowed
        )

        async def save(after: ContentSettings) -> None:
            await self._save_settings(content, branch_id, before, after)

        dialog = ContentSettingsScreen(
            before,
            branch=branch.name,
            is_writing=content.id in self.studio.writing_contents,
            save=save,
        )
        saved = await self.ask(dialog)
        if saved is not None and saved != before:
            await self.reload()
            is_writing = content.id in self.studio.writing_contents
            self.tell("Saved; it holds from the next turn on." if is_writing else "Saved.")

    async def _save_settings(
        self,
        content: Content,
        branch_id: BranchId,
        before: ContentSettings,
        after: ContentSettings,
    ) -> None:
        """Save what was changed; what may be refused comes first, so that nothing is half saved."""
        studio = self.studio
        if (after.sources, after.has_web) != (before.sources, before.has_web):
            await studio.set_access(content.id, after.sources, has_web=after.has_web)
        if after.title != before.title:
            await studio.rename(content.id, after.title)
        if after.kind != before.kind:
            await studio.set_kind(content.id, after.kind)
        forgotten = set(before.allowed) - set(after.allowed)
        if forgotten:
            await studio.forget_allowed(content.id, branch_id, forgotten)
