"""What a frame of a growing answer costs: 100 KB of Markdown against a loopback API, in a pty.

Run it by hand: `python -m tests.bench.bench_stream [paced|flat|reopen ...] [--runs N]`.

- `paced`: 200 deltas a second. CPU of the process tree, bytes written, how far the last word is
  behind; then the same again with keys typed into the prompt meanwhile: key to paint.
- `flat`: as fast as it goes; how far the last word is behind.
- `reopen`: a piece of 500 turns. CPU and bytes until a typed word is echoed, and until it is idle.

Nothing but the bytes and their times is kept while it runs, so no emulator is inside a time.
"""

import argparse
import asyncio
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from unittest import mock

from tests.domain.content_examples import MAIN, Library, blank_content
from tests.e2e.conftest import KEPT, ROOT
from tests.support.marks import TextWriter
from tui.demo import wire
from tui.demo.answers import Answer
from tui.demo.seen import SeenMessage
from tui.demo.server import DemoServer
from tui.domain.content import TurnKind, TurnState
from tui.domain.place import Place
from tui.store.library import TinyStore

COLUMNS: Final = 120
LINES: Final = 40
SIZE: Final = 100 * 1024
"""Characters of the answer."""
DELTA: Final = 25
"""Characters of one delta: 100 KB last for 20 seconds."""
DELTAS_PER_SECOND: Final = 200
LAST: Final = "omegaend"
"""The last word of the answer."""
KEYS: Final = "QXZJVK"
"""Letters that stand nowhere in an answer."""
TICKS: Final = os.sysconf("SC_CLK_TCK")
PATIENCE: Final = 120.0

_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-9;:?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_].*?\x1b\\|.)"
)
_FRAME = b"\x1b[?2026h"
_SYNC_QUERY = b"\x1b[?2026$p"


def answer() -> str:
    """Make the answer: headings, prose, lists, a table, code; every kind again and again."""
    sentence = "the *quick* brown fox runs over `lazy` dogs and **goes** on through the town, "
    parts: list[str] = []
    size = number = 0
    while size < SIZE:
        number += 1
        part = (
            f"## part {number}\n\n{sentence * 5}\n\n"
            + "".join(f"- {sentence * 2}\n" for _ in range(4))
            + f"\n{sentence * 7}\n\n```python\n"
            + "".join(f"    value_{line} = compute(one, 'two')  # note\n" for line in range(6))
            + "```\n\n| name | what |\n|---|---|\n"
            + "".join(f"| row {line} | {sentence[:40]} |\n" for line in range(4))
            + "\n"
        )
        parts.append(part)
        size += len(part)
    return "".join(parts)[:SIZE] + f"\n\n{LAST}\n"


# -- the other side ------------------------------------------------------------------------------


class _Writer(TextWriter):
    """Answers every request for text with the long answer, but the first, which begins a piece."""

    def __init__(self) -> None:
        self._answer = answer()

    def reply(self, _system: str, messages: Sequence[SeenMessage]) -> str:
        newest = next((one.text for one in reversed(messages) if one.role == "user"), "")
        return self._answer if "LONGONE" in newest else "<draft>\n# Lamps\n\nA lamp.\n</draft>\n"


