"""Saves appended to a file of tables: a line for each, with the rows that the save changed.

A save of a long content thus writes what is new instead of the whole file. The lines follow the
document, and a line is

```
{"sha256": "…", "generation": 8, "rows": {"turns": {"501": {…}}}, "gone": {"undo": ["1"]}}
```

without the blanks. Its checksum is over the checksum before it, which is that of the document's
header or of the line before, and over the rest of the line: a line counts in its place only.

What follows the last line end is a save that was interrupted, so nobody was told that it is done;
it does not count. Where the backup has later saves than that, the file was cut off, which is
damage; where only the catalog knows of one, the writer is told. Any other line that does not fit
its checksum was changed by another program or by hand if it can be read as the save that is next,
and is damage if not.
"""

import os
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeGuard

from tui.domain.frozen import frozen
from tui.store.encoding import are_tables, json_of, value_of
from tui.store.files import Fingerprint, appended_to, backup_of, change_folder
from tui.store.migrations import Tables
from tui.store.unreadable import Fault, Unreadable

LONG: Final = 256 * 1024
"""Size in bytes from which a file grows by appended saves; a smaller one is written whole."""

_DOCUMENT_END: Final = b"\n}\n"
_LINE_START: Final = b'{"sha256":"'
_DIGITS: Final = 64
_BODY_AT: Final = len(_LINE_START) + _DIGITS + len(b'",')


@frozen
class Appended:
    """The lines of a file: its tables after them, and where the next line would begin."""

    tables: Tables
    generation: int
    checksum: str
    """The checksum that the next line continues."""
    size: int
    """Size in bytes of the lines that count."""
    is_intact: bool
    """Whether these lines are as Redraft wrote them."""
    damage: Unreadable | None
    """Why the line after them does not count; None without a damaged line."""


def divided(data: bytes) -> tuple[bytes, bytes]:
    """Return the bytes of a document and of the lines that follow it."""
    # No JSON document contains these bytes: between two values in it is a comma.
    at = data.find(_DOCUMENT_END + _LINE_START[:1])
    end = len(data) if at < 0 else at + len(_DOCUMENT_END)
    return data[:end], data[end:]


def with_appended(tables: Tables, generation: int, checksum: str, lines: bytes) -> Appended:
    """Return a document's tables with the changes of its lines, up to a damaged one.

    `generation` and `checksum` are those of the document's header.
    """
    whole = lines.split(b"\n")[:-1]
    if whole:
        tables = {name: dict(table) for name, table in tables.items()}
    size, is_intact, damage = 0, True, None
    for line in whole:
        body = line[_BODY_AT:]
        after = _checksum(checksum, body)
        is_own = line[:_BODY_AT] == _start(after)
        try:
            changes = _changes(body)
            if not is_own and changes.generation != generation + 1:
                raise Unreadable(Fault.WRONG_APPENDED_CHECKSUM)
        except Unreadable as misfit:
            damage = misfit
            break
        changes.make(tables)
        # The next line continues the checksum that this one names, as the first does the header's.
        checksum = after if is_own else line[len(_LINE_START) :][:_DIGITS].decode(errors="replace")
        generation, size, is_intact = changes.generation, size + len(line) + 1, is_intact and is_own
    return Appended(tables, generation, checksum, size, is_intact, damage)


def line_after(checksum: str, body: bytes) -> tuple[bytes, str]:
    """Return the line of a save and its checksum; `checksum` is the one before it."""
    checksum = _checksum(checksum, body)
    return b"%s%s\n" % (_start(checksum), body), checksum


def body_of(before: Tables, after: Tables, generation: int) -> bytes:
    """Return the body of a line: the changes that lead from tables to other tables.

    Raises `LibraryProblem` for values that JSON cannot hold.
    """
    rows: Tables = {}
    gone: dict[str, list[str]] = {}
    for name in before.keys() | after.keys():
        known, table = before.get(name, {}), after.get(name, {})
        changed = {
            number: row
            for number, row in table.items()
            if (old := known.get(number)) is not row and old != row
        }
        left = [number for number in known if number not in table]
        if changed or name not in before:
            rows[name] = changed
        if left:
            gone[name] = left
    # Without the opening brace: the checksum is put before.
    return json_of({"generation": generation, "rows": rows, "gone": gone})[1:]


@frozen
class _Changes:
    """The changes of a save."""

    generation: int
    rows: Tables
    gone: dict[str, list[str]]

    def make(self, tables: Tables) -> None:
        """Make the changes in tables."""
        for name, numbers in self.gone.items():
            for number in numbers:
                tables.get(name, {}).pop(number, None)
        for name, changed in self.rows.items():
            tables.setdefault(name, {}).update(changed)


def _changes(body: bytes) -> _Changes:
    """Return the changes of a line; raises `Unreadable`."""
    match value_of(b"{" + body):
        case {"generation": int(generation), "rows": rows, "gone": gone}:
            if are_tables(rows) and _are_numbers(gone):
                return _Changes(generation, rows, gone)
    raise Unreadable(Fault.BAD_APPENDED_FORM)


def _are_numbers(value: object) -> TypeGuard[dict[str, list[str]]]:
    """Whether a value has the shape of numbers of rows by table."""
    return isinstance(value, dict) and all(
        isinstance(numbers, list) and all(isinstance(number, str) for number in numbers)
        for numbers in value.values()
    )


def _checksum(before: str, body: bytes) -> str:
    # Another program may have put anything in the header.
    return sha256(before.encode(errors="surrogatepass") + body).hexdigest()


def _start(checksum: str) -> bytes:
    return b'%s%s",' % (_LINE_START, checksum.encode())


@frozen
class End:
    """The end of a file that has no interrupted line."""

    seen: Fingerprint
    checksum: str
    """The checksum that the next line continues."""


class Appender:
    """Appends saves to one file, and keeps its backup one save behind.

    The file's writer holds its lock. Methods raise `OSError`; the next save is then a whole one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: End | None = None
        self._backup: End | None = None
        self._last = b""
        """The body of the last save, which the backup lacks."""
        self._document = 0
        """The size of the file when it was last written whole."""

    def begin(self, file: End, backup: End, last: bytes) -> None:
        """Continue after a whole save with this body, which left the file before as the backup."""
        self._file, self._backup, self._last = file, backup, last
        self._document = file.seen.size

    def forget(self) -> None:
        """Have the next save be a whole one: the file, or its backup, is not as it was left."""
        self._file = self._backup = None

    @property
    def is_ready(self) -> bool:
        """Whether the next save can be appended, as far as is known without a look at the disk."""
        return self._file is not None

    def append(self, body: bytes) -> End | None:
        """Append a save that outlives a power cut; None when the save has to be a whole one.

        It has to be when the lines would be half as long as the document, and when the file or its
        backup was changed, or has a second name, which would see its text grow.
        """
        file, backup = self._file, self._backup
        self.forget()
        if file is None or backup is None:
            return None
        if file.seen.size + len(body) > self._document * 3 // 2:
            return None
        target = Path(os.path.realpath(self._path))
        backup = _with_line(backup_of(target), backup, self._last, is_durable=False)
        if backup is None:
            return None
        file = _with_line(target, file, body, is_durable=True)
        if file is not None:
            self._file, self._backup, self._last = file, backup, body
            change_folder(target)
        return file


def _with_line(path: Path, end: End, body: bytes, *, is_durable: bool) -> End | None:
    line, checksum = line_after(end.checksum, body)
    seen = appended_to(path, end.seen, line, is_durable=is_durable)
    return None if seen is None else End(seen, checksum)
