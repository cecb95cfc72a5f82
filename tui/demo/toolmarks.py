"""The marks in a prompt that make the scripted writer call tools, one by one or side by side.

`[[demo:tool NAME {json}]]` is one call in an answer of its own; `[[demo:tools NAME {json} |
NAME {json}]]` puts several into one answer. The input may be left out.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from tui.demo.answers import ToolCall
from tui.demo.reading import own_words

_MARK = re.compile(r"\[\[demo:tools?\s+")
_NAME = re.compile(r"\s*([\w-]+)\s*")
_END, _AND = "]]", "|"


@dataclass(frozen=True, slots=True)
class MarkedPrompt:
    """A prompt without its tool marks, and the rounds of calls they ask for."""

    text: str
    rounds: tuple[tuple[ToolCall, ...], ...] = ()


def read_tool_marks(prompt: str) -> MarkedPrompt:
    """Take the tool marks out of a prompt's own words; a mark that is not well formed stays."""
    own = own_words(prompt)
    kept, rounds = [prompt[: len(prompt) - len(own)]], list[tuple[ToolCall, ...]]()
    at = 0
    while (mark := _MARK.search(own, at)) is not None:
        kept.append(own[at : mark.start()])
        read = _read_calls(own, mark.end())
        if read is None:
            kept.append(mark.group())
            at = mark.end()
        else:
            calls, at = read
            rounds.append(calls)
    kept.append(own[at:])
    text = "".join(kept)
    return MarkedPrompt(text.strip() if rounds else text, tuple(rounds))


def _read_calls(text: str, at: int) -> tuple[tuple[ToolCall, ...], int] | None:
    """The calls of a mark, and where it ends."""
    calls: list[ToolCall] = []
    while (name := _NAME.match(text, at)) is not None:
        at = name.end()
        given: object = {}
        if text.startswith("{", at):
            try:
                given, at = json.JSONDecoder().raw_decode(text, at)
            except ValueError:
                return None
        calls.append(ToolCall(name.group(1), given if isinstance(given, dict) else {}))
        at += len(text[at:]) - len(text[at:].lstrip())
        if text.startswith(_END, at):
            return tuple(calls), at + len(_END)
        if not text.startswith(_AND, at):
            return None
        at += len(_AND)
    return None