def _even(text: str, _speed: float) -> Iterator[wire.Delta]:
    """Cut into deltas of one size; each counts as one word, so that the pace is in deltas."""
    cut = len(text) - len(LAST) - 1 if text.endswith(f"{LAST}\n") else len(text)
    for at in range(0, cut, DELTA):
        yield wire.Delta(text[at : min(cut, at + DELTA)], at // DELTA + 1)
    if cut < len(text):
        yield wire.Delta(text[cut:], cut // DELTA + 2)


def serve(speed: float) -> None:
    """Serve until standard input ends; say the address, and when the last word went out."""
    write_of = wire.closing_events

    def closing(answer: Answer) -> bytes:
        if LAST in answer.text:
            sys.stdout.write(f"sent {time.monotonic()}\n")
            sys.stdout.flush()
        return write_of(answer)

    with (
        mock.patch.object(wire, "cut_into_deltas", _even),
        mock.patch.object(wire, "closing_events", closing),
        DemoServer(writer=_Writer(), words_per_second=speed) as server,
    ):
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        sys.stdin.read()


@dataclass
class Api:
    """The loopback API in a process of its own."""

    process: "subprocess.Popen[str]"
    url: str

    def sent_at(self) -> float:
        """Return when the last word was sent; waits for it."""
        assert self.process.stdout is not None
        return float(self.process.stdout.readline().split()[1])


@contextmanager
def api(speed: float) -> Iterator[Api]:
    """Run the API."""
    command = [sys.executable, "-m", "tests.bench.bench_stream", "--serve", str(speed)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield Api(process, process.stdout.readline().strip())
        process.stdin.close()


# -- the studio ----------------------------------------------------------------------------------


@dataclass
class Studio:
    """A studio in a pty, of which all bytes are kept with the time they came at."""

    pid: int
    file: int
    reads: list[tuple[float, bytes]] = field(default_factory=list)

    def read(self, seconds: float) -> bool:
        """Wait for bytes; whether some came."""
        if not select.select([self.file], [], [], max(0, seconds))[0]:
            return False
        try:
            data = os.read(self.file, 1 << 20)
        except OSError:
            return False
        self.reads.append((time.monotonic(), data))
        if _SYNC_QUERY in data:
            os.write(self.file, b"\x1b[?2026;2$y")
        return True

    def wait_for(self, text: str, since: int = 0) -> float:
        """Read until a text was written; return when it came."""
        until = time.monotonic() + PATIENCE
        at, seen = since, b""
        while time.monotonic() < until:
            while at < len(self.reads):
                when, data = self.reads[at]
                at += 1
                seen = seen[-4096:] + data
                if text.encode() in _ESCAPES.sub(b"", seen):
                    return when
            self.read(0.5)
        raise TimeoutError(f"{text} was not written: {_ESCAPES.sub(b'', seen)[-2000:]!r}")

    def rest(self, seconds: float) -> None:
        """Let a time go by, reading what is written meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.read(left)

    def type(self, text: str) -> None:
        os.write(self.file, text.encode())

    def bytes_since(self, index: int) -> int:
        return sum(len(data) for _, data in self.reads[index:])

    def cpu(self) -> tuple[float, float]:
        """Seconds of CPU of the whole tree so far, and of the studio itself."""
        parents: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (stat := _stat(int(entry.name))):
                parents.setdefault(int(stat[1]), []).append(int(entry.name))
        whole, todo = 0, [self.pid]
        while todo:
            pid = todo.pop()
            todo += parents.get(pid, [])
            if stat := _stat(pid):
                whole += sum(map(int, stat[11:15]))
        own = _stat(self.pid)
        return whole / TICKS, sum(map(int, own[11:13])) / TICKS


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


@contextmanager
def studio(folder: Path, url: str) -> Iterator[Studio]:
    """Run a studio in a world of its own."""
    names = ("home", "claude", "data", "config", "state", "cache")
    for name in names:
        (folder / name).mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment = {
        **kept,
        "HOME": f"{folder}/home",
        "CLAUDE_CONFIG_DIR": f"{folder}/claude",
        **{f"XDG_{name.upper()}_HOME": f"{folder}/{name}" for name in names[2:]},
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "dummy",
        "REDRAFT_LIBRARY": f"{folder}/library",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }
    command = [sys.executable, "-m", "tui"]
    pid, file = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execvpe(command[0], command, environment)
    fcntl.ioctl(file, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    running = Studio(pid, file)
    try:
        yield running
        running.type("\x11")
        until = time.monotonic() + 15
        while os.waitpid(pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                break
            running.read(0.1)
    finally:
        os.close(file)


def begin(running: Studio) -> None:
    """Begin a piece, and have its short draft written."""
    running.wait_for("Nothing here yet")
    running.type("n")
    running.wait_for("New piece")
    running.rest(0.5)
    running.type("Lamps\t\ta brief\x13")
    running.wait_for("Revise")
    running.rest(1.5)


def send(running: Studio) -> int:
    """Send the prompt that is answered at length; return the index of the first read after it."""
    running.type("LONGONE")
    running.rest(0.3)
    index = len(running.reads)
    running.type("\r")
    return index


# -- figures -------------------------------------------------------------------------------------

Figures = dict[str, float]


def streamed(speed: float) -> Figures:
    """Stream once without keys."""
    with tempfile.TemporaryDirectory() as folder, api(speed) as other:
        with studio(Path(folder), other.url) as running:
            begin(running)
            began, own = running.cpu()
            index = send(running)
            if profile := os.environ.get("STREAM_PROFILE"):
                how = ("-r", "250", "-d", "17", "-f", "raw", "--gil", "-o", profile)
                subprocess.Popen(["py-spy", "record", *how, "-p", str(running.pid)])
            shown = running.wait_for(LAST, index)
            written = running.bytes_since(index)
            frames = sum(data.count(_FRAME) for _, data in running.reads[index:])
            running.rest(0.7)
            ended, own_end = running.cpu()
        behind = shown - other.sent_at()
    return {
        "CPU s": ended - began,
        "own CPU s": own_end - own,
        "behind s": behind,
        "MB": written / 1e6,
        "frames": frames,
    }


def typed() -> Figures:
    """Stream once with four keys a second; milliseconds from key to paint."""
    times: list[float] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        api(DELTAS_PER_SECOND) as other,
        studio(Path(folder), other.url) as running,
    ):
        begin(running)
        index = send(running)
        running.wait_for("part 1", index)
        count = 0
        until = time.monotonic() + 17
        while time.monotonic() < until:
            running.rest(0.13 + 0.017 * (count % 7))
            key = KEYS[count % len(KEYS)]
            count += 1
            before = len(running.reads)
            pressed = time.monotonic()
            running.type(key)
            times.append((running.wait_for(key, before) - pressed) * 1000)
        running.wait_for(LAST, index)
        running.rest(0.5)
        other.sent_at()
    times.sort()
    return {
        "key p50 ms": statistics.median(times),
        "key p95 ms": times[int(len(times) * 0.95)],
        "key max ms": times[-1],
        "keys": len(times),
    }


async def make_long_piece(folder: Path, turns: int) -> None:
    """Make a library in which a piece of so many turns is open."""
    grown = Library(blank_content("Lamps"))
    draft = answer()[:3000]
    for number in range(turns):
        kind = TurnKind.REVISE if number else TurnKind.GENERATE
        turn = grown.begin(MAIN, kind)
        grown.end(MAIN, turn, TurnState.FINISHED, f"{draft}\n\nText {number}.")
    store = await TinyStore.open(folder)
    try:
        await store.create(grown.content)
        await store.save_place(Place(content=grown.content.id, branch={grown.content.id: MAIN}))
    finally:
        await store.close()


def reopened() -> Figures:
    """Open a piece of 500 turns."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(make_long_piece(Path(folder) / "library", 500))
        with studio(Path(folder), "http://127.0.0.1:9") as running:
            running.wait_for("Revise")
            running.type("QX")
            running.wait_for("Q")
            echoed = running.cpu()[0]
            index = len(running.reads)
            at = time.monotonic()
            before = echoed
            while True:
                running.rest(1.0)
                now = running.cpu()[0]
                if now - before < 0.04:
                    break
                before = now
            idle = time.monotonic() - at
            return {
                "echo CPU s": echoed,
                "idle CPU s": now,
                "idle after s": idle,
                "MB": running.bytes_since(index) / 1e6,
            }


ROWS: Final[dict[str, tuple[Callable[[], Figures], ...]]] = {
    "paced": (lambda: streamed(DELTAS_PER_SECOND),),
    "keys": (typed,),
    "flat": (lambda: streamed(0),),
    "reopen": (reopened,),
}


def main() -> None:
    """Print the medians of the rows that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", help=f"any of {', '.join(ROWS)}; all without")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.serve)
        return
    for row in options.rows or ROWS:
        for measure in ROWS[row]:
            runs = [measure() for _ in range(options.runs)]
            medians = {name: statistics.median([run[name] for run in runs]) for name in runs[0]}
            figures = ", ".join(f"{name} {value:.2f}" for name, value in medians.items())
            sys.stdout.write(f"{row:8} {figures}   (load {os.getloadavg()[0]:.1f})\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
