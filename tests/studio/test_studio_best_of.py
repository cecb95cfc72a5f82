"""Best of N: who is sent when, what becomes of each, and what is left when the program dies."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.store.samples import until
from tests.support.fakes import (
    CountedIds,
    MemoryStore,
    Script,
    ScriptedAgent,
    ScriptedSession,
    ticking_clock,
)
from tui.domain.angles import Angle
from tui.domain.changes import with_turn
from tui.domain.content import Content, TurnKind, TurnState
from tui.domain.costs import NO_BUDGETS, Budgets, Cost
from tui.domain.errors import InvalidInput, NotFound, RedraftError, Refused
from tui.domain.events import (
    AgentEvent,
    CostEstimated,
    Event,
    MessageCommitted,
    Outcome,
    PermissionAsked,
    RequestStarted,
    TextStreamed,
    TurnEnded,
)
from tui.domain.ids import MessageId, TurnId
from tui.domain.session import SessionSpec
from tui.domain.tools import Decision, Question
from tui.studio.best_of import (
    Attempt,
    BestOf,
    EntryState,
    Plan,
    check_point,
    checked_plan,
    estimated,
    from_angle,
    usual_attempts,
)
from tui.studio.studio import Studio

FINISHED, STOPPED, FAILED = EntryState.FINISHED, EntryState.STOPPED, EntryState.FAILED
WAITING, WRITING = EntryState.WAITING, EntryState.WRITING


class LedSession(ScriptedSession):
    """Says what the test has it say, and nothing by itself but the end of a stop."""

    def __init__(self, agent: "LedAgent", spec: SessionSpec) -> None:
        super().__init__(agent, spec.session)
        self._led = agent
        self.says: asyncio.Queue[AgentEvent] = asyncio.Queue()

    async def turn(self, turn_id: TurnId, prompt: str) -> AsyncIterator[AgentEvent]:
        del turn_id
        self._led.prompts.append((self._session, prompt))
        self._led.started.add(self._session)
        self._led.turns.append(self)
        yield RequestStarted()
        while True:
            event = await self.says.get()
            yield event
            if isinstance(event, TurnEnded):
                return

    async def stop(self) -> None:
        self.says.put_nowait(TurnEnded(Outcome.STOPPED, total_cost=0.01))

    def finishes(self, text: str, cost: float, saved: float = 0.0) -> None:
        events = (
            CostEstimated(cost, saved),
            MessageCommitted(MessageId(f"m-{text}"), f"<draft>\n{text}\n</draft>\n"),
            TurnEnded(Outcome.FINISHED, total_cost=cost),
        )
        for event in events:
            self.says.put_nowait(event)

    def fails(self, why: str) -> None:
        self.says.put_nowait(TurnEnded(Outcome.FAILED, failure=why, total_cost=0.0))


class LedAgent(ScriptedAgent):
    """An agent whose turns a test leads by hand; it may be told to write as usual."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[LedSession] = []
        self.is_led = False

    async def connect(self, spec: SessionSpec) -> ScriptedSession:
        if not self.is_led:
            return await super().connect(spec)
        self.specs.append(spec)
        session = LedSession(self, spec)
        self.open_sessions.append(session)
        return session


class Desk:
    """A piece with two turns, and a studio on it."""

    def __init__(self, *, budgets: Budgets = NO_BUDGETS) -> None:
        self.store = MemoryStore()
        self.agent = LedAgent()
        self.studio = Studio(
            self.store, self.agent, ticking_clock(), CountedIds(), budgets=budgets, live_sessions=3
        )

    async def piece(self, *costs: float) -> Content:
        content = await self.studio.create("Lamps", brief="About lamps.")
        for number, cost in enumerate(costs, start=1):
            self.agent.scripts.append(
                Script(f"<draft>\nText {number} of it.\n</draft>\n", total_cost=cost)
            )
            talk = self.studio.conversation(content.id, content.main)
            async for _ in talk.send(f"go {number}", TurnKind.REVISE):
                pass
        self.agent.prompts.clear()
        self.agent.is_led = True
        return await self.studio.content(content.id)

    async def best(self, content: Content, count: int, after: int = 1) -> BestOf:
        plan = checked_plan(
            content,
            content.main,
            after,
            prompt="make it better",
            attempts=usual_attempts(count),
            budgets=self.studio.budgets,
        )
        return BestOf(self.studio, plan)

    async def sent(self, count: int) -> None:
        """Wait until so many prompts are sent, and nothing else is on its way."""
        await until(lambda: len(self.agent.turns) >= count)
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(self.agent.turns) == count


