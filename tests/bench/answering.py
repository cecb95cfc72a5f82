"""The Messages API of the bench, a process of its own: `python -m tests.bench.answering`.

It prints its port, and after every answer the monotonic time at which the last words went out. A
prompt says how it is answered: "size=100 rate=200 end=0" is 100 KB of Markdown in deltas of 20
characters, 200 of them a second, with the first of `LAST` behind it; a rate of 0 is full speed.
"""

import asyncio
import json
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from tui.demo import wire
from tui.demo.answers import Answer
from tui.demo.seen import SeenRequest, read_request

LAST: Final = "ЁЂЄЇ"
"""Letters that answers end with, and that stand nowhere else."""
ANSWERED: Final = "Ѣ"
"""The answer to every other prompt."""
DELTA: Final = 20
_PLAN: Final = re.compile(r"size=(\d+) rate=(\d+) end=(\d)")
_UNIT: Final = """## Part {0}

The *quick* brown fox number {0} jumps over `lazy` dogs and **keeps** running through the town, past
the old mill and the river, until the light fails and everybody has gone home for the evening.

- first of the {0} points, with a few words to it
- second point, which is longer and therefore wraps when the pane that shows it is a narrow one
- third

```python
def part_{0}(value: int) -> str:
    return f"{{value}} of {0}"  # a comment
```

> Somebody said so, and nobody wrote it down at the time.

"""


def markdown(kilobytes: int) -> str:
    """Return so many KB of headings, prose, lists, code and quotes."""
    text, number = "", 0
    while len(text) < kilobytes * 1000:
        number += 1
        text += _UNIT.format(number)
    return text[: kilobytes * 1000].rstrip("`")


@dataclass(slots=True)
class Answering:
    """The server, as the bench sees it."""

    base_url: str
    _process: "subprocess.Popen[str]"

    def last_word(self) -> float:
        """Wait for the end of the answer under way; returns the time of its last words."""
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], 60)[0]:
            raise AssertionError("The answer did not come to its end in 60 s")
        return float(self._process.stdout.readline())


@contextmanager
def answering() -> Iterator[Answering]:
    """Run the server beside this process."""
    command = [sys.executable, "-m", "tests.bench.answering"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Answering(f"http://127.0.0.1:{process.stdout.readline().strip()}", process)
        finally:
            process.kill()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?i)content-length: *(\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b"{}"
        if "/v1/messages" not in head or "count_tokens" in head:
            _write(writer, "application/json", b'{"input_tokens": 1}')
        else:
            raw: dict[str, Any] = json.loads(body)
            await _messages(read_request(raw), writer)
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        return  # The program was ended in the midst of it.
    finally:
        writer.close()


async def _messages(request: SeenRequest, writer: asyncio.StreamWriter) -> None:
    plan = _PLAN.search(request.prompts[-1] if request.prompts else "")
    text = f"{markdown(int(plan[1]))}\n\nThe end {LAST[int(plan[3])]}" if plan else ANSWERED
    rate = int(plan[2]) if plan else 0
    answer = Answer.of(text)
    if not request.streamed:
        _write(writer, "application/json", json.dumps(wire.message(request, answer)).encode())
        return
    _write(writer, "text/event-stream", None)
    writer.write(wire.opening_event(request))
    block = {"index": 0, "content_block": {"type": "text", "text": ""}}
    writer.write(wire.event("content_block_start", block))
    began, spent = time.monotonic(), 0.0
    for number, at in enumerate(range(0, len(text), DELTA)):
        if rate and (early := began + number / rate - time.monotonic()) > 0:
            await asyncio.sleep(early)
        delta = {"type": "text_delta", "text": text[at : at + DELTA]}
        writer.write(wire.event("content_block_delta", {"index": 0, "delta": delta}))
        await writer.drain()
        spent = time.monotonic()
    writer.write(wire.closing_events(answer))
    await writer.drain()
    if plan:
        sys.stdout.write(f"{spent}\n")
        sys.stdout.flush()


def _write(writer: asyncio.StreamWriter, kind: str, body: bytes | None) -> None:
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n".encode())
    if body is not None:
        writer.write(f"Content-Length: {len(body)}\r\n".encode())
    writer.write(b"\r\n" + (body or b""))


async def _main() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, limit=1 << 24)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
