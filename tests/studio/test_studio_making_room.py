"""Making room for a session never takes one away from a turn."""

import asyncio

import pytest

from tests.support.fakes import (
    CountedIds,
    MemoryStore,
    Script,
    ScriptedAgent,
    ScriptedSession,
    ticking_clock,
)
from tui.domain.content import Content, TurnKind, TurnState
from tui.domain.session import SessionSpec
from tui.studio.conversation import Conversation
from tui.studio.studio import Studio


async def send(talk: Conversation) -> None:
    async for _ in talk.send("go", TurnKind.GENERATE):
        pass


def studio_of(agent: ScriptedAgent, live_sessions: int) -> Studio:
    return Studio(MemoryStore(), agent, ticking_clock(), CountedIds(), live_sessions=live_sessions)


async def state_in(studio: Studio, content: Content) -> TurnState:
    now = await studio.content(content.id)
    return now.branch(now.main).turns[-1].state


async def test_a_turn_that_begins_while_room_is_made_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = ScriptedAgent([Script(is_held=True), Script(is_held=True)])
    studio = studio_of(agent, live_sessions=1)
    contents = [await studio.create(f"Piece {number}") for number in range(3)]
    oldest, next_oldest, coming = (
        studio.conversation(content.id, content.main) for content in contents
    )
    # Neither can be disconnected for the other while both write: two are connected, one too many.
    writing = [asyncio.create_task(send(talk)) for talk in (oldest, next_oldest)]
    async with asyncio.timeout(5):
        while len(agent.prompts) < 2:  # noqa: ASYNC110 (the agent tells nobody)
            await asyncio.sleep(0)
    agent.release.set()
    await asyncio.gather(*writing)
    assert [talk.is_connected for talk in (oldest, next_oldest)] == [True, True]

    begun: list[asyncio.Task[None]] = []
    close = ScriptedSession.close

    async def slow_close(session: ScriptedSession) -> None:
        if not begun:
            agent.release.clear()
            agent.scripts[:] = [Script(is_held=True), Script()]
            begun.append(asyncio.create_task(send(next_oldest)))
            async with asyncio.timeout(5):
                while len(agent.prompts) < 3:  # noqa: ASYNC110
                    await asyncio.sleep(0)
        await close(session)

    monkeypatch.setattr(ScriptedSession, "close", slow_close)
    await send(coming)
    agent.release.set()
    await asyncio.gather(*begun)

    assert not oldest.is_connected
    assert await state_in(studio, contents[1]) is TurnState.FINISHED
    assert await state_in(studio, contents[2]) is TurnState.FINISHED


async def test_turns_that_connect_at_the_same_moment_keep_to_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = ScriptedAgent()
    connect, both = ScriptedAgent.connect, asyncio.Barrier(2)

    async def slow_connect(agent: ScriptedAgent, spec: SessionSpec) -> ScriptedSession:
        if len(agent.specs) >= 3:
            async with asyncio.timeout(5):
                await both.wait()
        return await connect(agent, spec)

    monkeypatch.setattr(ScriptedAgent, "connect", slow_connect)
    studio = studio_of(agent, live_sessions=3)
    contents = [await studio.create(f"Piece {number}") for number in range(5)]
    talks = [studio.conversation(content.id, content.main) for content in contents]
    for talk in talks[:3]:
        await send(talk)
    await asyncio.gather(*(send(talk) for talk in talks[3:]))
    assert [talk.is_connected for talk in talks] == [False, False, True, True, True]


async def test_a_session_connected_ahead_counts_while_it_is_on_its_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = ScriptedAgent()
    connect, arrive = ScriptedAgent.connect, asyncio.Event()

    async def slow_connect(agent: ScriptedAgent, spec: SessionSpec) -> ScriptedSession:
        if spec.session == ahead_session:
            await arrive.wait()
        return await connect(agent, spec)

    monkeypatch.setattr(ScriptedAgent, "connect", slow_connect)
    studio = studio_of(agent, live_sessions=2)
    contents = [await studio.create(f"Piece {number}") for number in range(3)]
    idle, ahead, coming = (studio.conversation(content.id, content.main) for content in contents)
    ahead_session = contents[1].branch(contents[1].main).session
    await send(idle)
    preparing = asyncio.create_task(ahead.prepare())
    async with asyncio.timeout(5):
        while not ahead.is_connected:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await send(coming)
    arrive.set()
    await preparing
    assert [talk.is_connected for talk in (idle, ahead, coming)] == [False, True, True]


async def test_a_stop_while_room_is_made_leaves_the_other_branch_free_for_other_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, agent = MemoryStore(), ScriptedAgent()
    studio = Studio(store, agent, ticking_clock(), CountedIds(), live_sessions=1)
    contents = [await studio.create(f"Piece {number}") for number in range(2)]
    idle, coming = (studio.conversation(content.id, content.main) for content in contents)
    await send(idle)
    is_closing, let, close = asyncio.Event(), asyncio.Event(), ScriptedSession.close

    async def slow_close(session: ScriptedSession) -> None:
        is_closing.set()
        await let.wait()
        await close(session)

    monkeypatch.setattr(ScriptedSession, "close", slow_close)
    stopped = asyncio.create_task(send(coming))
    await asyncio.wait_for(is_closing.wait(), 5)
    coming.stop()
    await asyncio.wait_for(stopped, 5)
    assert await state_in(studio, contents[1]) is TurnState.STOPPED
    let.set()
    async with asyncio.timeout(2):
        while contents[0].main in store.taken:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert [session.is_closed for session in agent.open_sessions] == [True]
    await send(coming)
    assert await state_in(studio, contents[1]) is TurnState.FINISHED
