"""A crash-safe TinyDB storage, which reads a file again only when it changed.

A save replaces the file atomically. A long file that allows it gets the next saves of the same
program appended instead, until these are half as long as the file (`tui.store.appended`).
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tinydb.storages import Storage

from tui.domain.errors import LibraryProblem, NewerSchema
from tui.store.appended import LONG, Appended, Appender, End, body_of, divided, with_appended
from tui.store.encoding import Decoded, checksum_in, decoded, encoded
from tui.store.files import (
    Fingerprint,
    backup_of,
    fingerprint_after_writing,
    read_if_changed,
    reading,
    write_whole,
    writing,
)
from tui.store.migrations import CURRENT, Schema, Tables, migrated
from tui.store.unreadable import Fault, Unreadable
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
        grows: bool = False,
        until_damage: bool = False,
    ) -> None:
        self._path = path
        self._schema = schema
        self._is_cache = is_cache
        """Whether the file is a cache: it is then neither synced nor indented."""
        self._reads_newer = reads_newer
        """Whether the known parts of a newer schema are read; such a file is never written."""
        self._until_damage = until_damage
        """Whether the saves before a damaged one are read; such a file is never written."""
        self._grows = grows
        """Whether saves are appended to the file once it is long."""
        self._appender = Appender(path)
        self._end: End | None = None
        """The end of the file; None without a file, after an interrupted line, and when the file is
        not as this schema's Redraft wrote it: then a line may not fit after its end."""
        self._tables: Tables = {}
        self._pending: Tables | None = None
        self._old_schema: int | None = None
        self.seen: Fingerprint | None = None
        self.generation = 0
        self.is_intact = True
        self.is_cut = False
        """Whether the file ends with a part of a save, which does not count."""
        self.needs = ""
        """The Redraft version needed to write the file; empty when this one can."""

    def refresh(self) -> bool:
        """Read the file if it changed; return whether it did. Raises `OSError` without a file."""
        with reading(self._path):
            changed = read_if_changed(self._path, self.seen)
        if changed is None:
            return False
        self.seen = self._end = None
        self._appender.forget()
        seen, data = changed
        document, lines = divided(data)
        found = decoded(document)
        is_newer = found.schema > self._schema.number
        if is_newer and not self._reads_newer:
            raise NewerSchema(
                f"{self._path} was written by a newer Redraft (schema {found.schema}, this one "
                f"reads up to {self._schema.number}): open it with Redraft {found.needs} or newer."
            )
        self.needs = found.needs if is_newer else ""
        grown = self._grown(found, lines)
        self._tables = migrated(grown.tables, found.schema, self._schema)
        self._old_schema = found.schema if found.schema < self._schema.number else None
        self.generation, self.is_intact = grown.generation, found.is_intact and grown.is_intact
        self.is_cut = len(lines) > grown.size
        if self.own_tables is not None and not self.is_cut:
            self._end = End(seen, grown.checksum)
        self.seen = seen
        return True

    def _grown(self, document: Decoded, lines: bytes) -> Appended:
        """Return a document with the lines that follow it; raises `Unreadable`, `NewerSchema`."""
        grown = with_appended(document.tables, document.generation, document.checksum, lines)
        damage, is_cut = grown.damage, len(lines) > grown.size
        # An interrupted save leaves the backup no further than the file.
        if damage is None and is_cut and self._backup_generation() > grown.generation:
            damage = Unreadable(Fault.APPENDED_CUT_OFF)
        if damage is None or self._until_damage:
            return grown
        if self.needs:
            raise newer_form(self._path, self.needs, damage) from damage
        raise damage

    def _backup_generation(self) -> int:
        """Return the generation of the backup; 0 when there is none or it cannot be read."""
        backup = SafeStorage(backup_of(self._path), self._schema, reads_newer=True)
        with suppress(OSError, LibraryProblem, Unreadable):
            backup.refresh()
        return backup.generation

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
        generation = self.generation + 1
        self.seen = None  # After a failed save the file is read again.
        end = self._appended(tables, generation) if keep_previous else None
        if end is None:
            end = self._written_whole(tables, generation, keep_previous=keep_previous)
        if end is None:
            return
        self._tables, self._old_schema = tables, None
        self.generation, self.is_intact, self.is_cut = generation, True, False
        self.seen, self._end = end.seen, end

    def _appended(self, tables: Tables, generation: int) -> End | None:
        """Append the save if that is possible; return the end of the file then."""
        if not self._appender.is_ready:
            return None
        body = body_of(self._tables, tables, generation)
        with writing(self._path):
            return self._appender.append(body)

    def _written_whole(self, tables: Tables, generation: int, *, keep_previous: bool) -> End | None:
        """Replace the file; return its end, or None for a cache."""
        self._appender.forget()
        number, needs = self._schema.number, self._schema.needs
        data = encoded(
            tables, schema=number, generation=generation, needs=needs, is_compact=self._is_cache
        )
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
                return None
            end = End(fingerprint_after_writing(self._path, data), checksum_in(data))
        if self._grows and keep_previous and self._end is not None and len(data) >= LONG:
            self._appender.begin(end, self._end, body_of(self._tables, tables, generation))
        return end


def newer_form(path: Path, needs: str, misfit: Unreadable) -> NewerSchema:
    """Return the error that a newer Redraft wrote a file in a form that this one cannot read."""
    return NewerSchema(
        f"{path} was written by a newer Redraft, in a form this one cannot read: "
        f"open it with Redraft {needs} or newer. {misfit.about('the file')}"
    )


def newer_sentence(path: Path, needs: str) -> str:
    """Return a sentence that a file of a newer schema is read-only."""
    return (
        f"{path} was written by a newer Redraft: you can read it here as far as it is known, and "
        f"change it with Redraft {needs} or newer."
    )
