"""Joining updates that come faster than they are shown."""

from collections.abc import Sequence
from typing import Final

from tui.widgets.chat.items import ChatItem

FRAME_SECONDS: Final = 0.1
"""The shortest time between two redraws for new text. It is less than the time between two looks at
a running turn (`TICK` of the main screen), so that what a look finds is drawn at once, in one frame
with all else that it changes."""
KEYS_FIRST_SECONDS: Final = 0.12
"""Time after a key in which text is not drawn, so that the next key does not wait for it."""
LONGEST_SECONDS: Final = 0.25
"""The longest time that keys put a redraw off."""


def frame_due(last: float, key: float) -> float:
    """Return when new text is to be drawn.

    Args:
        last: When text was drawn last, in seconds of a clock.
        key: When the last key came.
    """
    soonest = last + FRAME_SECONDS
    if key <= last - KEYS_FIRST_SECONDS:
        return soonest
    return max(soonest, min(key + KEYS_FIRST_SECONDS, last + LONGEST_SECONDS))


class Pending:
    """All updates that are not shown yet, as one."""

    def __init__(self) -> None:
        self._turn: int | None = None
        self._items: list[ChatItem] = []

    @property
    def has_items(self) -> bool:
        """Whether an update waits."""
        return self._turn is not None

    def add(self, turn: int, items: Sequence[ChatItem]) -> None:
        """Add an update, which replaces the items of `turn` and later."""
        if self._turn is None or turn <= self._turn:
            self._turn, self._items = turn, list(items)
        else:
            self._items = [*(item for item in self._items if item.turn < turn), *items]

    def take(self) -> tuple[int, list[ChatItem]]:
        """Return the turn and the items of the joined update, and forget them."""
        turn, items = self._turn or 0, self._items
        self.clear()
        return turn, items

    def clear(self) -> None:
        """Forget the updates."""
        self._turn, self._items = None, []
