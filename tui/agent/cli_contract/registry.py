"""The CLI's registry: a file `sessions/<pid>.json` for each running CLI. Blocks on files."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tui.agent.cli_contract.surprises import unexpected
from tui.domain.frozen import frozen

BY_SDK: Final = "sdk-py"
IDLE: Final = "idle"
PROGRAM: Final = "claude"
"""The start of the name of a CLI's process."""
FIELDS: Final = ("pid", "sessionId", "cwd", "entrypoint", "procStart", "status")


@frozen
class Entry:
    """A CLI's registry entry; it is deleted when the CLI exits cleanly."""

    pid: int
    session: str
    cwd: str
    is_by_sdk: bool
    """Whether the Python SDK started the CLI."""
    started: str
    """Start time of the process in system units (see `Process.started`); empty if unknown."""
    is_idle: bool
    """Whether the CLI is idle; False when the entry does not say."""


def read_entries(folder: Path) -> Iterator[Entry]:
    """Yield the entries in a configuration folder; an entry of unknown form is logged."""
    for path in (folder / "sessions").glob("*.json"):
        try:
            parsed = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue  # It has just left, or is just being written.
        entry = _entry(parsed)
        if entry is None:
            unexpected("An entry of Claude Code's registry", _shape(parsed))
        else:
            yield entry


def _entry(parsed: object) -> Entry | None:
    if not isinstance(parsed, dict):
        return None
    match parsed:
        # 0 and negative numbers stand for groups of processes.
        case {"pid": int(pid), "sessionId": str(session)} if pid > 0 and pid is not True:
            texts = {name: _text(parsed, name) for name in FIELDS[2:]}
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


def _text(parsed: Mapping[str, object], name: str) -> str:
    value = parsed.get(name)
    return value if isinstance(value, str) else ""


def _shape(parsed: object) -> object:
    return sorted(parsed) if isinstance(parsed, dict) else type(parsed).__name__
