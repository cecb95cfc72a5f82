"""Measures import: `python -m tests.bench.bench_import [--sessions N] [--contents N]`.

Prints what listing and adopting Claude Code's sessions cost, how long the event loop was ever kept
waiting meanwhile, and what carrying a library out and in costs.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from tests.agent.stage import NoCopies
from tui.agent.claude_transcripts import ClaudeTranscripts
from tui.agent.environment import CONFIG_FOLDER
from tui.clock import utc_now
from tui.composition.opening import RandomIds
from tui.store.library import TinyStore
from tui.studio.session_import import SessionImport
from tui.studio.transfer import Transfer

TURNS = 8
REPLY = "<draft>\n" + "word " * 420 + "\n</draft>\n"
PROJECTS = 20
TICK = 0.002

Result = TypeVar("Result")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def write_sessions(projects: Path, count: int) -> int:
    """Write that many sessions of 8 turns and about 24 kB; return the bytes of one."""
    size = 0
    for number in range(count):
        session, last, rows = str(uuid.uuid4()), None, []
        for turn in range(TURNS):
            said = {"role": "user", "content": f"Session {number}, prompt {turn}"}
            answer = {
                "role": "assistant",
                "model": "claude",
                "content": [{"type": "text", "text": f"{turn}\n{REPLY}"}],
            }
            for kind, message in (("user", said), ("assistant", answer)):
                made = str(uuid.uuid4())
                rows.append(
                    {
                        "parentUuid": last,
                        "isSidechain": False,
                        "type": kind,
                        "message": message,
                        "uuid": made,
                        "timestamp": "2026-03-01T09:00:00.000Z",
                        "cwd": f"/home/writer/{number % PROJECTS}",
                        "sessionId": session,
                    }
                )
                last = made
        folder = projects / f"-home-writer-{number % PROJECTS}"
        folder.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
        (folder / f"{session}.jsonl").write_text(text)
        size = len(text)
    return size


async def timed(what: str, work: Awaitable[Result]) -> Result:
    """Print how long a piece of work took, and the longest the event loop waited meanwhile."""
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            longest = max(longest, time.perf_counter() - before - TICK)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    began = time.perf_counter()
    result = await work
    took = time.perf_counter() - began
    ticking.cancel()
    say(f"{what:<44} {took * 1000:8.0f} ms · loop waited {longest * 1000:5.1f} ms at most")
    return result


async def adopt_all(importing: SessionImport) -> int:
    """Adopt everything; return how many contents that made."""
    return len([adopted async for adopted in importing.adopt_all() if adopted.content is not None])


async def measure(folder: Path, sessions: int, contents: int) -> None:
    """Measure everything in a folder."""
    os.environ[CONFIG_FOLDER] = str(folder / "claude")
    transcripts = ClaudeTranscripts(folder / "library" / "work", NoCopies())
    store = await TinyStore.open(folder / "library")
    importing = SessionImport(store, store.documents, transcripts, RandomIds())
    moving = Transfer(
        store, store.documents, transcripts, utc_now, RandomIds(), version=lambda: "bench"
    )
    size = write_sessions(folder / "claude" / "projects", contents)
    say(f"{sessions} sessions of {TURNS} turns, {size} bytes, in {PROJECTS} folders")
    await timed("first list: the SDK is imported", importing.found())
    await timed(f"adopt {contents} sessions", adopt_all(importing))
    write_sessions(folder / "claude" / "projects", sessions - 2 * contents)
    for _ in range(3):
        rows = await timed(f"list {sessions} sessions", importing.found())
        assert len(rows) == sessions
    file = folder / "all.zip"
    exported = await timed(f"export {contents} contents", moving.export(file))
    await store.close()

    os.environ[CONFIG_FOLDER] = str(folder / "there")
    store = await TinyStore.open(folder / "other")
    moving = Transfer(
        store, store.documents, transcripts, utc_now, RandomIds(), version=lambda: "bench"
    )
    imported = await timed(f"import {contents} contents", moving.take_in(file))
    assert len(imported.added) == exported.contents
    assert imported.transcripts == exported.transcripts
    say(f"the bundle has {file.stat().st_size} bytes")
    await store.close()


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=1_000)
    parser.add_argument("--contents", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options.sessions, options.contents))


if __name__ == "__main__":
    main()
