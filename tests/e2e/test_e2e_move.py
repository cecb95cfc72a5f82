"""Moving a library and adopting a session, end to end: real commands, real CLI, loopback API."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import KEPT, Done, run_to_end
from tests.support.light import LIGHT_CLI
from tests.support.warm import COMMAND, Start, Warm
from tui.demo.seen import SeenRequest
from tui.demo.server import DemoServer

BRIEF = "A post for engineers on why a small team left Kubernetes."


@dataclass(frozen=True)
class Machine:
    """A machine of its own: home, configuration of Claude Code, library."""

    folder: Path
    api: DemoServer
    start: Start

    @property
    def library(self) -> Path:
        return self.folder / "library"

    @property
    def projects(self) -> Path:
        return self.folder / "claude" / "projects"

    def transcripts(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in self.projects.glob("*/*.jsonl")}

    def run(self, *arguments: str) -> Done:
        names = {
            "HOME": "home",
            "CLAUDE_CONFIG_DIR": "claude",
            "XDG_DATA_HOME": "data",
            "XDG_CONFIG_HOME": "config",
            "XDG_STATE_HOME": "state",
            "XDG_CACHE_HOME": "cache",
            "REDRAFT_LIBRARY": "library",
        }
        for name in names.values():
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        env = {
            **LIGHT_CLI,
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            **{name: str(self.folder / place) for name, place in names.items()},
            "ANTHROPIC_BASE_URL": self.api.base_url,
            "ANTHROPIC_API_KEY": "dummy",
        }
        return run_to_end(self.start, [*COMMAND, *arguments], env=env)

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)

    def last_request(self) -> SeenRequest:
        return [request for request in self.api.requests if not request.is_auxiliary][-1]


@pytest.fixture
def machine(tmp_path: Path, demo_api: DemoServer, warm: Warm) -> Callable[[str], Machine]:
    """Give a function that makes a machine of a name."""
    return lambda name: Machine(tmp_path / name, demo_api, warm)


@dataclass(frozen=True)
class Begun:
    """A machine with a content of two turns and a fork after the first."""

    folder: Path
    content: str
    session: str
    first_reply: str


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> Begun:
    """Write the content that the tests start from; they work on copies of its machine."""
    with DemoServer(words_per_second=0) as api:
        machine = Machine(tmp_path_factory.mktemp("begun"), api, warm)
        content = machine.json("new", "Why we left", "--brief", BRIEF, "--generate")["id"]
        session = machine.json("send", content, "tighten the intro")["session"]
        machine.json("send", content, "spicier", "--fork-at", "1", "--name", "hot")
        return Begun(machine.folder, content, session, machine.last_request().replies[0])


def test_a_library_moves_to_another_machine_where_its_branches_resume(
    machine: Callable[[str], Machine], begun: Begun, tmp_path: Path
) -> None:
    here, there = machine("here"), machine("there")
    content, session = begun.content, begun.session
    shutil.copytree(begun.folder, here.folder)
    file = tmp_path / "all.zip"
    exported = here.run("export", "--all", "-o", str(file))
    assert (exported.code, exported.out) == (0, ""), exported.err
    assert "pieces (1) and transcripts (2)" in exported.err
    tree = here.json("tree", content)
    shutil.rmtree(here.folder)

    imported = there.json("import", str(file))
    assert imported == {
        "added": [content],
        "skipped": [],
        "renamed": {},
        "transcripts": 2,
        "angles": [],
    }
    assert there.json("tree", content) == tree
    for file_there in there.projects.glob("*/*.jsonl"):  # As if Claude Code had swept them:
        file_there.unlink()  # the library has copies of its own from the first moment.

    sent = there.json("send", content, "add an ending")
    assert (sent["turn"], sent["is_retold"], sent["state"]) == (3, False, "finished")
    assert sent["session"] == session
    request = there.last_request()
    assert (len(request.replies), request.replies[0]) == (2, begun.first_reply)
    assert BRIEF in request.prompts[0]
    assert request.prompts[1:] == ("tighten the intro", "add an ending")
    there.json("send", content, "calmer again", "--branch", "hot")
    assert there.last_request().prompts[1:] == ("spicier", "calmer again")

    # The same bundle again, after all that work: nothing is overwritten.
    again = there.json("import", str(file))
    copy = again["renamed"][content]
    assert (again["added"], again["transcripts"]) == ([copy], 2)
    sent = there.json("send", copy, "another ending")
    assert (sent["is_retold"], sent["session"] == session) == (False, False)
    assert there.last_request().prompts[1:] == ("tighten the intro", "another ending")


def test_a_session_is_adopted_as_a_copy_that_resumes(
    machine: Callable[[str], Machine], begun: Begun
) -> None:
    here = machine("here")
    # Without the library, what is left are sessions that Claude Code keeps.
    shutil.copytree(begun.folder / "claude", here.folder / "claude")
    originals = here.transcripts()

    adopted = here.json("import", begun.session[:13])
    assert (adopted["version"], adopted["branches"], adopted["sessions"]) == (2, 2, 2)
    assert {name: here.transcripts()[name] for name in originals} == originals
    assert f"{adopted['session']}.jsonl" not in originals

    sent = here.json("send", adopted["id"], "add an ending")
    assert (sent["turn"], sent["is_retold"], sent["session"]) == (3, False, adopted["session"])
    request = here.last_request()
    assert request.prompts[1:] == ("tighten the intro", "add an ending")
    assert BRIEF in request.prompts[0]
    here.json("send", adopted["id"], "calmer", "--branch", "spicier")
    assert here.last_request().prompts[1:] == ("spicier", "calmer")
    assert {name: here.transcripts()[name] for name in originals} == originals


def test_an_bundle_of_a_stranger_changes_nothing(
    machine: Callable[[str], Machine], tmp_path: Path
) -> None:
    there = machine("there")
    file = tmp_path / "bad.zip"
    with zipfile.ZipFile(file, "w") as bundle:
        bundle.writestr("../../evil.json", "{}")
    refused = there.run("import", str(file))
    assert (refused.code, refused.out, refused.err.count("\n")) == (1, "", 1)
    assert "nothing was changed" in refused.err
    assert not list(tmp_path.rglob("evil*"))
