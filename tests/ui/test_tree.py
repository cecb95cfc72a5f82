"""The tree on the main screen: moving, folding, filtering, and what is kept of it."""

from dataclasses import replace
from functools import partial

from tests.domain.content_examples import MAIN, Library, blank_content
from tests.store.samples import sample
from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore
from tui.domain.content import Content
from tui.domain.ids import BranchId, TurnId
from tui.domain.tree_shape import Part, Spot
from tui.widgets.branches import BranchTree


def piece() -> tuple[Content, BranchId, BranchId]:
    """Return a piece of nine turns, with a branch after the third and one after the last."""
    library = Library(blank_content())
    for number in range(9):
        library.write(MAIN, f"Text {'more ' * number}end.")
    spicier = library.fork(MAIN, 3, "spicier")
    for number in range(6):
        library.write(spicier, f"Hot {'hotter ' * number}end.")
    calmer = library.fork(MAIN, 9, "calmer")
    library.write(calmer, "Calm.")
    library.edit(MAIN, "By my own hand.")
    return replace(library.content, id=sample("treepiece").id), spicier, calmer


def tree_of(user: User) -> BranchTree:
    return user.main.query_one(BranchTree)


def lines(user: User) -> list[str]:
    """Return the rows on the screen, each with its words one space apart."""
    tree = tree_of(user)
    strips = [tree.render_line(y).text for y in range(tree.size.height)]
    return [" ".join(strip.split()) for strip in strips if strip.strip()]


def at(user: User) -> Spot:
    row = tree_of(user).current
    assert row is not None
    return row.spot


def screen_line(user: User) -> int:
    """Return the line of the tree's view with the cursor."""
    tree = tree_of(user)
    assert tree.cursor is not None
    return tree.cursor - tree.scroll_offset.y


async def goes(user: User, *keys: str, to: Spot) -> None:
    """Press keys and wait until tree and workspace both have the cursor there."""
    await user.presses(*keys)
    there = lambda: at(user) == to and user.workspace.tree_row == to  # noqa: E731
    await user.waits(there, f"{keys} to {to}, not {at(user)}")


