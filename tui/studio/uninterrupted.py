"""Steps that cannot be interrupted: a cancellation waits for their end."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


async def uninterrupted(step: Coroutine[Any, Any, Result]) -> Result:
    """Run a step to its end, even when cancelled; raise the cancellation only afterwards.

    A thread cannot be cancelled: a caller that stopped waiting would not know what the thread did.
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
