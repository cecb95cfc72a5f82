"""Every fault in the shape a client meets it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from tests.support.faults import Fault, named_faults
from tui.demo.faults import FaultScript, Shape
from tui.demo.server import DemoServer

STATUS_FAULTS = [make() for make in named_faults().values() if make().shape is Shape.STATUS]


@pytest.mark.parametrize("fault", STATUS_FAULTS, ids=lambda fault: fault.name)
def test_http_errors_have_the_api_s_body(
    server: DemoServer, fetch: Any, ask: Any, fault: Fault
) -> None:
    server.faults.add(fault)
    answer = fetch(body=ask("Write."))
    assert answer.status == fault.status >= 400
    assert answer.json["type"] == "error"
    assert answer.json["error"] == {"type": fault.error_type, "message": fault.message}
    assert server.requests[0].fault == fault.name
    assert not server.requests[0].finished
    assert fetch(body=ask("Write.")).status == 200


def test_all_statuses_are_there() -> None:
    statuses = {fault.status for fault in STATUS_FAULTS}
    assert statuses == {400, 401, 403, 404, 413, 429, 500, 529}


def test_a_rate_limit_says_when_to_come_back(server: DemoServer, fetch: Any, ask: Any) -> None:
    server.faults.add(Fault.rate_limit(retry_after=7))
    assert fetch(body=ask("Write.")).headers["retry-after"] == "7"


def test_html_instead_of_json(server: DemoServer, fetch: Any, ask: Any) -> None:
    server.faults.add(Fault.html())
    answer = fetch(body=ask("Write."))
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.body.startswith(b"<!DOCTYPE html>")


def test_a_hang_sends_no_headers(server: DemoServer, fetch: Any, ask: Any) -> None:
    server.faults.add(Fault.hang())
    with pytest.raises(TimeoutError):
        fetch(body=ask("Write."), timeout=0.2)
    server.wait_for(lambda seen: seen[0].left)


def test_a_short_hang_is_only_late(server: DemoServer, fetch: Any, ask: Any) -> None:
    server.faults.add(Fault.hang(seconds=0.05))
    assert fetch(body=ask("[[demo:echo]] late")).text == "late"


def test_a_cut_drops_the_connection_after_some_words(
    server: DemoServer, fetch: Any, ask: Any
) -> None:
    server.faults.add(Fault.cut(), after_words=10)
    answer = fetch(body=ask("Title: Cats\n\nWrite."))
    assert answer.is_cut
    assert 10 <= len(answer.text.split()) < 20
    assert "message_stop" not in answer.body.decode()


def test_no_stop_ends_properly_but_early(server: DemoServer, fetch: Any, ask: Any) -> None:
    server.faults.add(Fault.no_stop(), after_words=5)
    answer = fetch(body=ask("Title: Cats\n\nWrite."))
    assert not answer.is_cut
    assert answer.text
    assert answer.events[-1][0] == "content_block_delta"


def test_an_error_event_ends_the_stream(server: DemoServer, fetch: Any, ask: Any) -> None:
    server.faults.add(Fault.error_event(), after_words=5)
    name, data = fetch(body=ask("Title: Cats\n\nWrite.")).events[-1]
    assert name == "error"
    assert data["error"]["type"] == "overloaded_error"


def test_a_malformed_line_is_followed_by_the_rest(server: DemoServer, fetch: Any, ask: Any) -> None:
    server.faults.add(Fault.malformed(), after_words=5)
    answer = fetch(body=ask("Title: Cats\n\nWrite."))
    with pytest.raises(ValueError, match="Unterminated"):
        _ = answer.events
    assert b"message_stop" in answer.body


def test_silence_lasts_until_the_client_leaves(server: DemoServer, fetch: Any, ask: Any) -> None:
    server.faults.add(Fault.silence(), after_words=5)
    with pytest.raises(TimeoutError):
        fetch(body=ask("Title: Cats\n\nWrite."), timeout=0.2)
    server.wait_for(lambda seen: seen[0].left)


def test_a_short_silence_is_followed_by_the_rest(server: DemoServer, fetch: Any, ask: Any) -> None:
    server.faults.add(Fault.silence(seconds=0.05), after_words=1)
    assert fetch(body=ask("[[demo:echo]] one two three four five")).text.endswith("five")


def test_a_silence_ends_when_the_test_says_so(server: DemoServer, fetch: Any, ask: Any) -> None:
    goes_on = Event()
    server.faults.add(Fault.silence(until=goes_on), after_words=1)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(fetch, body=ask("[[demo:echo]] one two three four five"))
        server.wait_for(lambda seen: bool(seen) and bool(seen[0].sent))
        assert not server.requests[0].finished
        goes_on.set()
        assert answer.result().text.endswith("five")


def test_a_fault_past_the_end_strikes_at_the_end(server: DemoServer, fetch: Any, ask: Any) -> None:
    server.faults.add(Fault.no_stop(), after_words=1000)
    answer = fetch(body=ask("[[demo:echo]] one two"))
    assert answer.text == "one two"
    assert answer.events[-1][0] == "content_block_delta"


def test_stream_faults_wait_for_a_stream_and_auxiliary_requests_meet_none(
    server: DemoServer, fetch: Any, ask: Any
) -> None:
    server.faults.add(Fault.cut())
    assert fetch(body=ask("Write.", stream=False)).status == 200
    assert fetch(body=ask("quota") | {"max_tokens": 1}).status == 200
    assert [fault.name for fault in server.faults.pending] == ["cut"]
    assert fetch(body=ask("Write.")).is_cut
    assert not server.faults.pending


def test_the_script_keeps_order_and_counts() -> None:
    script = FaultScript()
    script.add(Fault.overloaded(), times=2)
    script.add(Fault.credit(), times=None)
    taken = [script.take(streamed=True) for _ in range(5)]
    names = [fault.name if fault else None for fault in taken]
    assert names == ["overloaded", "overloaded", "credit", "credit", "credit"]
    script.clear()
    assert script.take(streamed=True) is None
    with pytest.raises(ValueError, match="at least once"):
        script.add(Fault.cut(), times=0)
