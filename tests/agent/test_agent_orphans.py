"""A CLI whose Redraft was killed in mid-turn: its answer is waited for and found."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.agent.stage import Stage, new_spec, new_turn, play, playing, resumed
from tui.agent.environment import config_folder
from tui.agent.orphans import find_orphans
from tui.domain.events import MessageCommitted, Outcome
from tui.domain.ids import SessionId

DOOMED = """
import asyncio, json, os, sys
from pathlib import Path
from tui.agent.claude import ClaudeAgent
from tui.domain.events import TextStreamed
from tui.domain.session import SessionSpec

async def main(session, turn, folder, environment):
    agent = ClaudeAgent(work_folder=Path(folder), environment=environment)
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
    async with asyncio.timeout(20):
        assert await doomed.stdout.readline() == b"streaming\n"
    doomed.send_signal(signal.SIGKILL)
    await doomed.wait()
    sessions = config_folder(stage.folder) / "sessions"
    assert len(find_orphans(sessions, spec.session, work)) == 1

    async with playing(stage) as agent:
        session = await agent.connect(resumed(spec.session))
        assert not find_orphans(sessions, SessionId("another"), work)
        found = await agent.answer(spec.session, turn)
        assert found is not None
        (answer,) = found
        assert isinstance(answer, MessageCommitted)
        assert answer.text == stage.last.reply
        after = await play(session, "and now?")
        assert after.end.outcome is Outcome.FINISHED
        assert stage.last.prompts[-2:] == ("a long one", "and now?")


def test_a_process_that_is_no_claude_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        entry = {"pid": other.pid, "sessionId": "s", "entrypoint": "sdk-py", "cwd": str(tmp_path)}
        (tmp_path / "1.json").write_text(json.dumps(entry))
        (tmp_path / "2.json").write_text("{half")
        (tmp_path / "3.json").write_text("[]")
        assert not find_orphans(tmp_path, SessionId("s"), tmp_path)
        assert other.poll() is None
        other.kill()
