"""The line under a running turn: one fact at a time, counted in whole seconds, and it stays put."""

import re
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.support.driver import at_the_desk
from tests.support.fakes import Script, ScriptedAgent
from tests.ui.screens_host import KEYS
from tui.domain.events import (
    Outcome,
    RetryScheduled,
    SilenceAllowed,
    TurnEnded,
)
from tui.domain.ids import BranchId
from tui.domain.reply import Activity, Reply
from tui.screens.activity import Silence, activity_line
from tui.widgets.chat.pane import ChatPane

WAITING = Reply(activity=Activity.WAITING, silence=SilenceAllowed(70))
WRITING = replace(WAITING, activity=Activity.WRITING)
USING = replace(WAITING, activity=Activity.USING_TOOL)
AGAIN = replace(WRITING, silence=SilenceAllowed(250, is_whole_awaited=True))
LIMITED = RetryScheduled(2, 3, 3.4, "the API is overloaded (529)")
RETRYING = replace(WAITING, activity=Activity.RETRYING, retry=LIMITED)
OVERLOADED = "The API is overloaded (529) · attempt 2 of 3"


@pytest.mark.parametrize(
    ("reply", "silent", "line"),
    [
        (Reply(), 0, "Connecting to Claude…"),
        (Reply(), 3, "Connecting to Claude… 3 s · esc stops"),
        (Reply(), 90, "Connecting to Claude… 90 s · esc stops"),
        (WAITING, 1, "Claude has the prompt…"),
        (WAITING, 2, "Claude has the prompt… 2 s · esc stops"),
        (WAITING, 6, "No response for 6 s · giving up at 70 s · esc stops"),
        (WRITING, 0, "Claude is writing…"),
        (WRITING, 5, "Claude is writing… 5 s · esc stops"),
        (WRITING, 30, "No response for 30 s · giving up at 70 s · esc stops"),
        (AGAIN, 0, "The answer broke off. Fetching it whole…"),
        (AGAIN, 4, "The answer broke off. Fetching it whole… 4 s · esc stops"),
        (AGAIN, 60, "Fetching the whole answer: 60 s of 250 s · esc stops"),
        (RETRYING, 0, f"{OVERLOADED} in 4 s · esc stops"),
        (RETRYING, 3, f"{OVERLOADED} in 1 s · esc stops"),
        (RETRYING, 4, f"{OVERLOADED} under way · esc stops"),
        (RETRYING, 9, f"{OVERLOADED} under way for 5 s · esc stops"),
        (replace(WRITING, silence=SilenceAllowed(None)), 99, "Claude is writing… 99 s · esc stops"),
        (RETRYING.stopping(), 9, "Stopping…"),
        (USING, 0, "Waiting for the result…"),
        (USING, 3, "Waiting for the result… 3 s · esc stops"),
        (replace(USING, activity=Activity.ASKING), 9, "Claude is waiting for your answer."),
        (WRITING.apply(TurnEnded(Outcome.FINISHED)), 9, ""),
    ],
)
def test_it_says(reply: Reply, silent: int, line: str) -> None:
    assert activity_line(reply, silent, KEYS) == line


@given(
    steps=some.lists(some.tuples(some.sampled_from("ab"), some.floats(0, 100)), max_size=20),
    asked=some.sampled_from("abc"),
)
def test_silence_is_counted_for_each_branch(steps: list[tuple[str, float]], asked: str) -> None:
    now = 0.0
    silence = Silence(lambda: now)
    heard: dict[str, float] = {}
    for branch, seconds in steps:
        now += seconds
        silence.mark_progress(BranchId(branch))
        heard[branch] = now
    now += 7.5
    assert silence.seconds(BranchId(asked)) == int(now - heard.get(asked, now))


async def test_silence_is_counted_without_a_needless_redraw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = ScriptedAgent([Script("Well now.\n" * 4, is_held=True)])
    async with at_the_desk(agent=agent) as user:
        await user.begins("On waiting", "why it is good")
        await user.sees("Claude is writing…")
        heights: set[int] = set()
        updates = 0
        update = ChatPane.update_from

        def counted(pane: ChatPane, *given: object) -> None:
            nonlocal updates
            updates += 1
            update(pane, *given)  # type: ignore[arg-type]

        monkeypatch.setattr(ChatPane, "update_from", counted)

        def counts(seconds: int) -> bool:
            heights.add(user.app.screen.query_one(ChatPane).virtual_size.height)
            told = re.search(r"Claude is writing… (\d+) s · esc stops", user.screen)
            return told is not None and int(told[1]) >= seconds

        await user.waits(lambda: counts(2), "two seconds")
        began, updates = time.monotonic(), 0
        await user.waits(lambda: counts(4), "four seconds")
        assert updates <= time.monotonic() - began + 1
        assert len(heights) == 1
        await user.presses("escape")
        await user.sees("Stopped")
