"""Tools and limits on the wire: blocks of an answer, what a request tells, what was sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.faults import Fault
from tests.support.marks import MarkedWriter
from tests.support.rate_limits import RateLimits
from tests.support.sent_turns import sent_turns
from tui.demo.answers import Answer, ToolCall
from tui.demo.server import DemoServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.demo.seen import SeenRequest

CALLS = (ToolCall("Read", {"file_path": "/a <b>/é.md"}), ToolCall("Glob", {"pattern": "**/*"}))
READ = {"name": "Read", "description": "", "input_schema": {"type": "object"}}
SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 8}
CUT_NOTE = "Your response above was cut off mid-stream. Resume directly from where it stops."
PREFIX = "anthropic-ratelimit-unified-"


class Caller:
    """Calls two tools at once, then says how many results came."""

    def answer(self, request: SeenRequest) -> Answer:
        results = len(request.results)
        return Answer.of(f"I saw {results}.") if results else Answer.of("Let me look.", *CALLS)


@pytest.fixture
def caller() -> Iterator[DemoServer]:
    with DemoServer(words_per_second=0, writer=Caller()) as running:
        yield running


def going_on(body: dict[str, Any], server: DemoServer, *more: object) -> dict[str, Any]:
    """The request that follows the server's newest answer, with the results of its calls."""
    ids = server.requests[-1].call_ids
    calls = [
        {"type": "tool_use", "id": one, "name": call.name, "input": dict(call.input)}
        for one, call in zip(ids, CALLS, strict=False)
    ]
    results = [{"type": "tool_result", "tool_use_id": one, "content": "found"} for one in ids]
    said = {"type": "text", "text": "Let me look."}
    return body | {
        "messages": [
            *body["messages"],
            {"role": "assistant", "content": [said, *calls]},
            {"role": "user", "content": [*results, *more]},
        ]
    }


def test_a_stream_of_a_text_and_two_calls(caller: DemoServer, fetch_from: Any, ask: Any) -> None:
    answer = fetch_from(caller, body=ask("Look."))
    events = answer.events
    starts = [data for name, data in events if name == "content_block_start"]
    (seen,) = caller.requests
    assert [start["index"] for start in starts] == [0, 1, 2]
    assert [start["content_block"] for start in starts] == [
        {"type": "text", "text": ""},
        {"type": "tool_use", "id": seen.call_ids[0], "name": "Read", "input": {}},
        {"type": "tool_use", "id": seen.call_ids[1], "name": "Glob", "input": {}},
    ]
    for index, call in enumerate(CALLS, start=1):
        told = [
            data["delta"]
            for name, data in events
            if name == "content_block_delta" and data["index"] == index
        ]
        assert {delta["type"] for delta in told} == {"input_json_delta"}
        assert json.loads("".join(delta["partial_json"] for delta in told)) == call.input
    order = [
        (name, data["index"])
        for name, data in events
        if name in {"content_block_start", "content_block_stop"}
    ]
    assert order == [(f"content_block_{what}", n) for n in range(3) for what in ("start", "stop")]
    assert [name for name, _ in events].count("ping") == 1
    assert events[-2][1]["delta"]["stop_reason"] == "tool_use"
    assert answer.text == seen.reply == seen.sent == seen.settled == "Let me look."
    assert len({*seen.call_ids}) == 2


def test_without_stream_the_blocks_are_the_same(
    caller: DemoServer, fetch_from: Any, ask: Any
) -> None:
    whole = fetch_from(caller, body=ask("Look.", stream=False)).json
    (seen,) = caller.requests
    text, *calls = whole["content"]
    assert text == {"type": "text", "text": "Let me look."}
    assert [call["id"] for call in calls] == list(seen.call_ids)
    assert [(call["name"], call["input"]) for call in calls] == [(c.name, c.input) for c in CALLS]
    assert whole["stop_reason"] == "tool_use"
    assert whole["usage"]["output_tokens"] > 3
    assert (seen.sent, seen.finished) == ("Let me look.", True)


