"""Export and import support of a library: its sessions, and contents as documents.

A document is the file of a content, byte for byte as a library stores it, except that its
generation starts again at 1.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, cast

import orjson

from tui.domain.content import Content
from tui.domain.errors import LibraryProblem, NewerSchema
from tui.domain.ids import ContentId, SessionId
from tui.store.documents import TABLES, content_from_rows, content_to_rows, rows_to_tables
from tui.store.encoding import check_checksum, decoded, encoded
from tui.store.files import Unreadable
from tui.store.fitting import changed_versions
from tui.store.listing import SUFFIX
from tui.store.locks import is_plain
from tui.store.migrations import CURRENT, Row, Schema, migrated
from tui.store.thread import InThread

_SESSION: Final = re.compile(rb'"(?:session|source)": ?("(?:[^"\\]|\\.)*")')
"""A field of a branch; in a text its quotation marks would stand behind backslashes."""

_HELD: Final = re.compile(rb'"session": ?("(?:[^"\\]|\\.)*")')
"""The same, without those that a branch was adopted from."""


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

    async def read_document(self, data: bytes) -> Content:
        """Return the content of a document; saves nothing. Raises `LibraryProblem`."""
        return await self._in_thread(content_of_document, data)


def held_sessions(folder: Path) -> frozenset[SessionId]:
    """Return the sessions used by the branches of a folder's contents."""
    return frozenset(_found(folder.glob(f"*{SUFFIX}"), _HELD))


def sessions_in(contents: Path, *, is_strict: bool = False) -> dict[SessionId, ContentId]:
    """Return the sessions that branches use or were adopted from, with their contents.

    Files are searched, not parsed; an unreadable file is skipped unless the search is strict.
    Raises `OSError` when the folder cannot be read.
    """
    return _found(_files(contents), _SESSION, is_strict=is_strict)


def _found(
    paths: Iterable[Path], field: re.Pattern[bytes], *, is_strict: bool = False
) -> dict[SessionId, ContentId]:
    found: dict[SessionId, ContentId] = {}
    for path in paths:
        with ExitStack() as passed_over:
            if not is_strict:
                passed_over.enter_context(suppress(OSError))
            for match in field.finditer(path.read_bytes()):
                with suppress(orjson.JSONDecodeError):
                    session = cast(str, orjson.loads(match[1]))
                    if session:
                        found[SessionId(session)] = ContentId(path.name.removesuffix(SUFFIX))
    return found


def _files(contents: Path) -> Iterator[Path]:
    for path in contents.iterdir():
        stem = path.name.removesuffix(SUFFIX)
        if path.name.endswith(SUFFIX) and is_plain(stem):
            yield path


def document_of(content: Content, schema: Schema = CURRENT) -> bytes:
    """Return a content as a document; raises `LibraryProblem` for values JSON cannot hold."""
    tables = rows_to_tables(content_to_rows(content))
    return encoded(tables, schema=schema.number, generation=1, needs=schema.needs)


def content_of_document(data: bytes, schema: Schema = CURRENT) -> Content:
    """Return the content of a document.

    Raises `NewerSchema`, and `LibraryProblem` whose sentence part says what is wrong with it.
    """
    try:
        check_checksum(data, schema.number)
        found = decoded(data)
        if found.schema > schema.number:
            raise NewerSchema(f"it was written by a newer Redraft; it needs {found.needs} or newer")
        tables = migrated(found.tables, found.schema, schema)
        rows = {name: _rows(tables.get(name, {})) for name in TABLES}
        content = content_from_rows(rows)
    except Unreadable as error:
        raise LibraryProblem(str(error)) from error
    if not is_plain(content.id):
        raise LibraryProblem("its id cannot be one")
    if changed := changed_versions(content):
        raise LibraryProblem(f"the text of v{changed[0]} in it does not fit its SHA-256")
    return content


def _rows(table: dict[str, Row]) -> list[Row]:
    return [table[number] for number in sorted(table, key=int)]
