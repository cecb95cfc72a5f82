"""The events of a turn as values: the agent yields them, and a reply is their fold."""

from enum import StrEnum

from tui.domain.frozen import frozen
from tui.domain.ids import MessageId, TurnId
from tui.domain.tools import Question, ToolState
from tui.domain.usage_limit import UsageLimit


class Outcome(StrEnum):
    """How a turn ended."""

    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


@frozen
class TurnAccepted:
    """The prompt is saved; Claude is about to get it."""

    turn: TurnId


@frozen
class RequestStarted:
    """Claude Code has sent the request to the API; from here on it can be interrupted."""


@frozen
class AnswerRestarted:
    """A new message begins; text streamed since the last committed message is discarded."""


@frozen
class ThinkingProgressed:
    """Claude is thinking."""


@frozen
class TextStreamed:
    """A piece of the answer arrived: a preview of what a committed message will say."""

    text: str


@frozen
class MessageCommitted:
    """A message from Claude is complete: its exact text, and the id for forks."""

    id: MessageId
    text: str


@frozen
class RetryScheduled:
    """The API failed to answer; Claude Code retries by itself."""

    attempt: int
    limit: int
    delay: float
    """Seconds until the next attempt."""
    reason: str
    """The fault in plain words, such as “the API is overloaded (529)”."""


@frozen
class SilenceAllowed:
    """The silence timeout changed: seconds without a message until the turn is abandoned."""

    seconds: float | None
    """None for no timeout, for example while a question waits for the writer's answer."""
    is_whole_awaited: bool = False
    """Whether the stream broke off; the answer is fetched in one piece, silently until then."""


@frozen
class ToolStarted:
    """Claude uses a tool; its result comes as `ToolEnded`, unless the turn ends before it."""

    id: str
    name: str
    subject: str


@frozen
class ToolEnded:
    """A tool's result arrived, or the reason why there is none."""

    id: str
    state: ToolState
    result: str = ""


@frozen
class PermissionAsked:
    """Claude waits for the writer's answer to a question."""

    question: Question


@frozen
class PermissionSettled:
    """A question was answered, or withdrawn because its turn ended."""

    id: str


@frozen
class CostEstimated:
    """The running turn's cost so far, from its usage and the model's list price."""

    dollars: float
    saved: float = 0.0
    """Dollars saved by the prompt cache."""


@frozen
class LimitReported:
    """The SDK reported how much of the account's usage limit is used."""

    limit: UsageLimit


@frozen
class ContextMeasured:
    """How full the session's context is, in percent of what the model can hold."""

    percent: float


@frozen
class TurnEnded:
    """The turn is over; only `ContextMeasured` and `Noticed` may follow from the agent."""

    outcome: Outcome
    failure: str = ""
    """A sentence why the turn failed or was stopped; empty otherwise, or when the writer did it."""
    total_cost: float | None = None
    """The session's total cost in dollars, when the SDK reports it."""
    model: str = ""
    cost_before: float | None = None
    """The total before the turn, when the agent knows it: a killed process forgets some of it."""
    is_sent: bool = True
    """Whether the prompt was sent, so that the turn may have cost something."""


@frozen
class TurnSaved:
    """The ended turn, and the version it made, are in the library."""

    turn: TurnId
    version: int | None


@frozen
class SavingDelayed:
    """The ended turn could not be saved yet; it is kept in memory and saved when that works."""

    problem: str
    """Why, as a sentence."""


@frozen
class Noticed:
    """A remark for the writer that no other event carries, such as a message of unknown kind."""

    text: str


FoundEvent = MessageCommitted | ToolStarted | ToolEnded
"""Events that can be read from a transcript afterwards."""

AgentEvent = (
    RequestStarted
    | AnswerRestarted
    | ThinkingProgressed
    | TextStreamed
    | MessageCommitted
    | RetryScheduled
    | SilenceAllowed
    | ToolStarted
    | ToolEnded
    | PermissionAsked
    | PermissionSettled
    | CostEstimated
    | LimitReported
    | ContextMeasured
    | TurnEnded
    | Noticed
)
"""Events of an agent; `TurnEnded` once, then at most `ContextMeasured` and `Noticed`."""

Event = TurnAccepted | AgentEvent | SavingDelayed | TurnSaved
"""Events of a conversation's turn: first `TurnAccepted`, last `TurnSaved`."""
