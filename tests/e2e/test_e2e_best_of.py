"""Best of three, end to end: real screen, SDK and bundled CLI; one fails, one is stopped."""

from pathlib import Path
from typing import Any

from tests.support.faults import Fault
from tests.support.real_desk import at_the_real_desk, isolated_world
from tui.demo.server import DemoServer
from tui.screens.best_of import BestOfScreen
from tui.studio.best_of import BestOf, EntryState


async def test_best_of_three_with_one_that_fails_and_one_that_is_stopped(
    tmp_path: Path, demo_api: DemoServer
) -> None:
    with isolated_world(tmp_path / "claude-world", demo_api) as world:
        async with at_the_real_desk(world, tmp_path / "library", size=(120, 30)) as writer:
            await writer.begins("Lamps", "Write about lamps.")
            await writer.waits(lambda: writer.turns == 1 and writer.is_idle, "the first draft")
            text = (await writer.content()).versions[0].text
            demo_api.faults.add(Fault.silence(seconds=1.0), after_words=5)  # The first: is late.
            demo_api.faults.add(Fault.forbidden())
            demo_api.faults.add(Fault.silence(), after_words=5)
            before = len(world.asked)
            await writer.commands("B")
            await writer.sees("Best of N after turn 1")
            await writer.types("make it shorter")
            await writer.presses("ctrl+s")
            await writer.waits(lambda: isinstance(writer.app.screen, BestOfScreen), "the columns")
            screen: Any = writer.app.screen
            best: BestOf = screen._best
            await writer.reads("The API does not allow this with your")

            def silent() -> list[int]:
                return [
                    number
                    for number, entry in enumerate(best.entries)
                    if number and entry.state is EntryState.WRITING and best.reply(number).text
                ]

            await writer.waits(lambda: len(silent()) == 1, "the one that falls silent")
            (stopped,) = silent()
            while screen._number != stopped:
                await writer.presses("tab")
            await writer.presses("s")
            await writer.reads("Stopped.", "all are over")
            while screen._number != 0:
                await writer.presses("tab")
            await writer.presses("enter")
            await writer.reads("“best of 3 · take 1”: v2")
            await writer.answers("b")
            await writer.waits(lambda: writer.app.screen is writer.main, "the main screen")
            await writer.waits(lambda: writer.prompt.has_focus, "the prompt")
            content = await writer.content()

            main, *forks = content.branches
            assert [fork.name for fork in forks] == [f"best of 3 · take {n}" for n in (1, 2, 3)]
            states = [fork.turns[0].state.value for fork in forks]
            assert states[0] == "finished"
            assert sorted(states[1:]) == ["failed", "stopped"]
            assert (content.main, forks[0].turns[0].version) == (forks[0].id, 2)
            assert [fork.is_archived for fork in content.branches] == [False, False, True, True]
            assert content.versions[1].text != text == content.draft(main.id).text  # type: ignore[union-attr]
            asked = world.asked[before:]
            assert len(asked) == 3
            assert "Take 1 of 3" in asked[0].prompts[-1]
            assert {request.prompts[-1].partition("\n")[0] for request in asked} == {
                "make it shorter"
            }
            assert [len(request.replies) for request in asked] == [1, 1, 1]
            # A second prompt on the picked branch is ordinary.
            await writer.types("add an ending")
            await writer.presses("enter")
            await writer.waits(lambda: len(world.asked) == before + 4, "the next prompt")
            await writer.waits(lambda: writer.is_idle, "the answer")
            content = await writer.content()
            assert content.branch(forks[0].id).turns[1].version == 3
            assert len(world.asked[-1].replies) == 2
