"""The whole program in one process: real screen, studio, library, SDK and CLI; a loopback API."""

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.agent.stage import cli_processes, eventually
from tests.support.driver import User
from tests.support.faults import Fault
from tests.support.frames import draw_when_looked_at
from tests.support.light import LIGHT_CLI
from tests.support.settling import settle_by_the_queues
from tests.support.styles import apply_styles_once, parse_styles_once
from tui.agent.claude import ClaudeAgent
from tui.agent.environment import CONFIG_FOLDER, config_folder, isolated
from tui.app import RedraftApp
from tui.clock import utc_now
from tui.composition.opening import RandomIds
from tui.demo.seen import SeenRequest
from tui.demo.server import DemoServer
from tui.domain.content import Content, Turn, TurnState
from tui.settings import Settings
from tui.store.library import TinyStore
from tui.store.transcripts import TranscriptFiles
from tui.studio.studio import Studio

settle_by_the_queues()
draw_when_looked_at()
parse_styles_once()
apply_styles_once()


@dataclass(frozen=True)
class World:
    """A loopback API and Claude Code's isolated folder; libraries come and go in it."""

    server: DemoServer
    folder: Path
    options: dict[str, Any] = field(default_factory=dict)
    """For `ClaudeAgent`, over the quick ones used here."""

    @property
    def environment(self) -> dict[str, str]:
        """What makes the CLI talk to the loopback API and to nobody else."""
        return {**isolated(self.folder, self.server.base_url), **LIGHT_CLI}

    @property
    def asked(self) -> list[SeenRequest]:
        """The writing requests so far."""
        return [request for request in self.server.requests if not request.is_auxiliary]

    def agent(self, library: Path, **options: Any) -> ClaudeAgent:
        """Make the agent of one run of the program."""
        given = {"retries": 1, "silence_limit": 20, **self.options, **options}
        environment = {**self.environment, **given.pop("environment", {})}
        files = TranscriptFiles(library / "transcripts", locks=library / "locks")
        return ClaudeAgent(
            work_folder=self.folder / "work", environment=environment, transcripts=files, **given
        )


class Writer(User):
    """Someone at the real screen, with a look at what is saved and what the API got."""

    def __init__(
        self, app: RedraftApp, pilot: Pilot[None], studio: Studio, world: World, store: TinyStore
    ) -> None:
        self.app = app
        self.pilot = pilot
        self.studio = studio
        self.world = world
        self.library = store
        self._before = 0

    @property
    def is_idle(self) -> bool:
        """Whether no turn runs anywhere."""
        return not self.studio.conversations.writing

    @property
    def words(self) -> str:
        """What is on the screen as one line, whatever was wrapped and framed."""
        return " ".join(re.sub(r"[─-╿▀-▟]", " ", self.screen).split())

    async def reads(self, *texts: str) -> None:
        """Wait until the screen says all of these at one moment."""

        def says_all() -> bool:
            words = self.words
            return all(text in words for text in texts)

        await self.waits(says_all, texts)

    @property
    def prompt_title(self) -> str:
        """What the frame of the prompt says the prompt will do, or what is going on."""
        return str(self.main.query_one("#prompt-frame").border_title)

    @property
    def arrived(self) -> int:
        """How many characters of the running answer have arrived."""
        branch = self.workspace.branch
        conversation = None if branch is None else self.studio.conversations.running.get(branch)
        return 0 if conversation is None else len(conversation.reply.text)

    @property
    def turns(self) -> int:
        """How many turns are on screen."""
        return len(self._shown_turns)

    @property
    def _shown_turns(self) -> tuple[Turn, ...]:
        content = self.workspace.content
        return () if content is None else content.branches[0].turns

    async def content(self) -> Content:
        """The one content of the library, as it is saved."""
        (row,) = (await self.library.catalog()).rows
        return await self.library.load(row.id)

    async def last_turn(self) -> Turn:
        """The newest turn on the content's first branch, as it is saved."""
        return (await self.content()).branches[0].turns[-1]

    async def finishes(self) -> None:
        """Wait for the end of what runs, saved and shown."""
        await self.waits(lambda: self.is_idle, "the end of the turn")
        running = TurnState.RUNNING
        await self.waits(lambda: self._shown_turns[-1].state is not running, "its end on screen")

    async def asks(self, prompt: str) -> None:
        """Send a prompt, and wait until it is saved."""
        self._before, turns = len(self.world.server.requests), len(self._shown_turns)
        if self.prompt.has_focus:  # As after every prompt that was sent.
            await self.types(prompt)
            await self.presses("enter")
        else:
            await self.tells_claude(prompt)
        await self.waits(lambda: len(self._shown_turns) > turns, "the turn to begin")

    async def asks_again(self) -> None:
        """Retry the last turn."""
        self._before, turns = len(self.world.server.requests), len(self._shown_turns)
        await self.presses("ctrl+r")
        await self.answers("a")
        await self.waits(lambda: len(self._shown_turns) > turns, "the retry to begin")

    async def meets(self, fault: Fault) -> None:
        """Wait until a request of the last prompt has met a fault."""

        def struck() -> bool:
            later = self.world.server.requests[self._before :]
            return any(request.fault == fault.name for request in later)

        await self.waits(struck, f"a request to meet {fault.name}")


@contextmanager
def isolated_world(folder: Path, server: DemoServer, **options: Any) -> Iterator[World]:
    """Keep this process and every CLI in it away from the person's own Claude."""
    with pytest.MonkeyPatch.context() as patch:
        for name in isolated(folder, server.base_url):
            if name not in {"HOME", CONFIG_FOLDER}:
                patch.delenv(name, raising=False)
        patch.setenv(CONFIG_FOLDER, str(config_folder(folder)))
        yield World(server, folder, options)


@asynccontextmanager
async def at_the_real_desk(
    world: World, library: Path, *, size: tuple[int, int] = (78, 24), **options: Any
) -> AsyncIterator[Writer]:
    """Open the program on a library; at the end nothing of it runs on."""
    store = await TinyStore.open(library)
    agent = world.agent(library, **options)
    studio = Studio(store, agent, utc_now, RandomIds())
    app = RedraftApp(studio, Settings(library=library))
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            yield Writer(app, pilot, studio, world, store)
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(studio.close(), 8)
        await agent.close()
    await eventually(lambda: not cli_processes(), 3)
    assert os.environ[CONFIG_FOLDER]
