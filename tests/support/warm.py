"""Starts of Redraft without the imports: a process that has them forks one for each start.

Importing screen and SDK takes 2 s of CPU, a fork of what has imported them next to nothing, and
what has shown a screen once shows the next in three quarters of the time. What is forked is a
process of its own otherwise: session, environment, folder, files, signals, exit. That
`python -m tui` starts from nothing is seen by the tests that say `cold`.
"""

import asyncio
import atexit
import contextlib
import fcntl
import gc
import importlib
import io
import itertools
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn, Protocol

COMMAND: Final = (sys.executable, "-m", "tui")
"""The command that starts this checkout's Redraft."""
ROOT: Final = Path(__file__).parents[2]
_LAZY: Final = (
    "claude_agent_sdk",
    "textual.drivers.linux_driver",
    "textual.widgets.option_list",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
)
"""What is imported in the midst of a run, beside Redraft's own modules."""
_LENGTH: Final = 4
_MEETING: Final = "warm"
"""The socket in a folder at which one process forks for all."""
_processes: Final[list[subprocess.Popen[bytes]]] = []
"""Those that were started here, which may be at work for others when this process ends."""
_CONTROLLED: Final = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


class Process(Protocol):
    """What tests use of a process."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...


class Start(Protocol):
    """Starts a command, as the head of a session, on three open files.

    With `is_controlling` the first of them, a terminal, is that of the session.
    """

    def __call__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str | os.PathLike[str],
        files: tuple[int, int, int],
        is_controlling: bool = False,
    ) -> Process: ...


def cold(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: str | os.PathLike[str],
    files: tuple[int, int, int],
    is_controlling: bool = False,
) -> Process:
    """Start a command from nothing."""
    stdin, stdout, stderr = files
    command = [sys.executable, "-c", _CONTROLLED, *command] if is_controlling else command
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env=dict(env),
        cwd=cwd,
        start_new_session=True,
        close_fds=True,
    )


class WarmProcess:
    """A process that was forked for us, known by the pipe on which its end is told."""

    def __init__(self, told: int) -> None:
        self._told = told
        self.returncode: int | None = None
        self.pid = self._read()

    def poll(self) -> int | None:
        """Return its exit code, negative for a signal, or None while it runs."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.returncode = self._read()
            os.close(self._told)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises `TimeoutError`."""
        if self.returncode is None:
            select.select([self._told], [], [], timeout)
        code = self.poll()
        if code is None:
            raise TimeoutError(f"Process {self.pid} still runs after {timeout} s.")
        return code

    def _read(self) -> int:
        number = os.read(self._told, _LENGTH)
        assert number, "The process that forks is gone."
        return int.from_bytes(number, "big", signed=True)


class Warm:
    """The process that forks, seen from the tests: a `Start` for Redraft's own command."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def __call__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str | os.PathLike[str],
        files: tuple[int, int, int],
        is_controlling: bool = False,
    ) -> Process:
        """Start Redraft with the arguments of a command that begins with `COMMAND`."""
        assert tuple(command[: len(COMMAND)]) == COMMAND, command
        umask = os.umask(0)
        os.umask(umask)
        wish = {
            "arguments": [*command[len(COMMAND) :]],
            "env": dict(env),
            "cwd": os.fspath(cwd),
            "umask": umask,
            "is_controlling": is_controlling,
        }
        body = json.dumps(wish).encode()
        told, telling = os.pipe()
        try:
            length = len(body).to_bytes(_LENGTH, "big")
            socket.send_fds(self._channel, [length], [*files, telling])
            self._channel.sendall(body)
        finally:
            os.close(telling)
        return WarmProcess(told)


@contextlib.contextmanager
def warming(env: Mapping[str, str], folder: Path) -> Iterator[Warm]:
    """Run the process that forks, in an environment that hides the person's own.

    All who name the same `folder` share one; it ends once nobody is left.
    """
    with socket.socket(socket.AF_UNIX) as ours:
        with _only_one(folder):
            try:
                ours.connect(str(folder / _MEETING))
            except OSError:
                _processes.append(_started(env, folder))
                ours.connect(str(folder / _MEETING))
        yield Warm(ours)


