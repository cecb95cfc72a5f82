"""The preview below the tree: of the row under the cursor, in four ways."""

from dataclasses import replace
from functools import partial

import pytest

from tests.domain.content_examples import MAIN, Library, blank_content
from tests.store.samples import sample
from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore
from tui.domain.changes import approved
from tui.domain.content import Content
from tui.domain.ids import BranchId
from tui.widgets.preview import Preview


def piece() -> tuple[Content, BranchId]:
    library = Library(blank_content())
    library.write(MAIN, "The first text of it, all in all.")
    library.write(MAIN, "The second text of it, all in all.")
    spicy = library.fork(MAIN, 1, "spicier")
    library.write(spicy, "The spicy text of it, all in all.")
    content = approved(library.content, 1, library.content.updated_at)
    return replace(content, id=sample("preview22").id), spicy


def shown(user: User) -> str:
    preview = user.app.screen.query_one(Preview)
    if not preview.display:
        return ""
    strips = user.app.screen._compositor.render_strips()
    region = preview.region
    lines = [strip.crop(region.x, region.right).text for strip in strips]
    return "\n".join(lines[region.y : region.bottom])


def shows(user: User, text: str) -> bool:
    return text in shown(user)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_each_tab_shows_the_row_under_the_cursor(size: tuple[int, int]) -> None:
    content, _ = piece()
    async with at_the_desk(store=MemoryStore([content]), size=size) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        await user.presses("g", "j", "2")
        await user.waits(partial(shows, user, "The first text"), "the draft of turn 1")
        await user.presses("j", "3")
        await user.waits(partial(shows, user, "v1 → v2"), "what turn 2 changed")
        await user.presses("j")
        await user.waits(partial(shows, user, "→ v3"), "what the branch changed")
        assert shows(user, "firstspicy text")
        await user.presses("j", "4")
        await user.waits(partial(shows, user, "→ v3"), "against the approved text")
        await user.presses("1")
        await user.waits(lambda: "Turn 2" in shown(user), "the reply")
        await user.presses("1")
        await user.waits(lambda: not shown(user), "nothing")


async def test_a_row_without_a_text_says_so() -> None:
    async with at_the_desk(store=MemoryStore([sample("preview23", "Empty")])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        for key in ("1", "2", "3"):
            await user.presses(key)
            said = "No turn here yet." if key == "1" else "No draft here yet."
            await user.waits(partial(shows, user, said), said)


async def test_a_diff_is_shown_with_its_first_change_in_sight() -> None:
    library = Library(blank_content())
    above = "A long paragraph that stays as it is. " * 30
    library.write(MAIN, f"{above}\n\nThe old end.")
    library.write(MAIN, f"{above}\n\nThe new end.")
    content = replace(library.content, id=sample("preview24").id)
    async with at_the_desk(store=MemoryStore([content]), size=(80, 24)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        await user.presses("g", "j", "2")
        await user.waits(partial(shows, user, "A long paragraph"), "the draft of turn 1")
        await user.presses("j", "3")
        await user.waits(partial(shows, user, "The oldnew end."), "the change")


@pytest.mark.parametrize(("down", "up"), [("ctrl+d", "ctrl+u"), ("shift+down", "shift+up")])
@pytest.mark.parametrize("key", ["2", "W"])
async def test_a_long_text_is_read_on_while_the_cursor_stays_in_the_tree(
    key: str, down: str, up: str
) -> None:
    library = Library(blank_content())
    library.write(MAIN, "\n\n".join(f"Paragraph {number}." for number in range(60)))
    content = replace(library.content, id=sample("preview25").id)
    async with at_the_desk(store=MemoryStore([content]), size=(120, 36)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        await user.presses(key)
        await user.waits(partial(shows, user, "Paragraph 0."), "the draft")
        row = user.workspace.tree_row
        await user.presses(down)
        await user.waits(lambda: not shows(user, "Paragraph 0."), "the text further down")
        await user.presses(*[down] * 30)
        await user.waits(partial(shows, user, "Paragraph 59."), "the end")
        await user.presses(*[up] * 30)
        await user.waits(partial(shows, user, "Paragraph 0."), "the beginning")
        assert user.workspace.tree_row == row
