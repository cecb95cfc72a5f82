"""Every fault of the API at the real desk: what the screen says, how the turn ends, what follows.

The program is whole: screen, studio, library, SDK and the bundled CLI. Only the API is a loopback
server, and only the limits are short. One row of the table is one fault.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.faults import Fault
from tests.support.real_desk import World, Writer, at_the_real_desk, isolated_world
from tui.agent.turn import Timeouts
from tui.demo.server import DemoServer
from tui.domain.content import TurnState

FINISHED, FAILED = TurnState.FINISHED, TurnState.FAILED
FIRST = "Write about lamps."
SYNTHETIC = re.compile(r"API Error|Invalid API key|/login|Please run|No response requested")
"""Words of the texts that the CLI writes in Claude's name."""


@dataclass(frozen=True)
class Row:
    """One fault, and all that must come of it."""

    name: str
    faults: tuple[tuple[Fault, int | None], ...]
    """What the requests of one turn meet, and how often (None: always)."""
    says: tuple[str, ...]
    """Words that are all on the screen at one moment, before the turn ends."""
    ends: TurnState
    fails_with: str = ""
    """Words on the screen once it has failed."""
    is_first: bool = False
    """Whether it strikes the first turn of all, which has nothing to be resumed at."""
    keeps_part: bool = False
    """Whether a failed turn keeps what had arrived."""

    @property
    def prompt(self) -> str:
        """What is asked for when it strikes."""
        return FIRST if self.is_first else f"Make it bolder, whatever comes: {self.name}."


@dataclass(frozen=True)
class Part:
    """Some rows that one writer meets one after the other, at one desk, on one branch."""

    name: str
    rows: tuple[Row, ...]
    restarts: bool = False
    """Whether the program is started again before the turn after the last row."""
    options: dict[str, Any] = field(default_factory=dict)
    """For the agent."""


def at_once(fault: Fault, words: str, **more: Any) -> Row:
    """Return the row of a fault that is not tried again."""
    return Row(fault.name, ((fault, None),), (words,), FAILED, fails_with=words, **more)


def retried(fault: Fault, words: str, **more: Any) -> Row:
    """Return the row of a fault that is tried again once, in vain."""
    says = (words, "attempt 1 of 1 in", "esc stops")
    return Row(fault.name, ((fault, None),), says, FAILED, fails_with=words, **more)


BROKE_OFF = "connection to the API could not be made or broke off"
WHOLE = "Fetching it whole…"

