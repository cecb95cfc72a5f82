"""When an app under test has done all that it was asked to: told by its queues, not by the clock.

Textual waits until its process has rested for a fiftieth of a second, twice for each key; that was
half of the time that the tests of the screen took. Here the event loop says when nothing is left
to do, and only threads that are waited for are watched by what the process does.
"""

import asyncio
import time
from collections.abc import Iterator
from typing import Any, Final
from weakref import WeakSet

import textual.app
import textual.pilot
from textual._context import active_app
from textual._wait import SLEEP_GRANULARITY, SLEEP_IDLE
from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot

_ROUNDS: Final = 20
"""Rounds of messages and frames after which an app that goes on by itself is left alone."""
_TURNS: Final = 10_000
"""Turns of the event loop after which it is left alone."""
_LONGEST: Final = 1.0
"""Seconds after which what goes on is left alone, as in Textual."""
A_LOOK: Final = 0.03
"""The same for who looks again and again: what comes and goes quickly is not to be missed."""
A_PAUSE: Final = 0.01
"""Seconds between two looks, at first."""
_LONGEST_PAUSE: Final = 0.05
_wait_for_screen = Pilot._wait_for_screen
_wrap_future = asyncio.wrap_future
_in_threads: WeakSet[asyncio.Future[Any]] = WeakSet()
"""What was given to threads."""


def settle_by_the_queues() -> None:
    """Have each key and each pause of a pilot wait no longer than there is something to do."""
    if Pilot._wait_for_screen is _wait_for_queues:
        return  # Done before.
    textual.app.wait_for_idle = _rested  # type: ignore[attr-defined]
    textual.pilot.wait_for_idle = _rested  # type: ignore[attr-defined]
    Pilot._wait_for_screen = _wait_for_queues  # type: ignore[method-assign]
    asyncio.wrap_future = asyncio.futures.wrap_future = _noted


async def settled(app: App[Any], longest: float = _LONGEST) -> None:
    """Wait until an app has handled all messages and has laid out what they changed."""
    deadline = time.monotonic() + longest
    for _ in range(_ROUNDS):
        await _turns_over()
        await _threads_over(deadline)
        if time.monotonic() > deadline:
            return
        if not app.is_running or not app.screen_stack or any(map(_is_at_work, _nodes(app))):
            return
        if app._resize_event is not None:
            # Textual keeps a new size until the app has nothing else to do.
            app._check_resize()
            continue
        screen = app.screen
        if not (
            screen._layout_required
            or screen._scroll_required
            or screen._repaint_required
            or screen._recompose_required
            or screen._dirty_widgets
            or screen._callbacks
        ):
            return
        # What Textual does 60 times a second.
        screen._on_timer_update()


def longer(pause: float) -> float:
    """Return the next pause of who looks again and again, which costs more than what is waited for.

    What is said on a screen stands there for longer.
    """
    return min(pause * 1.2, _LONGEST_PAUSE)


async def _turns_over() -> None:
    """Let everything run that can run now."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    still = 0
    for _ in range(_TURNS):
        # Only the second of two says that nothing has come from outside either.
        still = 0 if ready else still + 1
        if still == 2:
            return
        await asyncio.sleep(0)


async def _threads_over(deadline: float) -> None:
    """Wait for threads as long as they work, and for what comes of it."""
    while busy := {one for one in _in_threads if not one.done() and one.get_loop().is_running()}:
        before = time.process_time()
        _, waiting = await asyncio.wait(busy, timeout=SLEEP_GRANULARITY)
        await _turns_over()
        is_idle = len(waiting) == len(busy) and time.process_time() - before < SLEEP_IDLE
        if is_idle or time.monotonic() > deadline:
            return


async def _rested(min_sleep: float = 0, max_sleep: float = _LONGEST) -> None:
    await settled(active_app.get())


async def _wait_for_queues(self: Pilot[Any], timeout: float = 30.0) -> bool:  # noqa: ASYNC109
    await settled(self.app)
    if self.app._exception is None and any(map(_is_at_work, _nodes(self.app))):
        return await _wait_for_screen(self, timeout)
    return True


def _noted(*args: Any, **named: Any) -> asyncio.Future[Any]:
    future = _wrap_future(*args, **named)
    _in_threads.add(future)
    return future


def _nodes(app: App[Any]) -> Iterator[MessagePump]:
    yield app
    if app.screen_stack:
        yield from app.screen.walk_children(with_self=True)


def _is_at_work(node: MessagePump) -> bool:
    """Whether a node has messages to handle, or handles one."""
    if not node.is_running:
        return False
    return node.message_queue_size > 0 or not node._message_queue.ready_event._waiters
