"""A disk that can be watched and that fails on demand: every call to the operating system.

Calls are counted in order, in whatever thread they are made. Only those that name a path below the
folder, or a descriptor opened there, are seen.
"""

import errno
import fcntl
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

_BY_PATH: Final = (
    *("open", "stat", "lstat", "scandir", "listdir", "link", "unlink", "rename", "replace"),
    *("mkdir", "rmdir", "chmod", "readlink", "access"),
)
_BY_HANDLE: Final = (
    *("fsync", "ftruncate", "lseek", "pread", "pwrite", "write", "fstat", "fchmod", "close"),
)


@dataclass(frozen=True)
class Call:
    """One call: its name, what it is about, and where that goes, if it goes somewhere."""

    name: str
    path: Path
    target: Path | None = None

    def is_of(self, name: str, path: Path) -> bool:
        """Whether it is this call about this path."""
        return (self.name, self.path) == (name, path)


@dataclass
class Disk:
    """What is seen of the calls below a folder, and which of them fails."""

    folder: Path
    calls: list[Call] = field(default_factory=list)
    handles: dict[int, str] = field(default_factory=dict)
    is_watching: bool = False
    fails_at: int | None = None
    """Which call fails, counted from 0; with `is_gone` all from there on."""
    is_gone: bool = False
    number: int = 0

    def __post_init__(self) -> None:
        self._start = str(self.folder)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """See the calls from here on, counted from 0."""
        self.calls, self.is_watching = [], True
        try:
            yield
        finally:
            self.is_watching = False

    def has(self, path: str) -> bool:
        """Whether a path is the folder or below it."""
        return path.startswith(self._start) and path[len(self._start) :][:1] in ("", "/")

    def called(self, name: str, path: str, target: str | None = None) -> None:
        """Take a call, and fail it if it is the one."""
        if not self.is_watching or not self.has(path):
            return
        here = len(self.calls)
        self.calls.append(Call(name, Path(path), None if target is None else Path(target)))
        wanted = self.fails_at
        if wanted is not None and (here == wanted or (self.is_gone and here > wanted)):
            # What is open already is never “not there”.
            is_open = name in _BY_HANDLE or name == "read"
            number = errno.ESTALE if is_open and self.number == errno.ENOENT else self.number
            raise OSError(number, os.strerror(number), path)

    def position(self, name: str, path: Path, after: int = -1) -> int:
        """Return where such a call stands after another; fails when there is none."""
        for number, call in enumerate(self.calls):
            if number > after and call.name == name and path in (call.path, call.target):
                return number
        raise AssertionError(f"no {name} of {path} after call {after}: {self.calls}")


class _File:
    """An open file whose reads and writes are seen too."""

    def __init__(self, disk: Disk, file: Any, path: str) -> None:
        self._disk, self._file, self._path = disk, file, path

    def __enter__(self) -> "_File":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, *size: int) -> Any:
        self._disk.called("read", self._path)
        return self._file.read(*size)

    def write(self, data: bytes) -> Any:
        self._disk.called("write", self._path)
        return self._file.write(data)


def put_under(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Let every call to the operating system go past a disk."""
    for name in (*_BY_PATH, *_BY_HANDLE):
        monkeypatch.setattr(os, name, _seen(disk, name, getattr(os, name)))
    monkeypatch.setattr(os, "fdopen", _files(disk, os.fdopen))
    monkeypatch.setattr(io, "open", _files(disk, io.open))
    flock = fcntl.flock

    def locked(handle: int, how: int) -> None:
        disk.called("flock", disk.handles.get(handle, ""))
        flock(handle, how)

    monkeypatch.setattr(fcntl, "flock", locked)
    return disk


def _seen(disk: Disk, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def by_handle(handle: int, *rest: Any, **named: Any) -> Any:
        path = disk.handles.get(handle, "")
        if name == "close":
            disk.handles.pop(handle, None)
            result = original(handle, *rest, **named)
            disk.called(name, path)
            return result
        disk.called(name, path)
        return original(handle, *rest, **named)

    def by_path(path: Any, *rest: Any, **named: Any) -> Any:
        if isinstance(path, int):
            return by_handle(path, *rest, **named)
        where = os.fsdecode(path)
        try:
            if disk.is_watching:
                has_target = name in ("link", "rename", "replace")
                disk.called(name, where, os.fsdecode(rest[0]) if has_target else None)
        except OSError:
            if name == "access":  # It says no, and nothing else.
                return False
            raise
        result = original(path, *rest, **named)
        if name == "open":
            disk.handles[result] = where
        return result

    return by_handle if name in _BY_HANDLE else by_path


def _files(disk: Disk, original: Callable[..., Any]) -> Callable[..., Any]:
    def opened(what: Any, *rest: Any, **named: Any) -> Any:
        if isinstance(what, int):
            path = disk.handles.get(what, "")
        else:
            path = os.fsdecode(what)
            disk.called("open", path)
        file = original(what, *rest, **named)
        return _File(disk, file, path) if disk.has(path) else file

    return opened
