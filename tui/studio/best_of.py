"""Best of N: forks of one point, each asked in another way, all written at the same time.

The first prompt goes out alone until something of its answer has come; by then the conversation
so far is in the API's cache, and the others, which go out together, are read from there.

```
state     what happens                       left by
waiting   nothing is made or sent            its turn comes: writing · stopped
writing   its branch is forked, a turn runs  the turn's end is saved: finished, stopped, failed
```

Every fork is an ordinary branch with an ordinary turn, and nothing else is stored: whatever becomes
of the program meanwhile, what is there is as it would be after a fork and a prompt by hand.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import field, replace
from enum import StrEnum
from typing import Final

from tui.domain.angles import Angle
from tui.domain.change_limits import ChangeLimits
from tui.domain.checks import NAME_LIMIT, checked_prompt, name_from_prompt
from tui.domain.content import Content, TurnKind, TurnState, Version
from tui.domain.costs import Budgets, Cost, content_cost, money, sum_of
from tui.domain.errors import ANSWER_BROKEN, InvalidInput, RedraftError, Refused
from tui.domain.events import (
    Event,
    MessageCommitted,
    Outcome,
    PermissionAsked,
    TextStreamed,
    ThinkingProgressed,
    ToolStarted,
    TurnEnded,
    TurnSaved,
)
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId
from tui.domain.reply import Reply
from tui.domain.tools import Decision
from tui.studio.budget import check_budgets
from tui.studio.conversation import Conversation
from tui.studio.studio import Studio

FEWEST: Final = 2
MOST: Final = 6
_ANSWERS: Final = (
    TextStreamed, ThinkingProgressed, MessageCommitted, ToolStarted, PermissionAsked,
)  # fmt: skip
"""The events that show that the model has read the prompt: it is in the cache from then on."""

_logger = logging.getLogger(__name__)


# -- the plan ------------------------------------------------------------------------------------


@frozen
class Attempt:
    """One way of asking: what it is called, and what is said after the prompt."""

    name: str
    angle: str = ""


@frozen
class Plan:
    """What is to be written: where it leaves, the prompt, and in which ways it is asked."""

    content: ContentId
    parent: BranchId
    after_turn: int
    """Number of the turn after whose answer all forks leave; 0 is before the first."""
    prompt: str
    attempts: tuple[Attempt, ...]
    limits: ChangeLimits | None = None
    """What each may change in the draft, where there is one; None for anything."""

    def sent(self, number: int) -> str:
        """Return the prompt of one attempt, counted from 0."""
        parts = (self.prompt.strip(), self.attempts[number].angle.strip())
        return "\n\n".join(part for part in parts if part)

    def branch_name(self, number: int) -> str:
        """Return what the branch of an attempt is to be called."""
        start = f"best of {len(self.attempts)} · "
        return start + name_from_prompt(self.attempts[number].name, NAME_LIMIT - len(start))


@frozen
class Estimate:
    """What a plan will probably cost, in dollars, as far as that is known."""

    count: int
    each: float | None
    """What the last turn before the forks cost that cost anything; None when there is none."""
    left: float | None = None
    """What is left of the content's budget; None without one."""

    @property
    def words(self) -> str:
        """The estimate as a sentence or two."""
        said = "What it will cost is not known: no turn here has a known cost yet."
        if self.each is not None:
            said = (
                f"About {money(self.count * self.each)}: {self.count} times what the last turn "
                f"here cost, {money(self.each)}."
            )
        if self.left is not None:
            said += f" {money(self.left)} is left of this piece's budget."
        return said


def usual_attempts(count: int) -> tuple[Attempt, ...]:
    """Return attempts that differ by nothing but the wish that they do."""
    return tuple(
        Attempt(
            f"take {number}",
            f"Take {number} of {count}: make it clearly different from the obvious.",
        )
        for number in range(1, count + 1)
    )


def from_angle(angle: Angle) -> Attempt:
    """Return the attempt that follows an angle; raises `InvalidInput` where that must be told more.

    Variables that have a default are that.
    """
    return Attempt(angle.name, angle.filled({}))


