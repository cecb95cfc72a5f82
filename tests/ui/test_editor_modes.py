"""How the editor helps to stay with the words is kept: in the next editor, and over a restart."""

from tests.store.samples import sample, with_turn
from tests.support.driver import at_the_desk
from tests.support.fakes import MemoryStore
from tui.domain.place import EditorModes
from tui.domain.spelling import Spelling
from tui.screens.draft_area import DraftArea
from tui.screens.editor import EditorScreen


async def test_a_mode_of_the_editor_is_there_in_the_next_one_and_after_a_restart() -> None:
    store = MemoryStore([with_turn("turn")(sample("first222", "First piece"))])
    focused = EditorModes(is_focused=True)
    async with at_the_desk(store=store) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("e")
        await user.waits(lambda: isinstance(user.app.screen, EditorScreen), "the editor")
        await user.presses("f9")
        assert user.app.screen.query_one(DraftArea).modes == focused
        await user.waits(lambda: user.workspace.place.editor == focused, "the mode")
        await user.presses("escape")
    async with at_the_desk(store=store) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("e")
        await user.waits(lambda: isinstance(user.app.screen, EditorScreen), "the editor")
        assert user.app.screen.query_one(DraftArea).modes == focused


async def test_goal_and_language_are_kept_the_goal_counts_from_the_first_text_of_today() -> None:
    store = MemoryStore([with_turn("turn")(sample("first222", "First piece"))])
    async with at_the_desk(store=store) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("e")
        await user.waits(lambda: isinstance(user.app.screen, EditorScreen), "the editor")
        await user.presses("ctrl+g", "7", "enter")
        await user.sees("0 of 7 today")
        await user.presses(*"New words ")
        await user.sees("2 of 7 today")
        await user.presses("shift+f12", *"off", "enter", "ctrl+s")
    async with at_the_desk(store=store) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        assert [*user.workspace.place.goals.values()] == [7]
        assert [*user.workspace.place.spelling.values()] == [Spelling("off")]
        await user.commands("e")
        await user.sees("of 7 today")
        await user.presses("shift+f12", *["backspace"] * 3, "enter", "escape")
        await user.waits(lambda: not user.workspace.place.spelling, "the usual language")