async def test_moving_folding_filtering_and_hoisting() -> None:
    content, spicier, calmer = piece()
    async with at_the_desk(store=MemoryStore([content]), size=(120, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        await user.waits(lambda: at(user) == Spot(MAIN, 9), "the turn on screen")
        assert [line.split(" v")[0] for line in lines(user)] == [
            *("▎◆ first draft ★", "▎● 1 prompt 1", "▎● 2 prompt 3", "▎● 3 prompt 5 ↳1"),
            *("▎·· 5 turns", "▎○ 9 prompt 17 ↳1", "▎✎ by hand"),
            *("├─◇ spicier · after 3", "│ ● 4 prompt 20", "│ ·· 4 turns", "│ ○ 9 prompt 30"),
            *("└─◇ calmer · after 9", "○ 10 prompt 33"),
        ]
        # Moves: parentage, siblings, fork points, first and last, a turn's number.
        await goes(user, "h", to=Spot(MAIN))
        await goes(user, "right_curly_bracket", to=Spot(MAIN, 3))
        await goes(user, "l", to=Spot(spicier))
        await goes(user, "J", to=Spot(calmer))
        await goes(user, "h", to=Spot(MAIN, 9))
        await goes(user, "l", "K", to=Spot(spicier))
        await user.presses("K")
        await user.sees("There is no branch beside this one further up.")
        await goes(user, "G", to=Spot(calmer, 10))
        await user.presses("right_curly_bracket")
        await user.sees("There is no fork further down.")
        assert at(user) == Spot(calmer, 10)
        await goes(user, "pageup", to=Spot(MAIN))
        await user.presses("left_curly_bracket")
        await user.sees("There is no fork further up.")
        await goes(user, "pagedown", to=Spot(calmer, 10))
        await goes(user, "left_curly_bracket", to=Spot(MAIN, 9))
        await user.presses("colon")
        await user.sees("Go to a turn of “first draft”")
        await user.types("12")
        box = user.app.screen.query_one(".dialog")
        before = box.region
        await user.presses("enter")
        await user.sees("Type a number from 1 to 9.")
        assert box.region == before
        await user.presses("ctrl+u")
        await user.types("6")
        await user.presses("enter")
        await user.waits(lambda: at(user) == Spot(MAIN, 6), "turn 6, its run opened")
        # Folding: the run around the cursor, a branch, all others.
        assert len(lines(user)) == 17
        await user.presses("space")
        await user.waits(lambda: len(lines(user)) == 13, "the run folded again")
        assert at(user).turn == 4
        await goes(user, "J", "G", "h", "K", to=Spot(spicier))
        await user.presses("space")
        await user.waits(lambda: len(lines(user)) == 10, "spicier folded")
        assert [line.split(" v")[0] for line in lines(user) if "⊞" in line] == [
            "├─⊞ spicier · 6 turns"
        ]
        await goes(user, "l", to=Spot(spicier))
        await user.waits(lambda: len(lines(user)) == 13, "spicier unfolded")
        await user.presses("j", "j", "l")
        await user.waits(lambda: len(lines(user)) == 16, "the run of spicier opened")
        assert at(user) == Spot(spicier, 5)
        await user.presses("z")
        await user.waits(lambda: len(lines(user)) == 12, "all but spicier folded")
        assert [line.split(" v")[0] for line in lines(user) if "⊞" in line] == [
            "└─⊞ calmer · 1 turn"
        ]
        await user.presses("Z")
        await user.waits(lambda: len(lines(user)) == 20, "everything open")
        # Hoisting: this branch alone; the frame says so; again brings all back.
        await goes(user, "g", "G", "h", "K", to=Spot(spicier))
        await user.presses("H")
        await user.sees("Branches · from “spicier”")
        assert len(lines(user)) == 7
        await user.presses("j", "k", "H")
        await user.waits(lambda: len(lines(user)) == 20, "the whole tree")
        assert at(user) == Spot(spicier)
        # Filters: the cursor stays on its branch; what is chosen is kept for the piece.
        await goes(user, "j", "j", to=Spot(spicier, 5))
        await user.presses("F")
        await user.sees("Branches · forks")
        assert at(user) == Spot(spicier)
        await user.presses("F", "F", "F")
        await user.sees("Branches · by hand")
        assert [line.split(" v")[0] for line in lines(user)] == ["▎◆ first draft ★", "▎✎ by hand"]
        assert user.workspace.place.trees[content.id].filter == "mine"
        await user.presses("F")
        await user.does_not_see("Branches · by hand")
        # Costs in place of ages.
        await user.presses("i")
        await user.waits(lambda: any("unknown" in line for line in lines(user)), "the costs")


async def test_a_filter_that_shows_nothing_says_so_below_the_branch() -> None:
    library = Library(blank_content())
    content = replace(library.content, id=sample("treepiece").id)
    async with at_the_desk(store=MemoryStore([content]), size=(120, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        said = {
            "forks": "No branch has left another one yet.",
            "labelled": "Nothing has a label yet.",
            "with drafts": "There is no draft yet.",
            "by hand": "Nothing was made by hand yet.",
        }
        for shown, sentence in said.items():
            await user.presses("F")
            await user.sees(f"Branches · {shown}")
            told = " ".join(lines(user)[1:])
            assert told == f"{sentence} F shows other rows."
        await user.presses("F")
        await user.does_not_see("shows other rows")
        assert len(lines(user)) == 1
    content, _, _ = piece()
    async with at_the_desk(store=MemoryStore([content]), size=(120, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        await user.presses("F", "F")
        await user.sees("Nothing has a label yet.")
        await user.presses("L")
        await user.sees("Label turn")
        await user.types("calm one")
        await user.presses("enter")
        await user.sees("calm one")
        await user.does_not_see("Nothing has a label")


async def test_a_version_made_by_hand_is_a_row_to_work_with() -> None:
    content, _, _ = piece()
    async with at_the_desk(store=MemoryStore([content]), size=(120, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        await goes(user, "j", to=Spot(MAIN, 9, 17))
        await user.presses("L")
        await user.sees("Label v17")
        await user.types("mine")
        await user.presses("enter")
        await user.waits(lambda: any("✎ mine" in line for line in lines(user)), "the label")
        await user.presses("2")
        await user.sees("By my own hand.")
        await user.presses("2", "d")
        await user.sees("v9 → v17")
        await user.presses("escape")
        await user.presses("y")
        await user.sees("v17, 4 words")


async def test_the_cursor_is_never_lost_when_rows_come_and_go() -> None:
    content, spicier, _ = piece()
    async with at_the_desk(store=MemoryStore([content]), size=(80, 24)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        await goes(user, "l", "K", "j", to=Spot(spicier, 4))
        line = screen_line(user)
        # Another program adds turns to the main branch, above the cursor.
        main = content.branches[0]
        last = main.turns[-1]
        more = tuple(
            replace(last, id=TurnId(f"{last.id}{n}"), label=f"L{n}", version=None) for n in "abc"
        )
        grown = replace(main, turns=(*main.turns, *more))
        user.store.contents[content.id] = replace(content, branches=(grown, *content.branches[1:]))
        await user.main._do.library.read_again()
        await user.waits(lambda: "L" in lines(user)[7], "a row more")
        assert at(user) == Spot(spicier, 4)
        assert screen_line(user) in (line, line + 3)
        # The branch of the cursor goes away: the cursor is on the turn that it left.
        rest = tuple(branch for branch in content.branches if branch.id != spicier)
        user.store.contents[content.id] = replace(content, branches=rest)
        await user.main._do.library.read_again()
        await user.waits(lambda: at(user).branch == MAIN, "a row that is there")


async def test_the_mouse_selects_folds_and_opens() -> None:
    content, spicier, calmer = piece()
    async with at_the_desk(store=MemoryStore([content]), size=(120, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.pilot.click(BranchTree, offset=(8, 8))
        await user.waits(lambda: at(user) == Spot(spicier, 4), "the clicked row")
        await user.pilot.click(BranchTree, offset=(3, 7))
        await user.waits(lambda: any("⊞ spicier" in line for line in lines(user)), "folded")
        await user.pilot.click(BranchTree, offset=(8, 4))
        await user.waits(lambda: any("prompt 9" in line for line in lines(user)), "the run")
        await user.pilot.click(BranchTree, offset=(12, 13), times=2)
        await user.waits(lambda: user.workspace.branch == calmer, "the branch opened")


async def test_what_is_folded_is_kept_over_a_restart() -> None:
    content, spicier, _ = piece()
    store = MemoryStore([content])
    async with at_the_desk(store=store, size=(120, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        await goes(user, "l", "K", to=Spot(spicier))
        await user.presses("space", "F")
        await user.sees("Branches · forks")
    async with at_the_desk(store=store, size=(120, 36)) as user:
        await user.sees("Branches · forks", "⊞ spicier")
        shows = partial(any, ("├─⊞ spicier" in line for line in lines(user)))
        await user.waits(shows, "folded as it was")


async def test_a_row_that_several_are_folded_to_is_none_of_them() -> None:
    library = Library(blank_content())
    for number in range(8):
        library.write(MAIN, f"Text {'more ' * number}end.")
    hot = library.fork(MAIN, 8, "hot")
    library.write(hot, "Hot.")
    for name in ("one", "two"):
        library.fork(hot, 9, name)
    content = replace(library.content, id=sample("foldedrows").id)
    async with at_the_desk(store=MemoryStore([content]), size=(120, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        run = Spot(MAIN, 2, part=Part.RUN)
        await goes(user, "g", "j", "j", to=run)
        for key in ("f", "L", "R", "t"):
            await user.presses(key)
            await user.sees("This row stands for several. Press space")
            assert user.app.screen is user.main, key
        await goes(user, "G", to=Spot(hot, part=Part.ASIDE))
        for key in ("x", "asterisk", "N", "m", "f2"):
            await user.presses(key)
            await user.sees("This row stands for several. Press space")
            assert user.app.screen is user.main, key
        (stored,) = user.store.contents.values()
        assert (stored.branches, stored.main) == (content.branches, content.main)
        assert not user.workspace.marked
