"""What a turn cost, through the real CLI; what a process before it noted of the sum."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.agent.stage import MODEL, cost, new_spec, play, resumed
from tui.agent.claude import ClaudeAgent
from tui.agent.local_files import noted_cost
from tui.domain.events import Outcome, TextStreamed


async def test_turns_are_reckoned_apart_and_a_budget_takes_no_whole_answer_away(
    agent: ClaudeAgent,
) -> None:
    spec = new_spec(MODEL)
    session = await agent.connect(spec)
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
    await session.close()

    # The sum before does not count: what a connection may cost begins with the connection.
    budget = 0.75 * (cost(first.end) + cost(third.end))
    session = await agent.connect(replace(resumed(spec.session), budget=budget))
    turns = [await play(session, "three")]
    usable = [session.is_usable]
    while usable[-1] and len(turns) < 6:
        turns.append(await play(session, "and another"))
        usable.append(session.is_usable)
    assert (usable[0], usable[-1]) == (True, False)
    assert [turn.end.outcome for turn in turns] == [Outcome.FINISHED] * len(turns)
    assert all(turn.text for turn in turns)


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
