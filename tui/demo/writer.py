"""The scripted writer: what answers in the demo, from nothing but the conversation."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from tui.demo import phrases
from tui.demo.answers import Answer
from tui.demo.composing import asked_form, compose, key_words
from tui.demo.looking import LET_ME_LOOK, findings, looking, worked_in
from tui.demo.markdown import to_blocks, to_text
from tui.demo.reading import BLOCK_TAGS, Situation, read_situation, stable_number
from tui.demo.restyling import ACTIONS, EXCLUSIVE, TARGETS
from tui.demo.revising import Change, Task, add_note, change_title
from tui.demo.talking import answer, check, is_check, is_question
from tui.demo.toolloop import read_tool_loop
from tui.domain.words import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.seen import SeenMessage, SeenRequest
    from tui.demo.toolloop import ToolLoop

_ANEW = re.compile(
    r"different (?:approach|angle|take|version)|another (?:approach|angle|take|version)|start over|"
    r"from scratch|rewrite (?:it|this|everything|the whole)|"
    r"\bas an? (?:letter|story|explainer|interview)\b|"
    r"\bexplainer\b|\binterview\b|\bas (?:fiction|questions)|(?:into|make it|tell it as) an? "
    r"(?:story|letter)",
    re.IGNORECASE,
)
_GO_ON = re.compile(
    r"\b(?:continue|go on|carry on|finish|resume|keep going|complete)\b", re.IGNORECASE
)
_BOLD = re.compile(r"bold|spic|provoc|punch|edg|strong|sharp|dar", re.IGNORECASE)
_MOST_ACTIONS = 3


class Writer(Protocol):
    """Whatever answers a conversation; called on the server's own thread, must not block."""

    def reply(self, system: str, messages: Sequence[SeenMessage]) -> str:
        """The whole answer to the last message."""
        ...


@runtime_checkable
class ToolWriter(Protocol):
    """A writer that also sees the offered tools, and may call them; `answer` must not block."""

    def answer(self, request: SeenRequest) -> Answer:
        """The whole answer to one request; a tool call in it leads to another request."""
        ...


class ScriptedWriter:
    """The default writer: the same conversation always gets the same answer."""

    def reply(self, system: str, messages: Sequence[SeenMessage]) -> str:  # noqa: ARG002
        """Generate, revise, answer or check, whichever the newest prompt asks for."""
        return _reply(read_situation(messages))

    def answer(self, request: SeenRequest) -> Answer:
        """The next tool call, if there is one to make; else what `reply` gives.

        What tools have found, or that they could not, is told before that, and worked in.
        """
        loop = read_tool_loop(request.messages)
        return self._answer(request, loop).without(loop.said)

    def _answer(self, request: SeenRequest, loop: ToolLoop) -> Answer:
        situation = read_situation(loop.spoken)
        call = looking(request, situation).next_call(loop.steps)
        if call is not None:
            return Answer.of(LET_ME_LOOK, call)
        found = findings(loop.steps, situation.text or "")
        text = _reply(replace(situation, passage=found.passage))
        remark = found.remark(text)
        return Answer.of(f"{remark}\n\n{text}" if remark else text)


def _reply(situation: Situation) -> str:
    if is_check(situation):
        return check(situation)
    if is_question(situation):
        return answer(situation)
    if situation.partial is not None and _GO_ON.search(situation.request):
        return _go_on(situation, situation.partial)
    if situation.text is None:
        return _generate(situation)
    return _revise(situation, situation.marked or situation.text)


def auxiliary_reply(system: str, messages: Sequence[SeenMessage]) -> str:
    """A short sane answer to what the client asks for itself: a title, or a word."""
    if not re.search(r"\b(?:naming|title|name)\b", system):
        return "OK"
    told = next((m.text for m in messages if m.role == "user"), "")
    inside = re.search(r"<session>\n?(.*?)</session>", told, re.DOTALL)
    prompt = [m for m in messages if m.role == "user"][:1]
    if inside is not None and prompt:
        prompt = [type(prompt[0])("user", inside.group(1))]
    title = " ".join(read_situation(prompt).title.split()[:5])
    return json.dumps({"title": title}) if "json" in system.lower() else title