async def unheard(_number: int, _event: Event | None) -> None:
    """Take no notice of what happens."""


def states(best: BestOf) -> list[EntryState]:
    return [entry.state for entry in best.entries]


async def test_the_first_is_alone_until_its_first_word_then_the_others_go_together() -> None:
    desk = Desk()
    content = await desk.piece(0.02, 0.05)
    best = await desk.best(content, 6)
    running = asyncio.create_task(best.run(unheard))
    await desk.sent(1)
    assert states(best) == [WRITING, *[WAITING] * 5]
    assert len((await desk.studio.content(content.id)).branches) == 2
    desk.agent.turns[0].says.put_nowait(TextStreamed("Here"))
    await desk.sent(6)  # More than the sessions that are kept: none is taken from a turn.
    assert states(best) == [WRITING] * 6
    writing = [session for session in desk.agent.open_sessions if isinstance(session, LedSession)]
    assert not any(session.is_closed for session in writing)
    for number, turn in enumerate(desk.agent.turns):
        turn.finishes(f"Answer {number}", 0.01)
    await asyncio.wait_for(running, 5)
    assert states(best) == [FINISHED] * 6
    assert all(session.is_closed for session in desk.agent.open_sessions)
    assert desk.store.taken == set()

    content = await desk.studio.content(content.id)
    forks = content.branches[1:]
    assert [branch.name for branch in forks] == [f"best of 6 · take {n}" for n in range(1, 7)]
    assert {(branch.parent, branch.forked_after) for branch in forks} == {(content.main, 1)}
    assert content.main == content.branches[0].id
    assert [prompt for _, prompt in desk.agent.prompts] == [
        f"make it better\n\nTake {n} of 6: make it clearly different from the obvious."
        for n in range(1, 7)
    ]
    assert [entry.version and entry.version.text for entry in best.entries] == [
        f"Answer {number}" for number in range(6)
    ]
    await desk.studio.close()


async def test_one_fails_one_is_stopped_and_the_others_are_saved_with_what_they_cost() -> None:
    desk = Desk()
    content = await desk.piece(0.02)
    best = await desk.best(content, 4)
    told: list[tuple[int, type[Event] | None]] = []

    async def tell(number: int, event: Event | None) -> None:
        told.append((number, None if event is None else type(event)))

    running = asyncio.create_task(best.run(tell))
    await desk.sent(1)
    desk.agent.turns[0].says.put_nowait(TextStreamed("Here"))
    await desk.sent(4)
    desk.agent.turns[1].fails("The API is down.")
    desk.agent.turns[2].says.put_nowait(TextStreamed("Half"))
    await until(lambda: best.reply(2).text == "Half")
    best.stop(2)
    await until(lambda: states(best)[1:3] == [FAILED, STOPPED])
    assert states(best) == [WRITING, FAILED, STOPPED, WRITING]
    desk.agent.turns[0].finishes("One", 0.04)
    desk.agent.turns[3].finishes("Four", 0.03, saved=0.02)
    await asyncio.wait_for(running, 5)
    assert states(best) == [FINISHED, FAILED, STOPPED, FINISHED]
    assert best.entries[1].failure == "The API is down."
    assert [entry.cost for entry in best.entries] == [0.04, 0.0, 0.01, 0.03]
    assert (best.cost, best.saved) == (Cost(0.08), 0.02)
    assert best.entries[2].reply.text == "Half"
    content = await desk.studio.content(content.id)
    turns = [branch.turns[0] for branch in content.branches[1:]]
    assert [turn.state.value for turn in turns] == ["finished", "failed", "stopped", "finished"]
    assert [turn.version for turn in turns] == [2, None, None, 3]
    assert [told.count((number, None)) for number in range(4)] == [1] * 4
    await desk.studio.close()


async def test_after_a_first_that_says_nothing_the_next_one_is_alone() -> None:
    desk = Desk()
    best = await desk.best(await desk.piece(0.02), 4)
    running = asyncio.create_task(best.run(unheard))
    await desk.sent(1)
    desk.agent.turns[0].fails("Refused.")
    await desk.sent(2)
    best.stop(1)
    await desk.sent(3)
    desk.agent.turns[2].finishes("Three", 0.01)
    await desk.sent(4)
    desk.agent.turns[3].finishes("Four", 0.01)
    await asyncio.wait_for(running, 5)
    assert states(best) == [FAILED, STOPPED, FINISHED, FINISHED]
    await desk.studio.close()


