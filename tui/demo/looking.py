"""When the scripted writer looks into the sources or the web by itself, and what it makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tui.demo.answers import ToolCall
from tui.demo.markdown import kind_of, sentences_of, to_blocks
from tui.demo.reading import BLOCK_TAGS, Situation
from tui.demo.talking import is_check, is_question

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tui.demo.seen import SeenRequest
    from tui.demo.toolloop import Step

SORRY = "I could not look at that, so I left it out."
LET_ME_LOOK = "Let me look."
_TEXT_SUFFIXES = frozenset({".md", ".txt", ".rst", ".csv"})
_SOURCES = re.compile(r"^<sources>\n(.*?)\n</sources>$", re.DOTALL | re.MULTILINE)
_NOTES = re.compile(r"\b(?:notes|sources?|files?|material)\b", re.IGNORECASE)
_WEB = re.compile(
    r"\b(?:search(?:es|ing)?|look(?:ing)?(?:\s+\w+)?\s+up|web|online|internet)\b", re.IGNORECASE
)
_QUERY = re.compile(
    r"\b(?:search|look up)\s+(?:the\s+(?:web|internet)\s+|online\s+|the\s+)?(?:for\s+|about\s+)?"
    r"([^.?!\n]+)",
    re.IGNORECASE,
)
_NO_QUERY = re.compile(r"^(?:it|this|that|web|online|internet)\b", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s\"'<>()\[\]{}]+[^\s\"'<>()\[\]{}.,;:!?]")
_LINE_NUMBER = re.compile(r"^ *\d+[\t→]", re.MULTILINE)
_LIST_MARK = re.compile(r"^\s*(?:[-*+>]|\d+[.)])\s+")
_UNTITLED = Situation().title
_LEAST_WORDS, _MOST_CHARACTERS = 4, 300
_MOST_QUERY_WORDS = 12


@dataclass(frozen=True, slots=True)
class Looking:
    """What a turn may look at, and what it wants to."""

    tools: Collection[str]
    """Names of the offered tools."""
    sources: tuple[str, ...]
    wants_notes: bool
    wants_web: bool
    query: str

    def next_call(self, steps: Sequence[Step]) -> ToolCall | None:
        """The call whose turn it is after these steps, if any."""
        call = self._next_note(steps) if self.wants_notes else None
        if call is None and self.wants_web and not _last(steps, "WebSearch"):
            return ToolCall("WebSearch", {"query": self.query})
        return call

    def _next_note(self, steps: Sequence[Step]) -> ToolCall | None:
        listed, read = _last(steps, "Glob"), _last(steps, "Read")
        if read is not None:
            return None
        if listed is not None:
            file = None if listed.has_failed else _first_text_file(listed)
            return None if file is None else ToolCall("Read", {"file_path": file})
        usable = [at for at in self.sources if _is_text_file(at) or not PurePosixPath(at).suffix]
        source = (usable or self.sources)[0]
        if _is_text_file(source):
            return ToolCall("Read", {"file_path": source})
        if "Glob" in self.tools:
            return ToolCall("Glob", {"pattern": "**/*", "path": source})
        return None


def looking(request: SeenRequest, situation: Situation) -> Looking:
    """What the newest prompt of a conversation wants to look at."""
    asked = situation.request or situation.brief
    sources = _sources_in(request.system)
    is_first = len(request.prompts) == 1 and situation.text is None and not is_question(situation)
    wants_notes = is_first or _NOTES.search(asked) is not None
    may = not is_check(situation)
    return Looking(
        tools=request.tools,
        sources=sources,
        wants_notes=may and wants_notes and "Read" in request.tools and bool(sources),
        wants_web=may and _WEB.search(asked) is not None and "WebSearch" in request.tools,
        query=_query(situation),
    )


@dataclass(frozen=True, slots=True)
class Findings:
    """What the steps of a turn brought."""

    has_failed: bool = False
    """Something could not be looked at."""
    is_empty: bool = False
    """There was no text file in the sources."""
    file: str = ""
    """Name of the file that was read."""
    fact: str = ""
    """A line or sentence of it, word for word."""
    link: str = ""
    """An address that a search found."""

    @property
    def passage(self) -> str:
        """The paragraph to work into the draft; empty when there is none."""
        return f"From your notes: {self.fact}" if self.fact else ""

    def remark(self, reply: str) -> str:
        """What to say before the reply about what was used; empty when nothing was called."""
        said = [SORRY] if self.has_failed else []
        if self.file:
            said.append(f"I read {self.file}{self._use(reply)}.")
        if self.is_empty:
            said.append("I found no text file in your sources.")
        if self.link:
            said.append(f"I looked it up: {self.link}")
        return "\n\n".join(said)

    def _use(self, reply: str) -> str:
        if not self.fact:
            return ", but found nothing to quote"
        if self.passage in reply:
            return " and worked one line of it into the text"
        return f"; it says: “{self.fact}”"


def findings(steps: Sequence[Step], known: str) -> Findings:
    """What the steps brought; `known` is the text there is, whose facts are not told again."""
    worked = [step for step in steps if not step.has_failed]
    listed, read, searched = (_last(worked, name) for name in ("Glob", "Read", "WebSearch"))
    link = None if searched is None else _LINK.search(searched.found)
    return Findings(
        has_failed=len(worked) < len(steps),
        is_empty=listed is not None and _first_text_file(listed) is None,
        file="" if read is None else PurePosixPath(str(read.call.input.get("file_path"))).name,
        fact="" if read is None else _fact(read.found, known),
        link=link.group() if link else "",
    )


def worked_in(text: str, passage: str) -> str:
    """A text with a passage after its first paragraph, or at its end."""
    if not passage:
        return text
    end = 0
    for block in to_blocks(text):
        end = text.find(block, end) + len(block)
        if kind_of(block) == "paragraph":
            return f"{text[:end]}\n\n{passage}{text[end:]}"
    return f"{text}\n\n{passage}"


def _last(steps: Sequence[Step], name: str) -> Step | None:
    return next((step for step in reversed(steps) if step.call.name == name), None)


def _sources_in(system: str) -> tuple[str, ...]:
    told = _SOURCES.search(system)
    return tuple(line for line in told.group(1).split("\n") if line.strip()) if told else ()


def _is_text_file(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in _TEXT_SUFFIXES


def _first_text_file(listed: Step) -> str | None:
    """The alphabetically first one: the order of a listing is that of the last changes."""
    files = sorted(line for line in listed.found.split("\n") if _is_text_file(line))
    folder = str(listed.call.input.get("path", ""))
    return str(PurePosixPath(folder, files[0])) if files else None


def _query(situation: Situation) -> str:
    asked = _QUERY.search(situation.request)
    words = asked.group(1).split()[:_MOST_QUERY_WORDS] if asked else []
    if words and not _NO_QUERY.match(words[0]):
        return " ".join(words)
    about = situation.title if situation.title != _UNTITLED else situation.request
    return " ".join(about.split()[:_MOST_QUERY_WORDS]) or "writing"


def _fact(shown: str, known: str) -> str:
    """The first telling line or sentence of a file as the Read tool shows it, word for word."""
    lines = [_LIST_MARK.sub("", line).strip() for line in _LINE_NUMBER.sub("", shown).split("\n")]
    parts = [part for line in lines for part in _parts(line)]
    telling = [part for part in parts if len(part.split()) >= _LEAST_WORDS] or parts
    return next((part for part in telling if part not in known), telling[0] if telling else "")


def _parts(line: str) -> Iterator[str]:
    is_tag = any(f"<{slash}{tag}>" in line for tag in BLOCK_TAGS for slash in ("", "/"))
    if is_tag or kind_of(line) in {"heading", "fence"}:
        return
    for part in [line] if len(line) <= _MOST_CHARACTERS else sentences_of(line):
        if part.strip(" -=_*#") and len(part) <= _MOST_CHARACTERS:
            yield part
