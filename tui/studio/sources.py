"""The folders and files that a writer names as sources: made absolute and checked."""

import asyncio
import os
from collections.abc import Collection, Mapping, Sequence
from enum import Enum, auto
from pathlib import Path

from tui.domain.errors import InvalidInput
from tui.own_thread import looked_at
from tui.studio.files import absolute, expanded

MOST_SOURCES = 20
LONGEST_LOOK = 2.0
"""Timeout in seconds for a disk to report whether a source exists."""


async def checked_sources(named: Sequence[str], *, kept: Collection[str] = ()) -> tuple[str, ...]:
    """Return the named folders and files as absolute paths, without duplicates and blank names.

    Relative names start from the working folder; `~` is the home folder. Paths in `kept` were
    checked before and may be missing for a while, for example on an unplugged disk. Raises
    `InvalidInput` for a path that does not exist, does not respond, cannot be read, or is too
    broad.
    """
    names = [name.strip() for name in named if name.strip()]
    new = [name for name in names if name not in kept]
    looked = await asyncio.gather(*map(_checked, new), return_exceptions=True)
    for result in looked:
        if isinstance(result, BaseException):
            raise result
    paths = dict(zip(new, looked, strict=True))
    found = dict.fromkeys(str(paths.get(name, name)) for name in names)
    if len(found) > MOST_SOURCES:
        raise InvalidInput(
            f"{len(found)} sources are too many, and {MOST_SOURCES} is the most: name their folder."
        )
    return tuple(found)


class Absence(Enum):
    """Why Claude cannot read a source now."""

    MISSING = auto()
    SILENT = auto()
    """Its disk did not report in time whether the source exists."""


async def absent_sources(sources: Sequence[str]) -> dict[str, Absence]:
    """Return the sources that cannot be read now, each with the reason."""
    reasons = await asyncio.gather(*map(_absence, sources))
    return {source: why for source, why in zip(sources, reasons, strict=True) if why is not None}


def absence_sentences(absent: Mapping[str, Absence]) -> str:
    """Return a sentence for each reason why sources cannot be read; empty without any source."""
    silent = [source for source, why in absent.items() if why is Absence.SILENT]
    sentences = [f"{_quoted(silent)} did not answer within {LONGEST_LOOK:g} s."] if silent else []
    if gone := [source for source, why in absent.items() if why is Absence.MISSING]:
        verb = "is" if len(gone) == 1 else "are"
        sentences.append(f"{_quoted(gone)} {verb} missing, so Claude works without.")
    return " ".join(sentences)


def is_there(path: str) -> bool:
    """Whether a folder or file exists; blocking."""
    return os.path.exists(path)  # noqa: PTH110


def checked(name: str) -> str:
    """Return a named source as an absolute path; blocking. Raises `InvalidInput`."""
    path = absolute(expanded(name))
    try:
        path = path.resolve(strict=True)
        is_too_wide = Path.home().resolve().is_relative_to(path)
        readable = os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0))
    except (OSError, RuntimeError, ValueError) as error:
        raise InvalidInput(
            f"The source “{name}” is not there: give an existing folder or file."
        ) from error
    if not readable:
        raise InvalidInput(f"The source “{name}” cannot be read: its permissions forbid it.")
    if path == Path(path.anchor) or is_too_wide:
        raise InvalidInput(
            f"“{name}” is too much to give Claude: name the folder your material is in."
        )
    return str(path)


async def _absence(source: str) -> Absence | None:
    try:
        is_found = await looked_at(source, is_there, within=LONGEST_LOOK)
    except TimeoutError:
        return Absence.SILENT
    return None if is_found else Absence.MISSING


async def _checked(name: str) -> str:
    try:
        return await looked_at(name, checked, within=LONGEST_LOOK)
    except TimeoutError:
        raise InvalidInput(
            f"{name} did not answer within {LONGEST_LOOK:g} s: give a folder or file that can be "
            "read now."
        ) from None


def _quoted(sources: Sequence[str]) -> str:
    return ", ".join(f"“{source}”" for source in sources)