def checked_plan(
    content: Content,
    parent: BranchId,
    after_turn: int,
    *,
    prompt: str,
    attempts: Sequence[Attempt],
    budgets: Budgets,
    limits: ChangeLimits | None = None,
) -> Plan:
    """Return the plan for a best of N, fit to be begun.

    An angle of its own may stand without a prompt. Raises `InvalidInput` for a number of attempts
    there cannot be, and for one that says nothing; `NotFound` without that turn, `Refused`
    while it runs or when a budget is used up.
    """
    if not FEWEST <= len(attempts) <= MOST:
        raise InvalidInput(f"Best of {len(attempts)} cannot be: choose from {FEWEST} to {MOST}.")
    named = tuple(
        replace(attempt, name=attempt.name.strip() or f"take {number}")
        for number, attempt in enumerate(attempts, start=1)
    )
    plan = Plan(content.id, parent, after_turn, prompt, named, limits)
    usual = {attempt.angle for attempt in usual_attempts(len(named))}
    for attempt in named:  # A usual angle says nothing by itself.
        checked_prompt(prompt.strip() or ("" if attempt.angle in usual else attempt.angle))
    check_point(content, parent, after_turn, budgets)
    return plan


def check_point(content: Content, parent: BranchId, after_turn: int, budgets: Budgets) -> None:
    """Raise `NotFound` or `Refused` when no best of N may leave a branch after a turn."""
    if after_turn:
        turn = content.turn_at(parent, after_turn).turn
        if turn.state is TurnState.RUNNING:
            raise Refused("Claude is still writing this answer: wait until it is complete.")
    check_budgets(budgets, content, parent, after_turn=after_turn)


def estimated(
    content: Content, parent: BranchId, after_turn: int, count: int, budgets: Budgets
) -> Estimate:
    """Return what that many forks of a point will probably cost."""
    turns = reversed(content.line(parent)[:after_turn])
    each = next((numbered.turn.cost for numbered in turns if numbered.turn.cost), None)
    return Estimate(count, each, budgets.content_left(content_cost(content)))


# -- the writing ---------------------------------------------------------------------------------


class EntryState(StrEnum):
    """How far one of the forks has come."""

    WAITING = "waiting"
    WRITING = "writing"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self not in (EntryState.WAITING, EntryState.WRITING)


@frozen
class Entry:
    """One of the forks, as far as it has come."""

    attempt: Attempt
    state: EntryState = EntryState.WAITING
    branch: BranchId | None = None
    """Its branch; None before it is made."""
    name: str = ""
    """What that branch is called."""
    reply: Reply = field(default_factory=Reply)
    """The whole answer, once it is over; before, see `BestOf.reply`."""
    version: Version | None = None
    """What the answer became, if anything."""
    cost: float | None = None
    """Dollars; None before it is over, and when that is not known."""
    is_sent: bool = False
    """Whether a turn was begun, and can have cost something."""
    failure: str = ""
    """Why it failed, or was stopped though nobody said so, as a sentence."""


Tell = Callable[[int, Event | None], Awaitable[None]]
"""Is told what happens, by the number of the entry; None last, when nothing runs there any more."""


async def tell_nobody(_number: int, _event: Event | None) -> None:
    """Tell nobody."""


