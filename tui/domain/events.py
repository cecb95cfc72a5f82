"""What happens in a turn, as values: the agent yields them, a reply is the fold of them."""

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
    """A new message begins: what was streamed since the last committed one counts no more."""


@frozen
class ThinkingProgressed:
    """Claude is thinking; `tokens` is the estimated amount so far."""

    tokens: int


@frozen
class TextStreamed:
    """A piece of the answer arrived: a preview of what a committed message will say."""

    text: str


@frozen
class MessageCommitted:
    """A message of Claude's is whole: its exact text, and the id at which one can fork."""

    id: MessageId
    text: str


@frozen
class RetryScheduled:
    """The API could not answer; Claude Code tries again by itself."""

    attempt: int
    limit: int
    delay: float
    """Seconds until the next attempt."""
    reason: str
    """The fault in plain words, such as “the API is overloaded (529)”."""


@frozen
class SilenceAllowed:
    """From here on the turn is given up after so many seconds without a sign of Claude's."""

    seconds: float | None
    """None: it waits for as long as it takes, such as for the writer's answer to a question."""
    is_whole_awaited: bool = False
    """The stream broke off: the answer is fetched again in one piece, and silent until then."""


@frozen
class ToolStarted:
    """Claude uses a tool; its result comes as `ToolEnded`, unless the turn ends before it."""

    id: str
    name: str
    subject: str


@frozen
class ToolEnded:
    """A tool's result is there, or the reason why there is none."""

    id: str
    state: ToolState
    result: str = ""


@frozen
class PermissionAsked:
    """Claude waits for the writer's answer to a question."""

    question: Question


@frozen
class PermissionSettled:
    """A question is answered, or taken away because its turn ends."""

    id: str


@frozen
class CostEstimated:
    """What the running turn has cost so far, from its usage and the model's list price."""

    dollars: float
    saved: float = 0.0
    """Dollars that this would have cost more, had nothing of the prompt been in the cache."""


@frozen
class LimitTold:
    """The SDK told how much of the account's usage limit is used."""

    limit: UsageLimit


@frozen
class ContextMeasured:
    """How full the session's context is, in percent of what the model can hold."""

    percent: float


@frozen
class TurnEnded:
    """The turn is over, and nothing more of it will come."""

    outcome: Outcome
    failure: str = ""
    """Why it failed or was stopped, as a sentence; empty when it did not, or the writer did it."""
    total_cost: float | None = None
    """Dollars this session has cost in all, when the SDK tells."""
    model: str = ""
    cost_before: float | None = None
    """That sum when the turn began, when the agent knows it: a killed process forgets some."""
    is_sent: bool = True
    """Whether Claude was asked at all, and the turn can have cost something."""


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
    """Something worth a dim line that no other event says, such as a message of unknown kind."""

    text: str


FoundEvent = MessageCommitted | ToolStarted | ToolEnded
"""What a transcript tells of a turn afterwards."""

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
    | LimitTold
    | ContextMeasured
    | TurnEnded
    | Noticed
)
"""What an agent yields; `TurnEnded` once, then at most `ContextMeasured` and `Noticed`."""

Event = TurnAccepted | AgentEvent | SavingDelayed | TurnSaved
"""What a conversation yields in a turn: first `TurnAccepted`, last `TurnSaved`."""
