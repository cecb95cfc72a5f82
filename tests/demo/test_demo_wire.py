"""The Messages API as seen over real HTTP, without any client library."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.marks import MarkedWriter
from tui.demo.seen import SeenMessage
from tui.demo.server import DemoServer
from tui.demo.wire import cut_into_deltas

TITLE_SYSTEM = "You are naming a coding session. Answer as JSON with a title."


def test_a_stream_has_its_events_in_order_and_the_whole_text(
    server: DemoServer, fetch: Any, ask: Any
) -> None:
    answer = fetch("/v1/messages?beta=true", ask("Title: Cats\n\nWrite."))
    names = [name for name, _ in answer.events]
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert names[:3] == ["message_start", "content_block_start", "ping"]
    assert set(names[3:-3]) == {"content_block_delta"}
    assert names[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert all(data["type"] == name for name, data in answer.events)
    assert answer.text == server.requests[0].reply
    assert server.requests[0].finished


def test_ids_and_usage_are_deterministic(fetch: Any, ask: Any) -> None:
    first = fetch(body=ask("[[demo:echo]] one two three four")).events
    second = fetch(body=ask("[[demo:echo]] one two three four")).events
    start, end = first[0][1]["message"], first[-2][1]
    assert start["id"].startswith("msg_")
    assert start["id"] != second[0][1]["message"]["id"]
    assert start["id"].endswith("1")
    assert start["usage"]["output_tokens"] == 1
    assert start["usage"]["input_tokens"] > 5
    assert end["usage"]["output_tokens"] == 5
    assert end["delta"]["stop_reason"] == "end_turn"


def test_without_stream_the_same_text_comes_as_one_message(
    server: DemoServer, fetch: Any, ask: Any
) -> None:
    streamed = fetch(body=ask("Title: Cats\n\nWrite."))
    whole = fetch(body=ask("Title: Cats\n\nWrite.", stream=False)).json
    assert whole["type"] == "message"
    assert whole["content"] == [{"type": "text", "text": streamed.text}]
    assert [request.streamed for request in server.requests] == [True, False]


def test_what_was_seen_is_told_in_order(server: DemoServer, fetch: Any) -> None:
    body = {
        "model": "m",
        "system": "voice",
        "messages": [
            {"role": "user", "content": "<system-reminder>\nx\n</system-reminder>\nfirst"},
            {"role": "assistant", "content": [{"type": "text", "text": "answer"}]},
            {
                "role": "user",
                "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
            },
        ],
    }
    fetch(body=body)
    (seen,) = server.requests
    assert (seen.model, seen.system, seen.streamed) == ("m", "voice", False)
    assert seen.prompts == ("first", "a\nb")
    assert seen.replies == ("answer",)
    assert seen.messages[2] == SeenMessage("user", "a\nb")
    assert seen.raw["model"] == "m"


def test_other_endpoints(fetch: Any, ask: Any) -> None:
    assert fetch("/v1/messages/count_tokens", ask("one two")).json["input_tokens"] > 2
    assert fetch("/api/hello", method="GET").status == 200
    hello = fetch("/api/hello", method="HEAD")
    assert (hello.status, hello.body) == (200, b"")


@pytest.mark.parametrize(
    ("path", "body", "status", "kind"),
    [
        ("/v1/nothing", {}, 404, "not_found_error"),
        ("/v1/messages", [], 400, "invalid_request_error"),
        ("/v1/messages", {"model": "m", "messages": []}, 400, "invalid_request_error"),
        ("/v1/messages", {"model": "m", "messages": [3]}, 400, "invalid_request_error"),
    ],
)
def test_what_is_not_understood_is_refused_in_the_api_s_shape(
    fetch: Any, path: str, body: object, status: int, kind: str
) -> None:
    answer = fetch(path, body)
    assert answer.status == status
    assert answer.json["type"] == "error"
    assert answer.json["error"]["type"] == kind
    assert answer.json["error"]["message"]


def test_requests_the_client_makes_for_itself_are_flagged(
    server: DemoServer, fetch: Any, ask: Any
) -> None:
    named = fetch(body=ask("<session>\nTitle: Cats at sea\n\nGo.\n</session>", system=TITLE_SYSTEM))
    fetch(body=ask("quota", stream=False) | {"max_tokens": 1})
    fetch(body=ask("Give it another title"))
    assert json.loads(named.text) == {"title": "A piece of writing"}
    assert [request.is_auxiliary for request in server.requests] == [True, True, False]


def test_the_client_may_leave_in_mid_stream(server: DemoServer, ask: Any) -> None:
    connection = http.client.HTTPConnection(server.base_url.removeprefix("http://"), timeout=5)
    connection.request("POST", "/v1/messages", json.dumps(ask("[[demo:slow]] Write about cats")))
    response = connection.getresponse()
    assert response.read(20)
    response.close()
    connection.close()
    server.wait_for(lambda seen: seen[0].left)
    assert not server.requests[0].finished


def test_stopping_in_mid_stream_waits_for_no_answer_and_may_be_repeated(ask: Any) -> None:
    server = DemoServer(writer=MarkedWriter(), words_per_second=5)
    server.start()
    connection = http.client.HTTPConnection(server.base_url.removeprefix("http://"), timeout=5)
    connection.request("POST", "/v1/messages", json.dumps(ask("Write about cats")))
    response = connection.getresponse()
    assert response.read(20)
    server.stop()
    server.stop()
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()
    response.close()
    connection.close()
    assert server.requests[0].left
    assert not server.requests[0].finished
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(server.base_url.rsplit(":", 1)[1])), timeout=1)


def test_a_server_can_be_started_again_on_its_port(fetch: Any, ask: Any) -> None:
    with DemoServer(writer=MarkedWriter(), words_per_second=0) as first:
        port = int(first.base_url.rsplit(":", 1)[1])
    with DemoServer(port=port) as second:
        assert second.base_url == first.base_url


def test_the_base_url_is_not_known_before_the_start() -> None:
    with pytest.raises(RuntimeError, match="not been started"):
        _ = DemoServer().base_url


def test_waiting_ends_when_a_request_comes_and_gives_up_in_time(
    server: DemoServer, fetch: Any, ask: Any
) -> None:
    with pytest.raises(TimeoutError, match="saw 0 requests"):
        server.wait_for(bool, timeout=0.01)
    asking = threading.Thread(target=fetch, kwargs={"body": ask("[[demo:echo]] x")})
    asking.start()
    server.wait_for(lambda seen: len(seen) == 1 and seen[0].finished)
    asking.join()


def test_the_pace_is_kept(ask: Any, fetch_from: Any) -> None:
    with DemoServer(writer=MarkedWriter(), words_per_second=100) as server:
        began = time.monotonic()
        fetch_from(server, body=ask("[[demo:echo]] " + "word " * 40))
        assert time.monotonic() - began > 0.35


@given(
    st.text(alphabet=st.sampled_from("ab <>\n\t/é\u2028"), max_size=300),
    st.sampled_from([0.0, 5.0, 40.0, 1000.0]),
)
def test_deltas_make_up_the_text(text: str, speed: float) -> None:
    deltas = list(cut_into_deltas(text, speed))
    assert "".join(delta.text for delta in deltas) == text
    assert all(delta.text for delta in deltas)
    said = [delta.words_sent for delta in deltas]
    assert said == sorted(said)


def test_deltas_are_small_at_a_human_pace_and_cut_tags_in_two() -> None:
    text = "A remark.\n\n<draft>\n" + "word " * 50 + "\n</draft>"
    deltas = [delta.text for delta in cut_into_deltas(text, 40)]
    assert max(len(delta.split()) for delta in deltas) <= 4
    assert not any("<draft>" in delta for delta in deltas)
    assert len(list(cut_into_deltas("word " * 100_000, 0))) < 500
