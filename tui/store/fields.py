"""Typed readers for fields of a row, and conversion of values that several tables hold; pure.

Every function that reads raises `Unreadable` for a value of another type.
"""

from datetime import UTC, datetime
from enum import StrEnum
from math import isfinite
from typing import TypeVar

from tui.domain.change_limits import ChangeLimits
from tui.domain.person import NOBODY, Person
from tui.store.migrations import Row
from tui.store.unreadable import Fault, Unreadable

Choice = TypeVar("Choice", bound=StrEnum)


def text(row: Row, name: str, default: str | None = None) -> str:
    """Return a text; required when there is no default."""
    value = row.get(name, default)
    if not isinstance(value, str):
        raise misfit(name, value, "a text")
    return value


def optional_text(row: Row, name: str) -> str | None:
    """Return a text or None."""
    return None if row.get(name) is None else text(row, name)


def number(row: Row, name: str, default: int | None = None) -> int:
    """Return a whole number; required when there is no default."""
    value = row.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise misfit(name, value, "a whole number")
    return value


def optional_number(row: Row, name: str) -> int | None:
    """Return a whole number or None."""
    return None if row.get(name) is None else number(row, name)


def optional_amount(row: Row, name: str) -> float | None:
    """Return an amount; None when it is missing or not finite."""
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise misfit(name, value, "a number")
    return written_amount(float(value))


def flag(row: Row, name: str) -> bool:
    """Return a flag; False when missing."""
    value = row.get(name, False)
    if not isinstance(value, bool):
        raise misfit(name, value, "true or false")
    return value


def texts(row: Row, name: str) -> tuple[str, ...]:
    """Return a list of texts; empty when missing."""
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise misfit(name, value, "a list of texts")
    return tuple(value)


def numbers(row: Row, name: str) -> tuple[int, ...]:
    """Return a list of whole numbers; empty when missing."""
    value = row.get(name, [])
    is_fit = isinstance(value, list) and all(type(entry) is int for entry in value)
    if not is_fit:
        raise misfit(name, value, "a list of whole numbers")
    return tuple(value)


def rows(row: Row, name: str) -> tuple[Row, ...]:
    """Return the rows nested in a row; empty when missing."""
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise misfit(name, value, "a list of rows")
    return tuple(value)


def optional_row(row: Row, name: str) -> Row | None:
    """Return a row inside a row, or None."""
    value = row.get(name)
    if value is not None and not isinstance(value, dict):
        raise misfit(name, value, "a row")
    return value


def moment(row: Row, name: str) -> datetime:
    """Return a time; without a time zone it is taken as UTC."""
    value = text(row, name)
    try:
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise misfit(name, value, "a time") from error


def optional_moment(row: Row, name: str) -> datetime | None:
    """Return a time or None."""
    return None if row.get(name) is None else moment(row, name)


def choice(row: Row, name: str, of: type[Choice], default: Choice | None = None) -> Choice:
    """Return one of the allowed words; required when there is no default."""
    value = text(row, name, default)
    try:
        return of(value)
    except ValueError as error:
        raise misfit(name, value, "one of: " + ", ".join(of)) from error


def written_moment(at: datetime | None) -> str | None:
    """Return a time as it is stored: ISO 8601 in UTC."""
    if at is None:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat()


def written_amount(value: float | None) -> float | None:
    """Return an amount in stored form; JSON has neither infinity nor NaN."""
    return value if value is not None and isfinite(value) else None


def person_to_row(person: Person) -> Row | None:
    """Return a person as a row inside a row; None for nobody."""
    if person == NOBODY:
        return None
    return {"name": person.name, "user": person.user, "host": person.host}


def person_from_row(row: Row) -> Person:
    """Return the person under `by` in a row; nobody in a row from before people were recorded."""
    inner = optional_row(row, "by")
    if inner is None:
        return NOBODY
    return Person(text(inner, "name", ""), text(inner, "user", ""), text(inner, "host", ""))


def limits_to_row(limits: ChangeLimits | None) -> Row | None:
    """Return limits on a change as a row inside a row; None for none."""
    if limits is None:
        return None
    return {
        "percent": limits.percent,
        "section": limits.section,
        "no_new_facts": limits.no_new_facts,
    }


def limits_from_row(row: Row) -> ChangeLimits | None:
    """Return the limits under `limits` in a row; None without any."""
    inner = optional_row(row, "limits")
    if inner is None:
        return None
    return ChangeLimits(
        optional_number(inner, "percent"), text(inner, "section", ""), flag(inner, "no_new_facts")
    )


def misfit(name: str, value: object, wanted: str) -> Unreadable:
    """Return the error for a field whose value is not what is `wanted`."""
    match value:
        case None:
            return Unreadable(Fault.FIELD_MISSING, name=name, wanted=wanted)
        case str():
            return Unreadable(Fault.FIELD_VALUE, name=name, value=repr(value[:40]), wanted=wanted)
        case _:
            kind = type(value).__name__
            return Unreadable(Fault.FIELD_TYPE, name=name, type=kind, wanted=wanted)
