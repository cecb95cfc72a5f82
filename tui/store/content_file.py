"""One content's file: a TinyDB database of six small tables, written in one step."""

from pathlib import Path
from typing import cast

from tinydb import TinyDB
from tinydb.table import Document

from tui.domain.catalog import ContentRow, row_of
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem
from tui.store.documents import content_of_rows, rows_of_content
from tui.store.files import Seen, Unreadable
from tui.store.migrations import CURRENT, Row, Schema
from tui.store.storage import SafeStorage
from tui.store.summary import row_of_tables

TABLES = ("content", "branches", "turns", "versions", "approvals", "publications")


class ContentFile:
    """Reads and writes a content; reads again only when the file changed.

    Whoever writes holds the content's lock. Methods raise `OSError` for a missing file,
    `LibraryProblem`, `NewerSchema`, and `Unreadable` for a damaged file.
    """

    def __init__(self, path: Path, schema: Schema = CURRENT) -> None:
        self.path = path
        self._storage = SafeStorage(path, schema)
        self._database = TinyDB(storage=lambda: self._storage)
        self._content: Content | None = None
        self._content_seen: Seen | None = None

    @property
    def seen(self) -> Seen | None:
        """How the file looked when it was last read or written."""
        return self._storage.seen

    @property
    def generation(self) -> int:
        """How often the content was saved."""
        return self._storage.generation

    @property
    def is_intact(self) -> bool:
        """Whether the file is as Redraft wrote it, or someone changed it by other means."""
        return self._storage.is_intact

    def read(self) -> Content:
        """Return the content as the file has it now."""
        self._storage.refresh()
        if self._content is None or self._content_seen != self._storage.seen:
            self._content = None
            with self._storage.snapshot():
                rows = {name: self._rows(name) for name in TABLES}
            self._content = content_of_rows(rows)
            self._content_seen = self._storage.seen
        return self._content

    def row(self) -> ContentRow:
        """Return the content's row; it costs less than the content."""
        self._storage.refresh()
        tables = self._storage.own_tables
        return row_of(self.read()) if tables is None else row_of_tables(tables)

    def _rows(self, table: str) -> list[Row]:
        documents = self._database.table(table).all()
        return [cast(Row, document) for document in sorted(documents, key=_by_number)]

    def write(self, content: Content, *, keep_previous: bool = True) -> None:
        """Save the content as the next generation."""
        try:
            rows = rows_of_content(content)
            content_of_rows(rows)  # nothing is ever saved that could not be read again
        except (Unreadable, AttributeError, TypeError) as error:
            raise LibraryProblem(
                f"Content {content.id} cannot be saved, so {self.path} was left as it is: {error}."
            ) from error
        self._database = TinyDB(storage=lambda: self._storage)
        with self._storage.transaction(keep_previous=keep_previous):
            for name, table_rows in rows.items():
                documents = [Document(row, number) for number, row in enumerate(table_rows, 1)]
                self._database.table(name).insert_multiple(documents)
        self._content, self._content_seen = content, self._storage.seen

    def continue_after(self, generation: int) -> None:
        """Count generations on from another copy's."""
        self._storage.generation = max(generation, self._storage.generation)


def _by_number(document: Document) -> int:
    return document.doc_id