def test_a_request_tells_its_tools_calls_and_results(fetch: Any, server: DemoServer) -> None:
    result = [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]
    fetch(
        body={
            "model": "m",
            "tools": [READ, {"name": "Glob"}],
            "metadata": {"user_id": '{"session_id":"2e96e987-6958-495d-9492-d6912ab04898"}'},
            "messages": [
                {"role": "user", "content": "first"},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "text", "text": "Wait."},
                        {"type": "tool_use", "id": "t1", "name": "Read", "input": {"a": 1}},
                        {"type": "tool_use", "id": "t2", "name": "Read", "input": None},
                    ],
                },
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "t1", "content": result},
                        {
                            "type": "tool_result",
                            "tool_use_id": "t2",
                            "content": "no",
                            "is_error": True,
                        },
                        {"type": "text", "text": "<system-reminder>x</system-reminder>"},
                    ],
                },
            ],
        }
    )
    (seen,) = server.requests
    assert seen.tools == ("Read", "Glob")
    assert not seen.is_auxiliary
    assert seen.session == "2e96e987-6958-495d-9492-d6912ab04898"
    assert seen.prompts == ("first",)
    assert seen.messages[1].text == "Wait."
    assert [(c.id, c.name, dict(c.input)) for c in seen.messages[1].calls] == [
        ("t1", "Read", {"a": 1}),
        ("t2", "Read", {}),
    ]
    assert [(r.call_id, r.text, r.is_error) for r in seen.results] == [
        ("t1", "a\nb", False),
        ("t2", "no", True),
    ]


def test_a_web_search_is_an_auxiliary_request_with_two_made_up_pages(
    fetch: Any, ask: Any, server: DemoServer
) -> None:
    server.faults.add(Fault.overloaded())
    body = ask("Perform a web search for the query: ship cats", stream=False)
    first, second = (fetch(body=body | {"tools": [SEARCH]}).json for _ in range(2))
    call, found, text = first["content"]
    assert (call["type"], call["input"]) == ("server_tool_use", {"query": "ship cats"})
    assert (found["type"], found["tool_use_id"]) == ("web_search_tool_result", call["id"])
    urls = [page["url"] for page in found["content"]]
    assert len(urls) == 2
    assert all(url.startswith("https://example.org/ship-cats") for url in urls)
    assert all(url in text["text"] for url in urls)
    assert first["stop_reason"] == "end_turn"
    assert second["content"][2] == text
    assert [(r.is_web_search, r.is_auxiliary) for r in server.requests] == [(True, True)] * 2
    assert sent_turns(server.requests) == ()


def test_a_tool_loop_is_one_turn(caller: DemoServer, fetch_from: Any, ask: Any) -> None:
    first = ask("Look.")
    fetch_from(caller, body=first)
    fetch_from(caller, body=going_on(first, caller))
    (turn,) = sent_turns(caller.requests)
    assert turn.texts == ("Let me look.", "I saw 2.")
    assert turn.text == "Let me look.I saw 2."
    assert turn.is_finished
    assert turn.prompts == ("Look.",)
    assert [request.number for request in turn.requests] == [1, 2]


def test_a_fault_in_a_tool_loop_leaves_what_came_before(
    caller: DemoServer, fetch_from: Any, ask: Any
) -> None:
    first = ask("Look.")
    caller.faults.add(Fault.cut(), after_words=1)
    assert fetch_from(caller, body=first).is_cut
    fetch_from(caller, body=first)
    second = going_on(first, caller)
    caller.faults.add(Fault.overloaded())
    caller.faults.add(Fault.cut(), after_words=1)
    assert fetch_from(caller, body=second).status == 529
    (half,) = sent_turns(caller.requests)
    assert (half.text, half.is_finished) == ("Let me look.", False)
    assert fetch_from(caller, body=second).is_cut
    fetch_from(caller, body=second | {"stream": False})
    (turn,) = sent_turns(caller.requests)
    assert [request.number for request in turn.requests] == [2, 5]
    assert turn.text == "Let me look.I saw 2."
    broken = caller.requests[0]
    assert broken.sent
    assert "Let me look.".startswith(broken.sent)
    assert (broken.settled, broken.finished) == ("", False)


