"""SDK messages to events, one kind at a time, with the SDK's own types."""

from typing import Any

import pytest
from claude_agent_sdk import (
    AssistantMessage,
    ConversationResetMessage,
    RateLimitEvent,
    RateLimitInfo,
    ResultMessage,
    StreamEvent,
    SystemMessage,
    TextBlock,
    ThinkingBlock,
    ToolUseBlock,
    UserMessage,
)
from hypothesis import given
from hypothesis import strategies as some

from tui.agent.faults import diagnose, quoted
from tui.agent.mapping import TurnMapping
from tui.domain.events import (
    AnswerRestarted,
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


def stream(event: dict[str, Any], parent: str | None = None) -> StreamEvent:
    return StreamEvent(uuid="u", session_id="s", event=event, parent_tool_use_id=parent)


def system(subtype: str, **data: Any) -> SystemMessage:
    return SystemMessage(subtype, {"type": "system", "subtype": subtype, **data})


def assistant(*blocks: Any, model: str = "claude-x", **more: Any) -> AssistantMessage:
    return AssistantMessage(content=list(blocks), model=model, uuid="m1", **more)


def result(**more: Any) -> ResultMessage:
    values: dict[str, Any] = {
        "subtype": "success",
        "duration_ms": 1,
        "duration_api_ms": 1,
        "is_error": False,
        "num_turns": 1,
        "session_id": "s",
        "terminal_reason": "completed",
        "total_cost_usd": 0.5,
        **more,
    }
    return ResultMessage(**values)


def delta(**inner: Any) -> StreamEvent:
    return stream({"type": "content_block_delta", "index": 0, "delta": inner})


THINKING = ThinkingBlock(thinking="hm", signature="s")
TOOL = ToolUseBlock(id="t", name="Read", input={})


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (system("init", model="x"), []),
        (system("status", status="requesting"), [RequestStarted()]),
        (system("status", status=None), []),
        (system("thinking_tokens", estimated_tokens=120), [ThinkingProgressed(120)]),
        (system("thinking_tokens", estimated_tokens="?"), [ThinkingProgressed(0)]),
        (system("something_new", shape="unknown"), []),
        (stream({"type": "message_start", "message": {}}), [AnswerRestarted()]),
        (stream({"type": "message_start"}, parent="tool"), []),
        (stream({"type": "content_block_start", "content_block": {"type": "text"}}), []),
        (
            stream({"type": "content_block_start", "content_block": {"type": "thinking"}}),
            [ThinkingProgressed(0)],
        ),
        (delta(type="text_delta", text="hello "), [TextStreamed("hello ")]),
        (delta(type="text_delta", text=""), []),
        (delta(type="text_delta"), []),
        (delta(type="thinking_delta", thinking="hm"), []),
        (delta(type="signature_delta", signature="x"), []),
        (stream({"type": "message_stop"}), []),
        (stream({}), []),
        (assistant(TextBlock("a"), TextBlock("b")), [MessageCommitted(MessageId("m1"), "ab")]),
        (assistant(THINKING), []),
        (assistant(TOOL), []),
        (assistant(TextBlock("of a subagent"), parent_tool_use_id="tool"), []),
        (assistant(TextBlock("API Error: 500"), model="<synthetic>"), []),
        (assistant(TextBlock("Not logged in"), error="authentication_failed"), []),
        (UserMessage("[Request interrupted by user]"), []),
        (UserMessage([TextBlock("Output token limit hit. Resume directly.")]), [Noticed]),
        (system("compact_boundary"), [Noticed]),
        (system("status", status="compacting"), [Noticed]),
        (system("informational", content="It refused."), [Noticed("It refused.")]),
        (RateLimitEvent(RateLimitInfo("allowed"), "u", "s"), []),
        (RateLimitEvent(RateLimitInfo("allowed_warning", utilization=0.85), "u", "s"), [Noticed]),
        (RateLimitEvent(RateLimitInfo("rejected", resets_at=1_800_000_000), "u", "s"), [Noticed]),
        (ConversationResetMessage("n", "u", "s"), []),
        (object(), []),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_message_says(message: object, expected: list[Any]) -> None:
    events = TurnMapping().events(message)
    assert [
        type(event) if isinstance(event, Noticed) and event not in expected else event
        for event in events
    ] == expected


@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        (529, "server_error", "the API is overloaded (529)"),
        (500, "server_error", "the API has an internal error (500)"),
        (429, "rate_limit", "the API's rate limit is reached (429)"),
        (401, "authentication_failed", "the API refused the key or login (401)"),
        (None, "unknown", "the connection to the API could not be made or broke off"),
        (None, None, "the connection to the API could not be made or broke off"),
    ],
)
def test_a_retry_says_why_and_when(status: int | None, error: str | None, reason: str) -> None:
    message = system(
        "api_retry",
        attempt=2,
        max_retries=3,
        retry_delay_ms=1500,
        error_status=status,
        error=error,
    )
    assert TurnMapping().events(message) == [RetryScheduled(2, 3, 1.5, reason)]


