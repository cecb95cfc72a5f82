"""The demo server as the real SDK and its bundled CLI see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claude_agent_sdk import ClaudeSDKClient

from tests.demo.cli_stage import options, turn
from tests.support.faults import Fault
from tests.support.marks import MarkedWriter
from tui.demo.server import DemoServer

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "Title: Cats at sea\nKind: post\nBrief:\nShip cats, and what they were for.\n\nWrite it."


async def test_turns_of_one_session_with_the_real_cli_of_which_one_is_cut(tmp_path: Path) -> None:
    quiet = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
    with DemoServer(writer=MarkedWriter(), words_per_second=0) as server:
        async with ClaudeSDKClient(options(server, tmp_path, quiet)) as client:
            first = await turn(client, FIRST)
            second = await turn(client, "tighten the intro")
            seen = server.requests
            server.faults.add(Fault.cut(), after_words=20)
            cut = await turn(client, "make it shorter")
        after = server.requests[len(seen) :]
    assert [request.is_auxiliary for request in seen] == [False, False]
    assert all(request.finished for request in seen)
    for (streamed, settled, result), request in zip((first, second), seen, strict=True):
        assert streamed == settled == request.reply == result.result
        assert result.subtype == "success"
        assert not result.is_error
        assert (result.usage or {})["output_tokens"] > 50
    assert first[2].session_id == second[2].session_id
    assert seen[0].prompts == (FIRST,)
    assert seen[1].prompts == (FIRST, "tighten the intro")
    assert seen[1].replies == (seen[0].reply,)
    assert "You are a writing partner." in seen[0].system
    assert "“Cats at sea”" in first[1]
    assert second[1].startswith("Wrote the opening anew")
    # A connection that was cut once is tried again by the CLI itself.
    streamed, settled, result = cut
    assert [request.fault for request in after] == ["cut", None]
    assert streamed == settled == after[1].reply
    assert not result.is_error


async def test_the_requests_the_cli_makes_for_itself_are_told_apart(tmp_path: Path) -> None:
    with DemoServer(writer=MarkedWriter(), words_per_second=0) as server:
        async with ClaudeSDKClient(options(server, tmp_path, {})) as client:
            streamed, _, result = await turn(client, FIRST)
        writing = [request for request in server.requests if not request.is_auxiliary]
    assert not result.is_error
    assert [request.reply for request in writing] == [streamed]
