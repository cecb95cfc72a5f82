"""Faults that the server plays on request, and the script of planned faults."""

import threading
from collections import deque
from dataclasses import dataclass, field, replace
from enum import Enum

from tui.domain.frozen import frozen


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


@frozen
class Fault:
    """One thing that goes wrong with an answer."""

    name: str
    shape: Shape
    status: int = 200
    error_type: str = ""
    message: str = ""
    retry_after: int | None = None
    """Seconds in the `retry-after` header; None without that header."""
    after_words: int = 0
    """Number of words that are streamed before the fault strikes."""
    seconds: float | None = None
    """Duration of a hang or a silence in seconds; None for ever."""
    until: threading.Event | None = None
    """An event that ends a silence, instead of a duration."""

    @property
    def needs_stream(self) -> bool:
        """Whether the fault can only strike a streamed answer."""
        return self.shape in STREAM_ONLY


@dataclass(slots=True)
class _Planned:
    fault: Fault
    left: int | None


@dataclass(slots=True)
class FaultScript:
    """Faults still to come, first added first; safe to change from any thread at any time.

    Only writing requests are struck. A fault that needs a stream waits for a streamed request.
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
        """Return the fault for a new request, and count the fault as used."""
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
        """The faults that have not struck as often as planned."""
        with self._lock:
            return tuple(planned.fault for planned in self._planned)
