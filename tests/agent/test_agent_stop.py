"""Stopping a turn, whenever the wish comes."""

import asyncio
import os
import signal
import subprocess

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
from tests.support.faults import Fault
from tui.agent.claude import ClaudeAgent
from tui.agent.processes import find_process
from tui.agent.session import ClaudeSession
from tui.agent.turn import Timeouts
from tui.domain.events import (
    MessageCommitted,
    Outcome,
    RequestStarted,
    RetryScheduled,
    TextStreamed,
    TurnEnded,
)


async def assert_goes_on(stage: Stage, session: ClaudeSession) -> None:
    after = await play(session, "and now?")
    assert after.end.outcome is Outcome.FINISHED
    assert after.text == stage.last.reply
    assert stage.last.prompts[-1].endswith("and now?")


async def test_a_stop_is_heard_whenever_it_comes(stage: Stage, agent: ClaudeAgent) -> None:
    """In one session: each stop finds the session as the one before left it."""
    session = await agent.connect(new_spec())
    await session.stop()  # While nothing runs.
    await assert_goes_on(stage, session)
    await session.stop()
    await assert_goes_on(stage, session)
    await a_stop_in_mid_text_keeps_the_text(stage, agent, session)
    await stops_before_the_first_token(stage, session)
    await stops_in_a_retry_wait(stage, session)
    await stops_right_after_sending(stage, session)


async def a_stop_in_mid_text_keeps_the_text(
    stage: Stage, agent: ClaudeAgent, session: ClaudeSession
) -> None:
    clock = asyncio.get_running_loop().time
    asked: list[float] = []

    async def stop_twice() -> None:
        asked.append(clock())
        await session.stop()
        await session.stop()

    stopped = await play(session, "a long one", on=TextStreamed, do=stop_twice)
    assert clock() - asked[0] < 1.0
    assert stopped.end.outcome is Outcome.STOPPED
    assert stopped.end.failure == ""
    whole = next(r.reply for r in stage.server.requests if r.prompts[-1] == "a long one")
    assert whole.startswith(stopped.text)
    assert 0 < len(stopped.text) < len(whole)
    await assert_goes_on(stage, session)
    assert stage.last.replies[-1].strip() == stopped.text.strip()

    fork = await agent.fork(session.id, stopped.anchor, title="from the stop")
    branch = await agent.connect(resumed(fork.session))
    await play(branch, "go on")
    assert stage.last.prompts[-1] == "go on"
    await branch.close()


async def stops_before_the_first_token(stage: Stage, session: ClaudeSession) -> None:
    stage.server.faults.add(Fault.hang())

    async def stop_once_it_hangs() -> None:
        await eventually(lambda: not stage.server.faults.pending)
        await session.stop()

    stopped = await play(session, "hanging", on=RequestStarted, do=stop_once_it_hangs)
    assert stopped.end.outcome is Outcome.STOPPED
    assert stopped.text == ""
    await assert_goes_on(stage, session)


async def stops_in_a_retry_wait(stage: Stage, session: ClaudeSession) -> None:
    stage.server.faults.add(Fault.rate_limit(retry_after=30))
    stopped = await play(session, "limited", on=RetryScheduled, do=session.stop)
    assert stopped.end.outcome is Outcome.STOPPED
    assert stopped.of(RetryScheduled)[0].delay >= 25
    await assert_goes_on(stage, session)


async def stops_right_after_sending(stage: Stage, session: ClaudeSession) -> None:
    for yields in (0, 1, 2, 5, 20):
        events = session.turn(new_turn(), f"a long one, stopped after {yields} steps")
        for _ in range(yields):
            await asyncio.sleep(0)
        await session.stop()
        async with asyncio.timeout(2.5):
            seen = [event async for event in events]
        (end,) = [event for event in seen if isinstance(event, TurnEnded)]
        assert end.outcome is Outcome.STOPPED
        assert sum(len(event.text) for event in seen if isinstance(event, MessageCommitted)) < 500
    await assert_goes_on(stage, session)


async def test_a_cli_that_does_not_stop_is_dropped(stage: Stage) -> None:
    async with playing(stage, timeouts=Timeouts(deadline=0.4, resend=0.1)) as agent:
        spec = new_spec()
        session = await agent.connect(spec)
        first = await play(session, "one")
        (process,) = cli_processes()

        async def freeze_and_stop() -> None:
            os.kill(process, signal.SIGSTOP)
            await session.stop()

        stopped = await play(session, "a long one", on=TextStreamed, do=freeze_and_stop)
        assert stopped.end.outcome is Outcome.STOPPED
        assert stopped.streamed
        assert not session.is_usable
        await eventually(lambda: process not in cli_processes())
        again = await agent.connect(resumed(spec.session, first.anchor))
        await assert_goes_on(stage, again)
        assert stage.last.prompts[-2:] == ("one", "and now?")

        # Nor is one that hangs while nothing runs waited for on leaving.
        (process,) = cli_processes()
        os.kill(process, signal.SIGSTOP)
        await assert_left(again, process)


async def test_a_cli_that_hangs_in_mid_turn_is_killed_on_leaving(agent: ClaudeAgent) -> None:
    session = await agent.connect(new_spec())
    (pid,) = cli_processes()

    def freeze() -> None:
        os.kill(pid, signal.SIGSTOP)

    turn = asyncio.create_task(play(session, "a long one", on=TextStreamed, do=freeze))
    await eventually(lambda: find_process(pid) is not None and is_frozen(pid))
    await assert_left(session, pid)
    assert (await turn).end.outcome is not Outcome.FINISHED


async def assert_left(session: ClaudeSession, pid: int) -> None:
    # The SDK alone would wait ten seconds for it.
    async with asyncio.timeout(8):
        await session.close()
    assert find_process(pid) is None


def is_frozen(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return state.stdout.startswith("T")
