"""What the tests wait for after a key: all that comes of it, and no longer."""

import asyncio
import time
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from tests.support.settling import settled


class Busy(App[None]):
    """On a key goes from message to frame to thread and back, and then to something endless."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "begin", "Begin")]

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[str] = []

    def compose(self) -> ComposeResult:
        yield Label("nothing")

    def action_begin(self) -> None:
        self.steps.append("key")
        self.call_later(self._message)

    def _message(self) -> None:
        self.steps.append("message")
        self.query_one(Label).update("something else")
        self.call_after_refresh(self._frame)

    def _frame(self) -> None:
        self.steps.append("frame")
        self.run_worker(self._work())

    async def _work(self) -> None:
        await asyncio.to_thread(time.sleep, 0.01)
        self.steps.append("thread")
        self.query_one(Label).update("a wider text than before")
        self.call_after_refresh(self.steps.append, "frame after it")
        await asyncio.sleep(60)
        self.steps.append("never")


async def test_all_that_comes_of_a_key_has_come_and_nothing_else_is_waited_for() -> None:
    app = Busy()
    expected = ["key", "message", "frame", "thread", "frame after it"]
    async with app.run_test() as pilot:
        await pilot.press("a")
        assert app.steps == expected
        app.steps.clear()
        await pilot.pause()
        assert app.steps == []
        app.action_begin()
        await settled(app)
        assert app.steps == expected
        assert app.query_one(Label).size.width == len("a wider text than before")


async def test_an_app_that_never_rests_is_left_alone() -> None:
    class Restless(App[None]):
        rounds = 0

        def on_mount(self) -> None:
            self._again()

        def _again(self) -> None:
            self.rounds += 1
            self.refresh(layout=True)
            self.call_after_refresh(self._again)

    app = Restless()
    async with asyncio.timeout(10), app.run_test() as pilot:
        await pilot.pause()
        assert app.rounds > 1
