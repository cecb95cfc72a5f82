"""Which locked words were changed on the way to a version: the writer's own edits may do that."""

from collections.abc import Iterator
from itertools import pairwise

from tui.domain.content import Content, Version
from tui.domain.guarding import carried
from tui.domain.passage import excerpt


def broken_locks(content: Content, version: Version) -> tuple[str, ...]:
    """Return a sentence for all words that were locked since the last approval and are changed.

    Answers of Claude's are held to the locks, so what is told was done by hand, by bringing an
    older version back, or by choosing and combining. Words that the text has again are not told.
    """
    return tuple(
        f"“{excerpt(words)}” was locked, and v{after.number} changed it."
        for words, after in _broken(content, version)
        if words not in version.text
    )


def _broken(content: Content, version: Version) -> Iterator[tuple[str, Version]]:
    """Yield the words of each lock that ended, and the version it ended with; the oldest first."""
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
