"""The record of the requests to the demo server, shared by all threads."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

from tui.demo.seen import SeenRequest


class Known(TypedDict, total=False):
    """Facts that are recorded while a request is answered; see `SeenRequest`."""

    reply: str
    call_ids: tuple[str, ...]
    fault: str
    sent: str
    settled: str
    finished: bool
    left: bool


@dataclass(slots=True)
class Record:
    """Every request a server saw, in order; safe to read and wait on from any thread."""

    _requests: list[SeenRequest] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, request: SeenRequest) -> SeenRequest:
        """Record a new request; return it with its number, from 1."""
        with self._changed:
            numbered = replace(request, number=len(self._requests) + 1)
            self._requests.append(numbered)
            self._changed.notify_all()
            return numbered

    def mark(self, number: int, **known: Unpack[Known]) -> None:
        """Record facts about request `number`."""
        with self._changed:
            self._requests[number - 1] = replace(self._requests[number - 1], **known)
            self._changed.notify_all()

    def snapshot(self) -> tuple[SeenRequest, ...]:
        """Return all requests so far."""
        with self._changed:
            return tuple(self._requests)

    def wait_for(
        self, predicate: Callable[[tuple[SeenRequest, ...]], bool], timeout: float
    ) -> None:
        """Block until `predicate` holds; raises TimeoutError after `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: predicate(tuple(self._requests)), timeout):
                raise TimeoutError(
                    f"the demo server saw {len(self._requests)} requests in {timeout:g} s, "
                    "and what was waited for was not among them"
                )
