"""Readable tool uses of a turn: what each tool was used on, and its result. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tui.agent.cli_contract import sentences
from tui.domain.events import ToolEnded, ToolStarted
from tui.domain.tools import ToolState

RESULT_LENGTH: Final = 2_000
"""Maximum characters of a tool result that a turn stores."""


def raw_tool_events(blocks: Iterable[Mapping[str, Any]]) -> list[ToolStarted | ToolEnded]:
    """Return the tool events of a transcript row's blocks."""
    events: list[ToolStarted | ToolEnded] = []
    for block in blocks:
        match block:
            case {"type": "tool_use", "id": str(use), "name": str(name)}:
                events.append(ToolStarted(use, name, tool_subject(name, block.get("input"))))
            case {"type": "tool_result", "tool_use_id": str(use)}:
                result = readable_result(block.get("content"))
                is_done = not block.get("is_error")
                done = ToolEnded(use, ToolState.DONE, result)
                events.append(done if is_done else not_done(use, result))
    return events


def tool_subject(tool: str, given: object) -> str:
    """Return the whole subject of a tool use on one line: a path, pattern, query or address."""
    if not isinstance(given, dict):
        return ""
    match tool:
        case "Read":
            subject = f"{_text(given, 'file_path')}{_lines(given)}"
        case "Glob" | "Grep":
            subject = _text(given, "pattern")
            if tool == "Grep" and _text(given, "glob"):
                subject += f" ({_text(given, 'glob')})"
            if _text(given, "path"):
                subject += f" in {_text(given, 'path')}"
        case "WebSearch" | "web_search":
            subject = _text(given, "query")
        case "WebFetch" | "web_fetch":
            subject = _text(given, "url")
        case _:
            subject = json.dumps(given, ensure_ascii=False, default=str) if given else ""
    return " ".join(subject.split())


def readable_result(content: object) -> str:
    """Return a tool's result as text, cut to `RESULT_LENGTH`; other content is named by type."""
    text = content if isinstance(content, str) else "\n".join(_parts(content))
    for tag in sentences.TOOL_TAGS:
        text = text.replace(tag, "")
    text = text.strip("\n")
    if len(text) <= RESULT_LENGTH:
        return text
    return f"{text[:RESULT_LENGTH].rstrip()}\n… ({len(text):,} characters in all)"


def not_done(use: str, result: str) -> ToolEnded:
    """Return the event for a tool that returned an error: stopped with the turn, or failed."""
    if result.startswith(sentences.TOOL_STOPPED):
        return ToolEnded(use, ToolState.UNFINISHED, "The turn was stopped.")
    return ToolEnded(use, ToolState.FAILED, result)


def _parts(content: object) -> Iterable[str]:
    for block in content if isinstance(content, list) else ():
        if not isinstance(block, dict):
            continue
        text = block.get("text")
        if isinstance(text, str):
            yield text
        elif isinstance(block.get("title"), str):
            yield f"{block['title']} {block.get('url', '')}".strip()
        else:
            yield f"[{block.get('type', 'something')}]"


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _lines(given: Mapping[str, Any]) -> str:
    if _text(given, "pages"):
        return f", pages {given['pages']}"
    first, count = given.get("offset"), given.get("limit")
    start = first if isinstance(first, int) and first > 0 else 1
    if isinstance(count, int) and count > 0:
        return f", lines {start:,}–{start + count - 1:,}"
    return f", from line {start:,}" if start > 1 else ""
