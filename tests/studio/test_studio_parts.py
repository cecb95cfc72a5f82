"""The part of an answer that has arrived is kept while it runs, also when nothing more comes."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.store.samples import until
from tests.support.fakes import CountedIds, MemoryStore, Script, ScriptedAgent, ticking_clock
from tui.domain.content import TurnKind, TurnState
from tui.domain.events import Event
from tui.domain.ids import TurnId
from tui.studio import parts
from tui.studio.studio import Studio

ANSWER = "Here it comes, and here it goes on."
TURN = TurnId("turn-1")


class Desk:
    """A studio on which an answer stands still in its middle."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.agent = ScriptedAgent([Script(ANSWER, is_held=True)])
        self.studio = Studio(self.store, self.agent, ticking_clock(), CountedIds())


async def _all(events: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in events]


async def until_kept(store: MemoryStore, length: int) -> str:
    await until(lambda: len("".join(store.parts.values())) >= length)
    return "".join(store.parts.values())


async def test_what_stands_still_is_kept_and_is_in_the_turn_of_the_next_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "KEEP_AFTER", 0.01)
    desk = Desk()
    content = await desk.studio.create("One", brief="about one")
    talk = desk.studio.conversation(content.id, content.main)
    sent = asyncio.create_task(_all(talk.send("one", TurnKind.GENERATE)))
    kept = await until_kept(desk.store, len(ANSWER) // 2)
    assert ANSWER.startswith(kept)
    assert desk.store.contents[content.id].branch(content.main).turns[-1].reply == ""

    desk.store.leases.clear()  # As when the program is killed.
    after = Studio(desk.store, ScriptedAgent(), ticking_clock(), CountedIds())
    turn = (await after.content(content.id)).branch(content.main).turns[-1]
    assert (turn.state, turn.reply) == (TurnState.INTERRUPTED, kept)
    desk.agent.release.set()
    await sent
    await after.close()
    await desk.studio.close()


async def test_an_answer_that_begins_anew_is_kept_as_it_is_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "KEEP_AFTER", 0)
    store = MemoryStore()
    studio = Studio(store, ScriptedAgent(), ticking_clock(), CountedIds())
    content = await studio.create("One", brief="about one")
    keeper = parts.PartKeeper(store, content.id)
    for text in ("One that is long", "Two", "Six"):
        keeper.arrived(TURN, text)
        await until(lambda wanted=text: store.parts.get(TURN) == wanted)  # type: ignore[misc]
    await keeper.finish()
    await studio.close()
