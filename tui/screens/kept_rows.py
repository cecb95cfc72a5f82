"""Rows of a text that are drawn once and shown again for as long as they look the same."""

from collections.abc import Callable, Hashable, Sequence
from itertools import groupby
from typing import Final

from textual.strip import Strip

_MOST: Final = 1_000
"""Rows that are kept: more than any terminal has, so that going back and forth draws none."""


class KeptRows:
    """Finished rows, each by its look: a value that is equal only where the rows are.

    Textual draws all rows of a text area at every key. Here a key draws those that it changed, and
    sends only those to the terminal.
    """

    def __init__(self) -> None:
        self._rows: dict[Hashable, Strip] = {}
        self._sent: list[Hashable] = []
        """The looks of the rows that are on the terminal, from the top; None where unknown."""

    def forget(self) -> None:
        """Draw every row anew: the width, or the style of all, is another one."""
        self._rows.clear()
        self._sent.clear()

    def rows(
        self, first: int, looks: Sequence[Hashable], draw: Callable[[int, int], Sequence[Strip]]
    ) -> list[Strip]:
        """Return rows from the row `first` of the view on.

        `draw` is given the first one of some rows, and their number.
        """
        for at, look in enumerate(looks, start=first):
            # Whatever is drawn may be sent: it is no longer certain what is on the terminal.
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
        """Return which rows of the whole view differ from the terminal: they are sent now."""
        sent = self._sent if len(self._sent) == len(looks) else [None] * len(looks)
        self._sent = list(looks)
        return [at for at, look in enumerate(looks) if sent[at] != look]
