"""Changes of a library's catalog as values, and how to apply them.

A change holds the new state, not the transition, so applying it twice has no further effect.
"""

from bisect import insort
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Final

from tui.domain.catalog import Catalog, ContentRow
from tui.domain.frozen import frozen
from tui.domain.ids import ContentId


@frozen
class RowsChanged:
    """Contents that were created or saved, with their rows; a row may be unchanged."""

    rows: tuple[ContentRow, ...]


@frozen
class RowsRemoved:
    """Contents that are not in the library any more."""

    ids: frozenset[ContentId]


@frozen
class ProblemsChanged:
    """All current problems of the library, replacing the previous ones."""

    problems: tuple[str, ...]


@frozen
class LibraryLost:
    """The library cannot be read from now on; `problem` is the sentence that says why."""

    problem: str


@frozen
class LibraryBack:
    """The library can be read again; changes made in the meantime follow."""


@frozen
class StartAgain:
    """Too many or untracked changes: the pages have to be read again."""


CatalogChange = RowsChanged | RowsRemoved | ProblemsChanged | LibraryLost | LibraryBack | StartAgain


def applied(catalog: Catalog, change: CatalogChange) -> Catalog:
    """Return the catalog after a change; the same object when nothing differs."""
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


by_age: Final[Callable[[ContentRow], tuple[datetime, ContentId]]] = attrgetter("updated_at", "id")
"""The sort key of rows, by which the last changed one comes last."""