async def test_what_waits_is_not_begun_after_a_stop_of_all_and_leaves_no_branch() -> None:
    desk = Desk()
    content = await desk.piece(0.02)
    best = await desk.best(content, 3)
    running = asyncio.create_task(best.run(unheard))
    await desk.sent(1)
    best.stop_all()
    assert states(best)[1:] == [STOPPED, STOPPED]
    await asyncio.wait_for(running, 5)
    assert (states(best), best.is_over) == ([STOPPED] * 3, True)
    assert len((await desk.studio.content(content.id)).branches) == 2
    best.stop_all()
    assert states(best) == [STOPPED] * 3
    await desk.studio.close()


@pytest.mark.parametrize("way", ["a signal", "given up", "closed"])
async def test_a_program_that_ends_begins_nothing_new_and_leaves_ordinary_branches(
    way: str,
) -> None:
    desk = Desk()
    content = await desk.piece(0.02)
    best = await desk.best(content, 3)
    running = asyncio.create_task(best.run(unheard))
    await desk.sent(1)
    desk.agent.turns[0].says.put_nowait(CostEstimated(0.01))
    if way == "a signal":
        desk.studio.stop_writing()
        await asyncio.wait_for(running, 5)
    elif way == "given up":
        running.cancel()
        await asyncio.wait({running})
    await desk.studio.close()
    if way != "given up":
        await asyncio.wait_for(running, 5)
        assert (states(best), best.is_over) == ([STOPPED] * 3, True)
    assert len(desk.agent.turns) == 1
    after = Studio(desk.store, ScriptedAgent(), ticking_clock(), CountedIds())
    content = await after.content(content.id)
    assert [branch.name for branch in content.branches[1:]] == ["best of 3 · take 1"]
    assert content.branches[1].turns[0].state is TurnState.STOPPED


async def test_a_fork_that_cannot_be_made_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    best = await desk.best(await desk.piece(0.02), 3)
    fork, made = Studio.fork, 0

    async def sometimes(*given: object, **more: object) -> object:
        nonlocal made
        made += 1
        if made == 1:
            raise RedraftError("No room.")
        if made == 2:
            raise ValueError("unforeseen")
        return await fork(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Studio, "fork", sometimes)
    running = asyncio.create_task(best.run(unheard))
    await desk.sent(1)
    desk.agent.turns[0].finishes("Three", 0.01)
    await asyncio.wait_for(running, 5)
    assert states(best) == [FAILED, FAILED, FINISHED]
    assert best.entries[0].failure == "No room."
    assert "inside Redraft" in best.entries[1].failure
    assert (best.cost, best.saved) == (Cost(0.01), 0.0)
    await desk.studio.close()


async def test_what_had_arrived_when_an_attempt_broke_off_stays() -> None:
    desk = Desk()
    best = await desk.best(await desk.piece(0.02), 2)

    async def tell(number: int, event: Event | None) -> None:
        if number == 0 and isinstance(event, TextStreamed):
            raise ValueError("unforeseen")

    running = asyncio.create_task(best.run(tell))
    await desk.sent(1)
    desk.agent.turns[0].says.put_nowait(TextStreamed("Half"))
    await desk.sent(2)
    desk.agent.turns[1].finishes("Two", 0.01)
    await asyncio.wait_for(running, 5)
    assert states(best) == [FAILED, FINISHED]
    assert best.reply(0).text == "Half"
    await desk.studio.close()


async def test_a_question_is_answered_where_it_was_asked() -> None:
    desk = Desk()
    best = await desk.best(await desk.piece(0.02), 2)
    running = asyncio.create_task(best.run(unheard))
    await desk.sent(1)
    for number in range(2):
        question = Question(f"q{number}", "WebSearch", "lamps")
        desk.agent.turns[number].says.put_nowait(PermissionAsked(question))
        await desk.sent(2)
    await until(lambda: bool(best.reply(1).questions))
    await best.decide(1, "q1", Decision.ALLOW)
    await best.decide(0, "q1", Decision.REFUSE)
    assert desk.agent.decisions == [("q1", Decision.ALLOW)]
    best.stop_all()
    await asyncio.wait_for(running, 5)
    await best.decide(1, "q1", Decision.REFUSE)
    assert desk.agent.decisions == [("q1", Decision.ALLOW)]
    await desk.studio.close()


