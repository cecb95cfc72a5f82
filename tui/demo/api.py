"""The demo's Messages API as an ASGI application: routes, pacing, faults."""

import json
import logging
from collections.abc import MutableMapping
from typing import Any

from tui.demo import wire
from tui.demo.answers import Answer
from tui.demo.exchange import ClientLeftError, Exchange, Headers, Receive, Send
from tui.demo.faults import Fault, FaultScript, Shape
from tui.demo.record import Known, Record
from tui.demo.seen import SeenRequest, read_request
from tui.demo.streaming import AnswerStream
from tui.demo.web_search import found_on_the_web
from tui.demo.writer import Writer, auxiliary_reply

_PORTAL = b"<!DOCTYPE html><html><body><h1>Welcome to Hotel WiFi</h1><p>Log in.</p></body></html>"
_log = logging.getLogger(__name__)


class MessagesApi:
    """An ASGI application on one loop; `record` and `faults` are shared with other threads.

    `headers` are additional headers of every answer; they may be changed.
    """

    def __init__(
        self,
        writer: Writer,
        words_per_second: float,
        record: Record,
        faults: FaultScript,
    ) -> None:
        self.headers: Headers = ()
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
        """End every running answer, also in mid-stream."""
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
        request = self._record.add(request)
        try:
            await self._answer(request, exchange)
        except ClientLeftError:
            self._record.mark(request.number, left=True)
            raise

    def _compose(self, request: SeenRequest) -> Answer:
        if request.is_web_search:
            return found_on_the_web(request)
        if request.is_auxiliary:
            return Answer.of(auxiliary_reply(request.system))
        return self._writer.answer(request)

    async def _answer(self, request: SeenRequest, exchange: Exchange) -> None:
        number, fault = request.number, None
        if not request.is_auxiliary:
            fault = self._faults.take(streamed=request.streamed)
        answer = self._compose(request)
        self._record.mark(number, reply=answer.text, call_ids=wire.call_ids(answer, number))
        if fault is not None:
            self._record.mark(number, fault=fault.name)
        own = (b"request-id", f"req_demo{number:020d}".encode())
        headers: Headers = (own, *self.headers)
        shape = None if fault is None else fault.shape
        if fault is not None and shape is Shape.HANG:
            await exchange.pause(fault.seconds)
        if shape is Shape.HTML:
            await exchange.answer(200, _PORTAL, "text/html; charset=utf-8")
        elif fault is not None and shape is Shape.STATUS:
            await self._refuse(fault, number, headers, exchange)
        elif request.streamed:
            await exchange.start_stream(headers)
            speed = answer.words_per_second
            speed = self._words_per_second if speed is None else speed
            stream = AnswerStream(request, answer, exchange, speed)
            await self._play(stream, fault if fault is not None and fault.needs_stream else None)
        else:
            self._record.mark(number, sent=answer.text, settled=answer.text, finished=True)
            await exchange.answer_json(200, wire.message(request, answer), headers)

    async def _play(self, stream: AnswerStream, fault: Fault | None) -> None:
        def report() -> None:
            known = Known(sent=stream.sent, settled=stream.settled, finished=stream.is_whole)
            self._record.mark(stream.request.number, **known)

        try:
            await stream.play(fault, report)
        finally:
            report()

    async def _refuse(
        self, fault: Fault, number: int, headers: Headers, exchange: Exchange
    ) -> None:
        if fault.retry_after is not None:
            headers = (*headers, (b"retry-after", str(fault.retry_after).encode()))
        refusal = wire.error_body(fault.error_type, fault.message, number)
        await exchange.answer_json(fault.status, refusal, headers)
