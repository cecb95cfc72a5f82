"""The screen with what a content cost, what its budgets leave, and the account's usage limits."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from rich.cells import cell_len
from textual.app import ComposeResult

from tui.commands import Scope, bindings
from tui.domain.content import Branch, Content, TurnState
from tui.domain.costs import Budgets, content_cost, cost_of, lineage_cost, money
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.tree import branch_tree
from tui.domain.usage_limit import UsageLimit
from tui.screens.frame import FullScreen, Heading, HintLine, command_hint
from tui.screens.spending import is_urgent, limit_words
from tui.widgets.page import Page, Row, Run, hanging, wrapped
from tui.widgets.reader import Reader
from tui.widgets.text import one_line, visible

READING_WIDTH: Final = 96
"""Columns that the text takes, at most."""
PRICES: Final = (
    "Claude Code works out the dollars from the API's list prices. "
    "With a subscription they are not billed."
)
_WIDEST_NAME: Final = 40
_INDENT: Final = 2
_MOST_INDENT: Final = 8
_GAP: Final = 2


@frozen
class Ledger:
    """What the screen shows: a content, one branch of it, budgets, and the limits reported last."""

    content: Content
    branch: BranchId
    budgets: Budgets
    now: datetime
    """Time-zone aware."""
    context_percent: float | None = None
    running: float | None = None
    """Dollars that the turn running on the branch has cost so far, when that can be told."""
    limits: tuple[UsageLimit, ...] = ()


class CostsScreen(FullScreen[None]):
    """Shows a ledger, which it does not change; returns nothing."""

    AUTO_FOCUS = "Reader"
    BINDINGS = bindings(Scope.COSTS)

    def __init__(self, ledger: Ledger) -> None:
        """Show `ledger`; its names are untrusted text."""
        super().__init__()
        self._ledger = ledger

    def compose(self) -> ComposeResult:
        """Compose heading, table and keys."""
        yield Heading(self._ledger.content.title, "costs and limits", id="costs-heading")
        yield Reader(most_columns=READING_WIDTH, id="text")
        yield HintLine((command_hint(self, "costs.close"),))

    def on_mount(self) -> None:
        """Show the ledger."""
        self.query_one("#text", Reader).show(lambda width: ledger_page(self._ledger, width))


def ledger_page(ledger: Ledger, width: int) -> Page:
    """Lay a ledger out for a width in cells."""
    rows: list[Row] = []
    lines: list[int] = []
    for number, made in enumerate(_lines(ledger, max(20, width))):
        rows += made
        lines += [number] * len(made)
    return Page(rows, lines)


def _lines(ledger: Ledger, width: int) -> Iterator[list[Row]]:
    name = one_line(ledger.content.branch(ledger.branch).name, _WIDEST_NAME)
    yield [()]
    yield from _table(ledger.content, ledger.branch, width)
    sections = (
        (f"This branch · {name}", _of_branch(ledger)),
        ("Budgets", _of_budgets(ledger)),
        ("Usage limits", _of_limits(ledger)),
    )
    for heading, entries in sections:
        yield [()]
        yield wrapped([(heading, "")], width)
        for label, run in entries:
            yield _entry(label, run, width)
    yield [()]
    yield wrapped([(PRICES, "quiet")], width)


# -- the table of branches -----------------------------------------------------------------------


def _table(content: Content, branch_id: BranchId, width: int) -> Iterator[list[Row]]:
    nodes = list(_nodes(content))
    names = [_name(content, branch, depth, branch_id) for branch, depth in nodes]
    column = min(_WIDEST_NAME, width // 2, max(map(cell_len, [*names, "All branches"])))
    yield [((_cells("Branch", column) + f"{'turns':>7}  cost", "quiet"),)]
    for (branch, _), name in zip(nodes, names, strict=True):
        turns, cost = len(branch.turns), cost_of(branch.turns)
        yield _spent(_cells(name, column), turns, cost.words, width)
    turns = sum(len(branch.turns) for branch in content.branches)
    yield _spent(_cells("All branches", column), turns, content_cost(content).words, width)


def _nodes(content: Content) -> Iterator[tuple[Branch, int]]:
    """Yield every branch with how many forks it is away from a root, parents before forks."""
    waiting = [(root, 0) for root in reversed(branch_tree(content))]
    while waiting:
        node, depth = waiting.pop()
        yield node.branch, depth
        waiting += [(fork, depth + 1) for fork in reversed(node.all_forks)]


def _name(content: Content, branch: Branch, depth: int, here: BranchId) -> str:
    marks = " ★" * (branch.id == content.main) + " ◂" * (branch.id == here)
    indent = min(depth * _INDENT, _MOST_INDENT)
    return " " * indent + one_line(branch.name, _WIDEST_NAME - indent - cell_len(marks)) + marks


def _spent(name: str, turns: int, cost: str, width: int) -> list[Row]:
    start = f"{name}{turns:>7}  "
    return hanging(((start, ""),), (cost, ""), width)


def _cells(text: str, width: int) -> str:
    kept = one_line(text, width) if cell_len(text) > width else text
    return kept + " " * (width - cell_len(kept))


# -- what stands below it ------------------------------------------------------------------------


def _of_branch(ledger: Ledger) -> Iterable[tuple[str, Run]]:
    content, branch_id = ledger.content, ledger.branch
    turns = content.lineage(branch_id)
    yield "Along it", (f"{lineage_cost(content, branch_id).words}, with the turns it shares", "")
    ended = [numbered.turn for numbered in turns if numbered.turn.state is not TurnState.RUNNING]
    if ended:
        last = ended[-1].cost
        yield "Last turn", ("cost unknown" if last is None else money(last), "")
    if ledger.running is not None:
        yield "This turn", (f"about {money(ledger.running)} so far", "")
    percent = ledger.context_percent
    told = "known after the next turn" if percent is None else f"{percent:.0f} % used"
    yield "Context", (told, "quiet" if percent is None else "")
    model = next((numbered.turn.model for numbered in reversed(turns) if numbered.turn.model), "")
    if model:
        yield "Model", (model, "")


_UNKNOWN_PRICE: Final = (
    "a turn of a model without a known price is counted once it has ended, and never stopped"
)


def _of_budgets(ledger: Ledger) -> Iterable[tuple[str, Run]]:
    budgets = ledger.budgets
    cost = content_cost(ledger.content)
    left = budgets.content_left(cost)
    yield "A turn", (money(budgets.turn) if budgets.turn else "no limit", "")
    if left is None:
        yield "The piece", ("no limit", "")
    else:
        said = f"{money(budgets.content)}, {money(left)} left"
        if cost.unknown_turns:
            said += " at most: turns of unknown cost are not counted"
        yield "The piece", (said, "mark" if budgets.is_near(cost) else "")
    where = f"turn_budget and content_budget in {budgets.place}, read when Redraft starts"
    yield "Set by", (where, "quiet")
    if budgets.turn or budgets.content:
        yield "Unknown price", (_UNKNOWN_PRICE, "quiet")


def _of_limits(ledger: Ledger) -> Iterable[tuple[str, Run]]:
    if not ledger.limits:
        yield "", ("No limits reported yet. They may arrive with Claude's next answer.", "quiet")
    for limit in ledger.limits:
        look = "mark" if is_urgent(limit, ledger.now) else ""
        yield limit.window or "Your account", (limit_words(limit, ledger.now), look)


def _entry(label: str, run: Run, width: int) -> list[Row]:
    shown = (visible(run[0]), run[1])
    if not label:
        return hanging(((" " * _INDENT, ""),), shown, width)
    column = max(13, min(18, width // 4))
    start = " " * _INDENT + _cells(one_line(label, column), column) + " " * _GAP
    return hanging(((start, "quiet"),), shown, width)