async def test_a_piece_without_a_turn_is_forked_before_its_first() -> None:
    desk = Desk()
    content = await desk.piece()
    best = await desk.best(content, 2, after=0)
    running = asyncio.create_task(best.run(unheard))
    await desk.sent(1)
    desk.agent.turns[0].finishes("One", 0.01)
    await desk.sent(2)
    desk.agent.turns[1].finishes("Two", 0.01)
    await asyncio.wait_for(running, 5)
    content = await desk.studio.content(content.id)
    assert [branch.forked_after for branch in content.branches] == [0, 0, 0]
    kinds = [branch.turns[0].kind for branch in content.branches[1:]]
    assert kinds == [TurnKind.GENERATE] * 2
    assert "About lamps." in desk.agent.prompts[0][1]
    await desk.studio.close()


async def test_a_budget_that_lets_one_turn_run_at_a_time_has_them_written_in_turn() -> None:
    desk = Desk(budgets=Budgets(content=1.0))
    best = await desk.best(await desk.piece(0.02), 2)
    running = asyncio.create_task(best.run(unheard))
    await desk.sent(1)
    desk.agent.turns[0].says.put_nowait(TextStreamed("Here"))
    await desk.sent(1)
    desk.agent.turns[0].finishes("One", 0.01)
    await desk.sent(2)
    desk.agent.turns[1].finishes("Two", 0.01)
    await asyncio.wait_for(running, 5)
    assert states(best) == [FINISHED, FINISHED]
    await desk.studio.close()


async def test_what_cannot_be_planned_is_refused() -> None:
    desk = Desk(budgets=Budgets(turn=0.025, place="here"))
    content = await desk.piece(0.02, 0.05)

    def planned(count: int = 2, after: int = 1, prompt: str = "go", angle: str = "a") -> Plan:
        attempts = [Attempt("", angle)] * count
        main, budgets = content.main, desk.studio.budgets
        return checked_plan(content, main, after, prompt=prompt, attempts=attempts, budgets=budgets)

    assert [attempt.name for attempt in planned().attempts] == ["take 1", "take 2"]
    assert planned(prompt=" ").sent(0) == "a"
    assert planned(angle="").sent(0) == "go"
    with pytest.raises(InvalidInput, match="choose from 2 to 6"):
        planned(count=1)
    with pytest.raises(InvalidInput, match="choose from 2 to 6"):
        planned(count=7)
    with pytest.raises(InvalidInput, match="prompt is empty"):
        planned(prompt=" ", angle=" ")
    with pytest.raises(InvalidInput, match="prompt is empty"):
        planned(prompt=" ", angle=usual_attempts(2)[1].angle)
    with pytest.raises(NotFound, match="no turn 9"):
        planned(after=9)
    with pytest.raises(Refused, match=r"last turn here cost \$0.03"):
        planned(after=2)
    turn = content.branch(content.main).turns[0]
    running = with_turn(content, content.main, replace(turn, state=TurnState.RUNNING))
    check_point(running, content.main, 0, NO_BUDGETS)
    check_point(running, content.main, 2, NO_BUDGETS)
    with pytest.raises(Refused) as refused:
        check_point(running, content.main, 1, NO_BUDGETS)
    assert str(refused.value) == ("Claude is still writing this answer: wait until it is complete.")
    assert from_angle(Angle("warmer", "Warmer", "Warmer, please.")) == Attempt(
        "warmer", "Warmer, please."
    )
    with pytest.raises(InvalidInput, match="who"):
        from_angle(Angle("for", "For somebody", "For {{who}}."))
    long = replace(planned(), attempts=(Attempt("a very long name of it " * 9),) * 2)
    assert len(long.branch_name(0)) <= 60
    assert long.branch_name(0).startswith("best of 2 · a very long name")
    await desk.studio.close()


async def test_the_estimate_says_what_is_known() -> None:
    desk = Desk(budgets=Budgets(content=1.0))
    content = await desk.piece(0.02, 0.05)

    def said(after: int, count: int = 3) -> str:
        return estimated(content, content.main, after, count, desk.studio.budgets).words

    left = " $0.95 is left of this piece's budget."
    assert said(1) == f"About $0.06: 3 times what the last turn here cost, $0.02.{left}"
    assert said(2, 2) == f"About $0.06: 2 times what the last turn here cost, $0.03.{left}"
    assert said(0) == f"What it will cost is not known: no turn here has a known cost yet.{left}"
    await desk.studio.close()
