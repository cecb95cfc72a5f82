"""Keys in the order in which they were typed, however fast they come.

Textual hands a key to the widget that has the focus when the key is *read*. Keys that come in one
burst (a macro, a slow line) therefore all reach the old widget, also those after a Tab or after the
key that opens a dialog. Here a key that may move the focus or open a screen has had its whole
immediate effect before the next one is passed on, and keys wait while a screen comes or goes. They
wait for nothing else: a key that edits a text field is passed straight on, and what a command does
in the background holds up no key.

However slow the machine or the disk, keys that wait are never passed on to something else than what
they were typed for: a sentence meant for the prompt would be a row of commands in a list. After
`LONG_WAIT` it is said that they wait, and a freeing key makes text of them.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import reduce
from itertools import takewhile
from typing import ClassVar, Final, Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.widgets.focus import FocusMemory
from tui.widgets.key_hold import KeyHold, written

URGENT_WAIT: Final = 0.5
"""Seconds for which no key was passed on, after which an urgent one overtakes those before it.

Not 0: in a burst that came in one piece, a dialog's Escape would close nothing and the dialog's
text would be typed as commands.
"""
LONG_WAIT: Final = 2.0
"""Seconds after which one is told that keys wait, and can give up what they wait for."""
LOOK_AGAIN: Final = 0.01
"""Seconds between looks at a screen that is not ready for keys yet."""
MOST_LOOKS: Final = 200
"""Looks after which a screen that is mounted has the keys, although nothing on it has the focus."""
PASSES: Final = 3
"""How often a key is followed through the queues: what a widget posts on a key (“submitted”) comes
behind the key itself, and what is posted on that comes behind it again."""
PALETTE_CLOSES: Final = 0.3
"""Seconds in which the command palette has closed after Enter and its command has begun.

The palette passes Enter on to its list, which a key is not followed to.
"""
TURNS_TO_READ: Final = 5
"""Turns of the event loop until a worker that waits for a screen's answer has gone on with it, and
can hold the keys itself; `App.push_screen_wait` takes three."""
_PASTES: Final = "ctrl+v"
"""The key by which Textual's fields of one line take what was copied."""


@runtime_checkable
class HasLeavingKeys(Protocol):
    """A text field in which some printable or editing keys can move the focus or open a screen."""

    LEAVING_KEYS: ClassVar[frozenset[str]]


@runtime_checkable
class TakesPastes(Protocol):
    """A screen that takes what is pasted, or typed ahead, where no text field has the focus."""

    def paste_elsewhere(self, text: str, *, is_waiting: bool = False) -> bool:
        """Take a text, and say where it went; False when there is no place for it.

        A text that `is_waiting` was typed, and goes on waiting then.
        """
        ...

    def say_that_keys_wait(self) -> None:
        """Say that what is typed waits, and how to go on without what it waits for."""


