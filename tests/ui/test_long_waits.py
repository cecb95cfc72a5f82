"""Keys that wait for a slow disk: what is said is true, and no letter becomes a command."""

import pytest

from tests.support.driver import at_the_desk
from tests.ui.test_first_frame import Slow, a_piece
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
        with user.app.hold_keys():
            user.bursts("j")
            await user.sees("What you type waits until this is done.")
        assert "library" not in user.app.board.notices[0].text
