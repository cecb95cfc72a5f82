"""A program on a pty of its own, every chunk it writes kept with the time at which it came.

Nothing is drawn while a time runs: what a chunk shows is told by a letter that stands nowhere else.
CPU seconds are those of the whole tree of processes, read from /proc, to 10 ms.
"""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

COLUMNS: Final = 120
ROWS: Final = 40
RARE: Final = "БГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯбгджзийлптфцчшщъыьэюя"
"""Letters that neither program shows by itself, all one cell wide."""
PATIENCE: Final = 60.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_ASKS_FOR_FRAMES: Final = b"\x1b[?2026$p"
ESCAPE: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)")
"""One control sequence: what is left without them is text."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one read of the terminal gave."""

    at: float
    data: bytes


class Watched:
    """A program in a terminal of 120 × 40; use it as a context manager."""

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: str | os.PathLike[str]
    ) -> None:
        self.chunks: list[Chunk] = []
        self._news = threading.Condition()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        modes = termios.tcgetattr(slave)
        modes[3] &= ~(termios.ECHO | termios.ICANON)  # What is seen is what the program wrote.
        termios.tcsetattr(slave, termios.TCSANOW, modes)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [*command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for pid in reversed(tree_of(self.process.pid)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(10)
        os.close(self._master)

    @property
    def cpu(self) -> float:
        """CPU seconds of the program and all it started, those that have ended included."""
        return sum(_cpu(pid) for pid in tree_of(self.process.pid))

    @property
    def written(self) -> int:
        """Bytes written so far."""
        return sum(len(chunk.data) for chunk in self.chunks)

    @property
    def memory(self) -> float:
        """Resident megabytes of the program itself, without what it started."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * _PAGE / 1e6

    def type(self, text: str) -> float:
        """Type a text; returns when the first byte of it was given to the terminal."""
        data, at = text.encode(), time.monotonic()
        while data:
            data = data[os.write(self._master, data) :]
        return at

    def waits_for(self, mark: str | bytes, since: int = 0, patience: float = PATIENCE) -> float:
        """Wait for a pattern in what is written from chunk number `since` on.

        Returns when the chunk came that completed it.
        """
        wanted = re.compile(mark.encode() if isinstance(mark, str) else mark)
        found: list[float] = []
        seen, before = since, b""

        def is_there() -> bool:
            nonlocal seen, before
            while seen < len(self.chunks) and not found:
                chunk = self.chunks[seen]
                if wanted.search(before + chunk.data):
                    found.append(chunk.at)
                seen, before = seen + 1, chunk.data[-16:]
            return bool(found)

        self._waits(is_there, patience, repr(mark))
        return found[0]

    def shows(self, text: str, patience: float = PATIENCE) -> None:
        """Wait until a text has been written in one piece, whatever its colours."""
        words = b"".join(text.encode().split())
        self._waits(lambda: words in b"".join(self.text.encode().split()), patience, text)

    def draws(self, least: int = 1000, patience: float = PATIENCE) -> None:
        """Wait until so many bytes have been written: more than it takes to set up a terminal."""
        self._waits(lambda: self.written >= least, patience, f"{least} bytes")

    @property
    def text(self) -> str:
        """All that was written, without control sequences."""
        return ESCAPE.sub(b"", b"".join(one.data for one in self.chunks)).decode("utf-8", "replace")

    def rests(self, quiet: float = 0.4, patience: float = PATIENCE) -> None:
        """Wait until nothing has been written for some seconds."""
        asked = time.monotonic()
        while time.monotonic() < asked + patience:
            last = max(asked, self.chunks[-1].at if self.chunks else asked)
            left = last + quiet - time.monotonic()
            if left <= 0:
                return
            time.sleep(left)
        raise AssertionError(f"It has not stopped writing for {patience:g} s")

    def _waits(self, holds: Callable[[], bool], patience: float, what: str) -> None:
        until = time.monotonic() + patience
        with self._news:
            while not holds():
                left = until - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    raise AssertionError(f"Not seen in {patience:g} s: {what}\n{self.text[-1500:]}")
                self._news.wait(min(left, 0.25))

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:
                return
            at = time.monotonic()
            if _ASKS_FOR_FRAMES in data:
                os.write(self._master, b"\x1b[?2026;2$y")
            with self._news:
                self.chunks.append(Chunk(at, data))
                self._news.notify_all()


def tree_of(pid: int) -> list[int]:
    """Return a process and all that descend from it, parents first."""
    found = [pid]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS
