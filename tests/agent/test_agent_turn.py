"""What is due when in a running turn, on a clock of the test's own."""

from collections.abc import Callable

import pytest
from claude_agent_sdk import ResultMessage, SystemMessage
from hypothesis import given
from hypothesis import strategies as some

from tui.agent.turn import LiveTurn, Patience, Step
from tui.domain.events import AgentEvent, Outcome, TurnEnded
from tui.domain.ids import TurnId

PATIENCE = Patience(silence=70, start=20, arming=1, resend=0.5, deadline=3)
REQUESTING = SystemMessage("status", {"status": "requesting"})
ABORTED = ResultMessage(
    subtype="error_during_execution",
    duration_ms=1,
    duration_api_ms=1,
    is_error=True,
    num_turns=1,
    session_id="s",
    terminal_reason="aborted_streaming",
)


def retry(seconds: float) -> SystemMessage:
    return SystemMessage("api_retry", {"retry_delay_ms": seconds * 1000, "error_status": 429})


@pytest.fixture
def turn() -> LiveTurn:
    return LiveTurn(TurnId("t"), "prompt", PATIENCE, now=0.0)


async def ending(turn: LiveTurn) -> TurnEnded:
    turn.close()
    events: list[AgentEvent] = [event async for event in turn.events()]
    (end,) = [event for event in events if isinstance(event, TurnEnded)]
    return end


def test_a_stop_waits_for_the_request(turn: LiveTurn) -> None:
    turn.ask_stop(0.01)
    step, seconds = turn.next_step(0.02)
    assert step is Step.WAIT
    assert seconds == pytest.approx(0.99)
    turn.hear(REQUESTING, 0.08)
    assert turn.woken.is_set()
    assert turn.next_step(0.08)[0] is Step.INTERRUPT


def test_a_stop_that_hears_of_no_request_is_sent_all_the_same(turn: LiveTurn) -> None:
    turn.ask_stop(0.0)
    assert turn.next_step(1.0)[0] is Step.INTERRUPT


def test_an_interrupt_is_repeated_and_at_last_the_session_dropped(turn: LiveTurn) -> None:
    turn.hear(REQUESTING, 0.1)
    turn.ask_stop(1.0)
    steps: list[tuple[float, Step]] = []
    now = 1.0
    while not steps or steps[-1][1] is not Step.DROP:
        step, seconds = turn.next_step(now)
        if step is not Step.WAIT:
            steps.append((round(now, 3), step))
        now += seconds
    assert steps == [
        *((1.0 + 0.5 * count, Step.INTERRUPT) for count in range(6)),
        (4.0, Step.DROP),
    ]


async def test_silence_fails_the_turn(turn: LiveTurn) -> None:
    turn.hear(REQUESTING, 1.0)
    assert turn.next_step(1.0) == (Step.WAIT, 70.0)
    assert turn.next_step(71.0)[0] is Step.INTERRUPT
    turn.hear(ABORTED, 71.1)
    end = await ending(turn)
    assert end.outcome is Outcome.FAILED
    assert "nothing came for 70 seconds" in end.failure


async def test_a_prompt_that_is_not_taken_fails_the_turn(turn: LiveTurn) -> None:
    turn.sent(5.0)
    assert turn.next_step(5.0) == (Step.WAIT, 20.0)
    assert turn.next_step(25.0)[0] is Step.WAIT
    assert turn.next_step(26.0)[0] is Step.INTERRUPT
    turn.break_off("gone")
    assert "did not take the prompt" in (await ending(turn)).failure


def test_an_announced_wait_is_no_silence(turn: LiveTurn) -> None:
    turn.hear(retry(300), 1.0)
    assert turn.next_step(1.0) == (Step.WAIT, 370.0)
    turn.ask_stop(10.0)
    assert turn.next_step(10.0)[0] is Step.INTERRUPT


@pytest.mark.parametrize(
    ("is_stopped", "outcome", "failure"),
    [(False, Outcome.FAILED, "It is gone."), (True, Outcome.STOPPED, "")],
)
async def test_a_turn_that_breaks_off(
    turn: LiveTurn, is_stopped: bool, outcome: Outcome, failure: str
) -> None:
    if is_stopped:
        turn.ask_stop(1.0)
    turn.break_off("It is gone.")
    turn.break_off("Twice.")
    turn.hear(ABORTED, 2.0)
    end = await ending(turn)
    assert (end.outcome, end.failure) == (outcome, failure)


@given(
    heard=some.lists(some.tuples(some.floats(0, 60), some.sampled_from(["request", "retry"]))),
    stop_after=some.floats(0, 100),
)
def test_every_stop_ends_by_its_deadline(heard: list[tuple[float, str]], stop_after: float) -> None:
    turn = LiveTurn(TurnId("t"), "p", PATIENCE, now=0.0)
    says: dict[str, Callable[[], SystemMessage]] = {
        "request": lambda: REQUESTING,
        "retry": lambda: retry(30),
    }
    for at, kind in sorted(heard):
        turn.hear(says[kind](), at)
    turn.ask_stop(stop_after)
    now, interrupts = stop_after, 0
    for _ in range(50):
        step, seconds = turn.next_step(now)
        if step is Step.DROP:
            break
        interrupts += step is Step.INTERRUPT
        assert seconds >= 0
        now += seconds
    else:
        pytest.fail("a stop that never comes to an end")
    assert now == pytest.approx(stop_after + 3)
    assert interrupts >= 4
