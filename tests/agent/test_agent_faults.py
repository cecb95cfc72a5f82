"""API faults and process deaths, through the real SDK and CLI."""

import os
import signal
from dataclasses import replace

import pytest

from tests.agent.stage import (
    MODEL,
    Played,
    Stage,
    cli_processes,
    cost,
    eventually,
    new_spec,
    play,
    playing,
    resumed,
)
from tests.support.faults import Fault
from tui.agent.claude import ClaudeAgent
from tui.agent.session import ClaudeSession
from tui.agent.turn import Timeouts
from tui.demo.server import DemoServer
from tui.domain.events import (
    AnswerRestarted,
    Outcome,
    RetryScheduled,
    SilenceAllowed,
    TextStreamed,
)


async def test_what_the_api_refuses_fails_or_is_mended_and_can_be_left_out(
    stage: Stage, agent: ClaudeAgent
) -> None:
    spec = new_spec()
    session = await agent.connect(spec)
    await play(session, "one")
    good = await a_broken_stream_ends_with_the_servers_text(stage, session)
    told = stage.last.prompts
    await what_is_retried_in_vain_fails(stage, session)
    await what_is_not_retried_fails_at_once(stage, session)
    await session.close()

    session = await agent.connect(resumed(spec.session, good.anchor))
    again = await play(session, "and now?")
    assert again.text == stage.last.reply
    assert stage.last.prompts == (*told, "and now?")


async def what_is_retried_in_vain_fails(stage: Stage, session: ClaudeSession) -> None:
    for fault, words in (
        (Fault.server_error(), "the API has an internal error (500)"),
        (Fault.overloaded(), "the API is overloaded (529)"),
        (Fault.rate_limit(1), "the API's rate limit is reached (429)"),
        (Fault.unauthorized(), "the API refused the key or login (401)"),
    ):
        stage.server.faults.add(fault, times=2)
        failed = await play(session, f"met {fault.name}")
        (retry,) = failed.of(RetryScheduled)
        assert (retry.attempt, retry.limit, retry.reason) == (1, 1, words)
        assert 0 < retry.delay < 3, fault.name
        assert failed.end.outcome is Outcome.FAILED, fault.name
        assert failed.end.failure.lower().startswith(words.lower()), fault.name
        assert failed.text == failed.streamed == "", fault.name
        assert session.is_usable, fault.name


async def what_is_not_retried_fails_at_once(stage: Stage, session: ClaudeSession) -> None:
    for fault, words in (
        (Fault.bad_request(), "It said: “messages: this request is not valid”"),
        (Fault.prompt_too_long(), "too long for the model"),
        (Fault.credit(), "no credit left"),
        (Fault.rate_limit(600), "Wait a few minutes"),
        (Fault.forbidden(), "does not allow this"),
        (Fault.not_found(), "does not know the model"),
        (Fault.too_large(), "too large for the API"),
        (Fault.html(), "Is there a proxy"),
    ):
        stage.server.faults.add(fault, times=None)
        failed = await play(session, f"refused with {fault.name}")
        stage.server.faults.clear()
        assert failed.end.outcome is Outcome.FAILED, fault.name
        assert words in failed.end.failure
        assert failed.text == failed.streamed == ""
        assert session.is_usable


async def a_broken_stream_ends_with_the_servers_text(
    stage: Stage, session: ClaudeSession
) -> Played:
    played = Played(())
    for fault in (Fault.cut(), Fault.no_stop(), Fault.error_event(), Fault.malformed()):
        stage.server.faults.add(fault, after_words=12)
        played = await play(session, f"{fault.name}\n\ntwo three four five six seven eight nine")
        assert played.end.outcome is Outcome.FINISHED, fault.name
        assert played.text == stage.last.reply, fault.name
        if fault.name in {"cut", "no_stop"}:
            assert len(played.of(AnswerRestarted)) == 2
            assert played.of(RetryScheduled)[0].reason.startswith("the connection to the API")
            assert played.streamed != played.text
    return played


