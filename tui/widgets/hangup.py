"""Noticing that the terminal is gone, which neither Textual nor a closed pty reports."""

import errno
import os
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import IO, Final

HARD_EXIT_AFTER: Final = 8.0
"""Seconds after which a process whose terminal is gone ends, whatever still blocks it."""


class UntilGone:
    """The file of a terminal, which forgets what is written once the terminal is gone.

    Textual writes in a thread of its own. If that thread failed, the next write would wait for it
    until `end_hard_later` ends the process, and Claude Code would be left running.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write a text, or drop it once the terminal is gone."""
        with _unless_gone():
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand over what was written."""
        with _unless_gone():
            self._file.flush()

    def fileno(self) -> int:
        """Return the number of the file."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is, or was, a terminal."""
        return True


@contextmanager
def _unless_gone() -> Iterator[None]:
    try:
        yield
    except OSError:
        if not is_terminal_gone():
            raise


def is_terminal_gone() -> bool:
    """Whether the terminal on standard input was closed; False where there never was one."""
    if sys.__stdin__ is None or sys.__stdin__.closed:
        return False
    try:
        termios.tcgetattr(sys.__stdin__.fileno())
    except termios.error as error:
        return bool(error.args) and error.args[0] != errno.ENOTTY
    except (OSError, ValueError):
        return False
    return False


def guard_continue() -> None:
    """Let Textual start anew after a SIGCONT only when there is a terminal to start on.

    A closed terminal sends SIGHUP and then SIGCONT: starting anew in the middle of leaving would
    leave threads behind that wait for ever.
    """
    before = signal.getsignal(signal.SIGCONT)
    if not callable(before):
        return
    resume: Callable[[int, FrameType | None], object] = before

    def guarded(number: int, frame: FrameType | None) -> None:
        if not is_terminal_gone():
            resume(number, frame)

    signal.signal(signal.SIGCONT, guarded)


def end_hard_later(code: int) -> None:
    """End this process soon even when a write to the closed terminal blocks it for ever."""
    timer = threading.Timer(HARD_EXIT_AFTER, os._exit, (code,))
    timer.daemon = True
    timer.start()
