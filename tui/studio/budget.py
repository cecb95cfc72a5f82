"""The budgets kept: no turn begins on one that is used up, and none goes on past it."""

import functools
import threading
from collections.abc import Callable
from dataclasses import replace

from tui.domain.content import Content
from tui.domain.costs import Budgets, Cost, content_cost, money
from tui.domain.errors import Refused
from tui.domain.events import AgentEvent, CostEstimated, Outcome, TurnEnded
from tui.domain.ids import BranchId, ContentId


def check_budgets(
    budgets: Budgets, content: Content, branch_id: BranchId, *, after_turn: int | None = None
) -> None:
    """Raise `Refused`, with a sentence that says why, when another turn may not begin on a branch.

    With `after_turn` it is asked for a fork that leaves the branch after that turn.
    A content's budget is used up when what is known of its cost comes to it. A turn's is, when the
    last turn here that cost anything came to more: the next one sends all of that again.
    """
    spent = content_cost(content)
    if budgets.content_left(spent) == 0:
        raise Refused(
            f"Nothing was sent: this piece has cost {_at_least(spent)}, and its budget is "
            f"{money(budgets.content)}. {_raise_it('content_budget', budgets)}"
        )
    turns = reversed(content.line(branch_id)[:after_turn])
    last = next((numbered.turn.cost for numbered in turns if numbered.turn.cost), None) or 0.0
    if budgets.turn and last > budgets.turn:
        raise Refused(
            f"Nothing was sent: the last turn here cost {money(last)}, the budget for a turn "
            f"is {money(budgets.turn)}, and the next one would send the whole conversation again. "
            f"Fork from an earlier turn. {_raise_it('turn_budget', budgets)}"
        )


def _at_least(spent: Cost) -> str:
    if not spent.unknown_turns:
        return money(spent.dollars)
    turns = "turn is" if spent.unknown_turns == 1 else "turns are"
    return (
        f"at least {money(spent.dollars)} ({spent.unknown_turns} {turns} of unknown cost, "
        "and not counted)"
    )


def _raise_it(name: str, budgets: Budgets) -> str:
    return f"To go on, raise {name} in {budgets.place} and start Redraft again."


class BudgetGuard:
    """Keeps the turns of one program within its budgets, also such as run at the same time.

    What a running turn may still cost is set aside until it is over: it is not there for another.
    What other programs spend on the same content counts once it is saved.
    """

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets
        self._reserved: dict[BranchId, Reservation] = {}
        self._changing = threading.Lock()
        """A store makes its changes in a thread of its own."""

    def reserve(
        self, content: Content, branch_id: BranchId, stop: Callable[[], None]
    ) -> "Reservation":
        """Set aside what a turn may cost that is about to begin on a branch.

        It replaces what was set aside for the branch, so a change may be made again on a newer
        value of the content. `stop` ends the turn. Raises `Refused` when the turn may not begin.
        """
        check_budgets(self._budgets, content, branch_id)
        with self._changing:
            self._reserved.pop(branch_id, None)
            left, others = self._left(content)
            if left is not None and left <= 0:
                raise Refused(_all_set_aside(self._budgets, content))
            limits = [limit for limit in (self._budgets.turn or None, left) if limit is not None]
            reservation = self._reserved[branch_id] = Reservation(
                self._budgets,
                content.id,
                min(limits, default=None),
                connection=self.connection(content),
                is_shared=others > 0,
                stop=stop,
                release=functools.partial(self._release, branch_id),
            )
        return reservation

    def connection(self, content: Content) -> float | None:
        """Return what a connection made now may cost, all its turns together; None for no limit.

        What is set aside for other branches counts as left: it may be given back before the
        connection's next turn.
        """
        return self._budgets.content_left(content_cost(content))

    def _left(self, content: Content) -> tuple[float | None, float]:
        """Return what is left of a content's budget, and what is set aside of it already."""
        left = self.connection(content)
        reserved = self._reserved.values()
        others = sum(one.dollars or 0.0 for one in reserved if one.content_id == content.id)
        return None if left is None else max(0.0, round(left - others, 9)), others

    def _release(self, branch_id: BranchId, reservation: "Reservation") -> None:
        with self._changing:
            if self._reserved.get(branch_id) is reservation:
                del self._reserved[branch_id]


class Reservation:
    """What one turn may cost: it hears every event, and stops the turn that costs more."""

    def __init__(
        self,
        budgets: Budgets,
        content_id: ContentId,
        dollars: float | None,
        *,
        connection: float | None,
        is_shared: bool,
        stop: Callable[[], None],
        release: Callable[["Reservation"], None],
    ) -> None:
        self.content_id = content_id
        self.dollars = dollars
        """What is set aside; None without a budget."""
        self.connection = connection
        """What a connection made for the turn may cost, all turns on it together."""
        self._budgets = budgets
        self._is_shared = is_shared
        self._stop = stop
        self._release = release
        self._why = ""

    def watch(self, event: AgentEvent, *, is_stopping: bool) -> AgentEvent:
        """Take an event of the turn and return it; the end of a turn stopped here says why.

        A turn that stops already, because the writer said so, is not stopped for its cost.
        """
        match event:
            case CostEstimated(dollars) if not is_stopping:
                if self.dollars is not None and dollars > self.dollars:
                    self._why = self._excess(dollars)
                    self._stop()
            case TurnEnded(outcome=Outcome.STOPPED) if self._why:
                return replace(event, failure=self._why)
            case _:
                pass
        return event

    def release(self) -> None:
        """Give back what was set aside; harmless when done twice."""
        self._release(self)

    def _excess(self, dollars: float) -> str:
        said = f"Stopped by Redraft: this turn had cost about {money(dollars)}, and"
        if self._budgets.turn and dollars > self._budgets.turn:
            return f"{said} the budget for a turn is {money(self._budgets.turn)}."
        beside = ", beside what is set aside for other branches" if self._is_shared else ""
        return (
            f"{said} {money(self.dollars or 0.0)} was left of this piece's budget of "
            f"{money(self._budgets.content)}{beside}."
        )


def _all_set_aside(budgets: Budgets, content: Content) -> str:
    left = budgets.content_left(content_cost(content)) or 0.0
    said = (
        f"Nothing was sent: what is left of this piece's budget, {money(left)}, is set aside for "
        "what Claude is writing on another branch. Wait until that has ended."
    )
    if budgets.turn:
        return said
    return (
        f"{said} With a turn_budget in {budgets.place}, no more than that is set aside for a turn."
    )