class TypeAheadApp(App[None]):
    """An app in which keys take effect in the order in which they were typed."""

    def __init__(self) -> None:
        super().__init__()
        self.urgent_keys: frozenset[str] = frozenset({"escape", "ctrl+q", "ctrl+c"})
        """Keys that never stand still for longer than `URGENT_WAIT`, by Textual's names."""
        self.freeing_keys: frozenset[str] = frozenset({"escape"})
        """Those of them that give up what the keys wait for, and have no other effect then."""
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._holds: set[KeyHold] = set()
        self._wait_since: float | None = None
        """Since when the first key waits; None while none does."""
        self._is_wait_told = False
        self._ready_screen: Screen[object] | None = None
        """The screen that was found ready for keys last."""
        self._target: Widget | None = None
        """Where the last key went; None when it has had its whole effect."""
        self._is_moving = False
        """Whether that key may move the focus or open a screen."""
        self._walk = 0
        """Number of the walk after a key that is under way; 0 when there is none."""
        self._walks = 0
        self._walk_at: MessagePump = self
        """Where that walk is."""
        self._looks_again = False
        self._looks = 0
        """How often the screen on top was looked at and found not ready for keys."""
        self._last_key_at = 0.0
        self._passed_on_at = 0.0
        self._focus_memory = FocusMemory()

    @property
    def has_keys_waiting(self) -> bool:
        """Whether a key waits for its turn or is still having its effect."""
        path = () if self._target is None else self._target.ancestors_with_self
        return bool(self._waiting or self._walk) or any(map(_is_busy, path))

    @property
    def seconds_since_key(self) -> float:
        """Seconds since the last key came."""
        return time.monotonic() - self._last_key_at

    def hold_keys(self, escaped: Callable[[str], None] | None = None) -> KeyHold:
        """Keep keys waiting until the hold is released: for a screen that comes or goes.

        Holds may overlap; urgent keys do not wait for them. With `escaped` a freeing key ends the
        hold at once: then that is called with the text typed so far.
        """
        hold = KeyHold(self._release, escaped)
        self._holds.add(hold)
        return hold

    def take_typed(self, until: events.Key | None = None) -> str:
        """Take the keys that wait, those before `until`, and return the text they make."""
        text = ""
        while self._waiting and self._waiting[0] is not until:
            text = written(text, self._waiting.popleft())
        return text

    async def keys_settled(self) -> None:
        """Wait until the text typed so far is in its field; half a second at most."""
        is_settled = asyncio.Event()

        def pass_by(path: tuple[MessagePump, ...]) -> None:
            for index, node in enumerate(path):
                if node.is_running and node.call_later(pass_by, path[index + 1 :]):
                    return
            is_settled.set()

        pass_by(tuple((self.focused or self.screen).ancestors_with_self))
        with suppress(TimeoutError):
            await asyncio.wait_for(is_settled.wait(), 0.5)

    async def on_event(self, event: events.Event) -> None:
        """Pass keys and pastes on in order, and everything else at once."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await self._keep_focus(event)
            return
        self._last_key_at = time.monotonic()
        if not self.app_focus:
            # The terminal did not say that it has the focus again; nothing waits for that.
            self.app_focus = True
            self._give_focus()
        self._waiting.append(event)
        if len(self._waiting) == 1:
            await self._pass_on()
        if self._waiting and isinstance(event, events.Key) and event.key in self.urgent_keys:
            self._after(URGENT_WAIT, self._overtake, event)

    async def _pass_on(self) -> None:
        """Pass on the keys that wait, up to one that has to go on waiting."""
        while self._waiting and not self._must_wait():
            await self._dispatch(self._waiting.popleft())

    async def _overtake(self, event: events.Key) -> None:
        """Let an urgent key overtake those before it, unless they are on the move."""
        still = time.monotonic() - self._passed_on_at
        if event not in self._waiting:
            return
        if still < URGENT_WAIT:
            self._after(URGENT_WAIT - still, self._overtake, event)
        elif event.key in self.freeing_keys and self._is_given_up(event):
            self._waiting.remove(event)
            self._holds.clear()
            self._walk = 0
            self.hold_keys().release()  # Behind the focus that was given meanwhile.
        else:
            self._waiting.remove(event)
            await self._dispatch(event)

    def _is_given_up(self, event: events.Key) -> bool:
        """Give up what the keys before a freeing one wait for, and make text of them.

        False where that is nothing, or where there is no place for the text.
        """
        escaped = [hold.escaped for hold in self._holds if hold.escaped is not None]
        if escaped:
            typed = self.take_typed(event)
            for call in escaped:
                call(typed)
            return True
        taker = self._taker
        if taker is None or not self._is_wait_told:
            return False
        typed = reduce(written, takewhile(lambda one: one is not event, self._waiting), "")
        if typed and not taker.paste_elsewhere(typed, is_waiting=True):
            return False
        self.take_typed(event)
        return True

    @property
    def _taker(self) -> TakesPastes | None:
        """The topmost screen that takes what is pasted beside a field."""
        screens = reversed(self.screen_stack)
        return next((screen for screen in screens if isinstance(screen, TakesPastes)), None)

    async def _dispatch(self, event: events.Key | events.Paste) -> None:
        self._passed_on_at = time.monotonic()
        self._focus_memory.note(self.screen)
        self._focus_memory.give_back(self.screen)
        is_typed = isinstance(event, events.Key) and event.is_printable
        if is_typed and self._focus_memory.is_lost(self.screen):
            return  # What has the focus is hidden: a letter is no command to what is behind it.
        target = self.focused or self.screen
        if isinstance(event, events.Paste) and not _takes_text(target):
            if taker := self._taker:
                taker.paste_elsewhere(event.text)
        else:
            if isinstance(target, Input):
                event = self._with_one_line(event)
            if isinstance(self.screen, CommandPalette) and _is_enter(event):
                self._after(PALETTE_CLOSES, self.hold_keys().release)
            await super().on_event(event)
        self._is_moving = not _only_edits(event, target)
        self._target = target

    def _with_one_line(self, event: events.Key | events.Paste) -> events.Key | events.Paste:
        """Return what a field of one line is given: of a paste Textual drops lines, or keeps ends.

        With its own key Textual pastes line ends, which such a field cannot draw.
        """
        if isinstance(event, events.Paste):
            return events.Paste(_in_one_line(event.text))
        return events.Paste(_in_one_line(self.clipboard)) if event.key == _PASTES else event

    def _must_wait(self) -> bool:
        must_wait = self._is_walking_or_held()
        if not must_wait:
            self._wait_since, self._is_wait_told = None, False
        elif self._wait_since is None:
            self._wait_since = time.monotonic()
        return must_wait

    def _is_walking_or_held(self) -> bool:
        if self._walk:
            return True
        if self._is_held():
            if not self._looks_again:
                self._looks_again = True
                self._after(LOOK_AGAIN, self._look_again)
            return True
        if self._target is None or self._is_editing_on(self._waiting[0]):
            return False
        path = tuple[MessagePump, ...](self._target.ancestors_with_self)
        self._target = None
        # This app is at work on a key now, so that its queue has to hold more than that one.
        if any(_is_busy(node, here=self) for node in path):
            self._walks += 1
            self._walk = self._walks
            self._after(LONG_WAIT / 4, self._watch_walk, self._walk)
            self._walk_on(self._walk, self, path * PASSES)
            return True
        return False

    def _tell_of_long_wait(self) -> None:
        """Say once that keys wait, when they have for long and nothing else says so."""
        since, taker = self._wait_since, self._taker
        is_long = since is not None and time.monotonic() - since >= LONG_WAIT
        is_told = self._is_wait_told or any(hold.escaped is not None for hold in self._holds)
        if is_long and self._waiting and taker is not None and not is_told:
            self._is_wait_told = True
            taker.say_that_keys_wait()

    def _is_editing_on(self, event: events.Key | events.Paste) -> bool:
        """Whether one key after the other goes to the same text field, which keeps their order."""
        field = self.focused
        return not self._is_moving and field is self._target and _only_edits(event, field)

    async def _look_again(self) -> None:
        self._looks_again = False
        self._tell_of_long_wait()
        await self._pass_on()

    # -- a screen that comes or goes ---------------------------------------------------------

    def _is_held(self) -> bool:
        return bool(self._holds) or not self._is_screen_ready()

    def _is_screen_ready(self) -> bool:
        """Whether the screen on top is mounted and has given the focus to a widget."""
        screen = self.screen
        if screen is not self._ready_screen:
            waits_for_focus = screen.focused is None and any(_wanting_focus(screen))
            self._looks += 1
            if not screen.is_mounted or (waits_for_focus and self._looks < MOST_LOOKS):
                return False
            self._ready_screen, self._looks = screen, 0
        return True

    def pop_screen(self) -> AwaitComplete:
        """Take the screen on top away; keys wait until who asked with it has read the answer."""
        self._release_in(TURNS_TO_READ, self.hold_keys())
        popped = super().pop_screen()
        # Before Textual gives the focus to the first widget that takes it.
        self._focus_memory.give_back(self.screen)
        return popped

    def _release_in(self, turns: int, hold: KeyHold) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._release_in, turns - 1, hold)
        else:
            hold.release()

    def _release(self, hold: KeyHold) -> None:
        # `Widget.focus` goes through this app's queue: the keys come behind it.
        if hold in self._holds and not self.call_later(self._let_go, hold):
            self._holds.discard(hold)

    async def _let_go(self, hold: KeyHold) -> None:
        self._holds.discard(hold)
        await self._pass_on()

    # -- focus that is lost and found ---------------------------------------------------------

    async def _keep_focus(self, event: events.Event) -> None:
        """Handle an event; where it takes the focus away, see to it that it comes back."""
        if isinstance(event, events.Resize | events.AppBlur) and self.screen_stack:
            self._focus_memory.note(self.screen)
            self.screen.screen_layout_refresh_signal.subscribe(self, self._focus_memory.give_back)
        await super().on_event(event)
        if isinstance(event, events.AppFocus):
            self._give_focus()

    def _give_focus(self) -> None:
        """Give the focus to a screen that came while the terminal did not have it."""
        screen = self.screen
        self._focus_memory.give_back(screen)
        if screen.focused is None and screen.is_mounted:
            screen.set_focus(next(iter(_wanting_focus(screen)), None))

    # -- after a key -------------------------------------------------------------------------

    def _walk_on(self, number: int, here: MessagePump, path: tuple[MessagePump, ...]) -> None:
        """Go after a key through the queues on its way up, so that nothing of it is left there."""
        if number != self._walk:
            return
        for index, node in enumerate(path):
            if _is_busy(node, here=here) and node.call_later(
                self._walk_on, number, node, path[index + 1 :]
            ):
                self._walk_at = node
                return
        self._walk_at = self
        self.call_later(self._end_walk, number)

    async def _watch_walk(self, number: int) -> None:
        """End a walk that got lost with the widget it was at, and say so of one that is long."""
        if number != self._walk:
            return
        if not self._walk_at.is_running:
            await self._end_walk(number)
            return
        self._tell_of_long_wait()
        self._after(LONG_WAIT / 4, self._watch_walk, number)

    async def _end_walk(self, number: int) -> None:
        if number == self._walk:
            self._walk = 0
            await self._pass_on()

    def _after(self, seconds: float, callback: Callable[..., object], *args: object) -> None:
        """Call back among the app's own messages; cheaper than a timer of Textual's."""
        loop = asyncio.get_running_loop()
        loop.call_later(seconds, lambda: self.call_later(callback, *args))


def _is_enter(event: events.Key | events.Paste) -> bool:
    """Whether an event is the key Enter."""
    return isinstance(event, events.Key) and event.key == "enter"


def _is_busy(node: MessagePump, here: MessagePump | None = None) -> bool:
    """Whether a node has messages to handle, or handles one; that it handles one is normal `here`.

    Textual says neither in public. A node at rest waits for its queue's event, and a message that
    it looked at while it handles another one is in no queue.
    """
    if not node.is_running:
        return False
    if node is here:
        return node.message_queue_size > 0 or node._pending_message is not None  # noqa: SLF001
    is_at_rest = bool(node._message_queue.ready_event._waiters)  # noqa: SLF001
    return node.message_queue_size > 0 or not is_at_rest


def _wanting_focus(screen: Screen[object]) -> Iterator[Widget]:
    """Yield what may have the focus of a new screen, first choice first."""
    app = screen.app
    wanted = app.AUTO_FOCUS if screen.AUTO_FOCUS is None else screen.AUTO_FOCUS
    if wanted:
        yield from (widget for widget in screen.query(wanted) if widget.focusable)


def _takes_text(target: Widget) -> bool:
    return isinstance(target, Input) or (isinstance(target, TextArea) and not target.read_only)


def _in_one_line(text: str) -> str:
    """Return a text without line ends; of a single line nothing else is changed."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[0] if len(lines) == 1 else " ".join(line.strip() for line in lines)


def _only_edits(event: events.Key | events.Paste, target: Widget | None) -> bool:
    """Whether a key or a paste can do no more than to add to the text field it goes to.

    Keys such as end and backspace are bindings of the field: they take the way up to the app and
    back, and text typed after them would overtake them.
    """
    if target is None or not _takes_text(target):
        return False
    if isinstance(event, events.Paste):
        return True
    if isinstance(target, HasLeavingKeys) and event.key in target.LEAVING_KEYS:
        return False
    return event.is_printable
