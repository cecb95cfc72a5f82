"""Deletion of Claude Code's own transcripts of sessions that are no longer wanted.

Every function here blocks. Pass only sessions that Redraft made, that is, those of its branches. An
adopted session was copied, and the original belongs to the writer.
"""

import logging
import shutil
from collections.abc import Iterable
from contextlib import suppress
from glob import escape
from pathlib import Path

from tui.agent.local_files import projects_folder
from tui.agent.orphans import OpenSessions
from tui.domain.ids import SessionId

_logger = logging.getLogger("redraft.agent")


def transcripts_of(sessions: Iterable[SessionId]) -> tuple[Path, ...]:
    """Return every file and folder that Claude Code, or Redraft next to it, keeps for sessions."""
    projects = projects_folder()
    found: set[Path] = set()
    for session in sessions:
        name = escape(session)
        for pattern in (f"{name}.jsonl", f"{name}.jsonl.damaged-*", name):
            with suppress(OSError):
                found.update(projects.glob(f"*/{pattern}"))
    return tuple(sorted(path for path in found if not path.is_symlink()))


def delete_transcripts(sessions: Iterable[SessionId]) -> tuple[Path, ...]:
    """Delete Claude Code's files of sessions, and return those that could not be deleted.

    Files that a program has open, and files without permission, stay; the log says why.
    """
    opened = OpenSessions({}, Path())
    kept: list[Path] = []
    for session in sessions:
        paths = transcripts_of([session])
        if paths and opened.of(session):
            _logger.warning("session %s is open and was not deleted", session)
            kept += paths
            continue
        for path in paths:
            try:
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            except OSError:
                _logger.warning("%s was not deleted", path, exc_info=True)
                kept.append(path)
    return tuple(kept)
