"""The folder of a library: how it is made, whether it can be written, and its trash."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui.domain.errors import LibraryProblem
from tui.store.content_file import SUFFIX
from tui.store.files import make_folder, sweep, write_whole

TRASH: Final = "trash"
"""Name of the folder for contents that were deleted."""
ANOTHER: Final = "+"
"""Separator between an id and a number in the trash, when it holds several contents of an id."""
_IGNORED: Final = """\
# Redraft writes these again, or only this machine needs them.
/library.json
/place.json*
/locks/
/journal/
/search/
*.prev
*.tmp
"""


def make_library(library: Path) -> None:
    """Create the missing folders of a library, and delete abandoned temporary files.

    Raises `LibraryProblem` when a new library cannot be made, or an old one cannot be read.
    """
    contents, texts = library / "contents", library / "texts"
    _make_outer(library)
    for folder in (contents, texts, library / "locks"):
        _make_inner(folder, may_fail=contents.is_dir())
    try:
        with os.scandir(contents) as files:
            next(files, None)
    except OSError as error:
        sentence = f"The library {library} cannot be read ({error.strerror}): check that "
        raise LibraryProblem(sentence + "it is yours, or name another folder.") from error
    ignored = library / ".gitignore"
    if not write_problem(library) and not os.path.lexists(ignored):
        with suppress(OSError):  # It is only a convenience.
            write_whole(ignored, _IGNORED.encode(), is_durable=False)
    for folder in (library, contents, texts, library / TRASH):
        sweep(folder)


def is_trashed(library: Path, content_id: str) -> bool:
    """Whether the trash of a library holds a content with this id."""
    names = (f"{content_id}{SUFFIX}", f"{content_id}{ANOTHER}*{SUFFIX}")
    return any(any((library / TRASH).glob(name)) for name in names)


def write_problem(library: Path) -> str:
    """Return why nothing can be saved in a library, as a sentence; empty when it can be."""
    if os.access(library / "contents", os.W_OK | os.X_OK) and os.access(library, os.W_OK):
        return ""
    return (
        f"The library {library} may only be read, so nothing can be saved: "
        "give yourself the right to write there, or name another folder."
    )


def _make_outer(library: Path) -> None:
    other = "name another folder with --library."
    try:
        if library.is_dir():
            if not any(library.iterdir()):
                make_folder(library)
            return
        # Another program may have made it since the first look.
        if os.path.lexists(library) and not library.is_dir():
            what = "leads nowhere" if library.is_symlink() else "is a file"
            raise LibraryProblem(f"The library {library} {what} and not a folder: {other}")
        make_folder(library)
    except NotADirectoryError as error:
        sentence = f"The library {library} cannot be there: a part of that path is a file: {other}"
        raise LibraryProblem(sentence) from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        sentence = f"The library {library} cannot be opened or made ({why}): check the path, or "
        raise LibraryProblem(sentence + other) from error


def _make_inner(folder: Path, *, may_fail: bool) -> None:
    try:
        make_folder(folder)
    except OSError as error:
        if not may_fail:
            why = error.strerror or str(error)
            raise LibraryProblem(
                f"No library can be made in {folder.parent} ({why}): give yourself the right to "
                "write there, or name another folder with --library."
            ) from error
