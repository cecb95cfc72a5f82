"""Plays the plan of a soak: several branches at once, and a judgement after every turn."""

import asyncio
import logging
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from tests.bench.soak_checks import Played, changed_since, wrong_in
from tests.bench.soak_plan import ForkPlan, Leg, Step, Touch
from tests.bench.soak_world import (
    LIVE_SESSIONS,
    World,
    eventually,
    left_in_memory,
    mark_of,
    resident_kib,
)
from tests.support.by_hand import edited
from tui.domain.content import Turn, TurnKind
from tui.domain.events import Event, RequestStarted, RetryScheduled, TextStreamed, TurnEnded
from tui.domain.ids import BranchId, ContentId, SessionId, TurnId
from tui.store.library import TinyStore
from tui.studio.conversation import Conversation
from tui.studio.whole_catalog import whole_catalog

AT_ONCE: Final = 3
"""Turns that run at the same time."""
LONG: Final = " [[demo:long 6]]"
"""Makes an answer that takes four seconds, so that whatever comes finds it under way."""
LEAVING_SECONDS: Final = 3.0
LOST_SECONDS: Final = 120.0
"""A turn that takes longer hangs, and the soak is over."""

_log = logging.getLogger("soak")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(slots=True)
class Seat:
    """One of the branches that are written on; the next turn there may repeat a lost prompt."""

    content: ContentId
    branch: BranchId
    again: str = ""
    """The request and mark of the last prompt, when Claude does not remember it."""


@dataclass(slots=True)
class Touched:
    """What was done to a turn under way."""

    pieces: int = 0
    announced: float = 0.0
    stopped_at: float | None = None
    ended_at: float | None = None
    is_done: bool = False
    is_writing: asyncio.Event = field(default_factory=asyncio.Event)


