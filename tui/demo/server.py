"""The demo server: the Messages API on 127.0.0.1, in a thread and an event loop of its own."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import uvicorn

from tui.demo.api import MessagesApi
from tui.demo.exchange import Headers
from tui.demo.faults import FaultScript
from tui.demo.record import Record
from tui.demo.seen import SeenRequest
from tui.demo.writer import ScriptedWriter, Writer

_HOST = "127.0.0.1"
_LAST_WORDS_SECONDS = 0.15
_START_SECONDS = 10.0


class DemoServer:
    """A loopback Messages API in a thread of its own with its own event loop.

    `words_per_second` is the pace of streamed answers (0: no limit); `port` 0 takes any free port.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        writer: Writer | None = None,
        words_per_second: float = 40.0,
    ) -> None:
        self.faults = FaultScript()
        self._port = port
        self._record = Record()
        self._api = MessagesApi(
            writer or ScriptedWriter(), words_per_second, self._record, self.faults
        )
        self._base_url = ""
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._accepts = threading.Event()

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`; raises RuntimeError before the first start."""
        if not self._base_url:
            raise RuntimeError("the demo server has not been started")
        return self._base_url

    @property
    def requests(self) -> tuple[SeenRequest, ...]:
        """Every Messages API request so far, in order (also auxiliary ones: see `is_auxiliary`)."""
        return self._record.snapshot()

    @property
    def headers(self) -> Headers:
        """Additional headers of every answer; may be set at any time."""
        return self._api.headers

    @headers.setter
    def headers(self, headers: Headers) -> None:
        self._api.headers = headers

    def wait_for(
        self, predicate: Callable[[tuple[SeenRequest, ...]], bool], timeout: float = 10
    ) -> None:
        """Block until `predicate(requests)` holds; raises TimeoutError after `timeout` seconds."""
        self._record.wait_for(predicate, timeout)

    def start(self) -> str:
        """Listen, and return the base URL once connections are accepted; raises `OSError`."""
        if self._thread is not None:
            raise RuntimeError("the demo server is already running")
        listener = socket.create_server((_HOST, self._port), backlog=128)
        listener.setblocking(False)
        self._base_url = f"http://{_HOST}:{listener.getsockname()[1]}"
        self._accepts.clear()
        self._thread = threading.Thread(
            target=self._run, args=(listener,), name="demo-server", daemon=True
        )
        self._thread.start()
        if not self._accepts.wait(_START_SECONDS):
            raise RuntimeError(f"the demo server did not start within {_START_SECONDS:g} s")
        return self._base_url

    def stop(self) -> None:
        """Stop at once, cutting answers under way; does nothing when not running."""
        thread, loop, stopping = self._thread, self._loop, self._stopping
        if thread is None or loop is None or stopping is None:
            return
        self._thread = None
        loop.call_soon_threadsafe(stopping.set)
        thread.join()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def _run(self, listener: socket.socket) -> None:
        asyncio.run(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        config = uvicorn.Config(
            self._api,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            # A dropped connection is a fault played on purpose: no traceback over the screen.
            log_level=logging.CRITICAL + 1,
            access_log=False,
            timeout_keep_alive=60,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        # Server.serve() would poll ten times a second and take the process's signals.
        await server.startup(sockets=[listener])
        self._accepts.set()
        await self._stopping.wait()
        self._api.abandon_all()
        server.force_exit = True
        try:
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await server.shutdown(sockets=[listener])
        except TimeoutError:
            logging.getLogger(__name__).debug("connections were still open at the end")
