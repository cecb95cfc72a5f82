"""Keeping what is typed and where the writer is, a moment after the last key."""

import asyncio
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from textual.timer import Timer

from tui.domain.errors import LibraryProblem
from tui.domain.ids import BranchId
from tui.domain.place import BegunPiece, Place
from tui.screens.main.panes import Panes
from tui.studio.studio import Studio

SAVE_AGAIN_AFTER: Final = 2.0
"""Seconds between attempts to save what could not be saved."""
SAVE_PLACE_AFTER: Final = 0.5
"""Seconds without a key after which unsent text is saved."""


class Keeping(Panes):
    """The writer's place in the library, with the texts that are not sent or saved yet."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.branch_id: BranchId | None = None
        self.place = Place()
        self.is_left = False
        """Whether the writer is leaving, and everything is kept already."""
        self._place_saver: Timer | None = None

    def keep_unsent(self, text: str | None = None) -> None:
        """Remember the text in the prompt with its branch."""
        if self.branch_id is None:
            return
        text = self.prompt.text if text is None else text
        unsent = {**self.place.unsent, self.branch_id: text}
        kept = {branch: said for branch, said in unsent.items() if said}
        if kept != dict(self.place.unsent):
            self.place = replace(self.place, unsent=MappingProxyType(kept))
            self.save_place_soon()

    def forget_unsent(self, branch_id: BranchId, text: str) -> None:
        """Empty the prompt of a branch when it still holds the text that was sent."""
        here = branch_id == self.branch_id
        held = self.prompt.text if here else self.place.unsent.get(branch_id, "")
        if held.strip() != text.strip():
            return
        if here:
            self.prompt.fill("")
        unsent = {key: kept for key, kept in self.place.unsent.items() if key != branch_id}
        self.place = replace(self.place, unsent=MappingProxyType(unsent))
        self.save_place_soon()

    def keep_edit(self, branch_id: BranchId, text: str | None) -> None:
        """Remember what an editor holds unsaved, or (None) that it holds nothing."""
        edits = {**self.place.edits}
        if text is None:
            edits.pop(branch_id, None)
        else:
            edits[branch_id] = text
        if edits != dict(self.place.edits):
            self.place = replace(self.place, edits=MappingProxyType(edits))
            self.save_place_soon()

    async def save_place(self) -> None:
        """Save where the writer is, with the text not sent yet."""
        await self.studio.save_place(self.place)

    def keep_begun(self, begun: BegunPiece) -> None:
        """Remember what stands in the dialog for a new content and is not created yet."""
        if begun != self.place.begun:
            self.place = replace(self.place, begun=begun)
            self.save_place_soon()

    def save_place_soon(self, *, at_once: bool = False) -> None:
        """Save it once no key has come for a moment, or without waiting for that."""
        if self._place_saver is not None:
            self._place_saver.stop()
        if at_once:
            self._place_saver = None
            self.attempt(self._save_place_patiently(), group="place")
            return
        self._place_saver = self.set_timer(
            SAVE_PLACE_AFTER, lambda: self.attempt(self._save_place_patiently(), group="place")
        )

    async def _save_place_patiently(self) -> None:
        is_told = False
        while True:
            try:
                await self.save_place()
            except LibraryProblem as problem:
                if not is_told:
                    self.tell(str(problem), is_problem=True)
                is_told = True
                await asyncio.sleep(SAVE_AGAIN_AFTER)
            else:
                return
