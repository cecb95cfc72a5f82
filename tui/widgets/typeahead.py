"""Keys in the order in which they were typed, however fast they come.

Textual hands a key to the widget that has the focus when the key is *read*. Keys that come in one
burst (a paste, a macro, a slow terminal) therefore all reach the old widget, also those after a
Tab or after the key that opens a dialog. Here a key waits until the one before it has had its
whole effect.
"""

import time
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump

LONGEST_WAIT: Final = 2.0
"""Seconds after which a key that seems to have no end does not hold up the next one."""
LOOK_AGAIN: Final = 0.01
"""Seconds between looks at a screen that is not ready for keys yet."""
PASSES: Final = 3
"""How often a key is followed through the queues: what a widget posts on a key (“submitted”) comes
behind the key itself, and what is posted on that comes behind it again."""


class TypeAheadApp(App[None]):
    """An app in which a key takes effect only after the key before it has."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Key | events.Paste] = deque()
        self._under_way = 0
        """Number of the key under way; 0 between keys."""
        self._keys_begun = 0
        self._since = 0.0
        self._last_key_at = 0.0

    @property
    def has_keys_waiting(self) -> bool:
        """Whether a key is under way or waits for its turn."""
        return bool(self._under_way or self._typed)

    @property
    def hands_rest(self) -> float:
        """Seconds since the last key came."""
        return time.monotonic() - self._last_key_at

    def hold_keys(self) -> AbstractContextManager[None]:
        return nullcontext()

    def type_again(self, key: events.Key) -> None:
        """Take a key that was read by the wrong screen once more, before all that wait."""
        self._typed.appendleft(events.Key(key.key, key.character))
        self.call_later(self._begin_waiting)

    async def _begin_waiting(self) -> None:
        if self._typed and not self._under_way:
            await self._begin_next()

    def is_ready_for_keys(self) -> bool:
        """Whether what the last key began is far enough for the next one."""
        screen = self.screen
        return screen.is_mounted and (screen.focused is not None or not screen.focus_chain)

    async def on_event(self, event: events.Event) -> None:
        """Let keys wait for each other, and pass everything else on."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._last_key_at = time.monotonic()
        self._typed.append(event)
        if not self._under_way:
            await self._begin_next()
        elif len(self._typed) == 1:
            self._watch(self._under_way)

    async def _begin_next(self) -> None:
        self._keys_begun += 1
        self._under_way = self._keys_begun
        self._since = time.monotonic()
        await self._begin_when_ready(self._under_way)

    async def _begin_when_ready(self, number: int) -> None:
        if number != self._under_way:
            return
        if not self.is_ready_for_keys() and time.monotonic() - self._since < LONGEST_WAIT:
            self.set_timer(LOOK_AGAIN, lambda: self.call_later(self._begin_when_ready, number))
            return
        event = self._typed.popleft()
        start = self.focused or self.screen
        path: list[DOMNode] = [*start.ancestors_with_self]
        self._since = time.monotonic()
        await super().on_event(event)
        self._follow(number, path * PASSES)

    def _follow(self, number: int, path: Sequence[MessagePump]) -> None:
        """Go after a key through the queues on its way up, so that nothing of it is left there."""
        for index, node in enumerate(path):
            if node.is_running and node.call_later(self._follow, number, path[index + 1 :]):
                return
        self.call_later(self._end, number)

    async def _end(self, number: int) -> None:
        if number != self._under_way:
            return
        self._under_way = 0
        if self._typed:
            await self._begin_next()
            if self._typed:
                self._watch(self._under_way)

    def _watch(self, number: int) -> None:
        # A widget that was taken away in between never passes the key's trace on.
        self.set_timer(LONGEST_WAIT, lambda: self.call_later(self._end, number))
