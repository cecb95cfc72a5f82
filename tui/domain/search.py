"""Search of all texts: queries, the texts that are searched, and hits.

`found` scans contents one by one; a faster search must return the same hits.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

from tui.domain.content import Branch, Content
from tui.domain.drafts import Part, Segment, split_reply, trimmed
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId
from tui.domain.tree import shared_turns, versions_by_branch
from tui.domain.words import folded

EXCERPT: Final = 160
"""Maximum length in characters of a hit's excerpt."""
_BEFORE: Final = 40
"""Maximum number of characters in an excerpt before the first match."""
_LONGEST: Final = 1_000
"""Maximum length in characters of a query; the rest is ignored."""
_MOST_WORDS: Final = 32
_CHUNK: Final = 256
_TOKEN: Final = re.compile(r'"([^"]*)"?|[^\s"]+')
_BLANKS: Final = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u1680\u2028\u2029"
"""White space characters that folding does not change."""
_SHOWN: Final = {**dict.fromkeys(map(ord, _BLANKS), " "), 0: "\u2400"}
_LONE: Final = re.compile("[\ud800-\udfff]")


class TextKind(StrEnum):
    """The kind of a searched text, in the order of the hits of one turn."""

    TITLE = "title"
    BRIEF = "brief"
    """Left out when a prompt has the same text."""
    LABEL = "label"
    """The label of a turn or a version, or the name of a branch."""
    PROMPT = "prompt"
    ANSWER = "answer"
    DRAFT = "draft"


KIND_PLACES: Final = {kind: place for place, kind in enumerate(TextKind)}


@frozen
class SearchQuery:
    """A search: case-folded words that must all occur in one text."""

    words: tuple[str, ...] = ()

    def fits(self, text: str) -> bool:
        """Whether a text, folded by `search_form`, has every word; False without words."""
        return bool(self.words) and all(word in text for word in self.words)


def parse_search(typed: str) -> SearchQuery:
    """Return the query for text typed into a search field.

    Words are separated by blanks; text in double quotes is one word. An unclosed quote extends to
    the end.
    """
    words = [
        search_form(token[0] if token[1] is None else token[1])
        for token in _TOKEN.finditer(typed[:_LONGEST])
    ]
    # A word of accents alone has nothing left to be found.
    return SearchQuery(tuple(dict.fromkeys(word for word in words if word.strip()))[:_MOST_WORDS])


def search_form(text: str) -> str:
    """Return a text folded for search: lower case, without accents, line ends as blanks.

    Each character is folded by itself, so that matches can be traced back to the text.
    """
    text = folded(text).translate(_SHOWN)
    return text if text.isascii() else _LONE.sub("\ufffd", text)


@frozen
class SearchedText:
    """A searched text, and its place in the content."""

    content: ContentId
    place: int
    """Number of its branch among the content's, from 1; 0 for title and brief."""
    branch: BranchId
    branch_name: str
    turn: int
    """Number of the turn on the branch; 0 before the first turn, and for the branch itself."""
    version: int
    """Number of the version whose text or label it is; else 0."""
    kind: TextKind
    at: datetime
    raw: str
    """The text; for an answer, with its draft tags."""
    has_version: bool = False
    """Whether a draft in the answer became a version, which is searched instead of the draft."""

    @property
    def text(self) -> str:
        """The text itself, without draft tags."""
        return _answer(self.raw, self.has_version) if self.kind is TextKind.ANSWER else self.raw

    @property
    def order(self) -> tuple[int, int, int, int]:
        """The unique sort key of the text within its content."""
        return self.place, self.turn, KIND_PLACES[self.kind], self.version


def searched_texts(content: Content) -> Iterator[SearchedText]:
    """Yield every searched text of a content once, with the branch that owns it."""
    main = content.branch(content.main)

    def searched(
        kind: TextKind,
        raw: str,
        at: datetime,
        where: tuple[int, Branch, int],
        *,
        version: int = 0,
        has_version: bool = False,
    ) -> SearchedText:
        place, branch, turn = where
        return SearchedText(
            content.id, place, branch.id, branch.name, turn, version, kind, at, raw, has_version
        )

    yield searched(TextKind.TITLE, content.title, content.created_at, (0, main, 0))
    prompts = (turn.prompt for branch in content.branches for turn in branch.turns)
    if content.brief and content.brief not in prompts:
        yield searched(TextKind.BRIEF, content.brief, content.created_at, (0, main, 0))
    versions, shared = versions_by_branch(content), shared_turns(content)
    for place, branch in enumerate(content.branches, 1):
        yield searched(TextKind.LABEL, branch.name, branch.created_at, (place, branch, 0))
        answered = dict[int, int]()
        for number, turn in enumerate(branch.turns, shared[branch.id] + 1):
            where = (place, branch, number)
            if turn.label:
                yield searched(TextKind.LABEL, turn.label, turn.started_at, where)
            yield searched(TextKind.PROMPT, turn.prompt, turn.started_at, where)
            if turn.reply:
                has_version = turn.version is not None
                yield searched(
                    TextKind.ANSWER, turn.reply, turn.started_at, where, has_version=has_version
                )
            if turn.version is not None:
                answered[turn.version] = number
        for version in versions.get(branch.id, ()):
            number = answered.get(version.number, version.after_turn)
            where = (place, branch, number)
            about = (version.created_at, where)
            yield searched(TextKind.DRAFT, version.text, *about, version=version.number)
            if version.label:
                yield searched(TextKind.LABEL, version.label, *about, version=version.number)


