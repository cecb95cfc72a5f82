"""The query typed into the list's search field: which rows are shown, and in what order.

`status:review kind:talk sort:title waiting` shows the talks in review whose title, kind, status or
tags contain "waiting", and `#ops` the pieces with a tag that begins with "ops".
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from tui.domain.catalog import ContentRow
from tui.domain.catalog_changes import by_age
from tui.domain.frozen import frozen
from tui.domain.ids import ContentId
from tui.domain.status import Status
from tui.domain.words import folded


class Sort(StrEnum):
    """An order of the list; archived pieces come last in every order."""

    RECENT = "recent"
    """Last changed first."""
    TITLE = "title"
    STATUS = "status"
    """Draft to published, and last changed first within each."""


@frozen
class ListQuery:
    """A parsed query."""

    text: str = ""
    """Words that must all be found, in any order and anywhere; case and accents do not matter."""
    status: Status | None = None
    kind: str | None = None
    """The start of the kind, upper and lower case alike."""
    sort: Sort = Sort.RECENT

    @property
    def is_narrowing(self) -> bool:
        """Whether the query can leave rows out."""
        return bool(self.text.strip() or self.status or self.kind)


_TOKEN: Final = re.compile(
    r'(?<!\S)(?P<name>status|kind|sort):(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S*))(?!\S)|\S+',
    re.IGNORECASE,
)


def parse_query(typed: str) -> ListQuery:
    """Return the query for text typed into the search field.

    `status:`, `kind:` and `sort:` take the start of a name, or a kind with spaces in double quotes.
    A start that fits several statuses (`status:a`) narrows nothing yet; one that fits none is
    searched for as text, so that it finds nothing rather than everything.
    """
    query, words = ListQuery(), list[str]()
    for token in _TOKEN.finditer(typed):
        found = _narrowed(query, token)
        if found is None:
            words.append(token[0])
        else:
            query = found
    return replace(query, text=" ".join(words))


def _narrowed(query: ListQuery, token: re.Match[str]) -> ListQuery | None:
    """Return the query narrowed by a token like `status:draft`; None for any other word."""
    if token["name"] is None:
        return None
    value = (token["bare"] if token["quoted"] is None else token["quoted"]).casefold()
    match token["name"].casefold():
        case "status":
            statuses = [status for status in Status if status.startswith(value)]
            if len(statuses) == 1:
                return replace(query, status=statuses[0])
            return query if statuses else None
        case "sort":
            sorts = [sort for sort in Sort if sort.startswith(value)]
            if len(sorts) == 1:
                return replace(query, sort=sorts[0])
            return query if sorts else None
        case _:
            return replace(query, kind=value or None)


def listed(rows: Iterable[ContentRow], query: ListQuery) -> tuple[ContentRow, ...]:
    """Return the rows that match a query, in its order; archived rows last unless asked for."""
    words, status = folded(query.text).split(), query.status
    kind = (query.kind or "").casefold()
    found = [
        row
        for row in rows
        if (status is None or row.status is status)
        and (not kind or row.kind.casefold().startswith(kind))
    ]
    for word in words:
        found = [row for row in found if word in row.haystack]
    found.sort(key=by_age, reverse=True)
    if query.sort is not Sort.RECENT:
        found.sort(key=_ORDERS[query.sort])
    archived = [row for row in found if row.status is Status.ARCHIVED]
    if archived:
        found = [row for row in found if row.status is not Status.ARCHIVED]
    return (*found, *archived)


_PLACES: Final[Mapping[Status, int]] = {status: place for place, status in enumerate(Status)}
_ORDERS: Final[Mapping[Sort, Callable[[ContentRow], tuple[int, str]]]] = {
    Sort.TITLE: lambda row: (0, row.title.casefold()),
    Sort.STATUS: lambda row: (_PLACES[row.status], ""),
}


def kept_order(shown: Sequence[ContentId], rows: Iterable[ContentRow]) -> tuple[ContentRow, ...]:
    """Return rows in the order shown so far, new rows first.

    Used while the writer moves through the list, so that no row moves under the cursor.
    """
    by_id = {row.id: row for row in rows}
    known = [by_id.pop(content_id) for content_id in shown if content_id in by_id]
    return (*by_id.values(), *known)


def no_match(query: ListQuery) -> str:
    """Return the sentence for a list that a query left empty."""
    kind = f" of kind “{query.kind}”" if query.kind else ""
    if not query.is_narrowing:
        return "No pieces yet."
    pieces = "pieces" if query.status is None else _PIECES[query.status]
    if not query.text.strip():
        return f"No {pieces}{kind}."
    among = f" among {pieces}{kind}" if query.status or query.kind else ""
    return f"No match for “{query.text.strip()}”{among}."


_PIECES: Final[Mapping[Status, str]] = {
    Status.DRAFT: "drafts",
    Status.REVIEW: "pieces in review",
    Status.APPROVED: "approved pieces",
    Status.PUBLISHED: "published pieces",
    Status.ARCHIVED: "archived pieces",
}
