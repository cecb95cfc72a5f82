"""Texts going out to files that a person names: written whole, or not at all."""

import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

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
    its file. Raises `RedraftError` when it cannot be written; then the file is as it was.
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
        _write(target, data, may_replace=may_replace)
    except FileExistsError:
        raise FileInTheWay(str(path)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RedraftError(f"The file {path} cannot be written: {reason}.") from error


def _write(path: Path, data: bytes, *, may_replace: bool) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        put_in_place(temporary, path, may_replace=may_replace)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise


def put_in_place(temporary: Path, path: Path, *, may_replace: bool) -> None:
    """Give a finished file its name in one step, for good.

    Raises `FileExistsError` when the name is taken and may not be, even if it was taken just now.
    """
    if not may_replace:
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:
            # This file system knows no second name for a file, so a moment is left unguarded.
            if path.exists():
                raise FileExistsError(path) from None
        else:
            temporary.unlink()
            _sync_folder(path.parent)
            return
    temporary.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Let a new name outlive a power cut, as far as its file system can."""
    # The file is whole and in its place: a folder that only may be written is no reason to fail.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
