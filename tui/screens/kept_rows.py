"""A cache of drawn rows, and a record of those on the terminal."""

from collections.abc import Callable, Hashable, Sequence
from itertools import groupby
from typing import Final

from textual.strip import Strip

_MOST: Final = 1_000
"""Maximum number of cached rows: more than a terminal has, so that scrolling back draws none."""


class KeptRows:
    """Drawn rows by their look: a value that is equal only for rows that are equal.

    Textual draws all rows of a text area at every key. Here a key draws those that it changed, and
    sends only those to the terminal.
    """

    def __init__(self) -> None:
        self._rows: dict[Hashable, Strip] = {}
        self._sent: list[Hashable] = []
        """The looks of the rows that are on the terminal, from the top; None where unknown."""

    def forget(self) -> None:
        """Forget all rows: their width, or the style that they share, has changed."""
        self._rows.clear()
        self._sent.clear()

    def rows(
        self, first: int, looks: Sequence[Hashable], draw: Callable[[int, int], Sequence[Strip]]
    ) -> list[Strip]:
        """Return the rows with these looks, which begin with the row `first` of the view.

        `draw` draws rows that are not cached: it is given the first one and how many there are.
        """
        for at, look in enumerate(looks, start=first):
            # Textual may send what is drawn: what the terminal shows in that row is not known now.
            if at < len(self._sent) and self._sent[at] != look:
                self._sent[at] = None
        found = [self._rows.get(look) for look in looks]
        for is_missing, group in groupby(range(len(looks)), lambda at: found[at] is None):
            if is_missing:
                places = list(group)
                drawn = draw(first + places[0], len(places))
                for at, row in zip(places, drawn, strict=True):
                    found[at] = self._keep(looks[at], row)
        return [row for row in found if row is not None]

    def _keep(self, look: Hashable, row: Strip) -> Strip:
        if len(self._rows) >= _MOST:
            del self._rows[next(iter(self._rows))]
        self._rows[look] = row
        return row

    def to_send(self, looks: Sequence[Hashable]) -> list[int]:
        """Return the rows of the view that differ from the terminal, and note them as sent."""
        sent = self._sent if len(self._sent) == len(looks) else [None] * len(looks)
        self._sent = list(looks)
        return [at for at, look in enumerate(looks) if sent[at] != look]