def test_a_result_ends_the_turn_with_its_model_and_cost() -> None:
    mapping = TurnMapping()
    mapping.events(assistant(TextBlock("text")))
    assert mapping.events(result()) == [
        TurnEnded(Outcome.FINISHED, total_cost=0.5, model="claude-x")
    ]
    assert TurnMapping().events(result(total_cost_usd=None, model_usage={"claude-y": {}})) == [
        TurnEnded(Outcome.FINISHED, total_cost=None, model="claude-y")
    ]


@pytest.mark.parametrize("reason", ["aborted_streaming", "aborted_tools"])
def test_an_aborted_turn_is_stopped(reason: str) -> None:
    message = result(
        subtype="error_during_execution", is_error=True, terminal_reason=reason, errors=["[ede]"]
    )
    assert TurnMapping().events(message) == [TurnEnded(Outcome.STOPPED, total_cost=0.5)]


@pytest.mark.parametrize(
    ("error", "text", "status", "reason", "words"),
    [
        ("unknown", "API Error: 400 bad", 400, "api_error", "refused the request (400)"),
        ("invalid_request", "Prompt is too long", 400, "prompt_too_long", "too long for the model"),
        ("billing_error", "Credit balance is too low", 400, "api_error", "no credit left"),
        ("authentication_failed", "Invalid API key", 401, "api_error", "refused the key"),
        ("authentication_failed", "Not logged in · Please run /login", None, None, "not logged in"),
        ("authentication_failed", "403", 403, "api_error", "does not allow this"),
        ("model_not_found", "model", 404, "api_error", "does not know the model"),
        ("invalid_request", "Request too large", 413, "image_error", "too large"),
        ("rate_limit", "limit", 429, "api_error", "rate limit is reached (429)"),
        ("server_error", "500", 500, "api_error", "internal error (500)"),
        ("server_error", "Overloaded", 529, "api_error", "overloaded (529)"),
        ("server_error", "Connection refused ... ECONNREFUSED", None, "api_error", "refuses conn"),
        ("server_error", "getaddrinfo ENOTFOUND x", None, "api_error", "cannot be reached"),
        ("server_error", "Request timed out.", None, "api_error", "did not answer in time"),
        ("server_error", "socket hang up", None, "api_error", "was lost"),
        ("unknown", "an empty or malformed response (HTTP 200)", None, "api_error", "proxy"),
        ("unknown", "what is this", None, "api_error", "“what is this”"),
        (None, "", None, None, "The log has the details"),
    ],
)
def test_a_failure_is_a_sentence_and_never_text(
    error: Any, text: str, status: int | None, reason: str | None, words: str
) -> None:
    mapping = TurnMapping()
    assert mapping.events(assistant(TextBlock(text), model="<synthetic>", error=error)) == []
    (ended,) = mapping.events(
        result(is_error=True, api_error_status=status, terminal_reason=reason)
    )
    assert isinstance(ended, TurnEnded)
    assert ended.outcome is Outcome.FAILED
    assert words in ended.failure
    assert ended.failure[0].isupper()
    assert ended.failure[-1] in ".?”"


@given(
    status=some.none() | some.integers(100, 600),
    kind=some.sampled_from(["", "unknown", "rate_limit", "server_error", "odd"]),
    text=some.text(),
)
def test_any_fault_has_words(status: int | None, kind: str, text: str) -> None:
    found = diagnose(status=status, kind=kind, text=text)
    assert found.words
    assert found.sentence.isprintable() or not text.isprintable()


@given(some.text())
def test_a_quoted_error_is_one_short_line_without_control_characters(text: str) -> None:
    line = quoted(text)
    assert len(line) < 190
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in line)
