"""Keys that wait for a slow disk: what is said is true, and no letter becomes a command."""

import pytest

from tests.support.driver import at_the_desk
from tests.ui.test_first_frame import Slow, a_piece
from tui.screens.main.workspace import Pane
from tui.widgets import typeahead


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
