"""Keys typed ahead: in order while a screen comes or goes, and waiting for nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Label, TextArea

from tests.support.driver import _NAMES
from tests.support.hanging import HANGS
from tests.support.holding import keys_held
from tests.support.settling import A_LOOK, settled
from tests.ui.screens_host import until
from tui.widgets import typeahead
from tui.widgets.typeahead import TypeAheadApp

PROSE = st.text("abcdefghij QRSTUV ?*/.,xDN", min_size=1, max_size=120)


class Title(ModalScreen[str]):
    """A dialog of two fields that takes a moment to come."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "accept"),
        Binding("escape", "dismiss(None)"),
    ]

    def compose(self) -> ComposeResult:
        yield Input(id="title")
        yield Input(id="kind")

    async def on_mount(self) -> None:
        await asyncio.sleep(0.02)

    def action_accept(self) -> None:
        self.dismiss(" of ".join(field.value for field in self.query(Input)))


class Opened(Message):
    """Something was opened, which takes a while."""


class Bench(Screen[None]):
    """A pane whose letters are commands, and a field that gets the focus after the dialog."""

    VERTICAL_BREAKPOINTS = [(0, "-flat"), (12, "-tall")]  # noqa: RUF012

    AUTO_FOCUS = "#pane"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new"),
        Binding("w", "work"),
        Binding("o", "open"),
        Binding("escape", "stop", priority=True),
        *[Binding(letter, f"command('{letter}')") for letter in "abcxDNqu"],
    ]

    def __init__(self) -> None:
        super().__init__()
        self.commands: list[str] = []
        self.working = asyncio.Event()
        self.answer: str | None = None
        self.has_place = True
        """Whether there is a place for a text that was typed elsewhere."""
        self.told_to_wait = 0
        """How often it was said that keys wait."""

    def compose(self) -> ComposeResult:
        with Vertical(Vertical(Label("pane", id="pane"))):
            yield TextArea(id="text")

    def on_mount(self) -> None:
        self.query_one("#pane").can_focus = True
        self.query_one("#pane").focus()

    def action_command(self, letter: str) -> None:
        self.commands.append(letter)

    def action_stop(self) -> None:
        self.commands.append("stop")

    def action_new(self) -> None:
        self.run_worker(self._new())

    def action_work(self) -> None:
        self.run_worker(self.working.wait())

    def action_open(self) -> None:
        self.post_message(Opened())

    async def on_opened(self) -> None:
        await self.working.wait()
        self.query_one(TextArea).focus()

    def paste_elsewhere(self, text: str, *, is_waiting: bool = False) -> bool:
        if self.has_place:
            self.query_one(TextArea).focus().insert(text)
        return self.has_place

    def say_that_keys_wait(self) -> None:
        self.told_to_wait += 1

    async def _new(self) -> None:
        app = self.app
        assert isinstance(app, TypeAheadApp)
        with keys_held(app):
            await asyncio.sleep(0.02)  # The command reads something before its dialog opens.
            dialog = Title()
            app.push_screen(dialog, self._answered)

    def _answered(self, answer: str | None) -> None:
        self.answer = answer
        self.query_one(TextArea).focus()

    @property
    def text(self) -> str:
        return self.query_one(TextArea).text


class App(TypeAheadApp):
    CSS = """
    Screen.-flat Vertical, Screen.-flat TextArea { display: none; }
    """
    looks = 0
    """How often a key waited for a screen."""

    async def _look_again(self) -> None:
        self.looks += 1
        await super()._look_again()

    def on_mount(self) -> None:
        self.push_screen(Bench())


class Typist:
    def __init__(self, app: App, pilot: Pilot[None], bench: Bench) -> None:
        self.app = app
        self.pilot = pilot
        self.bench = bench

    def bursts(self, *keys: str) -> None:
        """Press keys faster than anything can happen in between."""
        for key in keys:
            character = {name: letter for letter, name in _NAMES.items()}.get(key, key)
            self.app.post_message(events.Key(key, character if len(character) == 1 else None))

    def types(self, text: str) -> None:
        self.bursts(*[_NAMES.get(letter, letter) for letter in text])

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def while_at_work(self, condition: Callable[[], object]) -> None:
        """Wait until something holds, without waiting for the screen to be done."""
        async with asyncio.timeout(HANGS):
            while not condition():
                await settled(self.app, A_LOOK)

    async def done(self) -> None:
        """Wait until every key has had its effect."""
        read = asyncio.Event()
        self.app.call_later(read.set)
        await self.until(lambda: read.is_set() and not self.app.has_keys_waiting)
        await self.pilot.pause()


