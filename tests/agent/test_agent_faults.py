"""API faults and process deaths, through the real SDK and CLI."""

import os
import signal

from tests.agent.stage import (
    Stage,
    cli_processes,
    eventually,
    new_spec,
    play,
    playing,
    resumed,
)
from tui.agent.claude import ClaudeAgent
from tui.agent.turn import Patience
from tui.demo.faults import Fault
from tui.demo.server import DemoServer
from tui.domain.events import (
    AnswerRestarted,
    Outcome,
    RetryScheduled,
    SilenceAllowed,
    TextStreamed,
)


async def test_what_is_retried_in_vain_fails_and_can_be_left_out(
    stage: Stage, agent: ClaudeAgent
) -> None:
    spec, told = new_spec(), ["one"]
    session = await agent.connect(spec)
    good = await play(session, "one")
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
        assert 0 < retry.delay < 3
        assert failed.end.outcome is Outcome.FAILED, fault.name
        assert failed.end.failure.lower().startswith(words.lower())
        assert failed.text == failed.streamed == ""
        assert session.is_usable
        await session.close()
        session = await agent.connect(resumed(spec.session, good.anchor))
        good = await play(session, f"met {fault.name}")
        told.append(f"met {fault.name}")
        assert good.text == stage.last.reply
        assert stage.last.prompts == tuple(told)


async def test_what_is_not_retried_fails_at_once(stage: Stage, agent: ClaudeAgent) -> None:
    session = await agent.connect(new_spec())
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


async def test_a_broken_stream_ends_with_the_servers_text(stage: Stage, agent: ClaudeAgent) -> None:
    session = await agent.connect(new_spec())
    for fault in (Fault.cut(), Fault.no_stop(), Fault.error_event(), Fault.malformed()):
        stage.server.faults.add(fault, after_words=12)
        played = await play(session, f"{fault.name}\n\ntwo three four five six seven eight nine")
        assert played.end.outcome is Outcome.FINISHED, fault.name
        assert played.text == stage.last.reply
        if fault.name in {"cut", "no_stop"}:
            assert len(played.of(AnswerRestarted)) == 2
            assert played.of(RetryScheduled)[0].reason.startswith("the connection to the API")
            assert played.streamed != played.text


async def test_silence_ends_the_turn(stage: Stage) -> None:
    async with playing(stage, patience=Patience(silence=1.0)) as agent:
        session = await agent.connect(new_spec())
        stage.server.faults.add(Fault.silence(), after_words=6)
        failed = await play(session, "a long one")
        assert failed.end.outcome is Outcome.FAILED
        assert failed.end.failure.startswith("Claude went silent: nothing came for 1 seconds")
        assert failed.streamed
        assert (await play(session, "and now?")).text == stage.last.reply


async def test_an_answer_in_one_piece_may_be_silent_for_longer(stage: Stage) -> None:
    async with playing(stage, patience=Patience(silence=1.0, whole=6.0)) as agent:
        session = await agent.connect(new_spec())
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


async def test_a_cli_killed_in_mid_turn_fails_it_and_can_be_resumed(
    stage: Stage, agent: ClaudeAgent
) -> None:
    spec = new_spec()
    session = await agent.connect(spec)
    first = await play(session, "one")
    (process,) = cli_processes()
    failed = await play(
        session, "a long one", on=TextStreamed, do=lambda: os.kill(process, signal.SIGKILL)
    )
    assert failed.end.outcome is Outcome.FAILED
    assert "its process ended" in failed.end.failure
    assert failed.streamed
    assert not session.is_usable
    after = await play(session, "too late")
    assert after.end.outcome is Outcome.FAILED
    again = await agent.connect(resumed(spec.session, first.anchor))
    assert (await play(again, "two")).end.outcome is Outcome.FINISHED
    assert stage.last.prompts[-2:] == ("one", "two")


async def test_a_cli_killed_between_turns_is_noticed(agent: ClaudeAgent) -> None:
    session = await agent.connect(new_spec())
    await play(session, "one")
    (process,) = cli_processes()
    os.kill(process, signal.SIGKILL)
    await eventually(lambda: not session.is_usable)
    assert (await play(session, "two")).end.outcome is Outcome.FAILED