class Soak:
    """Plays a plan, and keeps account of it."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.seed = seed
        self.wrong: list[str] = []
        self.states: Counter[str] = Counter()
        self.scenarios: Counter[str] = Counter()
        self.memory: list[int] = []
        self.stops: list[float] = []
        self.retries = self.forks = self.requests = self.kills = 0
        self._seats: dict[int, Seat] = {}
        self._seated = asyncio.Condition()
        self._turns: Counter[int] = Counter()
        self._ended: dict[TurnId, tuple[BranchId, Turn]] = {}
        self._misled: set[BranchId] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    def blame(self, where: str, what: str) -> None:
        """Note that something is wrong, and say it at once."""
        self.wrong.append(f"seed {self.seed}, {where}: {what}")
        say(f"WRONG  {self.wrong[-1][:2_000]}")

    async def play(self, leg: Leg) -> None:
        """Play the turns between two starts."""
        await self.world.open()
        if not self._seats:
            for seat in range(2):
                content = await self.world.studio.create(f"Piece {seat}", brief="On rain and roofs")
                self._seats[seat] = Seat(content.id, content.main)
        seats = sorted({*leg.forks, *(step.seat for step in leg.steps)})
        async with asyncio.TaskGroup() as going:
            for seat in seats:
                mine = [step for step in leg.steps if step.seat == seat]
                going.create_task(self._play_seat(seat, leg.forks.get(seat), mine))
        few = await eventually(lambda: len(self.world.processes()) <= LIVE_SESSIONS, 3)
        if not few:
            self.blame("between turns", f"{len(self.world.processes())} sessions are connected")
        await self._close_in(leg.closing)

    async def _play_seat(self, seat: int, fork: ForkPlan | None, steps: list[Step]) -> None:
        if fork is not None:
            async with self._seated:
                await self._seated.wait_for(lambda: self._turns[fork.parent] >= 2)
            async with self._room:
                await self._fork(seat, fork)
        for step in steps:
            async with self._room:
                played = await self._turn(step, self._seats[seat], Touched())
                await self._judge(played)

    async def _fork(self, seat: int, plan: ForkPlan) -> None:
        parent = self._seats[plan.parent]
        studio = self.world.studio
        before = await studio.content(parent.content)
        ended = [at for at in before.lineage(parent.branch) if at.turn.ended_at is not None]
        number = max(1, round(plan.at * len(ended)))
        content, branch = await studio.fork(parent.content, parent.branch, number)
        self.forks += 1
        self._seats[seat] = Seat(parent.content, branch.id)
        if content.lineage(branch.id) != before.lineage(parent.branch)[:number]:
            self.blame(f"fork to seat {seat}", f"not the first {number} turns of its parent")
        if ended != [at for at in content.lineage(parent.branch) if at in ended]:
            self.blame(f"fork to seat {seat}", "the parent's turns have changed")

    async def _turn(self, step: Step, seat: Seat, touched: Touched) -> Played:
        studio, scenario = self.world.studio, step.scenario
        before = await studio.content(seat.content)
        draft = before.draft(seat.branch)
        if step.hand and draft is not None:
            text = f"{draft.text}\n\n{step.hand}"
            before = await edited(studio, seat.content, seat.branch, text)
        is_retry = bool(seat.again) and step.is_retry
        base = seat.again if is_retry else f"{step.request} {mark_of(step.number)}"
        self.retries += is_retry
        is_long = scenario.touch not in (Touch.NOTHING, Touch.KILL_BEFORE)
        prompt = base + LONG * is_long
        mark = base[base.rindex("(") :]
        faults = [] if scenario.fault is None else [(scenario.fault(), scenario.times)]
        self.world.server.planned.plan(mark, faults, step.after_words)
        kind = step.kind if before.lineage(seat.branch) else TurnKind.GENERATE
        talk = studio.conversation(seat.content, seat.branch)
        if step.is_prepared:
            await talk.prepare()
        if scenario.touch is Touch.KILL_BEFORE and not await self._killed(
            before.branch(seat.branch).session, talk
        ):
            self.blame(f"turn {step.number}", "the killed CLI is still there")
        loop = asyncio.get_running_loop()
        began = loop.time()
        _log.info("turn %s (%s) on %s: %s", step.number, scenario.name, seat.branch, mark)
        stopping = None
        if scenario.touch is Touch.STOP_AFTER:
            stopping = loop.call_later(step.after_seconds, self._stop, talk, touched)
        async with asyncio.timeout(LOST_SECONDS):
            async for event in talk.send(prompt, kind):
                self._touch(step, event, talk, touched, seat)
        if stopping is not None:
            stopping.cancel()
        sent = self.world.server.writer.take(mark)
        self.requests += len(sent)
        seat.again = base
        stop_seconds = None
        if touched.stopped_at is not None and touched.ended_at is not None:
            stop_seconds = touched.ended_at - touched.stopped_at
        return Played(
            step,
            seat.branch,
            before,
            prompt,
            sent,
            loop.time() - began,
            touched.announced,
            stop_seconds if sent else None,
        )

    def _touch(
        self, step: Step, event: Event, talk: Conversation, touched: Touched, seat: Seat
    ) -> None:
        """Do to a turn what its scenario wants, at the event it waits for."""
        now = asyncio.get_running_loop().time()
        match event:
            case TextStreamed():
                touched.pieces += 1
            case RetryScheduled(delay=delay):
                touched.announced += delay
            case TurnEnded():
                touched.ended_at = now
            case _:
                pass
        is_deep = isinstance(event, TextStreamed) and touched.pieces >= step.after_pieces
        match step.scenario.touch:
            case Touch.STOP_ASKING if isinstance(event, RequestStarted):
                self._stop(talk, touched)
            case Touch.STOP_WRITING if is_deep:
                self._stop(talk, touched)
            case Touch.STOP_RETRYING if isinstance(event, RetryScheduled):
                self._stop(talk, touched)
            case Touch.CLOSE_WRITING if is_deep:
                touched.is_writing.set()
            case Touch.KILL_WRITING if is_deep and not touched.is_done:
                touched.is_done = True
                # The session may have been changed for this very turn: kill what is connected.
                session = self.world.session_of(talk)
                killed = self.world.kill(session)
                self.kills += killed
                if killed != 1:
                    self.blame(f"turn {step.number}", f"no process runs {session} of {seat.branch}")
            case _:
                pass

    def _stop(self, talk: Conversation, touched: Touched) -> None:
        if touched.stopped_at is None:
            touched.stopped_at = asyncio.get_running_loop().time()
            talk.stop()

    async def _killed(self, session: SessionId, talk: Conversation) -> bool:
        """Kill an idle CLI, and wait until that can be known."""
        self.kills += self.world.kill(session)
        return await eventually(
            lambda: not self.world.processes(session) and not self.world.is_usable(talk), 3
        )

    async def _judge(self, played: Played) -> None:
        """Check a turn that has ended, in what another look at the library shows."""
        step = played.step
        content = await self.world.studio.content(played.before.id)
        for sentence in wrong_in(played, content):
            where = f"turn {step.number} ({step.scenario.name}) on {played.branch}"
            if "tells" not in sentence:
                self.blame(where, sentence)
            elif played.branch not in self._misled:
                # Once is enough: every later request tells it again.
                self._misled.add(played.branch)
                self.blame(where, sentence)
        turn = content.branch(played.branch).turns[-1]
        self._ended[turn.id] = (played.branch, turn)
        self.states[turn.state.value] += 1
        self.scenarios[step.scenario.name] += 1
        if played.stop_seconds is not None:
            self.stops.append(played.stop_seconds)
        if turn.anchor is not None:
            self._seats[step.seat].again = ""
        self.memory.append(resident_kib())
        async with self._seated:
            self._turns[step.seat] += 1
            self._seated.notify_all()

    async def _close_in(self, step: Step) -> None:
        """Close Redraft while a turn is being written."""
        touched = Touched()
        turn = asyncio.create_task(self._turn(step, self._seats[step.seat], touched))
        writing = asyncio.create_task(touched.is_writing.wait())
        await asyncio.wait({turn, writing}, return_when=asyncio.FIRST_COMPLETED)
        writing.cancel()
        began = time.monotonic()
        await self.world.studio.close()
        if not await eventually(
            lambda: not self.world.processes(), began + LEAVING_SECONDS - time.monotonic()
        ):
            self.blame(f"closing in turn {step.number}", f"left: {self.world.processes()}")
        played = await turn
        await self.world.open()
        await self._judge(played)
        await self.world.studio.close()
        del self.world.studio
        if not await eventually(lambda: not left_in_memory(), LEAVING_SECONDS):
            self.blame(f"after turn {step.number}", f"still in memory: {left_in_memory()}")

    async def look_back(self) -> None:
        """Check at the end that every turn is still what it was when it ended."""
        store = await TinyStore.open(self.world.folder / "library")
        catalog, _ = await whole_catalog(store)
        for problem in catalog.problems:
            self.blame("at the end", problem)
        for row in catalog.rows:
            for sentence in changed_since(self._ended, await store.load(row.id)):
                self.blame("at the end", sentence)
        if self._ended:
            self.blame("at the end", f"{len(self._ended)} turns are gone")
        await store.close()
        if self.world.processes():
            self.blame("at the end", f"processes are left: {self.world.processes()}")
