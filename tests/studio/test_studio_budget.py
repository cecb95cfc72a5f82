"""Budgets: refused before anything is sent, stopped while it runs; and what a turn cost."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.studio.test_studio_conversation import DRAFT, SECOND, Bench
from tests.support.fakes import CountedIds, MemoryStore, Script, ticking_clock
from tui.domain.content import Content, TurnKind, TurnState
from tui.domain.costs import Budgets, content_cost
from tui.domain.errors import AgentProblem, LibraryProblem, Refused
from tui.domain.events import (
    AgentEvent,
    CostEstimated,
    Event,
    MessageCommitted,
    Outcome,
    RequestStarted,
    TextStreamed,
    TurnEnded,
)
from tui.domain.ids import BranchId, ContentId, MessageId
from tui.studio.plan import turn_cost
from tui.studio.studio import Studio

PLACE = "/here/settings.toml"


def with_budgets(*scripts: Script, turn: float = 0.0, content: float = 0.0) -> Bench:
    """Return a bench whose studio has budgets."""
    bench = Bench(*scripts)
    bench.studio = Studio(
        bench.store,
        bench.agent,
        ticking_clock(),
        CountedIds(),
        budgets=Budgets(turn, content, PLACE),
    )
    return bench


def costing(dollars: float | None, *, before: float | None = 0.0, text: str = DRAFT) -> Script:
    """Return an answer after which the session has cost so much, and `before` before it."""
    return Script(
        events=(
            RequestStarted(),
            MessageCommitted(MessageId(f"m{dollars}"), text),
            TurnEnded(Outcome.FINISHED, total_cost=dollars, cost_before=before),
        )
    )


async def costs(bench: Bench, content: Content) -> list[float | None]:
    """Return what the turns of main cost."""
    return [turn.cost for turn in (await bench.now(content)).branch(content.main).turns]


# -- what a turn is said to cost ------------------------------------------------------------------


async def test_the_agents_word_on_the_sum_before_wins_over_ours() -> None:
    # A killed process forgot its turn: the sum went on from 0.01, not from the 0.03 last told.
    bench = Bench(costing(0.03), costing(0.05, before=0.01, text=SECOND))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.send(content, "more")
    assert await costs(bench, content) == [0.03, 0.04]


async def test_after_an_unknown_cost_the_next_difference_is_not_taken_for_one_turns() -> None:
    bench = Bench(
        Script(DRAFT, total_cost=0.02), Script(SECOND), Script("x", total_cost=0.09),
        Script("y", total_cost=0.1),
    )  # fmt: skip
    content = await bench.content()
    for prompt in ("go", "shorter", "hm", "well"):
        await bench.send(content, prompt, TurnKind.REVISE)
    assert await costs(bench, content) == [0.02, None, None, pytest.approx(0.01)]


async def test_after_a_sum_that_fell_the_next_difference_is_right_again() -> None:
    bench = Bench(
        Script(DRAFT, total_cost=0.05), Script(SECOND, total_cost=0.01),
        Script("x", total_cost=0.03),
    )  # fmt: skip
    content = await bench.content()
    for prompt in ("go", "shorter", "hm"):
        await bench.send(content, prompt, TurnKind.REVISE)
    assert await costs(bench, content) == [0.05, None, pytest.approx(0.02)]


async def test_a_sum_of_nothing_is_a_sum() -> None:
    bench = Bench(Script(DRAFT, total_cost=0.0), Script(SECOND, total_cost=0.02))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.send(content, "more")
    assert await costs(bench, content) == [0.0, 0.02]


async def test_a_turn_that_was_never_sent_cost_nothing() -> None:
    bench = Bench(Script(DRAFT, total_cost=0.05))
    bench.agent.connect_problems.append(AgentProblem("No network."))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.send(content, "go", TurnKind.GENERATE)
    assert await costs(bench, content) == [0.0, 0.05]


def test_the_difference_of_two_sums_has_no_crumbs() -> None:
    assert turn_cost(0.1, 0.3, is_first=False) == 0.2


# -- refused before it is sent --------------------------------------------------------------------


async def test_a_used_up_content_budget_refuses_the_next_turn_and_loses_nothing() -> None:
    bench = with_budgets(costing(0.6), content=0.5)
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    before = await bench.now(content)
    with pytest.raises(Refused) as refused:
        await bench.send(content, "more")
    assert str(refused.value) == (
        "Nothing was sent: this piece has cost $0.60, and its budget is $0.50. "
        f"To go on, raise content_budget in {PLACE} and start Redraft again."
    )
    assert await bench.now(content) == before
    assert len(bench.agent.prompts) == 1
    assert not bench.studio.conversations.writing


async def test_the_content_budget_counts_every_branch() -> None:
    bench = with_budgets(costing(0.3), costing(0.3, text=SECOND), content=0.5)
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    content, fork = await bench.studio.fork(content.id, content.main, 1, "hot")
    async for _ in bench.studio.conversation(content.id, fork.id).send("hot", TurnKind.REVISE):
        pass
    with pytest.raises(Refused, match=r"has cost \$0.60"):
        await bench.send(content, "more")


async def test_unknown_costs_are_named_and_not_counted() -> None:
    bench = with_budgets(Script(SECOND), costing(0.6), content=0.5)
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.send(content, "more")
    with pytest.raises(Refused, match=r"at least \$0.60 \(1 turn is of unknown cost"):
        await bench.send(content, "and more")


async def test_after_a_turn_over_its_budget_the_next_is_refused_and_a_fork_goes_on() -> None:
    bench = with_budgets(
        costing(0.1), costing(0.7, before=0.1, text=SECOND), costing(0.1), turn=0.5
    )
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.send(content, "more")
    with pytest.raises(Refused) as refused:
        await bench.send(content, "and more")
    assert "the last turn here cost $0.60, the budget for a turn is $0.50" in str(refused.value)
    assert "Fork from an earlier turn" in str(refused.value)
    assert f"raise turn_budget in {PLACE}" in str(refused.value)
    content, fork = await bench.studio.fork(content.id, content.main, 1, "cheaper")
    async for _ in bench.studio.conversation(content.id, fork.id).send("so", TurnKind.REVISE):
        pass
    assert len(bench.agent.prompts) == 3


async def test_a_failed_connection_does_not_hide_a_dear_turn() -> None:
    bench = with_budgets(costing(0.6), turn=0.5)
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    main = (await bench.now(content)).branch(content.main)
    failed = replace(main.turns[0], state=TurnState.FAILED, cost=0.0, version=None, anchor=None)
    bench.store.contents[content.id] = replace(
        await bench.now(content), branches=(replace(main, turns=(*main.turns, failed)),)
    )
    with pytest.raises(Refused, match=r"the last turn here cost \$0.60"):
        await bench.send(content, "more")


async def test_without_budgets_nothing_is_refused() -> None:
    bench = Bench(costing(900.0), costing(1900.0, before=900.0, text=SECOND))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.send(content, "more")
    assert content_cost(await bench.now(content)).dollars == 1900


# -- stopped while it runs ------------------------------------------------------------------------


def dear(*estimates: float, outcome: Outcome = Outcome.STOPPED) -> Script:
    """Return an answer that is estimated to cost so much, and then ends."""
    told: list[AgentEvent] = [RequestStarted(), TextStreamed("Half of "), TextStreamed("it")]
    told += [CostEstimated(dollars) for dollars in estimates]
    told += [
        MessageCommitted(MessageId("m"), "Half of it"),
        TurnEnded(outcome, total_cost=estimates[-1], cost_before=0.0),
    ]
    return Script(events=told)


async def test_a_turn_over_its_budget_is_stopped_and_keeps_what_had_arrived() -> None:
    bench = with_budgets(dear(0.4, 0.52, 0.55), turn=0.5)
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    (turn,) = (await bench.now(content)).branch(content.main).turns
    assert (turn.state, turn.reply, turn.cost) == (TurnState.STOPPED, "Half of it", 0.55)
    assert turn.failure == (
        "Stopped by Redraft: this turn had cost about $0.52, and the budget for a turn is $0.50."
    )
    assert bench.agent.open_sessions[0]._stopped.is_set()


async def test_a_turn_over_what_the_content_has_left_is_stopped() -> None:
    bench = with_budgets(costing(0.3), dear(0.1, 0.25), content=0.5)
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.send(content, "more")
    turn = (await bench.now(content)).branch(content.main).turns[-1]
    assert turn.failure == (
        "Stopped by Redraft: this turn had cost about $0.25, and $0.20 was left of this piece's "
        "budget of $0.50."
    )


async def test_an_answer_that_was_whole_before_the_stop_is_finished_as_ever() -> None:
    bench = with_budgets(dear(0.6, outcome=Outcome.FINISHED), turn=0.5)
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    (turn,) = (await bench.now(content)).branch(content.main).turns
    assert (turn.state, turn.failure) == (TurnState.FINISHED, "")


async def test_the_writers_own_stop_is_not_blamed_on_the_budget() -> None:
    bench = with_budgets(dear(0.6), turn=0.5)
    content = await bench.content()
    talk = bench.studio.conversation(content.id, content.main)
    async for event in talk.send("go", TurnKind.GENERATE):
        if isinstance(event, RequestStarted):
            talk.stop()
    (turn,) = (await bench.now(content)).branch(content.main).turns
    assert (turn.state, turn.failure) == (TurnState.STOPPED, "")


# -- several turns at once ------------------------------------------------------------------------


class Repeating(MemoryStore):
    """A library that makes every change twice, as when another program saved in between."""

    async def update(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        change(await self.load(content_id))
        return await super().update(content_id, change)


async def forked(bench: Bench, content: Content, *names: str) -> list[BranchId]:
    """Return main and new branches of a content that leave before its first turn."""
    forks = [(await bench.studio.fork(content.id, content.main, 0, name))[1].id for name in names]
    return [content.main, *forks]


async def writing(bench: Bench, content: Content, branch: BranchId) -> asyncio.Task[list[Event]]:
    """Send a prompt on a branch and return once its answer has begun."""
    count = len(bench.agent.prompts)
    task = asyncio.create_task(bench.send(content, "go", branch=branch))
    async with asyncio.timeout(5):
        while len(bench.agent.prompts) == count and not task.done():  # noqa: ASYNC110
            await asyncio.sleep(0)
    return task


HELD = Script(DRAFT, is_held=True, total_cost=0.9)


async def test_two_branches_at_once_do_not_pass_the_contents_budget() -> None:
    bench = with_budgets(HELD, costing(1.0), content=1.0)
    content = await bench.content()
    main, fork = await forked(bench, content, "hot")
    first = await writing(bench, content, main)
    with pytest.raises(Refused) as refused:
        await bench.send(content, "go", branch=fork)
    assert str(refused.value) == (
        "Nothing was sent: what is left of this piece's budget, $1.00, is set aside for what "
        "Claude is writing on another branch. Wait until that has ended. With a turn_budget in "
        f"{PLACE}, no more than that is set aside for a turn."
    )
    bench.agent.release.set()
    await first
    await bench.send(content, "go", branch=fork)
    assert len(bench.agent.prompts) == 2
    with pytest.raises(Refused, match=r"has cost \$1.90"):
        await bench.send(content, "more")


async def test_a_turn_gets_what_the_others_leave_of_the_contents_budget() -> None:
    bench = with_budgets(HELD, HELD, dear(0.15, 0.25), turn=0.4, content=1.0)
    content = await bench.content()
    one, two, three, four = await forked(bench, content, "two", "three", "four")
    tasks = [await writing(bench, content, branch) for branch in (one, two)]
    await bench.send(content, "go", branch=three)
    (turn,) = (await bench.now(content)).branch(three).turns
    assert turn.failure == (
        "Stopped by Redraft: this turn had cost about $0.25, and $0.20 was left of this piece's "
        "budget of $1.00, beside what is set aside for other branches."
    )
    with pytest.raises(Refused, match=r"set aside .* Wait until that has ended\.$"):
        await bench.send(content, "go", branch=four)
    elsewhere = await bench.content()
    await bench.send(elsewhere, "another piece's budget is its own")
    bench.agent.release.set()
    await asyncio.gather(*tasks)


async def test_a_change_that_is_repeated_sets_aside_once() -> None:
    bench = with_budgets(HELD, costing(0.1), turn=0.6, content=1.0)
    bench.store = Repeating()
    bench.studio = Studio(
        bench.store,
        bench.agent,
        ticking_clock(),
        CountedIds(),
        budgets=Budgets(0.6, 1.0, PLACE),
    )
    content = await bench.content()
    main, fork = await forked(bench, content, "hot")
    first = await writing(bench, content, main)
    await bench.send(content, "go", branch=fork)
    bench.agent.release.set()
    await first
    assert len(bench.agent.prompts) == 2


@pytest.mark.parametrize("is_full", [True, False])
async def test_a_turn_that_came_to_nothing_leaves_nothing_set_aside(is_full: bool) -> None:
    bench = with_budgets(costing(0.1), content=1.0)
    content = await bench.content()
    main, fork = await forked(bench, content, "hot")
    if is_full:
        bench.store.is_full = True
        with pytest.raises(LibraryProblem):
            await bench.send(content, "go", branch=main)
        bench.store.is_full = False
    else:
        bench.agent.connect_problems.append(AgentProblem("No network."))
        await bench.send(content, "go", branch=main)
    await bench.send(content, "go", branch=fork)
    assert len(bench.agent.prompts) == 1


# -- Claude Code's own limit behind it ------------------------------------------------------------


async def test_a_connection_may_cost_what_is_left_and_is_kept_for_the_next_turn() -> None:
    bench = with_budgets(costing(0.3), costing(0.5, before=0.3, text=SECOND), content=1.0)
    content = await bench.content()
    talk = bench.studio.conversation(content.id, content.main)
    await talk.prepare()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.send(content, "more")
    assert [spec.budget for spec in bench.agent.specs] == [1.0]
    await talk.disconnect()
    await bench.send(content, "and more")
    assert [spec.budget for spec in bench.agent.specs] == [1.0, 0.5]


async def test_without_a_content_budget_a_connection_has_no_limit() -> None:
    bench = with_budgets(costing(0.3), turn=1.0)
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    assert [spec.budget for spec in bench.agent.specs] == [None]