class BestOf:
    """The forks of one plan; `run` is called once, and may be given up at any time.

    Turns that run then go on to their end, as all turns do; what waits is not begun.
    """

    def __init__(self, studio: Studio, plan: Plan) -> None:
        self.plan = plan
        self._studio = studio
        self._entries = [Entry(attempt) for attempt in plan.attempts]
        self._talks: dict[int, Conversation] = {}
        self._unwanted: set[int] = set()
        """What was told to stop."""
        self._is_warm = False
        self._forking = asyncio.Lock()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All forks, in the order of the plan."""
        return tuple(self._entries)

    @property
    def is_over(self) -> bool:
        """Whether nothing is written any more, and nothing waits to be."""
        return all(entry.state.is_over for entry in self._entries)

    @property
    def cost(self) -> Cost:
        """What all that is over has cost together."""
        sent = [one for one in self._entries if one.is_sent and one.state.is_over]
        unknown = sum(entry.cost is None for entry in sent)
        return sum_of((entry.cost for entry in sent), unknown_turns=unknown)

    @property
    def saved(self) -> float:
        """Dollars that the prompt cache took off, as far as its use was told."""
        return sum(self.reply(number).saved for number in range(len(self._entries)))

    def reply(self, number: int) -> Reply:
        """Return the answer of one of the forks so far."""
        entry, talk = self._entries[number], self._talks.get(number)
        return entry.reply if talk is None or entry.state.is_over else talk.reply

    def stop(self, number: int) -> None:
        """Ask for one of them to end; what waits is not begun. Harmless when it is over."""
        state = self._entries[number].state
        if state.is_over:
            return
        self._unwanted.add(number)
        if state is EntryState.WAITING:
            self._change(number, state=EntryState.STOPPED)
        if number in self._talks:
            self._talks[number].stop()

    def stop_all(self) -> None:
        """Ask for all of them to end."""
        for number in range(len(self._entries)):
            self.stop(number)

    async def decide(self, number: int, question_id: str, decision: Decision) -> None:
        """Answer a question of Claude's; harmless when it is no longer open."""
        if number in self._talks and not self._entries[number].state.is_over:
            await self._talks[number].decide(question_id, decision)

    async def run(self, tell: Tell = tell_nobody) -> None:
        """Fork and write until all is over; what becomes of one never stops the others.

        Where a budget lets only one turn run at a time, they are written one after the other.
        """
        budgets = self._studio.budgets
        is_one_by_one = bool(budgets.content) and not budgets.turn
        async with asyncio.TaskGroup() as tasks:
            for number in range(len(self._entries)):
                is_heard = asyncio.Event()
                writing = tasks.create_task(self._write(number, tell, is_heard))
                if is_one_by_one:
                    await asyncio.wait({writing})
                elif not self._is_warm:
                    await is_heard.wait()

    async def _write(self, number: int, tell: Tell, is_heard: asyncio.Event) -> None:
        """Write one; `is_heard` is set once no other need wait for it."""
        try:
            await self._fork_and_send(number, tell, is_heard)
        except RedraftError as error:
            self._fail(number, str(error))
        except Exception:
            _logger.exception("An attempt of a best of %d broke off", len(self._entries))
            self._fail(number, ANSWER_BROKEN)
        finally:
            is_heard.set()
        await tell(number, None)

    async def _fork_and_send(self, number: int, tell: Tell, is_heard: asyncio.Event) -> None:
        plan = self.plan
        if not self._is_wanted(number):
            return
        self._change(number, state=EntryState.WRITING)
        async with self._forking:  # One after the other, so that they stand in the plan's order.
            content, branch = await self._studio.fork(
                plan.content, plan.parent, plan.after_turn, plan.branch_name(number)
            )
        self._change(number, branch=branch.id, name=branch.name)
        if not self._is_wanted(number):
            return
        kind = TurnKind.GENERATE if content.draft(branch.id) is None else TurnKind.REVISE
        limits = plan.limits if kind is TurnKind.REVISE else None
        outcome = Outcome.FAILED
        talk = self._talks[number] = self._studio.conversation(plan.content, branch.id)
        async for event in talk.send(plan.sent(number), kind, limits=limits):
            self._change(number, is_sent=True)
            if isinstance(event, _ANSWERS):
                self._is_warm = True
                is_heard.set()
            elif isinstance(event, TurnEnded):
                self._change(number, reply=talk.reply, failure=event.failure)
                outcome = event.outcome
            elif isinstance(event, TurnSaved):
                await self._take_over(number, event, outcome)
            await tell(number, event)
        await self._let_go(talk)

    async def _let_go(self, talk: Conversation) -> None:
        """End a session that nobody has a use for until its branch is picked."""
        try:
            if not talk.is_writing:
                # To its end, whoever gives up meanwhile: else the branch would stay leased.
                await asyncio.shield(talk.disconnect())
        except Exception:
            _logger.exception("The session of branch %s was not closed", talk.branch_id)

    async def _take_over(self, number: int, saved: TurnSaved, outcome: Outcome) -> None:
        """Take over what is saved of a turn, and that it is over."""
        content = await self._studio.content(self.plan.content)
        branch = self._entries[number].branch
        assert branch is not None
        self._change(
            number,
            state=EntryState(outcome.value),
            version=None if saved.version is None else content.version(saved.version),
            cost=content.turn(branch, saved.turn).cost,
        )

    def _is_wanted(self, number: int) -> bool:
        """Say whether one is to be begun, or gone on with; if not it counts as stopped."""
        if number in self._unwanted or self._studio.is_leaving:
            self._change(number, state=EntryState.STOPPED)
            return False
        return True

    def _fail(self, number: int, why: str) -> None:
        reply = self.reply(number)
        self._change(number, state=EntryState.FAILED, failure=why, reply=reply)

    def _change(self, number: int, **values: object) -> None:
        self._entries[number] = replace(self._entries[number], **values)  # type: ignore[arg-type]
