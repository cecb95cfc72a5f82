"""The schema of content files, and the named migration steps from older schemas."""

from collections.abc import Callable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Final

from tui.domain.frozen import frozen
from tui.store.unreadable import Fault, Unreadable

Row = dict[str, Any]
"""One document: names of fields to values that JSON knows."""

Tables = dict[str, dict[str, Row]]
"""A whole TinyDB file: rows by table and by document number, which is text in JSON."""

Step = Callable[[Tables], Tables]
"""Migrates tables from one schema to the next; may modify its argument."""

SCHEMA: Final = 1
"""The schema number that this Redraft writes."""

NEEDS: Final = "0.1"
"""The oldest Redraft version that reads this schema."""


@frozen
class Schema:
    """A schema with the steps towards it; `steps[n]` leads from schema n to n + 1."""

    number: int = SCHEMA
    needs: str = NEEDS
    steps: Mapping[int, Step] = field(default_factory=lambda: MappingProxyType({}))


CURRENT: Final = Schema()
"""The schema of this Redraft; a step is a named function, entered under the number it starts at."""


def migrated(tables: Tables, number: int, schema: Schema = CURRENT) -> Tables:
    """Return the tables of an older schema migrated to this one; raises `Unreadable`."""
    for step_number in range(number, schema.number):
        step = schema.steps.get(step_number)
        if step is None:
            raise Unreadable(Fault.NO_SUCH_SCHEMA, schema=number)
        try:
            tables = step(tables)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            name = getattr(step, "__name__", str(step_number))
            raise Unreadable(Fault.MIGRATION_FAILED, step=name, schema=step_number) from error
    return tables
