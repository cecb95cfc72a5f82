"""One content's file: a TinyDB database of seven small tables; a save counts as a whole.

A save makes and checks only the rows that are new. Turns and versions, most of a content, are
frozen, and a save adds one or two of them. In a long file it also writes only these.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar, cast

from tinydb import TinyDB
from tinydb.table import Document

from tui.domain.catalog import ContentRow, row_of
from tui.domain.content import Branch, Content, Turn, Version
from tui.domain.errors import LibraryProblem
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.store.catalog_row import catalog_row_from_tables
from tui.store.consistency import check_content
from tui.store.content_rows import (
    TABLES,
    Rows,
    content_from_rows,
    content_to_rows,
    turn_to_row,
    unchecked_content_from_rows,
    version_to_row,
)
from tui.store.files import Fingerprint
from tui.store.migrations import CURRENT, Row, Schema
from tui.store.row_numbers import rows_to_tables
from tui.store.storage import SafeStorage, newer_form
from tui.store.unknown import NOTHING_UNKNOWN, Unknown, unknown_in
from tui.store.unreadable import Unreadable

SUFFIX: Final = ".json"
"""The end of the name of a content's file, after the content's id."""

V = TypeVar("V", Turn, Version)

_Kept = dict[BranchId | None, "_KeptRows"]
"""The rows of the turns of each branch, and, under None, those of the versions."""


class ContentFile:
    """Reads and writes a content; reads again only when the file changed.

    A writer must hold the content's lock. Methods raise `OSError` for a missing file,
    `LibraryProblem`, `NewerSchema`, and `Unreadable` for a damaged file. With `until_damage` the
    saves before a damaged one are read.
    """

    def __init__(self, path: Path, schema: Schema = CURRENT, *, until_damage: bool = False) -> None:
        self.path = path
        self._storage = SafeStorage(
            path, schema, reads_newer=True, grows=True, until_damage=until_damage
        )
        self._database = TinyDB(storage=lambda: self._storage)
        self._content: Content | None = None
        self._content_seen: Fingerprint | None = None
        self._written = _WrittenRows()
        self._unknown: Unknown | None = None
        """Unknown data that another Redraft wrote; None until the file has been checked for it."""

    @property
    def seen(self) -> Fingerprint | None:
        """How the file looked when it was last read or written."""
        return self._storage.seen

    @property
    def generation(self) -> int:
        """How often the content was saved."""
        return self._storage.generation

    @property
    def is_intact(self) -> bool:
        """Whether the file is unchanged since Redraft wrote it."""
        return self._storage.is_intact

    @property
    def is_cut(self) -> bool:
        """Whether the file ends with a part of a save, which does not count."""
        return self._storage.is_cut

    @property
    def needs(self) -> str:
        """The Redraft version needed to change the file; empty when this one can."""
        return self._storage.needs

    def check_writable(self) -> None:
        """Raise `NewerSchema` when the file has a newer schema."""
        self._storage.check_writable()

    def read(self) -> Content:
        """Return the file's current content; for a newer schema, only the known parts."""
        self._storage.refresh()
        if self._content is None or self._content_seen != self._storage.seen:
            self._content = self._unknown = None
            with self._storage.snapshot():
                rows = {name: self._rows(name) for name in TABLES}
            try:
                self._content = content_from_rows(rows)
            except Unreadable as misfit:
                if not self.needs:
                    raise
                raise newer_form(self.path, self.needs, misfit) from misfit
            self._content_seen = self._storage.seen
        return self._content

    def row(self) -> ContentRow:
        """Return the content's row; it costs less than the content."""
        self._storage.refresh()
        tables = self._storage.own_tables
        if tables is not None:
            return catalog_row_from_tables(tables)
        row = row_of(self.read())
        return replace(row, undo_at=None, needs=self.needs) if self.needs else row

    def _rows(self, table: str) -> list[Row]:
        documents = self._database.table(table).all()
        return [cast(Row, document) for document in sorted(documents, key=_by_number)]

    @property
    def unknown(self) -> Unknown:
        """Data in the file that another Redraft wrote and this one does not know."""
        if self._unknown is None:
            content = self._content
            rows = {} if content is None else content_to_rows(content)
            self._unknown = unknown_in(self._storage.tables, rows) if rows else NOTHING_UNKNOWN
        return self._unknown

    def write(
        self, content: Content, *, keep_previous: bool = True, unknown: Unknown | None = None
    ) -> None:
        """Save the content as the next generation, with the unknown data of another Redraft."""
        unknown = self.unknown if unknown is None else unknown
        try:
            rows = self._written.rows_of(content)
        except (Unreadable, AttributeError, TypeError) as error:
            why = (
                error.about("the piece")
                if isinstance(error, Unreadable)
                else f"A value in it is of a wrong type ({error})."
            )
            raise LibraryProblem(
                f"This piece cannot be saved, so {self.path} was left as it is. {why}"
            ) from error
        # TinyDB's tables are bypassed, because they would copy each row of the piece twice.
        tables = {**unknown.tables, **rows_to_tables(unknown.added_to(rows))}
        with self._storage.transaction(keep_previous=keep_previous):
            self._storage.write(tables)
        self._content, self._content_seen = content, self._storage.seen
        self._unknown = unknown

    def continue_after(self, generation: int) -> None:
        """Continue the generation count of another copy."""
        self._storage.generation = max(generation, self._storage.generation)


class _WrittenRows:
    """Remembers the rows of one content's turns and versions; belongs to one thread."""

    def __init__(self) -> None:
        self._kept: _Kept = {}

    def rows_of(self, content: Content) -> Rows:
        """Return all rows of a content; the caller must not change them.

        Raises `Unreadable` when the content could not be read from these rows again: new rows are
        converted back, and references are checked in the whole content. A value of a wrong type
        raises `AttributeError` or `TypeError`.
        """
        kept: _Kept = {}
        new = Rows(turns=[], versions=[])

        def of_turns(branch: Branch) -> list[Row]:
            to_row = partial(turn_to_row, branch=branch.id)
            kept[branch.id], made = self._rows(branch.id, branch.turns, to_row)
            new["turns"] += made
            return kept[branch.id].rows

        def of_versions(versions: Sequence[Version]) -> list[Row]:
            kept[None], new["versions"] = self._rows(None, versions, version_to_row)
            return kept[None].rows

        rows = content_to_rows(content, of_turns, of_versions)
        unchecked_content_from_rows({**rows, **new})
        check_content(content)
        self._kept = kept
        return rows

    def _rows(
        self, owner: BranchId | None, values: Sequence[V], to_row: Callable[[V], Row]
    ) -> tuple["_KeptRows", list[Row]]:
        """Return the rows of values, and those of them that were made."""
        known = self._kept.get(owner)
        by_id = {} if known is None else dict(zip(map(id, known.values), known.rows, strict=True))
        made = {id(value): to_row(value) for value in values if id(value) not in by_id}
        by_id |= made
        return _KeptRows(values, [by_id[id(value)] for value in values]), list(made.values())


@frozen
class _KeptRows:
    """Values with their rows. While a value is kept, no other object can get its `id()`."""

    values: Sequence[Turn | Version]
    rows: list[Row]


def _by_number(document: Document) -> int:
    return document.doc_id
