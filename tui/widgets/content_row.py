"""One row of the list of contents, fitted to any width."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from rich.cells import cell_len

from tui.domain.age import age
from tui.domain.catalog import ContentRow
from tui.domain.frozen import frozen
from tui.domain.status import Status
from tui.domain.tags import TAG_LIMIT
from tui.widgets.badges import DOT, Tone, content_mark
from tui.widgets.text import middle_cut, one_line

AGE_FROM: Final = 32
"""Cells from which a row also says how long ago its content changed."""
WORDS_FROM: Final = 41
"""Cells from which a row also says how many words the draft has."""
_WIDEST_TAG = 2 * TAG_LIMIT + 2
"""Most cells of a tag, all of whose characters are wide."""
_GAP = 2
"""Least cells between a title and tags."""
_AGE, _WORDS = 6, 6
"""Cells of these two columns; the text in them stands at their right."""


@frozen
class ListedContent:
    """A row of the list with what is going on in it."""

    row: ContentRow
    is_writing: bool = False
    has_news: bool = False
    """Whether an answer arrived while its branch was not on the screen."""
    needs_you: bool = False
    """Whether Claude waits for the writer's answer to a question."""


def row_parts(content: ListedContent, width: int, now: datetime | None) -> list[tuple[str, Tone]]:
    """Return a row's texts with their tones, `width` cells together (at least 8).

    Args:
        content: What the row is about.
        width: Cells from the left edge of the pane to the scrollbar.
        now: What ages are counted from; without it there is no age.
    """
    row = content.row
    columns = ""
    if width >= AGE_FROM and now is not None:
        columns += f" {age(row.updated_at, now):>{_AGE}}"
    if width >= WORDS_FROM:
        columns += f" {_words(row):>{_WORDS}}"
    room = max(3, width - len(columns) - 4)
    title = middle_cut(row.title, room)
    tags = _fitting_tags(row.tags, room - cell_len(title) - _GAP)
    left = room - cell_len(title) - cell_len(tags)
    mark = content_mark(row, is_writing=content.is_writing, needs_you=content.needs_you)
    return [
        (f"{DOT.symbol if content.has_news else ' '} ", DOT.tone),
        (title, Tone.QUIET if row.status is Status.ARCHIVED else Tone.PLAIN),
        (" " * left + tags + columns + " ", Tone.QUIET),
        (mark.symbol, mark.tone),
    ]


def _fitting_tags(tags: Iterable[str], room: int) -> str:
    """Return as many of the tags as there is room for, none of them cut."""
    shown = ""
    for tag in tags:
        longer = f"{shown} {one_line(f'#{tag}', _WIDEST_TAG)}".strip()
        if cell_len(longer) > room:
            break
        shown = longer
    return shown


def _words(row: ContentRow) -> str:
    if row.version is None:
        return ""
    return f"{row.words} w" if row.words < 10_000 else f"{row.words // 1000}k w"
