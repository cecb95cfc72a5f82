"""Who is logged in, and what is said when nobody is."""

import asyncio
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.agent.stage import NoCopies, Stage, cli_processes, new_spec, playing
from tui.agent import claude
from tui.agent.claude import ClaudeAgent
from tui.agent.cli_contract.variables import KEYS
from tui.agent.cli_path import bundled_cli, login_words
from tui.agent.environment import CONFIG_FOLDER, config_folder, isolated
from tui.agent.local_files import projects_folder
from tui.agent.login import is_logged_in, key_name, read_status
from tui.domain.errors import AgentProblem, NotLoggedIn


async def test_a_key_in_the_environment_is_ready(agent: ClaudeAgent) -> None:
    account = await agent.account()
    assert (account.is_ready, account.name, account.problem) == (True, "API key", "")


@pytest.mark.parametrize(("variable", "name"), KEYS.items())
def test_a_variable_that_counts_as_a_login_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, name: str
) -> None:
    for known in KEYS:
        monkeypatch.delenv(known, raising=False)
    assert key_name({}) == key_name({variable: ""}) == ""
    assert key_name({variable: "1"}) == name
    monkeypatch.setenv(variable, "1")
    assert (key_name({}), key_name({variable: ""})) == (name, "")


def test_claude_code_is_looked_for_where_it_is_told_to_be_or_at_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(CONFIG_FOLDER, raising=False)
    assert projects_folder() == tmp_path / ".claude" / "projects"
    monkeypatch.setenv(CONFIG_FOLDER, "/of/the/process")
    assert projects_folder() == Path("/of/the/process/projects")
    assert projects_folder({CONFIG_FOLDER: "/its/own"}) == Path("/its/own/projects")


async def test_without_login_nothing_connects(stage: Stage) -> None:
    environment = {**stage.environment, "ANTHROPIC_API_KEY": ""}
    async with playing(stage, environment=environment) as agent:
        account = await agent.account()
        assert not account.is_ready
        assert account.problem == "You are not logged in to Claude."
        for way_on in ("first screen", "ANTHROPIC_API_KEY", "redraft --demo"):
            assert way_on in account.advice
        with pytest.raises(NotLoggedIn, match="not logged in"):
            await agent.connect(new_spec())
        assert not cli_processes()


def test_what_to_type_for_a_login_is_there_without_claude_code_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path, *words = shlex.split(login_words())
    assert (Path(path), words) == (bundled_cli(), ["auth", "login"])
    own = tmp_path / "claude"
    own.touch(0o755)
    assert login_words() == "claude auth login"


async def test_a_broken_cli_is_a_problem_in_words(stage: Stage, tmp_path: Path) -> None:
    broken = tmp_path / "claude"
    broken.write_text("#!/bin/sh\necho garbage\n")
    broken.chmod(0o755)
    dead = tmp_path / "dead"
    dead.write_bytes(b"\x00")
    environment = {**stage.environment, "ANTHROPIC_API_KEY": ""}
    for cli, words in ((broken, "gave no status"), (dead, "cannot be started")):
        async with playing(stage, cli=cli, environment=environment) as agent:
            account = await agent.account()
        assert not account.is_ready
        assert words in account.problem


async def test_a_cli_that_never_gets_ready_is_a_problem_in_words(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claude, "_CONNECT_SECONDS", 0.3)
    silent = tmp_path / "claude"
    silent.write_text("#!/bin/sh\nexec sleep 600\n")
    silent.chmod(0o755)
    async with playing(stage, cli=silent) as agent, asyncio.timeout(30):
        with pytest.raises(AgentProblem, match="did not start within a minute"):
            await agent.connect(new_spec())


@pytest.mark.parametrize(
    ("output", "is_ready", "name"),
    [
        (b'{"loggedIn":false,"authMethod":"none"}', False, ""),
        (b'{"loggedIn":true,"authMethod":"api_key"}', True, "API key"),
        (b'{"loggedIn":true,"authMethod":"claude.ai"}', True, "Claude login"),
        (b'{"loggedIn":true,"authMethod":"claude.ai","subscriptionType":"Max"}', True, "Max"),
        (b"{}", False, ""),
        (b"", False, ""),
        (b"[1]", False, ""),
    ],
)
def test_the_status_of_the_cli(output: bytes, is_ready: bool, name: str) -> None:
    account = read_status(output, Path("claude"))
    assert (account.is_ready, account.name) == (is_ready, name)
    assert bool(account.problem) is not is_ready


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ({"tokenSource": "none", "apiProvider": "firstParty"}, False),
        ({"tokenSource": "none", "apiKeySource": "ANTHROPIC_API_KEY"}, True),
        ({"tokenSource": "ANTHROPIC_AUTH_TOKEN", "apiProvider": "firstParty"}, True),
        ({"subscriptionType": "Claude Pro"}, True),
        ({"tokenSource": "none", "apiProvider": "bedrock"}, True),
        ({}, False),
        (None, True),
    ],
)
def test_the_account_in_the_handshake(account: dict[str, Any] | None, expected: bool) -> None:
    assert is_logged_in({"account": account}) is expected


def test_a_config_folder_this_process_does_not_use_is_refused(tmp_path: Path) -> None:
    assert os.environ.get(CONFIG_FOLDER) != str(tmp_path)
    with pytest.raises(ValueError, match="use_config_folder"):
        ClaudeAgent(
            work_folder=tmp_path,
            transcripts=NoCopies(),
            environment={CONFIG_FOLDER: str(tmp_path)},
        )


def test_isolation_leaves_no_way_out(tmp_path: Path) -> None:
    environment = isolated(tmp_path, "http://127.0.0.1:1")
    assert environment["HOME"].startswith(str(tmp_path))
    assert environment[CONFIG_FOLDER] == str(config_folder(tmp_path))
    assert environment["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:1"
    assert environment["HTTPS_PROXY"] == environment["ANTHROPIC_AUTH_TOKEN"] == ""


def test_importing_the_agent_imports_no_sdk() -> None:
    code = (
        "import sys, tui.agent.claude, tui.agent.claude_transcripts, tui.agent.removing\n"
        "import tui.agent.login\n"
        "tui.agent.cli_path.bundled_cli()\n"
        "assert 'claude_agent_sdk' not in sys.modules and 'mcp' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
