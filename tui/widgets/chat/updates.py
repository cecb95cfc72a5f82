"""Updates that came faster than they are shown: many become one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.widgets.chat.items import ChatItem

FLUSH_SECONDS: Final = 0.05
"""The shortest time between two redraws for new text."""


class Pending:
    """The one update that stands for all that were not shown yet."""

    def __init__(self) -> None:
        self._turn: int | None = None
        self._items: list[ChatItem] = []

    @property
    def has_items(self) -> bool:
        """Something waits to be shown."""
        return self._turn is not None

    def add(self, turn: int, items: Sequence[ChatItem]) -> None:
        """Put an update on top of what waits: it replaces the items of `turn` and later."""
        if self._turn is None or turn <= self._turn:
            self._turn, self._items = turn, list(items)
        else:
            self._items = [*(item for item in self._items if item.turn < turn), *items]

    def take(self) -> tuple[int, list[ChatItem]]:
        """Give what waits, and wait for nothing."""
        turn, items = self._turn or 0, self._items
        self.clear()
        return turn, items

    def clear(self) -> None:
        """Drop what waits."""
        self._turn, self._items = None, []
