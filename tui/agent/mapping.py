"""Mapping of SDK messages to events: pure, and tolerant of unknown data, which is logged.

Importing this imports the SDK.

```
SystemMessage status=requesting   RequestStarted
SystemMessage thinking_tokens     ThinkingProgressed
SystemMessage api_retry           RetryScheduled
StreamEvent message_start         AnswerRestarted
StreamEvent text_delta            TextStreamed
StreamEvent message_delta         CostEstimated, when the model's price is known
AssistantMessage                  MessageCommitted, ToolStarted, or only a remembered error
UserMessage                       ToolEnded
RateLimitEvent                    LimitReported, and Noticed when the limit is near or reached
ResultMessage                     TurnEnded
```
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tui.agent.cli_contract import sentences
from tui.agent.cli_contract.messages import (
    AssistantMessage,
    ConversationResetMessage,
    RateLimitEvent,
    ResultMessage,
    StreamEvent,
    SystemMessage,
    TextBlock,
    UserMessage,
)
from tui.agent.cli_contract.rows import SYNTHETIC
from tui.agent.cli_contract.surprises import unexpected
from tui.agent.errors import BUDGET_USED, RATE_LIMIT, diagnose, diagnose_retry, soon
from tui.agent.prices import TurnCost
from tui.agent.tool_blocks import tool_events
from tui.agent.usage_limit import limit_events
from tui.domain.events import (
    AgentEvent,
    AnswerRestarted,
    CostEstimated,
    LimitReported,
    MessageCommitted,
    Noticed,
    Outcome,
    RequestStarted,
    RetryScheduled,
    TextStreamed,
    ThinkingProgressed,
    TurnEnded,
)
from tui.domain.ids import MessageId

_ABORTED: Final = ("aborted_streaming", "aborted_tools")
_BUDGET_USED: Final = "budget_exhausted"
_QUIET_SYSTEM: Final = frozenset({"init", "hook_started", "hook_response"})

_logger = logging.getLogger("redraft.agent")


@dataclass(slots=True)
class TurnMapping:
    """Maps one turn's messages; remembers what explains the turn's result.

    `refusals` are reasons by tool use id; the mapping may grow during the turn.
    """

    refusals: Mapping[str, str] = field(default_factory=dict)
    cost: TurnCost = field(default_factory=lambda: TurnCost({}))
    model: str = ""
    is_budget_used: bool = False
    """Whether Claude Code reports that the connection's budget is used up."""
    _error_kind: str = ""
    _error_text: str = ""
    _again: str = ""
    """When the rate limit permits the next attempt, if known."""

    def events(self, message: object) -> list[AgentEvent]:
        """Return the events of an SDK message, in order; often none."""
        match message:
            case StreamEvent():
                return self._streamed(message)
            case AssistantMessage():
                return self._answered(message)
            case SystemMessage():
                return self._reported(message)
            case ResultMessage():
                return [self._ended(message)]
            case UserMessage():
                return self._returned(message)
            case RateLimitEvent():
                return self._limited(message)
            case ConversationResetMessage():
                return []
            case _:
                return _surprise(type(message).__name__)

    def _answered(self, message: AssistantMessage) -> list[AgentEvent]:
        if message.parent_tool_use_id is not None:
            return []
        text = "".join(_texts(message.content))
        if message.model == SYNTHETIC or message.error:
            self._error_kind = message.error or self._error_kind
            self._error_text = text or self._error_text
            return []
        self.model = message.model
        uses = tool_events(message.content, self.refusals)
        if not text or not message.uuid:
            return [*uses]
        return [MessageCommitted(MessageId(message.uuid), text), *uses]

    def _streamed(self, message: StreamEvent) -> list[AgentEvent]:
        if message.parent_tool_use_id is not None:
            return []
        dollars = self.cost.handle(message.event)
        if dollars is None:
            return _streamed(message)
        return [CostEstimated(dollars, self.cost.saved)]

    def _returned(self, message: UserMessage) -> list[AgentEvent]:
        if isinstance(message.content, str) or message.parent_tool_use_id is not None:
            return _continued(message)
        return [*tool_events(message.content, self.refusals), *_continued(message)]

    def _reported(self, message: SystemMessage) -> list[AgentEvent]:
        data = message.data
        match message.subtype:
            case "status" if data.get("status") == "requesting":
                return [RequestStarted()]
            case "status" if data.get("status") == "compacting":
                return [Noticed("Claude Code is summarising the conversation to make room.")]
            case "thinking_tokens":
                return [ThinkingProgressed()]
            case "api_retry":
                if data.get("error_status") == 429 or data.get("error") == RATE_LIMIT:
                    self._again = soon(_seconds(data))
                return [_retry(data)]
            case "compact_boundary":
                return [Noticed("Earlier parts of the conversation were summarised to make room.")]
            case "informational" if isinstance(data.get("content"), str):
                return [Noticed(data["content"])]
            case subtype:
                if subtype not in _QUIET_SYSTEM:
                    unexpected("A message of Claude Code about itself", subtype)
                return []

    def _limited(self, message: RateLimitEvent) -> list[AgentEvent]:
        events = limit_events(message)
        for event in events:
            limit = event.limit if isinstance(event, LimitReported) else None
            if limit is not None and limit.is_reached and limit.resets_at:
                self._again = f"after {limit.resets_at.astimezone():%H:%M, %d %B}"
        return [*events]

    def _ended(self, message: ResultMessage) -> TurnEnded:
        outcome, failure = self._verdict(message)
        return TurnEnded(
            outcome,
            failure=failure,
            total_cost=message.total_cost_usd,
            model=self.model or next(iter(message.model_usage or ()), ""),
        )

    def _verdict(self, message: ResultMessage) -> tuple[Outcome, str]:
        if message.terminal_reason in _ABORTED:
            return Outcome.STOPPED, ""
        if not message.is_error:
            return Outcome.FINISHED, ""
        if message.terminal_reason == _BUDGET_USED:
            self.is_budget_used = True
            is_whole = message.stop_reason == "end_turn"
            return (Outcome.FINISHED, "") if is_whole else (Outcome.STOPPED, BUDGET_USED)
        text = self._error_text or message.result or " ".join(message.errors or ())
        _logger.warning(
            "turn failed: %s %s %s %s: %s",
            message.subtype,
            message.terminal_reason,
            message.api_error_status,
            self._error_kind,
            text,
        )
        fault = diagnose(
            status=message.api_error_status,
            kind=self._error_kind,
            reason=message.terminal_reason or "",
            text=text,
            again=self._again,
        )
        return Outcome.FAILED, fault.sentence


