"""Best of N: several forks of one point, each prompted differently, all written concurrently.

The first prompt is sent alone. Once its answer begins, the conversation so far is in the API's
prompt cache; the other prompts are then sent together and read the conversation from the cache.

```
state     what happens                       left by
waiting   nothing is made or sent            its turn comes: writing · stopped
writing   its branch is forked, a turn runs  the turn's end is saved: finished, stopped, failed
```

Every fork is an ordinary branch with an ordinary turn, and nothing else is stored. If the program
dies meanwhile, the library looks as if the writer had forked and prompted by hand.
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
from tui.domain.turn_changes import writing_kind
from tui.studio.budget import check_budgets
from tui.studio.conversation import Conversation
from tui.studio.studio import Studio

FEWEST: Final = 2
MOST: Final = 6
_ANSWERS: Final = (
    TextStreamed, ThinkingProgressed, MessageCommitted, ToolStarted, PermissionAsked,
)  # fmt: skip
"""Events that show that the model has read the prompt; the API has cached the prompt by then."""

_logger = logging.getLogger(__name__)


# -- the plan ------------------------------------------------------------------------------------


@frozen
class Attempt:
    """One variation of the prompt: its name, and the text appended to the prompt."""

    name: str
    angle: str = ""


@frozen
class Plan:
    """A request for a best of N: the point to fork from, the prompt, and its variations."""

    content: ContentId
    parent: BranchId
    after_turn: int
    """Number of the turn after which all forks leave the branch; 0 is before the first turn."""
    prompt: str
    attempts: tuple[Attempt, ...]
    limits: ChangeLimits | None = None
    """What each attempt may change in the draft, if there is a draft; None for no limits."""

    def sent(self, number: int) -> str:
        """Return the full prompt of an attempt; `number` counts from 0."""
        parts = (self.prompt.strip(), self.attempts[number].angle.strip())
        return "\n\n".join(part for part in parts if part)

    def branch_name(self, number: int) -> str:
        """Return the name for the branch of an attempt."""
        start = f"best of {len(self.attempts)} · "
        return start + name_from_prompt(self.attempts[number].name, NAME_LIMIT - len(start))


@frozen
class Estimate:
    """The estimated cost of a plan in dollars, as far as it is known."""

    count: int
    each: float | None
    """Dollars of the last turn before the forks that has a known cost; None without one."""
    left: float | None
    """The content's remaining budget in dollars; None without a budget."""

    @property
    def words(self) -> str:
        """The estimate as a sentence or two."""
        sentence = "What it will cost is not known: no turn here has a known cost yet."
        if self.each is not None:
            sentence = (
                f"About {money(self.count * self.each)}: {self.count} times what the last turn "
                f"here cost, {money(self.each)}."
            )
        if self.left is not None:
            sentence += f" {money(self.left)} is left of this piece's budget."
        return sentence


def usual_attempts(count: int) -> tuple[Attempt, ...]:
    """Return attempts that each ask only for a text different from the obvious one."""
    return tuple(
        Attempt(
            f"take {number}",
            f"Take {number} of {count}: make it clearly different from the obvious.",
        )
        for number in range(1, count + 1)
    )


def from_angle(angle: Angle) -> Attempt:
    """Return the attempt that follows an angle, with the defaults of the angle's variables.

    Raises `InvalidInput` when a variable has no default.
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
    """Return a validated plan for a best of N.

    An attempt with an angle needs no prompt. Raises `InvalidInput` for an impossible number of
    attempts or an attempt without any text, `NotFound` when the turn does not exist, and `Refused`
    while the turn runs or when a budget is used up.
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
    """Raise `NotFound` or `Refused` when a best of N cannot fork the branch after this turn."""
    if after_turn:
        turn = content.turn_at(parent, after_turn).turn
        if turn.state is TurnState.RUNNING:
            raise Refused("Claude is still writing this answer: wait until it is complete.")
    check_budgets(budgets, content, parent, after_turn=after_turn)


def estimated(
    content: Content, parent: BranchId, after_turn: int, count: int, budgets: Budgets
) -> Estimate:
    """Return the estimated cost of that many forks of a point."""
    turns = reversed(content.lineage(parent)[:after_turn])
    each = next((numbered.turn.cost for numbered in turns if numbered.turn.cost), None)
    return Estimate(count, each, budgets.content_left(content_cost(content)))


# -- the writing ---------------------------------------------------------------------------------


class EntryState(StrEnum):
    """The progress of one fork."""

    WAITING = "waiting"
    WRITING = "writing"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether the fork has reached a final state."""
        return self not in (EntryState.WAITING, EntryState.WRITING)


@frozen
class Entry:
    """A snapshot of one fork."""

    attempt: Attempt
    state: EntryState = EntryState.WAITING
    branch: BranchId | None = None
    """The id of the fork's branch; None until the branch exists."""
    name: str = ""
    """The name of the fork's branch."""
    reply: Reply = field(default_factory=Reply)
    """The whole answer once the fork is over; for the answer so far, see `BestOf.reply`."""
    version: Version | None = None
    """The version made from the answer; None without one."""
    cost: float | None = None
    """Cost in dollars; None until the fork is over, and when the cost is unknown."""
    is_sent: bool = False
    """Whether a turn was started, so that the fork may have cost something."""
    failure: str = ""
    """A sentence that says why the fork failed, or stopped without being asked to."""


