"""Keys in the order in which they were typed, however fast they come.

Textual hands a key to the widget that has the focus when the key is *read*. Keys that come in one
burst (a macro, a slow terminal) therefore all reach the old widget, also those after a key that
moves the focus or opens a screen. Here keys wait after such a key until its direct effect is done,
and while a screen is being pushed or popped; at no other time, and never for longer than
`LONGEST_WAIT`. Nothing waits for text typed into a field. The keys in `urgent_keys` overtake all
others.
"""

import asyncio
import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.widgets import Input, TextArea

LONGEST_WAIT: Final = 2.0
"""Seconds after which waiting keys go on, whatever they wait for."""
LOOK_AGAIN: Final = 0.01
"""Seconds between looks at a screen that is not ready for keys yet."""


class TypeAheadApp(App[None]):
    """An app in which a key takes effect where the keys before it lead."""

    urgent_keys: Collection[str] = frozenset({"escape", "ctrl+q", "ctrl+c"})
    """Keys that never wait behind another one."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._holds = 0
        self._followed = 0
        """Number of the key whose effect is awaited; 0 when none is."""
        self._keys_read = 0
        self._waits_since = 0.0
        self._last_key_at = 0.0

    @property
    def has_keys_waiting(self) -> bool:
        """Whether keys wait for a screen, or for the effect of a key before them."""
        return bool(self._waiting or self._followed or self._holds)

    @property
    def hands_rest(self) -> float:
        """Seconds since the last key came."""
        return time.monotonic() - self._last_key_at

    @contextmanager
    def hold_keys(self) -> Iterator[None]:
        """Let keys wait while a command opens a screen: from its key until the screen is there."""
        self._holds += 1
        self._waits_since = time.monotonic()
        try:
            yield
        finally:
            self._holds -= 1
            self.call_later(self._go_on)

    async def keys_settled(self) -> None:
        """Wait until the keys read so far have had their effect; half a second at most."""
        is_settled = asyncio.Event()
        path = [*(self.focused or self.screen).ancestors_with_self]

        def pass_by(rest: Sequence[MessagePump]) -> None:
            for index, node in enumerate(rest):
                if node.is_running and node.call_later(pass_by, rest[index + 1 :]):
                    return
            is_settled.set()

        pass_by(path)
        with suppress(TimeoutError):
            await asyncio.wait_for(is_settled.wait(), 0.5)

    async def on_event(self, event: events.Event) -> None:
        """Pass keys on as soon as they can be, and everything else at once."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._last_key_at = time.monotonic()
        if not self.app_focus:
            # A key says that the terminal has the focus, also where no focus event comes.
            self.app_focus = True
        for one in split_escape(event):
            if isinstance(one, events.Key) and one.key in self.urgent_keys:
                await super().on_event(one)
            elif self._waiting or self._must_wait:
                self._wait(one)
            else:
                await self._pass_on(one)

    @property
    def _must_wait(self) -> bool:
        """Whether the next key would reach the wrong widget."""
        screen = self.screen
        is_ready = screen.is_mounted and (screen.focused is not None or not screen.focus_chain)
        return bool(self._followed or self._holds or not is_ready)

    def _wait(self, event: events.Key | events.Paste) -> None:
        if not self._waiting:
            if not self._holds:
                self._waits_since = time.monotonic()
            self.set_timer(LOOK_AGAIN, self._look_again)
        self._waiting.append(event)

    async def _look_again(self) -> None:
        if self._waiting and time.monotonic() - self._waits_since > LONGEST_WAIT:
            self._followed = 0
            await self._pass_on(self._waiting.popleft())
        await self._go_on()
        if self._waiting:
            self.set_timer(LOOK_AGAIN, self._look_again)

    async def _go_on(self) -> None:
        while self._waiting and not self._must_wait:
            self._waits_since = time.monotonic()
            await self._pass_on(self._waiting.popleft())

    async def _pass_on(self, event: events.Key | events.Paste) -> None:
        passes = self._passes(event)
        start = self.focused or self.screen
        await super().on_event(event)
        if passes:
            self._keys_read += 1
            self._followed = self._keys_read
            path: list[DOMNode] = [*start.ancestors_with_self]
            self._follow(self._keys_read, path * passes)

    def _passes(self, event: events.Key | events.Paste) -> int:
        """Return how often an event is followed through the queues; 0 when it moves no focus.

        A command runs when its key has come up to the app: one pass. What a widget posts on a key,
        such as that a row was chosen, comes behind the key, and what is posted on that behind it
        again: so more for the keys that choose.
        """
        if isinstance(event, events.Paste):
            return 0
        focused, key = self.focused, event.key
        if not isinstance(focused, Input | TextArea):
            return 3 if key == "enter" else 2
        is_empty = not (focused.value if isinstance(focused, Input) else any(focused.document.end))
        if event.is_printable:
            return 2 if is_empty and event.character == "/" else 0
        # Also of a field's own keys, such as end and backspace, the text typed next must wait for
        # the effect: they are bindings, which take the way up to the app, and text does not.
        return {"enter": 3, "up": 2 if is_empty else 1}.get(key, 1)

    def _follow(self, number: int, path: Sequence[MessagePump]) -> None:
        """Go after a key through the queues on its way up, so that nothing of it is left there."""
        for index, node in enumerate(path):
            if node.is_running and node.call_later(self._follow, number, path[index + 1 :]):
                return
        self.call_later(self._arrived, number)

    async def _arrived(self, number: int) -> None:
        if number == self._followed:
            self._followed = 0
            await self._go_on()


def split_escape(event: events.Key | events.Paste) -> Iterable[events.Key | events.Paste]:
    """Return an event, or escape and a letter for what was read as alt and that letter.

    Without the Kitty protocol a terminal sends the same bytes for both; whoever presses escape and
    types on means escape. With that protocol alt is told apart, and its event has no character.
    """
    if isinstance(event, events.Key) and event.key.startswith("alt+") and event.is_printable:
        character = event.character or ""
        name = event.key.removeprefix("alt+")
        key = character if character.isalnum() else name
        return (events.Key("escape", "\x1b"), events.Key(key, character))
    return (event,)
