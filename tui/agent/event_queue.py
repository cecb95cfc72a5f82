"""The events of a turn on their way to its reader, text that comes close together as one event."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from tui.domain.events import AgentEvent, TextStreamed

GATHER_SECONDS: Final = 0.03
"""How long a piece of text waits for more; whatever else comes ends the wait. An event costs its
handlers some tenths of a millisecond, and thousands of pieces of text can come in a second."""


class EventQueue:
    """Events in order, without a bound: a slow or vanished reader must never hold up the writer."""

    def __init__(self) -> None:
        self._events: deque[AgentEvent | None] = deque()
        self._filled = asyncio.Event()
        self._urgent = asyncio.Event()
        """Set while something other than text waits."""

    def put(self, event: AgentEvent | None) -> None:
        """Add an event, or None for the end."""
        self._events.append(event)
        self._filled.set()
        if not isinstance(event, TextStreamed):
            self._urgent.set()

    async def read(self) -> AsyncIterator[AgentEvent]:
        """Yield the events up to the end; whoever reads again goes on where the last one left."""
        while True:
            await self._filled.wait()
            if not self._urgent.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(GATHER_SECONDS):
                        await self._urgent.wait()
            while self._events:
                event = self._next()
                if event is None:
                    return
                yield event
            self._filled.clear()
            self._urgent.clear()

    def _next(self) -> AgentEvent | None:
        event = self._events.popleft()
        if not isinstance(event, TextStreamed):
            return event
        texts = [event.text]
        while self._events and isinstance(more := self._events[0], TextStreamed):
            texts.append(more.text)
            self._events.popleft()
        return event if len(texts) == 1 else TextStreamed("".join(texts))
