"""Telling a draft from talk: a pure streaming parser for text with `<draft>` blocks.

A draft stands between a line `<draft>` and a line `</draft>`; white space around a tag on its line
is allowed, anything else makes the line ordinary text. Tags may be split over any chunk boundary.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Final

from tui.domain.frozen import frozen
from tui.domain.words import count_words

OPENING: Final = "<draft>"
CLOSING: Final = "</draft>"
_BLANK: Final = " \t\r\n"
_TAG_LINE_LIMIT: Final = 200
"""Characters of the longest line that can be a tag line, so that little is ever held back."""


class Part(StrEnum):
    """The kind of a stretch of a reply."""

    TALK = "talk"
    DRAFT = "draft"


@frozen
class Segment:
    """A stretch of a reply that is all talk or all one draft, without the tag lines."""

    part: Part
    text: str
    is_closed: bool = False
    """Whether the end has been seen; for a draft, only its closing tag ends it."""


@frozen
class DraftSplit:
    """A reply split into segments so far; feed it chunks in order, then `finish` it."""

    segments: tuple[Segment, ...] = ()
    held: str = ""
    """The start of a line that may still turn out to be a tag; not yet part of any segment."""
    is_mid_line: bool = False
    """True when the current line is known to be ordinary text and its end is not yet seen."""

    @property
    def is_in_draft(self) -> bool:
        """Whether the next chunk continues a draft."""
        if not self.segments:
            return False
        last = self.segments[-1]
        return last.part is Part.DRAFT and not last.is_closed

    def feed(self, chunk: str) -> "DraftSplit":
        """Return the split with `chunk` added; the cost is that of the chunk and of one copy."""
        builder = _Builder(self)
        builder.feed(chunk)
        return builder.split()

    def finish(self) -> "DraftSplit":
        """Return the split at the end of the reply; held-back text is now classified."""
        builder = _Builder(self)
        builder.finish()
        return builder.split()


class _Builder:
    """The working state of one `feed`: text is gathered in a list and joined once a segment."""

    def __init__(self, start: DraftSplit) -> None:
        self._segments = list(start.segments)
        self._gathered: list[str] = []
        self._held = start.held
        self._is_mid_line = start.is_mid_line
        self._is_in_draft = start.is_in_draft

    def feed(self, chunk: str) -> None:
        position = 0
        while position < len(chunk):
            end = chunk.find("\n", position) + 1
            piece = chunk[position:end] if end else chunk[position:]
            position += len(piece)
            if self._is_mid_line:
                self._gathered.append(piece)
                self._is_mid_line = not end
            elif end:
                self._end_line(self._held + piece)
            else:
                self._hold_or_gather(self._held + piece)

    def finish(self) -> None:
        tag = self._held.strip(_BLANK)
        is_cut_off = self._is_in_draft and tag.startswith(CLOSING[:2]) and tag != CLOSING
        if is_cut_off:  # A stopped answer; the tag is no text of the draft.
            self._held = ""
        elif self._held:
            self._end_line(self._held)

    def split(self) -> DraftSplit:
        self._flush()
        return DraftSplit(tuple(self._segments), self._held, self._is_mid_line)

    def _hold_or_gather(self, line: str) -> None:
        if _may_become_tag(line, CLOSING if self._is_in_draft else OPENING):
            self._held = line
        else:
            self._held = ""
            self._gathered.append(line)
            self._is_mid_line = True

    def _end_line(self, line: str) -> None:
        self._held = ""
        tag = line.strip(_BLANK)
        if len(line.removesuffix("\n")) > _TAG_LINE_LIMIT:
            self._gathered.append(line)
        elif self._is_in_draft and tag == CLOSING:
            self._close()
            self._is_in_draft = False
        elif not self._is_in_draft and tag == OPENING:
            self._close()
            self._segments.append(Segment(Part.DRAFT, ""))
            self._is_in_draft = True
        else:
            self._gathered.append(line)

    def _flush(self) -> None:
        text = "".join(self._gathered)
        self._gathered.clear()
        if not text:
            return
        if self._segments and not self._segments[-1].is_closed:
            last = self._segments[-1]
            self._segments[-1] = replace(last, text=last.text + text)
        else:
            self._segments.append(Segment(Part.TALK, text))

    def _close(self) -> None:
        self._flush()
        if self._segments and not self._segments[-1].is_closed:
            last = self._segments[-1]
            text = last.text.removesuffix("\n") if last.part is Part.DRAFT else last.text
            self._segments[-1] = replace(last, text=text, is_closed=True)


def split_reply(text: str) -> tuple[Segment, ...]:
    """Return the segments of a whole reply."""
    return DraftSplit().feed(text).finish().segments


def finished_draft(text: str) -> str | None:
    """Return the last closed draft of a reply, without blank lines around it; None without one."""
    return _last_draft(split_reply(text), is_closed=True)


def partial_draft(text: str) -> str | None:
    """Return the draft that a reply leaves unclosed, if it ends in one that has words."""
    return _last_draft(split_reply(text)[-1:], is_closed=False)


def has_text(draft: Segment) -> bool:
    """Whether a draft is more than blank, and one that is not closed has words.

    A stop often comes right after the mark of the first heading, which is no text yet.
    """
    return bool(draft.text.strip() if draft.is_closed else count_words(draft.text))


def text_to_take(reply: str) -> str:
    """Return what a writer takes from a reply: its draft, whole or partial, or else its talk.

    "" where a draft was begun and has no words: the talk before it is not meant as one.
    """
    is_talk = all(segment.part is Part.TALK for segment in split_reply(reply))
    return finished_draft(reply) or partial_draft(reply) or (reply if is_talk else "")


def _last_draft(segments: tuple[Segment, ...], *, is_closed: bool) -> str | None:
    for segment in reversed(segments):
        is_wanted = segment.part is Part.DRAFT and segment.is_closed is is_closed
        if is_wanted and has_text(segment):
            return trimmed(segment.text)
    return None


def trimmed(text: str) -> str:
    """Return a draft's text as it is saved: without blank lines before and white space after."""
    lines = text.split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    return "\n".join(lines[first:]).rstrip()


def _may_become_tag(line: str, tag: str) -> bool:
    if len(line) > _TAG_LINE_LIMIT:
        return False
    start = line.lstrip(_BLANK)
    return tag.startswith(start) or (start.startswith(tag) and not start[len(tag) :].strip(_BLANK))
