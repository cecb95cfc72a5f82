"""Sessions, resumes and forks through the real SDK and CLI, as the API sees them."""

import asyncio
import uuid

import pytest

from tests.agent.stage import (
    MODEL,
    NoCopies,
    Stage,
    cli_processes,
    cost,
    eventually,
    new_spec,
    new_turn,
    play,
    playing,
    resumed,
)
from tests.support.faults import Fault
from tui.agent.claude import ClaudeAgent
from tui.agent.claude_transcripts import ClaudeTranscripts
from tui.agent.session import ClaudeSession
from tui.domain.errors import AgentProblem, MissingCli, SessionLost, SessionTaken
from tui.domain.events import (
    AnswerRestarted,
    ContextMeasured,
    MessageCommitted,
    Outcome,
    RequestStarted,
    TurnEnded,
)
from tui.domain.ids import MessageId, SessionId
from tui.domain.session import SessionSpec
from tui.studio.ports import Agent


async def test_the_turns_of_one_session_arrive_whole(stage: Stage, agent: ClaudeAgent) -> None:
    spec = new_spec("claude-sonnet-demo")
    session = await agent.connect(spec)
    first = await play(session, "one")
    second = await play(session, "/clear and @two")
    assert first.end.outcome is Outcome.FINISHED
    assert first.text == first.streamed == stage.server.requests[-2].reply
    assert stage.last.prompts[-2:] == ("one", "/clear and @two")
    assert stage.last.replies == (first.text,)
    assert stage.last.model == second.end.model == "claude-sonnet-demo"
    assert second.end.total_cost is not None
    kinds = [type(event) for event in first.events]
    assert kinds.index(RequestStarted) < kinds.index(AnswerRestarted)
    assert kinds.index(AnswerRestarted) < kinds.index(MessageCommitted) < kinds.index(TurnEnded)
    assert kinds[-1] is ContextMeasured
    assert 0 < first.of(ContextMeasured)[0].percent < 5

    # A reader that goes away leaves the session intact.
    async for _ in session.turn(new_turn(), "left alone"):
        break
    after = await play(session, "after it")
    assert after.end.outcome is Outcome.FINISHED
    assert after.text == stage.last.reply
    assert stage.last.prompts[-2:] == ("left alone", "after it")

    await an_answer_nobody_saw_is_found(stage, agent, session)
    await what_is_unknown_is_lost_and_what_is_known_is_taken(agent, spec)

    # Odd prompts and huge answers arrive whole.
    odd = "nul \x00, bell \x07, \x1b[31mred\x1b[0m, 🦊, [@click=app.quit]x[/]"
    await play(session, odd)
    assert stage.last.prompts[-1] == odd
    assert (await play(session, "a lone \ud800 surrogate")).end.outcome is Outcome.FINISHED
    huge = await play(session, "huge")
    assert huge.end.outcome is Outcome.FINISHED
    assert huge.text == stage.last.reply
    assert len(huge.text) == 1_200_000

    await a_close_in_mid_turn_waits_for_no_answer(stage, agent, session)


async def an_answer_nobody_saw_is_found(
    stage: Stage, agent: ClaudeAgent, session: ClaudeSession
) -> None:
    turn = new_turn()
    async for event in session.turn(turn, "unseen"):
        if isinstance(event, TurnEnded):
            break
    await play(session, "seen")
    found = await agent.answer(session.id, turn)
    assert found is not None
    (answer,) = found
    assert isinstance(answer, MessageCommitted)
    assert stage.last.prompts[-2:] == ("unseen", "seen")
    assert answer.text == stage.last.replies[-1]
    assert (await agent.fork(session.id, answer.id, title="x")).anchor
    assert await agent.answer(session.id, new_turn()) is None


