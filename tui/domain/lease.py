"""Who has the right to write on a branch."""

from datetime import datetime

from tui.domain.frozen import frozen
from tui.domain.person import Person


@frozen
class LeaseOwner:
    """The program that holds a lease, and who works with it."""

    person: Person
    pid: int
    """Its process on the person's machine."""
    since: datetime
