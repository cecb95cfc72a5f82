"""Locked words that were changed on the way to a version, as the writer's own edits may."""

from collections.abc import Iterator
from itertools import pairwise

from tui.domain.content import Content, Version
from tui.domain.guarding import carried
from tui.domain.passage import excerpt


def broken_locks(content: Content, version: Version) -> tuple[str, ...]:
    """Return a sentence for each lock set since the last approval whose words were changed.

    Claude's answers cannot change locked words, so these changes were made by hand, by restoring an
    older version, or by choosing and combining. Words that are in the text again are left out.
    """
    return tuple(
        f"“{excerpt(words)}” was locked, and v{after.number} changed it."
        for words, after in _broken(content, version)
        if words not in version.text
    )


def _broken(content: Content, version: Version) -> Iterator[tuple[str, Version]]:
    """Yield the words of each broken lock with the version that broke it, oldest first."""
    approved = None if content.approval is None else content.approval.version
    line = [version]
    while (before := line[-1].before) is not None and before < line[-1].number:
        if line[-1].number == approved:
            break
        line.append(content.version(before))
    for after, earlier in reversed(list(pairwise(line))):
        places = carried(earlier.text, earlier.locks, after.text)
        for lock, place in zip(earlier.locks, places, strict=True):
            if place is None:
                yield lock.of(earlier.text), after