TABLE = (
    Part(
        "refused at once",
        (
            at_once(Fault.credit(), "The account has no credit left", is_first=True),
            at_once(Fault.bad_request(), "The API refused the request (400)"),
            at_once(Fault.prompt_too_long(), "The conversation is too long for the model"),
            at_once(Fault.forbidden(), "The API does not allow this with your key"),
            at_once(Fault.not_found(), "The API does not know the model (404)"),
            at_once(Fault.too_large(), "The request is too large for the API (413)"),
            at_once(Fault.html(), "Is there a proxy"),
        ),
        restarts=True,
    ),
    Part(
        "tried again in vain",
        (
            retried(Fault.unauthorized(), "API refused the key or login (401)", is_first=True),
            retried(Fault.rate_limit(retry_after=1), "API's rate limit is reached (429)"),
            retried(Fault.server_error(), "API has an internal error (500)"),
            retried(Fault.overloaded(), "API is overloaded (529)"),
            Row(
                "refused",
                (),
                (BROKE_OFF, "attempt 1 of 1 in", "esc stops"),
                FAILED,
                fails_with="The API refuses connections",
            ),
        ),
        restarts=True,
    ),
    Part(
        "broken streams",
        (
            Row(
                "cut always",
                ((Fault.cut(), None),),
                (BROKE_OFF, "attempt 1 of 1 in", "esc stops"),
                FINISHED,
                is_first=True,
            ),
            Row(
                "cut once",
                ((Fault.cut(), 1),),
                (BROKE_OFF, "attempt 1 of 1 in", "esc stops"),
                FINISHED,
            ),
            Row(
                "no message_stop",
                ((Fault.no_stop(), 1),),
                (BROKE_OFF, "attempt 1 of 1 in", "esc stops"),
                FINISHED,
            ),
            Row("malformed", ((Fault.malformed(), 1),), (), FINISHED),
            Row(
                "error event, then overloaded",
                ((Fault.error_event(), 1), (Fault.overloaded(), None)),
                ("The API is overloaded (529)",),
                FAILED,
                fails_with="The API is overloaded (529)",
                keeps_part=True,
            ),
            Row(
                "error event",
                ((Fault.error_event(), 1), (Fault.hang(seconds=1.0), 1)),
                (WHOLE,),
                FINISHED,
            ),
        ),
        restarts=True,
    ),
    Part(
        "silence",
        (
            Row(
                "hang, first",
                ((Fault.hang(), None),),
                ("Claude has the prompt…", " s · esc stops"),
                FAILED,
                fails_with="nothing came for 3 seconds",
                is_first=True,
            ),
            Row(
                "hang",
                ((Fault.hang(), None),),
                ("Claude has the prompt…", " s · esc stops"),
                FAILED,
                fails_with="nothing came for 3 seconds",
            ),
            Row(
                "silence always",
                ((Fault.silence(), None), (Fault.hang(), None)),
                ("Claude is writing…", " s · esc stops"),
                FAILED,
                fails_with="nothing came for 3 seconds",
                keeps_part=True,
            ),
            Row(
                "error event, then a hang",
                ((Fault.error_event(), 1), (Fault.hang(), None)),
                (WHOLE,),
                FAILED,
                fails_with="nothing came for 4 seconds",
                keeps_part=True,
            ),
        ),
        restarts=True,
        options={"timeouts": Timeouts(silence=3.0, whole=4.0)},
    ),
    Part(
        "silence that the CLI ends",
        (
            Row(
                "hang",
                ((Fault.hang(), None),),
                (BROKE_OFF, "attempt 1 of 1 in", "esc stops"),
                FAILED,
                fails_with="The API did not answer in time",
                is_first=True,
            ),
        ),
        options={"environment": {"API_TIMEOUT_MS": "2500"}},
    ),
    Part(
        "silence that the CLI mends",
        (
            Row(
                "silence",
                ((Fault.silence(), None), (Fault.hang(seconds=2.0), 1)),
                ("Claude is writing…", " s · esc stops"),
                FINISHED,
            ),
        ),
        # The CLI takes nothing shorter than ten seconds for silence.
        options={"silence_limit": 1, "timeouts": Timeouts(silence=11.5, whole=6.0)},
    ),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One API on one port, also after a pause, and one isolated Claude Code."""
    probe = DemoServer()
    port = int(probe.start().rsplit(":", 1)[1])
    probe.stop()
    folder = tmp_path_factory.mktemp("claude")
    with (
        DemoServer(port=port, words_per_second=0) as server,
        isolated_world(folder, server) as world,
    ):
        yield world


@pytest.mark.parametrize("part", TABLE, ids=lambda part: part.name)
async def test_faults_at_the_desk(world: World, tmp_path: Path, part: Part) -> None:
    world.server.faults.clear()
    library = tmp_path / "library"
    async with at_the_real_desk(world, library, **part.options) as writer:
        await writer.begins("Lamps")
        if not part.rows[0].is_first:
            await writer.asks(FIRST)
            await writer.finishes()
        for row in part.rows:
            print(f"the row is: {row.name}")  # noqa: T201 (said when it fails)
            versions = len((await writer.content()).versions)
            await _strike(world, writer, row)
            await _check_end(world, writer, row, versions)
            if _goes_on_after(row, part):
                await _go_on(world, writer, row)
    if part.restarts:
        async with at_the_real_desk(world, library) as writer:
            await _go_on(world, writer, part.rows[-1])


def _goes_on_after(row: Row, part: Part) -> bool:
    """Whether the next turn goes well: else the next fault comes, or the program starts anew.

    A request that was refused leaves nothing behind: after several of them one turn shows all
    that a turn after each would. What had begun to be answered is gone on from each time, and the
    first fault, so that Claude has something to remember when the others come.
    """
    if row is part.rows[-1]:
        return not part.restarts
    return row.is_first or row.ends is FINISHED or row.keeps_part


async def _strike(world: World, writer: Writer, row: Row) -> None:
    for fault, times in row.faults:
        world.server.faults.add(fault, times, after_words=8)
    if not row.faults:
        world.server.stop()
    await writer.asks(row.prompt)
    if row.faults:
        await writer.meets(row.faults[0][0])
    await writer.reads(*row.says)
    await writer.finishes()
    world.server.faults.clear()
    if not row.faults:
        world.server.start()


async def _check_end(world: World, writer: Writer, row: Row, versions: int) -> None:
    content = await writer.content()
    turn = content.branches[0].turns[-1]
    assert turn.state is row.ends, turn.failure
    assert turn.prompt == row.prompt
    texts = [turn.reply, *(version.text for version in content.versions)]
    assert not any(SYNTHETIC.search(text) for text in [*texts, writer.words])
    if row.ends is FINISHED:
        assert turn.reply == world.asked[-1].reply
        assert len(content.versions) == versions + 1
        assert turn.failure == ""
        return
    await writer.reads(row.fails_with, "Press ctrl+r to ask again.")
    assert row.fails_with in turn.failure
    assert len(content.versions) == versions
    assert turn.version is None
    assert bool(turn.reply) is row.keeps_part
    assert not turn.reply or world.asked[-1].reply.startswith(turn.reply)


async def _go_on(world: World, writer: Writer, row: Row) -> None:
    before = await writer.content()
    if row.ends is FAILED:
        await writer.asks_again()
    else:
        await writer.asks("Make it shorter.")
    await writer.finishes()
    content = await writer.content()
    turns = content.branches[0].turns
    assert turns[-1].state is FINISHED, turns[-1].failure
    assert turns[-1].reply == world.asked[-1].reply
    assert len(content.versions) == len(before.versions) + 1
    assert turns[-1].version is not None
    # What failed is not in what Claude remembers; what went well is, each once and in order.
    told = [turn.prompt for turn in turns if turn.state is FINISHED]
    assert len(world.asked[-1].prompts) == len(told)
    for said, prompt in zip(world.asked[-1].prompts, told, strict=True):
        assert said.count("whatever comes") == prompt.count("whatever comes")
        assert prompt in said
    assert not SYNTHETIC.search("\n".join(message.text for message in world.asked[-1].messages))
