"""Sessions, resumes and forks through the real SDK and CLI, as the API sees them."""

import asyncio
import uuid

import pytest

from tests.agent.stage import (
    Stage,
    cli_processes,
    eventually,
    new_spec,
    new_turn,
    play,
    playing,
    resumed,
)
from tui.agent.claude import ClaudeAgent
from tui.demo.faults import Fault
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
from tui.studio.ports import Agent


async def test_the_turns_of_one_session_arrive_whole(stage: Stage, agent: ClaudeAgent) -> None:
    session = await agent.connect(new_spec("claude-sonnet-demo"))
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

    # Odd prompts and huge answers arrive whole.
    odd = "nul \x00, bell \x07, \x1b[31mred\x1b[0m, 🦊, [@click=app.quit]x[/]"
    await play(session, odd)
    assert stage.last.prompts[-1] == odd
    assert (await play(session, "a lone \ud800 surrogate")).end.outcome is Outcome.FINISHED
    huge = await play(session, "huge")
    assert huge.end.outcome is Outcome.FINISHED
    assert huge.text == stage.last.reply
    assert len(huge.text) == 1_200_000


async def test_a_fresh_agent_resumes_what_was_said(stage: Stage) -> None:
    spec = new_spec()
    async with playing(stage) as before:
        assert not await before.exists(spec.session)
        first = await play(await before.connect(spec), "remember me")
    async with playing(stage) as after:
        assert await after.exists(spec.session)
        await play(await after.connect(resumed(spec.session)), "still there?")
    assert stage.last.prompts[-2:] == ("remember me", "still there?")
    assert stage.last.replies == (first.text,)


async def test_resume_at_leaves_out_a_failed_prompt_and_the_rest_can_be_forked(
    stage: Stage, agent: ClaudeAgent
) -> None:
    spec = new_spec()
    session = await agent.connect(spec)
    first = await play(session, "one")
    # For ever: the CLI tries a refused request a second time, in another form, unannounced.
    stage.server.faults.add(Fault.bad_request(), times=None)
    failed = await play(session, "two, refused")
    stage.server.faults.clear()
    assert failed.end.outcome is Outcome.FAILED
    assert failed.text == ""
    await session.close()

    session = await agent.connect(resumed(spec.session, first.anchor))
    again = await play(session, "two, again")
    assert stage.last.prompts[-2:] == ("one", "two, again")

    fork = await agent.fork(spec.session, again.anchor, title="other")
    await play(await agent.connect(resumed(fork.session)), "three on the fork")
    assert stage.last.prompts[-3:] == ("one", "two, again", "three on the fork")
    await play(session, "three")
    assert stage.last.prompts[-3:] == ("one", "two, again", "three")


async def test_a_fork_knows_only_what_came_before_it(stage: Stage, agent: ClaudeAgent) -> None:
    spec = new_spec()
    session = await agent.connect(spec)
    first = await play(session, "one")
    await play(session, "two")
    fork = await agent.fork(spec.session, first.anchor, title="a fork")
    branch = await agent.connect(resumed(fork.session))
    on_branch = await play(branch, "other two")
    assert stage.last.prompts[-2:] == ("one", "other two")

    twig = await agent.fork(fork.session, fork.anchor, title="a fork of the fork's start")
    leaf = await agent.fork(fork.session, on_branch.anchor, title="")
    assert len({spec.session, fork.session, twig.session, leaf.session}) == 4
    await play(await agent.connect(resumed(twig.session, twig.anchor)), "third two")
    assert stage.last.prompts[-2:] == ("one", "third two")
    await play(await agent.connect(resumed(leaf.session)), "three")
    assert stage.last.prompts[-3:] == ("one", "other two", "three")
    await play(session, "three of the first")
    assert stage.last.prompts[-3:] == ("one", "two", "three of the first")


async def test_what_cannot_be_forked_is_lost(agent: ClaudeAgent) -> None:
    with pytest.raises(SessionLost):
        await agent.fork(
            SessionId(str(uuid.uuid4())), MessageId(str(uuid.uuid4())), title="nothing"
        )


async def test_an_unknown_session_is_lost_and_a_known_id_is_taken(agent: ClaudeAgent) -> None:
    spec = new_spec()
    first = await play(await agent.connect(spec), "one")
    unknown = SessionId(str(uuid.uuid4()))
    nowhere = MessageId(str(uuid.uuid4()))
    results = await asyncio.gather(
        agent.connect(resumed(unknown)),
        agent.connect(resumed(spec.session, nowhere)),
        agent.connect(spec),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [SessionLost, SessionLost, SessionTaken]
    assert first.text


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


async def test_close_in_mid_turn_is_quick_and_ends_every_turn(
    stage: Stage, agent: ClaudeAgent
) -> None:
    sessions = [await agent.connect(new_spec()) for _ in range(2)]
    turns = [asyncio.create_task(play(session, "a long one")) for session in sessions]
    await eventually(lambda: sum("a long one" in r.prompts for r in stage.server.requests) >= 2)
    began = asyncio.get_running_loop().time()
    await agent.close()
    assert asyncio.get_running_loop().time() - began < 1.5
    assert [turn.end.outcome for turn in await asyncio.gather(*turns)] == [Outcome.STOPPED] * 2
    assert not any(session.is_usable for session in sessions)
    assert not cli_processes()


async def test_an_answer_nobody_saw_is_found_in_the_transcript(
    stage: Stage, agent: ClaudeAgent
) -> None:
    spec = new_spec()
    session = await agent.connect(spec)
    await play(session, "one")
    turn = new_turn()
    async for event in session.turn(turn, "two"):
        if isinstance(event, TurnEnded):
            break
    await play(session, "three")
    found = await agent.answer(spec.session, turn)
    assert found is not None
    (answer,) = found
    assert isinstance(answer, MessageCommitted)
    assert answer.text == stage.last.replies[1]
    assert (await agent.fork(spec.session, answer.id, title="x")).anchor
    assert await agent.answer(spec.session, new_turn()) is None
