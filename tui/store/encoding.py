"""Tables as bytes and back: indented JSON with a header line that names schema and checksum.

```
{
  "redraft": {"1": {"schema": 1, "generation": 7, "needs": "0.1", "sha256": "…"}},
  "content": {
    …
```

The checksum is over every byte after the header's line. A text with lone surrogates, which no JSON
file can carry in UTF-8, is kept as `{"$escaped": "…"}` in Python's `unicode_escape` form.
"""

import json
import re
from contextlib import suppress
from hashlib import sha256
from typing import Final, TypeGuard, cast

import orjson

from tui.domain.errors import LibraryProblem
from tui.domain.frozen import frozen
from tui.store.migrations import Tables
from tui.store.unreadable import Fault, Unreadable

HEADER: Final = "redraft"
_HEADER_BYTES: Final = 4096
_ESCAPED: Final = "$escaped"
_ESCAPED_BYTES: Final = b'"$escaped"'
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@frozen
class Decoded:
    """The decoded tables and header of a file."""

    tables: Tables
    schema: int
    generation: int
    """The number of saves of the content."""
    needs: str
    """The oldest Redraft version that can read the file."""
    checksum: str
    """The checksum that the header names."""
    is_intact: bool
    """Whether the checksum matches, so that the bytes are those Redraft wrote."""


def encoded(
    tables: Tables, *, schema: int, generation: int, needs: str, is_compact: bool = False
) -> bytes:
    """Return tables as the bytes of a file; raises `LibraryProblem` for values JSON cannot hold.

    With `is_compact` the JSON is on one line: for a file that nobody reads or compares.
    """
    option = orjson.OPT_APPEND_NEWLINE | (0 if is_compact else orjson.OPT_INDENT_2)
    # Joined only at the end: a copy of a long piece costs as much as its checksum.
    body = memoryview(json_of(tables, option))[1 if is_compact else 2 :]
    header = {
        "schema": schema,
        "generation": generation,
        "needs": needs,
        "sha256": sha256(body).hexdigest(),
    }
    line = b'{\n  "%s": {"1": %s},\n' % (HEADER.encode(), json.dumps(header).encode())
    return b"".join((line, body))


def json_of(value: object, option: int = 0) -> bytes:
    """Return a value as JSON; `option` is orjson's. Raises `LibraryProblem`."""
    try:
        return orjson.dumps(value, option=option)
    except TypeError:
        pass
    try:
        return orjson.dumps(_escaped(value), option=option)
    except (TypeError, ValueError) as error:
        raise LibraryProblem(f"A value cannot be saved, so nothing was: {error}.") from error


def _escaped(value: object) -> object:
    match value:
        case dict():
            return {key: _escaped(inner) for key, inner in value.items()}
        case list():
            return [_escaped(inner) for inner in value]
        case str() if _SURROGATE.search(value):
            return {_ESCAPED: value.encode("unicode_escape").decode("ascii")}
        case _:
            return value


def decoded(data: bytes) -> Decoded:
    """Return the decoded bytes of a file; raises `Unreadable`."""
    if not data.strip():
        raise Unreadable(Fault.EMPTY)
    value = value_of(data)
    if not are_tables(value):
        raise Unreadable(Fault.NO_TABLES)
    match value.pop(HEADER, None):
        case {"1": {"schema": int(schema), "generation": int(generation)} as header}:
            needs, checksum = header.get("needs"), header.get("sha256")
        case _:
            raise Unreadable(Fault.NO_HEADER)
    body = data.split(b"\n", 2)[-1]
    is_intact = checksum == sha256(body).hexdigest()
    needs = str(needs or "a newer version")
    return Decoded(value, schema, generation, needs, str(checksum), is_intact)


def check_checksum(data: bytes, schema: int) -> None:
    """Raise `Unreadable` unless the checksum matches; only the header line is parsed.

    The checksum of a newer schema is not checked: the caller refuses such a file anyway.
    """
    found, checksum = _header(data)
    body = memoryview(data)[data.index(b"\n", data.index(b"\n") + 1) + 1 :]
    if found <= schema and sha256(body).hexdigest() != checksum:
        raise Unreadable(Fault.WRONG_CHECKSUM)


def checksum_in(data: bytes) -> str:
    """Return the checksum in the header of a file; raises `Unreadable` without one."""
    return _header(data)[1]


def _header(data: bytes) -> tuple[int, str]:
    """Return the schema and the checksum that a file's header names."""
    line = data[:_HEADER_BYTES].split(b"\n", 2)[1:2]
    header: object = None
    with suppress(ValueError, RecursionError):
        header = json.loads(b"{%s}" % line[0].strip().removesuffix(b",")) if line else None
    match header:
        case {"redraft": {"1": {"schema": int(schema), "sha256": str(checksum)}}}:
            return schema, checksum
        case _:
            raise Unreadable(Fault.NO_HEADER)


def value_of(data: bytes) -> object:
    """Return the value that `json_of` gave as JSON; raises `Unreadable`."""
    value = _loaded(data)
    return _unescaped(value) if _ESCAPED_BYTES in data else value


def are_tables(value: object) -> TypeGuard[Tables]:
    """Whether a value has the shape of tables."""
    return isinstance(value, dict) and all(_is_table(table) for table in value.values())


def _loaded(data: bytes) -> object:
    with suppress(orjson.JSONDecodeError):
        return cast(object, orjson.loads(data))
    try:
        # It accepts what other tools write and orjson refuses.
        return cast(object, json.loads(data))
    except UnicodeDecodeError as error:
        raise Unreadable(Fault.NOT_UTF8) from error
    except ValueError as error:
        raise Unreadable(Fault.NOT_JSON, error=error) from error
    except RecursionError as error:
        raise Unreadable(Fault.TOO_DEEP) from error


def _is_table(value: object) -> bool:
    return isinstance(value, dict) and all(
        key.isdecimal() and len(key) < 10 and isinstance(row, dict) for key, row in value.items()
    )


def _unescaped(value: object) -> object:
    match value:
        case {"$escaped": str(text), **rest} if not rest:
            try:
                return text.encode("ascii").decode("unicode_escape")
            except UnicodeError as error:
                raise Unreadable(Fault.BAD_ESCAPE) from error
        case dict():
            return {key: _unescaped(inner) for key, inner in value.items()}
        case list():
            return [_unescaped(inner) for inner in value]
        case _:
            return value
