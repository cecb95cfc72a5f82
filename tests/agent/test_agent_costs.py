"""What a turn cost, through the real CLI, also when the process before it noted no sum."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from tests.agent.stage import Stage, cli_processes, eventually, new_spec, play, playing, resumed
from tui.agent.claude import ClaudeAgent
from tui.agent.local_files import noted_cost
from tui.domain.events import Outcome, TextStreamed, TurnEnded
from tui.domain.session import SessionSpec
from tui.studio.plan import turn_cost

MODEL = "claude-sonnet-4-5"
"""A model with a list price that the CLI knows."""


def cost(end: TurnEnded) -> float:
    """Return what a turn cost, as the studio reckons it without knowing the turns before."""
    told = turn_cost(end.cost_before, end.total_cost, is_first=False)
    assert told is not None
    return told


async def test_turns_of_one_process_are_reckoned_apart_also_after_a_stop(
    agent: ClaudeAgent,
) -> None:
    session = await agent.connect(new_spec(MODEL))
    first = await play(session, "one")
    stopped = await play(session, "a long one", on=TextStreamed, do=session.stop)
    third = await play(session, "two")
    assert first.end.cost_before == 0
    assert stopped.end.cost_before == first.end.total_cost
    assert third.end.cost_before == stopped.end.total_cost
    assert cost(first.end) > 0
    assert cost(stopped.end) > 0
    assert cost(third.end) > 0
    assert session.is_usable  # Without a budget.


async def test_a_clean_end_is_gone_on_from(stage: Stage) -> None:
    spec = new_spec(MODEL)
    async with playing(stage) as before:
        first = await play(await before.connect(spec), "one")
    async with playing(stage) as after:
        second = await play(await after.connect(resumed(spec.session)), "two")
        fork = await after.fork(spec.session, second.anchor, title="fork")
        forked = await play(await after.connect(resumed(fork.session)), "three")
    assert second.end.cost_before == first.end.total_cost
    assert 0 < cost(second.end) < (second.end.total_cost or 0)
    assert forked.end.cost_before == 0
    assert cost(forked.end) == pytest.approx(forked.end.total_cost)


@pytest.mark.parametrize("is_resumed_at", [False, True])
async def test_after_a_kill_the_cost_is_not_reckoned_from_a_sum_that_was_lost(
    agent: ClaudeAgent, is_resumed_at: bool
) -> None:
    spec = new_spec(MODEL)
    session = await agent.connect(spec)
    short = await play(session, "one")
    for process in cli_processes():
        os.kill(process, signal.SIGKILL)
    await eventually(lambda: not session.is_usable)
    await session.close()
    at = short.anchor if is_resumed_at else None
    again = await agent.connect(SessionSpec(spec.session, is_new=False, resume_at=at, model=MODEL))
    long = await play(again, "a long answer, please")
    # The sum is more than the one before, though it began anew: a difference would be wrong.
    assert long.end.total_cost is not None
    assert short.end.total_cost is not None
    assert long.end.total_cost > short.end.total_cost
    assert long.end.cost_before == 0
    assert cost(long.end) == pytest.approx(long.end.total_cost)


@pytest.mark.parametrize(
    ("lines", "noted"),
    [
        ([], 0.0),
        (['{"type":"cost-state","totalCostUSD":0.5}', '{"type":"user"}'], 0.5),
        (['{"type":"cost-state","totalCostUSD":0.5}', '{"type":"cost-state","totalCostUSD":2}'], 2),
        # A last line that is torn, a prompt that speaks of it, and a row without a number.
        (['{"type":"cost-state","totalCostUSD":0.5}', '{"type":"cost-state","tot'], 0.5),
        (['{"type":"user","text":"\\"cost-state\\""}'], 0.0),
        (['{"type":"tool","name":"cost-state","totalCostUSD":9}'], 0.0),
        (['{"type":"cost-state","totalCostUSD":null}'], 0.0),
    ],
)
def test_the_last_note_of_the_sum_is_found(tmp_path: Path, lines: list[str], noted: float) -> None:
    file = tmp_path / "session.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert noted_cost(file) == noted
    assert noted_cost(None) == 0
    assert noted_cost(tmp_path) is None


async def test_a_connections_budget_ends_it_and_takes_no_whole_answer_away(
    agent: ClaudeAgent,
) -> None:
    spec = new_spec(MODEL)
    session = await agent.connect(spec)
    await play(session, "one")
    total = (await play(session, "two")).end.total_cost
    await session.close()
    assert total is not None
    # The sum before does not count: what a connection may cost begins with the connection.
    session = await agent.connect(replace(resumed(spec.session), budget=0.75 * total))
    turns = [await play(session, "three")]
    usable = [session.is_usable]
    while usable[-1] and len(turns) < 6:
        turns.append(await play(session, "and another"))
        usable.append(session.is_usable)
    assert (usable[0], usable[-1]) == (True, False)
    assert [turn.end.outcome for turn in turns] == [Outcome.FINISHED] * len(turns)
    assert all(turn.text for turn in turns)
