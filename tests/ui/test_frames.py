"""What the tests read off a screen is what Textual would write to the terminal."""

from typing import Any

import pytest
from textual._context import visible_screen_stack
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen

from tests.support.driver import at_the_desk
from tests.support.fakes import MemoryStore
from tests.support.frames import draw_now, text_of
from tests.ui.screens_host import a_content
from tui.screens.frame import DimmedScreen
from tui.screens.new_content import NewContentScreen

WIDE = "# 漢字かな交じり文\n\n" + "漢字かな交じり文を書く。👩‍👩‍👧 e\u0301 " * 40


def written(screen: Screen[Any]) -> str:
    return "\n".join(strip.text.rstrip() for strip in screen._compositor.render_strips())


async def test_a_text_is_read_as_textual_writes_it_whatever_lies_over_it() -> None:
    store = MemoryStore([a_content(WIDE, title="漢字かな")])
    for size in ((120, 28), (97, 24), (40, 12)):
        async with at_the_desk(size=size, store=store) as user:
            await user.waits(lambda: user.prompt.has_focus, "the start")
            for keys in ((), ("escape", "d"), ("escape", "n"), ("escape", "ctrl+p")):
                await user.presses(*keys)
                await user.waits(lambda: not user.app.has_keys_waiting, "the screen")
                screen = user.app.screen
                screen.refresh(layout=True)
                await user.pilot.pause(0.05)
                draw_now(screen)
                assert text_of(screen) == written(screen), (size, keys)
                assert text_of(screen).strip(), (size, keys)
                user.app.board.show("A notice that covers half a 漢字 or so", is_problem=True)


@pytest.mark.parametrize("begun", ["", "a"])
async def test_a_notice_keeps_its_wide_characters_over_the_edge_of_a_pane(begun: str) -> None:
    line = begun + "漢字" * 10
    async with at_the_desk(size=(80, 24), store=MemoryStore([a_content(WIDE)])) as user:
        await user.waits(lambda: user.prompt.has_focus, "the start")
        user.app.board.show(" ".join([line] * 3))
        await user.waits(lambda: text_of(user.app.screen).count(line) == 3, "the notice")
        assert written(user.app.screen).count(line) == 3


async def test_a_dialog_dims_what_is_behind_it_as_textual_does() -> None:
    store = MemoryStore([a_content(WIDE, title="漢字かな")])
    async with at_the_desk(store=store) as user:
        await user.waits(lambda: user.prompt.has_focus, "the start")
        main = user.main
        await user.commands("n")
        await user.waits(lambda: isinstance(user.app.screen, NewContentScreen), "the dialog")
        behind_it: list[Screen[Any]] = [main]
        visible_screen_stack.set(behind_it)
        ground = user.app.screen.render()
        assert isinstance(ground, DimmedScreen)
        behind = [segment for strip in main._compositor.render_strips() for segment in strip]
        dimmed = list(ground.process_segments(behind, ground.color))
        assert dimmed == list(BackgroundScreen.process_segments(behind, ground.color))
        assert dimmed != behind
