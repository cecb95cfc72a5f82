"""A process of this machine by its number: what it runs and when it began. Blocks a moment.

Linux tells it in `/proc`; elsewhere `ps` is asked.
"""

import logging
import os
import subprocess
from pathlib import Path
from typing import Final

from tui.domain.frozen import frozen

_PROC: Final = Path("/proc")
_STATE, _STARTED = 0, 19
"""Where `stat` tells the state and the start (in clock ticks since boot), after the name."""

_logger = logging.getLogger("redraft.agent")


@frozen
class Process:
    """A process that runs."""

    name: str
    """The name of its program, without a path; on Linux no longer than 15 characters."""
    started: str
    """Clock ticks from the boot to its start; empty where that is not told.

    With the number it tells a process from every other one: numbers are given anew.
    """


def find_process(pid: int) -> Process | None:
    """Return a process that runs; None when it has ended, or when nobody can tell."""
    if _PROC.joinpath("self", "stat").exists():
        return _from_proc(pid)
    return _from_ps(pid)


def _from_proc(pid: int) -> Process | None:
    try:
        told = _PROC.joinpath(str(pid), "stat").read_text("utf-8", errors="replace")
    except OSError:
        return None
    # The name stands in brackets and may hold any character, brackets too.
    name, _, rest = told.partition("(")[2].rpartition(") ")
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
