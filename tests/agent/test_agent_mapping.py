"""SDK messages to events, one kind at a time, with the SDK's own types."""

from datetime import UTC, datetime
from typing import Any

import pytest
from claude_agent_sdk import (
    AssistantMessage,
    ConversationResetMessage,
    RateLimitEvent,
    RateLimitInfo,
    ResultMessage,
    ServerToolResultBlock,
    ServerToolUseBlock,
    StreamEvent,
    SystemMessage,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
    UserMessage,
)
from hypothesis import given
from hypothesis import strategies as some

from tui.agent.errors import BUDGET_USED, diagnose, quoted
from tui.agent.mapping import TurnMapping
from tui.agent.prices import Price, TurnCost
from tui.agent.tools import RESULT_LENGTH, readable_result, tool_subject
from tui.domain.events import (
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
    ToolEnded,
    ToolStarted,
    TurnEnded,
)
from tui.domain.ids import MessageId
from tui.domain.tools import ToolState
from tui.domain.usage_limit import UsageLimit


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
        (system("thinking_tokens", estimated_tokens=120), [ThinkingProgressed()]),
        (system("something_new", shape="unknown"), []),
        (stream({"type": "message_start", "message": {}}), [AnswerRestarted()]),
        (stream({"type": "message_start"}, parent="tool"), []),
        (stream({"type": "content_block_start", "content_block": {"type": "text"}}), []),
        (
            stream({"type": "content_block_start", "content_block": {"type": "thinking"}}),
            [ThinkingProgressed()],
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
        (assistant(TOOL), [ToolStarted("t", "Read", "")]),
        (assistant(TOOL, parent_tool_use_id="tool"), []),
        (UserMessage([ToolResultBlock("t", "found")]), [ToolEnded("t", ToolState.DONE, "found")]),
        (UserMessage([ToolResultBlock("t", "found")], parent_tool_use_id="tool"), []),
        (assistant(TextBlock("of a subagent"), parent_tool_use_id="tool"), []),
        (assistant(TextBlock("API Error: 500"), model="<synthetic>"), []),
        (assistant(TextBlock("Not logged in"), error="authentication_failed"), []),
        (UserMessage("[Request interrupted by user]"), []),
        (UserMessage([TextBlock("Output token limit hit. Resume directly.")]), [Noticed]),
        (UserMessage("Output token limit hit. Resume directly."), [Noticed]),
        (system("compact_boundary"), [Noticed]),
        (system("status", status="compacting"), [Noticed]),
        (system("informational", content="It refused."), [Noticed("It refused.")]),
        (RateLimitEvent(RateLimitInfo("allowed"), "u", "s"), [LimitReported(UsageLimit())]),
        (
            RateLimitEvent(RateLimitInfo("allowed_warning", utilization=0.85), "u", "s"),
            [LimitReported(UsageLimit(is_near=True, used=0.85)), Noticed],
        ),
        (
            RateLimitEvent(RateLimitInfo("rejected"), "u", "s"),
            [LimitReported(UsageLimit(is_reached=True)), Noticed],
        ),
        (ConversationResetMessage("n", "u", "s"), []),
        (object(), [Noticed]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_message_says(
    monkeypatch: pytest.MonkeyPatch, message: object, expected: list[Any]
) -> None:
    monkeypatch.setattr("tui.agent.cli_contract.surprises._logged", set())
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
    ("last", "outcome"), [("end_turn", Outcome.FINISHED), ("tool_use", Outcome.STOPPED)]
)
def test_a_used_up_budget_stops_the_turn_unless_its_answer_is_whole(
    last: str, outcome: Outcome
) -> None:
    mapping = TurnMapping()
    mapping.events(assistant(TextBlock("All of it.")))
    (ended,) = mapping.events(
        result(
            subtype="error_max_budget_usd",
            is_error=True,
            terminal_reason="budget_exhausted",
            stop_reason=last,
            errors=["Reached maximum budget ($0.00436)"],
        )
    )
    assert isinstance(ended, TurnEnded)
    assert ended.outcome is outcome
    assert ended.failure == ("" if outcome is Outcome.FINISHED else BUDGET_USED)
    assert mapping.is_budget_used


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


def rate_limited(*before: object) -> str:
    """Return what is said of a turn that ended at the API's rate limit after these messages."""
    mapping = TurnMapping()
    for message in before:
        mapping.events(message)
    mapping.events(assistant(TextBlock("429"), model="<synthetic>", error="rate_limit"))
    (ended,) = mapping.events(
        result(is_error=True, api_error_status=429, terminal_reason="api_error")
    )
    assert isinstance(ended, TurnEnded)
    return ended.failure


@pytest.mark.parametrize(
    ("milliseconds", "again"),
    [
        (1_500, "Try again in a moment."),
        (45_000, "Try again in about a minute."),
        (100_000, "Try again in about 2 minutes."),
        (600_000, "Try again in about 10 minutes."),
        (7_200_000, "Try again in about 2 hours."),
    ],
)
def test_a_reached_rate_limit_says_when_to_try_again(milliseconds: int, again: str) -> None:
    sooner = system("api_retry", retry_delay_ms=1_000, error_status=429, error="rate_limit")
    asked = system("api_retry", retry_delay_ms=milliseconds, error_status=429, error="rate_limit")
    assert rate_limited(sooner, asked).endswith(f"(429). {again}")


def test_a_wait_that_nobody_tells_is_not_called_a_moment() -> None:
    assert "a few minutes" in rate_limited()
    assert "moment" not in rate_limited()
    elsewhere = system("api_retry", retry_delay_ms=1_000, error_status=529, error="server_error")
    assert "moment" not in rate_limited(elsewhere)


def test_a_used_up_account_says_when_its_limit_resets() -> None:
    info = RateLimitInfo("rejected", 1_795_386_093, "five_hour")
    moment = datetime.fromtimestamp(1_795_386_093, UTC).astimezone()
    said = rate_limited(RateLimitEvent(info, "u", "s"))
    assert said.endswith(f"Try again after {moment:%H:%M, %d %B}.")


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


@pytest.mark.parametrize(
    ("kind", "window"),
    [
        ("five_hour", "5 hours"),
        ("seven_day", "7 days"),
        ("seven_day_opus", "7 days opus"),
        ("overage", "overage"),
        ("one_new_kind", "one new kind"),
        (None, ""),
    ],
)
def test_a_limit_is_told_with_its_window_and_reset(kind: Any, window: str) -> None:
    info = RateLimitInfo("allowed_warning", 1_795_386_093, kind, 0.83)
    told, notice = TurnMapping().events(RateLimitEvent(info, "u", "s"))
    moment = datetime.fromtimestamp(1_795_386_093, UTC)
    assert told == LimitReported(
        UsageLimit(is_near=True, used=0.83, resets_at=moment, window=window)
    )
    assert isinstance(notice, Noticed)
    assert "83% used" in notice.text


@pytest.mark.parametrize("stamp", [0, -1, 10**30, True])
def test_an_impossible_reset_is_not_told(stamp: int) -> None:
    info = RateLimitInfo("allowed", resets_at=stamp, utilization=7.0)
    assert TurnMapping().events(RateLimitEvent(info, "u", "s")) == [
        LimitReported(UsageLimit(used=1.0))
    ]


def test_the_cost_is_told_after_each_request() -> None:
    mapping = TurnMapping(cost=TurnCost({"claude-x": Price(2, 10)}))
    usage = {"input_tokens": 1_000}
    mapping.events(
        stream({"type": "message_start", "message": {"model": "claude-x", "usage": usage}})
    )
    ending = {"type": "message_delta", "usage": {"output_tokens": 100}}
    assert mapping.events(stream(ending, parent="tool")) == []
    (told,) = mapping.events(stream(ending))
    assert isinstance(told, CostEstimated)
    assert told.dollars == pytest.approx(0.003)
    assert TurnMapping().events(stream(ending)) == []


@pytest.mark.parametrize(
    ("tool", "told", "subject"),
    [
        ("Read", {"file_path": "/notes/a b.md"}, "/notes/a b.md"),
        ("Read", {"file_path": "/a", "offset": 10, "limit": 5}, "/a, lines 10–14"),
        ("Read", {"file_path": "/a", "limit": 5}, "/a, lines 1–5"),
        ("Read", {"file_path": "/a", "offset": 10}, "/a, from line 10"),
        ("Read", {"file_path": "/a.pdf", "pages": "1-3"}, "/a.pdf, pages 1-3"),
        ("Glob", {"pattern": "**/*.md"}, "**/*.md"),
        ("Glob", {"pattern": "*", "path": "/notes"}, "* in /notes"),
        ("Grep", {"pattern": "x y", "path": "/n", "glob": "*.md"}, "x y (*.md) in /n"),
        ("WebSearch", {"query": "one\ntwo\tthree"}, "one two three"),
        (
            "WebFetch",
            {"url": "https://example.org/" + "x" * 500},
            "https://example.org/" + "x" * 500,
        ),
        ("Bash", {"command": "ls"}, '{"command": "ls"}'),
        ("Other", {}, ""),
        ("Read", None, ""),
        ("Read", {"file_path": 5, "offset": "x"}, ""),
    ],
)
def test_what_a_tool_is_used_on(tool: str, told: Any, subject: str) -> None:
    assert tool_subject(tool, told) == subject


def test_text_before_a_tool_is_committed_before_it() -> None:
    use = ToolUseBlock(id="t", name="WebSearch", input={"query": "q"})
    assert TurnMapping().events(assistant(TextBlock("Hm."), use)) == [
        MessageCommitted(MessageId("m1"), "Hm."),
        ToolStarted("t", "WebSearch", "q"),
    ]


def test_why_a_tool_has_no_result() -> None:
    mapping = TurnMapping({"no": "It is not in the sources."})
    blocks = [
        ToolResultBlock("no", "<tool_use_error>x</tool_use_error>", is_error=True),
        ToolResultBlock("bad", "<tool_use_error>No such file</tool_use_error>", is_error=True),
        ToolResultBlock("off", "The user doesn't want to proceed with this.", is_error=True),
        ToolResultBlock("yes", None),
    ]
    assert mapping.events(UserMessage([*blocks])) == [
        ToolEnded("no", ToolState.REFUSED, "It is not in the sources."),
        ToolEnded("bad", ToolState.FAILED, "No such file"),
        ToolEnded("off", ToolState.UNFINISHED, "The turn was stopped."),
        ToolEnded("yes", ToolState.DONE, ""),
    ]


def test_tools_that_the_api_runs_itself_are_told_too() -> None:
    page = {"type": "web_search_result", "title": "A page", "url": "https://example.org/"}
    blocks = [
        ServerToolUseBlock(id="s", name="web_search", input={"query": "q"}),
        ServerToolResultBlock("s", {"type": "web_search_tool_result", "content": [page]}),
        ServerToolResultBlock(
            "f", {"type": "web_fetch_tool_result_error", "error_code": "url_not_allowed"}
        ),
    ]
    assert TurnMapping().events(assistant(*blocks)) == [
        ToolStarted("s", "web_search", "q"),
        ToolEnded("s", ToolState.DONE, "A page https://example.org/"),
        ToolEnded("f", ToolState.FAILED, "url_not_allowed"),
    ]


def test_a_result_is_cut_and_says_so() -> None:
    long = "word " * 4_000
    result = readable_result(long)
    assert result.startswith("word word")
    assert result.endswith(f"\n… ({len(long):,} characters in all)")
    assert len(result) < RESULT_LENGTH + 60
    assert readable_result("x" * RESULT_LENGTH) == "x" * RESULT_LENGTH
    assert readable_result("\n  Xanadu, part X\n\n") == "  Xanadu, part X"


def test_what_is_no_text_is_named() -> None:
    image = {"type": "image", "source": {"type": "base64", "data": "x" * 9_000}}
    parts = [{"type": "text", "text": "A picture:"}, image, {"type": "document"}, {}, "odd"]
    assert readable_result(parts) == "A picture:\n[image]\n[document]\n[something]"


@given(
    some.recursive(
        some.none() | some.text() | some.integers(),
        lambda inner: (
            some.lists(inner, max_size=3)
            | some.dictionaries(
                some.sampled_from(["type", "text", "title", "file_path"]), inner, max_size=3
            )
        ),
        max_leaves=6,
    )
)
def test_any_tool_is_told(value: Any) -> None:
    assert len(readable_result(value)) < RESULT_LENGTH + 60
    assert "\n" not in tool_subject("Read", value)
    block = ToolResultBlock("t", value, is_error=True)
    use = ToolUseBlock(id="t", name="Any", input=value)
    (started,) = TurnMapping().events(assistant(use))
    (ended,) = TurnMapping().events(UserMessage([block]))
    assert isinstance(started, ToolStarted)
    assert isinstance(ended, ToolEnded)