def _with_draft(remark: str, text: str, closing: str = "") -> str:
    """Put a draft between its tags; a line of the text that looks like a tag is quoted as code."""
    tags = {f"<{slash}{tag}>" for tag in BLOCK_TAGS for slash in ("", "/")}
    lines = [f"`{line.strip()}`" if line.strip() in tags else line for line in text.split("\n")]
    body = "\n".join(lines).strip("\n")
    parts = (remark, f"<draft>\n{body}\n</draft>", closing)
    return "\n\n".join(part for part in parts if part)


def _closing(*seeds: str) -> str:
    return phrases.CLOSINGS[stable_number(*seeds) % len(phrases.CLOSINGS)]


def _generate(situation: Situation) -> str:
    piece = compose(situation, form=asked_form(situation.request))
    text = worked_in(piece.text, situation.passage)
    remark = f"Here is a first draft: {piece.form}, {count_words(text)} words."
    return _with_draft(remark, text, _closing(piece.text, situation.request))


def _go_on(situation: Situation, partial: str) -> str:
    """Finish a draft that was stopped in the middle, from the very place."""
    task = _task(situation, partial)
    ending = task.fresh(phrases.ENDINGS) or add_note(task).blocks[-1]
    text = f"{partial.rstrip()} …\n\n{ending}"
    remark = "I went on from where I was stopped, and brought it to an end."
    return _with_draft(remark, worked_in(text, situation.passage))


def _task(situation: Situation, text: str) -> Task:
    first, second, third = key_words(situation)
    ask = " ".join(situation.request.replace("<", "‹").replace(">", "›").split()[:14]) or "more"
    words = {"k1": first, "k2": second, "k3": third, "title": situation.title, "ask": ask}
    return Task(to_blocks(text), situation.request, situation.title, words)


def _revise(situation: Situation, text: str) -> str:
    mine = "I started from the text as you edited it. " if situation.is_hand_edited else ""
    if _ANEW.search(situation.request):
        piece = compose(situation, form=asked_form(situation.request), avoid=text)
        new = worked_in(piece.text, situation.passage)
        remark = f"{mine}A different approach: {piece.form}, {count_words(new)} words."
        return _with_draft(remark, new, _closing(piece.text, situation.request))
    change = _change(_task(situation, text))
    new = worked_in(to_text(change.blocks), situation.passage)
    return _with_draft(f"{mine}{change.done}; {_difference(text, new)}.", new, _closing(text, new))


def _change(task: Task) -> Change:
    """Everything the request asks for, or a note about it; the words always differ afterwards."""
    for pattern, operation in EXCLUSIVE:
        made = operation(task) if re.search(pattern, task.request, re.IGNORECASE) else None
        if made is not None and _says_other(task.blocks, made.blocks):
            return made
    wanted = [op for pattern, op in TARGETS if re.search(pattern, task.request, re.IGNORECASE)]
    if not wanted:
        wanted = [op for pattern, op in ACTIONS if re.search(pattern, task.request, re.IGNORECASE)]
    blocks, done = task.blocks, list[str]()
    for operation in wanted[:_MOST_ACTIONS]:
        step = Task(blocks, task.request, task.title, task.words)
        if operation is change_title:
            made = change_title(step, bold=_BOLD.search(task.request) is not None)
        else:
            made = operation(step)
        if made is not None and _says_other(blocks, made.blocks):
            blocks = made.blocks
            done.append(made.done)
    if done and _says_other(task.blocks, blocks):
        return Change(blocks, ". ".join(done))
    return add_note(task)


def _says_other(before: Sequence[str], after: Sequence[str]) -> bool:
    return bool(after) and to_text(before).split() != to_text(after).split()


def _difference(before: str, after: str) -> str:
    """How the length changed, in words."""
    words = count_words(after)
    delta = words - count_words(before)
    if delta == 0:
        return f"still {words} words"
    count = f"{abs(delta)} word{'s' * (abs(delta) != 1)}"
    return f"{count} {'longer' if delta > 0 else 'shorter'}, {words} now"
