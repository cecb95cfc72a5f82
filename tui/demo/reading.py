"""Reading of a conversation: topic, current text, request; pure, and tolerant of missing parts."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tui.demo.seen import SeenMessage
from tui.domain.frozen import frozen

ASK_LINE = "Answer in the conversation; do not send a draft."
CHECK_WORDS = "Check whether the draft is ready to publish"
BLOCK_TAGS = (
    "draft",
    "current-draft",
    "earlier-conversation",
    "system-reminder",
    "refused-changes",
    "locked",
    "limits",
    "passage",
)
_OPENING = {f"<{tag}>": tag for tag in BLOCK_TAGS}
_SPEAKER = re.compile(r"^(?:You|Writer): (?=<)", re.MULTILINE)
_REMINDER = re.compile(r"<system-reminder>.*?</system-reminder>\n?", re.DOTALL)
_INTERRUPTED = re.compile(r"^\[Request interrupted by user[^\]\n]*\][ \t]*$", re.MULTILINE)
_MARKED = re.compile(
    r"^Passage:\n(?P<words>.*?)(?=\n\nBefore it stands:\n|\Z)", re.DOTALL | re.MULTILINE
)
_SECTION = re.compile(r"outside the section “(?P<title>.*)”\.$", re.MULTILINE)
_FIELD = re.compile(r"(?P<name>Title|Kind|Brief)[ \t]*:[ \t]*(?P<value>.*)")


@frozen
class Segment:
    """A stretch of a message: plain (`tag` empty), or the inside of a block."""

    tag: str
    text: str
    is_closed: bool = True


@frozen
class Situation:
    """Everything on which the scripted writer bases an answer."""

    title: str = "Untitled"
    kind: str = ""
    request: str = ""
    """The newest prompt without its blocks; a first prompt includes the brief."""
    has_brief: bool = False
    """Whether the newest prompt describes the piece."""
    wants_talk: bool = False
    """Whether the newest prompt has the line that forbids a draft."""
    text: str | None = None
    """The newest complete text, Claude's or the user's; None when there is none yet."""
    partial: str | None = None
    """A draft that was stopped in the middle, when nothing newer is known."""
    is_hand_edited: bool = False
    """Whether the newest text came from the user, in a current-draft block."""
    passage: str = ""
    """A paragraph found in the sources, to be added to the next draft."""
    marked: str = ""
    """The words that the newest prompt is about, when it is about a part of the text."""
    is_limited: bool = False
    """Whether the newest prompt limits how much may change."""
    limited_to: str = ""
    """The title of the only section that may change; empty for all."""


def stable_number(*parts: str) -> int:
    """Return a number that depends only on the texts, the same in every process."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6], "big")


def split_blocks(message: str) -> Iterator[Segment]:
    """Yield a message's plain stretches and blocks; an unclosed block runs to the next one."""
    lines: list[str] = []
    tag = ""
    for line in message.split("\n"):
        mark = line.strip()
        if tag and mark == f"</{tag}>":
            yield Segment(tag, "\n".join(lines))
            lines, tag = [], ""
        elif mark == "<draft>" and tag == "draft":
            yield Segment(tag, "\n".join(lines), is_closed=False)
            lines = []
        elif not tag and mark in _OPENING:
            yield Segment("", "\n".join(lines))
            lines, tag = [], _OPENING[mark]
        else:
            lines.append(line)
    yield Segment(tag, "\n".join(lines), is_closed=not tag)


@dataclass(slots=True)
class _Reader:
    found: Situation = field(default_factory=Situation)
    fields: dict[str, str] = field(default_factory=dict)

    def read_blocks(self, message: str) -> list[str]:
        """Record a message's drafts; return the plain stretches of the message."""
        plain: list[str] = []
        for segment in split_blocks(message):
            match segment.tag:
                case "":
                    plain.append(segment.text)
                case "earlier-conversation":
                    self.read_blocks(_SPEAKER.sub("", segment.text))
                case "draft" | "current-draft":
                    self._read_draft(segment)
                case "passage":
                    marked = _MARKED.search(segment.text)
                    self.found = replace(self.found, marked=marked["words"] if marked else "")
                case "limits":
                    section = _SECTION.search(segment.text)
                    self.found = replace(
                        self.found,
                        is_limited=" % of the draft" in segment.text,
                        limited_to=section["title"] if section else "",
                    )
        return plain

    def _read_draft(self, segment: Segment) -> None:
        text = segment.text.strip("\n")
        if not text.strip():
            return
        by_hand = segment.tag == "current-draft"
        if not segment.is_closed:
            self.found = replace(self.found, partial=text)
            return
        if self.found.marked and not by_hand:  # Only the new words of a passage.
            text = (self.found.text or "").replace(self.found.marked, text, 1)
        self.found = replace(
            self.found,
            text=text,
            partial=None,
            is_hand_edited=by_hand,
        )

    def read_prompt(self, prompt: str) -> None:
        """Record a user message: its blocks, its fields, and the rest as the request."""
        self.found = replace(self.found, marked="", is_limited=False, limited_to="")
        plain = self.read_blocks(_REMINDER.sub("", prompt.replace("\r\n", "\n")))
        wants_talk = any(ASK_LINE in stretch for stretch in plain)
        stretches = [_INTERRUPTED.sub("", stretch).replace(ASK_LINE, "") for stretch in plain]
        stretches = [stretch.strip() for stretch in stretches if stretch.strip()] or [""]
        self.fields = _fields_of(stretches[0])[0] | self.fields
        fields, request = _fields_of(stretches[-1])
        self.found = replace(
            self.found, request=request, has_brief=bool(fields), wants_talk=wants_talk
        )


def read_situation(messages: Sequence[SeenMessage]) -> Situation:
    """Read a conversation, oldest message first; the first title and kind count."""
    reader = _Reader()
    for message in messages:
        if message.role == "user":
            reader.read_prompt(message.text)
        elif message.role == "assistant":
            reader.read_blocks(message.text.replace("\r\n", "\n"))
    title = " ".join(reader.fields.get("Title", "").split())
    return replace(
        reader.found,
        title=title or reader.found.title,
        kind=reader.fields.get("Kind", ""),
    )


def _fields_of(stretch: str) -> tuple[dict[str, str], str]:
    """Return the fields at the start of a stretch, and the rest, which includes the brief."""
    fields: dict[str, str] = {}
    lines = stretch.split("\n")
    while lines and (found := _FIELD.fullmatch(lines[0])) is not None:
        fields[found["name"]] = found["value"].strip()
        lines[:1] = [found["value"]] if found["name"] == "Brief" else []
        if found["name"] == "Brief":
            break
    return fields, re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip())
