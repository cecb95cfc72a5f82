"""Locating the Claude CLI."""

import importlib.util
import shlex
import shutil
from pathlib import Path
from typing import Final

_MISSING: Final = (
    "The program that drives Claude is not installed: {place} is missing. "
    "Install Redraft again, or install Claude Code, so that `claude` is on the PATH."
)


def bundled_cli() -> Path:
    """Return the path of the CLI inside the SDK's package, without importing the package."""
    spec = importlib.util.find_spec("claude_agent_sdk")
    places = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(places or ["claude_agent_sdk"]))) / "_bundled" / "claude"


def find_cli() -> Path | None:
    """Return the bundled CLI, else one on the PATH, else None."""
    bundled = bundled_cli()
    if bundled.is_file():
        return bundled
    other = shutil.which("claude")
    return None if other is None else Path(other)


def login_words() -> str:
    """Return what a person types to log in, with the `claude` on the PATH or the bundled one."""
    if shutil.which("claude"):
        return "claude auth login"
    return f"{shlex.quote(str(bundled_cli()))} auth login"


def missing_sentence(cli: Path | None) -> str:
    """Return the error sentence for a missing CLI."""
    return _MISSING.format(place=cli or bundled_cli())
