"""The budgets kept: no turn begins on one that is used up, and none goes on past it."""

from collections.abc import Callable
from dataclasses import replace

from tui.domain.content import Content
from tui.domain.costs import Budgets, Cost, content_cost, money
from tui.domain.errors import Refused
from tui.domain.events import AgentEvent, CostEstimated, Outcome, TurnEnded
from tui.domain.ids import BranchId


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


class Purse:
    """What one turn may cost: it is told of every event, and stops the turn that costs more."""

    def __init__(self, budgets: Budgets, stop: Callable[[], None]) -> None:
        self._budgets = budgets
        self._stop = stop
        self._content_left: float | None = None
        self._why = ""

    def opened(self, content: Content, branch_id: BranchId) -> Content:
        """Return the content as it is, when another turn may begin on a branch of it.

        Raises `Refused`. May be called again on a newer value of the content.
        """
        check_budgets(self._budgets, content, branch_id)
        self._content_left = self._budgets.content_left(content_cost(content))
        self._why = ""
        return content

    def told(self, event: AgentEvent, *, is_stopping: bool) -> AgentEvent:
        """Take an event of the turn and return it; the end of a turn stopped here says why.

        A turn that stops already, because the writer said so, is not stopped for its cost.
        """
        match event:
            case CostEstimated(dollars) if not is_stopping:
                if excess := self._excess(dollars):
                    self._why = excess
                    self._stop()
            case TurnEnded(outcome=Outcome.STOPPED) if self._why:
                return replace(event, failure=self._why)
            case _:
                pass
        return event

    def _excess(self, dollars: float) -> str:
        said = f"Stopped by Redraft: this turn had cost about {money(dollars)}, and"
        if self._budgets.turn and dollars > self._budgets.turn:
            return f"{said} the budget for a turn is {money(self._budgets.turn)}."
        if self._content_left is not None and dollars > self._content_left:
            return (
                f"{said} {money(self._content_left)} was left of this piece's budget of "
                f"{money(self._budgets.content)}."
            )
        return ""
