"""The writer's own angles: Markdown files in a folder of the library, edited with any program."""

import unicodedata
from pathlib import Path
from typing import Final

from tui import whole_files
from tui.domain.angles import SUFFIX, Angle, FoundAngles, parsed
from tui.domain.errors import InvalidInput, Refused
from tui.domain.plain import plain
from tui.store.files import make_folder, read_if_changed, writing
from tui.store.thread import InThread
from tui.store.unreadable import Fault, Unreadable

FOLDER: Final = "angles"
LARGEST: Final = 64 * 1024
"""Maximum size in bytes of an angle file: far more than any prompt needs."""


class AngleFiles:
    """The writer's own angles in a library; implements `OwnAngles` of the studio's ports."""

    def __init__(self, library: Path, in_thread: InThread) -> None:
        self._folder = library / FOLDER
        self._in_thread = in_thread

    async def read(self) -> FoundAngles:
        """Return the angles by name, with a problem for each unreadable file."""
        return await self._in_thread(_read_all, self._folder)

    async def save(self, name: str, text: str) -> str:
        """Create the file of a new angle; return its full path.

        Raises `Refused` when an angle of that name exists, `LibraryProblem` when writing fails.
        """
        return await self._in_thread(_save, self._folder / f"{name}{SUFFIX}", text)


def _read_all(folder: Path) -> FoundAngles:
    try:
        paths = sorted(path for path in folder.iterdir() if _is_angle(path.name))
    except FileNotFoundError:
        return FoundAngles()
    except OSError as error:
        return FoundAngles(problems=(f"Your angles cannot be read: {folder}: {error.strerror}.",))
    angles: list[Angle] = []
    problems: list[str] = []
    for path in paths:
        try:
            angles.append(_read(path))
        except InvalidInput as problem:
            problems.append(str(problem))
        except Unreadable as damage:
            sentence = damage.about(f"the angle “{plain(path.name)}”")
            problems.append(f"{sentence} Mend the file, or delete it.")
        except OSError as error:
            problems.append(
                f"The angle “{plain(path.name)}” cannot be read ({error.strerror}): mend the file, "
                "or delete it."
            )
    return FoundAngles(tuple(angles), tuple(problems))


def _save(path: Path, text: str) -> str:
    with writing(path):
        make_folder(path.parent, with_parents=False)
        try:
            whole_files.write_whole(path, text.encode(), may_replace=False)
        except FileExistsError:
            raise Refused(f"{path} is there already: edit it, or rename it to copy anew.") from None
    return str(path.absolute())


def _is_angle(name: str) -> bool:
    return name.endswith(SUFFIX) and not name.startswith(".")


def _read(path: Path) -> Angle:
    if path.stat().st_size > LARGEST:
        raise Unreadable(Fault.TOO_LONG)
    read = read_if_changed(path, None)
    assert read is not None, "nothing was known of it"
    try:
        text = read[1].decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(Fault.NOT_UTF8) from None
    # macOS returns file names in decomposed form (NFD).
    return parsed(unicodedata.normalize("NFC", path.name.removesuffix(SUFFIX)), text)