Report = Callable[[int, Event | None], Awaitable[None]]
"""Callback for events, with the entry's number; the event None means that its turn is over."""


class BestOf:
    """The forks of one plan; `run` is called once and may be cancelled at any time.

    After a cancellation, turns that run still finish, as all turns do; waiting forks never start.
    """

    def __init__(self, studio: Studio, plan: Plan) -> None:
        self.plan = plan
        self._studio = studio
        self._entries = [Entry(attempt) for attempt in plan.attempts]
        self._conversations: dict[int, Conversation] = {}
        self._unwanted: set[int] = set()
        """Numbers of the entries that were asked to stop."""
        self._is_warm = False
        self._forking = asyncio.Lock()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The state of every fork, in the order of the plan."""
        return tuple(self._entries)

    @property
    def is_over(self) -> bool:
        """Whether no fork is being written or waiting."""
        return all(entry.state.is_over for entry in self._entries)

    @property
    def cost(self) -> Cost:
        """The total cost in dollars of the forks that are over."""
        sent = [one for one in self._entries if one.is_sent and one.state.is_over]
        unknown = sum(entry.cost is None for entry in sent)
        return sum_of((entry.cost for entry in sent), unknown_turns=unknown)

    @property
    def saved(self) -> float:
        """Dollars saved by the prompt cache, as far as its use was reported."""
        return sum(self.reply(number).saved for number in range(len(self._entries)))

    def reply(self, number: int) -> Reply:
        """Return the answer so far of a fork."""
        entry, conversation = self._entries[number], self._conversations.get(number)
        return entry.reply if conversation is None or entry.state.is_over else conversation.reply

    def stop(self, number: int) -> None:
        """Ask a fork to stop; a waiting fork never starts. Harmless when the fork is over."""
        state = self._entries[number].state
        if state.is_over:
            return
        self._unwanted.add(number)
        if state is EntryState.WAITING:
            self._change(number, state=EntryState.STOPPED)
        if number in self._conversations:
            self._conversations[number].stop()

    def stop_all(self) -> None:
        """Ask all forks to stop."""
        for number in range(len(self._entries)):
            self.stop(number)

    async def decide(self, number: int, question_id: str, decision: Decision) -> None:
        """Answer a question from Claude; harmless when the question is no longer open."""
        if number in self._conversations and not self._entries[number].state.is_over:
            await self._conversations[number].decide(question_id, decision)

    async def run(self, report: Report) -> None:
        """Fork and write until every fork is over; one fork's failure never stops the others.

        When a budget allows only one turn at a time, the forks are written one after the other.
        """
        budgets = self._studio.budgets
        is_one_by_one = bool(budgets.content) and not budgets.turn
        async with asyncio.TaskGroup() as tasks:
            for number in range(len(self._entries)):
                others_may_start = asyncio.Event()
                writing = tasks.create_task(self._write(number, report, others_may_start))
                if is_one_by_one:
                    await asyncio.wait({writing})
                elif not self._is_warm:
                    await others_may_start.wait()

    async def _write(self, number: int, report: Report, others_may_start: asyncio.Event) -> None:
        """Write one fork; `others_may_start` is set once the other forks need not wait for it."""
        try:
            await self._fork_and_send(number, report, others_may_start)
        except RedraftError as error:
            self._fail(number, str(error))
        except Exception:
            _logger.exception("An attempt of a best of %d broke off", len(self._entries))
            self._fail(number, ANSWER_BROKEN)
        finally:
            others_may_start.set()
        await report(number, None)

    async def _fork_and_send(
        self, number: int, report: Report, others_may_start: asyncio.Event
    ) -> None:
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
        kind = writing_kind(content, branch.id)
        limits = plan.limits if kind is TurnKind.REVISE else None
        outcome = Outcome.FAILED
        conversation = self._conversations[number] = self._studio.conversation(
            plan.content, branch.id
        )
        async for event in conversation.send(plan.sent(number), kind, limits=limits):
            self._change(number, is_sent=True)
            if isinstance(event, _ANSWERS):
                self._is_warm = True
                others_may_start.set()
            elif isinstance(event, TurnEnded):
                self._change(number, reply=conversation.reply, failure=event.failure)
                outcome = event.outcome
            elif isinstance(event, TurnSaved):
                await self._take_over(number, event, outcome)
            await report(number, event)
        await self._let_go(conversation)

    async def _let_go(self, conversation: Conversation) -> None:
        """Close a fork's session, which is not needed until the writer picks the branch."""
        try:
            if not conversation.is_writing:
                # Not cancellable: otherwise the branch would keep its lease.
                await asyncio.shield(conversation.disconnect())
        except Exception:
            _logger.exception("The session of branch %s was not closed", conversation.branch_id)

    async def _take_over(self, number: int, saved: TurnSaved, outcome: Outcome) -> None:
        """Copy the saved result of a turn into the fork's entry and mark the entry as over."""
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
        """Return whether a fork should start or continue; mark the fork as stopped if not."""
        if number in self._unwanted or self._studio.is_leaving:
            self._change(number, state=EntryState.STOPPED)
            return False
        return True

    def _fail(self, number: int, why: str) -> None:
        reply = self.reply(number)
        self._change(number, state=EntryState.FAILED, failure=why, reply=reply)

    def _change(self, number: int, **values: object) -> None:
        self._entries[number] = replace(self._entries[number], **values)  # type: ignore[arg-type]
