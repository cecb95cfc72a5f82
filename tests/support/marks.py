"""Marks in a prompt with which a test says what the demo's writer answers.

`[[demo:echo]] words` gets just those words; `[[demo:long 64]]` a draft of at least 64 KB; with
`[[demo:slow]]` the answer comes at 5 words a second. `[[demo:tool NAME {json}]]` calls a tool in an
answer of its own; `[[demo:tools NAME {json} | NAME {json}]]` calls several in one answer. The
input may be left out. Without marks the answer is that of the demo's own writer.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.demo.answers import Answer, ToolCall
from tui.demo.looking import LET_ME_LOOK, SORRY
from tui.demo.reading import read_situation
from tui.demo.toolloop import read_tool_loop
from tui.demo.writer import ScriptedWriter, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.seen import SeenMessage, SeenRequest

_MARK = re.compile(r"\[\[demo:tools?\s+")
_NAME = re.compile(r"\s*([\w-]+)\s*")
_END, _AND = "]]", "|"
_ANY_MARK = re.compile(r"\[\[demo:[^\]\n]*\]\]")
_TOLD = re.compile(
    r"^<(?P<tag>earlier-conversation|current-draft)>$.*?^</(?P=tag)>$", re.DOTALL | re.MULTILINE
)
_ECHO, _SLOW = "[[demo:echo]]", "[[demo:slow]]"
_LONG = re.compile(r"\[\[demo:long\s+(\d{1,5})\]\]")
_SLOW_WORDS_PER_SECOND = 5.0
_PART = (
    "The ferry was late, and the dog knew it first.\n\n- It lay down on the warm stones.\n"
    "- It did not look at the timetable.\n\nWhen the funnel came round the point, it got up, shook "
    "itself, and walked to the place where the gangway would be."
)


class TextWriter:
    """A writer that answers with text alone."""

    def reply(self, system: str, messages: Sequence[SeenMessage]) -> str:
        """The answer to the last message."""
        raise NotImplementedError

    def answer(self, request: SeenRequest) -> Answer:
        return Answer.of(self.reply(request.system, request.messages))


class MarkedWriter:
    """Answers as the newest prompt's marks say; what they leave open, the demo's writer answers."""

    def __init__(self) -> None:
        self._scripted = ScriptedWriter()

    def reply(self, system: str, messages: Sequence[SeenMessage]) -> str:
        """The answer to the last message, without a look at tools."""
        newest = _newest(messages)
        if _ECHO in newest:
            return newest.split(_ECHO, 1)[1].removeprefix("\n").removeprefix(" ")
        long = _LONG.search(newest)
        unmarked = [
            replace(message, text=_ANY_MARK.sub("", message.text))
            if message.role == "user"
            else message
            for message in messages
        ]
        if long is not None:
            return long_draft(read_situation(unmarked).title, int(long.group(1)))
        return reply(read_situation(unmarked))

    def answer(self, request: SeenRequest) -> Answer:
        """The next tool calls that are marked; then what `reply` gives, or the demo's writer."""
        newest = _newest(request.messages)
        answer = self._answer(request, newest)
        return (
            replace(answer, words_per_second=_SLOW_WORDS_PER_SECOND) if _SLOW in newest else answer
        )

    def _answer(self, request: SeenRequest, newest: str) -> Answer:
        loop = read_tool_loop(request.messages)
        rounds, made = read_tool_marks(newest).rounds, 0
        for calls in rounds:
            if made >= len(loop.steps):
                return Answer.of(LET_ME_LOOK, *calls).without(loop.kept)
            made += len(calls)
        dialogue = [
            replace(message, text=read_tool_marks(message.text).text)
            if message.role == "user"
            else message
            for message in loop.dialogue
        ]
        if rounds or _ECHO in newest or _LONG.search(newest):
            text = self.reply(request.system, dialogue)
            has_failed = any(step.has_failed for step in loop.steps)
            return Answer.of(f"{SORRY}\n\n{text}" if has_failed else text).without(loop.kept)
        unmarked = tuple(
            replace(message, text=_ANY_MARK.sub("", message.text))
            if message.role == "user"
            else message
            for message in request.messages
        )
        return self._scripted.answer(replace(request, messages=unmarked))


def long_draft(title: str, kilobytes: int) -> str:
    """A draft of at least so many KB, part after part."""
    parts = [f"# {title}, at length"]
    size = 0
    while size < kilobytes * 1024:
        parts.append(f"## Part {len(parts)}\n\n{_PART}")
        size += len(parts[-1].encode()) + 2
    body = "\n\n".join(parts)
    return f"Here is a long draft.\n\n<draft>\n{body}\n</draft>"


def _newest(messages: Sequence[SeenMessage]) -> str:
    prompts = [message.text for message in messages if message.is_prompt]
    return _own_words(prompts[-1]) if prompts else ""


def _own_words(prompt: str) -> str:
    """A prompt without what is told again at its head, where old marks may stand."""
    start = 0
    for told in _TOLD.finditer(prompt):
        if "[[demo:" in prompt[start : told.start()]:
            break
        start = told.end()
    return prompt[start:]


@dataclass(frozen=True, slots=True)
class MarkedPrompt:
    """A prompt without its tool marks, and the rounds of calls they ask for."""

    text: str
    rounds: tuple[tuple[ToolCall, ...], ...] = ()


def read_tool_marks(prompt: str) -> MarkedPrompt:
    """Take the tool marks out of a prompt's own words; a mark that is not well formed stays."""
    own = _own_words(prompt)
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
