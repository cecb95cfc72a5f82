"""The demo's recorded texts, read from the files in `texts/`.

A recorded piece is Markdown with front matter (`kind`, `form`). Its paragraphs are parted by empty
lines. A paragraph that begins with a line `<!-- shorter -->` is another wording of the one before,
the one that the revision “shorter” puts in its place; with nothing below that line, the revision
leaves the paragraph out. `<!-- + longer -->` begins a paragraph that only that revision has.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from tui.domain.frozen import frozen

_MARK = re.compile(r"<!-- (\+ )?([a-z]+) -->\n?")
_LONG_ENOUGH = 80
"""Length in characters from which a paragraph identifies its piece."""
_FRONT = re.compile(r"---\n(.*?)\n---\n", re.DOTALL)


@frozen
class Paragraph:
    """A paragraph in all its wordings."""

    wordings: Mapping[str, str]
    """Wordings by the name of the revision; "" is the first one, which an addition lacks."""

    def wording(self, *revisions: str) -> str:
        """Return the wording after revisions, of which the last counts most; empty if left out."""
        for name in (*reversed(revisions), ""):
            if name in self.wordings:
                return self.wordings[name]
        return ""


@frozen
class Recording:
    """A recorded piece of writing."""

    kinds: tuple[str, ...]
    """The kinds of content for which the piece is used: post, blog, thread."""
    form: str
    """The form in words: “an open letter”."""
    paragraphs: tuple[Paragraph, ...]

    def text(self, *revisions: str) -> str:
        """Return the text after revisions."""
        wordings = (paragraph.wording(*revisions) for paragraph in self.paragraphs)
        return "\n\n".join(wording for wording in wordings if wording)

    def is_in(self, text: str) -> bool:
        """Whether a text contains a longer paragraph of the piece, in any wording."""
        return any(
            len(wording) > _LONG_ENOUGH and wording in text
            for paragraph in self.paragraphs
            for wording in paragraph.wordings.values()
        )


def read_recording(source: str) -> Recording:
    """Return the piece in a file's text; raises ValueError without front matter."""
    front = _FRONT.match(source)
    if front is None:
        raise ValueError(f"no front matter: {source[:40]!r}")
    fields = dict(line.split(": ", 1) for line in front.group(1).split("\n"))
    paragraphs: list[dict[str, str]] = []
    for block in source[front.end() :].strip().split("\n\n"):
        mark = _MARK.match(block)
        if mark is None:
            paragraphs.append({"": block})
        elif mark.group(1):
            paragraphs.append({mark.group(2): block[mark.end() :]})
        else:
            paragraphs[-1][mark.group(2)] = block[mark.end() :]
    kinds = tuple(fields["kind"].split(", "))
    return Recording(kinds, fields["form"], tuple(map(Paragraph, paragraphs)))


@cache
def recordings() -> tuple[Recording, ...]:
    """Return the pieces for new drafts, sorted by file name."""
    return tuple(read_recording(text) for _, text in _texts_in("."))


@cache
def sample(name: str) -> Recording:
    """Return the text of a sample content; raises KeyError for an unknown name."""
    return read_recording(dict(_texts_in("samples"))[name])


@cache
def every_recording() -> tuple[Recording, ...]:
    """Return all recorded pieces, those of the sample contents included."""
    samples = (read_recording(text) for _, text in _texts_in("samples"))
    return (*recordings(), *samples)


@cache
def phrases() -> Mapping[str, Any]:
    """Return the phrases in `phrases.toml`, used where no wording is recorded."""
    return tomllib.loads(_folder().joinpath("phrases.toml").read_text("utf-8"))


def notes() -> Mapping[str, str]:
    """Return the source notes of a sample content, by file name."""
    return {file.name: file.read_text("utf-8") for file in _folder().joinpath("notes").iterdir()}


def _folder() -> Traversable:
    return files("tui.demo").joinpath("texts")


def _texts_in(folder: str) -> Iterator[tuple[str, str]]:
    for file in sorted(_folder().joinpath(folder).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".md"):
            yield file.name.removesuffix(".md"), file.read_text("utf-8")
