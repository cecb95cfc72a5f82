"""What the end-to-end tests stand on: the demo's API, a world of its own, and the real command."""

import contextlib
import os
import selectors
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.hanging import HANGS
from tests.support.light import LIGHT_CLI
from tests.support.marks import MarkedWriter
from tests.support.warm import COMMAND, Start, Warm, exit_code, warming
from tui.demo.server import DemoServer

ROOT = Path(__file__).parents[2]
KEPT = (
    *("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT"),
    "PYTHONPYCACHEPREFIX",
)
"""What the isolated environment takes over from the real one."""


@dataclass(frozen=True)
class Done:
    """A command that is over."""

    code: int
    out: str
    err: str


RunRedraft = Callable[..., Done]
"""`redraft("list", "--json")`; also `text=` for stdin and `env=` for more variables."""


def run_to_end(
    start: Start, command: Sequence[str], *, env: Mapping[str, str], text: str = ""
) -> Done:
    """Run a command to its end; `text` is what it may read."""
    (reads, writes), (out, outs), (err, errs) = (os.pipe() for _ in range(3))
    process = start(command, env=env, cwd=ROOT, files=(reads, outs, errs))
    for end in (reads, outs, errs):
        os.close(end)
    with contextlib.suppress(BrokenPipeError):
        os.write(writes, text.encode())
    os.close(writes)
    said = {out: b"", err: b""}
    with selectors.DefaultSelector() as waiting:
        for end in said:
            waiting.register(end, selectors.EVENT_READ)
        while waiting.get_map():
            ready = waiting.select(HANGS)
            if not ready:
                break
            for key, _ in ready:
                piece = os.read(key.fd, 65536)
                said[key.fd] += piece
                if not piece:
                    waiting.unregister(key.fd)
                    os.close(key.fd)
    return Done(exit_code(process, HANGS), said[out].decode(), said[err].decode())


@pytest.fixture(scope="session")
def warm(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Warm]:
    """Run what forks a Redraft that has imported everything; one for all workers of pytest."""
    folder = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        folder = folder.parent
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    with warming(env, folder) as starting:
        yield starting


@pytest.fixture
def demo_api() -> Iterator[DemoServer]:
    """Run the demo's Messages API flat out, in this process, on a free port."""
    with DemoServer(writer=MarkedWriter(), words_per_second=0) as server:
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
        **LIGHT_CLI,
        **{name: str(folder) for name, folder in folders.items()},
        "ANTHROPIC_BASE_URL": demo_api.base_url,
        "ANTHROPIC_API_KEY": "dummy",
        "REDRAFT_LIBRARY": str(library),
        "TERM": "xterm-256color",
    }


@pytest.fixture
def redraft_command() -> list[str]:
    """Return the command that starts this checkout's Redraft."""
    return [*COMMAND]


@pytest.fixture
def redraft(
    isolated_environment: dict[str, str], redraft_command: list[str], warm: Warm
) -> RunRedraft:
    """Give a function that runs one real command to its end; with `start=cold` from nothing."""

    def run(
        *arguments: str, text: str = "", env: Mapping[str, str] | None = None, start: Start = warm
    ) -> Done:
        environment = {**isolated_environment, **(env or {})}
        return run_to_end(start, [*redraft_command, *arguments], env=environment, text=text)

    return run
