"""Access to Claude Code's own session files: find, read, restore. Every function here blocks."""

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
    """The bytes of a transcript from an offset on."""

    path: Path
    inode: int
    start: int
    data: bytes

    @property
    def whole_end(self) -> int:
        """Offset of the byte after the last whole line."""
        return self.start + self.data.rfind(b"\n") + 1


def claude_folder(environment: Mapping[str, str]) -> Path:
    """Return the configuration folder of a CLI that runs with these additional variables."""
    named = environment.get(CONFIG_FOLDER) or os.environ.get(CONFIG_FOLDER)
    return Path(unicodedata.normalize("NFC", named or str(Path.home() / ".claude")))


def projects_folder(environment: Mapping[str, str] = MappingProxyType({})) -> Path:
    """Return the folder in which a CLI with these additional variables keeps its transcripts."""
    return claude_folder(environment) / "projects"


def find_transcript(projects: Path, session: SessionId, project: str = "") -> Path | None:
    """Return the file of a session: in the expected project, else the file written last."""
    usual = projects / project / f"{session}{SUFFIX}"
    if project and usual.is_file():
        return usual
    found: list[tuple[float, Path]] = []
    for path in projects.glob(f"*/{escape(session)}{SUFFIX}"):
        with contextlib.suppress(OSError):
            found.append((path.stat().st_mtime, path))
    return max(found)[1] if found else None


def find_transcripts(projects: Path) -> dict[SessionId, Path]:
    """Return every transcript by its session; among several, the one written last."""
    found: dict[SessionId, tuple[float, Path]] = {}
    for path in projects.glob(f"*/*{SUFFIX}"):
        with contextlib.suppress(OSError):
            changed, session = path.stat().st_mtime, SessionId(path.name.removesuffix(SUFFIX))
            if session not in found or changed > found[session][0]:
                found[session] = changed, path
    return {session: path for session, (_, path) in found.items()}


def read_part(path: Path, start: int = 0) -> LocalPart | None:
    """Return a transcript's bytes from an offset on; None when it is missing or shorter."""
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
    """Return the size of a transcript in bytes; None when it does not exist."""
    try:
        return None if path is None else path.stat().st_size
    except OSError:
        return None


def noted_cost(path: Path | None) -> float | None:
    """Return the cost in dollars from which Claude Code counts on when it resumes a session.

    Claude Code saves this total only when it exits cleanly; without a saved total, counting starts
    at 0. Returns None when the transcript cannot be read.
    """
    try:
        data = b"" if path is None else path.read_bytes()
    except OSError:
        return None
    return noted_total(data)


def restore(path: Path, data: bytes) -> Path | None:
    """Replace a file with a whole transcript; the old file is kept beside it as `….damaged-N`.

    Returns the path of the old file; None when there was none. Raises `OSError`; the file is then
    unchanged, unless only the sync of its folder failed.
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
    """Append whole lines to a transcript in one write, after its current end.

    Raises `OSError`, also when the disk wrote only a part of the lines.
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
    """Write a new transcript; raises `OSError`, and never replaces an existing file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, data, may_replace=False)
