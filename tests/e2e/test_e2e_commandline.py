"""The command line, end to end: real command, real SDK, real bundled CLI, loopback API."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.e2e.conftest import ROOT, Done, RunRedraft
from tests.support.faults import Fault
from tests.support.hanging import HANGS
from tests.support.warm import Warm, cold, exit_code
from tui.demo.seen import SeenRequest
from tui.demo.server import DemoServer

TITLE = "Why we left Kubernetes"
BRIEF = "A post for engineers on why a small team left Kubernetes."


def writing(api: DemoServer) -> list[SeenRequest]:
    return [request for request in api.requests if not request.is_auxiliary]


def parsed(done: Done) -> Any:
    assert done.code == 0, done.err
    return json.loads(done.out)


def complaint(done: Done, code: int) -> str:
    """Return the one sentence a refused command says, with nothing on stdout."""
    assert (done.code, done.out) == (code, ""), done
    assert done.err.startswith("redraft: ")
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err
    return done.err.removeprefix("redraft: ").rstrip("\n")


def claude_processes(environment: dict[str, str]) -> list[int]:
    """Return the CLI processes that run in a test's world."""
    mark = f"CLAUDE_CONFIG_DIR={environment['CLAUDE_CONFIG_DIR']}".encode()
    return [pid for pid, command, world in processes() if b"_bundled" in command and mark in world]


