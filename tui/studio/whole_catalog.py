"""The whole catalog, read page by page."""

from typing import Final

from tui.domain.catalog import Catalog, CatalogPage, ContentRow, Mark
from tui.domain.catalog_changes import by_age
from tui.domain.ids import ContentId
from tui.studio.ports import Store

_READINGS: Final = 3


async def whole_catalog(store: Store) -> tuple[Catalog, Mark]:
    """Return all rows, most recently changed first, and the mark since which to ask for changes.

    A content that is saved while its page is still unread moves ahead of the unread pages. So when
    something changed in the meantime, all pages are read again, a few times at most.
    """
    rows: dict[ContentId, ContentRow] = {}
    first, last = await _read(store, rows)
    for _ in range(_READINGS - 1):
        if first.mark != last.mark:
            first, last = await _read(store, rows)
    newest_first = sorted(rows.values(), key=by_age, reverse=True)
    return Catalog(tuple(newest_first), first.problems), first.mark


async def _read(store: Store, rows: dict[ContentId, ContentRow]) -> tuple[CatalogPage, CatalogPage]:
    """Read all pages into `rows`; return the first and the last."""
    first = page = await store.catalog()
    rows.update((row.id, row) for row in page.rows)
    while page.next is not None:
        page = await store.catalog(page.next)
        rows.update((row.id, row) for row in page.rows)
    return first, page
