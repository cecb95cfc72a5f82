"""The CLI's registry: a file `sessions/<pid>.json` for each one that runs. Blocks on files."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tui.agent.cli_contract.surprises import unexpected
from tui.domain.frozen import frozen

BY_SDK: Final = "sdk-py"
IDLE: Final = "idle"
PROGRAM: Final = "claude"
"""What the name of a CLI's process begins with."""
FIELDS: Final = ("pid", "sessionId", "cwd", "entrypoint", "procStart", "status")


@frozen
class Entry:
    """What a CLI tells of itself; it is there until the CLI ends cleanly."""

    pid: int
    session: str
    cwd: str
    is_by_sdk: bool
    """Whether Python's SDK has started it."""
    started: str
    """When, as the system counts it (see `Process.started`); empty when it is not told."""
    is_idle: bool
    """Whether it answers nothing; no, when it does not tell."""


def read_entries(folder: Path) -> Iterator[Entry]:
    """Yield what the CLIs in a configuration folder tell; an entry in an unknown form is named."""
    for path in (folder / "sessions").glob("*.json"):
        try:
            told = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue  # It has just left, or is just being written.
        entry = _entry(told)
        if entry is None:
            unexpected("An entry of Claude Code's registry", _shape(told))
        else:
            yield entry


def _entry(told: object) -> Entry | None:
    if not isinstance(told, dict):
        return None
    match told:
        # 0 and less stand for groups of processes.
        case {"pid": int(pid), "sessionId": str(session)} if pid > 0 and pid is not True:
            texts = {name: _text(told, name) for name in FIELDS[2:]}
            return Entry(
                pid,
                session,
                texts["cwd"],
                texts["entrypoint"] == BY_SDK,
                texts["procStart"],
                texts["status"] == IDLE,
            )
        case _:
            return None


def _text(told: Mapping[str, object], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _shape(told: object) -> object:
    return sorted(told) if isinstance(told, dict) else type(told).__name__
