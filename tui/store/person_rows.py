"""People as part of a row and back; pure."""

from tui.domain.person import NOBODY, Person
from tui.store.fields import text
from tui.store.files import Unreadable
from tui.store.migrations import Row


def row_of_person(person: Person) -> Row | None:
    """Return what a row keeps of a person; None for nobody."""
    if person == NOBODY:
        return None
    return {"name": person.name, "user": person.user, "host": person.host}


def person_of_row(row: Row, name: str = "by") -> Person:
    """Return the person in a row; nobody in one from before this was noted."""
    told = row.get(name)
    if told is None:
        return NOBODY
    if not isinstance(told, dict):
        raise Unreadable(f"“{name}” in it is of type {type(told).__name__}")
    return Person(text(told, "name", ""), text(told, "user", ""), text(told, "host", ""))
