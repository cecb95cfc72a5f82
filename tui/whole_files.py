"""Files that are whole at every moment: written beside their place, then put there in one step.

```
temporary file beside it ▶ data ▶ sync ▶ its name (rename; link, where none may be replaced) ▶
sync of the folder
```
For every layer that writes files; each says in its own words what an `OSError` from here means.
"""

import errno
import fcntl
import itertools
import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
"""The mode of a file that is its owner's alone."""
TEMPORARY: Final = re.compile(r"\..+\.(?:([0-9a-f]{8})-)?(\d+)-\d+\.tmp")
"""A temporary file's name: whose it is, the host first, which an older Redraft left out."""

_NAME_KEPT: Final = 40
"""Characters of a file's name in its temporary file's name, which would grow too long otherwise."""
_COUNTER: Final = itertools.count(1)
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS})


def write_whole(
    path: Path, data: bytes, *, mode: int | None = PRIVATE, may_replace: bool = True
) -> None:
    """Put data in a file's place, so that it outlives a power cut when this returns.

    With `may_replace` false the name must be free: `FileExistsError`, even if it was taken just
    now. Raises `OSError`; the file is then as it was, unless it was the folder that would not sync.
    """
    with beside(path, data, mode=mode) as temporary:
        put_in_place(temporary, path, may_replace=may_replace)


@contextmanager
def beside(
    path: Path,
    data: bytes,
    *,
    mode: int | None = PRIVATE,
    is_durable: bool = True,
    temporary_in: Path | None = None,
) -> Iterator[Path]:
    """Give a whole temporary file, for `put_in_place`; it is gone when that does not come to pass.

    The mode None is what the process gives new files. `temporary_in` is another folder of the same
    file system.
    """
    handle, temporary = opened_beside(path, mode=mode, temporary_in=temporary_in)
    try:
        _fill(handle, data, is_durable=is_durable)
        yield temporary
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def opened_beside(
    path: Path, *, mode: int | None = PRIVATE, temporary_in: Path | None = None
) -> tuple[int, Path]:
    """Make an empty temporary file for a file's place; return its descriptor and where it is."""
    temporary = _temporary(temporary_in or path.parent, path.name)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    handle = os.open(temporary, flags, 0o666 if mode is None else PRIVATE)
    if mode not in (None, PRIVATE):
        try:
            os.fchmod(handle, mode)
        except OSError:
            os.close(handle)
            temporary.unlink()
            raise
    return handle, temporary


def put_in_place(
    temporary: Path, path: Path, *, may_replace: bool = True, is_durable: bool = True
) -> None:
    """Give a finished file its name in one step, for good.

    Raises `FileExistsError` when the name is taken and may not be, even if it was taken just now.
    """
    if may_replace:
        temporary.replace(path)
    else:
        _take_free_name(temporary, path)
    if is_durable:
        sync_folder(path.parent)


def _take_free_name(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # This file system knows no second name for a file, so a moment is left unguarded.
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        temporary.replace(path)
    else:
        temporary.unlink()


def knows_no_links(error: OSError) -> bool:
    """Whether a second name was refused because the file system has none to give."""
    return error.errno in _NO_LINKS


def keep_as(target: Path, copy: Path) -> None:
    """Give a file a second name, in place of what had that name; a missing file has none.

    Where the file system knows no hard links, the bytes are copied.
    """
    temporary = _temporary(copy.parent, copy.name)
    try:
        os.link(target, temporary)
    except FileNotFoundError:
        return
    except OSError as error:
        if not knows_no_links(error):
            raise
        with beside(copy, target.read_bytes()) as temporary:
            temporary.replace(copy)
        return
    try:
        temporary.replace(copy)
    finally:
        # Replacing one name of a file by another name of the same file does nothing at all.
        temporary.unlink(missing_ok=True)


def _fill(handle: int, data: bytes, *, is_durable: bool) -> None:
    with os.fdopen(handle, "wb", buffering=0) as file:
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]
        if is_durable:
            sync(handle)


def _temporary(folder: Path, name: str) -> Path:
    return folder / f".{name[:_NAME_KEPT]}.{this_host()}-{os.getpid()}-{next(_COUNTER)}.tmp"


@cache
def this_host() -> str:
    """Return eight hexadecimal digits that stand for this machine in names of files."""
    machine = platform.node()
    with suppress(OSError):  # Two machines may have one name.
        machine += Path("/etc/machine-id").read_text()
    return sha256(machine.encode()).hexdigest()[:8]


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut, as far as its file system can."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError:
        return  # A folder that only may be written cannot be told to sync.
    try:
        sync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some file systems sync no folders
            raise
    finally:
        os.close(handle)


def sync(handle: int) -> None:
    """Make what was written to an open file, or folder, outlive a power cut."""
    full = getattr(fcntl, "F_FULLFSYNC", None)  # macOS: fsync alone stops at the drive's cache
    if full is None:
        os.fsync(handle)
    else:
        fcntl.fcntl(handle, full)
