"""Keeping the text of the editor while it is typed: a crash loses no more than a moment of it."""

from collections.abc import Callable
from typing import Final

from textual.message_pump import MessagePump
from textual.timer import Timer

from tui.domain.passage import Span
from tui.screens.draft_area import DraftArea

_SMALL: Final = 100_000
"""Maximum length in characters of a text that is handed over at every change.

A timer fires late when keys come fast on a busy machine, and what is typed is to be saved within a
second.
"""
_KEEP_AFTER: Final = 0.3
"""Seconds between handing over a text that is longer."""

Locks = tuple[Span, ...]


class TextKeeper:
    """Hands the text of an area and its locks over to `keep`; to nobody if that is None."""

    def __init__(
        self, owner: MessagePump, area: DraftArea, keep: Callable[[str, Locks], None] | None
    ) -> None:
        """Keep the text of `area`.

        The timers are those of `owner`: Textual stops them when `owner` is removed.
        """
        self._owner = owner
        self._area = area
        self._keep = keep
        self._timer: Timer | None = None

    def text_changed(self) -> None:
        """Hand a short text over at once, a long one soon."""
        if len(self._area.text) <= _SMALL:
            self.hand_over()
        elif self._timer is None:
            self._timer = self._owner.set_timer(_KEEP_AFTER, self.hand_over)

    def hand_over_pending(self) -> None:
        """Hand the text over now if a timer runs for that."""
        if self._timer is not None:
            self.hand_over()

    def hand_over(self) -> None:
        """Hand the text over now."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._keep is not None:
            self._keep(self._area.draft, self._area.draft_locks)
