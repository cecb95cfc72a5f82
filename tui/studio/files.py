"""Writing texts to files that a person names, atomically."""

import os
import stat
from hashlib import sha256
from pathlib import Path

from tui import whole_files
from tui.domain.errors import FileInTheWay, FolderMissing, InvalidInput, RedraftError


def named_file(name: str | Path) -> Path:
    """Return the absolute path of a file that a person named, with `~` expanded.

    White space in the name is kept. Raises `InvalidInput` for an invalid name.
    """
    typed = str(name)
    if not typed.strip() or "\0" in typed:
        raise InvalidInput("A file needs a name: type where to save the text.")
    return absolute(expanded(typed))


def expanded(name: str) -> Path:
    """Return a typed path with `~` expanded; raises `InvalidInput` for an unknown user's home."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        home = name.partition("/")[0]
        raise InvalidInput(f"{home} is nobody's home folder here: type the whole path.") from None


def absolute(path: Path) -> Path:
    """Return the absolute path; raises `InvalidInput` when the working folder no longer exists."""
    try:
        return path.absolute()
    except OSError:
        raise InvalidInput(
            f"The folder that Redraft was started in is gone: type the whole path of {path}."
        ) from None


def make_folder(folder: str) -> None:
    """Create a folder and its parents; raises `RedraftError` on failure."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RedraftError(f"The folder {folder} cannot be made: {reason}.") from error


def write_whole(path: Path, text: str, *, replace: bool = True, known: str = "") -> None:
    """Write exactly this text (UTF-8) to a file, which is created or replaced atomically.

    Without `replace`, an existing file raises `FileInTheWay`, unless `known` is the SHA-256 of the
    file's content. An existing file keeps its access rights, and a symbolic link still points to
    its file. Raises `RedraftError` when the file cannot be written; the file is then unchanged,
    unless only the final sync of its folder failed.
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
