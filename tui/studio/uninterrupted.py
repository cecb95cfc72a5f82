"""Steps that are done whole or not begun: a cancellation waits for their end."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


async def uninterrupted(step: Coroutine[Any, Any, Result]) -> Result:
    """Do a step to its end, whoever cancels meanwhile; only then let the cancellation out.

    A thread cannot be cancelled: who stopped waiting for one would not know what it has done.
    """
    task = asyncio.create_task(step)
    is_cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            is_cancelled = True
    error = None if task.cancelled() else task.exception()
    if is_cancelled:
        raise asyncio.CancelledError from error
    return task.result()
