"""Every fault of the API has its row, and Escape under each kind gives a usable prompt.

One writer meets a fault of every kind on one branch, each stopped before its turn is over; so
every request shows what was kept of the stops before it. Faults of one kind differ only in their
words, which `test_e2e_faults` reads.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_e2e_faults import TABLE
from tests.support.faults import Fault, named_faults
from tests.support.real_desk import World, Writer, at_the_real_desk, isolated_world
from tui.demo.faults import Shape
from tui.demo.server import DemoServer
from tui.domain.content import TurnState

BUSY = ("Stopping…", "Claude is writing")
"""What the prompt's title says while it is not usable."""
TRIED_AGAIN = {401, 429, 500, 529}
"""The statuses after which the CLI tries again, so that there is a turn to stop."""
MADE_FROM_ARGUMENTS = {"http"}


def test_every_fault_has_a_row_and_a_name() -> None:
    makers = {name for name, value in vars(Fault).items() if isinstance(value, classmethod)}
    played = {fault.name for part in TABLE for row in part.rows for fault, _ in row.faults}
    assert played == makers - MADE_FROM_ARGUMENTS
    assert set(named_faults()) == makers - MADE_FROM_ARGUMENTS


def test_every_fault_that_is_seen_says_so() -> None:
    rows = [row for part in TABLE for row in part.rows]
    # A broken line in a stream costs nothing: the answer is whole without it.
    assert {row.name for row in rows if not row.says} == {Fault.malformed().name}
    assert all(row.fails_with for row in rows if row.ends is TurnState.FAILED)


def of_each_kind() -> list[Fault]:
    """Return one fault of every shape, and of statuses one that is tried again and one not."""
    faults = [maker() for maker in named_faults().values()]
    return list({(one.shape, one.status in TRIED_AGAIN): one for one in faults}.values())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One API and one isolated Claude Code, which tries again until it is stopped."""
    folder = tmp_path_factory.mktemp("claude")
    with (
        DemoServer(words_per_second=0) as server,
        isolated_world(folder, server, retries=8) as world,
    ):
        yield world


async def test_escape_under_every_kind_of_fault(world: World, tmp_path: Path) -> None:
    async with at_the_real_desk(world, tmp_path / "library") as writer:
        await writer.begins("Lamps")
        for fault in of_each_kind():
            print(f"the fault is: {fault.name}")  # noqa: T201 (said when it fails)
            await _escapes(world, writer, fault)
            await _check_end(writer, fault)
            await _check_told(world, writer)
        world.server.faults.clear()
        await writer.asks("Write about lamps.")
        await writer.finishes()
        assert (await writer.last_turn()).state is TurnState.FINISHED
        await _check_told(world, writer)


async def _escapes(world: World, writer: Writer, fault: Fault) -> None:
    """Ask, press Escape once a request has met the fault, and wait for a usable prompt."""
    world.server.faults.clear()
    world.server.faults.add(fault, None, after_words=8)
    if fault.shape is Shape.ERROR_EVENT:
        world.server.faults.add(Fault.hang(), None)  # Else the whole answer comes at once.
    await writer.asks(f"Make it bolder. Under {fault.name}.")
    await writer.meets(fault)
    if fault.needs_stream:
        # What had arrived is gone again once it is tried again.
        await writer.waits(lambda: writer.arrived > 0 or "attempt" in writer.words, "its words")
    writer.bursts("escape")
    await writer.waits(
        lambda: not any(word in writer.prompt_title for word in BUSY), "a usable prompt"
    )


async def _check_end(writer: Writer, fault: Fault) -> None:
    await writer.finishes()
    turn = await writer.last_turn()
    if fault.shape is Shape.MALFORMED:
        assert turn.state in {TurnState.STOPPED, TurnState.FINISHED}, turn
    else:  # What is refused at once may have failed before the key came.
        assert turn.state in {TurnState.STOPPED, TurnState.FAILED}, turn
        assert turn.version is None


async def _check_told(world: World, writer: Writer) -> None:
    """The last request tells every earlier prompt that Claude remembers, once and in order."""
    turns = (await writer.content()).branches[0].turns
    told = [turn.prompt for turn in turns[:-1] if turn.anchor is not None] + [turns[-1].prompt]
    said = "\n".join(world.asked[-1].prompts)
    assert [said.count(prompt) for prompt in told] == [1] * len(told), said
    assert said.count("Make it bolder. Under") == sum("Under" in prompt for prompt in told)
    assert sorted(told, key=said.index) == told
