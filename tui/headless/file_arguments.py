"""Texts and files that a person names on the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tui.domain.drafts import trimmed
from tui.domain.errors import FileInTheWay, InvalidInput, RedraftError
from tui.studio.files import expanded, named_file

STDIN: Final = "-"
"""In place of a file's name: standard input."""


def read_text(name: str) -> str:
    """Return the text of a file, or of stdin for “-”; raises `InvalidInput`."""
    try:
        data = _stdin() if name == STDIN else expanded(name).read_bytes()
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{_called(name)} is not UTF-8 text: save it as UTF-8.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InvalidInput(f"{_called(name)} cannot be read: {reason}.") from error


def read_draft(name: str) -> str:
    """Return a draft from a file, or from stdin for “-”, as a draft is saved."""
    return trimmed(read_text(name).removeprefix("\ufeff").replace("\r\n", "\n"))


def _stdin() -> bytes:
    return b"" if sys.stdin is None else sys.stdin.buffer.read()


def _called(name: str) -> str:
    return "What came on stdin" if name == STDIN else f"The file {name}"


def file_named(name: str) -> Path:
    """Return the whole path of a file to write to; raises `InvalidInput` for an empty name."""
    if not name.strip():
        raise InvalidInput("The file's name is empty: say where to write with -o FILE.")
    return named_file(name)


@contextmanager
def replace_hint() -> Iterator[None]:
    """Name the option that writes over the file, where a `FileInTheWay` is raised."""
    try:
        yield
    except FileInTheWay as error:
        raise RedraftError(
            f"{error.path} exists already: name another file, or add --replace."
        ) from error
