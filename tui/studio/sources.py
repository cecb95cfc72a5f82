"""The folders and files a writer names as sources, made absolute and looked at."""

import os
from collections.abc import Sequence
from pathlib import Path

from tui.domain.errors import InvalidInput

MOST_SOURCES = 20


def checked_sources(named: Sequence[str], *, base: Path) -> tuple[str, ...]:
    """Return the named folders and files as absolute paths, each once, blank names left out.

    `base` is the folder that relative names start from; `~` is the home folder. Blocking: run it
    in a thread. Raises `InvalidInput` for what is not there, cannot be read, or is too wide.
    """
    found: dict[str, None] = {}
    for name in named:
        if name.strip():
            found[str(_checked(name.strip(), base))] = None
    if len(found) > MOST_SOURCES:
        raise InvalidInput(
            f"{len(found)} sources are too many; {MOST_SOURCES} is the most: name their folder."
        )
    return tuple(found)


def missing_sources(sources: Sequence[str]) -> tuple[str, ...]:
    """Return those sources that are not there now; blocking: run it in a thread."""
    return tuple(source for source in sources if not os.path.exists(source))  # noqa: PTH110


def _checked(name: str, base: Path) -> Path:
    try:
        path = (base / Path(name).expanduser()).resolve(strict=True)
        readable = os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0))
    except (OSError, RuntimeError, ValueError) as error:
        raise InvalidInput(
            f"The source “{name}” is not there: give an existing folder or file."
        ) from error
    if not readable:
        raise InvalidInput(f"The source “{name}” cannot be read: its permissions forbid it.")
    if path == Path(path.anchor) or path == Path.home():
        raise InvalidInput(
            f"“{name}” is too much to give Claude: name the folder your material is in."
        )
    return path
