"""Claude Code's transcripts are swept, or Redraft is killed: the writer just goes on."""

import json
import os
import signal
from pathlib import Path
from typing import Any

from tests.e2e.conftest import ROOT, RunRedraft
from tests.e2e.test_e2e_commandline import claude_processes, parsed, wait_until, writing
from tests.support.terminal import Terminal
from tests.support.warm import Start, Warm
from tui.demo.server import DemoServer


def transcripts(environment: dict[str, str]) -> list[Path]:
    return list(Path(environment["CLAUDE_CONFIG_DIR"]).glob("projects/*/*.jsonl"))


def last_line(prompt: str) -> str:
    return prompt.strip().splitlines()[-1]


def test_a_swept_transcript_is_resumed_and_forked_and_only_without_a_copy_rebuilt(
    redraft: RunRedraft,
    demo_api: DemoServer,
    library: Path,
    isolated_environment: dict[str, str],
) -> None:
    content = redraft("new", "Swept", "--brief", "about brooms").out.strip()
    redraft("send", content, "about brooms")
    redraft("send", content, "tighten it")
    for path in transcripts(isolated_environment):
        path.unlink()

    third = parsed(redraft("send", content, "add an ending", "--json"))
    asked = [last_line(prompt) for prompt in writing(demo_api)[-1].prompts]
    assert asked[-3:] == ["about brooms", "tighten it", "add an ending"]
    assert len(writing(demo_api)[-1].replies) == 2
    assert (third["turn"], third["is_retold"]) == (3, False)

    for path in transcripts(isolated_environment):
        path.unlink()
    fork = parsed(redraft("send", content, "other", "--fork-at", "2", "--name", "x", "--json"))
    asked = [last_line(prompt) for prompt in writing(demo_api)[-1].prompts]
    assert asked[-3:] == ["about brooms", "tighten it", "other"]
    assert not fork["is_retold"]

    kept = sorted(library.glob("transcripts/*/*.jsonl"))
    assert len(kept) == 2
    for path in (*kept, *transcripts(isolated_environment)):
        path.write_bytes(path.read_bytes()[:500])
    fourth = redraft("send", content, "and now", "--json")
    assert parsed(fourth)["is_retold"]
    assert parsed(fourth)["session"] != third["session"]
    assert "told the earlier turns again" in fourth.err
    (prompt,) = writing(demo_api)[-1].prompts[-1:]
    assert all(said in prompt for said in ("about brooms", "tighten it", "add an ending"))


def killed_in_mid_turn(
    start: Start, command: list[str], environment: dict[str, str], content: str, api: DemoServer
) -> None:
    """Kill a Redraft that sends a prompt, once the API has it; wait until its CLI has finished."""
    count = len(writing(api))
    nothing = os.open(os.devnull, os.O_RDWR)
    program = start(
        [*command, "send", content, "about brooms"],
        env=environment,
        cwd=ROOT,
        files=(nothing, nothing, nothing),
    )
    os.close(nothing)
    wait_until(lambda: len(writing(api)) > count)
    os.kill(program.pid, signal.SIGKILL)
    program.wait()


def last_turn(redraft: RunRedraft, content: str) -> dict[str, Any]:
    done = redraft("tree", content, "--json")
    tree: dict[str, Any] = json.loads(done.out)
    turn: dict[str, Any] = tree["branches"][0]["turns"][-1]
    return turn


def test_what_claude_wrote_after_a_kill_is_there(
    redraft: RunRedraft,
    redraft_command: list[str],
    warm: Warm,
    isolated_environment: dict[str, str],
) -> None:
    with DemoServer(words_per_second=30) as api:
        isolated_environment["ANTHROPIC_BASE_URL"] = api.base_url
        content = redraft("new", "Killed", "--brief", "about brooms").out.strip()
        killed_in_mid_turn(warm, redraft_command, isolated_environment, content, api)
        # At once, while the orphan still writes: nobody waits for it, and nobody ends it.
        assert last_turn(redraft, content)["state"] == "running"
        wait_until(lambda: writing(api)[0].finished, 60)
        wait_until(lambda: last_turn(redraft, content)["state"] == "finished", 60)
        assert last_turn(redraft, content)["version"] == 1
        wait_until(lambda: claude_processes(isolated_environment) == [])
        redraft("send", content, "tighten it")
        assert writing(api)[-1].replies == (writing(api)[0].reply,)


def test_the_screen_shows_what_claude_wrote_after_a_kill(
    redraft: RunRedraft,
    redraft_command: list[str],
    warm: Warm,
    isolated_environment: dict[str, str],
    demo_api: DemoServer,
) -> None:
    with DemoServer(words_per_second=400) as api:
        isolated_environment["ANTHROPIC_BASE_URL"] = api.base_url
        content = redraft("new", "Killed", "--brief", "about brooms").out.strip()
        killed_in_mid_turn(warm, redraft_command, isolated_environment, content, api)
        with Terminal(redraft_command, env=isolated_environment, cwd=ROOT, start=warm) as terminal:
            terminal.wait_for("about brooms")
            terminal.wait_for("v1 ·", 15)
            terminal.press("ctrl+q")
