"""Tools, questions and limits over the demo server, with the real SDK and its bundled CLI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from claude_agent_sdk import (
    ClaudeSDKClient,
    HookMatcher,
    PermissionResultAllow,
    PermissionResultDeny,
    RateLimitEvent,
    ToolPermissionContext,
)

from tests.demo.cli_stage import options, turn
from tests.support.faults import Fault
from tests.support.marks import MarkedWriter
from tests.support.rate_limits import RateLimits
from tests.support.sent_turns import sent_turns
from tui.demo.server import DemoServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

QUIET = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
TOOLS = ["Read", "Glob", "Grep", "WebSearch", "WebFetch"]
FACT = "The ship had nine cats, and two of them were deaf."
FIRST = "Title: Cats at sea\nKind: post\nBrief:\nShip cats.\n\n"


class Gate:
    """Answers permission questions: files below a folder, and what is named; nothing else."""

    def __init__(self, folder: Path, *tools: str) -> None:
        self._folder = folder
        self._tools = tools
        self.asked: list[str] = []
        self.on_read: Callable[[], None] = lambda: None

    async def can_use_tool(
        self, tool: str, given: dict[str, Any], _context: ToolPermissionContext
    ) -> PermissionResultAllow | PermissionResultDeny:
        self.asked.append(tool)
        if tool == "Read":
            self.on_read()
        place = str(given.get("file_path") or given.get("path") or "")
        if tool in self._tools or place.startswith(str(self._folder)):
            return PermissionResultAllow()
        return PermissionResultDeny(message="not here")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "cats.md").write_text(f"# Cats\n\n{FACT}\n", encoding="utf-8")
    (folder / "dogs.txt").write_text("Dogs never liked the sea very much.\n", encoding="utf-8")
    (folder / "cats.py").write_text("raise SystemExit\n", encoding="utf-8")
    return folder


async def test_a_read_that_a_hook_allows(tmp_path: Path, notes: Path) -> None:
    allowed: list[str] = []

    async def allow(given: Any, _tool_use_id: str | None, _context: Any) -> Any:
        allowed.append(given["tool_name"])
        return {
            "hookSpecificOutput": {
                "hookEventName": "PreToolUse",
                "permissionDecision": "allow",
            }
        }

    hooks = {"PreToolUse": [HookMatcher(matcher="Read", hooks=[allow])]}
    with DemoServer(writer=MarkedWriter(), words_per_second=0) as server:
        settings = options(server, tmp_path, QUIET, tools=TOOLS, hooks=hooks)
        async with ClaudeSDKClient(settings) as client:
            mark = f'[[demo:tool Read {{"file_path": "{notes / "cats.md"}"}}]]'
            _, settled, result = await turn(client, f"{mark} [[demo:echo]] What it says.")
        first, second = server.requests
        (sent,) = sent_turns(server.requests)
    assert allowed == ["Read"]
    assert set(TOOLS) == set(first.tools)
    assert first.session == result.session_id
    (found,) = second.results
    assert FACT in found.text
    assert (found.is_error, found.call_id) == (False, first.call_ids[0])
    assert sent.texts == ("Let me look.", "What it says.")
    assert settled == sent.text
    assert result.result == second.sent
    assert sent.is_finished
    assert sent.prompts[-1].endswith("What it says.")


async def test_tools_that_a_gate_allows_and_refuses(tmp_path: Path, notes: Path) -> None:
    gate = Gate(notes, "WebSearch")
    with DemoServer(writer=MarkedWriter(), words_per_second=300) as server:
        server.headers = RateLimits(0.83).headers
        settings = options(server, tmp_path, QUIET, tools=TOOLS, can_use_tool=gate.can_use_tool)
        async with ClaudeSDKClient(settings) as client:
            await a_broken_answer_is_gone_on_from(server, client, gate, notes)
            await of_a_pair_of_reads_one_is_refused(server, client, gate, notes)
            await the_web_is_searched(server, client, gate)
            assert await told_limits(client) == set()  # Those are told to a login only.


async def a_broken_answer_is_gone_on_from(
    server: DemoServer, client: ClaudeSDKClient, gate: Gate, notes: Path
) -> None:
    server.faults.add(Fault.error_event(), after_words=4)
    mark = f'[[demo:tool Read {{"file_path": "{notes / "cats.md"}"}}]]'
    _, settled, result = await turn(client, f"{mark} [[demo:echo]] The end.")
    (sent,) = sent_turns(server.requests)
    assert sent.texts == ("Let me look.", "", "The end.")
    assert [request.fault for request in sent.requests] == ["error_event", None, None]
    assert settled == sent.text
    assert gate.asked == ["Read"]
    assert not result.is_error


async def of_a_pair_of_reads_one_is_refused(
    server: DemoServer, client: ClaudeSDKClient, gate: Gate, notes: Path
) -> None:
    before = len(server.requests)
    gate.asked.clear()
    inside, outside = notes / "cats.md", notes.parent / "secret.md"
    outside.write_text("secret", encoding="utf-8")
    mark = f'[[demo:tools Read {{"file_path": "{inside}"}} | Read {{"file_path": "{outside}"}}]]'
    _, settled, result = await turn(client, f"{FIRST}{mark} Write it.")
    first, second = server.requests[before:]
    sent = sent_turns(server.requests)[-1]
    assert gate.asked == ["Read", "Read"]
    calls = [message.calls for message in second.messages if message.calls][-1]
    assert [call.name for call in calls] == ["Read", "Read"]
    assert [call.id for call in calls] == list(first.call_ids)
    told = {result.call_id: result for result in second.results}
    good, bad = (told[call] for call in first.call_ids)
    assert FACT in good.text
    assert (good.is_error, bad.is_error) == (False, True)
    assert "secret" not in bad.text
    assert "I could not look at that, so I left it out.\n\nScripted: this demo" in settled
    assert settled == sent.text
    assert len(result.permission_denials or []) == 1


async def the_web_is_searched(server: DemoServer, client: ClaudeSDKClient, gate: Gate) -> None:
    before = len(server.requests)
    gate.asked.clear()
    _, settled, result = await turn(client, f"{FIRST}Search the web for ship cats.")
    asking, searching, answering = server.requests[before:]
    sent = sent_turns(server.requests)[-1]
    assert gate.asked == ["WebSearch"]
    assert [r.is_web_search for r in (asking, searching, answering)] == [False, True, False]
    assert searching.is_auxiliary
    assert "ship cats" in searching.prompts[0]
    found = answering.results[-1]
    assert not found.is_error
    assert "https://example.org/ship-cats" in found.text
    assert "Let me look.I looked it up: https://example.org/ship-cats\n" in settled
    assert settled == sent.text
    assert not result.is_error


async def test_notes_are_looked_up_and_quoted_though_the_connection_breaks(
    tmp_path: Path, notes: Path
) -> None:
    gate = Gate(notes)
    drafting = Fault.cut()
    prompt = f"You write.\n\n<sources>\n{notes}\n</sources>"
    with DemoServer(writer=MarkedWriter(), words_per_second=0) as server:
        settings = options(
            server,
            tmp_path,
            QUIET,
            tools=["Read", "Glob", "Grep"],
            can_use_tool=gate.can_use_tool,
            system_prompt={"type": "custom", "prompt": prompt, "snapshot": False},
        )
        server.faults.add(Fault.cut(), after_words=1)
        server.faults.add(Fault.overloaded())
        gate.on_read = lambda: server.faults.add(drafting, after_words=60)
        async with ClaudeSDKClient(settings) as client:
            _, settled, result = await turn(client, f"{FIRST}Write it.")
            gate.on_read = lambda: None
            again = await turn(client, "what do my notes say?")
        sent, talk = sent_turns(server.requests)
        faults = [request.fault for request in server.requests]
    assert faults[:6] == ["cut", "overloaded", None, None, "cut", None]
    assert gate.asked == ["Glob", "Read"] * 2
    assert [request.call_ids != () for request in sent.requests] == [True, True, False]
    assert f"\n\nFrom your notes: {FACT}\n\n" in settled
    assert "I read cats.md and worked one line of it into the text." in settled
    assert settled == sent.text
    assert not result.is_error
    assert again[1] == talk.text
    assert "I read cats.md" in talk.text
    assert "<draft>" not in talk.text


async def test_limits_are_told_to_a_login(tmp_path: Path) -> None:
    login = {"ANTHROPIC_API_KEY": "", "CLAUDE_CODE_OAUTH_TOKEN": "dummy"}
    with DemoServer(writer=MarkedWriter(), words_per_second=0) as server:
        server.headers = RateLimits(0.83).headers
        async with ClaudeSDKClient(options(server, tmp_path, QUIET | login)) as client:
            assert await told_limits(client) == {0.83}


async def told_limits(client: ClaudeSDKClient) -> set[float | None]:
    await client.query("[[demo:echo]] hello")
    return {
        message.rate_limit_info.utilization
        async for message in client.receive_response()
        if isinstance(message, RateLimitEvent)
    }
