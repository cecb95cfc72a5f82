"""Budget enforcement: no turn starts on a used-up budget, and a running turn stops at its limit."""

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
    """Raise `Refused`, saying why, when a budget forbids another turn on a branch.

    `after_turn` checks for a fork that leaves the branch after that turn. A content's budget is
    used up when the content's known cost reaches the budget. A turn's budget counts as used up when
    the last turn on the branch with a known, non-zero cost exceeded the budget, because the next
    turn sends the whole conversation again.
    """
    spent = content_cost(content)
    if budgets.content_left(spent) == 0:
        raise Refused(
            f"Nothing was sent: this piece has cost {_at_least(spent)}, and its budget is "
            f"{money(budgets.content)}. {_raise_it('content_budget', budgets)}"
        )
    turns = reversed(content.lineage(branch_id)[:after_turn])
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
    """Keeps the turns of one program, concurrent ones included, within their budgets.

    The possible cost of a running turn is reserved until the turn is over. Costs that other
    programs cause on the same content count once they are saved.
    """

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets
        self._reserved: dict[BranchId, Reservation] = {}
        self._changing = threading.Lock()
        """Guards the reservations: a store applies changes in a thread of its own."""

    def reserve(
        self, content: Content, branch_id: BranchId, stop: Callable[[], None]
    ) -> "Reservation":
        """Reserve the possible cost of a turn that is about to start on a branch.

        A new reservation replaces the branch's previous one, so that a change can be applied again
        to a newer value of the content. `stop` stops the turn. Raises `Refused` when the turn may
        not start.
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
        """Return the cost limit for a new connection, over all of its turns; None for no limit.

        Reservations of other branches count as available here, because they may be released before
        the connection's next turn.
        """
        return self._budgets.content_left(content_cost(content))

    def _left(self, content: Content) -> tuple[float | None, float]:
        """Return a content's remaining budget, and how much of it is already reserved."""
        left = self.connection(content)
        reserved = self._reserved.values()
        others = sum(one.dollars or 0.0 for one in reserved if one.content_id == content.id)
        return None if left is None else max(0.0, round(left - others, 9)), others

    def _release(self, branch_id: BranchId, reservation: "Reservation") -> None:
        with self._changing:
            if self._reserved.get(branch_id) is reservation:
                del self._reserved[branch_id]


class Reservation:
    """The reserved cost of one turn; `watch` sees every event and stops a turn that exceeds it."""

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
        """Reserved dollars; None without a budget."""
        self.connection = connection
        """Dollars that a connection made for this turn may cost over all of its turns."""
        self._budgets = budgets
        self._is_shared = is_shared
        self._stop = stop
        self._release = release
        self._why = ""

    def watch(self, event: AgentEvent, *, is_stopping: bool) -> AgentEvent:
        """Return an event of the turn; when the budget stopped the turn, `TurnEnded` says so.

        A turn that the writer already stopped is not stopped again for its cost.
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
        """Release the reservation; idempotent."""
        self._release(self)

    def _excess(self, dollars: float) -> str:
        sentence = f"Stopped by Redraft: this turn had cost about {money(dollars)}, and"
        if self._budgets.turn and dollars > self._budgets.turn:
            return f"{sentence} the budget for a turn is {money(self._budgets.turn)}."
        beside = ", beside what is set aside for other branches" if self._is_shared else ""
        return (
            f"{sentence} {money(self.dollars or 0.0)} was left of this piece's budget of "
            f"{money(self._budgets.content)}{beside}."
        )


def _all_set_aside(budgets: Budgets, content: Content) -> str:
    left = budgets.content_left(content_cost(content)) or 0.0
    why = (
        f"Nothing was sent: what is left of this piece's budget, {money(left)}, is set aside for "
        "what Claude is writing on another branch. Wait until that has ended."
    )
    if budgets.turn:
        return why
    return (
        f"{why} With a turn_budget in {budgets.place}, no more than that is set aside for a turn."
    )