def _streamed(message: StreamEvent) -> list[AgentEvent]:
    event = message.event
    match event.get("type"):
        case "message_start":
            return [AnswerRestarted()]
        case "content_block_start" if "thinking" in str(_inner(event, "content_block", "type")):
            return [ThinkingProgressed()]
        case "content_block_delta" if _inner(event, "delta", "type") == "text_delta":
            text = _inner(event, "delta", "text")
            return [TextStreamed(text)] if isinstance(text, str) and text else []
        case _:
            return []


def _inner(event: Mapping[str, Any], part: str, key: str) -> object:
    inner = event.get(part)
    return inner.get(key) if isinstance(inner, dict) else None


def _continued(message: UserMessage) -> list[AgentEvent]:
    texts = [message.content] if isinstance(message.content, str) else _texts(message.content)
    if any(text.startswith(sentences.LENGTH_LIMIT) for text in texts):
        return [Noticed("The answer reached the length limit of one message and goes on.")]
    return []


def _texts(blocks: Sequence[object]) -> list[str]:
    return [block.text for block in blocks if isinstance(block, TextBlock)]


def _retry(data: Mapping[str, Any]) -> RetryScheduled:
    status = data.get("error_status")
    error = data.get("error")
    fault = diagnose_retry(
        status=status if isinstance(status, int) else None,
        kind=error if isinstance(error, str) else "",
    )
    return RetryScheduled(
        attempt=int(_number(data.get("attempt"))),
        limit=int(_number(data.get("max_retries"))),
        delay=_seconds(data),
        reason=fault.words,
    )


def _seconds(data: Mapping[str, Any]) -> float:
    return _number(data.get("retry_delay_ms")) / 1000


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _surprise(found: str) -> list[AgentEvent]:
    """Emit a notice for the writer, once per turn: the unknown data may be part of the answer."""
    if not unexpected("A message of the SDK", found):
        return []
    return [Noticed(f"Claude Code sent something that this Redraft does not know ({found}).")]
