"""The search index: one SQLite file with all texts, so that a search opens no content file.

The index is a cache and may be deleted at any time. A content in it is valid while the content's
file has the stamp it had when it was indexed. FTS5 searches trigrams, so it finds parts of words.
"""

import os
import sqlite3
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final

from tui.domain.content import Content
from tui.domain.ids import BranchId, ContentId
from tui.domain.search import (
    Hit,
    Hits,
    SearchedText,
    SearchQuery,
    TextKind,
    hit_of,
    search_form,
    searched_texts,
)
from tui.store.files import FILE_MODE

IN_MEMORY: Final = Path(":memory:")
_FORM: Final = f"1 {unicodedata.unidata_version}"
"""Version of the tables and of Unicode case folding; an index with another one is rebuilt."""
_ROWS: Final = 32
"""Number of bits in a text's id that count texts within a content."""
_SHORTEST: Final = 3
"""Minimum length in characters of a word that trigrams can find."""
_STEPS: Final = 10_000
"""SQLite steps between two checks for a cancelled search."""
_KINDS: Final = tuple(TextKind)
_TABLES: Final = """
CREATE TABLE form (form TEXT NOT NULL);
CREATE TABLE contents (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, stamp TEXT NOT NULL,
    title BLOB NOT NULL, updated TEXT NOT NULL);
CREATE TABLE branches (
    number INTEGER, place INTEGER, id TEXT NOT NULL, name BLOB NOT NULL,
    PRIMARY KEY (number, place)) WITHOUT ROWID;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, place INTEGER NOT NULL, turn INTEGER NOT NULL, kind INTEGER NOT NULL,
    version INTEGER NOT NULL, digest BLOB NOT NULL);
CREATE TABLE texts (id INTEGER PRIMARY KEY, at TEXT NOT NULL, text BLOB NOT NULL);
CREATE VIRTUAL TABLE forms USING fts5(form, tokenize='trigram case_sensitive 1');
"""

Order = tuple[int, int, int, int]


