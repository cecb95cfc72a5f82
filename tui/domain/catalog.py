"""The library at a glance: one row per content, for lists and for finding one."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from typing import Final, NewType

from tui.domain.content import Content, TurnState
from tui.domain.costs import content_cost
from tui.domain.errors import Ambiguous, NotFound
from tui.domain.frozen import frozen
from tui.domain.ids import ContentId
from tui.domain.status import Status
from tui.domain.words import folded

SHORTEST_PREFIX = 3
"""Minimum length of the start of an id that identifies a content."""

PAGE: Final = 2_000
"""Default number of rows on a page of a catalog."""

Cursor = NewType("Cursor", str)
"""Cursor of the next page of a catalog, opaque to all but the store that issued it."""

Mark = NewType("Mark", str)
"""Position in a library's history of changes, opaque to all but the store that issued it.

Nothing changed between two equal positions.
"""


@frozen
class ContentRow:
    """The values a list shows of a content; a pure function of the content."""

    id: ContentId
    title: str
    kind: str
    status: Status
    created_at: datetime
    updated_at: datetime
    version: int | None
    """Number of the main branch's newest version."""
    words: int
    """Words of that version."""
    approved_version: int | None
    branches: int
    tags: tuple[str, ...] = ()
    has_failed: bool = False
    """Whether the last turn on the main branch failed or was interrupted."""
    cost: float | None = 0.0
    """Known cost of all turns in dollars; None when there are turns and no cost is known."""
    unknown_turns: int = 0
    """Number of turns of unknown cost."""
    undo_at: datetime | None = None
    """Time of the newest undoable step; in the trash, the time of the deletion."""
    undo_author: str = ""
    """Who made that step, as user@host; empty for a step from before authors were recorded."""
    needs: str = ""
    """The Redraft version needed to change a content of a newer schema; else empty."""
    _haystack: str = field(default="", init=False, repr=False, compare=False)

    @property
    def haystack(self) -> str:
        """Title, kind, status and tags, case-folded, for the search on every key press.

        A `#` stands before each tag, so that one is found by its start: `#ops`.
        """
        if not self._haystack:
            tags = (f"#{tag}" for tag in self.tags)
            text = "\n".join((self.title, self.kind, self.status, *tags))
            object.__setattr__(self, "_haystack", folded(text))
        return self._haystack


@frozen
class Catalog:
    """All rows, most recently changed first, and what is wrong with the library, if anything."""

    rows: tuple[ContentRow, ...]
    problems: tuple[str, ...] = ()
    """One sentence each, such as a file that was set aside."""


@frozen
class CatalogPage:
    """Some rows of a catalog, most recently changed first, and where the next ones are."""

    rows: tuple[ContentRow, ...]
    problems: tuple[str, ...] = ()
    """What is wrong with the whole library, one sentence each; on every page."""
    next: Cursor | None = None
    """None on the last page."""
    mark: Mark = Mark("")
    """The position at which this page was read; later changes may be missing from the page."""


def row_of(content: Content) -> ContentRow:
    """Return a content's row."""
    draft = content.draft(content.main)
    main_turns = content.branch(content.main).turns
    cost = content_cost(content)
    failed = (TurnState.FAILED, TurnState.INTERRUPTED)
    return ContentRow(
        id=content.id,
        title=content.title,
        kind=content.kind,
        status=content.status,
        created_at=content.created_at,
        updated_at=content.updated_at,
        version=None if draft is None else draft.number,
        words=0 if draft is None else draft.words,
        approved_version=None if content.approval is None else content.approval.version,
        branches=len(content.branches),
        tags=content.tags,
        has_failed=bool(main_turns) and main_turns[-1].state in failed,
        cost=cost.known,
        unknown_turns=cost.unknown_turns,
        undo_at=content.undo[-1].at if content.undo else None,
        undo_author=content.undo[-1].by.id if content.undo else "",
    )


def find_row(rows: Sequence[ContentRow], reference: str) -> ContentRow:
    """Return the row an id, an unambiguous start of an id, or an exact title stands for.

    Raises `NotFound`, or `Ambiguous` with the ids it could be.
    """
    reference = reference.strip()
    for row in rows:
        if row.id == reference:
            return row
    hits = [row for row in rows if row.title == reference]
    if not hits and len(reference) >= SHORTEST_PREFIX:
        hits = [row for row in rows if row.id.startswith(reference)]
    if len(hits) == 1:
        return hits[0]
    if not hits:
        raise NotFound(
            f"There is no piece “{reference}” here: `redraft list` shows those there are."
        )
    ids = ", ".join(row.id for row in hits[:5])
    raise Ambiguous(f"“{reference}” could be {len(hits)} pieces: use an id ({ids}).")
