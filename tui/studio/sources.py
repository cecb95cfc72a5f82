"""The folders and files a writer names as sources, made absolute and looked at."""

import asyncio
import os
from collections.abc import Collection, Sequence
from pathlib import Path

from tui.domain.errors import InvalidInput

MOST_SOURCES = 20
LONGEST_LOOK = 0.4
"""Seconds that a turn waits to learn which sources are there."""


def checked_sources(
    named: Sequence[str], *, base: Path, kept: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the named folders and files as absolute paths, each once, blank names left out.

    `base` is the folder that relative names start from; `~` is the home folder. `kept` were checked
    before and may be gone for a while, as a disk is that is not plugged in. Blocking: run it in a
    thread. Raises `InvalidInput` for what is not there, cannot be read, or is too wide.
    """
    found: dict[str, None] = {}
    for name in named:
        if name.strip():
            path = name.strip()
            found[path if path in kept else str(_checked(path, base))] = None
    if len(found) > MOST_SOURCES:
        raise InvalidInput(
            f"{len(found)} sources are too many, and {MOST_SOURCES} is the most: name their folder."
        )
    return tuple(found)


def missing_sources(sources: Sequence[str]) -> tuple[str, ...]:
    """Return those sources that are not there now; blocking: run it in a thread."""
    return tuple(source for source in sources if not os.path.exists(source))  # noqa: PTH110


async def missing_told(sources: Sequence[str]) -> str:
    """Return a sentence about the sources that are not there now; empty when all of them are.

    Nothing is said of a disk that takes too long to answer.
    """
    if not sources:
        return ""
    try:
        looked = asyncio.to_thread(missing_sources, sources)
        missing = await asyncio.wait_for(looked, LONGEST_LOOK)
    except TimeoutError:
        return ""
    if not missing:
        return ""
    named = ", ".join(f"“{source}”" for source in missing)
    verb = "is" if len(missing) == 1 else "are"
    return f"{named} {verb} missing, so Claude works without."


def _checked(name: str, base: Path) -> Path:
    try:
        path = (base / Path(name).expanduser()).resolve(strict=True)
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
    return path
