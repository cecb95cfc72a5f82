"""The record of what the demo server saw: thread-safe, and on request a journal on disk."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypedDict, Unpack

from tui.demo.seen import read_request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui.demo.seen import SeenRequest


class Known(TypedDict, total=False):
    """What becomes known of a request while it is answered; see `SeenRequest`."""

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

    journal: Path | None = None
    _requests: list[SeenRequest] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, request: SeenRequest) -> int:
        """Keep a new request; returns its number (from 1)."""
        with self._changed:
            numbered = replace(request, number=len(self._requests) + 1)
            self._requests.append(numbered)
            if self.journal is not None:
                with self.journal.open("a", encoding="utf-8") as lines:
                    lines.write(_journal_line(numbered))
            self._changed.notify_all()
            return numbered.number

    def mark(self, number: int, **known: Unpack[Known]) -> None:
        """Add to what is known of request `number`; what is not given stays as it was."""
        with self._changed:
            self._requests[number - 1] = replace(self._requests[number - 1], **known)
            self._changed.notify_all()

    def snapshot(self) -> tuple[SeenRequest, ...]:
        """All requests so far."""
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


def _journal_line(request: SeenRequest) -> str:
    entry = {
        "number": request.number,
        "is_auxiliary": request.is_auxiliary,
        "raw": dict(request.raw),
    }
    return json.dumps(entry, ensure_ascii=True) + "\n"


def read_journal(journal: Path) -> tuple[SeenRequest, ...]:
    """Requests that a server in another process has seen; a half-written last line is left out."""
    if not journal.exists():
        return ()
    lines = journal.read_text(encoding="utf-8").split("\n")[:-1]
    entries = [json.loads(line) for line in lines]
    return tuple(replace(read_request(entry["raw"]), number=entry["number"]) for entry in entries)
