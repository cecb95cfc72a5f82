"""x in the tree: a branch goes into the archive and comes back, and what was on screen follows."""

from dataclasses import replace

from tests.store.samples import MAIN, sample, with_fork, with_turn
from tests.support.driver import at_the_desk
from tests.support.fakes import MemoryStore
from tui.domain.branch_changes import archived_branch
from tui.domain.content import Content
from tui.domain.ids import BranchId
from tui.domain.queue import QueuedPrompt
from tui.domain.status import Status
from tui.domain.tree_shape import Spot
from tui.screens.main.tree import tree_at

FORK = BranchId("spicier")


def piece() -> Content:
    return with_fork(FORK)(with_turn("turn")(sample("first222", "First piece")))


async def test_x_in_the_tree_archives_the_branch_and_shows_its_parent_and_x_brings_it_back() -> (
    None
):
    content = piece()
    async with at_the_desk(store=MemoryStore([content]), size=(160, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.main._do.library.open_branch(FORK, 0)
        await user.commands("b")
        user.main._state.put(tree_at(user.workspace, Spot(FORK)))
        await user.presses("x")
        await user.sees("“spicier” is in the archive", "Press u to undo")

        assert user.store.contents[content.id].branch(FORK).is_archived
        assert user.store.contents[content.id].status is Status.DRAFT
        assert user.workspace.branch == MAIN
        user.main._state.put(tree_at(user.workspace, Spot(FORK)))
        await user.presses("x")
        await user.sees("“spicier” is out of the archive")
        assert not user.store.contents[content.id].branch(FORK).is_archived
        await user.presses("u")
        await user.sees("The branch “spicier” is archived again.")


async def test_x_in_the_tree_on_the_main_branch_says_why_not_and_leaves_the_piece_alone() -> None:
    content = piece()
    async with at_the_desk(store=MemoryStore([content]), size=(160, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        user.main._state.put(tree_at(user.workspace, Spot(MAIN)))
        await user.presses("x")
        await user.sees("is the main branch")
        assert user.store.contents[content.id].status is Status.DRAFT


async def test_a_branch_with_queued_prompts_stays_out_of_the_archive() -> None:
    content = piece()
    async with at_the_desk(store=MemoryStore([content]), size=(160, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        now = user.workspace
        queued = {FORK: (QueuedPrompt("Later."),)}
        user.main._state.put(replace(now, place=replace(now.place, queued=queued)))
        await user.commands("b")
        user.main._state.put(tree_at(user.workspace, Spot(FORK)))
        await user.presses("x")
        await user.sees("Prompts are queued")
        assert not user.store.contents[content.id].branch(FORK).is_archived


async def test_a_prompt_to_an_archived_branch_stays_and_the_key_that_brings_it_back_is_named() -> (
    None
):
    content = piece()
    content = archived_branch(content, FORK, content.updated_at)
    async with at_the_desk(store=MemoryStore([content]), size=(160, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.main._do.library.open_branch(FORK, 0)
        await user.commands("r")
        await user.types("One more try")
        await user.presses("enter")
        await user.sees("Press x", "archived branch")
        await user.waits(lambda: user.prompt.text == "One more try", "the prompt again")
        assert not user.agent.prompts
        await user.presses("escape", "e")
        await user.sees("This branch is archived", "Press x in the tree")
