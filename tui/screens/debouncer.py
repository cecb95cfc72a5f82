"""Doing something once the writer has not typed for a while."""

import time
from collections.abc import Callable

from textual.message_pump import MessagePump


class Debouncer:
    """Calls a function once some time has passed since the last `restart`.

    A restart only notes the time: a new timer for each key would cost more than the key itself.
    """

    def __init__(self, owner: MessagePump, seconds: float, do: Callable[[], object]) -> None:
        """Call `do` when `seconds` have passed.

        The timers are those of `owner`: Textual stops them when `owner` is removed.
        """
        self._owner = owner
        self._seconds = seconds
        self._do = do
        self._restarted_at = 0.0
        """In seconds of `time.monotonic`."""
        self.is_waiting = False
        """Whether the function is going to be called."""

    def restart(self) -> None:
        """Begin to wait, or begin again."""
        self._restarted_at = time.monotonic()
        if not self.is_waiting:
            self.is_waiting = True
            self._owner.set_timer(self._seconds, self._fire)

    def _fire(self) -> None:
        """Call the function, or wait for what is left since the last restart."""
        left = self._restarted_at + self._seconds - time.monotonic()
        if left > 0:
            self._owner.set_timer(left, self._fire)
        else:
            self.is_waiting = False
            self._do()
