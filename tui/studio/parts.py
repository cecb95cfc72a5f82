"""Keeping the part of an answer that has arrived, so that even a power cut leaves it."""

import asyncio
import logging
from dataclasses import replace
from typing import Final

from tui.domain.changes import with_turn
from tui.domain.content import Content, TurnState
from tui.domain.errors import RedraftError
from tui.domain.ids import BranchId, ContentId, TurnId
from tui.studio.ports import Store

_log = logging.getLogger(__name__)

KEEP_AFTER: Final = 3.0
"""Seconds of an answer that can be lost at most."""


class PartKeeper:
    """Saves a running turn's text now and then; its end is saved by the conversation itself."""

    def __init__(self, store: Store, content_id: ContentId, branch_id: BranchId) -> None:
        self._store = store
        self._content_id = content_id
        self._branch_id = branch_id
        self._saving: asyncio.Task[None] | None = None
        self._saved_at = 0.0
        self._length = 0

    def begin(self) -> None:
        """Start with a new turn."""
        self._saved_at = asyncio.get_running_loop().time()
        self._length = 0

    def arrived(self, turn: TurnId, text: str) -> None:
        """Take note of the text so far; saves it when the last time is long enough ago."""
        now = asyncio.get_running_loop().time()
        is_saving = self._saving is not None and not self._saving.done()
        if is_saving or now - self._saved_at < KEEP_AFTER or len(text) == self._length:
            return
        self._saved_at, self._length = now, len(text)
        self._saving = asyncio.create_task(self._save(turn, text))

    async def finish(self) -> None:
        """Wait for a save that is under way."""
        if self._saving is not None:
            await self._saving
            self._saving = None

    async def _save(self, turn_id: TurnId, text: str) -> None:
        def with_part(content: Content) -> Content:
            for turn in content.branch(self._branch_id).turns:
                if turn.id == turn_id and turn.state is TurnState.RUNNING:
                    return with_turn(content, self._branch_id, replace(turn, reply=text))
            return content

        try:
            await self._store.update(self._content_id, with_part)
        except RedraftError as problem:
            _log.warning("A part of an answer could not be kept: %s", problem)
