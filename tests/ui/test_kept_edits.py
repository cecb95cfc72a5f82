"""An edit that was kept, taken up again by the next editor of the draft."""

from dataclasses import replace

from tests.support.driver import at_the_desk
from tests.support.fakes import MemoryStore, Script


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
