"""The shapes of the Messages API: JSON bodies, events, usage, deltas."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tui.demo.seen import SeenRequest

_PIECE = re.compile(r"\s*\S+|\s+\Z")
_CHUNK_WORDS = (1, 3, 2, 4, 1, 2, 3)
_TICK_SECONDS = 0.025
_MOST_DELTAS = 400
_TAG_HEAD = 4
_SLOW_WORDS_PER_SECOND = 10.0

MODELS = (
    ("claude-opus-demo", "Claude Opus (demo)"),
    ("claude-sonnet-demo", "Claude Sonnet (demo)"),
    ("claude-haiku-demo", "Claude Haiku (demo)"),
)


def count_tokens(text: str) -> int:
    """Tokens of a text, near enough: 1.3 per word."""
    return int(len(text.split()) * 1.3)


def input_tokens(request: SeenRequest) -> int:
    """Tokens of everything a request says; never 0."""
    told = (request.system, *(message.text for message in request.messages))
    return 1 + sum(count_tokens(text) for text in told)


def usage(request: SeenRequest, output_tokens: int) -> dict[str, object]:
    """The usage object of an answer."""
    return {
        "input_tokens": input_tokens(request),
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output_tokens,
        "service_tier": "standard",
    }


def message_id(number: int) -> str:
    """The answer's id, from the request's number."""
    return f"msg_demo{number:020d}"


def message(request: SeenRequest, number: int, text: str) -> dict[str, object]:
    """A complete, not streamed answer."""
    return {
        "id": message_id(number),
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": usage(request, max(1, count_tokens(text))),
    }


def error_body(kind: str, sentence: str, number: int = 0) -> dict[str, object]:
    """The API's error shape; `kind` as in its documentation, e.g. `overloaded_error`."""
    return {
        "type": "error",
        "error": {"type": kind, "message": sentence},
        "request_id": f"req_demo{number:020d}",
    }


def models_page() -> dict[str, object]:
    """The answer to GET /v1/models."""
    data = [
        {"type": "model", "id": name, "display_name": title, "created_at": "2026-01-01T00:00:00Z"}
        for name, title in MODELS
    ]
    return {
        "data": data,
        "has_more": False,
        "first_id": MODELS[0][0],
        "last_id": MODELS[-1][0],
    }


def event(kind: str, body: Mapping[str, object]) -> bytes:
    """One server-sent event; the type is in the event line and in the data."""
    data = json.dumps({"type": kind, **body}, ensure_ascii=False)
    return f"event: {kind}\ndata: {data}\n\n".encode("utf-8", "replace")


def opening_events(request: SeenRequest, number: int) -> bytes:
    """Everything that comes before the first word."""
    start = {
        **message(request, number, ""),
        "content": [],
        "stop_reason": None,
        "usage": usage(request, 1),
    }
    block = {"index": 0, "content_block": {"type": "text", "text": ""}}
    return (
        event("message_start", {"message": start})
        + event("content_block_start", block)
        + event("ping", {})
    )


def delta_event(text: str) -> bytes:
    """One piece of the answer's text."""
    return event("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": text}})


def closing_events(text: str) -> bytes:
    """Everything that comes after the last word."""
    tail = {
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": max(1, count_tokens(text))},
    }
    return (
        event("content_block_stop", {"index": 0})
        + event("message_delta", tail)
        + event("message_stop", {})
    )


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of text and how many words have been said when it is out."""

    text: str
    words_said: int


def cut_into_deltas(text: str, words_per_second: float) -> Iterator[Delta]:
    """Cut a text into deltas of 1-4 words, more at high speed; joined, they are the text.

    Words that begin with `<` are cut in two, as a model's tokens would be.
    """
    words = [found.group() for found in _PIECE.finditer(text)]
    if words_per_second <= 0:
        least = len(words) // _MOST_DELTAS
    else:
        least = int(words_per_second * _TICK_SECONDS)
    at = turn = 0
    while at < len(words):
        size = max(_CHUNK_WORDS[turn % len(_CHUNK_WORDS)], least)
        if 0 < words_per_second <= _SLOW_WORDS_PER_SECOND:
            size = 1
        tagged = next((n for n, word in enumerate(words[at : at + size]) if "<" in word), size)
        chunk = words[at : at + tagged + 1][:size]
        at, turn = at + len(chunk), turn + 1
        cut = chunk[-1].find("<") + _TAG_HEAD
        if cut >= _TAG_HEAD and len(chunk[-1]) > cut:
            yield Delta("".join(chunk[:-1]) + chunk[-1][:cut], at - 1)
            yield Delta(chunk[-1][cut:], at)
        else:
            yield Delta("".join(chunk), at)
