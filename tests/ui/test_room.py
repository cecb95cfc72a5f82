"""Who has how much room: rules for any terminal, the whole screen for the tree, dragged edges."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore
from tests.ui.test_tree import at, goes, piece
from tui.domain.place import PaneSizes
from tui.domain.tree_shape import Spot
from tui.screens.main.sizes import (
    LEAST,
    LEAST_CHAT,
    LEAST_ROOMY_LIST,
    ROOMY_FROM,
    Shape,
    Widths,
    with_width,
)
from tui.screens.main.workspace import Pane
from tui.widgets.branches import BranchTree
from tui.widgets.chat.pane import ChatPane
from tui.widgets.contents import ContentList
from tui.widgets.preview import Preview

CHOSEN = st.builds(PaneSizes, *[st.just(0) | st.integers(1, 300)] * 3)


@given(columns=st.integers(40, 400), sizes=CHOSEN, is_used=st.booleans(), has_preview=st.booleans())
def test_the_panes_fit_any_terminal(
    columns: int, sizes: PaneSizes, *, is_used: bool, has_preview: bool
) -> None:
    pane = Pane.TREE if is_used else Pane.CHAT
    shared = Shape(sizes, pane, has_preview).widths(columns)
    if columns < 80:
        assert shared == Widths()
        return
    assert min(shared.list, shared.tree) >= LEAST
    if columns < 120:
        assert shared.list + LEAST_CHAT <= columns
        assert shared.tree + LEAST <= columns
    else:
        assert shared.list + shared.tree + LEAST_CHAT <= columns
    whole = Shape(sizes, has_preview=True, is_tree_whole=True).widths(columns)
    assert whole.preview == 0 or LEAST <= whole.preview <= columns - 2 * LEAST


@given(st.integers(40, 400), st.sampled_from(Pane), st.booleans())
def test_the_pane_in_use_is_always_on_the_screen(
    columns: int, pane: Pane, is_tree_whole: bool
) -> None:
    shape = Shape(pane=pane, is_tree_whole=is_tree_whole and pane is Pane.TREE)
    is_there = shape.shown(columns)
    if pane is Pane.TREE:
        assert is_there.tree
    elif pane in (Pane.LIST, Pane.SEARCH):
        assert is_there.list
    else:
        assert is_there.talk


@given(columns=st.integers(120, 400), has_preview=st.booleans())
def test_a_tree_in_use_has_its_third_and_takes_it_from_the_list_first(
    columns: int, *, has_preview: bool
) -> None:
    before = Shape().widths(columns)
    used = Shape(pane=Pane.TREE, has_preview=has_preview).widths(columns)
    wanted = columns * 2 // 5 if has_preview else columns // 3
    assert used.tree >= min(wanted, columns - LEAST_CHAT - LEAST)
    least = LEAST if columns < ROOMY_FROM else LEAST_ROOMY_LIST
    assert used.list >= least
    if used.list > least:
        assert used.list + used.tree == before.list + before.tree


@given(columns=st.integers(80, 119))
def test_a_tree_that_is_called_up_covers_the_conversation_and_nothing_of_the_list(
    columns: int,
) -> None:
    wide = Shape(pane=Pane.TREE).widths(columns)
    assert wide.list + wide.tree == columns


@given(st.integers(120, 400), CHOSEN, st.sampled_from([Pane.LIST, Pane.TREE]), st.integers(1, 400))
def test_a_chosen_width_is_kept_where_there_is_room(
    columns: int, sizes: PaneSizes, pane: Pane, width: int
) -> None:
    chosen = with_width(sizes, pane, width, is_tree_whole=False)
    shared = Shape(chosen, Pane.TREE).widths(columns)
    got = shared.list if pane is Pane.LIST else shared.tree
    other = shared.tree if pane is Pane.LIST else shared.list
    assert got == max(LEAST, width) or columns - got - other == LEAST_CHAT or other == LEAST


def width_of(user: User, kind: type[ContentList] | type[BranchTree] | type[Preview]) -> int:
    parent = user.main.query_one(kind)
    return parent.region.width


async def opened(user: User) -> None:
    await user.waits(lambda: user.workspace.content is not None, "the piece")


async def test_the_tree_takes_its_room_from_the_list_and_the_talk_is_not_wrapped_anew() -> None:
    content, _, _ = piece()
    async with at_the_desk(store=MemoryStore([content]), size=(120, 36)) as user:
        await opened(user)
        chat = user.main.query_one(ChatPane)
        before = chat.region.width
        await user.commands("b")
        await user.waits(lambda: width_of(user, BranchTree) == 38, "a third, with its frame")
        assert chat.region.width == before
        await user.presses("b")
        await user.waits(lambda: width_of(user, BranchTree) == 30, "its part")
        assert chat.region.width == before


async def test_a_long_title_over_the_whole_tree_does_not_hide_what_is_shown_of_it() -> None:
    content, *_ = piece()
    content = replace(content, title="Why we left, and what came after it " * 4)
    async with at_the_desk(store=MemoryStore([content]), size=(80, 24)) as user:
        await opened(user)
        await user.commands("W", "F")
        await user.sees("Branches of Why we left, and what c… · forks")


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 20)])
async def test_the_tree_has_the_whole_screen_with_the_preview_and_gives_it_back(
    size: tuple[int, int],
) -> None:
    content, spicier, _ = piece()
    async with at_the_desk(store=MemoryStore([content]), size=size) as user:
        await opened(user)
        await user.commands("W")
        await user.waits(lambda: user.main.query_one(Preview).region.width > 20, "the preview")
        await user.sees("Branches of Why we left")
        assert not user.main.query_one(ChatPane).region.width
        tree, preview = user.main.query_one(BranchTree).region, user.main.query_one(Preview).region
        is_beside = size[0] >= 100
        assert (preview.x > tree.x, preview.y > tree.y) == (is_beside, not is_beside)
        assert max(preview.right, tree.right) == size[0] - 1
        await goes(user, "l", "K", to=Spot(spicier))
        await user.sees("v15 · ")
        await user.presses("escape")
        await user.waits(lambda: not user.main.query_one(Preview).region.width, "the tree's part")
        assert at(user) == Spot(spicier)
        # Another pane takes the screen back too, and what was previewed before stays.
        await user.presses("3", "W", "2", "tab")
        await user.waits(lambda: not user.main.query_one(BranchTree).has_focus, "another pane")
        assert user.workspace.preview == "diff"
        assert user.workspace.whole_tree_from is None


async def test_keys_and_mouse_resize_the_panes_and_the_sizes_are_kept() -> None:
    content, _, _ = piece()
    store = MemoryStore([content])
    async with at_the_desk(store=store, size=(120, 36)) as user:
        await opened(user)
        await user.commands("b")
        await user.waits(lambda: width_of(user, BranchTree) == 38, "a third, with its frame")
        await user.presses("greater_than_sign", "greater_than_sign")
        await user.waits(lambda: width_of(user, BranchTree) == 42, "wider")
        await user.presses("less_than_sign")
        await user.waits(lambda: width_of(user, BranchTree) == 40, "narrower")
        await user.presses("escape", "greater_than_sign")
        await user.sees("Only the list and the branches can be resized.")
        # The edge of the list is dragged ten cells to the left.
        edge = user.main.query_one("#contents").region.right - 1
        await user.pilot.mouse_down("#contents", offset=(edge, 10))
        for x in (edge - 3, edge - 6):
            await user.pilot.hover(offset=(x, 10))
        await user.pilot.mouse_up(offset=(edge - 6, 10))
        await user.waits(lambda: width_of(user, ContentList) == edge - 6 + 1 - 2, "dragged")
        sizes = user.workspace.place.sizes
    async with at_the_desk(store=store, size=(120, 36)) as user:
        await opened(user)
        assert user.workspace.place.sizes == sizes
        await user.waits(lambda: width_of(user, BranchTree) == 40, "as it was left")
        # A small terminal has no room for it; in a large one it is there again.
        await user.pilot.resize_terminal(80, 24)
        await user.pilot.resize_terminal(120, 36)
        await user.waits(lambda: width_of(user, BranchTree) == 40, "as it was")
        await user.commands("0")
        await user.waits(lambda: width_of(user, BranchTree) == 30, "the usual width")
        assert user.workspace.place.sizes == PaneSizes()


async def test_enter_on_a_turn_that_others_follow_asks_first() -> None:
    content, spicier, _ = piece()
    async with at_the_desk(store=MemoryStore([content]), size=(120, 36)) as user:
        await opened(user)
        await user.commands("b")
        await goes(user, "g", "j", "j", to=Spot(content.main, 2))
        await user.presses("enter")
        await user.sees("Turn 2 of “first draft” has others after it.")
        await user.answers("enter")
        await user.waits(lambda: user.chat.has_focus, "only read")
        assert user.workspace.chat_turn == 2
        await user.presses("b")
        await goes(user, "g", "j", "j", to=Spot(content.main, 2))
        await user.presses("enter")
        await user.sees("has others after it.")
        await user.answers("f")
        await user.sees("Fork after turn 2")
        await user.presses("escape")
        await user.presses("enter")
        await user.sees("has others after it.")
        await user.answers("a")
        await user.sees("Ask turn 2 again")
        await user.presses("escape")
        # The last turn of a branch, and the branch itself, are opened at once.
        await goes(user, "G", "h", "K", to=Spot(spicier))
        await user.presses("enter")
        await user.waits(lambda: user.workspace.branch == spicier, "opened")
