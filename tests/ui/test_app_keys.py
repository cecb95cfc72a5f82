"""The keys of the whole program: leave, palette, copy or stop, and pastes beside a field."""

import pytest
from textual import events
from textual.command import CommandPalette
from textual.widgets import Input, TextArea

from tests.support.driver import User, at_the_desk
from tests.support.fakes import Script
from tests.support.holding import keys_held
from tui.screens.help import HelpScreen

HELD = Script("Here it is.\n<draft>\n# One\n\nFirst text of mine.\n</draft>\n", is_held=True)


@pytest.fixture(autouse=True)
def no_system_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the terminal as the only clipboard."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def prompt(user: User) -> TextArea:
    return user.app.screen_stack[1].query_one("#prompt", TextArea)


async def test_quit_and_palette_really_move_to_other_keys() -> None:
    async with at_the_desk(keys=(("quit", "ctrl+x"), ("palette", "ctrl+o"))) as user:
        await user.sees("Nothing here yet")
        await user.presses("ctrl+q", "ctrl+p")
        assert user.app.is_running
        assert not user.app._exit
        assert not isinstance(user.app.screen, CommandPalette)
        await user.presses("ctrl+o")
        await user.waits(lambda: isinstance(user.app.screen, CommandPalette), "the palette")
        await user.presses("escape", "ctrl+c")
        await user.sees("Press ctrl+x to leave.")
        await user.presses("ctrl+x")
        assert user.app._exit


async def test_the_key_to_leave_is_not_held_up_by_keys_that_wait() -> None:
    async with at_the_desk(keys=(("quit", "f9"),)) as user:
        await user.sees("Nothing here yet")
        with keys_held(user.app):
            user.bursts("n", "x", "f9")
            await user.waits(lambda: user.app._exit, "the program to leave")


async def test_ctrl_c_copies_what_is_selected_and_stops_nothing() -> None:
    async with at_the_desk(HELD) as user:
        await user.begins("Held", "why")
        await user.sees("Here it is.")
        await user.presses(*"words", "shift+home")
        await user.presses("ctrl+c")
        await user.sees("Copied the selection")
        assert user.app.clipboard == "words"
        assert "Stopped" not in user.screen
        await user.presses("end", "ctrl+c")
        await user.sees("Stopped: what had arrived is kept")


async def test_ctrl_c_in_a_field_of_a_dialog_copies_too() -> None:
    async with at_the_desk() as user:
        await user.presses("n")
        await user.sees("New piece")
        await user.presses(*"Title", "shift+home")
        await user.presses("ctrl+c")
        await user.waits(lambda: user.app.clipboard == "Title", "the copy")
        assert isinstance(user.app.focused, Input)


async def test_a_paste_beside_a_field_goes_into_the_prompt_in_its_turn() -> None:
    async with at_the_desk() as user:
        await user.begins("Pasted")
        await user.presses("escape", "escape")
        assert user.app.focused is not prompt(user)
        user.app.post_message(events.Paste("n x D\nno commands "))
        user.bursts(*"ok")
        await user.sees("Pasted into the prompt")
        await user.waits(lambda: prompt(user).text == "n x D\nno commands ok", "the text in order")
        assert user.agent.prompts == []


async def test_a_paste_over_a_screen_without_a_field_goes_into_the_prompt_too() -> None:
    async with at_the_desk() as user:
        await user.begins("Pasted")
        await user.presses("escape", "escape", "question_mark")
        await user.waits(lambda: isinstance(user.app.screen, HelpScreen), "the help")
        user.app.post_message(events.Paste("q j esc"))
        await user.waits(lambda: prompt(user).text == "q j esc", "the text in the prompt")
        assert isinstance(user.app.screen, HelpScreen)
