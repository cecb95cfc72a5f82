"""A folder that never answers, as a dead network mount: it takes no thread, no turn and no exit."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.fakes import CountedIds, MemoryStore, ScriptedAgent, ticking_clock
from tui.domain.content import TurnKind, TurnState
from tui.domain.errors import InvalidInput
from tui.domain.events import Noticed
from tui.studio import sources
from tui.studio.sources import checked_sources
from tui.studio.studio import Studio

ROOT = Path(__file__).parents[2]
HUNG = "/net/dead/folder"
TURNS = 40
"""More than the default executor has threads, on any machine of a reasonable size."""

EXITING = """
import asyncio, os, threading
from tui.studio import sources

def hangs(path, *_, **__):
    threading.Event().wait()

os.stat = os.path.exists = os.path.realpath = hangs
sources.LONGEST_LOOK = 0.05

async def main():
    absent = await sources.absent_sources(["/net/dead/folder"])
    print(sources.absence_sentences(absent), flush=True)

asyncio.run(main())
"""


@pytest.fixture
def hung(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Make looks at `HUNG` wait until this is set."""
    answered = threading.Event()
    exists, resolve = os.path.exists, Path.resolve

    def hangs(path: str) -> bool:
        return answered.wait(30) if str(path).startswith(HUNG) else exists(path)

    def hangs_too(path: Path, *, strict: bool = False) -> Path:
        if str(path).startswith(HUNG):
            answered.wait(30)
        return resolve(path, strict=strict)

    monkeypatch.setattr(os.path, "exists", hangs)
    monkeypatch.setattr(Path, "resolve", hangs_too)
    monkeypatch.setattr(sources, "LONGEST_LOOK", 0.05)
    yield answered
    answered.set()


async def test_a_hung_source_is_told_and_takes_one_thread_however_many_turns_there_are(
    hung: threading.Event, tmp_path: Path
) -> None:
    store = MemoryStore()
    studio = Studio(store, ScriptedAgent(), ticking_clock(), CountedIds())
    content = await studio.create("T", sources=[str(tmp_path)])
    gone = str(tmp_path / "gone")
    store.contents[content.id] = replace(content, sources=(HUNG, gone))
    talk = studio.conversation(content.id, content.main)
    threads = threading.active_count()
    for _ in range(TURNS):
        events = [event async for event in talk.send("go", TurnKind.REVISE)]
        assert [event.text for event in events if isinstance(event, Noticed)] == [
            f"“{HUNG}” did not answer within 0.05 s. “{gone}” is missing, so Claude works without."
        ]
    assert threading.active_count() <= threads + 2
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "free"), 5) == "free"
    turns = (await studio.content(content.id)).branch(content.main).turns
    assert {turn.state for turn in turns} == {TurnState.FINISHED}

    hung.set()

    for thread in threading.enumerate():
        if thread.name.startswith(f"look at {HUNG}"):
            thread.join(5)
    assert await sources.absent_sources([HUNG]) == {}


@pytest.mark.usefixtures("hung")
async def test_a_hung_source_is_not_taken_into_a_piece() -> None:
    with pytest.raises(InvalidInput) as refused:
        await checked_sources([HUNG])
    assert str(refused.value) == (
        f"{HUNG} did not answer within 0.05 s: give a folder or file that can be read now."
    )


def test_a_process_ends_while_a_look_still_hangs() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", EXITING], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert "did not answer" in process.stdout.readline()
            assert process.wait(timeout=3) == 0
        finally:
            process.kill()