@asynccontextmanager
async def typist() -> AsyncIterator[Typist]:
    app = App()
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Bench) and app.focused is not None)
        bench = app.screen
        assert isinstance(bench, Bench)
        app.looks = 0
        try:
            yield Typist(app, pilot, bench)
        finally:
            bench.working.set()


@settings(max_examples=12, deadline=None)
@given(title=PROSE, kind=PROSE, text=PROSE)
async def test_a_burst_through_a_dialog_lands_in_its_fields_in_order(
    title: str, kind: str, text: str
) -> None:
    async with typist() as user:
        user.bursts("n")
        user.types(title)
        user.bursts("tab")
        user.types(kind)
        user.bursts("ctrl+s")
        user.types(text)
        await user.done()
        assert user.bench.answer == f"{title} of {kind}"
        assert user.bench.text == text
        assert user.bench.commands == []


async def test_a_paste_keeps_its_place_among_the_keys() -> None:
    async with typist() as user:
        user.bursts("n", "a")
        user.app.post_message(events.Paste("BIG "))
        user.bursts("b", "tab")
        user.app.post_message(events.Paste("kind"))
        user.bursts("ctrl+s", "e")
        user.app.post_message(events.Paste("nd"))
        await user.done()
        assert user.bench.answer == "aBIG b of kind"
        assert user.bench.text == "end"


async def test_a_field_of_one_line_gets_all_lines_of_a_paste() -> None:
    async with typist() as user:
        user.bursts("n")
        user.app.post_message(events.Paste("\nA title that was\r\n  broken by mail\n\n"))
        user.bursts("tab")
        user.app.post_message(events.Paste(" as it is "))
        user.bursts("ctrl+s")
        user.app.post_message(events.Paste("one\ntwo"))
        await user.done()
        assert user.bench.answer == "A title that was broken by mail of  as it is "
        assert user.bench.text == "one\ntwo"
        user.app.copy_to_clipboard("Copied\nhere")
        user.bench.query_one("#pane").focus()
        user.bursts("n", "ctrl+v", "ctrl+s")
        await user.done()
        assert user.bench.answer == "Copied here of "


async def test_keys_do_not_wait_for_work_that_a_command_began() -> None:
    async with typist() as user:
        user.bursts("w", "a", "tab", *"prose")
        await user.done()
        assert not user.bench.working.is_set()
        assert user.bench.commands == ["a"]
        assert user.bench.text == "prose"
        user.bench.working.set()


async def test_an_urgent_key_overtakes_keys_that_are_held_and_drops_none() -> None:
    async with typist() as user:
        with keys_held(user.app):
            user.bursts("a", "tab", *"prose", "escape")
            await user.until(lambda: user.bench.commands)
            assert user.bench.commands == ["stop"]
            assert user.app.has_keys_waiting
        await user.done()
        assert user.bench.commands == ["stop", "a"]
        assert user.bench.text == "prose"


async def test_an_urgent_key_in_a_burst_stays_in_its_place() -> None:
    async with typist() as user:
        user.bursts("a", "b", "escape", "c")
        await user.done()
        assert user.bench.commands == ["a", "b", "stop", "c"]