async def test_silence_ends_the_turn_and_an_answer_in_one_piece_may_be_silent_for_longer(
    stage: Stage,
) -> None:
    async with playing(stage, timeouts=Timeouts(silence=1.0, whole=6.0)) as agent:
        session = await agent.connect(new_spec())
        stage.server.faults.add(Fault.silence(), after_words=6)
        failed = await play(session, "a long one")
        assert failed.end.outcome is Outcome.FAILED
        assert failed.end.failure.startswith("Claude went silent: nothing came for 1 seconds")
        assert failed.streamed
        assert (await play(session, "and now?")).text == stage.last.reply

        stage.server.faults.add(Fault.error_event(), after_words=6)
        stage.server.faults.add(Fault.hang(seconds=2.5))
        played = await play(session, "a long one")
        assert played.end.outcome is Outcome.FINISHED
        assert played.text == stage.last.reply
        assert not stage.last.streamed
        told = played.of(SilenceAllowed)
        assert told[0] == SilenceAllowed(1.0)
        assert told[1] == SilenceAllowed(6.0, is_whole_awaited=True)

        stage.server.faults.add(Fault.error_event(), after_words=6)
        stage.server.faults.add(Fault.hang())
        failed = await play(session, "another long one")
        assert failed.end.outcome is Outcome.FAILED
        assert "nothing came for 6 seconds" in failed.end.failure
        assert failed.streamed


async def test_a_refused_connection_is_named(stage: Stage) -> None:
    closed = DemoServer()
    address = closed.start()
    closed.stop()
    environment = {**stage.environment, "ANTHROPIC_BASE_URL": address}
    async with playing(stage, environment=environment) as agent:
        failed = await play(await agent.connect(new_spec()), "anyone?")
    assert failed.end.outcome is Outcome.FAILED
    assert failed.end.failure.startswith("The API refuses connections.")
    assert failed.of(RetryScheduled)[0].reason.startswith("the connection to the API")


async def test_a_cli_that_is_killed_fails_its_turn_and_can_be_resumed(
    stage: Stage, agent: ClaudeAgent
) -> None:
    """What it cost is not reckoned from the sum that it did not note."""
    spec = new_spec(MODEL)
    session = await agent.connect(spec)
    first = await play(session, "one")
    kill_the_cli()
    await eventually(lambda: not session.is_usable)
    assert (await play(session, "between turns")).end.outcome is Outcome.FAILED
    await session.close()

    session = await agent.connect(replace(resumed(spec.session), model=MODEL))
    long = await play(session, "a long answer, please")
    assert stage.last.prompts == ("one", "a long answer, please")
    assert_reckoned_anew(long, first)
    failed = await play(session, "a long one, killed", on=TextStreamed, do=kill_the_cli)
    assert failed.end.outcome is Outcome.FAILED
    assert "its process ended" in failed.end.failure
    assert failed.streamed
    assert not session.is_usable
    assert (await play(session, "too late")).end.outcome is Outcome.FAILED
    await session.close()

    session = await agent.connect(replace(resumed(spec.session, first.anchor), model=MODEL))
    again = await play(session, "two, a long one")
    assert again.end.outcome is Outcome.FINISHED
    assert stage.last.prompts == ("one", "two, a long one")
    assert_reckoned_anew(again, first)


def kill_the_cli() -> None:
    (process,) = cli_processes()
    os.kill(process, signal.SIGKILL)


def assert_reckoned_anew(long: Played, before: Played) -> None:
    """The sum is more than the one before, though it began anew: a difference would be wrong."""
    assert long.end.total_cost is not None
    assert before.end.total_cost is not None
    assert long.end.total_cost > before.end.total_cost
    assert long.end.cost_before == 0
    assert cost(long.end) == pytest.approx(long.end.total_cost)
