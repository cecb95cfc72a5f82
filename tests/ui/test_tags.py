"""Tags at the screen: # sets them, the list and the frame show them, the search finds them."""

from dataclasses import replace
from datetime import timedelta

from tests.store.samples import sample
from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore
from tui.widgets.contents import ContentList

SECOND = sample("second22", "Second")
FIRST = replace(
    sample("first222", "First"), updated_at=SECOND.updated_at + timedelta(1), tags=("ops",)
)


def desk() -> MemoryStore:
    return MemoryStore([FIRST, SECOND])


async def in_the_list(user: User) -> None:
    await user.waits(lambda: user.prompt.has_focus, "the start")
    await user.presses("escape", "escape")
    await user.waits(lambda: user.main.query_one(ContentList).has_focus, "the list")


async def test_tags_are_added_to_those_there_are_shown_and_taken_back() -> None:
    async with at_the_desk(store=(store := desk())) as user:
        await in_the_list(user)
        await user.presses("number_sign")
        await user.sees("Tags of this piece", "ops")
        await user.types("#Weekly, OPS")
        await user.presses("enter")
        await user.sees("“First” has the tags #ops #Weekly now. Press u to undo.")
        assert store.contents[FIRST.id].tags == ("ops", "Weekly")
        await user.sees("#ops #Weekly ✎", "no draft yet · #ops #Weekly")
        await user.presses("u")
        await user.sees("“First” has the tag #ops again. Press U to do it again.")
        assert store.contents[FIRST.id].tags == ("ops",)
        await user.does_not_see("#ops #Weekly ✎")


async def test_a_bad_tag_is_named_in_the_dialog_and_what_was_typed_stays() -> None:
    async with at_the_desk(store=(store := desk())) as user:
        await in_the_list(user)
        await user.presses("j", "number_sign")
        await user.sees("Tags of this piece")
        await user.types("good b@d")
        await user.presses("enter")
        await user.sees("“b@d” is no tag", "good b@d")
        await user.presses(*["backspace"] * 4, "enter")
        await user.sees("“Second” has the tag #good now.")
        assert store.contents[SECOND.id].tags == ("good",)


async def test_escape_and_the_same_tags_change_nothing() -> None:
    async with at_the_desk(store=(store := desk())) as user:
        await in_the_list(user)
        for last in ("escape", "enter"):
            await user.presses("number_sign")
            await user.sees("Tags of this piece")
            if last == "escape":
                await user.types("other")
            await user.presses(last)
            await user.does_not_see("Tags of this piece")
            assert "“First” has the tag" not in user.screen
        assert store.contents[FIRST.id] == FIRST
        assert store.contents[FIRST.id].undo == ()


async def test_an_emptied_line_takes_all_tags_away() -> None:
    async with at_the_desk(store=(store := desk())) as user:
        await in_the_list(user)
        await user.presses("number_sign")
        await user.sees("Tags of this piece")
        await user.presses("ctrl+u", "enter")
        await user.sees("“First” has no tags now. Press u to undo.")
        assert store.contents[FIRST.id].tags == ()


async def test_the_search_of_the_list_finds_tags_by_their_beginning() -> None:
    async with at_the_desk(store=desk()) as user:
        await in_the_list(user)
        await user.presses("slash")
        await user.types("#o")
        await user.waits(lambda: user.workspace.order == (FIRST.id,), "the piece with the tag")
        await user.types(" second")
        await user.sees("No match for “#o second”.")
