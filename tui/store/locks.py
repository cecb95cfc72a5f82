"""Locks between programs: `flock` on side files, freed by the kernel when their process ends.

A data file is never locked itself: once it is replaced, a program can lock the new file while
another program still holds the lock of the old one. `lockf` is not used: it loses the lock when the
process closes any other descriptor of the file.
"""

import errno
import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from tui.domain.errors import LibraryProblem
from tui.store.files import FILE_MODE, make_folder, writing

TIMEOUT: Final = 10.0
"""Seconds to wait for another program's transaction, which takes milliseconds."""

_FIRST_PAUSE: Final = 0.001
_LONGEST_PAUSE: Final = 0.02
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def is_plain(name: str) -> bool:
    """Whether a name is safe as part of a file name on every system."""
    return _PLAIN.fullmatch(name) is not None


def lock_path(folder: Path, kind: str, name: str) -> Path:
    """Return the path of a named lock, whatever characters the name has."""
    plain = name if is_plain(name) else sha256(name.encode(errors="replace")).hexdigest()
    return folder / f"{kind}-{plain}.lock"


def try_lock(path: Path) -> int | None:
    """Return a descriptor that holds the lock until it is closed, or None when it is taken.

    Raises `LibraryProblem` when the lock file cannot be opened or is a symlink.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    # Where no lock file can be created, nothing can be saved: the error then blames the library.
    with writing(path if path.exists() else path.parent.parent):
        try:
            if path.parent.parent.is_dir() and not path.parent.is_dir():
                # The folder of locks was deleted while the program runs.
                make_folder(path.parent, with_parents=False)
            handle = os.open(path, flags, FILE_MODE)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            sentence = f"The lock {path} is a symlink, which Redraft does not follow: delete it."
            raise LibraryProblem(sentence) from error
        return handle if lock_or_close(handle) else None


def lock_or_close(handle: int) -> bool:
    """Lock an open file; return False, with the file closed, when another program has the lock."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False
    except BaseException:
        os.close(handle)
        raise
    return True


@contextmanager
def locked(path: Path, timeout: float = TIMEOUT) -> Iterator[None]:
    """Hold a lock for one short transaction; blocks the thread while another program has it.

    Raises `LibraryProblem` when the lock is not free within `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    pause = _FIRST_PAUSE
    while (handle := try_lock(path)) is None:
        if time.monotonic() > deadline:
            raise LibraryProblem(
                f"Another program has held {path} for more than {timeout:g} s, so nothing was "
                "saved: end or resume that program, then save again."
            )
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
    try:
        yield
    finally:
        os.close(handle)
