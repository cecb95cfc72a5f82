"""Claude Code's own files of a session: found, read, restored. Everything here blocks."""

import contextlib
import errno
import itertools
import os
import unicodedata
from collections.abc import Mapping
from glob import escape
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tui.agent.cli_contract.rows import noted_total
from tui.agent.cli_contract.variables import CONFIG_FOLDER
from tui.domain.frozen import frozen
from tui.domain.ids import SessionId
from tui.whole_files import beside, knows_no_links, put_in_place, sync, write_whole

SUFFIX: Final = ".jsonl"


@frozen
class LocalPart:
    """What a transcript holds from some byte on."""

    path: Path
    inode: int
    start: int
    data: bytes

    @property
    def whole_end(self) -> int:
        """The byte after the last whole line."""
        return self.start + self.data.rfind(b"\n") + 1


def claude_folder(environment: Mapping[str, str] = MappingProxyType({})) -> Path:
    """Return the configuration folder of a CLI with this environment on top of ours."""
    named = environment.get(CONFIG_FOLDER) or os.environ.get(CONFIG_FOLDER)
    return Path(unicodedata.normalize("NFC", named or str(Path.home() / ".claude")))


def projects_folder(environment: Mapping[str, str] = MappingProxyType({})) -> Path:
    """Return the folder in which a CLI with this environment keeps its transcripts."""
    return claude_folder(environment) / "projects"


def find_transcript(projects: Path, session: SessionId, project: str = "") -> Path | None:
    """Return the file of a session: in the project it should be in, else the one written last."""
    usual = projects / project / f"{session}{SUFFIX}"
    if project and usual.is_file():
        return usual
    found: list[tuple[float, Path]] = []
    for path in projects.glob(f"*/{escape(session)}{SUFFIX}"):
        with contextlib.suppress(OSError):
            found.append((path.stat().st_mtime, path))
    return max(found)[1] if found else None


def find_transcripts(projects: Path) -> dict[SessionId, Path]:
    """Return every transcript by its session; of two, the one written last."""
    found: dict[SessionId, tuple[float, Path]] = {}
    for path in projects.glob(f"*/*{SUFFIX}"):
        with contextlib.suppress(OSError):
            changed, session = path.stat().st_mtime, SessionId(path.name.removesuffix(SUFFIX))
            if session not in found or changed > found[session][0]:
                found[session] = changed, path
    return {session: path for session, (_, path) in found.items()}


def read_part(path: Path, start: int = 0) -> LocalPart | None:
    """Return what a transcript holds from a byte on; None when it is gone or shorter than that."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if found.st_size < start:
                return None
            file.seek(start)
            return LocalPart(path, found.st_ino, start, file.read())
    except FileNotFoundError:
        return None


def size_of(path: Path | None) -> int | None:
    """Return the bytes of a transcript; None when it is not there."""
    try:
        return None if path is None else path.stat().st_size
    except OSError:
        return None


def noted_cost(path: Path | None) -> float | None:
    """Return the dollars at which Claude Code goes on counting a session when it is resumed.

    It notes its sum when it ends cleanly, and only then; without a note it begins at 0. None when
    that cannot be read.
    """
    try:
        data = b"" if path is None else path.read_bytes()
    except OSError:
        return None
    return noted_total(data)


def restore(path: Path, data: bytes) -> Path | None:
    """Put a whole transcript in a file's place; what was there stays beside it, `….damaged-N`.

    Returns where that is; None when there was nothing. Raises `OSError`; then the place holds what
    it held, unless it was the folder that would not sync.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with beside(path, data) as temporary:
        aside = _set_aside(path)
        put_in_place(temporary, path)
    return aside


def _set_aside(path: Path) -> Path | None:
    for number in itertools.count(1):
        aside = path.with_name(f"{path.name}.damaged-{number}")
        try:
            os.link(path, aside)
        except FileNotFoundError:
            return None
        except FileExistsError:
            continue
        except OSError as error:
            if not knows_no_links(error):
                raise
            if aside.exists():
                continue
            path.rename(aside)
        return aside
    return None


def append_rows(path: Path, data: bytes) -> None:
    """Add whole lines to a transcript in one write, after whatever is there by then.

    Raises `OSError`, also when the disk took only a part of them.
    """
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    try:
        end = os.fstat(handle).st_size
        is_torn = end > 0 and os.pread(handle, 1, end - 1) != b"\n"
        rows = b"\n" + data if is_torn else data
        if os.write(handle, rows) < len(rows):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        sync(handle)
    finally:
        os.close(handle)


def write_new(path: Path, data: bytes) -> None:
    """Write a transcript where there is none; raises `OSError`, and then nothing was replaced."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, data, may_replace=False)
