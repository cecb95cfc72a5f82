"""Moving through the list while pieces are slow to read: the row under the cursor is meant."""

import asyncio
from dataclasses import replace

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore
from tests.ui.screens_host import AT, a_content
from tui.domain.content import Content
from tui.domain.ids import BranchId, ContentId
from tui.domain.status import Status
from tui.widgets.contents import ContentList

NAMES = ("one", "two", "three")


class SlowStore(MemoryStore):
    """A library on a slow disk: some pieces are read only when they are let go."""

    def __init__(self) -> None:
        super().__init__([piece(name) for name in NAMES])
        self.gates: dict[str, asyncio.Event] = {}
        self.read: list[str] = []

    async def load(self, content_id: ContentId) -> Content:
        content = await super().load(content_id)
        if content.title in self.gates:
            await self.gates[content.title].wait()
        self.read.append(content.title)
        return content

    def hold(self, *names: str) -> None:
        self.gates |= {name: asyncio.Event() for name in names}

    @property
    def archived(self) -> list[str]:
        return [one.title for one in self.contents.values() if one.status is Status.ARCHIVED]


def piece(name: str) -> Content:
    branch = BranchId(f"branch-{name}")
    content = a_content("# One\n\nText.", title=name)
    (version,) = content.versions
    return replace(
        content,
        id=ContentId(name),
        main=branch,
        branches=(replace(content.branches[0], id=branch),),
        versions=(replace(version, branch=branch),),
        updated_at=AT.replace(hour=12 - NAMES.index(name)),
    )


async def in_the_list(user: User) -> ContentList:
    await user.waits(lambda: user.prompt.has_focus, "the start")
    await user.presses("escape", "escape")
    pieces = user.main.query_one(ContentList)
    await user.waits(lambda: pieces.has_focus, "the list")
    return pieces


async def test_a_command_right_after_a_move_waits_for_the_piece_under_the_cursor() -> None:
    store = SlowStore()
    async with at_the_desk(store=store) as user:
        await in_the_list(user)
        store.hold("two")
        await user.presses("j")
        user.bursts("x", "r", *"more")
        await user.pilot.pause(0.1)
        assert store.archived == []
        store.gates["two"].set()
        await user.sees("“two” is in the archive")
        await user.waits(lambda: user.prompt.text == "more", "the text behind the command")
        assert user.workspace.content is not None
        assert user.workspace.content.title == "two"
        assert store.archived == ["two"]


async def test_a_command_that_only_the_next_piece_allows_is_not_refused() -> None:
    store = SlowStore()
    store.contents[ContentId("two")] = replace(piece("two"), status=Status.REVIEW)
    async with at_the_desk(store=store) as user:
        await in_the_list(user)
        store.hold("two")
        await user.presses("j")
        user.bursts("o")
        await user.pilot.pause(0.1)
        store.gates["two"].set()
        await user.sees("“two” is a draft again")


async def test_escape_in_the_list_leaves_the_filter_first_and_the_list_after_that() -> None:
    async with at_the_desk(store=SlowStore(), size=(70, 24)) as user:
        await in_the_list(user)
        await user.presses("F", "F")
        await user.sees("Contents · review")
        await user.presses("escape")
        await user.sees("one", "two", "three")
        await user.does_not_see("Contents · review")
        assert user.main.query_one(ContentList).has_focus
        await user.presses("escape")
        await user.waits(lambda: not user.main.query_one(ContentList).has_focus, "the list left")


async def test_a_piece_read_late_is_not_shown_when_the_cursor_has_moved_on() -> None:
    store = SlowStore()
    async with at_the_desk(store=store) as user:
        pieces = await in_the_list(user)
        store.hold("two")
        shown: list[str] = []
        user.main.watch(user.main, "view", lambda view: shown.append(view.titles.piece), init=False)
        await user.presses("j", "j")
        assert pieces.cursor == 2
        store.gates["two"].set()
        await user.waits(lambda: "two" in store.read, "the piece that is not wanted any more")
        await user.sees("─ three ─")
        await user.presses()
        assert pieces.cursor == 2
        assert "two" not in shown, "not even for a moment"


async def test_the_search_says_what_its_keys_do_and_starts_empty_each_time() -> None:
    async with at_the_desk(store=SlowStore()) as user:
        pieces = await in_the_list(user)
        await user.presses("slash", *"xyz")
        await user.sees("No match for “xyz”", "enter To the list", "esc Close")
        assert "n New" not in user.screen
        await user.presses("escape", "slash")
        await user.does_not_see("xyz")
        assert user.workspace.search == ""
        await user.presses(*"tw", "down")
        await user.waits(lambda: pieces.has_focus, "the list")
        await user.sees("─ two ─")


async def test_without_a_match_the_prompt_of_the_piece_on_screen_is_still_reached() -> None:
    async with at_the_desk(store=SlowStore()) as user:
        await in_the_list(user)
        await user.presses("slash", *"xyz", "enter", "r", *"not a command")
        await user.waits(lambda: user.prompt.text == "not a command", "the sentence")


async def test_a_piece_that_the_palette_opens_has_the_focus_in_its_prompt() -> None:
    async with at_the_desk(store=SlowStore()) as user:
        await in_the_list(user)
        await user.presses("ctrl+p", *"three")
        await user.sees("Piece ·")
        user.bursts("enter", *"delete")
        await user.sees("─ three ─")
        await user.waits(lambda: user.prompt.text == "delete", "the text in the prompt")
