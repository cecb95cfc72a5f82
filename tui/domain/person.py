"""Someone who works in a library, which several people may share."""

from tui.domain.frozen import frozen


@frozen
class Person:
    """A person on a machine: a display name, and a unique id."""

    name: str
    """The signature; it can change, and two people may share one."""
    user: str
    """The name of their account on the machine."""
    host: str

    @property
    def id(self) -> str:
        """The stable id user@host, whatever the display name; empty for an unknown person."""
        return f"{self.user}@{self.host}" if self.user or self.host else ""


NOBODY = Person("", "", "")
"""The unknown person."""


def another(by: Person, here: str) -> str:
    """Return a person's name, or an empty text for the person with the id `here`.

    An unknown person's name is empty too; a person without a name is called by id.
    """
    return "" if by.id == here else by.name or by.id
