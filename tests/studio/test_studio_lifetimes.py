"""Who holds a branch, and for how long: leases, sessions and turns end whatever happens inside."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from tests.support.fakes import (
    CountedIds,
    MemoryStore,
    Script,
    ScriptedAgent,
    ScriptedSession,
    ticking_clock,
)
from tui.domain.changes import with_turn
from tui.domain.content import Content, TurnKind, TurnState
from tui.domain.costs import Budgets
from tui.domain.errors import AgentProblem, LibraryProblem, NotLoggedIn, RedraftError, Refused
from tui.domain.events import Event, RequestStarted, SavingDelayed, TextStreamed, TurnSaved
from tui.domain.status import Status
from tui.domain.turn_changes import interrupted
from tui.studio.running_turn import LOST
from tui.studio.studio import Studio

DRAFT = "Here.\n<draft>\n# One\n\nFirst text.\n</draft>\n"
WAIT = 5


def studio_of(store: MemoryStore, agent: ScriptedAgent, **options: Any) -> Studio:
    return Studio(store, agent, ticking_clock(), CountedIds(), **options)


async def send(studio: Studio, content: Content, prompt: str = "go") -> list[Event]:
    talk = studio.conversation(content.id, content.main)
    async with asyncio.timeout(WAIT):
        return [event async for event in talk.send(prompt, TurnKind.GENERATE)]


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not is_so():  # noqa: ASYNC110 (the fakes tell nobody)
            await asyncio.sleep(0)


class Held:
    """A turn that stands in the middle of its answer."""

    def __init__(self, store: MemoryStore, script: Script, **options: Any) -> None:
        self.store = store
        self.agent = ScriptedAgent([script])
        self.studio = studio_of(store, self.agent, **options)
        self.events: list[Event] = []

    async def begin(self) -> Content:
        content = await self.studio.create("One", brief="about one")
        self.talk = self.studio.conversation(content.id, content.main)
        self.following = asyncio.create_task(self._follow())
        await until(lambda: any(isinstance(event, TextStreamed) for event in self.events))
        return content

    async def _follow(self) -> None:
        async for event in self.talk.send("go", TurnKind.GENERATE):
            self.events.append(event)

    async def end(self) -> None:
        self.agent.release.set()
        await asyncio.wait_for(self.following, WAIT)


async def test_a_label_given_while_the_turn_runs_is_there_at_its_end() -> None:
    held = Held(MemoryStore(), Script(DRAFT, is_held=True))
    content = await held.begin()
    await held.studio.decisions.label_turn(content.id, content.main, 1, "the good one")
    await held.end()
    (turn,) = (await held.studio.content(content.id)).branch(content.main).turns
    assert (turn.label, turn.state, turn.version) == ("the good one", TurnState.FINISHED, 1)


async def test_a_version_taken_of_a_running_turn_is_kept_with_it() -> None:
    script = Script("No tags, only talk, and a good deal of that.", is_held=True)
    held = Held(MemoryStore(), script)
    content = await held.begin()
    part = "No tags"

    def with_part(now: Content) -> Content:
        (turn,) = now.branch(now.main).turns
        return with_turn(now, now.main, replace(turn, reply=part))

    await held.store.update(content.id, with_part)
    await held.studio.decisions.take_draft(content.id, content.main, 1)
    await held.end()
    saved = await held.studio.content(content.id)
    (turn,) = saved.branch(content.main).turns
    assert turn.version == 1
    assert saved.version(1).text == part


@pytest.mark.parametrize("problem", [NotLoggedIn("Log in."), AgentProblem("No way to Claude.")])
async def test_a_failed_connection_leaves_the_branch_to_other_programs(
    problem: AgentProblem,
) -> None:
    store, agent = MemoryStore(), ScriptedAgent(connect_problems=[problem])
    studio = studio_of(store, agent)
    content = await studio.create("One")
    assert isinstance((await send(studio, content))[-1], TurnSaved)
    assert store.taken == set()


async def test_connecting_ahead_in_vain_leaves_the_branch_to_other_programs() -> None:
    store, agent = MemoryStore(), ScriptedAgent(connect_problems=[NotLoggedIn("Log in.")])
    studio = studio_of(store, agent)
    content = await studio.create("One")
    with pytest.raises(NotLoggedIn):
        await studio.conversation(content.id, content.main).prepare()
    assert store.taken == set()


async def test_a_refused_prompt_leaves_the_branch_to_other_programs() -> None:
    store, agent = MemoryStore(), ScriptedAgent([Script(DRAFT, total_cost=2.0)])
    studio = studio_of(store, agent, budgets=Budgets(0.0, 1.0, "the settings"))
    content = await studio.create("One")
    await send(studio, content)
    assert store.taken == {content.main}
    with pytest.raises(Refused, match="Nothing was sent"):
        await send(studio, content)
    assert store.taken == set()

    archived = await studio.create("Two")
    await studio.decisions.move(archived.id, Status.ARCHIVED)
    with pytest.raises(Refused, match="archived"):
        await send(studio, archived)
    assert store.taken == set()


async def test_an_idle_session_is_closed_and_its_branch_let_go() -> None:
    store, agent = MemoryStore(), ScriptedAgent()
    studio = studio_of(store, agent, idle_after=0.0)
    content = await studio.create("One")
    await send(studio, content)
    await until(lambda: store.taken == set())
    assert agent.open_sessions[0].is_closed
    await send(studio, content, "and on")
    assert len(agent.open_sessions) == 2


async def test_what_is_idle_is_not_let_go_under_the_next_turn() -> None:
    store, agent = MemoryStore(), ScriptedAgent([Script(), Script(is_held=True)])
    studio = studio_of(store, agent, idle_after=0.01)
    content = await studio.create("One")
    await send(studio, content)
    talk = studio.conversation(content.id, content.main)
    second = asyncio.create_task(send(studio, content, "second"))
    await until(lambda: len(agent.prompts) == 2)
    await talk.disconnect()  # As when room is made, decided before the turn began.
    assert store.taken == {content.main}
    agent.release.set()
    await second


async def test_an_end_that_cannot_be_saved_is_rescued_and_a_stop_gives_it_up() -> None:
    rescued: list[str] = []

    async def rescue(_name: str, text: str) -> str:
        rescued.append(text)
        return "It is kept in rescued.md."

    store, agent = MemoryStore(), ScriptedAgent([Script(DRAFT, is_held=True)])
    studio = studio_of(store, agent, rescue=rescue)
    content = await studio.create("One")
    talk = studio.conversation(content.id, content.main)
    delayed: list[str] = []

    async def follow() -> None:
        async for event in talk.send("go", TurnKind.GENERATE):
            if isinstance(event, RequestStarted):
                store.is_full = True
                agent.release.set()
            if isinstance(event, SavingDelayed):
                delayed.append(event.problem)
                talk.stop()

    with pytest.raises(RedraftError, match="rescued"):
        await asyncio.wait_for(follow(), WAIT)
    assert delayed == ["The disk is full: make room. It is kept in rescued.md."]
    assert "go" in rescued[0]
    assert "First text." in rescued[0]
    assert not talk.is_writing
    store.is_full = False
    await studio.close()


async def test_a_turn_whose_lease_is_lost_is_stopped_and_what_arrived_is_kept() -> None:
    held = Held(MemoryStore(), Script(DRAFT, is_held=True), renew_every=0.001)
    content = await held.begin()
    held.store.take_away(content.main)
    await asyncio.wait_for(held.following, WAIT)  # Nobody stops it but the loss.
    (turn,) = (await held.studio.content(content.id)).branch(content.main).turns
    assert (turn.state, turn.failure, turn.version) == (TurnState.STOPPED, LOST, None)
    assert turn.reply
    assert DRAFT.startswith(turn.reply)
    await until(lambda: held.agent.open_sessions[0].is_closed)
    assert held.store.taken == set()
    assert isinstance((await send(held.studio, content, "again"))[-1], TurnSaved)
    assert held.store.taken == {content.main}


async def test_a_loss_is_noticed_before_an_end_is_saved_and_a_turn_ended_elsewhere_stays() -> None:
    held = Held(MemoryStore(), Script(DRAFT, is_held=True), renew_every=1000.0)
    content = await held.begin()
    held.store.take_away(content.main)
    other = await held.store.leases.take(content.main)
    assert other is not None
    ended = await held.store.update(
        content.id, lambda now: interrupted(now, content.main, now.updated_at)
    )
    await held.end()
    assert (await held.studio.content(content.id)).branch(content.main).turns == (
        ended.branch(content.main).turns
    )
    with pytest.raises(Refused, match="Anna on mac"):
        await send(held.studio, content, "again")
    assert len(held.agent.prompts) == 1
    other.release()
    await send(held.studio, content, "again")
    assert len(held.agent.prompts) == 2


async def test_a_loss_that_the_store_tells_saves_the_turns_end_and_nothing_else() -> None:
    held = Held(MemoryStore(), Script(DRAFT, is_held=True), renew_every=1000.0)
    content = await held.begin()
    held.store.leases[content.main].lost.set()  # Told by the store, not found by a renewal.
    before = held.store.saves
    await asyncio.wait_for(held.following, WAIT)
    assert held.store.saves == before + 1  # The turn's end, and nothing else.


async def test_an_idle_branch_is_not_renewed_and_a_lost_one_is_taken_anew() -> None:
    store, agent = MemoryStore(), ScriptedAgent()
    studio = studio_of(store, agent, renew_every=0.0)
    content = await studio.create("One")
    await send(studio, content)
    lease = store.leases[content.main]
    renewals = lease.renewals
    for _ in range(50):
        await asyncio.sleep(0)
    assert lease.renewals == renewals
    store.take_away(content.main)
    await send(studio, content, "again")
    assert [session.is_closed for session in agent.open_sessions] == [True, False]
    assert store.leases[content.main] is not lease
    await studio.close()


async def test_an_end_that_is_given_up_leaves_the_turn_to_whoever_looks_next() -> None:
    held = Held(MemoryStore(), Script(DRAFT, is_held=True))
    content = await held.begin()
    held.store.is_full = True
    held.agent.release.set()
    await until(lambda: any(isinstance(event, SavingDelayed) for event in held.events))
    held.talk.stop()
    with pytest.raises(RedraftError):
        await held.end()
    held.store.is_full = False
    assert held.store.taken == set()
    (turn,) = (await held.studio.content(content.id)).branch(content.main).turns
    assert turn.state is TurnState.INTERRUPTED


async def test_every_part_is_closed_when_one_of_them_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    store, agent = MemoryStore(), ScriptedAgent()
    studio = studio_of(store, agent)
    contents = [await studio.create(f"Piece {number}") for number in range(3)]
    for content in contents:
        await send(studio, content)
    closed: list[str] = []

    async def broken(_: object) -> None:
        raise OSError("odd")

    async def close_store() -> None:
        closed.append("store")

    monkeypatch.setattr(store, "close", close_store)
    monkeypatch.setattr(ScriptedSession, "close", broken)
    with pytest.raises(OSError, match="odd"):
        await studio.close()
    assert closed == ["store"]
    assert agent.is_closed
    assert store.taken == set()


class Trouble:
    """Makes calls of the store, the agent and its sessions fail, as a seed says."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.is_on = True

    def wrap(self, owner: Any, names: tuple[str, ...]) -> None:
        for name in names:
            setattr(owner, name, self._troubled(getattr(owner, name)))

    def _troubled(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def troubled(*args: Any, **kwargs: Any) -> Any:
            before, after = self._random.random() < 0.1, self._random.random() < 0.1
            # What was given is told of, or nobody could give it back.
            after = after and call.__name__ not in {"take", "connect"}
            if self.is_on and before:
                raise self._error()
            result = await call(*args, **kwargs)
            if self.is_on and after:
                raise self._error()
            return result

        return troubled

    def _error(self) -> Exception:
        return self._random.choice(
            [OSError(5, "Input/output error"), LibraryProblem("No."), AgentProblem("No.")]
        )


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_call_fails_nothing_is_lost_and_nothing_stays_behind(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.studio.running_turn.SAVE_AGAIN_AFTER", 0.001)
    store, agent, trouble = MemoryStore(), ScriptedAgent(), Trouble(seed)
    studio = studio_of(store, agent, live_sessions=2, idle_after=0.002, renew_every=0.001)
    contents = [await studio.create(f"Piece {number}") for number in range(3)]
    trouble.wrap(store, ("load", "update", "catalog"))
    trouble.wrap(store.leases, ("take",))
    trouble.wrap(agent, ("connect", "fork", "answer"))
    acknowledged: dict[str, set[str]] = {content.id: set() for content in contents}
    rand = random.Random(seed)

    async def turn(content: Content, prompt: str) -> None:
        talk = studio.conversation(content.id, content.main)
        with suppress(RedraftError):
            async for event in talk.send(prompt, TurnKind.REVISE):
                if rand.random() < 0.05:
                    talk.stop()
                if rand.random() < 0.02 and content.main in store.leases:
                    store.take_away(content.main)
                if isinstance(event, TurnSaved):
                    acknowledged[content.id].add(prompt)

    async def poke(content: Content) -> None:
        talk = studio.conversation(content.id, content.main)
        with suppress(RedraftError, OSError):
            await rand.choice([talk.prepare, talk.disconnect, talk.ended])()

    async with asyncio.timeout(30):
        for number in range(12):
            works = [turn(content, f"prompt {number}") for content in contents]
            works += [poke(rand.choice(contents)) for _ in range(2)]
            await asyncio.gather(*works)
        assert studio.conversations.writing == frozenset()
        trouble.is_on = False
        await studio.close()
    assert store.taken == set()
    assert all(session.is_closed for session in agent.open_sessions)
    for content in contents:
        turns = store.contents[content.id].branch(content.main).turns
        ended = {turn.prompt for turn in turns if turn.state is not TurnState.RUNNING}
        assert acknowledged[content.id] <= ended
        assert all(turn.state is not TurnState.RUNNING for turn in turns[:-1])
