"""A running demo server, and a plain HTTP client for it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.marks import MarkedWriter
from tui.demo.server import DemoServer


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    is_cut: bool

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Named events with their data; raises ValueError on a malformed one."""
        found = []
        for block in self.body.decode().split("\n\n")[:-1]:
            name, data = block.split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
        return found

    @property
    def text(self) -> str:
        return "".join(
            data["delta"].get("text", "")
            for name, data in self.events
            if name == "content_block_delta"
        )


def fetch(
    server: DemoServer,
    path: str = "/v1/messages",
    body: object = None,
    method: str = "POST",
    timeout: float = 5,
) -> Answer:
    connection = http.client.HTTPConnection(
        server.base_url.removeprefix("http://"), timeout=timeout
    )
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        try:
            return Answer(response.status, headers, response.read(), is_cut=False)
        except http.client.IncompleteRead as cut:
            return Answer(response.status, headers, cut.partial, is_cut=True)
    finally:
        connection.close()


def ask(prompt: str, *, stream: bool = True, system: str = "You write.") -> dict[str, object]:
    return {
        "model": "claude-demo",
        "max_tokens": 1000,
        "system": [{"type": "text", "text": system}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": prompt}]}],
        "stream": stream,
    }


Fetch = Callable[..., Answer]
Ask = Callable[..., dict[str, object]]


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(writer=MarkedWriter(), words_per_second=0) as running:
        yield running


@pytest.fixture(name="fetch")
def fetch_fixture(server: DemoServer) -> Fetch:
    def fetch_from_server(*args: Any, **kwargs: Any) -> Answer:
        return fetch(server, *args, **kwargs)

    return fetch_from_server


@pytest.fixture
def fetch_from() -> Fetch:
    return fetch


@pytest.fixture(name="ask")
def ask_fixture() -> Ask:
    return ask
