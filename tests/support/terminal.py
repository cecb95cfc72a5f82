"""A real terminal for tests: a program in a pty, its screen read by pyte."""

import fcntl
import os
import pty
import re
import selectors
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Self

import pyte

from tests.support.hanging import HANGS
from tests.support.warm import Start, cold

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "backspace": "\x7f",
    "space": " ",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
}
EMPTIES = "\x1b[18~\x7f"
"""Selects all of a field and deletes it."""
EMPTIES_EDITOR = "\x1b[19~" * 4 + "\x7f"
"""The same in the editor: the word, the sentence, the paragraph, the text."""
_UNREAD = re.compile(
    rb"\x1b\[[<>=?][0-9;:]*[a-zA-Z$]*[a-zA-Z]|\x1b\[[0-9;?]*\$[a-z]|\x1b\[[0-9;:]*m"
)
"""Private sequences, which pyte cannot read, and colours, which are most of what is written."""
_SYNC_QUERY = b"\x1b[?2026$p"
_ALTERNATE = re.compile(rb"\x1b\[\?1049([hl])")


class Terminal:
    """A program on a terminal of its own; use it as a context manager.

    A controlling terminal is what a window gives: closing it hangs up the program and every
    process that the program started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str | os.PathLike[str],
        columns: int = 120,
        lines: int = 36,
        is_controlling: bool = False,
        start: Start = cold,
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self._rows: dict[int, str] = {}
        self.raw = bytearray()
        self._unseen = bytearray()
        self.is_alternate = False
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        files = (slave, slave, slave)
        self.process = start(command, env=env, cwd=cwd, files=files, is_controlling=is_controlling)
        self._program_end = os.ttyname(slave)
        os.close(slave)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._master, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(HANGS)
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal, as when its window is closed; harmless when done twice."""
        if self._master >= 0:
            self._selector.close()
            os.close(self._master)
            self._master = -1

    @property
    def text(self) -> str:
        """The screen as lines of text; only lines that were drawn on since are read again."""
        screen = self.screen
        self._draw()
        for y in screen.dirty:
            line = screen.buffer[y]
            # The second cell of a wide character holds no text.
            self._rows[y] = "".join(line[x].data for x in range(screen.columns)).rstrip()
        screen.dirty.clear()
        return "\n".join(self._rows[y] for y in range(screen.lines))

    def count_unread(self) -> int:
        """Return how many bytes were typed that the program has not read yet."""
        program_end = os.open(self._program_end, os.O_RDONLY | os.O_NOCTTY)
        try:
            told = fcntl.ioctl(program_end, termios.FIONREAD, bytes(4))
        finally:
            os.close(program_end)
        return int.from_bytes(told, sys.byteorder)

    def press(self, *keys: str) -> None:
        """Press keys by name; anything that is no name is typed as it is."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())
            # An escape and a letter in one read would be alt+letter.
            self._read(0.05)

    def type(self, text: str) -> None:
        """Type a text."""
        os.write(self._master, text.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the terminal."""
        self._draw()
        self.screen.resize(lines, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.killpg(self.process.pid, signal.SIGWINCH)

    def wait_for(self, what: str | Callable[[str], bool], timeout: float = HANGS) -> str:
        """Read until the screen or a notice has a text, or fits a condition; returns the screen."""
        fits: Callable[[str], bool] = what if callable(what) else partial(_shows, what)
        deadline = time.monotonic() + timeout
        while not fits(self.text):
            if time.monotonic() > deadline:
                raise AssertionError(f"Not seen in {timeout} s: {what!r}\n{self.text}")
            if self._read(0.05):
                self._read_more()
            elif self.process.poll() is not None and not fits(self.text):
                raise AssertionError(f"The program ended before {what!r}:\n{self.text}")
        return self.text

    def wait_until(self, holds: Callable[[], bool], timeout: float = HANGS) -> None:
        """Read until a condition holds."""
        self.wait_for(lambda _: holds(), timeout)

    def rest(self, seconds: float) -> None:
        """Let a time go by, reading what is written meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._read(left)

    def wait_still(self, quiet: float = 0.5) -> None:
        """Read until nothing has been written for a while."""
        while self._read(quiet):
            pass

    def wait_gone(self, what: str, timeout: float = HANGS) -> str:
        """Read until the screen does not show a text any more."""
        return self.wait_for(lambda text: not _shows(what, text), timeout)

    def wait_exit(self, timeout: float = HANGS) -> int:
        """Read until the program has ended; returns its exit code."""
        deadline = time.monotonic() + timeout
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"Still running after {timeout} s:\n{self.text}")
            self._read(0.05)
        while self._read(0.05):
            pass
        return self.process.wait()

    def _read(self, timeout: float) -> bool:
        if not self._selector.select(timeout):
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.raw += data
        if _SYNC_QUERY in data:
            os.write(self._master, b"\x1b[?2026;2$y")
        for match in _ALTERNATE.finditer(data):
            self.is_alternate = match[1] == b"h"
        self._unseen += data
        return bool(data)

    def _read_more(self) -> None:
        """Read on to the end of a frame, so that half of one is not looked at."""
        for _ in range(10):
            if not self._read(0.01):
                return

    def _draw(self) -> None:
        """Draw what has come since the last look."""
        drawn, self._unseen = bytes(self._unseen), bytearray()
        if drawn:
            self._stream.feed(_UNREAD.sub(b"", drawn))


def _shows(what: str, text: str) -> bool:
    """Whether a screen shows a text; a notice may be broken over several rows."""
    rows = (row.partition("▌")[2].partition("│")[0].strip() for row in text.splitlines())
    return what in text or what in " ".join(filter(None, rows))
