"""What the writer does with the versions of a piece: bring back, fork, label, copy, save."""

from typing import TYPE_CHECKING

from tui.domain.content import Content
from tui.domain.words import counted
from tui.screens.main.branches import BranchActions
from tui.screens.main.drafts import DraftActions
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.ui import Handlers
from tui.screens.main.workspace import Target

if TYPE_CHECKING:
    from tui.screens.versions import VersionWish


class VersionActions(ActionGroup):
    """The commands about the versions of a piece."""

    def __init__(self, desk: Desk, drafts: DraftActions, branches: BranchActions) -> None:
        super().__init__(desk)
        self._drafts = drafts
        self._branches = branches

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"versions": self._versions}

    async def _versions(self) -> None:
        """Show the versions until the writer leaves them, or goes where one of them leads."""
        from tui.screens.versions import VersionsScreen, Wish

        about = self._library.about
        content, at = about.content, None
        while True:
            here = self._studio.decisions.person_id
            now = self._options.now()
            screen = VersionsScreen(content, about.branch, now, at=at, here=here)
            wanted = await self._ui.open(screen)
            if wanted is None:
                return
            content = await self._do(about, content, wanted)
            at = wanted.version
            if wanted.wish not in {Wish.LABEL, Wish.COPY, Wish.SAVE}:
                return  # After these the list is shown again.

    async def _do(self, about: Target, content: Content, wanted: "VersionWish") -> Content:
        from tui.screens.versions import Wish

        version = content.version(wanted.version)
        match wanted.wish:
            case Wish.BRING_BACK:
                await self._drafts.bring_back(content, about.branch, version.number)
            case Wish.FORK:
                await self._branches.fork_with(about, version)
            case Wish.COPY:
                words = counted(version.words)
                await self._ui.copy(version.text, f"v{version.number}, {words},")
            case Wish.SAVE:
                await self._drafts.save_to_file(content, version)
            case Wish.LABEL:
                content = await self._branches.label_version(content, version)
        return content
