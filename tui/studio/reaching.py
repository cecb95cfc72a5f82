"""Work that a stop puts an end to, such as the way to a session."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class Reaching(Generic[R]):
    """One piece of work at a time."""

    def __init__(self) -> None:
        self._task: asyncio.Task[R] | None = None
        self._is_stopped = False

    async def until_stopped(self, work: Coroutine[Any, Any, R]) -> R | None:
        """Do the work and return its result; None when `stop` was called before it was there."""
        self._is_stopped = False
        task = self._task = asyncio.create_task(work)
        try:
            return await task
        except asyncio.CancelledError:
            if not (self._is_stopped and task.cancelled()):
                raise
            return None
        finally:
            self._task = None

    def stop(self) -> None:
        """Give up what is under way; harmless when nothing is."""
        if self._task is not None:
            self._is_stopped = True
            self._task.cancel()
