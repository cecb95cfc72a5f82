"""Costs on the screen: in the status bar, at the turns, in a screen of their own; and budgets."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from textual.app import App, ComposeResult

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore, Script
from tests.ui.screens_host import AT, HOSTILE, KEYS, SIZES, Host, a_content, until
from tui.domain.content import Branch, Content, Turn, TurnKind, TurnState
from tui.domain.costs import NO_BUDGETS, Budgets
from tui.domain.events import (
    AgentEvent,
    ContextMeasured,
    CostEstimated,
    LimitReported,
    MessageCommitted,
    Outcome,
    RequestStarted,
    TurnEnded,
)
from tui.domain.ids import BranchId, MessageId, SessionId, TurnId
from tui.domain.usage_limit import UsageLimit
from tui.messages import TurnHappened
from tui.screens.costs import CostsScreen, Ledger, ledger_page
from tui.screens.main.views import facts
from tui.screens.main.workspace import Live, Workspace
from tui.screens.spending import clock, limit_words, urgent_facts
from tui.screens.transcript import turn_items
from tui.widgets.bottomline import BottomLine, BottomView

MAIN, FORK = BranchId("b1"), BranchId("b2")
DRAFT = "Here.\n<draft>\n# One\n\nFirst text.\n</draft>\n"


def turn(name: str, cost: float | None, state: TurnState = TurnState.FINISHED) -> Turn:
    return Turn(TurnId(name), TurnKind.ASK, "go", AT, state=state, cost=cost, model="claude-x")


def forked(
    main: Sequence[float | None], fork: Sequence[float | None], name: str = "hot"
) -> Content:
    """Return a content whose main turns cost so much, and those of a fork after the first."""
    mains = tuple(turn(f"m{number}", cost) for number, cost in enumerate(main))
    forks = tuple(turn(f"f{number}", cost) for number, cost in enumerate(fork))
    return replace(
        a_content("text"),
        branches=(
            Branch(MAIN, "main", SessionId("s1"), AT, turns=mains),
            Branch(FORK, name, SessionId("s2"), AT, parent=MAIN, forked_after=1, turns=forks),
        ),
        versions=(),
    )


# -- the status bar -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("main", "fork", "running", "shown"),
    [
        ([], [], None, "main"),
        ([], [], 0.02, "now ~$0.02 · main"),
        ([0.4], [], None, "$0.40 · ctx 12 % · x · main"),
        ([0.4, None], [], None, "$0.40+? · ctx 12 % · x · main"),
        ([None], [], None, "cost unknown · ctx 12 % · x · main"),
        ([0.1], [0.3], None, "$0.10 here · $0.40 in all · ctx 12 % · x · main"),
        ([None], [0.3], 0.02, "now ~$0.02 · unknown here · $0.30+? in all · ctx 12 % · x · main"),
    ],
)
def test_the_facts_tell_known_costs_and_unknown_ones(
    main: list[float | None], fork: list[float | None], running: float | None, shown: str
) -> None:
    workspace = Workspace(
        context_percent={MAIN: 12.4} if main else {},
        live=None if running is None else Live(TurnId("live"), cost=running),
    )
    assert " · ".join(facts(workspace, forked(main, fork), MAIN)) == shown


class BarApp(App[None]):
    def compose(self) -> ComposeResult:
        yield BottomLine()


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (16, "now ~$0.02"),
        (30, "now ~$0.02 · ctx 12 %"),
        (34, "now ~$0.02 · ctx 12 % · $0.41"),
        (60, "now ~$0.02 · ctx 12 % · $0.41 · sonnet · main"),
        (10, ""),
    ],
)
async def test_the_status_bar_leaves_out_whole_facts_and_breaks_none(
    width: int, shown: str
) -> None:
    app = BarApp()
    async with app.run_test(size=(width, 1)) as pilot:
        bar = app.query_one(BottomLine)
        bar.view = BottomView(facts=("now ~$0.02", "ctx 12 %", "$0.41", "sonnet", "main"))
        await pilot.pause()
        assert bar.render_line(0).text.strip() == shown


@pytest.mark.parametrize(
    ("limit", "short", "words"),
    [
        (UsageLimit(used=0.5), "", "50 % used"),
        (UsageLimit(), "", "not near"),
        (UsageLimit(used=0.83), "limit 83 %", "83 % used"),
        (UsageLimit(is_near=True), "limit near", "near"),
        (UsageLimit(is_reached=True, used=1.0), "limit reached", "reached, 100 % used"),
    ],
)
def test_a_usage_limit_is_told_in_the_status_bar_when_it_is_near(
    limit: UsageLimit, short: str, words: str
) -> None:
    content = forked([0.1], [])
    assert urgent_facts(content, NO_BUDGETS, [limit], AT) == short
    assert limit_words(limit, AT) == words
    soon = replace(limit, resets_at=AT + timedelta(minutes=5))
    resets = f"resets {clock(AT + timedelta(minutes=5), AT)}"
    assert urgent_facts(content, NO_BUDGETS, [soon], AT) == (short and f"{short} · {resets}")
    assert limit_words(soon, AT) == f"{words}, {resets}"
    # What was reset since it was reported is no longer near.
    over = replace(limit, resets_at=AT - timedelta(minutes=5))
    assert urgent_facts(content, NO_BUDGETS, [over], AT) == ""
    assert limit_words(over, AT).startswith("reset at ")


def test_the_worst_limit_and_a_budget_that_is_nearly_used_up_are_urgent() -> None:
    limits = [UsageLimit(used=0.8), UsageLimit(used=0.9), UsageLimit(used=0.1)]
    content = forked([0.3, None], [0.12])
    budgets = Budgets(content=0.5)
    assert urgent_facts(content, budgets, limits, AT) == "limit 90 % · $0.42+? of $0.50"
    assert urgent_facts(content, Budgets(content=0.6), (), AT) == ""


def test_a_moment_is_named_as_shortly_as_it_is_clear() -> None:
    noon = datetime(2026, 3, 4, 12, 0).astimezone()
    assert clock(noon + timedelta(hours=2), noon) == "14:00"
    assert clock(noon + timedelta(hours=11), noon + timedelta(hours=1)) == "23:00"
    assert clock(noon + timedelta(hours=13), noon + timedelta(hours=11)) == "01:00"
    assert clock(noon + timedelta(days=1), noon) == "Thu 12:00"
    assert clock(noon + timedelta(days=9), noon) == "13 Mar 12:00"
    assert clock(noon - timedelta(days=1), noon) == "3 Mar 12:00"


# -- the turns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "source", "heading"),
    [
        (turn("t", 0.024), "", "You · ask · turn 1 · $0.02"),
        (turn("t", 0.0), "", "You · ask · turn 1"),
        (turn("t", None), "", "You · ask · turn 1 · cost unknown"),
        (turn("t", None), "an adopted session", "You · ask · turn 1"),
        (turn("t", None, TurnState.RUNNING), "", "You · ask · turn 1"),
    ],
)
def test_a_turn_says_what_it_cost(told: Turn, source: str, heading: str) -> None:
    content = forked([], [])
    branch = replace(content.branches[0], turns=(told,), source=source)
    content = replace(content, branches=(branch,))
    assert turn_items(content, content.lineage(MAIN)[0], keys=KEYS, now=AT)[0].heading == heading


def test_a_turn_that_redraft_stopped_says_why() -> None:
    stopped = replace(turn("t", 0.5, TurnState.STOPPED), failure="Stopped: too dear.", reply="Half")
    content = forked([], [])
    content = replace(content, branches=(replace(content.branches[0], turns=(stopped,)),))
    last = turn_items(content, content.lineage(MAIN)[0], keys=KEYS, now=AT)[-1]
    assert last.body == "Stopped: too dear. What had arrived is kept."


# -- the screen -----------------------------------------------------------------------------------


def ledger(content: Content, **others: object) -> Ledger:
    return replace(Ledger(content, MAIN, NO_BUDGETS, AT), **others)  # type: ignore[arg-type]


def page_text(ledger: Ledger, width: int = 80) -> str:
    page = ledger_page(ledger, width)
    assert len(page.rows) == len(page.lines)
    return "\n".join("".join(text for text, _ in row).rstrip() for row in page.rows)


def test_the_page_tells_branches_budgets_and_limits() -> None:
    text = page_text(
        ledger(
            forked([0.1, 0.2], [0.4, None]),
            budgets=Budgets(0.5, 2.0, "/etc/x.toml"),
            context_percent=12.3,
            running=0.03,
            limits=(UsageLimit(used=0.83, window="5 hours", resets_at=AT + timedelta(minutes=1)),),
        ),
        width=96,
    )
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "main ★ ◂ 2 $0.30" in lines
    assert "hot 2 $0.40 + 1 turn unknown" in lines
    assert "All branches 4 $0.70 + 1 turn unknown" in lines
    assert "Along it $0.30, with the turns it shares" in lines
    assert "This turn about $0.03 so far" in lines
    assert "Context 12 % used" in lines
    assert "A turn $0.50" in lines
    assert "The piece $2.00, $1.30 left at most: turns of unknown cost are not counted" in lines
    assert "turn_budget and content_budget in /etc/x.toml" in text
    assert (
        "Unknown price a turn of a model without a known price is counted once it has ended"
        in " ".join(lines)
    )
    assert f"5 hours 83 % used, resets {clock(AT + timedelta(minutes=1), AT)}" in lines


def test_the_page_of_a_content_without_turns_says_what_is_not_known() -> None:
    lines = [" ".join(line.split()) for line in page_text(ledger(forked([], []))).splitlines()]
    assert "All branches 0 $0.00" in lines
    assert not any("Unknown price" in line for line in lines)
    assert "Context known after the next turn" in lines
    assert "The piece no limit" in lines
    assert "No limits reported yet. They may arrive with Claude's next answer." in lines


@pytest.mark.parametrize("width", [36, 76, 196])
def test_no_row_is_wider_than_the_page_and_deep_forks_are_no_trouble(width: int) -> None:
    content = forked([0.1, None], [1234.5] * 3, name="x" * 300)
    more = tuple(
        Branch(
            BranchId(f"d{number}"), HOSTILE * 9, SessionId("s"), AT,
            parent=BranchId(f"d{number - 1}") if number else FORK,
        )
        for number in range(40)
    )  # fmt: skip
    text = page_text(ledger(replace(content, branches=(*content.branches, *more))), width)
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_screen_scrolls_leaves_with_escape_and_takes_hostile_names(
    size: tuple[int, int],
) -> None:
    content = replace(forked([0.1], [0.2], name=HOSTILE), title=HOSTILE)
    limits = (UsageLimit(used=0.9, window=HOSTILE),)
    shown = ledger(content, budgets=Budgets(0.1, 0.2, HOSTILE), limits=limits)
    app = Host(lambda: CostsScreen(shown))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "All branches" in app.shown)
        assert "esc Close" in app.shown
        for hostile in ("\x1b", "\x07", "\u202e", "\x9b"):
            assert hostile not in app.shown
        await pilot.press("G")
        await until(pilot, lambda: "they are not billed" in " ".join(app.shown.split()))
        await pilot.press("escape")
        await until(pilot, lambda: app.results == [None])


# -- at the desk ----------------------------------------------------------------------------------


def answer(*told: AgentEvent, cost: float | None = 0.3, text: str = DRAFT) -> Script:
    return Script(
        events=(
            RequestStarted(),
            *told,
            MessageCommitted(MessageId(f"m{cost}"), text),
            TurnEnded(Outcome.FINISHED, total_cost=cost, cost_before=0.0, model="claude-x"),
            ContextMeasured(12.0),
        )
    )


async def test_the_costs_are_a_key_away() -> None:
    limit = LimitReported(UsageLimit(used=0.9, window="5 hours"))
    async with at_the_desk(answer(limit, cost=0.3)) as user:
        await user.begins("One", "about one")
        await user.sees("$0.30", "limit 90 %", "turn 1 · $0.30")
        await user.commands("dollar_sign")
        await user.sees("costs and limits", "All branches", "5 hours", "90 % used", "12 % used")
        await user.presses("escape")
        await user.does_not_see("costs and limits")
        await user.presses("ctrl+p")
        await user.types("costs")
        await user.sees("Costs  $")


async def test_without_a_content_the_key_says_so() -> None:
    async with at_the_desk() as user:
        await user.sees("Nothing here yet")
        await user.commands("dollar_sign")
        await user.sees("No piece is open")


async def test_a_refused_prompt_stays_in_the_field() -> None:
    budgets = Budgets(content=0.2, place="/here/settings.toml")
    async with at_the_desk(answer(cost=0.3), size=(160, 40), budgets=budgets) as user:
        await user.begins("One", "about one")
        await user.sees("$0.30 of $0.20")
        await user.tells_claude("and now shorter")
        await user.sees("Nothing was sent", "its budget is $0.20")
        assert user.app.screen.query_one("#prompt").text == "and now shorter"  # type: ignore[attr-defined]
        assert len(user.agent.prompts) == 1


async def test_a_turn_stopped_for_its_cost_says_so_at_its_end() -> None:
    events = (
        RequestStarted(),
        MessageCommitted(MessageId("m"), "Half of it"),
        CostEstimated(0.52),
        TurnEnded(Outcome.STOPPED, total_cost=0.52, cost_before=0.0),
    )
    async with at_the_desk(
        Script(events=events), size=(160, 40), budgets=Budgets(turn=0.5)
    ) as user:
        await user.begins("One", "about one")
        await user.sees("Stopped by Redraft: this turn had cost about $0.52", "$0.50", "is kept.")


async def test_the_estimate_of_the_running_turn_is_shown_and_gone_with_it() -> None:
    async with at_the_desk(Script(DRAFT, is_held=True)) as user:
        await user.begins("One", "about one")
        await user.sees("Claude is writing")
        await _told(user, CostEstimated(0.07))
        await user.sees("now ~$0.07")
        user.agent.release.set()
        await user.does_not_see("now ~$0.07")


async def _told(user: User, event: AgentEvent) -> None:
    """Have the running conversation hear of something."""
    (talk,) = user.app._studio.conversations.running.values()
    assert talk._running is not None
    talk._running.reply = talk._running.reply.apply(event)
    user.main.post_message(TurnHappened(talk.content_id, talk.branch_id, event))


async def test_unknown_costs_are_not_shown_as_nothing() -> None:
    async with at_the_desk(answer(cost=None)) as user:
        await user.begins("One", "about one")
        await user.sees("cost unknown")
        assert "$0.00" not in user.screen


async def test_stored_contents_show_no_context_until_it_is_measured() -> None:
    store = MemoryStore([forked([0.1], [0.3])])
    async with at_the_desk(store=store, size=(160, 28)) as user:
        await user.sees("$0.10 here · $0.40 in all")
        assert "ctx" not in user.screen
