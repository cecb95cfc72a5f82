"""A stop while Claude is still being connected to: it does not wait for that."""

import asyncio

from tests.support.fakes import (
    CountedIds,
    MemoryStore,
    ScriptedAgent,
    ScriptedSession,
    ticking_clock,
)
from tui.domain.content import TurnKind, TurnState
from tui.domain.session import SessionSpec
from tui.studio.studio import Studio


class SlowAgent(ScriptedAgent):
    """Connects when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.is_connecting = asyncio.Event()
        self.let = asyncio.Event()
        self.given_up = 0

    async def connect(self, spec: SessionSpec) -> ScriptedSession:
        self.is_connecting.set()
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        return await super().connect(spec)


async def test_a_stop_does_not_wait_for_the_connection() -> None:
    store, agent = MemoryStore(), SlowAgent()
    studio = Studio(store, agent, ticking_clock(), CountedIds())
    content = await studio.create("One", brief="about one")
    talk = studio.conversation(content.id, content.main)

    async def turn(prompt: str) -> None:
        async for _ in talk.send(prompt, TurnKind.GENERATE):
            pass

    stopped = asyncio.create_task(turn("stopped"))
    await asyncio.wait_for(agent.is_connecting.wait(), 2)
    talk.stop()
    await asyncio.wait_for(stopped, 2)
    (saved,) = (await studio.content(content.id)).branch(content.main).turns
    assert (saved.state, saved.cost) == (TurnState.STOPPED, 0.0)
    assert agent.given_up == 1

    agent.let.set()
    await asyncio.wait_for(turn("and now"), 2)
    assert [sent.rsplit("\n", 1)[-1] for _, sent in agent.prompts] == ["and now"]
    turns = (await studio.content(content.id)).branch(content.main).turns
    assert [one.state for one in turns] == [TurnState.STOPPED, TurnState.FINISHED]
    await studio.close()


async def test_a_stop_right_after_sending_does_not_even_connect() -> None:
    store, agent = MemoryStore(), SlowAgent()
    studio = Studio(store, agent, ticking_clock(), CountedIds())
    content = await studio.create("One", brief="about one")
    talk = studio.conversation(content.id, content.main)

    async def turn() -> None:
        async for _ in talk.send("stopped", TurnKind.GENERATE):
            pass

    stopped = asyncio.create_task(turn())
    while not talk.is_writing:  # noqa: ASYNC110 (a task that has just begun tells nobody)
        await asyncio.sleep(0)
    talk.stop()
    await asyncio.wait_for(stopped, 2)
    (saved,) = (await studio.content(content.id)).branch(content.main).turns
    assert (saved.state, saved.prompt) == (TurnState.STOPPED, "stopped")
    assert not agent.is_connecting.is_set()
    await studio.close()
