"""Someone who works in a library, which several people may share."""

from tui.domain.frozen import frozen


@frozen
class Person:
    """A person at a machine: what to call them, and what tells them from all others."""

    name: str
    """As they sign; it may change, and two people may have the same one."""
    user: str
    """The name of their account on the machine."""
    host: str

    @property
    def id(self) -> str:
        """What stays the same whatever they call themselves: user@host; empty for nobody."""
        return f"{self.user}@{self.host}" if self.user or self.host else ""


NOBODY = Person("", "", "")
"""Where it is not known who somebody is."""


def another(by: Person, here: str) -> str:
    """Return the name of a person who is not the one with the id `here`; empty for that one.

    Empty for nobody, too; who has no name is called by their id.
    """
    return "" if by.id == here else by.name or by.id
