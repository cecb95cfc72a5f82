"""Data in a content file that only another Redraft knows: kept across saves; pure.

An unknown field stays with its row, an unknown table stays whole.
"""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Final

from tui.domain.frozen import frozen
from tui.store.migrations import Row, Tables

_NAMED_BY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "content": (),
        "branches": ("id",),
        "turns": ("id",),
        "versions": ("number",),
        "approvals": ("version", "at"),
        "publications": ("version", "at"),
        "undo": ("action", "at"),
    }
)
"""The fields that identify a row of each table."""

_Name = tuple[Any, ...]


@frozen
class Unknown:
    """The unknown tables of a file, and its unknown fields by table and row."""

    tables: Tables = field(default_factory=dict)
    fields: Mapping[str, Mapping[_Name, Row]] = field(default_factory=dict)

    def added_to(self, rows: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
        """Return rows by table with the unknown fields added to each row."""
        if not self.fields:
            return dict(rows)
        return {
            table: [{**self._of(table, row), **row} for row in table_rows]
            for table, table_rows in rows.items()
        }

    def _of(self, table: str, row: Row) -> Row:
        kept = self.fields.get(table)
        return kept.get(_name(table, row), {}) if kept else {}


NOTHING_UNKNOWN: Final = Unknown()


def unknown_in(tables: Tables, rows: Mapping[str, list[Row]]) -> Unknown:
    """Return the data in tables that is missing in `rows`, this Redraft's rows of the content."""
    fields: dict[str, dict[_Name, Row]] = {}
    for table, known_rows in rows.items():
        if not known_rows:
            continue
        known = known_rows[0].keys()
        for row in tables.get(table, {}).values():
            if not row.keys() <= known:
                extra = {name: value for name, value in row.items() if name not in known}
                fields.setdefault(table, {})[_name(table, row)] = extra
    others = {name: table for name, table in tables.items() if name not in rows}
    return Unknown(others, fields) if others or fields else NOTHING_UNKNOWN


def _name(table: str, row: Row) -> _Name:
    # As text, because an unchecked row may hold a value that cannot be a dictionary key.
    return tuple(str(row.get(part)) for part in _NAMED_BY.get(table, ()))
