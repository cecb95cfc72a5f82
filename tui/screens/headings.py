"""The headings of a text in the command palette: typing part of one goes there."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.domain.prose import HeadingPlace
from tui.widgets.text import one_line

_WIDEST = 200


@runtime_checkable
class HasHeadings(Protocol):
    """A screen with a text that has headings."""

    def headings(self) -> Sequence[HeadingPlace]:
        """Return the headings, in order."""
        ...

    def go_to(self, at: int) -> None:
        """Go to a place in the text, counted in characters from its start."""
        ...


class HeadingProvider(Provider):
    """Offers the headings of the text on the screen that the palette was opened on."""

    async def discover(self) -> Hits:
        """Offer every heading, deeper ones further in."""
        for face, _, go in self._offers():
            yield DiscoveryHit(face, go)

    async def search(self, query: str) -> Hits:
        """Offer the headings that fit what is typed."""
        matcher = self.matcher(query)
        for face, title, go in self._offers():
            score = matcher.match(title)
            if score > 0:
                yield Hit(score, face, go)

    def _offers(self) -> Iterator[tuple[Content, str, Callable[[], None]]]:
        screen = self.screen
        if isinstance(screen, HasHeadings):
            for place in screen.headings():
                title = one_line(place.title, _WIDEST) or "(no words)"
                face = Content("  " * (place.level - 1) + title)
                yield face, title, partial(screen.go_to, place.at)