def test_a_cut_may_strike_in_the_input_of_a_call(
    caller: DemoServer, fetch_from: Any, ask: Any
) -> None:
    caller.faults.add(Fault.no_stop(), after_words=4)
    answer = fetch_from(caller, body=ask("Look."))
    name, last = answer.events[-1]
    assert (name, last["index"], last["delta"]["type"]) == (
        "content_block_delta",
        1,
        "input_json_delta",
    )
    assert caller.requests[0].settled == "Let me look."


def test_what_the_client_kept_of_a_broken_answer_belongs_to_the_turn(
    server: DemoServer, fetch: Any, ask: Any
) -> None:
    mark = '[[demo:tool Read {"file_path": "/a b c d"}]] [[demo:echo]] end'
    first = ask(mark)
    server.faults.add(Fault.no_stop(), after_words=5)
    fetch(body=first)
    (half,) = sent_turns(server.requests)
    assert (half.text, half.is_finished) == ("Let me look.", False)
    kept = {"role": "assistant", "content": [{"type": "text", "text": "Let me look."}]}
    note = {"role": "user", "content": [{"type": "text", "text": CUT_NOTE}]}
    assert fetch(body=first | {"messages": [*first["messages"], kept, note]}).text == ""
    assert server.requests[1].prompts == server.requests[0].prompts
    (call,) = server.requests[1].call_ids
    used = {"type": "tool_use", "id": call, "name": "Read", "input": {}}
    result = {"type": "tool_result", "tool_use_id": call, "content": "1\tx"}
    loop = [
        *first["messages"],
        kept,
        note,
        {"role": "assistant", "content": [used]},
        {"role": "user", "content": [result]},
    ]
    fetch(body=first | {"messages": loop})
    (turn,) = sent_turns(server.requests)
    assert turn.texts == ("Let me look.", "", "end")
    assert turn.is_finished


def test_the_same_prompt_on_two_forks_is_two_turns(
    server: DemoServer, fetch: Any, ask: Any
) -> None:
    for _ in range(2):
        fetch(body=ask("[[demo:echo]] once more"))
    server.faults.add(Fault.cut(), after_words=1)
    fetch(body=ask("[[demo:echo]] at last, broken"))
    assert [turn.is_finished for turn in sent_turns(server.requests)] == [True, True, False]


def limit_headers(answer: Any) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX): value
        for name, value in answer.headers.items()
        if name.startswith(PREFIX)
    }


def test_limits_are_told_in_the_headers_of_every_answer(fetch_from: Any, ask: Any) -> None:
    limits = RateLimits(0.83, 0.4, 111, 222)
    with DemoServer(writer=MarkedWriter(), words_per_second=0) as server:
        server.headers = limits.headers
        server.faults.add(Fault.rate_limit())
        refused = fetch_from(server, body=ask("Write."))
        streamed = fetch_from(server, body=ask("Write."))
        whole = fetch_from(server, body=ask("Write.", stream=False))
        server.headers = RateLimits(0.5, 0.95, 111, 222, "rejected").headers
        changed = limit_headers(fetch_from(server, body=ask("Write.")))
        server.headers = ()
        assert limit_headers(fetch_from(server, body=ask("Write."))) == {}
    assert refused.status == 429
    for answer in (refused, streamed, whole):
        assert limit_headers(answer) == {
            "status": "allowed",
            "reset": "111",
            "representative-claim": "five_hour",
            "5h-status": "allowed",
            "5h-utilization": "0.83",
            "5h-reset": "111",
            "5h-surpassed-threshold": "0.75",
            "7d-status": "allowed",
            "7d-utilization": "0.4",
            "7d-reset": "222",
        }
    assert changed["representative-claim"] == "seven_day"
    assert changed["status"] == changed["7d-status"] == "rejected"
    assert changed["reset"] == "222"
    assert "5h-surpassed-threshold" not in changed
    assert changed["7d-surpassed-threshold"] == "0.75"


def test_without_limits_no_header_speaks_of_them(fetch: Any, ask: Any) -> None:
    assert limit_headers(fetch(body=ask("Write."))) == {}
