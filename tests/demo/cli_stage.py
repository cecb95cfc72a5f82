"""The real SDK and CLI for tests of the demo server: isolated, and one turn at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from claude_agent_sdk import (
    AssistantMessage,
    ClaudeAgentOptions,
    ClaudeSDKClient,
    ResultMessage,
    StreamEvent,
    TextBlock,
)

from tests.support.light import LIGHT_CLI

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tui.demo.server import DemoServer


def options(
    server: DemoServer, home: Path, more: Mapping[str, str], **changes: Any
) -> ClaudeAgentOptions:
    """Isolated from every real configuration and account; speaks to the loopback server only."""
    work = home / "work"
    work.mkdir()
    return replace(
        ClaudeAgentOptions(
            env={
                "HOME": str(home),
                "CLAUDE_CONFIG_DIR": str(home / "config"),
                "ANTHROPIC_BASE_URL": server.base_url,
                "ANTHROPIC_API_KEY": "dummy-key",
                "CLAUDE_CODE_MAX_RETRIES": "3",
                **LIGHT_CLI,
                **more,
            },
            cwd=work,
            model="claude-sonnet-4-5",
            session_id=str(uuid4()),
            system_prompt={
                "type": "custom",
                "prompt": "You are a writing partner.",
                "snapshot": False,
            },
            tools=[],
            setting_sources=[],
            strict_mcp_config=True,
            verbatim_prompts=True,
            include_partial_messages=True,
            stderr=lambda _line: None,
        ),
        **changes,
    )


async def turn(client: ClaudeSDKClient, prompt: str) -> tuple[str, str, ResultMessage]:
    """The streamed text, the settled text, and the result."""
    streamed, settled, result = "", "", None
    await client.query(prompt)
    async for message in client.receive_response():
        match message:
            case StreamEvent(event={"type": "message_start"}):
                streamed = ""
            case StreamEvent(event={"type": "content_block_delta", "delta": {"text": str(text)}}):
                streamed += text
            case AssistantMessage(content=blocks):
                settled += "".join(b.text for b in blocks if isinstance(b, TextBlock))
            case ResultMessage():
                result = message
            case _:
                continue
    assert result is not None
    return streamed, settled, result
