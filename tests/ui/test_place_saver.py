"""When what is typed is saved: counted from the first key that no save has, whatever the disk does.

That the program saves, and what, is seen in `tests/e2e/test_e2e_kept_typing.py`.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tui.domain.errors import LibraryProblem
from tui.domain.ids import BranchId
from tui.domain.place import Place
from tui.screens.main import saving
from tui.screens.main.saving import PlaceSaver
from tui.screens.main.ui import WorkspaceState
from tui.screens.main.workspace import Workspace

MAIN = BranchId("main")
WITHIN = 60.0


class Desk:
    """A saver, a disk that takes as long as it is told to, and a clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        clock, self.ahead = loop.time, 0.0
        monkeypatch.setattr(loop, "time", lambda: clock() + self.ahead)
        monkeypatch.setattr(saving, "SAVE_WITHIN", WITHIN)
        monkeypatch.setattr(saving, "SAVE_AGAIN_AFTER", 0.0)
        self.begun, self.saved = asyncio.Queue[str](), asyncio.Queue[str]()
        self.may_end = asyncio.Event()
        self.problems: list[LibraryProblem] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.state = WorkspaceState(self.changed)
        ui: Any = SimpleNamespace(start=self.start, show_notice=lambda *_, **__: None)
        studio: Any = SimpleNamespace(save_place=self.save_place)
        prompts: Any = SimpleNamespace(is_leaving=False)
        self.saver = PlaceSaver(studio, self.state, ui, prompts)

    def changed(self, workspace: Workspace) -> None:
        self.saver.watch(workspace)

    async def begin(self) -> None:
        """Save for the first time, which is at once."""
        self.may_end.set()
        self.type("")
        assert [await soon(self.begun), await soon(self.saved)] == ["", ""]
        await self.tasks.pop()
        self.may_end.clear()

    def start(self, work: Coroutine[Any, Any, None], *, group: str) -> None:
        del group
        self.tasks.append(asyncio.create_task(work))

    async def save_place(self, place: Place) -> None:
        self.begun.put_nowait(place.unsent[MAIN])
        await self.may_end.wait()
        if self.problems:
            raise self.problems.pop()
        self.saved.put_nowait(place.unsent[MAIN])

    def type(self, text: str) -> None:
        now = self.state.now
        self.state.put(replace(now, place=replace(now.place, unsent={MAIN: text})))

    async def passes(self, seconds: float) -> None:
        """Let time go by, and the loop see it."""
        for ahead in (0.0, seconds):
            self.ahead += ahead
            for _ in range(10):
                await asyncio.sleep(0)


async def soon(queue: asyncio.Queue[str]) -> str:
    async with asyncio.timeout(5):
        return await queue.get()


async def test_a_key_typed_during_a_slow_save_does_not_wait_a_second_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(monkeypatch)
    await desk.begin()
    desk.type("one")
    await desk.passes(WITHIN - 5)
    assert desk.begun.empty()
    desk.type("one, two")
    await desk.passes(5)
    assert await soon(desk.begun) == "one, two"
    desk.type("one, two, three")
    await desk.passes(WITHIN)
    desk.may_end.set()
    assert await soon(desk.begun) == "one, two, three"
    assert [await soon(desk.saved), await soon(desk.saved)] == ["one, two", "one, two, three"]


async def test_keys_after_a_save_are_gathered_and_a_failed_save_is_made_up_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(monkeypatch)
    await desk.begin()
    desk.may_end.set()
    desk.problems.append(LibraryProblem("The disk is full."))
    desk.type("one")
    await desk.passes(WITHIN)
    assert [await soon(desk.begun), await soon(desk.begun)] == ["one", "one"]
    assert await soon(desk.saved) == "one"
    await desk.tasks[0]
    desk.type("one, two")
    await desk.passes(WITHIN - 5)
    assert desk.begun.empty()
    await desk.passes(5)
    assert await soon(desk.saved) == "one, two"
