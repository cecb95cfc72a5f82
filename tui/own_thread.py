"""Work on paths outside the library, each in a daemon thread of its own; for every layer above.

A dead network folder never answers. A thread of the event loop's own executor that waits for it is
lost to everybody else, and Python waits for it before it ends; a daemon thread is left behind.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_unanswered: Final[dict[tuple[object, str], Future[Any]]] = {}
"""Looks under way in this process, by what is done and the path."""


async def alone(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do blocking work in a thread of its own and return its result, or raise what it raises."""
    return await asyncio.wrap_future(begun(partial(work, *args, **kwargs), work.__name__))


async def looked_at(path: str, work: Callable[[str], R], *, within: float) -> R:
    """Return what a blocking look at a path finds; raises `TimeoutError` after so many seconds.

    A look that nothing has answered yet is waited for again, never begun twice: a path that hangs
    takes one thread, however often it is looked at.
    """
    key = (work, path)
    look: Future[R] | None = _unanswered.get(key)
    if look is None:
        look = _unanswered[key] = begun(partial(work, path), f"look at {path}")
        look.add_done_callback(lambda _: _unanswered.pop(key, None))
    async with asyncio.timeout(within):
        return await asyncio.wrap_future(look)


def begun(work: Callable[[], R], name: str) -> Future[R]:
    """Begin blocking work in a thread of its own; whoever waits for the future cannot cancel it."""
    result: Future[R] = Future()
    result.set_running_or_notify_cancel()  # From here on whoever waits cannot cancel it.

    def run() -> None:
        try:
            done = work()
        except BaseException as error:  # noqa: BLE001 (whoever waits gets it)
            result.set_exception(error)
        else:
            result.set_result(done)

    threading.Thread(target=run, name=name, daemon=True).start()
    return result
