"""The hits of a search: two lines for each, its location and its excerpt with the words marked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.style import Style
from textual.message import Message
from textual.reactive import reactive

from tui.domain.age import age
from tui.domain.frozen import frozen
from tui.domain.plain import plain
from tui.domain.search import Hit
from tui.domain.search_words import hit_words
from tui.widgets.rows import Part, RowList
from tui.widgets.text import one_line, truncated

_PLAIN, _QUIET, _FOUND = "plain", "quiet", "found"
"""How a part of a hit looks."""
_INDENT: Final = 2
_BEFORE: Final = 8
"""Characters kept before the first word, where the line has no room for more."""


@frozen
class HitListing:
    """What the list shows."""

    hits: tuple[Hit, ...] = ()
    has_titles: bool = False
    """Whether each names its piece."""
    empty: str = ""
    """The sentence that is shown without hits."""
    now: datetime | None = None
    """What ages are counted from."""


class HitList(RowList, can_focus=False):
    """Shows hits and a cursor on one of them; the keys are those of the screen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"hits--found"}
    DEFAULT_CSS = """
    HitList {
        & > .rows--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
        & > .hits--found {
            color: $text-warning;
            text-style: bold underline;
        }
    }
    """
    LOOKS: ClassVar[Mapping[str, str]] = {_QUIET: "rows--quiet", _FOUND: "hits--found"}
    HEIGHT = 2

    class Chosen(Message):
        """A hit was clicked twice."""

    listing: reactive[HitListing] = reactive(HitListing(), init=False, repaint=False)
    """What is shown; the cursor goes to the first hit."""

    def watch_listing(self) -> None:
        """Show other hits from the top."""
        self.show_rows(0 if self.listing.hits else None)
        self.scroll_to(y=0, animate=False, immediate=True)

    @property
    def row_count(self) -> int:
        """How many hits there are."""
        return len(self.listing.hits)

    @property
    def empty_sentence(self) -> str:
        """The sentence that is shown without hits."""
        return self.listing.empty

    def row_parts(self, place: int, line: int, width: int) -> Sequence[Part]:
        """Return a line of a hit: its location, or its excerpt."""
        hit = self.listing.hits[place]
        return _excerpt(hit.excerpt, hit.spans, width) if line else self._head(hit, width)

    def cursor_style(self, cursor: Style, look: str) -> Style:
        """Keep the line below the words that were found."""
        return cursor + Style(underline=True) if look == _FOUND else cursor

    def action_open(self) -> None:
        """Report that a hit was chosen."""
        self.post_message(self.Chosen())

    def _head(self, hit: Hit, width: int) -> list[Part]:
        listing = self.listing
        old = "" if listing.now is None else age(hit.at, listing.now)
        room = max(4, width - len(old) - 3)
        where = hit_words(hit, has_title=False)
        where = one_line(_with_title(hit.title, where, room) if listing.has_titles else where, room)
        air = " " * max(1, width - cell_len(where) - len(old) - 2)
        return [(f" {where}{air}", _PLAIN), (f"{old} ", _QUIET)]


def _with_title(title: str, where: str, room: int) -> str:
    """Return where a hit is; a long title is cut, at most to a third of the room."""
    beside = f" · {where}"
    return one_line(title, max(room - cell_len(beside), room // 3)) + beside


def _excerpt(excerpt: str, spans: Sequence[tuple[int, int]], width: int) -> list[Part]:
    """Draw the excerpt of a hit, without its start where the first found word would be cut off."""
    text = plain(excerpt)
    first, last = spans[0] if spans else (0, 0)
    is_wide = cell_len(text[:last]) > width - _INDENT - 1
    start = max(0, first - _BEFORE) if is_wide else 0
    made = [(" " * _INDENT, _PLAIN)]
    if start:
        made.append(("…", _PLAIN))
    for first, last in spans:
        made.append((text[start:first], _PLAIN))
        made.append((text[max(start, first) : last], _FOUND))
        start = last
    return _cut([*made, (text[start:], _PLAIN)], width - 1)


def _cut(parts: Sequence[Part], width: int) -> list[Part]:
    """Return parts of a line as far as they fit; "…" says that something is left out."""
    kept: list[Part] = []
    for place, (text, look) in enumerate(parts):
        is_last = not any(rest for rest, _ in parts[place + 1 :])
        if cell_len(text) > width - (0 if is_last else 1):
            return [*kept, (truncated(f"{text}…", width), look)]
        kept.append((text, look))
        width -= cell_len(text)
    return kept
