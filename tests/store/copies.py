"""A library that a test changes again and again, put back each time to what it was."""

import os
import re
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.store.disk import Disk, put_under

State = dict[str, "Kept | None"]
"""What lies in a folder, by the path from there; None for a folder."""

_INDEX: Final = "library.json"
_STAMPS: Final = re.compile(rb'\d{9,}|"sha256": "\w+"|(?<=\[\n        )\d+,\n\s+\d+')
"""What the index says of a file's place on the disk and of moments, and the checksum of that."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One file."""

    data: bytes
    modified_ns: int
    mode: int


class Copies:
    """One copy of a library, in which only what differs is put back.

    `look` returns all that a library holds; its answer for a library that differs from one seen
    before in nothing but times is not asked for again.
    """

    def __init__(
        self, original: Path, folder: Path, look: Callable[[Path], Awaitable[dict[str, Any]]]
    ) -> None:
        self.folder = folder
        self._look = look
        self._seen: dict[tuple[tuple[str, bytes | None], ...], dict[str, Any]] = {}
        shutil.copytree(original, folder)
        self._first = _state(folder)

    @contextmanager
    def disk(self) -> Iterator[Disk]:
        """Give the disk below the copy, which is as the original is."""
        self._put_back()
        with pytest.MonkeyPatch.context() as patched:
            yield put_under(Disk(self.folder), patched)

    async def everything(self) -> dict[str, Any]:
        """Return all that the copy holds now; it may change by being looked at."""
        key = tuple(
            (name, None if kept is None else _lasting(name, kept))
            for name, kept in sorted(_state(self.folder).items())
        )
        if key not in self._seen:
            self._seen[key] = await self._look(self.folder)
        return dict(self._seen[key])

    def _put_back(self) -> None:
        now = _state(self.folder)
        for name in sorted(now.keys() - self._first.keys(), reverse=True):
            path = self.folder / name
            path.rmdir() if now[name] is None else path.unlink()
        for name, kept in sorted(self._first.items()):
            path = self.folder / name
            if kept is None:
                path.mkdir(exist_ok=True)
            elif now.get(name) != kept:
                path.unlink(missing_ok=True)  # It may be linked to by another one.
                path.write_bytes(kept.data)
                path.chmod(kept.mode)
                os.utime(path, ns=(kept.modified_ns, kept.modified_ns))


def _lasting(name: str, kept: Kept) -> bytes:
    return _STAMPS.sub(b"", kept.data) if name == _INDEX else kept.data


def _state(folder: Path, below: str = "") -> State:
    found: State = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                found[name] = None
                found |= _state(Path(entry.path), f"{name}/")
                continue
            stat = entry.stat(follow_symlinks=False)
            data = Path(entry.path).read_bytes()
            found[name] = Kept(data, stat.st_mtime_ns, stat.st_mode & 0o7777)
    return found