async def what_is_unknown_is_lost_and_what_is_known_is_taken(
    agent: ClaudeAgent, spec: SessionSpec
) -> None:
    unknown = SessionId(str(uuid.uuid4()))
    nowhere = MessageId(str(uuid.uuid4()))
    results = await asyncio.gather(
        agent.connect(resumed(unknown)),
        agent.connect(resumed(spec.session, nowhere)),
        agent.connect(spec),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [SessionLost, SessionLost, SessionTaken]


async def a_close_in_mid_turn_waits_for_no_answer(
    stage: Stage, agent: ClaudeAgent, session: ClaudeSession
) -> None:
    """And ends every turn."""
    stage.server.faults.add(Fault.silence(), times=None, after_words=4)
    sessions = [session, await agent.connect(new_spec())]
    turns = [asyncio.create_task(play(one, "a long one")) for one in sessions]
    await eventually(lambda: sum("a long one" in r.prompts for r in stage.server.requests) >= 2)
    await agent.close()
    assert [turn.end.outcome for turn in await asyncio.gather(*turns)] == [Outcome.STOPPED] * 2
    assert not any(one.is_usable for one in sessions)
    assert not cli_processes()
    stage.server.faults.clear()


async def test_a_session_is_resumed_and_forked_with_what_was_said_in_it(stage: Stage) -> None:
    """And with what it cost."""
    spec = new_spec(MODEL)
    async with playing(stage) as before:
        first = await play(await before.connect(spec), "one")
    async with playing(stage) as agent:
        session = await agent.connect(resumed(spec.session))
        second = await play(session, "two")
        assert_told(stage, "one", "two")
        assert stage.last.replies == (first.text,)
        assert second.end.cost_before == first.end.total_cost
        assert 0 < cost(second.end) < (second.end.total_cost or 0)

        await is_refused(stage, session)
        await session.close()
        session = await agent.connect(resumed(spec.session, second.anchor))
        third = await play(session, "three")
        assert_told(stage, "one", "two", "three")
        await play(session, "four")
        await forks_know_only_what_came_before_them(stage, agent, session, third.anchor)
        await play(session, "five")
        assert_told(stage, "one", "two", "three", "four", "five")


def assert_told(stage: Stage, *prompts: str) -> None:
    assert stage.last.prompts == prompts


async def is_refused(stage: Stage, session: ClaudeSession) -> None:
    # For ever: the CLI tries a refused request a second time, in another form, unannounced.
    stage.server.faults.add(Fault.bad_request(), times=None)
    failed = await play(session, "three, refused")
    stage.server.faults.clear()
    assert failed.end.outcome is Outcome.FAILED
    assert failed.text == ""


async def forks_know_only_what_came_before_them(
    stage: Stage, agent: ClaudeAgent, session: ClaudeSession, third: MessageId
) -> None:
    fork = await agent.fork(session.id, third, title="a fork")
    branch = await agent.connect(resumed(fork.session))
    on_branch = await play(branch, "other four")
    assert_told(stage, "one", "two", "three", "other four")
    assert on_branch.end.cost_before == 0
    assert cost(on_branch.end) == pytest.approx(on_branch.end.total_cost)
    await branch.close()

    twig = await agent.fork(fork.session, fork.anchor, title="a fork of the fork's start")
    leaf = await agent.fork(fork.session, on_branch.anchor, title="")
    assert len({session.id, fork.session, twig.session, leaf.session}) == 4
    listed = await ClaudeTranscripts(stage.folder / "work", NoCopies()).sessions()
    titles = {found.session: found.title for found in listed}
    assert titles[fork.session] == "a fork"
    assert titles[twig.session] == "a fork of the fork's start"
    third_branch = await agent.connect(resumed(twig.session, twig.anchor))
    await play(third_branch, "third four")
    await third_branch.close()
    assert_told(stage, "one", "two", "three", "third four")
    fourth_branch = await agent.connect(resumed(leaf.session))
    await play(fourth_branch, "five")
    await fourth_branch.close()
    assert_told(stage, "one", "two", "three", "other four", "five")


async def test_what_cannot_be_forked_is_lost(agent: ClaudeAgent) -> None:
    with pytest.raises(SessionLost):
        await agent.fork(
            SessionId(str(uuid.uuid4())), MessageId(str(uuid.uuid4())), title="nothing"
        )


async def test_a_known_id_is_taken_before_a_cli_starts(agent: ClaudeAgent, stage: Stage) -> None:
    spec = new_spec()
    await play(await agent.connect(spec), "one")
    cli, started = stage.folder / "cli", stage.folder / "started"
    cli.write_text(f"#!/bin/sh\ntouch {started}\nexit 1\n")
    cli.chmod(0o755)
    other = stage.agent(cli=cli)
    with pytest.raises(SessionTaken):
        await other.connect(spec)
    await other.close()
    assert not started.exists()


async def test_a_missing_cli_is_said_plainly(stage: Stage) -> None:
    async with playing(stage, cli=stage.folder / "nowhere") as agent:
        account = await agent.account()
        assert not account.is_ready
        assert "nowhere is missing" in account.problem
        with pytest.raises(MissingCli, match="nowhere is missing"):
            await agent.connect(new_spec())


async def test_a_work_folder_that_cannot_be_made_is_a_problem(stage: Stage) -> None:
    in_the_way = stage.folder / "file"
    in_the_way.write_text("")
    async with playing(stage, work_folder=in_the_way / "work") as agent:
        with pytest.raises(AgentProblem, match="cannot be made"):
            await agent.connect(new_spec())


def test_it_is_an_agent(stage: Stage) -> None:
    agent: Agent = stage.agent()
    assert callable(agent.connect)


async def test_a_cancelled_connect_leaves_no_process(agent: ClaudeAgent) -> None:
    await agent.warm_up()
    connecting = asyncio.create_task(agent.connect(new_spec()))
    await eventually(lambda: bool(cli_processes()))
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    await eventually(lambda: not cli_processes())
