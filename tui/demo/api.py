"""The demo's Messages API as an ASGI application: routes, pacing, faults."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.demo import wire
from tui.demo.exchange import ClientLeftError, Exchange
from tui.demo.faults import Fault, FaultScript, Shape
from tui.demo.reading import own_words
from tui.demo.seen import Record, SeenRequest, read_request
from tui.demo.writer import Writer, auxiliary_reply

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from tui.demo.exchange import Headers, Receive, Send

SLOW_MARK = "[[demo:slow]]"
_SLOW_WORDS_PER_SECOND = 5.0
_PORTAL = b"<!DOCTYPE html><html><body><h1>Welcome to Hotel WiFi</h1><p>Log in.</p></body></html>"
_NO_FAULT = Fault("none", Shape.STATUS)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    request: SeenRequest
    number: int
    text: str
    fault: Fault


class MessagesApi:
    """An ASGI application on one loop; `record` and `faults` are shared with other threads."""

    def __init__(
        self, writer: Writer, words_per_second: float, record: Record, faults: FaultScript
    ) -> None:
        self._writer = writer
        self._words_per_second = words_per_second
        self._record = record
        self._faults = faults
        self._open: set[Exchange] = set()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        exchange = Exchange(receive, send)
        self._open.add(exchange)
        try:
            await self._route(scope["method"], scope["path"], exchange)
        except ClientLeftError:
            _log.debug("the client left %s %s", scope["method"], scope["path"])
        finally:
            self._open.discard(exchange)
            exchange.close()

    def abandon_all(self) -> None:
        """End every answer under way, in mid-stream if need be."""
        for exchange in self._open:
            exchange.abandon()

    async def _route(self, method: str, path: str, exchange: Exchange) -> None:
        body = await exchange.read()
        match method, path.rstrip("/"):
            case "POST", "/v1/messages":
                await self._messages(body, exchange)
            case "POST", "/v1/messages/count_tokens":
                await self._count_tokens(body, exchange)
            case (("GET" | "HEAD"), "/api/hello"):
                await exchange.answer_json(200, {"message": "hello"})
            case (("GET" | "HEAD"), "/v1/models"):
                await exchange.answer_json(200, wire.models_page())
            case _:
                sentence = f"{method} {path}: there is no such endpoint in the demo"
                await exchange.answer_json(404, wire.error_body("not_found_error", sentence))

    async def _parse(self, body: bytes, exchange: Exchange) -> SeenRequest | None:
        try:
            raw = json.loads(body)
            return read_request(raw if isinstance(raw, dict) else {})
        except ValueError as wrong:
            refusal = wire.error_body("invalid_request_error", str(wrong))
            await exchange.answer_json(400, refusal)
            return None

    async def _count_tokens(self, body: bytes, exchange: Exchange) -> None:
        request = await self._parse(body, exchange)
        if request is not None:
            await exchange.answer_json(200, {"input_tokens": wire.input_tokens(request)})

    async def _messages(self, body: bytes, exchange: Exchange) -> None:
        request = await self._parse(body, exchange)
        if request is None:
            return
        number = self._record.add(request)
        try:
            await self._give(request, number, exchange)
        except ClientLeftError:
            self._record.mark(number, left=True)
            raise

    async def _give(self, request: SeenRequest, number: int, exchange: Exchange) -> None:
        if request.is_auxiliary:
            fault, text = _NO_FAULT, auxiliary_reply(request.system, request.messages)
        else:
            fault = self._faults.take(streamed=request.streamed) or _NO_FAULT
            text = self._writer.reply(request.system, request.messages)
        self._record.mark(number, reply=text, fault=None if fault is _NO_FAULT else fault.name)
        headers: Headers = ((b"request-id", f"req_demo{number:020d}".encode()),)
        if fault.shape is Shape.HANG:
            await exchange.pause(fault.seconds)
        if fault.shape is Shape.HTML:
            await exchange.answer(200, _PORTAL, "text/html; charset=utf-8")
        elif fault.shape is Shape.STATUS and fault is not _NO_FAULT:
            await self._refuse(fault, number, headers, exchange)
        elif request.streamed:
            await exchange.start_stream(headers)
            await self._stream(_Answer(request, number, text, fault), exchange)
        else:
            self._record.mark(number, finished=True)
            await exchange.answer_json(200, wire.message(request, number, text), headers)

    async def _refuse(
        self, fault: Fault, number: int, headers: Headers, exchange: Exchange
    ) -> None:
        if fault.retry_after is not None:
            headers = (*headers, (b"retry-after", str(fault.retry_after).encode()))
        refusal = wire.error_body(fault.error_type, fault.message, number)
        await exchange.answer_json(fault.status, refusal, headers)

    def _speed(self, request: SeenRequest) -> float:
        if request.prompts and SLOW_MARK in own_words(request.prompts[-1]):
            return _SLOW_WORDS_PER_SECOND
        return self._words_per_second

    async def _stream(self, answer: _Answer, exchange: Exchange) -> None:
        request, fault = answer.request, answer.fault
        await exchange.write(wire.opening_events(request, answer.number))
        clock = asyncio.get_running_loop().time
        speed = self._speed(request)
        seconds_per_word = 1 / speed if speed > 0 else 0.0
        began, strikes, said = clock(), fault.needs_stream, 0
        for delta in wire.cut_into_deltas(answer.text, speed):
            if strikes and said >= fault.after_words:
                strikes, struck = False, clock()
                if not await self._strike(fault, exchange):
                    return
                began += clock() - struck
            said = delta.words_said
            due = began + said * seconds_per_word
            await exchange.pause(due - clock() if speed > 0 else 0)
            await exchange.write(wire.delta_event(delta.text))
        if strikes and not await self._strike(fault, exchange):
            return
        self._record.mark(answer.number, finished=True)
        await exchange.write(wire.closing_events(answer.text))
        await exchange.end_stream()

    async def _strike(self, fault: Fault, exchange: Exchange) -> bool:
        """Let a stream's fault happen; whether the stream goes on afterwards."""
        match fault.shape:
            case Shape.SILENCE:
                await exchange.pause(fault.seconds)
                return True
            case Shape.MALFORMED:
                await exchange.write(b'event: content_block_delta\ndata: {"type": "content_bl\n\n')
                return True
            case Shape.ERROR_EVENT:
                error = {"error": {"type": fault.error_type, "message": fault.message}}
                await exchange.write(wire.event("error", error))
                await exchange.end_stream()
                return False
            case Shape.END:
                await exchange.end_stream()
                return False
            case _:
                # Leaving an answer unended makes the HTTP server drop the connection.
                return False
