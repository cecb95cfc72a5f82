"""Who has the right to write on a branch."""

from dataclasses import dataclass
from datetime import datetime

from tui.domain.person import Person


@dataclass(frozen=True, slots=True)
class LeaseOwner:
    """The program that holds a lease, and who works with it."""

    person: Person
    pid: int
    """Its process on the person's machine."""
    since: datetime
