"""What the end-to-end tests stand on: the demo's API, a world of its own, and the real command."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

ROOT = Path(__file__).parents[2]
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")
"""What the isolated environment takes over from the real one."""


@dataclass(frozen=True)
class Done:
    """A command that is over."""

    code: int
    out: str
    err: str


RunRedraft = Callable[..., Done]
"""`redraft("list", "--json")`; also `text=` for stdin and `env=` for more variables."""


@pytest.fixture
def demo_api() -> Iterator[DemoServer]:
    """Run the demo's Messages API flat out, in this process, on a free port."""
    with DemoServer(words_per_second=0) as server:
        yield server


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Name the folder of a library that does not exist yet."""
    return tmp_path / "library"


@pytest.fixture
def isolated_environment(tmp_path: Path, library: Path, demo_api: DemoServer) -> dict[str, str]:
    """Give an environment in which nothing of the person's own is read or written."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    folders = {
        "HOME": tmp_path / "home",
        "CLAUDE_CONFIG_DIR": tmp_path / "claude",
        "XDG_DATA_HOME": tmp_path / "data",
        "XDG_CONFIG_HOME": tmp_path / "config",
        "XDG_STATE_HOME": tmp_path / "state",
        "XDG_CACHE_HOME": tmp_path / "cache",
    }
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    return {
        **kept,
        **{name: str(folder) for name, folder in folders.items()},
        "ANTHROPIC_BASE_URL": demo_api.base_url,
        "ANTHROPIC_API_KEY": "dummy",
        "REDRAFT_LIBRARY": str(library),
        "TERM": "xterm-256color",
    }


@pytest.fixture
def redraft_command() -> list[str]:
    """Return the command that starts this checkout's Redraft."""
    return [sys.executable, "-m", "tui"]


@pytest.fixture
def redraft(isolated_environment: dict[str, str], redraft_command: list[str]) -> RunRedraft:
    """Give a function that runs one real command to its end."""

    def run(*arguments: str, text: str = "", env: Mapping[str, str] | None = None) -> Done:
        done = subprocess.run(
            [*redraft_command, *arguments],
            cwd=ROOT,
            env={**isolated_environment, **(env or {})},
            input=text.encode(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
