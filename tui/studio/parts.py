"""Keeping the part of an answer that has arrived, so that even a power cut leaves it."""

import asyncio
import logging
from typing import Final

from tui.domain.errors import RedraftError
from tui.domain.ids import ContentId, TurnId
from tui.studio.ports import Store

_logger = logging.getLogger(__name__)

KEEP_AFTER: Final = 0.5
"""Seconds until what has arrived is handed to the store."""


class PartKeeper:
    """Keeps a running turn's text as it comes; its end is saved by the conversation itself."""

    def __init__(self, store: Store, content_id: ContentId) -> None:
        self._store = store
        self._content_id = content_id
        self._keeping: asyncio.Task[None] | None = None
        self._turn: TurnId | None = None
        self._text = self._kept = ""

    def begin(self) -> None:
        """Start with a new turn."""
        self._turn, self._text, self._kept = None, "", ""

    def arrived(self, turn: TurnId, text: str) -> None:
        """Take note of the text so far; it is kept soon, whether or not more comes."""
        self._turn, self._text = turn, text
        if self._keeping is None and text != self._kept:
            self._keeping = asyncio.create_task(self._keep())

    async def finish(self) -> None:
        """Leave off, once nothing is being kept any more."""
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
