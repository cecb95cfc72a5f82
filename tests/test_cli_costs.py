"""Costs and budgets without a screen: numbers in JSON, null for unknown, refusals on stderr."""

from typing import Any

import pytest

from tests.support.fakes import CountedIds, Script, ticking_clock
from tests.test_cli_commands import Desk
from tui.domain.content import TurnState
from tui.domain.costs import Budgets
from tui.domain.errors import Refused
from tui.domain.events import (
    CostEstimated,
    MessageCommitted,
    Outcome,
    RequestStarted,
    TurnEnded,
)
from tui.domain.ids import MessageId
from tui.headless.listing import list_contents
from tui.headless.sending import send_prompt
from tui.headless.showing import show_text
from tui.headless.trees import show_tree
from tui.studio.studio import Studio


def desk_with(turn: float = 0.0, content: float = 0.0) -> Desk:
    """Return a desk with budgets."""
    desk = Desk()
    budgets = Budgets(turn, content, "/here/settings.toml")
    desk.studio = Studio(desk.store, desk.agent, ticking_clock(), CountedIds(), budgets=budgets)
    return desk


def costing(dollars: float | None, draft: str) -> Script:
    """Return an answer that costs so much."""
    return Script(
        events=(
            RequestStarted(),
            MessageCommitted(MessageId(draft), f"<draft>\n{draft}\n</draft>\n"),
            TurnEnded(Outcome.FINISHED, total_cost=dollars, cost_before=0.0),
        )
    )


def sums(told: dict[str, Any]) -> tuple[float | None, int]:
    """Return a sum as JSON tells it."""
    return told["cost"], told["unknown_turns"]


async def test_json_tells_costs_of_turns_branches_and_the_whole() -> None:
    desk = desk_with()
    content = await desk.studio.create("T")
    desk.agent.scripts += [costing(0.1, "one"), costing(None, "two"), costing(0.4, "three")]
    first = await desk.json(send_prompt, reference=content.id, prompt="go")
    await desk.run(send_prompt, reference=content.id, prompt="more")
    await desk.run(send_prompt, reference=content.id, prompt="hot", fork_at=1, name="hot")
    assert first["cost"] == 0.1
    tree = await desk.json(show_tree, reference=content.id)
    main, hot = tree["branches"]
    assert [turn["cost"] for turn in main["turns"]] == [0.1, None]
    assert (sums(main), sums(hot), sums(tree)) == ((0.1, 1), (0.4, 0), (0.5, 1))
    (row,) = await desk.json(list_contents)
    assert sums(row) == (0.5, 1)
    assert sums(await desk.json(show_text, reference=content.id)) == (0.5, 1)
    await desk.run(show_tree, reference=content.id)
    assert desk.out.splitlines()[0].endswith(" · cost $0.50 + 1 turn unknown")


async def test_a_content_without_turns_cost_nothing_and_one_unknown_turn_is_null() -> None:
    desk = desk_with()
    content = await desk.studio.create("T")
    assert sums((await desk.json(list_contents))[0]) == (0.0, 0)
    desk.agent.scripts.append(costing(None, "one"))
    await desk.run(send_prompt, reference=content.id, prompt="go")
    assert sums((await desk.json(list_contents))[0]) == (None, 1)


async def test_a_used_up_budget_refuses_to_send() -> None:
    desk = desk_with(content=0.3)
    content = await desk.studio.create("T")
    desk.agent.scripts.append(costing(0.4, "one"))
    await desk.run(send_prompt, reference=content.id, prompt="go")
    with pytest.raises(Refused, match=r"raise content_budget in /here/settings\.toml") as refused:
        await desk.run(send_prompt, reference=content.id, prompt="more")
    assert refused.value.exit_code == 1
    assert len((await desk.studio.content(content.id)).lineage(content.main)) == 1


async def test_a_used_up_budget_leaves_no_fork_behind() -> None:
    desk = desk_with(turn=0.35, content=0.7)
    content = await desk.studio.create("T")
    desk.agent.scripts += [costing(0.1, "one"), costing(0.4, "two"), costing(0.3, "three")]
    await desk.run(send_prompt, reference=content.id, prompt="go")
    await desk.run(send_prompt, reference=content.id, prompt="more")
    with pytest.raises(Refused, match="the last turn here"):
        await desk.run(send_prompt, reference=content.id, prompt="hot", fork_at=2, name="hot")
    assert len((await desk.studio.content(content.id)).branches) == 1
    await desk.run(send_prompt, reference=content.id, prompt="hot", fork_at=1, name="hot")
    with pytest.raises(Refused, match="content_budget"):
        await desk.run(send_prompt, reference=content.id, prompt="mild", fork_at=1, name="mild")
    names = [branch.name for branch in (await desk.studio.content(content.id)).branches]
    assert names == ["first draft", "hot"]


async def test_a_turn_stopped_for_its_cost_is_told_and_is_no_success() -> None:
    desk = desk_with(turn=0.5)
    content = await desk.studio.create("T")
    events = (
        RequestStarted(),
        MessageCommitted(MessageId("m"), "Half of it"),
        CostEstimated(0.52),
        TurnEnded(Outcome.STOPPED, total_cost=0.52, cost_before=0.0),
    )
    desk.agent.scripts.append(Script(events=events))
    assert await desk.run(send_prompt, reference=content.id, prompt="go") == 1
    assert desk.out == "Half of it\n"
    assert desk.err == (
        "redraft: Stopped by Redraft: this turn had cost about $0.52, and the budget for a turn is "
        "$0.50. "
        "What had arrived is saved.\n"
    )
    turn = (await desk.studio.content(content.id)).lineage(content.main)[0].turn
    assert turn.state is TurnState.STOPPED
