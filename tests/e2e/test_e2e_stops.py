"""Stopping at the real desk, at every moment of a turn: soon over, kept, and never told twice.

How soon is measured by `bench_soak`.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.faults import Fault
from tests.support.marks import MarkedWriter
from tests.support.real_desk import World, Writer, at_the_real_desk, isolated_world
from tui.demo.server import DemoServer
from tui.domain.content import TurnState

STOPPED = "Make it bolder, slowly. [[demo:slow]]"
BUSY = ("Stopping…", "Claude is writing")
"""What the prompt's title says while it is not usable."""


@dataclass(frozen=True)
class Moment:
    """When Escape is pressed in a turn."""

    name: str
    fault: Fault | None
    until: Callable[[Writer], Awaitable[object]] | None
    """Waits for the moment; None: with the very next key after Enter."""
    has_text: bool = False


async def _once_hanging(writer: Writer) -> None:
    await writer.meets(Fault.hang())


async def _once_written(writer: Writer) -> None:
    await writer.waits(lambda: writer.arrived > 40, "some text")


async def _once_waiting(writer: Writer) -> None:
    await writer.reads("attempt 1 of 1 in")


MOMENTS = (
    Moment("right after sending the first prompt", None, None),
    Moment("right after sending", None, None),
    Moment("before the first token", Fault.hang(), _once_hanging),
    Moment("in mid-text", None, _once_written, has_text=True),
    Moment("in a retry wait", Fault.rate_limit(retry_after=30), _once_waiting),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One API and one isolated Claude Code."""
    folder = tmp_path_factory.mktemp("claude")
    with (
        DemoServer(writer=MarkedWriter(), words_per_second=0) as server,
        isolated_world(folder, server) as world,
    ):
        yield world


async def test_a_stop_at_the_desk(world: World, tmp_path: Path) -> None:
    """Every moment on one branch: each stop finds what the ones before it left."""
    library = tmp_path / "library"
    async with at_the_real_desk(world, library) as writer:
        await writer.begins("Lamps")
        for moment in MOMENTS:
            print(f"the moment is: {moment.name}")  # noqa: T201 (said when it fails)
            await _stop(world, writer, moment)
            await _check_end(world, writer, moment)
            await _goes_on(world, writer, f"Make it shorter, once stopped {moment.name}.")
    async with at_the_real_desk(world, library) as writer:
        await _goes_on(world, writer, "Add a title.")


async def _stop(world: World, writer: Writer, moment: Moment) -> None:
    """Send a prompt, press Escape at the moment, and wait for a usable prompt."""
    world.server.faults.clear()
    if moment.fault is not None:
        world.server.faults.add(moment.fault)
    if moment.until is None:
        turns = writer.turns
        await writer.types(STOPPED)
        writer.bursts("enter", "escape")
        await writer.waits(lambda: writer.turns > turns, "the turn to begin")
    else:
        await writer.asks(STOPPED)
        await moment.until(writer)
        writer.bursts("escape")
    await writer.waits(
        lambda: not any(word in writer.prompt_title for word in BUSY), "a usable prompt"
    )
    world.server.faults.clear()


async def _check_end(world: World, writer: Writer, moment: Moment) -> None:
    await writer.finishes()
    turn = await writer.last_turn()
    assert turn.state is TurnState.STOPPED, turn.failure
    assert turn.prompt == STOPPED
    assert bool(turn.reply) is moment.has_text
    if moment.has_text:
        assert world.asked[-1].reply.startswith(turn.reply)
        assert not world.asked[-1].finished
        await writer.reads("Stopped: what had arrived is kept.")
    else:
        await writer.reads("Stopped: nothing had arrived yet.")


async def _goes_on(world: World, writer: Writer, prompt: str) -> None:
    await writer.asks(prompt)
    await writer.finishes()
    content = await writer.content()
    turns = content.branches[0].turns
    assert turns[-1].state is TurnState.FINISHED, turns[-1].failure
    assert turns[-1].reply == world.asked[-1].reply
    assert turns[-1].version is not None
    # Of what was stopped only that is told which Claude had begun to answer.
    said = "\n".join(world.asked[-1].prompts)
    begun = [turn for turn in turns if turn.state is TurnState.STOPPED and turn.reply]
    assert said.count(STOPPED) == len(begun), said
    assert said.count(prompt) == 1
