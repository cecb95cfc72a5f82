"""File access of a library: reading, atomic writing, private modes, and errors as sentences."""

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from tui.domain.errors import LibraryProblem
from tui.domain.frozen import frozen
from tui.store.unreadable import Fault, Unreadable
from tui.whole_files import (
    PRIVATE,
    TEMPORARY,
    beside,
    keep_as,
    opened_beside,
    put_in_place,
    sync,
    sync_folder,
    this_host,
)

FILE_MODE: Final = PRIVATE
FOLDER_MODE: Final = 0o700
PREVIOUS: Final = ".prev"
"""Suffix of a file's backup, which holds the content before the last save."""
UNSETTLED_NS: Final = 100_000_000
"""Nanoseconds after a file's last change in which another change may leave its stat the same."""

_TEMPORARY_ENDS: Final = ".tmp"
"""Suffix of every temporary file; a cheaper test than the whole pattern."""
_HEAD_BYTES: Final = 512
_LONGEST_SAVE: Final = 60.0
"""Minimum age in seconds for sweeping: a younger file may belong to a live program elsewhere."""
_FORGOTTEN: Final = 24 * 3600.0
"""Age in seconds at which a temporary file is swept, whichever program made it."""
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_RIGHT: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


@frozen
class Fingerprint:
    """Fingerprint of a file when it was read, to detect changes by others."""

    device: int
    inode: int
    size: int
    modified_ns: int
    head: bytes = b""
    """The file's first bytes, which distinguish two saves within one tick of the file's clock."""

    def is_like(self, other: "Fingerprint") -> bool:
        """Whether two fingerprints have the same identity, size and time."""
        return replace(self, head=b"") == replace(other, head=b"")


def fingerprint_by_stat(found: os.stat_result) -> Fingerprint:
    """Return a fingerprint from a stat, without the first bytes."""
    return Fingerprint(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def fingerprint_after_writing(path: Path, data: bytes) -> Fingerprint:
    """Return the fingerprint of a file just written; the caller holds the file's lock."""
    return replace(fingerprint_by_stat(path.stat()), head=data[:_HEAD_BYTES])


def read_if_changed(path: Path, known: Fingerprint | None) -> tuple[Fingerprint, bytes] | None:
    """Return the fingerprint and bytes of a file; None when the file is unchanged.

    Raises `OSError`, and `Unreadable` for anything but an ordinary file.
    """
    # Without O_NONBLOCK a pipe in the file's place would block the thread forever.
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        raise Unreadable(Fault.NOT_ORDINARY)
    with os.fdopen(handle, "rb") as file:
        head = file.read(_HEAD_BYTES)
        seen = replace(fingerprint_by_stat(found), head=head)
        return None if seen == known else (seen, head + file.read())


def backup_of(path: Path) -> Path:
    """Return the path of a file's backup, which is beside the file; symlinks are followed."""
    target = Path(os.path.realpath(path))
    return target.with_name(target.name + PREVIOUS)


def write_whole(
    path: Path,
    data: bytes,
    *,
    keep_previous: bool = False,
    is_durable: bool = True,
    temporary_in: Path | None = None,
) -> None:
    """Replace a file's data atomically: afterwards the file holds all of the new data or the old.

    Symlinks are followed. With `keep_previous` the old file is kept as `.prev`. On return the data
    survives a power cut, unless `is_durable` is false. Raises `OSError`.
    """
    target = Path(os.path.realpath(path))
    with beside(
        target, data, mode=FILE_MODE, is_durable=is_durable, temporary_in=temporary_in
    ) as temporary:
        if keep_previous:
            keep_as(target, backup_of(target))
        put_in_place(temporary, target, is_durable=is_durable)


def appended_to(
    path: Path, known: Fingerprint, data: bytes, *, is_durable: bool
) -> Fingerprint | None:
    """Append to a file that is as it was known; return its fingerprint after that.

    Returns None, and writes nothing, when the file cannot be opened to write, was changed, or has a
    second name. When the disk refuses, the data is taken off again as far as it came, and `OSError`
    is raised.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        found = os.fstat(handle)
        if found.st_nlink != 1 or not fingerprint_by_stat(found).is_like(known):
            return None
        try:
            _write_at(handle, known.size, data)
            if is_durable:
                sync(handle)
        except BaseException:
            with suppress(OSError):
                os.ftruncate(handle, known.size)
            raise
        return replace(fingerprint_by_stat(os.fstat(handle)), head=known.head)
    finally:
        os.close(handle)


def change_folder(path: Path) -> None:
    """Change the time of a file's folder, as replacing the file does; a failure is ignored.

    Programs that poll a library look at the time of its folder, not at each file.
    """
    with suppress(OSError):
        handle, temporary = opened_beside(path)
        os.close(handle)
        temporary.unlink()


def _write_at(handle: int, offset: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        written = os.pwrite(handle, left, offset)
        left, offset = left[written:], offset + written


def sweep(folder: Path) -> None:
    """Delete abandoned temporary files in a folder; files that cannot be deleted stay."""
    for leftover in leftovers(folder):
        with suppress(OSError):
            leftover.unlink()


def leftovers(folder: Path) -> list[Path]:
    """Return the abandoned temporary files in a folder.

    Another machine may be saving in a shared folder. Its files are judged by age alone, and so are
    files whose process has ended on this machine.
    """
    found: list[Path] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.endswith(_TEMPORARY_ENDS):
                continue
            made_by = TEMPORARY.fullmatch(entry.name)
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
    """Create a private folder with its parents, or make an existing folder private.

    With `with_parents=False`, a folder inside a library that was moved away raises
    `FileNotFoundError`: creating the folder would block the library's path when it comes back.
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


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Convert a failure to write a file to a `LibraryProblem` that says what to do."""
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
    """Convert a failure to read an existing file to a `LibraryProblem` that says what to do."""
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
    """Convert disk errors that `reading` and `writing` did not convert to a `LibraryProblem`."""
    try:
        yield
    except OSError as error:
        raise out_of_reach(folder, error) from error


def check_there(folder: Path, inner: Path) -> None:
    """Raise `LibraryProblem` when `inner`, a folder of the library `folder`, is missing.

    Otherwise a library that was moved away would look like an empty one.
    """
    with reaching(folder):
        if not stat.S_ISDIR(inner.stat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(inner))


def out_of_reach(folder: Path, error: OSError) -> LibraryProblem:
    """Return the error for a library whose disk or folder cannot be used."""
    why = error.strerror or str(error)
    at = f" at {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    return LibraryProblem(
        f"The library {folder} cannot be reached ({why}{at}): check that its folder is there and "
        "its disk answers, then do it again."
    )
