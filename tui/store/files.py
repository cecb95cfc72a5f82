"""Files that are always whole: safe replacement, private modes, and errors said as sentences."""

import errno
import fcntl
import itertools
import os
import platform
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from tui.domain.errors import LibraryProblem

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
PREVIOUS: Final = ".prev"
"""Suffix of the copy that a file had before its last save."""

_HEAD_BYTES: Final = 512
_TEMPORARY: Final = re.compile(r"\..+\.(?:([0-9a-f]{8})-)?(\d+)-\d+\.tmp")
"""A temporary file's name: whose it is, the host first, which an older Redraft left out."""
_LONGEST_SAVE: Final = 60.0
"""Seconds that no save takes: a younger file may be of a program that only looks gone from here."""
_FORGOTTEN: Final = 24 * 3600.0
"""Seconds after which a file is swept whoever made it."""
_COUNTER: Final = itertools.count(1)
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_RIGHT: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


class Unreadable(Exception):
    """A file that holds nothing Redraft can use; `str()` of it says why, as “it is …”."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How a file looked when it was read; another look tells whether someone changed it."""

    device: int
    inode: int
    size: int
    modified_ns: int
    head: bytes = b""
    """Its first bytes: they tell apart two saves that fall into one tick of the file's clock."""

    def is_like(self, other: "Seen") -> bool:
        """Whether two looks have the same identity, size and time."""
        return replace(self, head=b"") == replace(other, head=b"")

    def is_of(self, found: os.stat_result) -> bool:
        """Whether a file's stat still has this identity, size and time."""
        return (
            self.modified_ns == found.st_mtime_ns
            and self.inode == found.st_ino
            and self.size == found.st_size
            and self.device == found.st_dev
        )


def seen_by_stat(found: os.stat_result) -> Seen:
    """Return what a stat alone tells of a file."""
    return Seen(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def seen_after_writing(path: Path, data: bytes) -> Seen:
    """Return how a file looks that was just written, by whoever holds its lock."""
    return replace(seen_by_stat(path.stat()), head=data[:_HEAD_BYTES])


def read_if_changed(path: Path, known: Seen | None) -> tuple[Seen, bytes] | None:
    """Return how a file looks and all its bytes, or None when it still looks as known.

    Raises `OSError`, and `Unreadable` when it is not an ordinary file.
    """
    # Without O_NONBLOCK a pipe put in the file's place would hold the thread for ever.
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        raise Unreadable("it is not an ordinary file")
    with os.fdopen(handle, "rb") as file:
        head = file.read(_HEAD_BYTES)
        seen = replace(seen_by_stat(found), head=head)
        return None if seen == known else (seen, head + file.read())


def write_whole(
    path: Path,
    data: bytes,
    *,
    keep_previous: bool = False,
    is_durable: bool = True,
    temporary_in: Path | None = None,
) -> None:
    """Put data in a file's place in one step: either all of it is there afterwards, or the old.

    A symlink is followed. With `keep_previous` the old file stays beside it under `.prev`. When it
    returns the data outlives a power cut, unless `is_durable` is false. Raises `OSError`.
    """
    target = Path(os.path.realpath(path))
    temporary = _temporary(temporary_in or target.parent, target.name)
    try:
        _fill(temporary, data, is_durable=is_durable)
        if keep_previous:
            keep_as(target, target.with_name(target.name + PREVIOUS))
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    if is_durable:
        sync_folder(target.parent)


def _fill(path: Path, data: bytes, *, is_durable: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    handle = os.open(path, flags, FILE_MODE)
    with os.fdopen(handle, "wb", buffering=0) as file:
        os.fchmod(handle, FILE_MODE)
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]
        if is_durable:
            sync(handle)


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
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS):
            raise
        _fill(temporary, target.read_bytes(), is_durable=True)
    try:
        temporary.replace(copy)
    finally:
        # Replacing one name of a file by another name of the same file does nothing at all.
        temporary.unlink(missing_ok=True)


def _temporary(folder: Path, name: str) -> Path:
    return folder / f".{name}.{this_host()}-{os.getpid()}-{next(_COUNTER)}.tmp"


@cache
def this_host() -> str:
    """Return eight hexadecimal digits that stand for this machine in names of files."""
    machine = platform.node()
    with suppress(OSError):  # Two machines may have one name.
        machine += Path("/etc/machine-id").read_text()
    return sha256(machine.encode()).hexdigest()[:8]


def sweep(folder: Path) -> None:
    """Delete temporary files in a folder that nobody writes any more; what cannot go stays."""
    for leftover in leftovers(folder):
        with suppress(OSError):
            leftover.unlink()


def leftovers(folder: Path) -> list[Path]:
    """Return the temporary files in a folder that nobody writes any more.

    Another machine may be saving in a shared folder: of its files only the age tells, as it does of
    those whose process has ended here.
    """
    found: list[Path] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            made_by = _TEMPORARY.fullmatch(entry.name)
            if made_by and _is_left(entry, made_by[1], int(made_by[2])):
                found.append(Path(entry.path))
    return found


def _is_left(entry: os.DirEntry[str], host: str | None, process: int) -> bool:
    try:
        age = time.time() - entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return False
    is_gone = host == this_host() and not _is_alive(process)
    return age > (_LONGEST_SAVE if is_gone else _FORGOTTEN)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def make_folder(folder: Path, *, with_parents: bool = True) -> None:
    """Make a private folder with its parents, or make a private one of what is there.

    Without them a folder inside a library that was taken away is not made, which would stand in
    the way of the library when it comes back: `FileNotFoundError`.
    """
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=with_parents)
    except FileExistsError:
        if not folder.is_dir():
            raise NotADirectoryError(
                errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)
            ) from None
        if stat.S_IMODE(folder.stat().st_mode) != FOLDER_MODE:
            with suppress(OSError):
                folder.chmod(FOLDER_MODE)
    else:
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
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


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a failure to write a file into a `LibraryProblem` that says what to do."""
    try:
        yield
    except OSError as error:
        raise LibraryProblem(_cannot_write(path, error)) from error


def _cannot_write(path: Path, error: OSError) -> str:
    if error.errno in _NO_ROOM:
        return f"There is no room to save {path}: make room on its disk, then save again."
    if error.errno in _NO_RIGHT:
        return (
            f"{path} cannot be saved because it may not be written: "
            "give yourself the right to write there, then save again."
        )
    why = error.strerror or str(error)
    return f"{path} cannot be saved ({why}): check that folder and its disk, then save again."


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn a failure to read a file that is there into a `LibraryProblem` that says what to do."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        why = error.strerror or str(error)
        sentence = f"{path} cannot be read ({why}): check that you may read it and its disk."
        raise LibraryProblem(sentence) from error


@contextmanager
def reaching(folder: Path) -> Iterator[None]:
    """Turn whatever else the disk refuses into a `LibraryProblem` that names the library."""
    try:
        yield
    except OSError as error:
        raise out_of_reach(folder, error) from error


def check_there(folder: Path, inner: Path) -> None:
    """Raise `LibraryProblem` when a folder of a library is not there, even for a moment.

    Otherwise a library that was moved away would look like an empty one.
    """
    with reaching(folder):
        if not stat.S_ISDIR(inner.stat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(inner))


def out_of_reach(folder: Path, error: OSError) -> LibraryProblem:
    """Return the problem of a library whose disk or folder does not answer as it should."""
    why = error.strerror or str(error)
    at = f" at {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    return LibraryProblem(
        f"The library {folder} cannot be reached ({why}{at}): check that its folder is there and "
        "its disk answers, then do it again."
    )
