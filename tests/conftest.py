"""What holds for every test."""

import asyncio
import gc
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from _pytest.unraisableexception import gc_collect_iterations_key

EXAMPLES = 50
"""Examples of a property that names no number of its own; each run draws others."""
ROOM = 4 * 1024**3
"""Free bytes of memory from which on it may hold the files of tests."""
_unheard: list[str] = []
"""What went wrong in event loops where no caller could hear of it, since the last test."""


def pytest_configure(config: pytest.Config) -> None:
    """Keep compiled modules, keep files in memory, collect garbage less often, and listen.

    Each app of a test is one big cycle: with Python's own thresholds a quarter of the CPU of the
    tests of the screen goes into walking it again and again.
    """
    _hear_signals()
    _keep_bytecode(config)
    _work_in_memory()
    _draw_fewer_examples()
    # Python leaves no garbage behind the first walk; pytest walks five times, PyPy needs it.
    config.stash[gc_collect_iterations_key] = 1
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


def _hear_signals() -> None:
    """End by the signals by which programs are ended, and so do the programs that tests start.

    Under `nohup`, and in the background of a script, some are ignored; programs inherit that.
    """
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _keep_bytecode(config: pytest.Config) -> None:
    """Keep compiled modules in pytest's cache where Python is told not to keep them at all.

    Compiling Textual and the SDK anew is more than half of the start of every program in the
    tests, of which there are hundreds.
    """
    if sys.dont_write_bytecode:
        sys.pycache_prefix = str(config.rootpath / ".pytest_cache" / "bytecode")
        sys.dont_write_bytecode = False
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        del os.environ["PYTHONDONTWRITEBYTECODE"]


def _draw_fewer_examples() -> None:
    """Draw half of the examples that Hypothesis usually draws, and call no slow one a failure."""
    from hypothesis import settings  # Compiled modules are kept by now.

    settings.register_profile("suite", deadline=None, max_examples=EXAMPLES)
    settings.load_profile("suite")


def _work_in_memory() -> None:
    """Put the files of tests into memory where that is a folder with room, as on Linux.

    Hundreds of libraries are saved, synced and deleted; on a disk that takes a third of the CPU of
    the store's tests and most of their time. What is synced, and when, is tested by its calls.
    """
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


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
