"""What is due when in a running turn, on a clock of the test's own."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from claude_agent_sdk import ResultMessage, StreamEvent, SystemMessage
from hypothesis import given
from hypothesis import strategies as some

from tui.agent.mapping import TurnMapping
from tui.agent.turn import LiveTurn, Step, Timeouts
from tui.domain.events import AgentEvent, Outcome, SilenceAllowed, TurnEnded
from tui.domain.ids import TurnId

TIMEOUTS = Timeouts(silence=70, whole=250, start=20, arming=1, resend=0.5, deadline=3)
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


def streamed(kind: str) -> StreamEvent:
    return StreamEvent("u", "s", {"type": kind})


@pytest.fixture
def turn() -> LiveTurn:
    return LiveTurn(TurnId("t"), "prompt", TIMEOUTS, now=0.0, mapping=TurnMapping())


async def told(turn: LiveTurn) -> list[AgentEvent]:
    turn.close()
    return [event async for event in turn.events()]


async def ending(turn: LiveTurn) -> TurnEnded:
    events = await told(turn)
    (end,) = [event for event in events if isinstance(event, TurnEnded)]
    return end


def test_a_stop_waits_for_the_request(turn: LiveTurn) -> None:
    turn.ask_stop(0.01)
    step, seconds = turn.next_step(0.02)
    assert step is Step.WAIT
    assert seconds == pytest.approx(0.99)
    turn.handle(REQUESTING, 0.08)
    assert turn.woken.is_set()
    assert turn.next_step(0.08)[0] is Step.INTERRUPT


def test_a_stop_that_hears_of_no_request_is_sent_all_the_same(turn: LiveTurn) -> None:
    turn.ask_stop(0.0)
    assert turn.next_step(1.0)[0] is Step.INTERRUPT


def test_an_interrupt_is_repeated_and_at_last_the_session_dropped(turn: LiveTurn) -> None:
    turn.handle(REQUESTING, 0.1)
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
    turn.handle(REQUESTING, 1.0)
    assert turn.next_step(1.0) == (Step.WAIT, 70.0)
    assert turn.next_step(71.0)[0] is Step.INTERRUPT
    turn.handle(ABORTED, 71.1)
    end = await ending(turn)
    assert end.outcome is Outcome.FAILED
    assert "nothing came for 70 seconds" in end.failure


async def test_an_answer_that_ends_just_when_the_silence_does_is_finished(turn: LiveTurn) -> None:
    turn.sent(0.0)
    turn.handle(REQUESTING, 1.0)
    assert turn.next_step(71.0)[0] is Step.INTERRUPT
    turn.handle(
        replace(ABORTED, subtype="success", is_error=False, terminal_reason="completed"), 71.1
    )
    end = await ending(turn)
    assert (end.outcome, end.failure) == (Outcome.FINISHED, "")


async def test_a_prompt_that_is_not_taken_fails_the_turn(turn: LiveTurn) -> None:
    turn.sent(5.0)
    assert turn.next_step(5.0) == (Step.WAIT, 20.0)
    assert turn.next_step(25.0)[0] is Step.WAIT
    assert turn.next_step(26.0)[0] is Step.INTERRUPT
    turn.break_off("gone")
    assert "did not accept the prompt" in (await ending(turn)).failure


def test_an_announced_wait_is_no_silence(turn: LiveTurn) -> None:
    turn.handle(retry(300), 1.0)
    assert turn.next_step(1.0) == (Step.WAIT, 370.0)
    turn.ask_stop(10.0)
    assert turn.next_step(10.0)[0] is Step.INTERRUPT


async def test_an_answer_in_one_piece_gets_its_own_time(turn: LiveTurn) -> None:
    turn.handle(REQUESTING, 0.0)
    for at, kind in enumerate(("message_start", "content_block_stop", "message_stop")):
        turn.handle(streamed(kind), float(at))
    assert turn.next_step(2.0) == (Step.WAIT, 250.0)
    assert turn.next_step(252.0)[0] is Step.INTERRUPT
    turn.handle(ABORTED, 252.1)
    events = await told(turn)
    allowed = [event for event in events if isinstance(event, SilenceAllowed)]
    assert allowed == [SilenceAllowed(70), SilenceAllowed(250, is_whole_awaited=True)]
    assert isinstance(events[-1], TurnEnded)
    assert "nothing came for 250 seconds" in events[-1].failure


@pytest.mark.parametrize("after", [retry(1), streamed("message_start"), REQUESTING])
def test_a_stream_tried_again_has_a_streams_time(turn: LiveTurn, after: object) -> None:
    turn.handle(streamed("message_start"), 0.0)
    turn.handle(streamed("message_stop"), 1.0)
    turn.handle(after, 2.0)
    step, seconds = turn.next_step(3.0)
    assert step is Step.WAIT
    assert 69 <= seconds <= 70


async def test_a_stream_that_ended_well_is_followed_by_no_whole_answer(turn: LiveTurn) -> None:
    for kind in ("message_start", "message_delta", "message_stop"):
        turn.handle(streamed(kind), 1.0)
    assert turn.next_step(1.0) == (Step.WAIT, 70.0)
    assert [e for e in await told(turn) if isinstance(e, SilenceAllowed)] == [SilenceAllowed(70)]


async def test_silence_is_allowed_while_any_question_waits(turn: LiveTurn) -> None:
    turn.handle(REQUESTING, 0.0)
    turn.pause_timeouts(10.0)
    turn.pause_timeouts(20.0)
    assert turn.next_step(5000.0)[0] is Step.WAIT
    turn.resume_timeouts(5000.0)
    assert turn.next_step(9000.0)[0] is Step.WAIT
    turn.woken.clear()
    turn.resume_timeouts(9000.0)
    assert turn.woken.is_set()
    assert turn.next_step(9000.0) == (Step.WAIT, 70.0)
    assert turn.next_step(9070.0)[0] is Step.INTERRUPT
    events = await told(turn)
    assert [event.seconds for event in events if isinstance(event, SilenceAllowed)] == [
        70,
        None,
        70,
    ]


def test_a_stop_is_not_held_up_by_a_question(turn: LiveTurn) -> None:
    turn.handle(REQUESTING, 0.0)
    turn.pause_timeouts(1.0)
    turn.ask_stop(2.0)
    assert turn.next_step(2.0)[0] is Step.INTERRUPT
    assert turn.next_step(5.0)[0] is Step.DROP


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
    turn.handle(ABORTED, 2.0)
    end = await ending(turn)
    assert (end.outcome, end.failure) == (outcome, failure)


@given(
    heard=some.lists(some.tuples(some.floats(0, 60), some.sampled_from(["request", "retry"]))),
    stop_after=some.floats(0, 100),
)
def test_every_stop_ends_by_its_deadline(heard: list[tuple[float, str]], stop_after: float) -> None:
    turn = LiveTurn(TurnId("t"), "p", TIMEOUTS, now=0.0, mapping=TurnMapping())
    says: dict[str, Callable[[], SystemMessage]] = {
        "request": lambda: REQUESTING,
        "retry": lambda: retry(30),
    }
    for at, kind in sorted(heard):
        turn.handle(says[kind](), at)
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
