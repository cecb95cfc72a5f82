"""The scripted writer's use of tools: reading the sources, searching the web, and the findings."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from tui.demo.answers import ToolCall
from tui.demo.markdown import kind_of, to_blocks
from tui.demo.reading import BLOCK_TAGS, Situation
from tui.demo.seen import SeenRequest
from tui.demo.talking import is_check, is_question
from tui.demo.toolloop import Step
from tui.domain.frozen import frozen

SORRY = "I could not look at that, so I left it out."
LET_ME_LOOK = "Let me look."
_TEXT_SUFFIXES = frozenset({".md", ".txt", ".rst", ".csv"})
_SOURCES = re.compile(r"^<sources>\n(.*?)\n</sources>$", re.DOTALL | re.MULTILINE)
_NOTES = re.compile(r"\b(?:notes|sources?|files?|material)\b", re.IGNORECASE)
_WEB = re.compile(
    r"\b(?:search(?:es|ing)?|look(?:ing)?(?:\s+\w+)?\s+up|web|online|internet)\b", re.IGNORECASE
)
_QUERY = re.compile(
    r"\b(?:search|look up)\s+(?:on\s+)?(?:the\s+web|online)\s+(?:for\s+)?([^.?!\n]+)", re.IGNORECASE
)
_LINK = re.compile(r"https?://[^\s\"'<>()\[\]{}]+[^\s\"'<>()\[\]{}.,;:!?]")
_LINE_NUMBER = re.compile(r"^ *\d+[\t→]", re.MULTILINE)
_LIST_MARK = re.compile(r"^\s*(?:[-*+>]|\d+[.)])\s+")
_TAG = re.compile(rf"</?(?:{'|'.join(BLOCK_TAGS)})>")
_LEAST_WORDS, _MOST_CHARACTERS = 4, 300
_MOST_QUERY_WORDS = 12


def next_call(request: SeenRequest, situation: Situation, steps: Sequence[Step]) -> ToolCall | None:
    """Return the next tool call for the newest prompt after the steps so far; None without one.

    Sources are read for the first draft, and when a prompt mentions them; the web is searched when
    a prompt asks for that.
    """
    if is_check(situation):
        return None
    asked = situation.request
    block = _SOURCES.search(request.system)
    sources = [line for line in block.group(1).split("\n") if line.strip()] if block else []
    is_first = len(request.prompts) == 1 and situation.text is None and not is_question(situation)
    if sources and "Read" in request.tools and (is_first or _NOTES.search(asked)):
        call = _next_note(sources, request.tools, steps)
        if call is not None:
            return call
    if "WebSearch" in request.tools and _WEB.search(asked) and not _last(steps, "WebSearch"):
        query = _QUERY.search(asked)
        words = (query.group(1) if query else situation.title).split()[:_MOST_QUERY_WORDS]
        return ToolCall("WebSearch", {"query": " ".join(words)})
    return None


def _next_note(
    sources: Sequence[str], tools: Sequence[str], steps: Sequence[Step]
) -> ToolCall | None:
    """Return the call that lists the first usable source, then the one that reads a text file."""
    listed = _last(steps, "Glob")
    if _last(steps, "Read") is not None:
        return None
    if listed is not None:
        file = None if listed.has_failed else _first_text_file(listed)
        return None if file is None else ToolCall("Read", {"file_path": file})
    usable = [at for at in sources if _is_text_file(at) or not PurePosixPath(at).suffix]
    source = (usable or sources)[0]
    if _is_text_file(source):
        return ToolCall("Read", {"file_path": source})
    return ToolCall("Glob", {"pattern": "**/*", "path": source}) if "Glob" in tools else None


@frozen
class Findings:
    """The results of a turn's tool calls."""

    has_failed: bool = False
    """Whether a tool call failed."""
    is_empty: bool = False
    """Whether the sources have no text file."""
    file: str = ""
    """Name of the file that was read; empty without one."""
    fact: str = ""
    """A line of that file, word for word."""
    link: str = ""
    """An address that a search found; empty without one."""

    @property
    def passage(self) -> str:
        """The paragraph to add to the draft; empty when there is none."""
        return f"From your notes: {self.fact}" if self.fact else ""

    def remark(self, reply: str) -> str:
        """Return a remark about the used tools, to stand before the reply; empty without any."""
        use = f"; it says: “{self.fact}”" if self.fact else ", but found nothing to quote"
        if self.fact and self.passage in reply:
            use = " and worked one line of it into the text"
        sentences = (
            SORRY if self.has_failed else "",
            f"I read {self.file}{use}." if self.file else "",
            "I found no text file in your sources." if self.is_empty else "",
            f"I looked it up: {self.link}" if self.link else "",
        )
        return "\n\n".join(sentence for sentence in sentences if sentence)


def findings(steps: Sequence[Step], known: str) -> Findings:
    """Return the results of steps; facts that the text `known` has are not chosen again."""
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
    """Return a text with a passage added after the first paragraph, or at the end."""
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


def _is_text_file(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in _TEXT_SUFFIXES


def _first_text_file(listed: Step) -> str | None:
    """Return the alphabetically first text file: a listing is sorted by the last change."""
    files = sorted(line for line in listed.found.split("\n") if _is_text_file(line))
    folder = str(listed.call.input.get("path", ""))
    return str(PurePosixPath(folder, files[0])) if files else None


def _fact(shown: str, known: str) -> str:
    """Return the first long enough line of a file, word for word, from the Read tool's output."""
    lines = [_LIST_MARK.sub("", line).strip() for line in _LINE_NUMBER.sub("", shown).split("\n")]
    telling = [
        line
        for line in lines
        if len(line.split()) >= _LEAST_WORDS
        and len(line) <= _MOST_CHARACTERS
        and not _TAG.search(line)
        and kind_of(line) not in {"heading", "fence"}
    ]
    return next((line for line in telling if line not in known), telling[0] if telling else "")
