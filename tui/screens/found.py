"""What was searched for last, as one frozen value: its hits, and which of them is on the screen."""

from dataclasses import replace
from typing import Final

from tui.domain.frozen import frozen
from tui.domain.ids import ContentId
from tui.domain.search import Hit, Hits


@frozen
class Found:
    """The last search in which a hit was opened."""

    words: tuple[str, ...] = ()
    """Folded; empty while nothing was searched."""
    hits: Hits = Hits()
    place: int = 0
    """Which hit was opened last, counted from 0."""
    is_marked: bool = False
    """Whether the words are still marked in its piece."""

    @property
    def hit(self) -> Hit:
        """The hit that was opened last."""
        return self.hits.hits[self.place]

    @property
    def unmarked(self) -> "Found":
        """The same with nothing marked."""
        return replace(self, is_marked=False) if self.is_marked else self

    def marks(self, content: ContentId) -> tuple[str, ...]:
        """Return the words that are marked in a piece."""
        return self.words if self.is_marked and self.hit.content == content else ()

    def beside(self, steps: int) -> int:
        """Return which hit is so many steps further, round the ends."""
        return (self.place + steps) % len(self.hits.hits)


NOTHING_FOUND: Final = Found()
