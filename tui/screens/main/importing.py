"""Adopting sessions of Claude Code on the screen."""

from tui.domain.ids import ContentId, SessionId
from tui.screens.import_sessions import ImportScreen
from tui.screens.main.links import Links


class ImportActions(Links):
    """The command that brings sessions in."""

    def action_import_sessions(self) -> None:
        """Show the sessions that are not here yet, and adopt those chosen."""
        self.act(self._import())

    async def _import(self) -> None:
        importing = self.studio.doors.importing
        rows = await importing.found()
        new = [row.found for row in rows if row.content is None and row.found.prompts]
        if not new:
            self.tell("Claude Code has no session that is not here already.")
            return
        adopted: list[ContentId] = []
        here: set[SessionId] = set()
        for session in await self.ask(ImportScreen(new)) or ():
            if session in here:
                continue  # It came with another one, whose history it shares.
            made = await importing.adopt(session)
            if made.problem:
                self.tell(made.problem)
            if made.content is not None:
                adopted.append(made.content.id)
                here.update(SessionId(branch.source) for branch in made.content.branches)
        if adopted:
            await self.reload_list()
            await self.open_content(adopted[0])
            count = "1 content" if len(adopted) == 1 else f"{len(adopted)} contents"
            self.tell(f"{count} adopted; the sessions stay as they were.")