def _started(env: Mapping[str, str], folder: Path) -> subprocess.Popen[bytes]:
    """Start the process that forks; it may be connected to from now on."""
    (folder / _MEETING).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / _MEETING))
        listener.listen(64)
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm", str(listener.fileno()), str(folder)],
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Be the only process that comes to the meeting place in a folder, or takes it away."""
    with (folder / "warm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def exit_code(process: Process, seconds: float) -> int:
    """Wait for a process with a deadline, and kill it there."""
    deadline = time.monotonic() + seconds
    try:
        return process.wait(deadline - time.monotonic())
    except (TimeoutError, subprocess.TimeoutExpired):
        os.killpg(process.pid, signal.SIGKILL)
        raise


def _serve(listener: socket.socket, folder: Path) -> int:
    """Fork at each wish and tell each end, until nobody can wish any more."""
    ending: dict[int, int] = {}
    channels: dict[int, socket.socket] = {}
    woken, waking = os.pipe()
    for end in (woken, waking):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, _wake)
    signal.set_wakeup_fd(waking)
    while True:
        ready = select.select([listener.fileno(), woken, *channels], [], [])[0]
        if woken in ready:
            os.read(woken, 1024)
            _tell_ends(ending)
        if listener.fileno() in ready:
            channel, _ = listener.accept()
            channels[channel.fileno()] = channel
        for number in channels.keys() & ready:
            channel = channels[number]
            length, files = b"", list[int]()
            with contextlib.suppress(ConnectionResetError):
                length, files, *_ = socket.recv_fds(channel, _LENGTH, 4)
            if not length:
                channels.pop(number).close()
                if not channels and _has_left(listener, folder):
                    return 0
                continue
            wish = json.loads(_exactly(channel, int.from_bytes(length, "big")))
            *streams, telling = files
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for one in (listener, *channels.values()):
                    one.close()
                for file in (woken, waking, telling, *ending.values()):
                    os.close(file)
                _become(wish, streams)
            for file in streams:
                os.close(file)
            ending[pid] = telling
            _tell(telling, pid)


def _has_left(listener: socket.socket, folder: Path) -> bool:
    """Leave the meeting place, unless somebody has just come there."""
    with _only_one(folder):
        if select.select([listener], [], [], 0)[0]:
            return False
        (folder / _MEETING).unlink(missing_ok=True)
        return True


def _become(wish: dict[str, object], streams: Sequence[int]) -> NoReturn:
    """Be the wished Redraft in a process that was forked."""
    from tui.cli import main

    os.setsid()
    for number, file in enumerate(streams):
        os.dup2(file, number)
        os.close(file)
    if wish["is_controlling"]:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    arguments, env, cwd, umask = (wish[name] for name in ("arguments", "env", "cwd", "umask"))
    assert isinstance(arguments, list)
    assert isinstance(env, dict)
    assert isinstance(cwd, str)
    assert isinstance(umask, int)
    os.chdir(cwd)
    os.umask(umask)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["redraft", *arguments]
    _reopen_standard_streams()
    _end(main())


def _end(code: int) -> NoReturn:
    """End this process as Python does, but for taking down the modules, which is half of it all."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _reopen_standard_streams() -> None:
    """Make Python's streams anew, as for a process that begins on these files."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        old = getattr(sys, name)
        stream = io.TextIOWrapper(
            os.fdopen(number, f"{mode}b", closefd=False),
            encoding=old.encoding,
            errors=old.errors,
            line_buffering=number == 2 or os.isatty(number),
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _wake(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: the wake-up file has got its byte already."""


def _tell_ends(ending: dict[int, int]) -> None:
    while ending:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        telling = ending.pop(pid)
        _tell(telling, os.waitstatus_to_exitcode(status))
        os.close(telling)


def _tell(telling: int, number: int) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(telling, number.to_bytes(_LENGTH, "big", signed=True))


def _exactly(channel: socket.socket, count: int) -> bytes:
    body = b""
    while len(body) < count:
        body += channel.recv(count - len(body))
    return body


def _import_everything() -> None:
    import tui
    from tests.support.styles import apply_styles_once, parse_styles_once

    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in _LAZY:
        importlib.import_module(name)
    parse_styles_once()
    apply_styles_once()
    asyncio.run(_look_once())
    assert threading.active_count() == 1, threading.enumerate()
    gc.collect()
    gc.freeze()


async def _look_once() -> None:
    """Fill what is kept between two looks at a screen: parsed styles, signatures, patterns."""
    from tests.support.driver import at_the_desk
    from tests.support.fakes import MemoryStore
    from tui.demo.samples import sample_contents

    numbers = itertools.count(1)
    store = MemoryStore()
    for content in sample_contents(datetime.now(UTC), lambda: f"{next(numbers):032}"):
        await store.create(content)
    async with at_the_desk(store=store) as user:
        await user.sees("shift+enter")


def _main(number: str, folder: str) -> NoReturn:
    _import_everything()
    sys.exit(_serve(socket.socket(fileno=int(number)), Path(folder)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
