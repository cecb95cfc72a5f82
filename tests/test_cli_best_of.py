"""`redraft best` over a scripted agent and a library in memory."""

import json

import pytest

from tests.support.fakes import Script
from tests.test_cli_commands import Desk
from tui.domain.errors import InvalidInput, NotFound
from tui.domain.tools import Decision, Question
from tui.headless.arguments import parse
from tui.headless.best_of import write_best


def draft(text: str, cost: float | None = None) -> Script:
    return Script(f"Here.\n\n<draft>\n{text}\n</draft>\n", total_cost=cost)


async def test_what_each_wrote_is_printed_and_kept() -> None:
    desk = Desk()
    content = await desk.written("# One")
    first = "# A\n\nFirst line \x1b[31mof it.\n\nSecond.\n\nThird."
    desk.agent.scripts += [draft(first, 0.04), draft("# B", 0.01), Script(failure="It is down.")]
    code = await desk.run(write_best, reference=content.id, prompt="better", is_terminal=True)
    assert code == 0
    assert desk.out.splitlines() == [
        "best of 3 · take 1 · v2 · 7 words · $0.04",
        "    # A",
        "    First line ␛[31mof it.",
        "    Second.",
        "best of 3 · take 2 · v3 · 1 word · $0.01",
        "    # B",
        "best of 3 · take 3 · failed",
        "    Done.",
        "    <draft>",
        "    # Title",
    ]
    branches = f"They are branches now: `redraft tree {content.id}` shows them."
    assert desk.err.splitlines() == [
        "redraft: What it will cost is not known: no turn here has a known cost yet.",
        "redraft: best of 3 · take 3: It is down.",
        f"redraft: 2 of 3 written, for $0.05 + 1 turn unknown. {branches}",
    ]
    kept = await desk.studio.content(content.id)
    assert [branch.name for branch in kept.branches] == [
        "first draft",
        *(f"best of 3 · take {number}" for number in (1, 2, 3)),
    ]
    assert [branch.forked_after for branch in kept.branches[1:]] == [1, 1, 1]
    assert kept.main == content.main


async def test_json_is_one_list_and_a_failure_of_all_is_one() -> None:
    desk = Desk()
    content = await desk.written("# One", "# Two")
    desk.agent.scripts += [draft("# A b", 0.04), Script(failure="It is down.")]
    told = await desk.json(write_best, reference=content.id, prompt="x", count=2, fork_at=1)
    assert [one["state"] for one in told] == ["finished", "failed"]
    assert [one["attempt"] for one in told] == ["take 1", "take 2"]
    assert (told[0]["version"], told[0]["words"], told[0]["cost"]) == (3, 2, 0.04)
    assert told[0]["prompt"].startswith("x\n\nTake 1 of 2:")
    assert (told[1]["failure"], told[1]["version"]) == ("It is down.", None)
    kept = await desk.studio.content(content.id)
    forks = {branch.id: branch for branch in kept.branches[2:]}
    assert [forks[one["branch"]].name for one in told[1:]] == [told[1]["branch_name"]]
    assert kept.branch(told[0]["branch"]).forked_after == 1
    desk.agent.scripts += [Script(failure="No."), Script(failure="No.")]
    assert await desk.run(write_best, reference=content.id, prompt="x", count=2, as_json=True) == 1
    assert [one["state"] for one in json.loads(desk.out)] == ["failed", "failed"]


async def test_each_angle_is_followed_by_one_and_the_rest_are_asked_to_differ() -> None:
    desk = Desk()
    content = await desk.written("# One")
    desk.agent.prompts.clear()
    told = await desk.json(
        write_best, reference=content.id, prompt="go", angles=["shorter", "Tighten"]
    )
    prompts = [one["prompt"].split("\n\n", 1) for one in told]
    assert {prompt for prompt, _ in prompts} == {"go"}
    assert [one["branch_name"].removeprefix("best of 3 · ") for one in told] == [
        *("shorter", "tighten", "take 3"),
    ]
    assert prompts[0][1].startswith("Make the text shorter by a third.")
    assert prompts[1][1].startswith("Tighten the text.")
    assert prompts[2][1] == "Take 3 of 3: make it clearly different from the obvious."
    with pytest.raises(NotFound, match="no angle “odd”"):
        await desk.run(write_best, reference=content.id, prompt="go", angles=["odd"])
    with pytest.raises(InvalidInput, match="3 angles for a best of 2"):
        await desk.run(
            write_best, reference=content.id, prompt="go", angles=["shorter"] * 3, count=2
        )


async def test_what_claude_asks_is_refused_and_the_writing_goes_on() -> None:
    desk = Desk()
    content = await desk.written("# One")
    question = Question("q", "WebSearch", "tea")
    desk.agent.scripts += [Script(questions=(question,)), draft("# B")]
    assert await desk.run(write_best, reference=content.id, prompt="x", count=2) == 0
    assert desk.agent.decisions == [("q", Decision.REFUSE)]
    assert "Refused: Claude asked to" in desk.err


async def test_what_cannot_be_is_refused_before_anything_is_made() -> None:
    desk = Desk()
    content = await desk.written("# One")
    for count in (1, 7, 10**9):
        with pytest.raises(InvalidInput, match="Best of"):
            await desk.run(write_best, reference=content.id, prompt="x", count=count)
    with pytest.raises(InvalidInput, match="prompt is empty"):
        await desk.run(write_best, reference=content.id, prompt=" ")
    with pytest.raises(NotFound, match="no turn 4"):
        await desk.run(write_best, reference=content.id, prompt="x", fork_at=4)
    assert len((await desk.studio.content(content.id)).branches) == 1


def test_the_command_line_is_read() -> None:
    args = parse(["best", "c", "shorter", "-n", "4", "--fork-at", "2", "--json", "--angle", "a"])
    assert (args.command, args.reference, args.prompt) == ("best", "c", "shorter")
    assert args.angles == ["a"]
    assert (args.count, args.fork_at, args.branch, args.as_json) == (4, 2, None, True)