@pytest.fixture
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a key wait long after a twentieth of a second."""
    monkeypatch.setattr(typeahead, "LONG_WAIT", 0.05)


@pytest.mark.usefixtures("short_wait")
async def test_keys_wait_for_a_hold_however_long_it_lasts_and_that_is_said_once() -> None:
    async with typist() as user:
        with keys_held(user.app):
            user.bursts("a", "tab", *"prose")
            await user.until(lambda: user.bench.told_to_wait)
            looks = user.app.looks
            await user.until(lambda: user.app.looks > looks + 10)
            assert user.bench.commands == []
        await user.done()
        assert (user.bench.commands, user.bench.text) == (["a"], "prose")
        assert user.bench.told_to_wait == 1


@pytest.mark.usefixtures("short_wait")
async def test_keys_wait_for_what_a_key_does_however_long_it_takes() -> None:
    async with typist() as user:
        user.bursts("o", *"abc")
        await user.while_at_work(lambda: user.bench.told_to_wait)
        assert user.bench.commands == []
        user.bench.working.set()
        await user.done()
        assert (user.bench.commands, user.bench.text) == ([], "abc")


@pytest.mark.usefixtures("short_wait")
@pytest.mark.parametrize("has_hold", [True, False])
async def test_escape_gives_up_a_long_wait_and_what_was_typed_is_text(*, has_hold: bool) -> None:
    async with typist() as user:
        if has_hold:
            user.app.hold_keys()
        else:
            user.bursts("o")
        user.bursts(*"abx")
        await user.while_at_work(lambda: user.bench.told_to_wait)
        user.bursts("escape", "c")
        await user.while_at_work(lambda: user.bench.text == "abxc")
        assert user.bench.commands == []
        user.bench.working.set()


@pytest.mark.usefixtures("short_wait")
async def test_what_was_typed_goes_on_waiting_while_there_is_no_place_for_it() -> None:
    async with typist() as user:
        user.bench.has_place = False
        with keys_held(user.app):
            user.bursts("a", "tab", *"prose")
            await user.until(lambda: user.bench.told_to_wait)
            user.bursts("escape")
            await user.until(lambda: user.bench.commands)
            assert user.bench.commands == ["stop"]
        await user.done()
        assert (user.bench.commands, user.bench.text) == (["stop", "a"], "prose")


async def test_a_text_key_is_not_followed_through_the_queues() -> None:
    async with typist() as user:
        user.bursts("tab", "!", "backspace", "x")
        await user.done()
        walks = user.app._walks
        user.types("a whole line of prose, in one burst")
        await user.done()
        assert user.app._walks == walks
        user.bursts("left", "backspace", "S")
        await user.done()
        assert user.bench.text == "xa whole line of prose, in one burSt"


@pytest.mark.parametrize("is_told", [True, False])
async def test_the_first_key_after_the_terminal_is_back_waits_for_nothing(is_told: bool) -> None:
    async with typist() as user:
        user.app.post_message(events.AppBlur())
        if is_told:
            user.app.post_message(events.AppFocus())
        user.bursts("a")
        await user.done()
        assert user.bench.commands == ["a"]
        assert user.app.looks == 0


# -- focus that is lost ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pane", "text"])
async def test_what_a_small_terminal_hid_has_the_focus_again_and_no_letter_was_a_command(
    name: str,
) -> None:
    async with typist() as user:
        focused = user.bench.query_one(f"#{name}")
        focused.focus()
        await user.until(lambda: user.app.focused is focused)
        for _ in range(3):
            await user.pilot.resize_terminal(60, 6)
            await user.until(lambda: user.app.focused is None)
            user.bursts("a", "b", "escape")
            await user.done()
            await user.pilot.resize_terminal(60, 20)
            await user.until(lambda: user.app.focused is focused)
        assert user.bench.commands == ["stop"] * 3
        assert user.bench.text == ""


async def test_a_storm_of_sizes_leaves_the_focus_where_it_was() -> None:
    async with typist() as user:
        field = user.bench.query_one(TextArea)
        field.focus()
        await user.until(lambda: user.app.focused is field)
        for height in (6, 20, 8, 30, 5, 20, 6, 20):
            user.app.post_message(events.Resize(Size(60, height), Size(60, height)))
            await asyncio.sleep(0)
        await user.until(lambda: user.bench.size.height == 20)
        await user.pilot.pause()
        user.bursts("a", "b")
        await user.done()
        assert user.bench.text == "ab"
        assert user.bench.commands == []


async def test_the_focus_is_not_lost_by_a_dialog_that_comes_while_the_terminal_is_away() -> None:
    async with typist() as user:
        field = user.bench.query_one(TextArea)
        field.focus()
        await user.until(lambda: user.app.focused is field)
        user.app.post_message(events.AppBlur())
        await user.until(lambda: not user.app.app_focus)
        user.app.push_screen(Title())
        await user.until(lambda: user.app.screen.is_mounted)
        user.app.post_message(events.AppFocus())
        user.bursts("a", "escape", "b")
        await user.done()
        assert user.bench.text == "b"
        assert user.bench.commands == []
