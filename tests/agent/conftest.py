"""Fixtures for tests of the agent; no CLI runs without the isolation made here."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.agent.stage import Echo, Stage, playing
from tui.agent import session
from tui.agent.claude import ClaudeAgent
from tui.agent.environment import CONFIG_FOLDER, config_folder, isolated
from tui.demo.server import DemoServer


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A loopback API at 100 words per second and an isolated configuration, for one test file."""
    folder = tmp_path_factory.mktemp("claude")
    with (
        pytest.MonkeyPatch.context() as patch,
        DemoServer(writer=Echo(), words_per_second=100) as server,
    ):
        for name in isolated(folder, server.base_url):
            if name not in {"HOME", CONFIG_FOLDER}:
                patch.delenv(name, raising=False)
        patch.setenv(CONFIG_FOLDER, str(config_folder(folder)))
        patch.setattr(session, "_CONTEXT_SECONDS", 10.0)  # However slow the machine is.
        yield Stage(server, folder)


@pytest.fixture
async def agent(stage: Stage) -> AsyncIterator[ClaudeAgent]:
    """An agent on the stage; no process of its may be left."""
    stage.server.faults.clear()
    async with playing(stage) as agent:
        yield agent
    assert os.environ[CONFIG_FOLDER]
