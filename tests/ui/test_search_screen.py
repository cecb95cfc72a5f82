"""Searching all that was written: from a key to the words marked where they stand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.domain.content_examples import MAIN, Library, blank_content
from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem
from tui.domain.ids import BranchId, ContentId
from tui.domain.search import Hits, SearchQuery
from tui.screens.main.workspace import Pane
from tui.screens.search import SearchScreen
from tui.widgets.chat.pane import ChatPane
from tui.widgets.hits import HitList, _excerpt, _with_title

LONG = "\n\n".join(f"Paragraph {n} of a text that is long." for n in range(60))


def herons() -> Content:
    """A piece with a fork; “marsh” stands deep in a draft of the fork, and in a prompt."""
    library = Library(blank_content("On herons", "herons22"))
    library.write(MAIN, "Grey herons wait.")
    library.write(MAIN, "They wait.")
    spicy = library.fork(MAIN, 1, "spicier")
    library.write(spicy, f"{LONG}\n\nThey leave the marsh.\n\n{LONG}")
    content = library.content
    main = content.branch(MAIN)
    turns = (main.turns[0], replace(main.turns[1], prompt="Name the Märsh", label="the marsh"))
    others = [branch for branch in content.branches if branch.id != MAIN]
    return replace(content, branches=(replace(main, turns=turns), *others))


def cranes() -> Content:
    library = Library(blank_content("On cranes", "cranes22"))
    branch = BranchId("b9")
    content = library.content
    library.content = replace(
        content, main=branch, branches=(replace(content.branches[0], id=branch),)
    )
    library.write(branch, "Cranes in the marsh.")
    return replace(library.content, updated_at=content.updated_at.replace(year=2020))


class SlowStore(MemoryStore):
    """Answers a search when it is told to, the later ones first."""

    def __init__(self) -> None:
        super().__init__([herons(), cranes()])
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.asked: list[tuple[str, ...]] = []
        self.dropped: list[tuple[str, ...]] = []

    async def search(self, query: SearchQuery, only: ContentId | None, limit: int) -> Hits:
        self.asked.append(query.words)
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.dropped.append(query.words)
            raise
        return await super().search(query, only, limit)


@asynccontextmanager
async def desk(size: tuple[int, int] = (120, 28)) -> AsyncIterator[User]:
    """Open the studio on both pieces, with the one on herons on the screen."""
    async with at_the_desk(size=size, store=SlowStore()) as user:
        await user.sees("On herons", "Revise ·")
        await user.waits(lambda: user.prompt.has_focus, "the start")
        yield user


def test_an_excerpt_that_is_cut_off_says_so() -> None:
    said = "One marsh and another marsh beside it."
    spans = ((4, 9), (22, 27))
    for width in range(16, 60):
        excerpt = "".join(text for text, _ in _excerpt(said, spans, width))
        assert cell_len(excerpt) < width
        assert excerpt.endswith(("…", "beside it."))


def test_a_long_title_leaves_room_for_the_place_of_its_hit() -> None:
    where = "first draft · turn 3 · v2"
    for title in ("Short", "How a piece got a title of which no end can be seen, 日本語"):
        head = _with_title(title, where, 50)
        assert head.startswith(title[:5])
        assert head.endswith(f" · {where}")
        assert cell_len(head) <= 50


def shown(user: User) -> tuple[str, int]:
    """Return the branch on the screen and the turn that is selected."""
    now = user.workspace
    assert now.content is not None
    assert now.branch is not None
    return now.content.branch(now.branch).name, now.chat_turn


def marked_words(user: User) -> list[str]:
    """Return what is marked on the screen, from the top."""
    found = user.chat._column.look.pane["found"]
    return [
        segment.text
        for strip in user.app.screen._compositor.render_strips()
        for segment in strip
        if segment.style
        and (segment.style.bgcolor, segment.style.color) == (found.bgcolor, found.color)
    ]


async def searches(user: User, *keys: str) -> None:
    """Open the search from the chat and type."""
    await user.commands("slash")
    await user.waits(lambda: isinstance(user.app.screen, SearchScreen), "the search")
    await user.presses(*keys)


async def test_a_hit_opens_its_branch_and_turn_with_the_words_marked_and_in_view() -> None:
    async with desk() as user:
        await searches(user, *"marsh", "space", *"leave")
        await user.sees("1 hit", "spicier · turn 2 · v3", "They leave the marsh.")
        await user.presses("enter")
        await user.waits(lambda: shown(user) == ("spicier", 2), "branch and turn")
        await user.waits(lambda: marked_words(user) == ["leave", "marsh"], "the marks")
        assert user.chat.has_focus
        await user.presses("escape")
        await user.waits(lambda: marked_words(user) == [], "no marks")
        assert user.chat.has_focus
        await user.presses("escape")
        await user.waits(lambda: user.workspace.focus is Pane.LIST, "the list")


async def test_the_key_in_the_empty_field_searches_all_pieces_and_tab_goes_back() -> None:
    async with desk() as user:
        await searches(user, "slash")
        await user.sees("Search all pieces", "tab This piece")
        await user.presses(*"marsh")
        await user.sees(
            "4 hits in 2 pieces", "On herons · spicier", "On cranes · first draft · turn 1 · v1"
        )
        await user.presses("tab")
        await user.sees("Search “On herons”", "3 hits")
        await user.presses("tab", *["down"] * 9, "enter")
        await user.sees("─ On cranes ─")
        await user.waits(lambda: marked_words(user) == ["marsh"], "the mark")


async def test_the_next_hit_is_reached_from_anywhere_and_round_the_end() -> None:
    async with desk() as user:
        await user.presses("f3")
        await user.sees("Nothing was searched yet. Press / to search this piece.")
        await searches(user, *"marsh", "enter")
        # A label and a prompt stand at one turn; accents and capitals do not matter.
        await user.waits(lambda: shown(user) == ("first draft", 2), "the label")
        await user.waits(lambda: marked_words(user) == ["marsh", "Märsh"], "both")
        await user.presses("r", *"typed", "f3")
        await user.sees("Hit 2 of 3: first draft · turn 2 · prompt.")
        await user.presses("f3")
        await user.waits(lambda: shown(user) == ("spicier", 2), "the draft")
        await user.presses("f3")
        await user.sees("Hit 1 of 3: first draft · turn 2 · label.")
        await user.presses("shift+f3")
        await user.sees("Hit 3 of 3: spicier · turn 2 · v3.")


async def test_a_hit_in_a_piece_with_a_long_title_is_told_in_a_short_notice() -> None:
    title = f"On cranes {'and the marshes in which they live ' * 4}in spring"
    async with desk() as user:
        cranes = next(one for one in user.store.contents.values() if one.title == "On cranes")
        await user.store.update(cranes.id, lambda now: replace(now, title=title))
        await searches(user, "slash", *"marsh", "enter")
        await user.waits(lambda: bool(user.workspace.found.words), "the hits")
        await user.presses("shift+f3")
        await user.waits(lambda: bool(user.app.board.notices), "the notice")
        said = user.app.board.notices[0].text
        assert said.startswith("Hit ")
        assert ": On cranes and" in said
        assert "…" in said
        assert len(said) < 100


async def test_a_send_and_another_piece_take_the_marks_away() -> None:
    async with desk() as user:
        await searches(user, *"wait", "enter")
        await user.waits(lambda: "wait" in marked_words(user), "the marks")
        await user.commands("A", *"cranes")
        await user.presses("escape")
        await user.tells_claude("more")
        await user.waits(lambda: marked_words(user) == [], "no marks")
        await user.presses("f3")
        await user.waits(lambda: "wait" in marked_words(user), "the marks again")
        await user.main._do.library.open(ContentId("cranes22"))
        await user.sees("─ On cranes ─")
        assert marked_words(user) == []


async def test_without_a_hit_a_sentence_says_so_and_escape_keeps_nothing_open() -> None:
    async with desk() as user:
        await searches(user, *"zebra")
        await user.sees("no hits", "Nothing in this piece says “zebra”.")
        await user.presses("enter")  # There is nowhere to go.
        assert isinstance(user.app.screen, SearchScreen)
        await user.presses("space", *"xyz", "tab")
        await user.sees("No text in the library has all of these words: “zebra xyz”.")
        await user.presses("escape")
        assert user.chat.has_focus
        await searches(user)
        await user.sees("All prompts, answers, drafts and labels are searched")
        await user.does_not_see("zebra")


async def test_typing_drops_the_search_before_and_enter_waits_for_the_last() -> None:
    async with desk() as user:
        store = user.store
        assert isinstance(store, SlowStore)
        await searches(user)
        store.may_answer.clear()
        await user.presses(*"lea")
        await user.waits(lambda: store.asked[-1] == ("lea",), "the first search")
        user.bursts(*"ve", "enter")
        await user.waits(lambda: store.asked[-1] == ("leave",), "the last search")
        await user.sees("searching…")
        assert ("lea",) in store.dropped
        store.may_answer.set()
        await user.waits(lambda: shown(user) == ("spicier", 2), "the hit")


async def test_a_library_that_cannot_be_searched_is_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refused(*_: object) -> Hits:
        raise LibraryProblem("The library cannot be reached: check its disk.")

    async with desk() as user:
        monkeypatch.setattr(user.store, "search", refused)
        await searches(user, *"marsh")
        await user.sees("The library cannot be reached: check its disk.")


async def test_hits_are_clicked_paged_and_fit_a_small_screen() -> None:
    async with desk(size=(40, 12)) as user:
        await searches(user, *"marsh")
        await user.sees("spicier · turn 2 · v3", "the marsh")
        hits = user.app.screen.query_one(HitList)
        await user.presses("pagedown", "pagedown", "pageup", "down", "down", "up")
        assert hits.cursor == 1
        await user.presses("up")
        await user.pilot.click(HitList, offset=(3, 2), times=2)
        await user.waits(lambda: user.workspace.found.place == 1, "the second hit")
        assert user.main.query_one(ChatPane).has_focus
