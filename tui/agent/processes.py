"""Look-up of a local process by its number: its program and start time. Blocks briefly.

Linux provides both in `/proc`; on other systems `ps` is run.
"""

import logging
import os
import subprocess
from pathlib import Path
from typing import Final

from tui.domain.frozen import frozen

_PROC: Final = Path("/proc")
_STATE, _STARTED = 0, 19
"""Fields of `stat`, after the name, with the state and the start (in clock ticks since boot)."""

_logger = logging.getLogger("redraft.agent")


@frozen
class Process:
    """A process that runs."""

    name: str
    """The program's name, without a path; on Linux at most 15 characters."""
    started: str
    """Start time in clock ticks since boot; empty where unknown.

    Number and start time together identify a process: numbers are reused.
    """


def find_process(pid: int) -> Process | None:
    """Return a running process; None when it has ended, or when its state is unknown."""
    if _PROC.joinpath("self", "stat").exists():
        return _from_proc(pid)
    return _from_ps(pid)


def _from_proc(pid: int) -> Process | None:
    try:
        stat = _PROC.joinpath(str(pid), "stat").read_text("utf-8", errors="replace")
    except OSError:
        return None
    # The name is in parentheses and may contain any character, parentheses included.
    name, _, rest = stat.partition("(")[2].rpartition(") ")
    fields = rest.split()
    if len(fields) <= _STARTED or fields[_STATE] in {"Z", "X"}:
        return None
    return Process(name, fields[_STARTED])


def _from_ps(pid: int) -> Process | None:
    command = ["ps", "-o", "stat=,comm=", "-p", str(pid)]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        _logger.warning("processes cannot be listed", exc_info=True)
        return None
    state, _, name = answer.stdout.strip().partition(" ")
    if not state or state.startswith("Z"):
        return None
    return Process(os.path.basename(name.strip()), "")  # noqa: PTH119 (a name, not a path of ours)
