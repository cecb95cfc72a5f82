"""Doing something once the hands are at rest."""

import time
from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer


class AtRest:
    """Calls something when nothing has been touched for a while.

    A touch is only a look at the clock: a timer for each key would cost more than the key.
    """

    def __init__(
        self,
        owner: MessagePump,
        seconds: float,
        do: Callable[[], object],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Call `do` after so many seconds without a touch, while `owner` is there."""
        self._owner = owner
        self._seconds = seconds
        self._do = do
        self._now = now
        self._touched = 0.0
        self._timer: Timer | None = None

    def touch(self) -> None:
        """Begin to wait anew."""
        self._touched = self._now()
        if self._timer is None:
            self._timer = self._owner.set_timer(self._seconds, self._ring)

    def _ring(self) -> None:
        left = self._touched + self._seconds - self._now()
        if left > 0:
            self._timer = self._owner.set_timer(left, self._ring)
        else:
            self._timer = None
            self._do()

    def stop(self) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
