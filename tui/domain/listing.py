"""Which pieces a list shows, and in which order; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui.domain.catalog import ContentRow
from tui.domain.ids import ContentId
from tui.domain.status import Status


class Sort(StrEnum):
    """How the list is sorted."""

    RECENT = "recent"
    TITLE = "title"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the list is narrowed down to, and how it is sorted."""

    text: str = ""
    status: Status | None = None
    kind: str | None = None
    sort: Sort = Sort.RECENT


def parse_query(typed: str) -> ListQuery:
    """Return what a writer typed into the search field, such as `status:review kind:talk tea`."""
    words: list[str] = []
    status: Status | None = None
    kind: str | None = None
    for word in typed.split():
        name, colon, value = word.partition(":")
        if name == "status" and colon and value in tuple(Status):
            status = Status(value)
        elif name == "kind" and colon and value:
            kind = value.casefold()
        else:
            words.append(word)
    return ListQuery(" ".join(words), status, kind)


_ORDER: Final = {status: place for place, status in enumerate(Status)}


def listed(rows: Iterable[ContentRow], query: ListQuery) -> tuple[ContentRow, ...]:
    """Return the rows that fit, in the order asked for; archived ones last."""
    words = query.text.casefold().split()
    hits = [row for row in rows if _fits(row, query, words)]
    if query.sort is Sort.TITLE:
        hits.sort(key=lambda row: row.title.casefold())
    elif query.sort is Sort.STATUS:
        hits.sort(key=lambda row: _ORDER[row.status])
    return tuple(sorted(hits, key=lambda row: row.status is Status.ARCHIVED))


def _fits(row: ContentRow, query: ListQuery, words: Sequence[str]) -> bool:
    if query.status is not None and row.status is not query.status:
        return False
    if query.kind is not None and row.kind.casefold() != query.kind:
        return False
    text = " ".join((row.title, row.kind, row.status, *row.tags)).casefold() if words else ""
    return all(word in text for word in words)


def kept_order(shown: Sequence[ContentId], rows: Sequence[ContentRow]) -> tuple[ContentRow, ...]:
    """Return rows with those that were shown in their places, and new ones on top."""
    by_id = {row.id: row for row in rows}
    known = set(shown)
    new = [row for row in rows if row.id not in known]
    return (*new, *(by_id[content] for content in shown if content in by_id))


def no_match(query: ListQuery) -> str:
    """Return a sentence for a list without a hit."""
    if query.text:
        return f"No match for “{query.text}”."
    return f"No piece is {query.status.value}." if query.status else "No match."
