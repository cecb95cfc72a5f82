"""Conversion of the SDK's tool blocks to events; imports the SDK."""

from collections.abc import Iterable, Mapping
from typing import Final

from tui.agent.cli_contract.messages import (
    ServerToolResultBlock,
    ServerToolUseBlock,
    ToolResultBlock,
    ToolUseBlock,
)
from tui.agent.tools import not_done, readable_result, tool_subject
from tui.domain.events import ToolEnded, ToolStarted
from tui.domain.tools import ToolState

_FAILURE: Final = "_tool_result_error"


def tool_events(
    blocks: Iterable[object], refusals: Mapping[str, str]
) -> list[ToolStarted | ToolEnded]:
    """Return the tool events of a message's blocks; `refusals` are reasons by tool use id."""
    events: list[ToolStarted | ToolEnded] = []
    for block in blocks:
        match block:
            case ToolUseBlock() | ServerToolUseBlock():
                subject = tool_subject(block.name, block.input)
                events.append(ToolStarted(block.id, block.name, subject))
            case ToolResultBlock():
                events.append(_ended(block, refusals))
            case ServerToolResultBlock():
                events.append(_server_ended(block))
    return events


def _ended(block: ToolResultBlock, refusals: Mapping[str, str]) -> ToolEnded:
    result = readable_result(block.content)
    if not block.is_error:
        return ToolEnded(block.tool_use_id, ToolState.DONE, result)
    reason = refusals.get(block.tool_use_id)
    if reason is not None:
        return ToolEnded(block.tool_use_id, ToolState.REFUSED, reason)
    return not_done(block.tool_use_id, result)


def _server_ended(block: ServerToolResultBlock) -> ToolEnded:
    kind = str(block.content.get("type", ""))
    if kind.endswith(_FAILURE):
        reason = str(block.content.get("error_code", "")) or kind
        return ToolEnded(block.tool_use_id, ToolState.FAILED, reason)
    result = readable_result(block.content.get("content"))
    return ToolEnded(block.tool_use_id, ToolState.DONE, result or f"[{kind or 'result'}]")
