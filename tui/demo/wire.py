"""The shapes of the Messages API: JSON bodies, events, usage, deltas."""

import json
import re
from collections.abc import Iterator, Mapping

from tui.demo.answers import Answer, Block, ReadyBlock, ToolCall
from tui.demo.seen import SeenRequest
from tui.domain.frozen import frozen

_PIECE = re.compile(r"\s*\S+|\s+\Z")
_CHUNK_WORDS = (1, 3, 2, 4, 1, 2, 3)
_TICK_SECONDS = 0.025
_MOST_DELTAS = 400
_TAG_HEAD = 4
_SLOW_WORDS_PER_SECOND = 10.0


def count_tokens(text: str) -> int:
    """Return the approximate number of tokens of a text: 1.3 per word."""
    return int(len(text.split()) * 1.3)


def input_tokens(request: SeenRequest) -> int:
    """Return the number of tokens of all texts in a request; never 0."""
    texts = (
        request.system,
        *(message.text for message in request.messages),
        *(result.text for result in request.results),
    )
    return 1 + sum(count_tokens(text) for text in texts)


def usage(request: SeenRequest, output_tokens: int) -> dict[str, object]:
    """Return the usage object of an answer."""
    return {
        "input_tokens": input_tokens(request),
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output_tokens,
        "service_tier": "standard",
    }


def call_id(number: int, index: int) -> str:
    """Return the id of the tool call in block `index` of the answer to a request."""
    return f"toolu_demo{number:015d}x{index:02d}"


def call_ids(answer: Answer, number: int) -> tuple[str, ...]:
    """Return the ids of an answer's tool calls."""
    return tuple(
        call_id(number, index)
        for index, block in enumerate(answer.blocks)
        if isinstance(block, ToolCall)
    )


def output_tokens(answer: Answer) -> int:
    """Return the number of tokens of an answer; never 0."""
    texts = (answer.text, *(call.json for call in answer.calls))
    return max(1, sum(count_tokens(text) for text in texts))


def _content(block: Block, number: int, index: int) -> dict[str, object]:
    match block:
        case str():
            return {"type": "text", "text": block}
        case ToolCall():
            return {
                "type": "tool_use",
                "id": call_id(number, index),
                "name": block.name,
                "input": dict(block.input),
            }
        case ReadyBlock():
            return dict(block.content)


def message(request: SeenRequest, answer: Answer) -> dict[str, object]:
    """Return the body of an answer that is not streamed."""
    number = request.number
    return {
        "id": f"msg_demo{number:020d}",
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": [_content(block, number, at) for at, block in enumerate(answer.blocks)],
        "stop_reason": answer.stop_reason,
        "stop_sequence": None,
        "usage": usage(request, output_tokens(answer)),
    }


def error_body(kind: str, sentence: str, number: int = 0) -> dict[str, object]:
    """Return an error body of the API; `kind` is the API's name, such as `overloaded_error`."""
    return {
        "type": "error",
        "error": {"type": kind, "message": sentence},
        "request_id": f"req_demo{number:020d}",
    }


def event(kind: str, body: Mapping[str, object]) -> bytes:
    """Return one server-sent event; the type is in the event line and in the data."""
    data = json.dumps({"type": kind, **body}, ensure_ascii=False)
    return f"event: {kind}\ndata: {data}\n\n".encode("utf-8", "replace")


def opening_event(request: SeenRequest) -> bytes:
    """Return the event before the first block."""
    start = {
        **message(request, Answer(())),
        "stop_reason": None,
        "usage": usage(request, 1),
    }
    return event("message_start", {"message": start})


def closing_events(answer: Answer) -> bytes:
    """Return the events after the last word, the end of the last block included."""
    tail = {
        "delta": {"stop_reason": answer.stop_reason, "stop_sequence": None},
        "usage": {"output_tokens": output_tokens(answer)},
    }
    last = event("content_block_stop", {"index": len(answer.blocks) - 1}) if answer.blocks else b""
    return last + event("message_delta", tail) + event("message_stop", {})


@frozen
class Step:
    """One write of a stream: its events, and the text in the events."""

    event: bytes
    words_sent: int
    """Words sent so far in all blocks, those of tool inputs included."""
    text: str = ""
    """The part of the answer's text in this write."""
    is_delta: bool = False
    """Whether the write is paced, and a fault may strike before it."""
    ends_block: bool = False


def steps(answer: Answer, number: int, words_per_second: float) -> Iterator[Step]:
    """Yield the writes of an answer's blocks, without the end of the last block."""
    sent = 0
    for index, block in enumerate(answer.blocks):
        opened = _content(block, number, index)
        text = ""
        match block:
            case str():
                text, opened["text"] = block, ""
            case ToolCall():
                text, opened["input"] = block.json, {}
        start = event("content_block_start", {"index": index, "content_block": opened})
        if index == 0:
            start += event("ping", {})
        yield Step(start, sent)
        before = sent
        for delta in cut_into_deltas(text, words_per_second):
            sent = before + delta.words_sent
            is_text = isinstance(block, str)
            body = (
                {"type": "text_delta", "text": delta.text}
                if is_text
                else {"type": "input_json_delta", "partial_json": delta.text}
            )
            written = event("content_block_delta", {"index": index, "delta": body})
            yield Step(written, sent, delta.text if is_text else "", is_delta=True)
        if index < len(answer.blocks) - 1:
            yield Step(event("content_block_stop", {"index": index}), sent, ends_block=True)


@frozen
class Delta:
    """A piece of text, and the number of words sent up to its end."""

    text: str
    words_sent: int


def cut_into_deltas(text: str, words_per_second: float) -> Iterator[Delta]:
    """Yield a text in deltas of 1 to 4 words, or more at high speed.

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
