"""Check of what a library holds beside contents: transcripts, locks, leftovers, space, modes."""

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tui.domain.findings import FIX, Finding
from tui.domain.json_lines import read_json_lines
from tui.store.damage import DAMAGED
from tui.store.files import FILE_MODE, FOLDER_MODE, leftovers
from tui.store.folder import TRASH

LEAST_ROOM: Final = 50 * 1024 * 1024
"""Free disk space in bytes that a library should have."""
_COPIES_OF_ONE_SAVE: Final = 3
_FOLDERS: Final = ("contents", "texts", TRASH, "locks", "journal", "search", "transcripts")
_FILES: Final = ("library.json*", "place.json*")


def check_surroundings(folder: Path) -> list[Finding]:
    """Check everything in a library except its contents."""
    return [
        *_transcripts(folder / "transcripts"),
        *_locks(folder / "locks"),
        *_left_behind(folder),
        _room(folder),
        *_rights(folder),
    ]


def check_folder(folder: Path) -> Finding:
    """Check that the library exists and can be read and written."""
    if not folder.exists():
        return _absent(folder)
    if not folder.is_dir():
        sentence = f"The library {folder} is a file and not a folder: name another with --library."
        return Finding("library", False, sentence)
    if not os.access(folder, os.R_OK | os.X_OK):
        sentence = (
            f"The library {folder} cannot be read: give yourself the right to, or name another."
        )
        return Finding("library", False, sentence)
    contents = folder / "contents"
    if not all(os.access(at, os.W_OK | os.X_OK) for at in (folder, contents) if at.exists()):
        sentence = f"The library {folder} may only be read: give yourself the right to write there."
        return Finding("library", False, sentence)
    count = len(list(contents.glob("*.json")))
    return Finding("library", True, f"{folder} is readable and writable, pieces: {count}.")


def _absent(folder: Path) -> Finding:
    """Check whether a missing library can be created."""
    sentence = f"The library {folder} leads nowhere: name another folder with --library."
    try:
        folder.lstat()
    except FileNotFoundError:
        return Finding("library", True, f"{folder} is not there yet; the first start makes it.")
    except OSError as error:
        sentence = (
            f"The library {folder} cannot be made ({error.strerror}): "
            "name another folder with --library."
        )
    return Finding("library", False, sentence)


def loose_paths(folder: Path) -> list[Path]:
    """Return files and folders of the library that others may access or the owner may not."""
    return [path for path in _own_paths(folder) if not _is_private(path)]


def leftover_files(folder: Path) -> list[Path]:
    """Return abandoned temporary files."""
    transcripts = folder / "transcripts"
    inner = [path for path in transcripts.rglob("*") if path.is_dir()]
    places = [folder, *(folder / name for name in _FOLDERS), *inner]
    return [path for place in places for path in leftovers(place)]


def _own_paths(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    yield folder
    for pattern in _FILES:
        yield from (path for path in folder.glob(pattern) if not path.is_symlink())
    for name in _FOLDERS:
        place = folder / name
        if place.is_dir() and not place.is_symlink():
            yield place
            yield from (path for path in place.rglob("*") if not path.is_symlink())


def _is_private(path: Path) -> bool:
    try:
        found = path.stat()
    except OSError:
        return True  # The file was just deleted.
    wanted = FOLDER_MODE if stat.S_ISDIR(found.st_mode) else FILE_MODE
    mode = stat.S_IMODE(found.st_mode)
    return not mode & 0o077 and mode & wanted == wanted


def _rights(folder: Path) -> Iterator[Finding]:
    loose = loose_paths(folder)
    if loose:
        yield Finding(
            "permissions",
            False,
            f"{_named(loose)} {'is' if len(loose) == 1 else 'are'} not yours alone (files 0600, "
            "folders 0700).",
            f"{FIX} makes them so.",
        )
    else:
        yield Finding("permissions", True, "Everything is yours alone.")


def _transcripts(folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        return
    files, damaged = sorted(folder.rglob("*.jsonl")), []
    for file in files:
        try:
            is_damaged = read_json_lines(file.read_bytes()).is_broken
        except OSError:
            is_damaged = True
        if is_damaged:
            damaged.append(file)
    if damaged:
        sentence = (
            f"{_named(damaged)} cannot be read as a transcript: the branch still goes on from "
            "Claude Code's own copy, or else from its stored turns; move the file elsewhere."
        )
        yield Finding("transcripts", False, sentence)
    else:
        yield Finding("transcripts", True, f"Every copy can be read: {len(files)} in all.")


def _locks(folder: Path) -> Iterator[Finding]:
    locks = sorted(folder.glob("*.lock")) if folder.is_dir() else []
    linked = [lock for lock in locks if lock.is_symlink()]
    if linked:
        sentence = f"{_named(linked)} is a link, which Redraft does not follow: delete it."
        yield Finding("locks", False, sentence)
    held = sum(_is_held(lock) for lock in locks if lock not in linked)
    files = "1 lock file" if len(locks) == 1 else f"{len(locks)} lock files"
    if held:
        sentence = f"Of {files}, a program that runs now holds {held}."
    else:
        sentence = f"No program holds one; what lies there ({files}) is harmless."
    yield Finding("locks", True, sentence)


def _is_held(lock: Path) -> bool:
    try:
        handle = os.open(lock, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _left_behind(folder: Path) -> Iterator[Finding]:
    temporary = leftover_files(folder)
    if temporary:
        sentence = f"{_named(temporary)}: left by a program that was ended; harmless."
        yield Finding("leftovers", True, sentence, f"{FIX} deletes it.")
    aside = sorted([*folder.glob(f"*{DAMAGED}*"), *(folder / "contents").glob(f"*{DAMAGED}*")])
    if aside:
        sentence = f"{_named(aside)}: set aside because of damage; delete it when you miss nothing."
        yield Finding("leftovers", True, sentence)
    if not temporary and not aside:
        yield Finding("leftovers", True, "There are none.")


def _room(folder: Path) -> Finding:
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Finding("space", False, f"The disk of {folder} cannot be asked: {error.strerror}.")
    sizes = [path.stat().st_size for path in (folder / "contents").glob("*.json") if path.exists()]
    wanted = max(LEAST_ROOM, _COPIES_OF_ONE_SAVE * max(sizes, default=0))
    sentence = f"{free / 1e6:,.0f} MB are free on the disk of {folder}"
    if free < wanted:
        return Finding(
            "space", False, f"{sentence}; make room: a save may need {wanted / 1e6:,.0f} MB."
        )
    return Finding("space", True, f"{sentence}.")


def _named(paths: list[Path]) -> str:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{paths[0]}{more}"
