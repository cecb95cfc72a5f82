"""What turns cost, summed without hiding what nobody knows; money is in US dollars. Pure.

A turn that runs is not counted yet. One that ended without Claude having been asked, because there
was no connection, is stored with a cost of 0. Every other turn without a cost is of unknown cost:
its program or Claude Code died, or it was adopted from a session that Redraft did not see.
"""

import math
from collections.abc import Iterable
from typing import Final

from tui.domain.content import Content, Turn, TurnState
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId

NEAR: Final = 0.8
"""Share of a budget at which a warning says that little is left."""

_LEAST_SHOWN: Final = 0.0005
_CENTS_FROM: Final = 0.0095
"""Dollars from which an amount is shown in cents; less is shown with its tenths of a cent."""


@frozen
class Cost:
    """A sum of costs: the known dollars, and the number of turns of unknown cost."""

    dollars: float = 0.0
    unknown_turns: int = 0

    @property
    def known(self) -> float | None:
        """The known dollars; None when nothing but unknown turns went into the sum."""
        return None if self._is_unknown else self.dollars

    @property
    def words(self) -> str:
        """The sum in words: `$0.41`, `$0.41 + 2 turns unknown`, `unknown`."""
        if self._is_unknown:
            return "unknown"
        if not self.unknown_turns:
            return money(self.dollars)
        turns = "turn" if self.unknown_turns == 1 else "turns"
        return f"{money(self.dollars)} + {self.unknown_turns} {turns} unknown"

    @property
    def short(self) -> str:
        """The sum in few characters: `$0.41`, `$0.41+?`, `unknown`."""
        if self._is_unknown or not self.unknown_turns:
            return self.words
        return f"{money(self.dollars)}+?"

    @property
    def _is_unknown(self) -> bool:
        return self.unknown_turns > 0 and self.dollars == 0


@frozen
class Budgets:
    """Spending limits in dollars; 0 means no limit."""

    turn: float = 0.0
    """On one turn."""
    content: float = 0.0
    """On all turns of one content."""
    place: str = "the settings file"
    """Where a person can change the budgets."""

    def content_left(self, cost: Cost) -> float | None:
        """Return what remains of a content's budget after this cost; None without a budget."""
        return max(0.0, self.content - cost.dollars) if self.content else None

    def is_near(self, cost: Cost) -> bool:
        """Whether the budget of a content that has cost this is used up, or soon will be."""
        return bool(self.content) and cost.dollars >= NEAR * self.content


NO_BUDGETS: Final = Budgets()


def money(dollars: float) -> str:
    """Return dollars for a person: `$1,204.50`, `$0.41`; less than a cent with its tenths."""
    if 0 < dollars < _LEAST_SHOWN:
        return "<$0.001"
    if 0 < dollars < _CENTS_FROM:
        return f"${dollars:.3f}"
    return f"${max(0.0, dollars):,.2f}"


def is_cost_unknown(turn: Turn) -> bool:
    """Whether a turn has ended with an unknown cost."""
    return turn.cost is None and turn.state is not TurnState.RUNNING


def cost_of(turns: Iterable[Turn]) -> Cost:
    """Return what turns cost together."""
    turns = tuple(turns)
    costs = [turn.cost for turn in turns if turn.cost is not None]
    unknown = 0
    if len(costs) < len(turns):
        unknown = len([turn for turn in turns if is_cost_unknown(turn)])
    return sum_of(costs, unknown_turns=unknown)


def sum_of(costs: Iterable[float | None], *, unknown_turns: int) -> Cost:
    """Return a sum, the same in whatever order, rounded to billionths of a dollar."""
    return Cost(round(math.fsum(cost for cost in costs if cost is not None), 9), unknown_turns)


def lineage_cost(content: Content, branch_id: BranchId) -> Cost:
    """Return what the turns along a branch cost, with those it shares with its ancestors."""
    return cost_of(numbered.turn for numbered in content.lineage(branch_id))


def content_cost(content: Content) -> Cost:
    """Return what a content has cost, all branches together.

    Turns that branches share belong to one of them, so each is counted once.
    """
    return cost_of(turn for branch in content.branches for turn in branch.turns)
