"""A user's language over Pilot: press, type, see; every wait is for a condition."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.fakes import CountedIds, MemoryStore, Script, ScriptedAgent, ticking_clock
from tests.support.frames import draw_now, text_of
from tests.support.hanging import HANGS
from tests.support.moments import is_read
from tests.support.settling import A_LOOK, A_PAUSE, longer, settled
from tui.app import RedraftApp
from tui.domain.costs import NO_BUDGETS, Budgets
from tui.domain.place import BegunPiece
from tui.screens.main import MainScreen
from tui.screens.main.workspace import Workspace
from tui.settings import Settings
from tui.studio.context import Rescue, no_rescue
from tui.studio.ports import Who
from tui.studio.studio import Studio
from tui.widgets.chat.pane import ChatPane
from tui.widgets.prompt import PromptBox
from tui.widgets.queue import QueueList

_NAMES = {
    " ": "space",
    ".": "full_stop",
    ",": "comma",
    "-": "minus",
    "'": "apostrophe",
    "?": "question_mark",
    "!": "exclamation_mark",
    "/": "slash",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
}
_CHARACTERS = {name: letter for letter, name in _NAMES.items()}


class User:
    """Someone at the screen, and what the program keeps behind it."""

    def __init__(
        self, app: RedraftApp, pilot: Pilot[None], store: MemoryStore, agent: ScriptedAgent
    ) -> None:
        self.app = app
        self.pilot = pilot
        self.store = store
        self.agent = agent

    @property
    def screen(self) -> str:
        """What is on the screen, as lines of text."""
        return text_of(self.app.screen)

    async def presses(self, *keys: str) -> None:
        """Press keys, by Textual's names for them; what the keys before led to has been drawn."""
        draw_now(self.app.screen)
        self.bursts(*keys)
        are_read = asyncio.Event()
        self.app.call_later(are_read.set)  # Comes behind the keys.
        await self.waits(
            lambda: self.app._exit or (are_read.is_set() and not self.app.has_keys_waiting),
            "keys to be handled",
        )
        if not self.app._exit:
            await settled(self.app)

    def bursts(self, *keys: str) -> None:
        """Press keys faster than anything can happen in between."""
        for key in keys:
            character = _CHARACTERS.get(key, key if len(key) == 1 else None)
            self.app.post_message(events.Key(key, character))

    async def commands(self, *keys: str) -> None:
        """Press keys where letters are commands: from a field of the main screen, in the chat."""
        if isinstance(self.app.screen, MainScreen):
            if isinstance(self.app.focused, Input):
                await self.presses("escape")
            if self.prompt.has_focus:
                # Not escape, which would stop Claude.
                await self.presses("shift+tab")
                if self.main.query_one(QueueList).has_focus:
                    await self.presses("shift+tab")
        await self.presses(*keys)

    @property
    def main(self) -> MainScreen:
        """The main screen."""
        (main,) = (one for one in self.app.screen_stack if isinstance(one, MainScreen))
        return main

    @property
    def workspace(self) -> Workspace:
        """What the main screen shows."""
        return self.main._state.now

    @property
    def prompt(self) -> PromptBox:
        """The field for the next prompt."""
        return self.main.query_one(PromptBox)

    @property
    def chat(self) -> ChatPane:
        """The conversation."""
        return self.main.query_one(ChatPane)

    async def answers(self, *keys: str) -> None:
        """Press keys once the question on the screen takes them for answers."""
        await self.waits(lambda: is_read(self.app.screen), "the question")
        await self.presses(*keys)

    async def types(self, text: str) -> None:
        """Type a text."""
        await self.presses(*[_NAMES.get(letter, letter) for letter in text])

    async def sees(self, *texts: str, within: float = HANGS) -> None:
        """Wait until the screen shows all of these."""
        await self.waits(lambda: all(map(self._is_seen, texts)), texts, within)

    async def does_not_see(self, text: str, within: float = HANGS) -> None:
        """Wait until the screen does not show this."""
        await self.waits(lambda: not self._is_seen(text), f"no {text!r}", within)

    def _is_seen(self, text: str) -> bool:
        """Whether the screen shows a text; a notice may be broken over several rows."""
        notices = (str(notice.render()) for notice in self.app.screen.query("Toast"))
        return text in self.screen or any(text in notice for notice in notices)

    async def waits(
        self, condition: Callable[[], bool], what: object, within: float = HANGS
    ) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + within
        pause = A_PAUSE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"Not within {within} s: {what}\n{self.screen}")
            if self.app._exception is not None:
                raise AssertionError(f"The app failed before: {what}") from self.app._exception
            await settled(self.app, A_LOOK)
            if not condition():
                await asyncio.sleep(pause)
                pause = longer(pause)

    async def begins(self, title: str, brief: str = "") -> None:
        """Start a new piece as the dialog does once it is filled in, at half the time it takes."""
        await self.main._do.pieces.create(BegunPiece(title, "post", brief))
        await self.sees(title)
        await self.waits(lambda: self.prompt.has_focus, "the focus in the prompt")

    async def begins_by_hand(self, title: str, brief: str = "") -> None:
        """Start a new piece in the dialog."""
        await self.commands(self.app.keymap["new"].keys)
        await self.sees("Title", "Brief")
        await self.types(title)
        await self.presses("tab", "tab")
        await self.types(brief)
        await self.presses("ctrl+s")
        await self.sees(title)

    async def tells_claude(self, prompt: str, key: str = "r") -> None:
        """Write a prompt and send it."""
        await self.commands(key)
        await self.types(prompt)
        await self.presses("enter")


@asynccontextmanager
async def at_the_desk(
    *scripts: Script,
    size: tuple[int, int] = (120, 28),
    store: MemoryStore | None = None,
    agent: ScriptedAgent | None = None,
    keys: Sequence[tuple[str, str]] = (),
    theme: str = "redraft-dark",
    motion: str = "full",
    budgets: Budgets = NO_BUDGETS,
    rescue: Rescue = no_rescue,
    who: Who | None = None,
) -> AsyncIterator[User]:
    """Open the studio on a scripted agent and a library in memory."""
    store = store or MemoryStore()
    agent = agent or ScriptedAgent(list(scripts))
    clock, ids = ticking_clock(), CountedIds()
    studio = Studio(store, agent, clock, ids, budgets=budgets, rescue=rescue, who=who)
    settings = Settings(
        library=Path("unused"), theme=theme, motion=motion, keys=MappingProxyType(dict(keys))
    )
    app = RedraftApp(studio, settings)
    async with app.run_test(size=size, notifications=True) as pilot:
        yield User(app, pilot, store, agent)
        draw_now(app.screen)
    await asyncio.wait_for(studio.close(), HANGS)
