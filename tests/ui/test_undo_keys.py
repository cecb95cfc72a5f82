"""u and D at the screen: what was done last is taken back, and the panes follow."""

from dataclasses import replace
from datetime import timedelta

from tests.store.samples import sample, with_turn
from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore, Script
from tui.domain.status import Status

SECOND = sample("second22", "Second piece")
FIRST = replace(sample("first222", "First piece"), updated_at=SECOND.updated_at + timedelta(1))


async def test_u_takes_the_last_thing_back_wherever_it_was_and_says_so() -> None:
    async with at_the_desk(store=MemoryStore([FIRST, SECOND])) as user:
        await user.waits(lambda: _shown(user) == "First piece", "the first")
        await user.commands("x")
        await user.sees("is in the archive")
        await user.commands()
        await user.presses("escape", "j")
        await user.waits(lambda: _shown(user) == "Second piece", "the second")
        await user.commands("u")
        await user.sees("“First piece” is a draft again. Press U to do it again.")
        assert _shown(user) == "Second piece"
        assert user.store.contents[FIRST.id].status is Status.DRAFT
        await user.commands("U")
        await user.sees("“First piece” is archived again. Press u to undo.")
        await user.commands("ctrl+z")
        await user.sees("“First piece” is a draft again. Press U to do it again.")
        await user.commands("u")
        await user.sees("There is nothing to undo: new pieces, forks and Claude's answers stay.")


async def test_an_undo_in_another_piece_names_it_and_leaves_the_screen_alone() -> None:
    async with at_the_desk(store=MemoryStore([FIRST, SECOND])) as user:
        await user.waits(lambda: _shown(user) == "First piece", "the first")
        await user.commands("N")
        await user.sees("Name of this branch")
        await user.types("er")
        await user.presses("enter")
        await user.sees("” now. Press u to undo.")
        await user.commands()
        await user.presses("escape", "j")
        await user.waits(lambda: _shown(user) == "Second piece", "the second")
        await user.commands("u")
        await user.sees("“First piece”: The branch “")
        assert _shown(user) == "Second piece"
        assert user.store.contents[FIRST.id].branches[0].name == FIRST.branches[0].name


async def test_names_and_labels_say_the_undo_key_and_a_fork_is_not_said_to_be_nothing() -> None:
    piece = with_turn("turn")(FIRST)
    store = MemoryStore([piece])
    async with at_the_desk(store=store, keys=(("undo", "f8,ctrl+z"),)) as user:
        await user.waits(lambda: _shown(user) == "First piece", "the piece")
        await user.commands("L")
        await user.sees("Label; empty for none")
        await user.types("calm")
        await user.presses("enter")
        await user.sees("is labelled “calm” now. Press F8 to undo.")
        await user.commands("ctrl+z")
        await user.sees("has no label again. Press U to do it again.")
        await user.commands("N")
        await user.sees("Name of this branch")
        await user.types("er")
        await user.presses("enter")
        await user.sees("” now. Press F8 to undo.")
        await user.commands("f8")
        await user.sees("” again. Press U to do it again.")
        assert store.contents[FIRST.id].branches == piece.branches
        await user.commands("f")
        await user.sees("Name of the new branch")
        await user.presses("enter")
        await user.sees("is open. Say what to try.")
        await user.commands("f8")
        await user.sees("There is nothing to undo: new pieces, forks and Claude's answers stay.")
        assert len(store.contents[FIRST.id].branches) == len(piece.branches) + 1


async def test_ctrl_z_in_a_field_undoes_the_typing_and_nothing_else() -> None:
    store = MemoryStore([replace(FIRST, status=Status.DRAFT)])
    async with at_the_desk(store=store) as user:
        await user.waits(lambda: _shown(user) == "First piece", "the piece")
        await user.commands("x")
        await user.sees("is in the archive")
        await user.presses("tab")
        await user.waits(lambda: user.prompt.has_focus, "the prompt")
        await user.presses(*"ab", "ctrl+z", "ctrl+z", "ctrl+z")
        assert user.prompt.text == ""
        await user.commands("escape", "slash", *"ir", "ctrl+z")
        await user.pilot.pause(0.3)
        assert store.contents[FIRST.id].status is Status.ARCHIVED


async def test_d_asks_and_moves_to_the_trash_and_u_brings_it_back() -> None:
    async with at_the_desk(store=MemoryStore([FIRST, SECOND])) as user:
        await user.waits(lambda: _shown(user) == "First piece", "the first")
        await user.commands("D")
        await user.sees("Move “First piece” with its branches")
        await user.commands("escape")
        await user.does_not_see("with its branches")
        assert len(user.store.contents) == 2
        await user.commands("D")
        await user.answers("m")
        await user.sees("“First piece” is in the trash. Press u to bring it back.")
        await user.waits(lambda: _shown(user) == "Second piece", "the neighbour")
        assert set(user.store.contents) == {SECOND.id}
        await user.commands("D")
        await user.answers("m")
        await user.sees("Nothing here yet")
        await user.commands("u")
        await user.sees("“Second piece” is back from the trash.")
        await user.commands("u")
        await user.waits(lambda: _shown(user) == "First piece", "the first is back")
        assert user.store.trashed == {}
        await user.commands("U")
        await user.waits(lambda: _shown(user) == "Second piece", "the neighbour again")
        assert set(user.store.trashed) == {FIRST.id}


async def test_a_content_that_is_being_written_stays() -> None:
    held = Script("<draft>\nWritten.\n</draft>", is_held=True)
    async with at_the_desk(held, store=MemoryStore([SECOND])) as user:
        await user.waits(lambda: _shown(user) == "Second piece", "the content")
        await user.tells_claude("go")
        await user.waits(lambda: bool(user.agent.prompts), "Claude writing")
        await user.commands("D")
        await user.sees("Claude is writing in “Second piece”")
        assert len(user.store.contents) == 1
        user.agent.release.set()
        await user.sees("Written.")


def _shown(user: User) -> str | None:
    content = user.workspace.content
    return None if content is None else content.title
