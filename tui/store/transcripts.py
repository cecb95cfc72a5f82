"""Redraft's own copies of Claude's transcripts: a file of JSON lines for each session.

```
<folder>/<project>/<session>.jsonl              a session
<folder>/<project>/<session>/<subpath>.jsonl    what belongs to it, such as a helper's transcript
```
A file only ever grows. A last line without a line end was never acknowledged and is ignored.
"""

import asyncio
import json
import logging
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar
from urllib.parse import quote, unquote

from tui.domain.json_lines import object_of, read_json_lines
from tui.store.files import FILE_MODE, check_there, make_folder, reaching, reading, writing
from tui.store.locks import lock_path, locked
from tui.whole_files import sync, sync_folder

_SUFFIX: Final = ".jsonl"
_LOCK_TIMEOUT: Final = 1.0
"""Seconds to wait for another program's append, which takes milliseconds."""
_BACKWARDS: Final = 64 * 1024

P = ParamSpec("P")
Result = TypeVar("Result")

_log = logging.getLogger("redraft.transcripts")


class TranscriptFiles:
    """Transcripts as files; has all methods of the SDK's `SessionStore` protocol.

    A key names `project_key`, `session_id` and, for what belongs to a session, `subpath`. Raises
    `LibraryProblem` when a file cannot be written or read.
    """

    def __init__(self, folder: Path, *, locks: Path) -> None:
        self._folder = folder
        self._locks = locks

    async def append(self, key: Mapping[str, Any], entries: Sequence[Any]) -> None:
        """Append rows to a transcript: durably, or on an error not at all."""
        if entries:
            await self._run(self._append, key, list(entries))

    async def load(self, key: Mapping[str, Any]) -> list[Any] | None:
        """Return all rows in order, each message once; None for a transcript without rows."""
        return await self._run(self._load, key)

    async def list_sessions(self, project_key: str) -> list[dict[str, Any]]:
        """Return `session_id` and `mtime` (milliseconds since 1970) of a project's sessions."""
        return await self._run(self._list_sessions, project_key)

    async def delete(self, key: Mapping[str, Any]) -> None:
        """Delete a session with all that belongs to it, or just what `subpath` names."""
        await self._run(self._delete, key)

    async def list_subkeys(self, key: Mapping[str, Any]) -> list[str]:
        """Return the subpaths of what belongs to a session."""
        return await self._run(self._list_subkeys, key)

    async def _run(self, work: Callable[P, Result], *args: P.args, **named: P.kwargs) -> Result:
        def reached() -> Result:
            library = self._folder.parent
            check_there(library, library)
            with reaching(library):
                return work(*args, **named)

        return await asyncio.to_thread(reached)

    def path(self, key: Mapping[str, Any]) -> Path:
        """Return the path of a transcript, which need not exist."""
        session = self._folder / _plain(key["project_key"]) / _plain(key["session_id"])
        subpath = key.get("subpath")
        file = session / _plain(subpath) if subpath else session
        return file.with_name(file.name + _SUFFIX)

    def _append(self, key: Mapping[str, Any], entries: list[Any]) -> None:
        path, data = self.path(key), b"".join(_line(entry) for entry in entries)
        lock = lock_path(self._locks, "transcripts", key["session_id"])
        with locked(lock, _LOCK_TIMEOUT), writing(path):
            for folder in reversed(path.parents[: len(path.relative_to(self._folder).parts)]):
                make_folder(folder, with_parents=False)
            is_new = not path.exists()
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            handle = os.open(path, flags, FILE_MODE)
            try:
                os.fchmod(handle, FILE_MODE)
                _add(handle, data)
            finally:
                os.close(handle)
            if is_new:
                sync_folder(path.parent)

    def _load(self, key: Mapping[str, Any]) -> list[Any] | None:
        path = self.path(key)
        try:
            with reading(path):
                data = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        rows, ids = list[Any](), set[str]()
        read = read_json_lines(data)
        if read.is_broken:
            _log.warning("%s has a line that cannot be read; it is left out", path)
        for row in read.all:
            identity = row.get("uuid")
            if isinstance(identity, str) and identity in ids:
                continue
            if isinstance(identity, str):
                ids.add(identity)
            rows.append(row)
        return rows or None

    def _list_sessions(self, project_key: str) -> list[dict[str, Any]]:
        files = (self._folder / _plain(project_key)).glob("*" + _SUFFIX)
        return [
            {"session_id": _name(file), "mtime": file.stat().st_mtime_ns // 1_000_000}
            for file in files
        ]

    def _delete(self, key: Mapping[str, Any]) -> None:
        path = self.path(key)
        with writing(path):
            path.unlink(missing_ok=True)
            if not key.get("subpath"):
                with suppress(FileNotFoundError):
                    shutil.rmtree(path.with_suffix(""))

    def _list_subkeys(self, key: Mapping[str, Any]) -> list[str]:
        session = self._folder / _plain(key["project_key"]) / _plain(key["session_id"])
        return [_name(file) for file in session.glob("*" + _SUFFIX)]


def _plain(name: str) -> str:
    """Return a name quoted as a single path component; `_name` reverses the quoting."""
    quoted = quote(name, safe="", errors="surrogatepass")
    return "%2E" + quoted[1:] if quoted.startswith(".") else quoted


def _name(file: Path) -> str:
    return unquote(file.name.removesuffix(_SUFFIX), errors="surrogatepass")


def _line(entry: object) -> bytes:
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:  # UTF-8 cannot hold half a surrogate pair; JSON can, as an escape.
        return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


def _add(handle: int, data: bytes) -> None:
    """Write durably after the last complete line; a failed write leaves the file unchanged."""
    end = os.lseek(handle, 0, os.SEEK_END)
    start = _end_of_rows(handle, end)
    if start == end and end and os.pread(handle, 1, end - 1) != b"\n":
        data = b"\n" + data
    try:
        os.ftruncate(handle, start)
        os.lseek(handle, start, os.SEEK_SET)
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        sync(handle)
    except OSError:
        with suppress(OSError):
            os.ftruncate(handle, start)
        raise


def _end_of_rows(handle: int, end: int) -> int:
    """Return the offset for the next row; only an incomplete last line is overwritten."""
    tail, start = b"", end
    while start > 0 and b"\n" not in tail:
        step = min(_BACKWARDS, start)
        start -= step
        tail = os.pread(handle, step, start) + tail
    cut = tail.rfind(b"\n") + 1
    return start + cut if object_of(tail[cut:]) is None else end
