"""Periodic saving of a running answer, so that even a power cut does not lose what has arrived."""

import asyncio
import logging
from typing import Final

from tui.domain.errors import RedraftError
from tui.domain.ids import ContentId, TurnId
from tui.studio.ports import Store

_logger = logging.getLogger(__name__)

KEEP_AFTER: Final = 0.5
"""Delay in seconds before arrived text is passed to the store."""


class PartKeeper:
    """Saves the partial text of one running turn; the conversation saves the final one."""

    def __init__(self, store: Store, content_id: ContentId) -> None:
        self._store = store
        self._content_id = content_id
        self._keeping: asyncio.Task[None] | None = None
        self._turn: TurnId | None = None
        self._text = self._kept = ""

    def arrived(self, turn: TurnId, text: str) -> None:
        """Record the text so far; the text is saved soon, whether or not more arrives."""
        self._turn, self._text = turn, text
        if self._keeping is None and text != self._kept:
            self._keeping = asyncio.create_task(self._keep())

    async def finish(self) -> None:
        """Stop saving, and wait until the saving task has ended."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
            self._keeping = None

    async def _keep(self) -> None:
        while self._turn is not None and self._text != self._kept:
            await asyncio.sleep(KEEP_AFTER)
            text = self._text
            try:
                await self._store.keep_part(self._content_id, self._turn, text)
            except RedraftError as problem:
                _logger.warning("A part of an answer could not be kept: %s", problem)
            except Exception:
                _logger.exception("A part of an answer could not be kept")
            self._kept = text
        self._keeping = None
