"""What the demo server saw: each request as a value, and a thread-safe record."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_AUXILIARY_SYSTEM = re.compile(
    r"you are naming a|generate a (?:concise|short|succinct)[^.]{0,80}(?:title|name)"
    r"|isNewTopic|summarize this coding|conversation title",
    re.IGNORECASE,
)
_REMINDERS = re.compile(r"\A(?:<system-reminder>.*?</system-reminder>\n*)+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """One message of a request: its role as sent, and its text blocks joined by newlines."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One POST to /v1/messages, and what has become of it so far."""

    model: str
    system: str
    """All system blocks, joined by newlines."""
    messages: tuple[SeenMessage, ...]
    streamed: bool
    raw: Mapping[str, object]
    """The request's JSON body as it came (read-only at the top level)."""
    number: int = 0
    """1 for the first request that this server saw."""
    is_auxiliary: bool = False
    """A request the client makes for itself (title, quota probe): not writing."""
    reply: str = ""
    """The whole text the writer gave, whether or not it was all sent."""
    fault: str | None = None
    """Name of the fault this request ran into."""
    finished: bool = False
    """The answer was sent to its very end."""
    left: bool = False
    """The client went away, or the server was stopped, before the end."""

    @property
    def prompts(self) -> tuple[str, ...]:
        """Texts of the user messages, oldest first, without reminders the client put before."""
        return tuple(
            _REMINDERS.sub("", message.text) for message in self.messages if message.role == "user"
        )

    @property
    def replies(self) -> tuple[str, ...]:
        """Texts of the assistant messages, oldest first."""
        return tuple(message.text for message in self.messages if message.role == "assistant")


def read_request(raw: Mapping[str, object]) -> SeenRequest:
    """Read a request body; raises ValueError with a clear sentence when it is not one."""
    model, entries = raw.get("model"), raw.get("messages")
    if not isinstance(model, str) or not model:
        raise ValueError("model: Field required")
    if not isinstance(entries, list) or not entries:
        raise ValueError("messages: at least one message is required")
    messages = tuple(_read_message(entry) for entry in entries)
    system = _text_of(raw.get("system"))
    return SeenRequest(
        model=model,
        system=system,
        messages=messages,
        streamed=raw.get("stream") is True,
        raw=MappingProxyType(dict(raw)),
        is_auxiliary=raw.get("max_tokens") == 1 or _AUXILIARY_SYSTEM.search(system) is not None,
    )


def _read_message(entry: object) -> SeenMessage:
    match entry:
        case {"role": str(role), "content": content}:
            return SeenMessage(role, _text_of(content))
        case _:
            raise ValueError("messages: every message needs a role and a content")


def _text_of(content: object) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = (block.get("text") for block in content if isinstance(block, dict))
    return "\n".join(text for text in texts if isinstance(text, str))


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

    def mark(
        self,
        number: int,
        *,
        reply: str | None = None,
        fault: str | None = None,
        finished: bool = False,
        left: bool = False,
    ) -> None:
        """Add to what is known of request `number`; what is not given stays as it was."""
        with self._changed:
            known = self._requests[number - 1]
            self._requests[number - 1] = replace(
                known,
                reply=known.reply if reply is None else reply,
                fault=known.fault if fault is None else fault,
                finished=known.finished or finished,
                left=known.left or left,
            )
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
