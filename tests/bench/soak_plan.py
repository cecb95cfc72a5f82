"""What happens in the soak, decided from the seed before it begins."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from tests.support.faults import Fault
from tui.domain.content import TurnKind, TurnState

SEATS: Final = 5
"""Branches that are written on at the same time."""
LEG: Final = 50
"""Turns until Redraft is closed, in the middle of one, and started again."""
_FINISHED: Final = frozenset({TurnState.FINISHED})
_STOPPED: Final = frozenset({TurnState.STOPPED})
_FAILED: Final = frozenset({TurnState.FAILED})
_KINDS: Final = (TurnKind.REVISE,) * 6 + (TurnKind.ASK,) * 2 + (TurnKind.CHECK,)
_REQUESTS: Final = (
    "Make the opening sharper.",
    "Shorten it to the essentials.",
    "Add an example to the second paragraph.",
    "A different approach, please.",
    "Turn it into a letter.",
    "Give it a bolder title.",
    "What would a sceptic say?",
    "Cut the ending.",
)


class Touch(Enum):
    """What someone does to a turn while it runs."""

    NOTHING = "nothing"
    STOP_AFTER = "stop after some time from sending"
    STOP_ASKING = "stop when the request is sent, before the first word"
    STOP_WRITING = "stop in mid-text"
    STOP_RETRYING = "stop while Claude Code waits to try again"
    KILL_WRITING = "kill the CLI in mid-text"
    KILL_BEFORE = "kill the idle CLI before the prompt is sent"
    CLOSE_WRITING = "close Redraft in mid-text"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of turn: what goes wrong, what is done to it, and how it may end."""

    name: str
    weight: int
    ends: frozenset[TurnState]
    fault: Callable[[], Fault] | None = None
    times: int | None = 1
    """To how many requests it happens; None: to all."""
    touch: Touch = Touch.NOTHING
    is_silent: bool = False
    """Whether nothing comes for as long as someone's patience lasts."""

    @property
    def is_long(self) -> bool:
        """Whether the answer must last for a while."""
        return self.touch not in (Touch.NOTHING, Touch.KILL_BEFORE)


CLOSING: Final = Scenario("close Redraft in mid-text", 0, _STOPPED, touch=Touch.CLOSE_WRITING)

# Not among them: “prompt is too long” and 413. Claude Code answers them by summarising the
# conversation, and what it tells from then on is no longer what was said.
SCENARIOS: Final = (
    Scenario("no fault", 24, _FINISHED),
    Scenario("cut once", 6, _FINISHED, Fault.cut),
    Scenario("cut always", 3, _FINISHED, Fault.cut, None),
    Scenario("no message_stop once", 4, _FINISHED, Fault.no_stop),
    Scenario("error event once", 4, _FINISHED, Fault.error_event),
    Scenario("malformed line", 4, _FINISHED, Fault.malformed),
    Scenario("500 once", 4, _FINISHED, Fault.server_error),
    Scenario("529 once", 4, _FINISHED, Fault.overloaded),
    Scenario("429 once", 3, _FINISHED, Fault.rate_limit),
    Scenario("500 always", 3, _FAILED, Fault.server_error, None),
    Scenario("529 always", 3, _FAILED, Fault.overloaded, None),
    Scenario("429 always", 2, _FAILED, Fault.rate_limit, None),
    Scenario("silence once", 3, _FINISHED | _FAILED, Fault.silence, is_silent=True),
    Scenario("hang", 2, _FAILED, Fault.hang, None, is_silent=True),
    Scenario("html", 2, _FAILED, Fault.html, None),
    Scenario("400", 2, _FAILED, Fault.bad_request, None),
    Scenario("no credit", 1, _FAILED, Fault.credit, None),
    Scenario("401", 1, _FAILED, Fault.unauthorized, None),
    Scenario("404", 1, _FAILED, Fault.not_found, None),
    Scenario("403", 1, _FAILED, Fault.forbidden, None),
    Scenario("stop after a moment", 14, _STOPPED, touch=Touch.STOP_AFTER),
    Scenario("stop before the first word", 8, _STOPPED, touch=Touch.STOP_ASKING),
    Scenario("stop in mid-text", 14, _STOPPED, touch=Touch.STOP_WRITING),
    Scenario("stop in a hang", 3, _STOPPED, Fault.hang, None, Touch.STOP_ASKING),
    Scenario("stop in a retry wait", 6, _STOPPED, Fault.overloaded, None, Touch.STOP_RETRYING),
    Scenario("kill in mid-text", 8, _FAILED, touch=Touch.KILL_WRITING),
    Scenario("kill before", 6, _FINISHED, touch=Touch.KILL_BEFORE),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One turn to come; all its decisions are made."""

    number: int
    seat: int
    scenario: Scenario
    request: str
    kind: TurnKind
    is_retry: bool
    """If the turn before is not remembered, its prompt is sent again instead of this one."""
    is_prepared: bool
    """Whether Redraft connects ahead of the prompt, as it does when someone begins to type."""
    hand: str
    """What the writer adds to the draft by hand before the turn; often nothing."""
    after_words: int
    """Words until a stream's fault strikes."""
    after_pieces: int
    """Pieces of text until a stop or a kill in mid-text."""
    after_seconds: float
    """Seconds until a stop that looks at nothing."""


@dataclass(frozen=True, slots=True)
class ForkPlan:
    """Where a seat's branch leaves another seat's, at the beginning of a leg."""

    parent: int
    at: float
    """The turn, as a part of those the parent has by then: 1 is its newest."""


@dataclass(frozen=True, slots=True)
class Leg:
    """The turns between two starts of Redraft, and the forks made in between."""

    forks: dict[int, ForkPlan]
    steps: tuple[Step, ...]
    closing: Step


def planned(seed: int, turns: int) -> tuple[Leg, ...]:
    """Return the whole soak; the same seed gives the same one."""
    rng = random.Random(seed)
    numbers = list(range(1, turns + 1))
    legs: list[Leg] = []
    for start in range(0, turns, LEG):
        steps = [_step(rng, number) for number in numbers[start : start + LEG]]
        if start == 0:
            # Two contents; the others fork as soon as those two have something to fork from.
            steps[:4] = [replace(step, seat=at % 2) for at, step in enumerate(steps[:4])]
            forks = {seat: ForkPlan(seat % 2, rng.random()) for seat in range(2, SEATS)}
        else:
            seat = rng.randrange(SEATS)
            others = [other for other in range(SEATS) if other != seat]
            forks = {seat: ForkPlan(rng.choice(others), rng.random())}
        legs.append(Leg(forks, tuple(steps[:-1]), replace(steps[-1], scenario=CLOSING)))
    return tuple(legs)


def _step(rng: random.Random, number: int) -> Step:
    (scenario,) = rng.choices(SCENARIOS, [scenario.weight for scenario in SCENARIOS])
    return Step(
        number=number,
        seat=rng.randrange(SEATS),
        scenario=scenario,
        request=rng.choice(_REQUESTS),
        kind=rng.choice(_KINDS),
        is_retry=rng.random() < 0.7,
        is_prepared=rng.random() < 0.25,
        hand=f"By hand {number}." if rng.random() < 0.12 else "",
        after_words=rng.randrange(120),
        after_pieces=rng.randrange(1, 60),
        after_seconds=rng.choice((0.0, rng.random() * 0.2, rng.random() * 2)),
    )
