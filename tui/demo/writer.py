"""The scripted writer, which answers in the demo on the basis of the conversation alone."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from tui.demo.answers import Answer
from tui.demo.looking import LET_ME_LOOK, findings, next_call, worked_in
from tui.demo.reading import BLOCK_TAGS, Situation, read_situation, stable_number
from tui.demo.recordings import Recording, phrases, recordings
from tui.demo.revising import rest_of, revised, take_number, wanted_revision
from tui.demo.seen import SeenRequest
from tui.demo.talking import answer, check, is_check, is_question
from tui.demo.toolloop import ToolLoop, read_tool_loop
from tui.domain.words import count_words

_FORMS = r"letter|story|explainer|interview"
_ANEW = re.compile(
    r"\b(?:different|another) (?:approach|angle|take|version)|start over|from scratch|"
    rf"rewrite (?:it|this|everything|the whole)|\b(?:as|into|make it) an? (?:{_FORMS})\b|"
    r"\bexplainer\b|\binterview\b",
    re.IGNORECASE,
)
_GO_ON = re.compile(
    r"\b(?:continue|go on|carry on|finish|resume|keep going|complete)\b", re.IGNORECASE
)


class Writer(Protocol):
    """Answers requests; called on the server's own thread, must not block."""

    def answer(self, request: SeenRequest) -> Answer:
        """Return the whole answer to one request; a tool call in it leads to another request."""
        ...


class ScriptedWriter:
    """The default writer: the same conversation always gets the same answer."""

    def answer(self, request: SeenRequest) -> Answer:
        """Return the next tool call if there is one, else what `reply` says.

        The answer begins with what the tools found, and the draft gets a fact of it.
        """
        loop = read_tool_loop(request.messages)
        return self._answer(request, loop).without(loop.kept)

    def _answer(self, request: SeenRequest, loop: ToolLoop) -> Answer:
        situation = read_situation(loop.dialogue)
        call = next_call(request, situation, loop.steps)
        if call is not None:
            return Answer.of(LET_ME_LOOK, call)
        found = findings(loop.steps, situation.text or "")
        text = reply(replace(situation, passage=found.passage))
        remark = found.remark(text)
        return Answer.of(f"{remark}\n\n{text}" if remark else text)


def reply(situation: Situation) -> str:
    """Return a draft, a revision, an answer or a check, as the newest prompt asks."""
    if is_check(situation):
        return check(situation)
    if is_question(situation):
        return answer(situation)
    if situation.partial is not None and _GO_ON.search(situation.request):
        return _go_on(situation, situation.partial)
    if situation.text is None:
        return _generate(situation)
    return _revise(situation, situation.marked or situation.text)


def auxiliary_reply(system: str) -> str:
    """Return the reply to a request that the client makes for itself: a title, or “OK”."""
    title = "A piece of writing"
    if not re.search(r"\b(?:naming|title|name)\b", system):
        return "OK"
    return json.dumps({"title": title}) if "json" in system.lower() else title


def _with_draft(remark: str, text: str, closing: str = "") -> str:
    """Put a draft between its tags; a line of the text that looks like a tag is quoted as code."""
    tags = {f"<{slash}{tag}>" for tag in BLOCK_TAGS for slash in ("", "/")}
    lines = [f"`{line.strip()}`" if line.strip() in tags else line for line in text.split("\n")]
    body = "\n".join(lines).strip("\n")
    parts = (remark, f"<draft>\n{body}\n</draft>", closing)
    return "\n\n".join(part for part in parts if part)


def _closing(*seeds: str) -> str:
    closings: Sequence[str] = phrases()["first"]["closings"]
    return closings[stable_number(*seeds) % len(closings)]


def _generate(situation: Situation) -> str:
    piece = _recording_for(situation, situation.kind)
    text = piece.text(wanted_revision(situation.request))
    text = worked_in(text, situation.passage)
    remark = phrases()["first"]["known"].format(
        title=situation.title, form=piece.form, words=count_words(text)
    )
    return _with_draft(remark, text, _closing(situation.title, situation.request))


def _recording_for(situation: Situation, kind: str, known: str = "") -> Recording:
    """Return a piece, new if possible: of the requested form, else of a kind, else any."""
    in_turn = recordings()
    asked = re.search(rf"\b(?:{_FORMS})\b", situation.request, re.IGNORECASE)
    words = {word.removesuffix("s") for word in re.findall(r"[a-z]+", kind.lower())}
    if asked is not None:
        words = {asked.group().lower()}
    fitting = [piece for piece in in_turn if words & set(piece.kinds)]
    first = stable_number(situation.title) % len(in_turn)
    others = [piece for piece in in_turn[first:] + in_turn[:first] if piece not in fitting]
    new = [piece for piece in (*fitting, *others) if not piece.is_in(known)]
    return new[(take_number(situation.request) - 1) % len(new)]


def _go_on(situation: Situation, partial: str) -> str:
    """Continue a draft that was stopped in the middle, from exactly that place."""
    text = rest_of(partial) or f"{partial.rstrip()} …\n\n{_ending(situation, partial)}"
    return _with_draft(phrases()["first"]["went_on"], worked_in(text, situation.passage))


def _ending(situation: Situation, partial: str) -> str:
    endings: Sequence[str] = next(
        entry["phrases"] for entry in phrases()["revisions"] if entry["place"] == "ending"
    )
    return endings[stable_number(situation.title, partial) % len(endings)]


def _revise(situation: Situation, text: str) -> str:
    mine = "I started from the text as you edited it. " if situation.is_hand_edited else ""
    if _ANEW.search(situation.request) and not situation.marked:
        piece = _recording_for(situation, "", text)
        new = worked_in(piece.text(), situation.passage)
        remark = phrases()["first"]["anew"].format(form=piece.form, words=count_words(new))
        return _with_draft(mine + remark, new, _closing(new, situation.request))
    change = revised(situation, text)
    new = worked_in(change.text, situation.passage)
    return _with_draft(f"{mine}{change.done}.", new)
