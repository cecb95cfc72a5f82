"""The prompt looks as Textual would draw it, though its looks are not worked out for each frame."""

from collections.abc import Awaitable, Callable

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Button, TextArea
from textual.widgets.text_area import TextAreaTheme

from tests.support.driver import at_the_desk
from tui.commands import Keymap
from tui.widgets.prompt import PromptBox


class Host(App[None]):
    """A prompt, and something else that can have the focus."""

    CSS = """
    PromptBox { background: transparent; }
    PromptBox.strange .text-area--cursor { background: green; }
    """
    keymap = Keymap({})

    def compose(self) -> ComposeResult:
        yield PromptBox()
        yield Button("Else")


async def _other_theme(pilot: Pilot[None]) -> None:
    pilot.app.theme = "textual-light"


async def _no_focus(pilot: Pilot[None]) -> None:
    pilot.app.query_one(Button).focus()


async def _other_class(pilot: Pilot[None]) -> None:
    pilot.app.query_one(PromptBox).add_class("strange")


async def _other_theme_of_the_field(pilot: Pilot[None]) -> None:
    prompt = pilot.app.query_one(PromptBox)
    prompt.register_theme(TextAreaTheme("red", cursor_style=Style(bgcolor="red")))
    prompt.theme = "red"


CHANGES = (_other_theme, _no_focus, _other_class, _other_theme_of_the_field)


@pytest.mark.parametrize("change", CHANGES)
async def test_the_looks_follow_what_they_are_made_of(
    change: Callable[[Pilot[None]], Awaitable[None]],
) -> None:
    async with Host().run_test() as pilot:
        prompt = pilot.app.query_one(PromptBox)
        await pilot.press("a", "b", "shift+left")
        before = _drawn(prompt)
        await change(pilot)
        await pilot.pause()
        now = _drawn(prompt)
        assert now != before
        assert now == TextArea.render_lines(prompt, prompt.size.region)


def _drawn(prompt: PromptBox) -> list[Strip]:
    return prompt.render_lines(prompt.size.region)


async def test_a_letter_in_the_prompt_gives_the_panes_nothing_new() -> None:
    async with at_the_desk() as user:
        await user.begins("Lamps")
        await user.types("a")
        before = user.main.view
        await user.types("b")
        assert user.main.view == before
        assert user.prompt.value == "ab"
