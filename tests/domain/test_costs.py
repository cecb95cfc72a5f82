"""Costs: sums in which every turn counts once and nothing unknown counts as 0, and their words."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.content_examples import DOINGS, blank_content, lived, minute
from tui.domain.catalog import row_of
from tui.domain.changes import forked
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.costs import (
    NO_BUDGETS,
    Budgets,
    Cost,
    content_cost,
    cost_of,
    is_cost_unknown,
    lineage_cost,
    money,
)
from tui.domain.ids import BranchId, SessionId, TurnId

amounts = st.none() | st.integers(0, 500_000).map(lambda micro: micro / 1_000_000)


def turn(name: str, cost: float | None, state: TurnState = TurnState.FINISHED) -> Turn:
    """Return a turn of a cost."""
    return Turn(TurnId(name), TurnKind.ASK, "?", minute(0), state=state, cost=cost)


def with_costs(content: Content, costs: dict[TurnId, float | None]) -> Content:
    """Return a content with its turns at these costs."""
    branches = tuple(
        replace(branch, turns=tuple(replace(own, cost=costs.get(own.id)) for own in branch.turns))
        for branch in content.branches
    )
    return replace(content, branches=branches)


@given(DOINGS, st.data())
def test_every_turn_is_counted_once_whatever_was_forked(
    done: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    library = lived(done)
    ids = sorted({own.id for branch in library.content.branches for own in branch.turns})
    costs = {name: data.draw(amounts, label=name) for name in ids}
    content = with_costs(library.content, costs)
    every = [own for branch in content.branches for own in branch.turns]
    whole = content_cost(content)
    assert len(every) == len(ids)
    assert whole.dollars == pytest.approx(sum(cost or 0 for cost in costs.values()))
    assert whole.unknown_turns == sum(map(is_cost_unknown, every))
    own = [cost_of(branch.turns) for branch in content.branches]
    assert sum(cost.dollars for cost in own) == pytest.approx(whole.dollars)
    assert sum(cost.unknown_turns for cost in own) == whole.unknown_turns
    for branch in content.branches:
        line = lineage_cost(content, branch.id)
        assert line.dollars <= whole.dollars + 1e-9
        assert line.unknown_turns <= whole.unknown_turns
    row = row_of(content)
    assert (row.cost, row.unknown_turns) == (whole.known, whole.unknown_turns)


@given(st.lists(amounts), st.randoms())
def test_the_order_of_turns_changes_no_sum(
    costs: list[float | None], chance: random.Random
) -> None:
    turns = [turn(f"t{number}", cost) for number, cost in enumerate(costs)]
    mixed = list(turns)
    chance.shuffle(mixed)
    assert cost_of(turns) == cost_of(mixed)


def test_a_fork_shows_what_it_shares_and_the_whole_counts_it_once() -> None:
    content = blank_content()
    main = replace(content.branches[0], turns=(turn("a", 0.1), turn("b", 0.2)))
    content = forked(
        replace(content, branches=(main,)),
        main.id,
        1,
        branch=BranchId("b1"),
        session=SessionId("s1"),
        name="hot",
        at=minute(1),
    )
    fork = replace(content.branch(BranchId("b1")), turns=(turn("c", 0.4),))
    content = replace(content, branches=(main, fork))
    assert lineage_cost(content, fork.id) == Cost(0.5)
    assert lineage_cost(content, main.id) == Cost(0.3)
    assert content_cost(content) == Cost(0.7)


def test_which_turns_are_of_unknown_cost() -> None:
    ended = [state for state in TurnState if state is not TurnState.RUNNING]
    assert all(is_cost_unknown(turn("t", None, state)) for state in ended)
    assert not is_cost_unknown(turn("t", None, TurnState.RUNNING))
    # One that failed before Claude was asked is stored with what it cost: nothing.
    assert not is_cost_unknown(turn("t", 0.0, TurnState.FAILED))


@pytest.mark.parametrize(
    ("cost", "words", "short", "known"),
    [
        (Cost(), "$0.00", "$0.00", 0.0),
        (Cost(0.41), "$0.41", "$0.41", 0.41),
        (Cost(0.41, 1), "$0.41 + 1 turn unknown", "$0.41+?", 0.41),
        (Cost(0.41, 2), "$0.41 + 2 turns unknown", "$0.41+?", 0.41),
        (Cost(0.0, 2), "unknown", "unknown", None),
    ],
)
def test_a_sum_in_words(cost: Cost, words: str, short: str, known: float | None) -> None:
    assert (cost.words, cost.short, cost.known) == (words, short, known)


@pytest.mark.parametrize(
    ("dollars", "shown"),
    [
        (0, "$0.00"),
        (-1, "$0.00"),
        (0.0001, "<$0.001"),
        (0.0005, "$0.001"),
        (0.0042, "$0.004"),
        (0.0094, "$0.009"),
        (0.0096, "$0.01"),
        (0.41, "$0.41"),
        (1204.5, "$1,204.50"),
    ],
)
def test_money(dollars: float, shown: str) -> None:
    assert money(dollars) == shown


@given(st.floats(1e-9, 1e6))
def test_money_that_was_spent_never_looks_like_none(dollars: float) -> None:
    assert money(dollars).strip("<$0.,") != ""


def test_what_a_budget_leaves() -> None:
    budgets = Budgets(content=2.0)
    assert budgets.content_left(Cost(0.5, 3)) == pytest.approx(1.5)
    assert budgets.content_left(Cost(2.5)) == 0
    assert NO_BUDGETS.content_left(Cost(99)) is None
    assert [budgets.is_near(Cost(spent)) for spent in (1.59, 1.6, 3)] == [False, True, True]
    assert not NO_BUDGETS.is_near(Cost(99))
