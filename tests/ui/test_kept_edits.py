"""An edit that was kept, taken up again by the next editor of the draft."""

from dataclasses import replace

from tests.support.driver import at_the_desk
from tests.support.fakes import MemoryStore, Script
from tui.domain.passage import Span
from tui.screens.draft_area import DraftArea
from tui.screens.editor import EditorScreen


async def test_a_kept_edit_of_a_version_that_is_not_there_is_taken_up_all_the_same() -> None:
    script = Script("<draft>\nOne two.\n</draft>\n")
    async with at_the_desk(script, store=MemoryStore(), size=(100, 30)) as user:
        await user.begins("On waiting")
        await user.tells_claude("write")
        await user.sees("v1 ·")
        await user.waits(lambda: not user.workspace.writing, "the end of the turn")
        now, branch = user.workspace, user.workspace.branch
        assert branch is not None
        place = replace(now.place, edits={branch: "Kept."}, edited={branch: 0})
        user.main._state.put(replace(now, place=place))
        await user.commands("e")
        await user.sees("Your unsaved edit is back.", "Kept.")


async def test_locks_and_a_wish_that_nobody_saved_are_there_after_a_kill() -> None:
    script, store = Script("<draft>\nOne two three.\n</draft>\n"), MemoryStore()
    async with at_the_desk(script, store=store, size=(100, 30)) as user:
        await user.begins("On waiting")
        await user.tells_claude("write")
        await user.sees("v1 ·")
        await user.waits(lambda: not user.workspace.writing, "the end of the turn")
        await user.commands("e")
        await user.waits(lambda: isinstance(user.app.screen, EditorScreen), "the editor")
        user.app.screen.query_one(DraftArea).select(4, 7)

        def kept() -> tuple[list[str], list[tuple[Span, ...]]]:
            place = user.workspace.place
            return [*place.edits.values()], [*place.locked.values()]

        await user.presses("ctrl+l", "ctrl+home", *"So. ")
        assert kept() == (["So. One two three."], [(Span(8, 11),)])
        await user.presses("ctrl+z")
        assert kept() == ([], [(Span(4, 7),)])
        await user.presses("ctrl+z")
        assert kept() == ([], [])
        await user.presses("ctrl+y")
        await user.waits(lambda: store.kept_place.locked == user.workspace.place.locked, "a save")
        left = killed(store)
    async with at_the_desk(store=left, size=(100, 30)) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("e")
        await user.sees("Your unsaved edit is back.")
        area = user.app.screen.query_one(DraftArea)
        assert area.draft_locks == (Span(4, 7),)
        # The box saves the locks before Claude is asked, and a second kill leaves the wish.
        await user.presses("ctrl+r", *"shorter")
        await user.waits(lambda: [*left.kept_place.wishes.values()] == ["shorter"], "a save")
        assert kept() == ([], [])
        left = killed(left)
    async with at_the_desk(
        Script("<draft>\nThree.\n</draft>\n"), store=left, size=(100, 30)
    ) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("e")
        await user.waits(lambda: isinstance(user.app.screen, EditorScreen), "the editor")
        assert user.app.screen.query_one(DraftArea).draft_locks == (Span(4, 7),)
        await user.presses("ctrl+r", "enter")
        await user.sees("Redraft put them back: “two”.")
        assert user.agent.prompts[-1][1].endswith("shorter")
        assert not user.workspace.place.wishes


def killed(store: MemoryStore) -> MemoryStore:
    """Return the library as a program that is killed now leaves it."""
    left = MemoryStore([*store.contents.values()])
    left.kept_place = store.kept_place
    return left


async def test_an_edit_that_was_discarded_is_brought_back_until_something_else_is_done() -> None:
    script = Script("<draft>\nOne two.\n</draft>\n")
    async with at_the_desk(script, store=MemoryStore(), size=(100, 30)) as user:
        await user.begins("On waiting")
        await user.tells_claude("write")
        await user.sees("v1 ·")
        await user.waits(lambda: not user.workspace.writing, "the end of the turn")

        async def edits_and_discards(typed: str) -> None:
            await user.commands("e")
            await user.waits(lambda: isinstance(user.app.screen, EditorScreen), "the editor")
            area = user.app.screen.query_one(DraftArea)
            area.select(0, 3)
            await user.presses(*typed, "escape")
            await user.sees("Save the changes?")
            await user.answers("d")
            await user.sees("The edit is discarded. Press u to have it back.")
            assert not user.workspace.place.edits

        await edits_and_discards("Ten")
        await user.waits(lambda: "unsaved edit" not in user.screen, "the heading without it")
        await user.commands("u")
        await user.sees("Your edit of “On waiting” is back, not yet saved. Press e to go on.")
        await user.sees("★ · v1 · unsaved edit ·")
        await user.commands("e")
        await user.sees("Your unsaved edit is back.", "Ten two.")
        assert user.app.screen.query_one(DraftArea).draft == "Ten two."
        await user.presses("ctrl+s")
        await user.sees("Saved v2, by you.")
        await edits_and_discards("Six")
        await user.commands("N")
        await user.sees("Name of this branch")
        await user.types("er")
        await user.presses("enter")
        await user.sees("” now. Press u to undo.")
        await user.commands("u")
        await user.sees("” again. Press U to do it again.")
        assert not user.workspace.place.edits
        await user.commands("u")
        await user.sees("Your edit of “On waiting” is back")
        assert [*user.workspace.place.edits.values()] == ["Six two."]
        await user.commands("u")
        await user.sees("v1 is the draft again")


async def test_locks_that_are_saved_are_no_discarded_edit() -> None:
    script, store = Script("<draft>\nOne two.\n</draft>\n"), MemoryStore()
    async with at_the_desk(script, store=store, size=(100, 30)) as user:
        await user.begins("On waiting")
        await user.tells_claude("write")
        await user.sees("v1 ·")
        await user.waits(lambda: not user.workspace.writing, "the end of the turn")
        await user.commands("e")
        await user.waits(lambda: isinstance(user.app.screen, EditorScreen), "the editor")
        user.app.screen.query_one(DraftArea).select(0, 3)
        await user.presses("ctrl+l")
        await user.waits(lambda: bool(user.workspace.place.locked), "the lock kept aside")
        await user.presses("ctrl+s")

        def locks() -> tuple[Span, ...]:
            content = user.workspace.content
            assert content is not None
            return content.versions[0].locks

        await user.waits(lambda: locks() == (Span(0, 3),), "the lock in the version")
        assert not user.workspace.place.locked
        assert not [one for one in user.app.board.notices if "discarded" in one.text]
