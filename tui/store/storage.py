"""A crash-safe TinyDB storage, which reads a file again only when it changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tinydb.storages import Storage

from tui.domain.errors import NewerSchema
from tui.store.encoding import decoded, encoded
from tui.store.files import (
    Fingerprint,
    fingerprint_after_writing,
    read_if_changed,
    reading,
    write_whole,
    writing,
)
from tui.store.migrations import CURRENT, Schema, Tables, migrated
from tui.whole_files import keep_as


class SafeStorage(Storage):
    """One file of tables, with a copy in memory, which is read again after a failed write.

    Methods raise `LibraryProblem` when the disk refuses, `NewerSchema`, and `Unreadable`.
    """

    def __init__(
        self,
        path: Path,
        schema: Schema = CURRENT,
        *,
        is_cache: bool = False,
        reads_newer: bool = False,
    ) -> None:
        self._path = path
        self._schema = schema
        self._is_cache = is_cache
        """Whether the file is a cache: it is then neither synced nor indented."""
        self._reads_newer = reads_newer
        """Whether the known parts of a newer schema are read; such a file is never written."""
        self._tables: Tables = {}
        self._pending: Tables | None = None
        self._old_schema: int | None = None
        self.seen: Fingerprint | None = None
        self.generation = 0
        self.is_intact = True
        self.needs = ""
        """The Redraft version needed to write the file; empty when this one can."""

    def refresh(self) -> bool:
        """Read the file if it changed; return whether it did. Raises `OSError` without a file."""
        with reading(self._path):
            changed = read_if_changed(self._path, self.seen)
        if changed is None:
            return False
        self.seen = None
        seen, data = changed
        found = decoded(data)
        is_newer = found.schema > self._schema.number
        if is_newer and not self._reads_newer:
            raise NewerSchema(
                f"{self._path} was written by a newer Redraft (schema {found.schema}, this one "
                f"reads up to {self._schema.number}): open it with Redraft {found.needs} or newer."
            )
        self.needs = found.needs if is_newer else ""
        self._tables = migrated(found.tables, found.schema, self._schema)
        self._old_schema = found.schema if found.schema < self._schema.number else None
        self.generation, self.is_intact = found.generation, found.is_intact
        self.seen = seen
        return True

    def read(self) -> Tables | None:
        """Return all tables; None when there is no file yet. Called by TinyDB."""
        if self._pending is not None:
            return self._pending
        try:
            self.refresh()
        except FileNotFoundError:
            return None
        return dict(self._tables)

    def write(self, data: Tables) -> None:
        """Save all tables, or collect them inside a transaction. Called by TinyDB."""
        if self._pending is not None:
            self._pending = data
        else:
            self._save(data, keep_previous=True)

    @property
    def tables(self) -> Tables:
        """The tables from the last `refresh`, in this Redraft's schema."""
        return self._tables

    @property
    def own_tables(self) -> Tables | None:
        """The tables from the last `refresh` if Redraft wrote them so in this schema; else None."""
        is_own = self.is_intact and self._old_schema is None and not self.needs
        return self._tables if is_own else None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Serve reads of all tables from the last `refresh`: one generation, no I/O."""
        self._pending = self._tables
        try:
            yield
        finally:
            self._pending = None

    @contextmanager
    def transaction(self, *, keep_previous: bool = True) -> Iterator[None]:
        """Collect the writes of the `with` block, from empty tables on; save them atomically."""
        self._pending = {}
        try:
            yield
            tables = self._pending
        finally:
            self._pending = None
        self._save(tables, keep_previous=keep_previous)

    def check_writable(self) -> None:
        """Raise `NewerSchema` when the file has a newer schema: it may be read, but not written."""
        if self.needs:
            raise NewerSchema(newer_sentence(self._path, self.needs))

    def _save(self, tables: Tables, *, keep_previous: bool) -> None:
        self.check_writable()
        number, needs = self._schema.number, self._schema.needs
        generation = self.generation + 1
        data = encoded(
            tables, schema=number, generation=generation, needs=needs, is_compact=self._is_cache
        )
        self.seen = None  # After a failed save the file is read again.
        with writing(self._path):
            if self._old_schema is not None:
                target = self._path.resolve()
                keep_as(target, target.with_name(f"{target.name}.schema-{self._old_schema}"))
            write_whole(
                self._path,
                data,
                keep_previous=keep_previous and not self._is_cache,
                is_durable=not self._is_cache,
            )
            if self._is_cache:
                return
            seen = fingerprint_after_writing(self._path, data)
        self._tables, self._old_schema = tables, None
        self.generation, self.is_intact = generation, True
        self.seen = seen


def newer_sentence(path: Path, needs: str) -> str:
    """Return a sentence that a file of a newer schema is read-only."""
    return (
        f"{path} was written by a newer Redraft: you can read it here as far as it is known, and "
        f"change it with Redraft {needs} or newer."
    )
