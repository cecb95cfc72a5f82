"""The demo's recorded texts, read from the files in `texts/`.

A recorded piece is Markdown with front matter (`kind`, `form`). Its paragraphs are parted by empty
lines. A paragraph that begins with a line `<!-- shorter -->` is another wording of the one before,
the one that the revision “shorter” puts in its place; with nothing below that line, the revision
leaves the paragraph out. `<!-- + longer -->` begins a paragraph that only that revision has.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tui.domain.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

_MARK = re.compile(r"<!-- (\+ )?([a-z]+) -->\n?")
_LONG_ENOUGH = 80
"""Characters."""
_FRONT = re.compile(r"---\n(.*?)\n---\n", re.DOTALL)


@frozen
class Paragraph:
    """A paragraph in all its wordings."""

    wordings: Mapping[str, str]
    """By the name of their revision; "" is the first wording, which an addition does not have."""

    def wording(self, *revisions: str) -> str:
        """Its wording after these revisions, the last one first; empty when it is left out."""
        for name in (*reversed(revisions), ""):
            if name in self.wordings:
                return self.wordings[name]
        return ""


@frozen
class Recording:
    """A recorded piece of writing."""

    kinds: tuple[str, ...]
    """The kinds of content that it stands for: post, blog, thread."""
    form: str
    """What it is, in words: “an open letter”."""
    paragraphs: tuple[Paragraph, ...]

    def text(self, *revisions: str) -> str:
        """The text after these revisions."""
        wordings = (paragraph.wording(*revisions) for paragraph in self.paragraphs)
        return "\n\n".join(wording for wording in wordings if wording)

    def is_in(self, text: str) -> bool:
        """Whether a text has some of its longer paragraphs, in whatever wording."""
        return any(
            len(wording) > _LONG_ENOUGH and wording in text
            for paragraph in self.paragraphs
            for wording in paragraph.wordings.values()
        )


def read_recording(source: str) -> Recording:
    """Read a file's text; raises ValueError when it has no front matter."""
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
    """What a new draft is taken from, in the order of the files' names."""
    return tuple(read_recording(text) for _, text in _texts_in("."))


@cache
def sample(name: str) -> Recording:
    """The text of one of the demo's first contents; raises KeyError for one that is not there."""
    return read_recording(dict(_texts_in("samples"))[name])


@cache
def every_recording() -> tuple[Recording, ...]:
    """All recorded pieces, those of the first contents included."""
    samples = (read_recording(text) for _, text in _texts_in("samples"))
    return (*recordings(), *samples)


@cache
def phrases() -> Mapping[str, Any]:
    """What `phrases.toml` holds: what is said where no wording is recorded."""
    return tomllib.loads(_folder().joinpath("phrases.toml").read_text("utf-8"))


def notes() -> Mapping[str, str]:
    """The notes that one of the first contents is written from, by the names of their files."""
    return {file.name: file.read_text("utf-8") for file in _folder().joinpath("notes").iterdir()}


def _folder() -> Traversable:
    return files("tui.demo").joinpath("texts")


def _texts_in(folder: str) -> Iterator[tuple[str, str]]:
    for file in sorted(_folder().joinpath(folder).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".md"):
            yield file.name.removesuffix(".md"), file.read_text("utf-8")
