"""What is said above a comparison: which texts, how much changed, which change is read."""

from typing import Final

from tui.domain.content import Author, Content, Version
from tui.domain.diff import Comparison, compare
from tui.domain.facts import FactChange, changed_facts
from tui.domain.ids import BranchId
from tui.domain.person import another
from tui.domain.version_words import taken_words
from tui.widgets.text import one_line

BRANCH_WIDTH: Final = 24
"""Cells for the name of another branch, or of another person."""


def origin(content: Content, version: Version, here: str = "") -> str:
    """Return by whom a version was made, and in which turn.

    A person other than the one with the id `here` is named.
    """
    if version.author is not Author.CLAUDE:
        other = _other(version, here)
        if version.author is Author.COMBINED:
            return f"combined by {other}" if other else "combined"
        return f"by {other or 'you'}"
    for numbered in content.lineage(version.branch):
        if numbered.turn.version == version.number:
            return f"by Claude in turn {numbered.number}"
    return "by Claude"


def way_made(content: Content, version: Version, here: str = "") -> str:
    """Return how a version came about, and where: `by Claude in turn 4 · spicier`."""
    branch = content.branch(version.branch).name
    other = _other(version, here)
    by = f", by {other}" if other else ""
    if (choice := version.choice) is not None:
        taken = taken_words(choice.taken, choice.changes, f"v{choice.version}")
        return f"{taken}{by} · {branch}"
    if version.restored_from is not None:
        return f"v{version.restored_from} again{by} · {branch}"
    partial = ", stopped" if version.is_partial and version.author is Author.CLAUDE else ""
    return f"{origin(content, version, here)}{partial} · {branch}"


def _other(version: Version, here: str) -> str:
    return one_line(another(version.by, here), BRANCH_WIDTH)


def route(content: Content, before: Version | None, version: Version, branch: BranchId) -> str:
    """Return which version is compared with which: `v3 → v4`."""
    after = named(content, version, branch)
    return (
        f"{after}, the first" if before is None else f"{named(content, before, branch)} → {after}"
    )


def named(content: Content, version: Version, branch: BranchId) -> str:
    """Name a version, with its branch unless that is `branch`, the one on the screen behind."""
    name = f"v{version.number}"
    if version.branch == branch:
        return name
    return f"{name} of “{one_line(content.branch(version.branch).name, BRANCH_WIDTH)}”"


def compared(before: str, after: str) -> tuple[Comparison, tuple[FactChange, ...]]:
    """Compare two texts; slow for long ones, so it runs in a thread."""
    facts = changed_facts(before, after) if before else ()
    return compare(before, after), facts


def changed_words(comparison: Comparison, *, is_same: bool) -> str:
    """Return what came and went in words: `+12 −3 words · 1 moved`."""
    found = comparison.summary
    counts = (("+", found.words_added), ("−", found.words_removed))
    words = " ".join(sign + str(count) for sign, count in counts if count)
    moved = f"{found.blocks_moved} moved" if found.blocks_moved else ""
    if not words and not moved:
        return "same text" if is_same else "same words"
    return " · ".join(part for part in (words and f"{words} words", moved) if part)


def place(current: int, count: int) -> str:
    """Return which change is being read, or only how many there are when there is one."""
    if count < 2:
        return "1 change" if count else ""
    return f"change {current + 1} of {count}"


def nowhere(direction: int, count: int) -> str:
    """Return why there is no change to go to."""
    if not count:
        return "There is no change."
    if count == 1:
        return "There is no other change."
    return f"No change {'after' if direction > 0 else 'before'} this one."
