"""A notice hides neither the keys at the foot of a screen nor the row in which one types."""

import pytest
from textual.notifications import Notification, Notify

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore
from tests.ui.screens_host import SIZES, a_content
from tui.screens.editor import EditorScreen

LONG = "BEGINNING " + "word of what happened " * 4 + "ENDING"
PROSE = "\n\n".join(f"Paragraph {number}." for number in range(40))


async def is_told(user: User) -> None:
    """Show a notice, and see that it can be read to its end."""
    user.app.board.show(LONG, is_problem=True)
    await user.sees("BEGINNING", "ENDING")


def rows(user: User) -> list[str]:
    return user.screen.splitlines()


def row_of(user: User, text: str) -> int:
    return next(number for number, row in enumerate(rows(user)) if text in row)


@pytest.mark.parametrize("size", SIZES)
async def test_on_the_main_screen_it_stands_over_the_conversation(size: tuple[int, int]) -> None:
    store = MemoryStore([a_content("# One\n\nText.", title="Pieces of mine")])
    async with at_the_desk(size=size, store=store) as user:
        await user.waits(lambda: user.prompt.has_focus, "the start")
        await user.types("what I am typing now")
        prompt, keys = row_of(user, "what I am typing now"), rows(user)[-1]
        await is_told(user)
        assert rows(user)[-1] == keys
        assert "what I am typing now" in rows(user)[prompt]
        if size[0] >= 80:
            await user.presses("shift+tab", "shift+tab")
            assert "Pieces of mine" in rows(user)[1][: user.main.query_one("#list").region.right]


@pytest.mark.parametrize("size", SIZES)
async def test_in_the_editor_it_leaves_the_row_with_the_cursor_alone(size: tuple[int, int]) -> None:
    store = MemoryStore([a_content(PROSE)])
    async with at_the_desk(size=size, store=store) as user:
        await user.waits(lambda: user.prompt.has_focus, "the start")
        await user.commands("e")
        await user.waits(lambda: isinstance(user.app.screen, EditorScreen), "the editor")
        for key in ("ctrl+home", "ctrl+end"):
            await user.presses(key)
            await user.types("typed here")
            typed = row_of(user, "typed here")
            keys = [row for row in rows(user) if "Save" in row]
            await is_told(user)
            assert "typed here" in rows(user)[typed], key
            assert [row for row in rows(user) if "Save" in row] == keys, key
            user.app.board.clear()
            await user.does_not_see("ENDING")


async def test_a_notice_of_another_screen_takes_the_place_of_the_one_before_and_is_kept() -> None:
    async with at_the_desk(store=MemoryStore([a_content(PROSE)])) as user:
        await user.waits(lambda: user.prompt.has_focus, "the start")
        await user.commands("e")
        await user.waits(lambda: isinstance(user.app.screen, EditorScreen), "the editor")
        await user.presses("ctrl+o", "ctrl+o")
        sentence = "There is no heading yet."
        await user.sees(sentence)
        assert user.screen.count(sentence) == 1
        assert [notice.text[: len(sentence)] for notice in user.app.board.notices] == [sentence] * 2


async def test_each_notice_stands_where_the_one_before_it_stood() -> None:
    async with at_the_desk() as user:
        await user.sees("Nothing here yet")
        for number in range(4):
            user.app.board.show(f"Notice {number}")
            await user.sees(f"Notice {number}")
            assert row_of(user, f"Notice {number}") == 1


async def test_a_notice_in_the_last_moment_has_no_place_and_ends_nothing() -> None:
    async with at_the_desk() as user:
        await user.sees("Nothing here yet")
    assert not user.app.screen_stack
    user.app.on_notify(Notify(Notification("Too late.")))