def processes() -> Iterator[tuple[int, bytes, bytes]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes()
                yield int(folder.name), command, (folder / "environ").read_bytes()
            except OSError:
                continue


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    limit, pause = time.monotonic() + seconds, threading.Event()
    while not is_so():
        assert time.monotonic() < limit, "it did not come about"
        pause.wait(0.02)


def test_generate_revise_fork_approve_and_go_on(redraft: RunRedraft, demo_api: DemoServer) -> None:
    made = redraft("new", TITLE, "--brief", BRIEF)
    content = made.out.strip()
    assert (made.code, made.err) == (0, "")
    assert content.isalnum()
    assert len(content) >= 8

    first = redraft("send", content, "-", text=BRIEF)
    assert first.code == 0, first.err
    assert first.out == writing(demo_api)[0].reply.rstrip("\n") + "\n"
    second = parsed(redraft("send", content, "tighten the intro", "--json"))
    assert (second["turn"], second["kind"], second["state"]) == (2, "revise", "finished")
    assert second["version"] == 2
    assert second["branch_name"] == "first draft"

    fork = parsed(
        redraft("send", content, "make it spicier", "--fork-at", "1", "--name", "hot", "--json")
    )
    assert (fork["turn"], fork["branch_name"], fork["version"]) == (2, "hot", 3)
    assert fork["session"] != second["session"]

    third = parsed(redraft("send", content[:4], "add an ending", "--json"))
    assert (third["turn"], third["branch"], third["version"]) == (3, second["branch"], 4)
    assert third["session"] == second["session"]

    requests = writing(demo_api)
    assert [len(request.replies) for request in requests] == [0, 1, 1, 2]
    main, spicier = requests[3], requests[2]
    assert BRIEF in main.prompts[0]
    assert main.prompts[1:] == ("tighten the intro", "add an ending")
    assert spicier.prompts[1:] == ("make it spicier",)
    assert spicier.replies == main.replies[:1]
    assert all("spicier" not in message.text for message in main.messages)
    assert all("tighten" not in message.text for message in spicier.messages)
    assert all("earlier-conversation" not in request.prompts[-1] for request in requests)

    tree = parsed(redraft("tree", content, "--json"))
    assert [branch["name"] for branch in tree["branches"]] == ["first draft", "hot"]
    assert [turn["number"] for turn in tree["branches"][0]["turns"]] == [1, 2, 3]
    assert tree["branches"][1]["forked_after"] == 1
    assert [turn["number"] for turn in tree["branches"][1]["turns"]] == [2]

    shown = parsed(redraft("show", content, "--json"))
    assert shown["version"] == 4
    assert redraft("show", content).out == shown["text"]
    assert redraft("show", content, "--branch", "hot").out in fork["reply"]

    approved = parsed(redraft("approve", content, "--json"))
    assert (approved["version"], approved["status"]) == (4, "approved")
    assert approved["sha256"] == shown["sha256"]
    (row,) = parsed(redraft("list", "--json"))
    assert (row["id"], row["status"], row["approved_version"]) == (content, "approved", 4)
    drawn = redraft("tree", TITLE).out
    assert "first draft ★" in drawn
    assert "✓ approved" in drawn
    assert "└─◇ hot" in drawn

    changes = parsed(redraft("diff", content, "v2", "v4", "--json"))["changes"]
    assert [change["number"] for change in changes] == list(range(1, len(changes) + 1))
    refused = changes[-1]["after"].strip()
    assert refused
    assert refused in shown["text"]
    number = str(len(changes))
    saved = redraft("diff", content, "v2", "v4", "--accept", "--refuse", number)
    assert (number, saved.out) == ("1", f"Saved v5 of “{TITLE}”: the change of v4 refused.\n")
    fifth = parsed(redraft("send", content, "and now?", "--ask", "--json"))
    assert (fifth["turn"], fifth["state"]) == (4, "finished")
    told = writing(demo_api)[-1].prompts[-1]
    text = redraft("show", content).out
    assert refused not in text
    assert f"<current-draft>\n{text.rstrip()}\n</current-draft>" in told
    assert refused in told.partition("<refused-changes>")[2].partition("</refused-changes>")[0]
    assert told.endswith("and now?")
    history = redraft("log", content).out.splitlines()
    assert "v5: the change of v4 refused" in history[0]
    assert "approved v4" in history[1]


def test_a_first_draft_that_fails_says_why_and_the_content_is_there(
    redraft: RunRedraft, demo_api: DemoServer
) -> None:
    demo_api.faults.add(Fault.forbidden())
    failed = redraft("new", TITLE, "--brief-file", "-", "--generate", text=BRIEF)
    content = failed.out.strip()
    assert (failed.code, content.isalnum()) == (1, True)
    assert failed.err.startswith("redraft: ")
    assert failed.err.count("\n") == 1
    tree = parsed(redraft("tree", content, "--json"))
    (turn,) = tree["branches"][0]["turns"]
    assert (turn["kind"], turn["state"], turn["prompt"]) == ("generate", "failed", BRIEF)
    assert turn["failure"] in failed.err


def test_sigterm_stops_the_turn_saves_it_and_leaves_no_process(
    redraft: RunRedraft,
    demo_api: DemoServer,
    isolated_environment: dict[str, str],
    redraft_command: list[str],
    tmp_path: Path,
    warm: Warm,
) -> None:
    content = redraft("new", TITLE, "--brief", BRIEF).out.strip()
    demo_api.faults.add(Fault.silence(), after_words=20)
    said = tmp_path / "said"
    with Path(os.devnull).open("r+") as nothing, said.open("w") as saying:
        sending = warm(
            [*redraft_command, "send", content, "write it"],
            env=isolated_environment,
            cwd=ROOT,
            files=(nothing.fileno(), nothing.fileno(), saying.fileno()),
        )
    demo_api.wait_for(lambda requests: any(request.fault == "silence" for request in requests), 30)
    assert claude_processes(isolated_environment)
    os.kill(sending.pid, signal.SIGTERM)
    assert (exit_code(sending, HANGS), said.read_text()) == (143, "")
    wait_until(lambda: not claude_processes(isolated_environment))
    tree = parsed(redraft("tree", content, "--json"))
    assert tree["branches"][0]["turns"][0]["state"] == "stopped"


def test_bad_input_gets_one_sentence_and_the_right_exit_code(
    redraft: RunRedraft, library: Path, tmp_path: Path
) -> None:
    content = redraft("new", TITLE, "--brief", BRIEF).out.strip()
    assert "no piece “zzzzzzzz”" in complaint(redraft("show", "zzzzzzzz"), 1)
    assert "has no turns yet" in complaint(redraft("send", content, "hi", "--fork-at", "3"), 1)
    assert "prompt is empty" in complaint(redraft("send", content, " "), 2)
    assert "“x” is no number" in complaint(redraft("send", content, "hi", "--fork-at", "x"), 2)
    assert "needs a terminal" in complaint(redraft(), 2)

    blocked = tmp_path / "a-file"
    blocked.write_text("")
    assert "a-file" in complaint(redraft("list", "--library", str(blocked)), 1)

    stored = library / "contents" / f"{content}.json"
    kept = stored.read_text()
    assert '"schema": 1' in kept
    stored.write_text(kept.replace('"schema": 1', '"schema": 999'))
    assert "newer" in complaint(redraft("send", content, "hi"), 1)
    assert '"schema": 999' in stored.read_text()


def test_without_a_login_the_turn_fails_with_a_sentence(redraft: RunRedraft) -> None:
    content = redraft("new", TITLE, "--brief", BRIEF).out.strip()
    failed = redraft("send", content, "write it", env={"ANTHROPIC_API_KEY": ""})
    assert (failed.code, failed.out) == (1, "")
    assert "log in" in failed.err or "logged in" in failed.err
    doctor = redraft("doctor", "--json", env={"ANTHROPIC_API_KEY": ""})
    assert doctor.code == 1
    findings = {entry["name"]: entry for entry in json.loads(doctor.out)["findings"]}
    assert findings["library"]["is_fine"]
    assert not findings["login"]["is_fine"]


def test_the_demo_needs_neither_key_nor_network(redraft: RunRedraft, tmp_path: Path) -> None:
    """Also sees that the command starts from nothing, in both its ways."""
    world = {
        "ANTHROPIC_API_KEY": "",
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
        "REDRAFT_LIBRARY": "",
        "CLAUDE_CONFIG_DIR": "",
    }
    rows = json.loads(redraft("--demo", "list", "--json", env=world, start=cold).out)
    assert {row["status"] for row in rows} == {"draft", "review", "approved", "published"}
    asking = ("send", "--demo", rows[0]["id"], "is it fair?", "--ask", "--fork-at", "1", "--json")
    sent = redraft(*asking, "--model", "claude-asked-for", env=world, start=cold)
    answered = json.loads(sent.out)
    assert (answered["state"], answered["model"]) == ("finished", "claude-asked-for")
    assert "earlier turns" not in sent.err, "there is no session behind the sample"
    assert (tmp_path / "data" / "redraft-demo" / "library").is_dir()
    assert not (tmp_path / "data" / "redraft").exists()
    assert list((tmp_path / "home").iterdir()) == []


def test_everything_redraft_writes_is_private_and_the_log_tells_no_text(
    redraft: RunRedraft, library: Path, isolated_environment: dict[str, str]
) -> None:
    before = os.umask(0)
    try:
        made = redraft("new", "Private", "--brief", "a secret about otters", "--generate")
    finally:
        os.umask(before)
    assert made.code == 0, made.err
    assert (library / "work").is_dir()
    state = Path(isolated_environment["XDG_STATE_HOME"])
    written = [library, *library.rglob("*"), *state.rglob("*")]
    assert len(written) > 10
    for path in written:
        mode = path.stat().st_mode & 0o777
        assert mode == (0o700 if path.is_dir() else 0o600), path
    logged = "".join(path.read_text() for path in state.rglob("*.log*"))
    assert "otters" not in logged
    assert isolated_environment["ANTHROPIC_API_KEY"] not in logged


def test_a_start_without_the_imports_says_and_returns_what_any_start_does(
    redraft: RunRedraft,
) -> None:
    for arguments in (("--version",), ("show", "zzzzzzzz"), ("show",)):
        assert redraft(*arguments) == redraft(*arguments, start=cold)
