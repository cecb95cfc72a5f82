"""Texts in files that a person names: read whole, written whole or not at all."""

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui.domain.errors import InvalidInput, RedraftError

STDIN: Final = "-"
"""In place of a file's name: standard input."""


def read_text(name: str) -> str:
    """Return the text of a file, or of stdin for “-”; raises `InvalidInput`."""
    try:
        data = _stdin() if name == STDIN else Path(name).expanduser().read_bytes()
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{_called(name)} is not UTF-8 text: save it as UTF-8.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InvalidInput(f"{_called(name)} cannot be read: {reason}.") from error


def _stdin() -> bytes:
    return b"" if sys.stdin is None else sys.stdin.buffer.read()


def _called(name: str) -> str:
    return "What came on stdin" if name == STDIN else f"The file {name}"


def file_named(name: str) -> Path:
    """Return the whole path of a file to write to; raises `InvalidInput` for an empty name."""
    if not name.strip():
        raise InvalidInput("The file's name is empty: say where to write with -o FILE.")
    return Path(name).expanduser().absolute()


def write_whole(path: Path, text: str) -> None:
    """Write exactly this text (UTF-8) to a file, which is replaced in one step.

    An existing file keeps its access rights, and a link stays a link to its file. Raises
    `RedraftError` when it cannot be written; then the file is as it was.
    """
    path = Path(os.path.realpath(path))
    data = text.encode("utf-8", "surrogatepass")
    try:
        if path.exists() and not path.is_file():
            if path.is_dir():
                raise RedraftError(f"{path} is a folder: name a file to write to.")
            path.write_bytes(data)  # A device or a pipe: nothing there can be replaced.
            return
        _replace(path, data)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RedraftError(f"The file {path} cannot be written: {reason}.") from error


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
