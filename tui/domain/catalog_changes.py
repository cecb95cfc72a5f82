"""What changes in a library's catalog, as values, and what a catalog is after such a change.

A change says how something is now, not how it became so: told twice, it changes nothing more.
"""

from bisect import insort
from dataclasses import replace
from datetime import datetime

from tui.domain.catalog import Catalog, ContentRow
from tui.domain.frozen import frozen
from tui.domain.ids import ContentId


@frozen
class RowsChanged:
    """Contents that are new or were saved, with their rows; a row may be what it was before."""

    rows: tuple[ContentRow, ...]


@frozen
class RowsRemoved:
    """Contents that are not in the library any more."""

    ids: frozenset[ContentId]


@frozen
class ProblemsChanged:
    """All that is wrong with the library now, in place of what was wrong before."""

    problems: tuple[str, ...]


@frozen
class LibraryLost:
    """The library cannot be read from now on; `problem` is the sentence that says why."""

    problem: str


@frozen
class LibraryBack:
    """The library can be read again; what changed meanwhile is told next."""


@frozen
class StartAgain:
    """Too much changed, or nobody knows how much: the pages have to be read again."""


CatalogChange = RowsChanged | RowsRemoved | ProblemsChanged | LibraryLost | LibraryBack | StartAgain


def applied(catalog: Catalog, change: CatalogChange) -> Catalog:
    """Return a catalog after a change; the same one when nothing in it is different."""
    match change:
        case RowsChanged(rows):
            return _with_rows(catalog, rows)
        case RowsRemoved(ids):
            left = tuple(row for row in catalog.rows if row.id not in ids)
            return catalog if len(left) == len(catalog.rows) else replace(catalog, rows=left)
        case ProblemsChanged(problems) if problems != catalog.problems:
            return replace(catalog, problems=problems)
        case _:
            return catalog


def _with_rows(catalog: Catalog, rows: tuple[ContentRow, ...]) -> Catalog:
    ids = {row.id for row in rows}
    if {row for row in catalog.rows if row.id in ids} == set(rows):
        return catalog
    kept = [row for row in catalog.rows if row.id not in ids]
    kept.reverse()  # Oldest first, as `insort` wants it.
    for row in {row.id: row for row in rows}.values():
        insort(kept, row, key=by_age)
    return replace(catalog, rows=tuple(reversed(kept)))


def by_age(row: ContentRow) -> tuple[datetime, ContentId]:
    """Return what rows are sorted by, the last changed last."""
    return (row.updated_at, row.id)
