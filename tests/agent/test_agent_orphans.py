"""A CLI whose Redraft was killed in mid-turn: its answer is waited for and found."""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agent.stage import Stage, new_spec, new_turn, play, playing, resumed
from tui.agent import orphans, processes
from tui.agent.environment import CONFIG_FOLDER
from tui.agent.orphans import OpenSessions, RunningCli
from tui.agent.processes import Process, find_process
from tui.domain.errors import StillAnswering
from tui.domain.events import MessageCommitted, Outcome
from tui.domain.ids import SessionId

DOOMED = """
import asyncio, json, os, sys
from pathlib import Path
from tests.agent.stage import NoCopies
from tui.agent.claude import ClaudeAgent
from tui.domain.events import TextStreamed
from tui.domain.session import SessionSpec

async def main(session, turn, folder, environment):
    agent = ClaudeAgent(
        work_folder=Path(folder), transcripts=NoCopies(), environment=environment
    )
    connected = await agent.connect(SessionSpec(session, is_new=True))
    async for event in connected.turn(turn, "a long one"):
        if isinstance(event, TextStreamed):
            print("streaming", flush=True)

asyncio.run(main(*json.loads(sys.argv[1])))
"""


async def test_an_answer_that_was_under_way_when_redraft_was_killed(stage: Stage) -> None:
    spec, turn, work = new_spec(), new_turn(), stage.folder / "work"
    arguments = json.dumps([spec.session, turn, str(work), stage.environment])
    doomed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DOOMED, arguments, stdout=asyncio.subprocess.PIPE
    )
    assert doomed.stdout is not None
    async with asyncio.timeout(60):
        assert await doomed.stdout.readline() == b"streaming\n"
    doomed.send_signal(signal.SIGKILL)
    await doomed.wait()
    opened = OpenSessions(stage.environment, work)
    (orphan,) = opened.of(spec.session)
    assert orphan.is_ours
    assert orphan.is_busy

    async with playing(stage) as agent:
        with pytest.raises(StillAnswering):
            await agent.answer(spec.session, turn, is_waiting=False)
        assert opened.of(spec.session) == [orphan]
        session = await agent.connect(resumed(spec.session))
        assert orphan not in opened.of(spec.session), "two write in one session"
        assert not opened.of(SessionId("another"))
        found = await agent.answer(spec.session, turn)
        assert found is not None
        (answer,) = found
        assert isinstance(answer, MessageCommitted)
        assert answer.text == stage.last.reply
        after = await play(session, "and now?")
        assert after.end.outcome is Outcome.FINISHED
        assert stage.last.prompts[-2:] == ("a long one", "and now?")
        await session.close()
        assert await agent.answer(spec.session, turn, is_waiting=False) == found


SESSION = SessionId("7f0c1f0e-0000-4000-8000-000000000001")


class Registry:
    """A configuration folder, and processes named `claude` that it tells of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / "work"
        self.opened = OpenSessions({CONFIG_FOLDER: str(folder)}, self.work)
        self.processes: list[subprocess.Popen[bytes]] = []
        (folder / "sessions").mkdir()
        (folder / "claude").symlink_to(shutil.which("bash") or "/bin/bash")

    def start(self, program: str = "claude", script: str = "read", **entry: Any) -> RunningCli:
        """Start a process that waits, and write what a CLI would tell of it."""
        process = subprocess.Popen(
            [self.folder / program, "-c", f"{script}; echo; read"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.processes.append(process)
        told = {"pid": process.pid, "sessionId": SESSION, "entrypoint": "sdk-py", "status": "busy"}
        told |= {"cwd": str(self.work), **entry}
        (self.folder / "sessions" / f"{process.pid}.json").write_text(json.dumps(told))
        return RunningCli(process.pid, is_ours=True, is_busy=told["status"] != "idle")

    async def outwait(self, silence: float, sign_of_life: Callable[[], object]) -> None:
        await self.opened.outwait(SESSION, silence=silence, sign_of_life=sign_of_life)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    registry = Registry(tmp_path)
    yield registry
    for process in registry.processes:
        process.kill()
        process.communicate()


async def test_what_no_redraft_started_is_never_ended(registry: Registry) -> None:
    registry.start(entrypoint="cli")
    registry.start(cwd=str(registry.folder))
    assert len(registry.opened.of(SESSION)) == 2
    registry.start(sessionId="another")
    registry.start(procStart="1")  # The number of a CLI that is gone, given to another process.
    (registry.folder / "other").symlink_to(registry.folder / "claude")
    registry.start("other")
    (registry.folder / "sessions" / "half.json").write_text("{half")
    (registry.folder / "sessions" / "list.json").write_text("[]")
    (registry.folder / "sessions" / "odd.json").write_text(
        json.dumps({"pid": -1, "sessionId": SESSION, "entrypoint": "sdk-py"})
    )

    await registry.outwait(0, lambda: None)

    assert [process.poll() for process in registry.processes] == [None] * 5
    assert await registry.opened.is_open(SESSION)
    assert not await registry.opened.is_answering(SESSION)


@pytest.mark.parametrize("script", ["read", "trap '' TERM; read"])
async def test_an_orphan_that_hangs_is_ended(registry: Registry, script: str) -> None:
    orphan = registry.start(script=script)
    if find_process(orphan.pid) != Process("claude", ""):  # Where its start is told, that counts.
        (process,) = registry.processes
        told = {"procStart": getattr(find_process(process.pid), "started", "")}
        file = registry.folder / "sessions" / f"{process.pid}.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **told}))
    assert registry.opened.of(SESSION) == [orphan]
    await registry.outwait(0.2, lambda: None)
    assert registry.opened.of(SESSION) == []


async def test_an_idle_orphan_that_does_not_leave_is_ended_soon(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "LEAVING_SECONDS", 0.2)
    registry.start(status="idle")
    async with asyncio.timeout(30):
        await registry.outwait(3600, lambda: None)
    assert registry.opened.of(SESSION) == []


async def test_an_orphan_that_still_answers_is_let_finish(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "LEAVING_SECONDS", 0.0)
    orphan = registry.start()
    (process,) = registry.processes
    looks = iter(range(1000))
    waiting = asyncio.create_task(registry.outwait(0.3, lambda: next(looks)))
    while next(looks) < 20:  # noqa: ASYNC110 (it looks ten times in a second)
        await asyncio.sleep(0.05)
    assert registry.opened.of(SESSION) == [orphan]
    assert not waiting.done()
    process.kill()
    await waiting
    assert process.wait() == -signal.SIGKILL


def test_without_proc_ps_tells_the_same(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    running, other = registry.start(), registry.start(entrypoint="cli")
    monkeypatch.setattr(processes, "_PROC", tmp_path / "none")
    found = {cli.pid for cli in registry.opened.of(SESSION)}
    assert found == {running.pid, other.pid}
    registry.processes[0].kill()
    registry.processes[0].wait()
    assert [cli.pid for cli in registry.opened.of(SESSION)] == [other.pid]
