"""Wording of how a version was made."""

from collections.abc import Sequence
from typing import Final

from tui.domain.content import Author, Version

BY_HAND: Final = "by hand"
"""The words for an edited version."""
BY_CLAUDE: Final = "by Claude"
"""The words for a version that belongs to no turn any more: it was taken, and that was undone."""


def how_made(version: Version, other: str = "") -> str:
    """Return how a version was made by hand; empty for a version by Claude.

    `by hand`, `v3 again`, `5 of 7 changes of v7`, `combined from v2 and v5`. An edit by another
    person, whose name is `other`, is `by Maren Ost`.
    """
    if (choice := version.choice) is not None:
        return taken_words(choice.taken, choice.changes, f"v{choice.version}")
    if version.sources:
        return f"combined from {_listed(sorted(set(version.sources)))}"
    if version.restored_from is not None:
        return f"v{version.restored_from} again"
    if version.author is Author.CLAUDE:
        return ""
    return f"by {other}" if other else BY_HAND


def taken_words(taken: int, changes: int, name: str) -> str:
    """Return how many of the changes of the version `name` were taken: `2 of 3 changes of v7`."""
    if taken:
        return f"{taken} of {changes} changes of {name}"
    return f"{'the change' if changes == 1 else 'all changes'} of {name} refused"


def _listed(numbers: Sequence[int]) -> str:
    last = " and ".join(f"v{number}" for number in numbers[-2:])
    return ", ".join((*(f"v{number}" for number in numbers[:-2]), last))
