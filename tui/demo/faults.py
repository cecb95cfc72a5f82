"""Faults the demo server can show on request: each a value, and a thread-safe script of them."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Shape(Enum):
    """How an answer goes wrong."""

    STATUS = "an HTTP error status with the API's error body"
    HTML = "a web page where JSON was due, as a captive portal gives"
    HANG = "no headers for as long as the client waits"
    CUT = "the connection is dropped in mid-stream"
    END = "the stream ends properly, but without its closing events"
    ERROR_EVENT = "an error event in mid-stream, then the end"
    MALFORMED = "one line of broken JSON in mid-stream, then the rest"
    SILENCE = "nothing more in mid-stream, and the connection stays open"


STREAM_ONLY = frozenset({Shape.CUT, Shape.END, Shape.ERROR_EVENT, Shape.MALFORMED, Shape.SILENCE})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong; make it with one of the named constructors."""

    name: str
    shape: Shape
    status: int = 200
    error_type: str = ""
    message: str = ""
    retry_after: int | None = None
    """Seconds, sent as the retry-after header."""
    after_words: int = 0
    """A stream's fault strikes once this many words are out."""
    seconds: float | None = None
    """How long a hang or a silence lasts before the answer goes on; None: for ever."""

    @property
    def needs_stream(self) -> bool:
        """Whether it can only strike a streamed answer."""
        return self.shape in STREAM_ONLY

    @classmethod
    def http(cls, name: str, status: int, error_type: str, message: str) -> Fault:
        """Any HTTP error status."""
        return cls(name, Shape.STATUS, status=status, error_type=error_type, message=message)

    @classmethod
    def bad_request(cls) -> Fault:
        """400, a request the API does not understand."""
        return cls.http(
            "bad_request", 400, "invalid_request_error", "messages: this request is not valid"
        )

    @classmethod
    def prompt_too_long(cls) -> Fault:
        """400, the conversation has outgrown the context window."""
        sentence = "prompt is too long: 213462 tokens > 200000 maximum"
        return cls.http("prompt_too_long", 400, "invalid_request_error", sentence)

    @classmethod
    def credit(cls) -> Fault:
        """400, the account has no credit left."""
        sentence = (
            "Your credit balance is too low to access the Anthropic API. "
            "Please go to Plans & Billing to upgrade or purchase credits."
        )
        return cls.http("credit", 400, "invalid_request_error", sentence)

    @classmethod
    def unauthorized(cls) -> Fault:
        """401, the key is not valid."""
        return cls.http("unauthorized", 401, "authentication_error", "invalid x-api-key")

    @classmethod
    def forbidden(cls) -> Fault:
        """403, the key may not do this."""
        sentence = "Your API key does not have permission to use the specified resource."
        return cls.http("forbidden", 403, "permission_error", sentence)

    @classmethod
    def not_found(cls) -> Fault:
        """404, as for a model that does not exist."""
        return cls.http("not_found", 404, "not_found_error", "model: not found")

    @classmethod
    def too_large(cls) -> Fault:
        """413, the request body is too big."""
        sentence = "Request exceeds the maximum allowed number of bytes."
        return cls.http("too_large", 413, "request_too_large", sentence)

    @classmethod
    def rate_limit(cls, retry_after: int = 1) -> Fault:
        """429, with a retry-after header of whole seconds."""
        sentence = "This request would exceed your account's rate limit. Please try again later."
        return replace(
            cls.http("rate_limit", 429, "rate_limit_error", sentence), retry_after=retry_after
        )

    @classmethod
    def server_error(cls) -> Fault:
        """500."""
        return cls.http("server_error", 500, "api_error", "Internal server error")

    @classmethod
    def overloaded(cls) -> Fault:
        """529."""
        return cls.http("overloaded", 529, "overloaded_error", "Overloaded")

    @classmethod
    def html(cls) -> Fault:
        """200 with a web page."""
        return cls("html", Shape.HTML)

    @classmethod
    def hang(cls, seconds: float | None = None) -> Fault:
        """No headers; with `seconds`, a late but good answer."""
        return cls("hang", Shape.HANG, seconds=seconds)

    @classmethod
    def cut(cls) -> Fault:
        """Connection dropped in mid-stream."""
        return cls("cut", Shape.CUT)

    @classmethod
    def no_stop(cls) -> Fault:
        """Stream ends without message_stop."""
        return cls("no_stop", Shape.END)

    @classmethod
    def error_event(cls) -> Fault:
        """An overloaded error event in mid-stream."""
        return cls(
            "error_event", Shape.ERROR_EVENT, error_type="overloaded_error", message="Overloaded"
        )

    @classmethod
    def malformed(cls) -> Fault:
        """A broken line in mid-stream."""
        return cls("malformed", Shape.MALFORMED)

    @classmethod
    def silence(cls, seconds: float | None = None) -> Fault:
        """Silence in mid-stream; with `seconds`, the answer goes on afterwards."""
        return cls("silence", Shape.SILENCE, seconds=seconds)


def named_faults() -> Mapping[str, Callable[[], Fault]]:
    """Every fault that needs no argument, by the name used on the command line."""
    makers: tuple[Callable[[], Fault], ...] = (
        Fault.bad_request,
        Fault.prompt_too_long,
        Fault.credit,
        Fault.unauthorized,
        Fault.forbidden,
        Fault.not_found,
        Fault.too_large,
        Fault.rate_limit,
        Fault.server_error,
        Fault.overloaded,
        Fault.html,
        Fault.hang,
        Fault.cut,
        Fault.no_stop,
        Fault.error_event,
        Fault.malformed,
        Fault.silence,
    )
    return {maker().name: maker for maker in makers}


@dataclass(slots=True)
class _Planned:
    fault: Fault
    left: int | None


@dataclass(slots=True)
class FaultScript:
    """Faults still to come, first added first; safe to change from any thread at any time.

    Only writing requests meet them. A fault that needs a stream waits for a streamed request.
    """

    _planned: deque[_Planned] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault, times: int | None = 1, after_words: int | None = None) -> None:
        """Plan a fault for the next `times` requests (None: for all of them, until `clear`)."""
        if times is not None and times < 1:
            raise ValueError(f"a fault must strike at least once, not {times} times")
        if after_words is not None:
            fault = replace(fault, after_words=after_words)
        with self._lock:
            self._planned.append(_Planned(fault, times))

    def clear(self) -> None:
        """Forget all planned faults; an answer already under way keeps its own."""
        with self._lock:
            self._planned.clear()

    def take(self, *, streamed: bool) -> Fault | None:
        """The fault for the request that has just come, and count it as used."""
        with self._lock:
            for planned in self._planned:
                if planned.fault.needs_stream and not streamed:
                    continue
                if planned.left is not None:
                    planned.left -= 1
                    if planned.left == 0:
                        self._planned.remove(planned)
                return planned.fault
            return None

    @property
    def pending(self) -> tuple[Fault, ...]:
        """Faults that have not struck as often as planned."""
        with self._lock:
            return tuple(planned.fault for planned in self._planned)
