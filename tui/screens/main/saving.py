"""Saves where the writer is and what is typed and not sent, within a second of the first key."""

import asyncio
from typing import Final

from tui.domain.errors import LibraryProblem
from tui.domain.place import Place
from tui.domain.unsaved import unsaved_texts
from tui.screens.main.prompts import Prompts
from tui.screens.main.screen_ui import ScreenUi
from tui.screens.main.ui import WorkspaceState
from tui.screens.main.unsent import saved_place
from tui.screens.main.workspace import Workspace
from tui.studio.studio import Studio

SAVE_WITHIN: Final = 0.15
"""Seconds after which a change is saved, whether or not more keys have come since.

They count from the first key that is not saved, also while an earlier save is under way: on a slow
disk the next save begins as soon as that has ended.
"""
SAVE_AGAIN_AFTER: Final = 2.0
"""Seconds between attempts to save what could not be saved."""


class PlaceSaver:
    """Saves the place a moment after it changed; one save at a time, the newest value."""

    def __init__(
        self, studio: Studio, state: WorkspaceState, ui: ScreenUi, prompts: Prompts
    ) -> None:
        self._studio = studio
        self._state = state
        self._ui = ui
        self._prompts = prompts
        self._saved = Place()
        self._since: float | None = None
        """When the oldest change was made that no save has in it, by the event loop's clock."""
        self._is_saving = False
        self.is_over = False
        """Whether everything typed was saved for the last time."""
        self._is_reported = False
        """Whether the writer knows that saving fails."""

    def watch(self, workspace: Workspace) -> None:
        """Take note of the next workspace; what it holds unsaved is saved soon."""
        is_saved = workspace.place is self._saved and not workspace.outbox
        if is_saved or self.is_over:
            return
        if self._since is None:
            self._since = asyncio.get_running_loop().time()
        if self._is_saving:
            return
        self._is_saving = True
        self._ui.start(self._save_soon(), group="place")

    @property
    def unsaved(self) -> str:
        """What is typed and not saved, as one text; empty when all is."""
        return unsaved_texts(saved_place(self._state.now), self._saved)

    async def save_now(self) -> None:
        """Save everything typed, for the last time: nothing is sent any more.

        Raises `LibraryProblem` when it cannot be saved; then everything goes on.
        """
        if self.is_over:
            return
        self._prompts.is_leaving = True
        try:
            await self._save()
            self.is_over = True
        finally:
            self._prompts.is_leaving = self.is_over
            self._is_reported = True  # By whoever wanted to leave.

    async def _save_soon(self) -> None:
        try:
            is_queued = self._state.now.place.queued is not self._saved.queued
            await asyncio.sleep(0 if is_queued else self._time_left())
            await self._save_patiently()
        finally:
            self._is_saving = False
        self.watch(self._state.now)

    def _time_left(self) -> float:
        now = asyncio.get_running_loop().time()
        return max(0.0, (now if self._since is None else self._since) + SAVE_WITHIN - now)

    async def _save_patiently(self) -> None:
        while not self.is_over:
            try:
                await self._save()
            except LibraryProblem as problem:
                if not self._is_reported:
                    self._ui.show_notice(str(problem), is_problem=True)
                self._is_reported = True
                await asyncio.sleep(SAVE_AGAIN_AFTER)
            else:
                return

    async def _save(self) -> None:
        workspace, since, self._since = self._state.now, self._since, None
        try:
            await self._studio.save_place(saved_place(workspace))
        except BaseException:
            self._since = since
            raise
        self._saved, self._is_reported = workspace.place, False
