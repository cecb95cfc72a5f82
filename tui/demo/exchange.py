"""One HTTP request and its answer, over plain ASGI: body in, JSON or an event stream out."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_LOOK_SECONDS = 0.02
"""Seconds between two checks of an event that another thread sets."""
Headers = tuple[tuple[bytes, bytes], ...]


class ClientLeftError(Exception):
    """The client left, or the server is stopping, so the rest of the answer is not sent."""


class Exchange:
    """The answering side of one request; every wait ends at once when the client leaves."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._gone = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    async def read(self) -> bytes:
        """Return the request's body, and watch from then on whether the client leaves."""
        parts: list[bytes] = []
        while True:
            received = await self._receive()
            if received["type"] == "http.disconnect":
                raise ClientLeftError
            parts.append(received.get("body", b""))
            if not received.get("more_body", False):
                break
        self._watch = asyncio.create_task(self._watch_client())
        return b"".join(parts)

    async def _watch_client(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone.set()

    def abandon(self) -> None:
        """Treat the client as gone."""
        self._gone.set()

    def close(self) -> None:
        """Stop watching the client."""
        if self._watch is not None:
            self._watch.cancel()

    async def pause(self, seconds: float | None) -> None:
        """Wait (None: for ever); raises ClientLeftError as soon as the client leaves."""
        if seconds is not None and seconds <= 0:
            await asyncio.sleep(0)
            if self._gone.is_set():
                raise ClientLeftError
            return
        try:
            async with asyncio.timeout(seconds):
                await self._gone.wait()
        except TimeoutError:
            return
        raise ClientLeftError

    async def wait(self, until: threading.Event) -> None:
        """Wait until an event is set by another thread; raises ClientLeftError like `pause`."""
        while not until.is_set():
            await self.pause(_LOOK_SECONDS)

    async def answer(
        self, status: int, body: bytes, content_type: str, headers: Headers = ()
    ) -> None:
        """Send a whole answer at once."""
        length = (b"content-length", str(len(body)).encode())
        await self._start(status, content_type, (length, *headers))
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def answer_json(
        self, status: int, body: Mapping[str, object], headers: Headers = ()
    ) -> None:
        """Send a whole answer in JSON."""
        await self.answer(status, json.dumps(body).encode(), "application/json", headers)

    async def start_stream(self, headers: Headers = ()) -> None:
        """Send the status and headers of an event stream."""
        await self._start(
            200, "text/event-stream; charset=utf-8", ((b"cache-control", b"no-cache"), *headers)
        )

    async def write(self, chunk: bytes) -> None:
        """Send a part of the stream."""
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end_stream(self) -> None:
        """End the stream properly; without this call the connection is dropped."""
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _start(self, status: int, content_type: str, headers: Headers) -> None:
        kind = (b"content-type", content_type.encode())
        await self._send(
            {"type": "http.response.start", "status": status, "headers": [kind, *headers]}
        )
