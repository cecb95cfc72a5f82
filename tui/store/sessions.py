"""The Claude sessions of a library, found by a search through its files without parsing them."""

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, cast

import orjson

from tui.domain.ids import ContentId, SessionId
from tui.store.content_file import SUFFIX
from tui.store.locks import is_plain

_SESSION: Final = re.compile(rb'"(?:session|source)": ?("(?:[^"\\]|\\.)*")')
"""Matches the fields of a branch that name a session; a text, whose quotation marks are escaped in
JSON, never matches."""

_HELD: Final = re.compile(rb'"session": ?("(?:[^"\\]|\\.)*")')
"""Matches only the session that a branch uses, not the one that it was adopted from."""


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
