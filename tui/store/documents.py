"""Contents as documents, for export and import.

A document is the file of a content, byte for byte as a library writes it whole, except that its
generation starts again at 1.
"""

from collections.abc import Callable
from pathlib import Path

from tui.domain.content import Content
from tui.domain.errors import LibraryProblem, NewerSchema
from tui.domain.ids import ContentId, SessionId
from tui.store.consistency import changed_versions
from tui.store.content_rows import TABLES, content_from_rows, content_to_rows
from tui.store.encoding import check_checksum, decoded, encoded
from tui.store.locks import is_plain
from tui.store.migrations import CURRENT, Row, Schema, migrated
from tui.store.row_numbers import rows_to_tables
from tui.store.sessions import sessions_in
from tui.store.thread import InThread
from tui.store.unreadable import Fault, Unreadable


class LibraryDocuments:
    """The contents of a library as documents; implements `Documents` of the studio's ports."""

    def __init__(
        self, contents: Path, load: Callable[[ContentId], Content], in_thread: InThread
    ) -> None:
        self._contents = contents
        self._load = load
        self._in_thread = in_thread

    async def sessions_here(self) -> dict[SessionId, ContentId]:
        """Return the sessions that branches use or were adopted from, each with its content."""
        return await self._in_thread(sessions_in, self._contents)

    async def document(self, content_id: ContentId) -> bytes:
        """Return a content as one self-contained document; raises what loading it raises."""
        return await self._in_thread(lambda: document_of(self._load(content_id)))

    async def read_document(self, data: bytes, name: str) -> Content:
        """Return the content of a document; saves nothing.

        Raises `LibraryProblem`, whose sentence calls the document by this name.
        """
        return await self._in_thread(content_of_document, data, name)


def document_of(content: Content, schema: Schema = CURRENT) -> bytes:
    """Return a content as a document; raises `LibraryProblem` for values JSON cannot hold."""
    tables = rows_to_tables(content_to_rows(content))
    return encoded(tables, schema=schema.number, generation=1, needs=schema.needs)


def content_of_document(data: bytes, name: str, schema: Schema = CURRENT) -> Content:
    """Return the content of a document.

    Raises `NewerSchema` or `LibraryProblem`, whose sentence calls the document by this name.
    """
    try:
        check_checksum(data, schema.number)
        found = decoded(data)
        if found.schema > schema.number:
            raise NewerSchema(
                f"The piece in {name} was written by a newer Redraft: use Redraft {found.needs} or "
                "newer."
            )
        tables = migrated(found.tables, found.schema, schema)
        rows = {name: _rows(tables.get(name, {})) for name in TABLES}
        content = content_from_rows(rows)
        if not is_plain(content.id):
            raise Unreadable(Fault.BAD_ID, id=content.id)
        if changed := changed_versions(content):
            raise Unreadable(Fault.CHANGED_TEXT, version=changed[0])
    except Unreadable as damage:
        raise LibraryProblem(damage.about(name)) from damage
    return content


def _rows(table: dict[str, Row]) -> list[Row]:
    return [table[number] for number in sorted(table, key=int)]