def _answer(reply: str, has_version: bool) -> str:
    """Return an answer without tags, and without the draft that became a version."""
    if "<draft>" not in reply:
        return "" if has_version else reply
    segments = split_reply(reply)
    taken = _taken(segments) if has_version else None
    return "\n".join(one.text.strip("\n") for n, one in enumerate(segments) if n != taken)


def _taken(segments: tuple[Segment, ...]) -> int | None:
    """Return the segment that became the version: the last complete draft, else the last draft."""
    drafts = [
        (segment.is_closed, n)
        for n, segment in enumerate(segments)
        if segment.part is Part.DRAFT and trimmed(segment.text)
    ]
    return max(drafts)[1] if drafts else None


# -- hits ----------------------------------------------------------------------------------------


@frozen
class Hit:
    """A matching text, and the line around its first match."""

    content: ContentId
    title: str
    """The title of its content."""
    branch: BranchId
    branch_name: str
    turn: int
    """Number of its turn along the branch; 0 before the first, and for the branch itself."""
    version: int
    """Number of the version whose text or label it is; else 0."""
    kind: TextKind
    at: datetime
    """The time at which the text was written."""
    excerpt: str
    """One line of at most `EXCERPT` characters; untrusted text."""
    spans: tuple[tuple[int, int], ...]
    """Start and end of each match in the excerpt."""


@frozen
class Hits:
    """The result of a search; hits of the most recently changed content come first."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    """Total number of hits."""
    pieces: int = 0
    """Number of contents with hits."""

    @property
    def more(self) -> int:
        """Number of hits that are not included here."""
        return self.total - len(self.hits)


def hit_of(searched: SearchedText, title: str, text: str, query: SearchQuery) -> Hit:
    """Return the hit for a matching text; `text` is what `searched.text` returned."""
    excerpt, spans = excerpt_of(text, query.words)
    return Hit(
        searched.content,
        title,
        searched.branch,
        searched.branch_name,
        searched.turn,
        searched.version,
        searched.kind,
        searched.at,
        excerpt,
        spans,
    )


def found(
    contents: Iterable[Content], query: SearchQuery, only: ContentId | None, limit: int
) -> Hits:
    """Search contents, or only one of them, by a scan of every text."""
    hits: list[Hit] = []
    total = pieces = 0
    newest = sorted(contents, key=lambda content: (content.updated_at, content.id), reverse=True)
    for content in newest:
        if only is not None and content.id != only:
            continue
        texts = ((searched, searched.text) for searched in searched_texts(content))
        fitting = [(one, text) for one, text in texts if query.fits(search_form(text))]
        fitting.sort(key=lambda fit: fit[0].order)
        total, pieces = total + len(fitting), pieces + bool(fitting)
        hits += [
            hit_of(one, content.title, text, query) for one, text in fitting[: limit - len(hits)]
        ]
    return Hits(tuple(hits), total, pieces)


def excerpt_of(text: str, words: tuple[str, ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the line around the first match of folded words, and the matches in that line.

    At least one of the words is in the text.
    """
    form = search_form(text)
    places = [(at, len(word)) for word in words if (at := form.find(word)) >= 0]
    at, length = min(places)
    first, last = _written(text, at), _written(text, at + length)
    start = max(0, first - _BEFORE)
    if start and (blank := _blank_after(text, start, first)):
        start = blank
    before = "…" if start else ""
    room = EXCERPT - len(before)
    window = text[start : max(start + room, last)]
    spans = spans_of(window, words)
    window = window[:room]
    after = ""
    if start + len(window) < len(text):
        window, after = window[: room - 1], "…"
    line = before + re.sub(r"\s", " ", window)
    shift = len(before)
    kept = ((a + shift, min(b, len(window)) + shift) for a, b in spans if a < len(window))
    return line + after, tuple(kept)


def _blank_after(text: str, start: int, end: int) -> int:
    """Return the offset of the first word after `start`; 0 without a blank before `end`."""
    for place in range(start, end):
        if text[place].isspace():
            return place + 1
    return 0


def spans_of(text: str, words: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Return the matches of folded words in a short text, in order and not overlapping."""
    form, starts = _traced(text)
    found_spans: list[tuple[int, int]] = []
    for word in words:
        at = form.find(word)
        while at >= 0 and word:
            last = starts[at + len(word) - 1] + 1
            while last < len(text) and unicodedata.combining(text[last]):
                last += 1
            found_spans.append((starts[at], last))
            at = form.find(word, at + 1)
    return tuple(_joined(sorted(found_spans)))


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start = end = -1
    for first, last in spans:
        if first > end:
            if end > start:
                yield start, end
            start, end = first, last
        else:
            end = max(end, last)
    if end > start:
        yield start, end


def _traced(text: str) -> tuple[str, list[int]]:
    """Return a text in its search form, with the original index of each of its characters."""
    if text.isascii():
        return search_form(text), list(range(len(text)))
    forms = [search_form(character) for character in text]
    return "".join(forms), [place for place, form in enumerate(forms) for _ in form]


def _written(text: str, at: int) -> int:
    """Return the index in a text of a character of its search form."""
    if text.isascii():
        return at
    for start in range(0, len(text), _CHUNK):
        chunk = text[start : start + _CHUNK]
        length = len(search_form(chunk))
        if at < length:
            return start + _traced(chunk)[1][at]
        at -= length
    return len(text)