class SearchIndex:
    """An open index; belongs to one thread, and to one program at a time.

    Methods raise `sqlite3.Error`, and `ValueError` or `TypeError`, for a file that is damaged or
    that SQLite cannot use.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file."""
        if path != IN_MEMORY:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
        # The caller holds a lock of the library: SQLite's own locks do not work on every disk.
        where = ":memory:" if path == IN_MEMORY else f"{path.absolute().as_uri()}?nolock=1"
        self._base = sqlite3.connect(where, uri=True, isolation_level=None)
        try:
            self._base.execute("PRAGMA synchronous=NORMAL")
            self._base.execute("PRAGMA temp_store=MEMORY")
            self._base.execute("CREATE TEMP TABLE found (id INTEGER PRIMARY KEY)")
            self._make_tables()
        except BaseException:
            self._base.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _make_tables(self) -> None:
        if self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            if self._base.execute("SELECT form FROM form").fetchone() != (_FORM,):
                raise ValueError("the index is of another form")
            return
        with self.transaction():
            for statement in filter(str.strip, _TABLES.split(";")):
                self._base.execute(statement)
            self._base.execute("INSERT INTO form VALUES (?)", (_FORM,))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the writes of the `with` block atomically."""
        self._base.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")

    # -- what is in it -----------------------------------------------------------------------

    def stamps(self) -> dict[str, str]:
        """Return the stamp of every content's file as it was when it was read."""
        return dict(self._base.execute("SELECT id, stamp FROM contents").fetchall())

    def put(self, content: Content, stamp: str) -> None:
        """Index a content under the stamp of its file; only texts that changed are written."""
        self._base.execute(
            "INSERT INTO contents (id, stamp, title, updated) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET "
            "stamp = excluded.stamp, title = excluded.title, updated = excluded.updated",
            (content.id, stamp, _bytes(content.title), content.updated_at.isoformat()),
        )
        number = self._number(content.id)
        self._base.execute("DELETE FROM branches WHERE number = ?", (number,))
        named = enumerate((content.branch(content.main), *content.branches))
        self._base.executemany(
            "INSERT INTO branches VALUES (?, ?, ?, ?)",
            ((number, place, branch.id, _bytes(branch.name)) for place, branch in named),
        )
        self._put_texts(number, searched_texts(content))

    def drop(self, content_id: str) -> None:
        """Remove a content."""
        number = self._number(content_id)
        self._put_texts(number, ())
        self._base.execute("DELETE FROM branches WHERE number = ?", (number,))
        self._base.execute("DELETE FROM contents WHERE number = ?", (number,))

    def _number(self, content_id: str) -> int:
        """Return the number of a content; -1 for one that is not in the index."""
        sql = "SELECT number FROM contents WHERE id = ?"
        found = self._base.execute(sql, (content_id,)).fetchone()
        return -1 if found is None else int(found[0])

    def _put_texts(self, number: int, wanted: Iterable[SearchedText]) -> None:
        first, last = _range(number)
        known: dict[Order, tuple[int, bytes]] = {
            (place, turn, kind, version): (row, digest)
            for row, place, turn, kind, version, digest in self._base.execute(
                "SELECT id, place, turn, kind, version, digest FROM passages "
                "WHERE id BETWEEN ? AND ?",
                (first, last),
            )
        }
        following = max((row for row, _ in known.values()), default=first) + 1
        for searched in wanted:
            row, digest = known.pop(searched.order, (0, b""))
            now = _digest(searched)
            if row and digest == now:
                continue
            self._delete(row)
            self._insert(following, searched, now)
            following += 1
        for row, _ in known.values():
            self._delete(row)

    def _delete(self, row: int) -> None:
        if row:
            self._base.execute("DELETE FROM passages WHERE id = ?", (row,))
            self._base.execute("DELETE FROM texts WHERE id = ?", (row,))
            self._base.execute("DELETE FROM forms WHERE rowid = ?", (row,))

    def _insert(self, row: int, searched: SearchedText, digest: bytes) -> None:
        text = searched.text
        places = (row, *searched.order, digest)
        self._base.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)", places)
        stored = (row, searched.at.isoformat(), zlib.compress(_bytes(text), 1))
        self._base.execute("INSERT INTO texts VALUES (?, ?, ?)", stored)
        form = search_form(text)
        self._base.execute("INSERT INTO forms (rowid, form) VALUES (?, ?)", (row, form))

    # -- what is found in it -----------------------------------------------------------------

    def search(
        self,
        query: SearchQuery,
        only: ContentId | None,
        limit: int,
        is_dropped: Callable[[], bool],
    ) -> Hits:
        """Return the hits of a query, in one content or in all.

        Raises `sqlite3.OperationalError` once `is_dropped` returns True.
        """
        self._base.set_progress_handler(is_dropped, _STEPS)
        try:
            return self._search(query, only, limit)
        finally:
            self._base.set_progress_handler(None, 0)

    def _search(self, query: SearchQuery, only: ContentId | None, limit: int) -> Hits:
        counts = self._found(query, only) if query.words else {}
        hits: list[Hit] = []
        for number, content_id, title in self._newest(counts):
            if len(hits) < limit:
                orders = self._orders(number, limit - len(hits))
                hits += self._hits((number, content_id, title), orders, query)
        return Hits(tuple(hits), sum(counts.values()), len(counts))

    def _found(self, query: SearchQuery, only: ContentId | None) -> dict[int, int]:
        """Put the ids of all matching texts into the table `found`; return counts by content.

        A common word has ten thousand matches, of which only the first are shown. SQLite counts and
        sorts the matches, which in Python would delay key presses.
        """
        where, values = list[str](), list[str | int]()
        long = [word for word in query.words if len(word) >= _SHORTEST]
        if long:
            where.append("forms MATCH ?")
            values.append(" AND ".join('"' + word.replace('"', '""') + '"' for word in long))
        for word in query.words:
            if len(word) < _SHORTEST:
                where.append("instr(form, ?) > 0")
                values.append(word)
        if only is not None:
            where.append("rowid BETWEEN ? AND ?")
            values += _range(self._number(only))
        self._base.execute("DELETE FROM temp.found")
        sql = f"INSERT INTO temp.found SELECT rowid FROM forms WHERE {' AND '.join(where)}"  # noqa: S608 (our own words)
        self._base.execute(sql, values)
        sql = f"SELECT id >> {_ROWS}, count(*) FROM temp.found GROUP BY 1"  # noqa: S608 (a number)
        return dict(self._base.execute(sql).fetchall())

    def _newest(self, numbers: Mapping[int, object]) -> Iterator[tuple[int, ContentId, str]]:
        """Yield contents, most recently changed first."""
        rows = self._base.execute("SELECT number, id, title, updated FROM contents").fetchall()
        found = [row for row in rows if row[0] in numbers]
        if len(found) != len(numbers):
            raise ValueError("the index has texts of no content")
        found.sort(key=lambda row: (datetime.fromisoformat(row[3]), row[1]), reverse=True)
        for number, content_id, title, _ in found:
            yield number, ContentId(content_id), _text(title)

    def _hits(
        self, of: tuple[int, ContentId, str], rows: list[tuple[Order, int]], query: SearchQuery
    ) -> Iterator[Hit]:
        number, content_id, title = of
        names = {
            place: (BranchId(branch), _text(name))
            for place, branch, name in self._base.execute(
                "SELECT place, id, name FROM branches WHERE number = ?", (number,)
            )
        }
        for (place, turn, kind, version), row in rows:
            found = self._base.execute("SELECT at, text FROM texts WHERE id = ?", (row,))
            at, stored = found.fetchone()
            branch, name = names[place]
            text = _text(zlib.decompress(stored))
            moment = datetime.fromisoformat(at)
            searched = SearchedText(
                content_id, place, branch, name, turn, version, _KINDS[kind], moment, text
            )
            yield hit_of(searched, title, text, query)

    def _orders(self, number: int, limit: int) -> list[tuple[Order, int]]:
        """Return the order and id of the first matching texts of a content.

        Raises `ValueError` for a match without a row in `passages`, which SQLite sorts first.
        """
        rows = self._base.execute(
            "SELECT place, turn, kind, version, found.id FROM temp.found "
            "LEFT JOIN passages ON passages.id = found.id "
            "WHERE found.id BETWEEN ? AND ? ORDER BY 1, 2, 3, 4 LIMIT ?",
            (*_range(number), limit),
        ).fetchall()
        if any(None in row for row in rows):
            raise ValueError("the index has a text that stands nowhere")
        return [(row[:4], row[4]) for row in rows]


def _range(number: int) -> tuple[int, int]:
    """Return the lowest and the highest possible id of a content's texts."""
    return number << _ROWS, ((number + 1) << _ROWS) - 1


def _digest(searched: SearchedText) -> bytes:
    """Return a hash that differs once a text has changed."""
    state = f"{searched.at.isoformat()} {searched.has_version}\n{searched.branch}\n"
    return blake2b(_bytes(state + searched.raw), digest_size=16).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
