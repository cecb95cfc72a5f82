"""What holds for every test."""

import asyncio
import gc
import traceback
from collections.abc import Callable, Generator
from typing import Any

import pytest

_unheard: list[str] = []
"""What went wrong in event loops where no caller could hear of it, since the last test."""


def pytest_configure() -> None:
    """Collect garbage less often, and listen to every event loop.

    Each app of a test is one big cycle: with Python's own thresholds a quarter of the CPU of the
    tests of the screen goes into walking it again and again.
    """
    gc.set_threshold(100_000, 20, 20)
    loop = asyncio.BaseEventLoop
    loop.call_exception_handler = _listening(loop.call_exception_handler)  # type: ignore[assignment,method-assign]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    """Fail a test in whose event loop a callback raised, or a task that nobody waits for.

    Such a task is noticed when it is collected as garbage, which may be in a later test.
    """
    yield
    unheard, _unheard[:] = tuple(_unheard), ()
    if unheard:
        pytest.fail("\n".join(("An event loop was told of:", *unheard)), pytrace=False)


def _listening(
    handle: Callable[[asyncio.BaseEventLoop, dict[str, Any]], None],
) -> Callable[[asyncio.BaseEventLoop, dict[str, Any]], None]:
    def listen(loop: asyncio.BaseEventLoop, context: dict[str, Any]) -> None:
        _unheard.append(_described(context))
        handle(loop, context)

    return listen


def _described(context: dict[str, Any]) -> str:
    about = [f"{name}: {what!r}" for name, what in context.items() if name != "message"]
    error = context.get("exception")
    trace = traceback.format_exception(error) if isinstance(error, BaseException) else []
    return "\n".join((str(context.get("message", "")), *about, *trace))
