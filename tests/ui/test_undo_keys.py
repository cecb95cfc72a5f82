"""u and D at the screen: what was done last is taken back, and the panes follow."""

from dataclasses import replace
from datetime import timedelta

from tests.store.samples import sample
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
        await user.sees("“First piece” is a draft again.")
        await user.waits(lambda: _shown(user) == "First piece", "the first again")
        assert user.store.contents[FIRST.id].status is Status.DRAFT
        await user.commands("u")
        await user.sees("There is nothing to undo.")


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
