"""Keys that wait for a slow disk: what is said is true, and no letter becomes a command."""

import asyncio
from collections.abc import Callable

import pytest

from tests.support.driver import at_the_desk
from tests.support.fakes import MemoryStore
from tests.support.holding import keys_held
from tests.ui.test_first_frame import Slow, a_piece
from tui.domain.content import Content
from tui.domain.ids import ContentId
from tui.screens.content_settings import ContentSettingsScreen
from tui.screens.main.workspace import Pane
from tui.widgets import typeahead


@pytest.fixture
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a key wait long after a twentieth of a second."""
    monkeypatch.setattr(typeahead, "LONG_WAIT", 0.05)


async def test_escape_at_a_slow_start_makes_no_commands_of_what_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typeahead, "URGENT_WAIT", 0.05)
    store = Slow(a_piece())
    async with at_the_desk(store=store) as user:
        user.bursts(*"nxaxe", "escape")
        await user.waits(lambda: user.workspace.focus is not Pane.PROMPT, "escape")
        await user.waits(lambda: user.app.seconds_since_key > 0.2, "keys to go astray")
        assert user.app.screen is user.main
        assert user.app.has_keys_waiting
        store.answers.set()
        await user.waits(lambda: user.prompt.text == "nxaxe", "the text in the prompt")
        assert user.app.screen is user.main


@pytest.mark.usefixtures("short_wait")
async def test_escape_while_no_piece_is_open_says_that_the_text_goes_on_waiting() -> None:
    store = Slow(a_piece())
    async with at_the_desk(store=store) as user:
        user.bursts(*"axe")
        await user.sees("What you type waits until the library is read.")
        user.bursts("escape")
        await user.sees("What you type still waits: no piece is open")
        assert not any("Press n" in notice.text for notice in user.app.board.notices)
        store.answers.set()
        await user.waits(lambda: user.prompt.text == "axe", "the text in the prompt")


@pytest.mark.usefixtures("short_wait")
async def test_a_wait_in_an_empty_library_is_not_for_the_library() -> None:
    async with at_the_desk() as user:
        await user.sees("Nothing here yet")
        with keys_held(user.app):
            user.bursts("j")
            await user.sees("What you type waits until this is done.")
        assert "library" not in user.app.board.notices[0].text


class SlowToSave(MemoryStore):
    """A library on a disk that saves nothing until it is told to."""

    def __init__(self, *contents: Content) -> None:
        super().__init__(contents)
        self.saves_now = asyncio.Event()
        self.saves_now.set()

    async def update(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        await self.saves_now.wait()
        return await super().update(content_id, change)


@pytest.mark.usefixtures("short_wait")
async def test_what_is_typed_while_a_dialog_saves_is_not_typed_into_the_dialog() -> None:
    store = SlowToSave(a_piece())
    async with at_the_desk(store=store) as user:
        await user.waits(lambda: user.prompt.has_focus, "the start")
        await user.commands("S")
        await user.waits(lambda: isinstance(user.app.screen, ContentSettingsScreen), "the dialog")
        await user.presses("end", "!")
        store.saves_now.clear()
        user.bursts("ctrl+s", "r", *"axe")
        await user.sees("What you type waits until this is done. esc puts it into the prompt")
        await user.waits(lambda: user.app.seconds_since_key > 0.2, "keys to go astray")
        assert user.app.has_keys_waiting
        store.saves_now.set()
        await user.waits(lambda: user.prompt.text == "axe", "the text in the prompt")
        (content,) = store.contents.values()
        assert content.title == "Why we left!"
