"""CLIs that outlived the Redraft that started them, and still write to one of its sessions.

A CLI whose parent was killed in mid-turn finishes the answer and then leaves. To resume the
session meanwhile would split its transcript, and the finished answer would be lost from view.
"""

import asyncio
import json
import logging
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tui.agent.environment import CONFIG_FOLDER
from tui.domain.ids import SessionId

_FINISHING_SECONDS: Final = 10.0
_LEAVING_SECONDS: Final = 2.0
_LOOK_AGAIN: Final = 0.1
_STARTED_BY_SDK: Final = "sdk-py"

_logger = logging.getLogger("redraft.agent")


async def outwait_orphans(
    session: SessionId, environment: Mapping[str, str], work_folder: Path
) -> None:
    """Wait until nobody else writes to the session; an orphan that goes on too long is ended."""
    folder = _sessions_folder(environment)
    if await _is_free(folder, session, work_folder, _FINISHING_SECONDS):
        return
    for pid in await asyncio.to_thread(find_orphans, folder, session, work_folder):
        _logger.warning("process %s still writes to session %s and is ended", pid, session)
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            continue
    await _is_free(folder, session, work_folder, _LEAVING_SECONDS)


def find_orphans(folder: Path, session: SessionId, work_folder: Path) -> list[int]:
    """Return the processes that run this session in Redraft's own folder; blocks on files."""
    found: list[int] = []
    for path in folder.glob("*.json"):
        try:
            entry = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue  # It has just left, or is just being written.
        if not isinstance(entry, dict) or not isinstance(entry.get("pid"), int):
            continue
        is_ours = (
            entry.get("sessionId") == session
            and entry.get("entrypoint") == _STARTED_BY_SDK
            and entry.get("cwd") in {str(work_folder), str(work_folder.resolve())}
        )
        if is_ours and _is_claude(entry["pid"]):
            found.append(entry["pid"])
    return found


async def _is_free(folder: Path, session: SessionId, work_folder: Path, seconds: float) -> bool:
    loop = asyncio.get_running_loop()
    limit = loop.time() + seconds
    while await asyncio.to_thread(find_orphans, folder, session, work_folder):
        if loop.time() >= limit:
            return False
        await asyncio.sleep(_LOOK_AGAIN)
    return True


def _sessions_folder(environment: Mapping[str, str]) -> Path:
    config = environment.get(CONFIG_FOLDER) or os.environ.get(CONFIG_FOLDER)
    return (Path(config) if config else Path.home() / ".claude") / "sessions"


def _is_claude(pid: int) -> bool:
    """Whether the process runs and is a CLI: after a crash its number may be another's."""
    command = ["ps", "-o", "stat=,args=", "-p", str(pid)]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        _logger.warning("processes cannot be listed", exc_info=True)
        return False
    row = answer.stdout.strip()
    return bool(row) and not row.startswith("Z") and "claude" in row
