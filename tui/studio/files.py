"""Texts going out to files that a person names: written whole, or not at all."""

import os
import stat
from hashlib import sha256
from pathlib import Path

from tui import whole_files
from tui.domain.errors import FileInTheWay, FolderMissing, InvalidInput, RedraftError


def named_file(name: str | Path) -> Path:
    """Return the whole path of a file that a person named: `~` and a relative name are expanded.

    White space in a name stays as it is. Raises `InvalidInput` for a name that leads nowhere.
    """
    typed = str(name)
    if not typed.strip() or "\0" in typed:
        raise InvalidInput("A file needs a name: type where to save the text.")
    return absolute(expanded(typed))


def expanded(name: str) -> Path:
    """Return a path that a person typed with `~` expanded; raises `InvalidInput` for nobody's."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        home = name.partition("/")[0]
        raise InvalidInput(f"{home} is nobody's home folder here: type the whole path.") from None


def absolute(path: Path) -> Path:
    """Return a path from the root on; raises `InvalidInput` when the working folder is gone."""
    try:
        return path.absolute()
    except OSError:
        raise InvalidInput(
            f"The folder that Redraft was started in is gone: type the whole path of {path}."
        ) from None


def make_folder(folder: str) -> None:
    """Make a folder with those above it; raises `RedraftError` when that cannot be."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RedraftError(f"The folder {folder} cannot be made: {reason}.") from error


def write_whole(path: Path, text: str, *, replace: bool = True, known: str = "") -> None:
    """Write exactly this text (UTF-8) to a file, which is made or replaced in one step.

    Without `replace`, a file that is there is refused with `FileInTheWay`, unless `known` is the
    SHA-256 of what is in it. An existing file keeps its access rights, and a link stays a link to
    its file. Raises `RedraftError` when it cannot be written; then the file is as it was, unless
    the disk failed only at the very last, the sync of its folder.
    """
    data = text.encode("utf-8", "surrogatepass")
    try:
        target = Path(os.path.realpath(path.expanduser()))
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise RedraftError(f"{path} is a folder: name a file to write to.")
            target.write_bytes(data)  # A device or a pipe: nothing there can be replaced.
            return
        may_replace = replace or (
            known != "" and target.exists() and known == sha256(target.read_bytes()).hexdigest()
        )
        if not may_replace and target.exists():
            raise FileInTheWay(str(path))
        if not target.parent.exists():
            folder = target.parent if path.is_symlink() else path.parent
            raise FolderMissing(str(folder))
        whole_files.write_whole(target, data, mode=_mode_of(target), may_replace=may_replace)
    except FileExistsError:
        raise FileInTheWay(str(path)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RedraftError(f"The file {path} cannot be written: {reason}.") from error


def _mode_of(path: Path) -> int | None:
    return stat.S_IMODE(path.stat().st_mode) & 0o777 if path.exists() else None
