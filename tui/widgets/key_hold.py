"""A hold: keys wait while a screen or a branch is opened."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from textual import events

LONGEST_WAIT: Final = 2.0
"""Seconds after which keys are passed on, whatever they were waiting for."""


class KeyHold:
    """Keeps keys waiting until it is released, and for `LONGEST_WAIT` seconds at most.

    With `escaped` a hold has no such limit. It ends with a freeing key too, and `escaped` is called
    with the text that the waiting keys would have typed.
    """

    def __init__(
        self,
        released: Callable[["KeyHold"], None],
        escaped: Callable[[str], None] | None = None,
    ) -> None:
        self._released = released
        self._until = time.monotonic() + LONGEST_WAIT
        self.escaped = escaped

    @property
    def is_over(self) -> bool:
        """Whether it has lasted as long as it may."""
        return self.escaped is None and time.monotonic() >= self._until

    def release(self) -> None:
        """Let the keys go; harmless when done twice."""
        self._released(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def written(text: str, event: events.Key | events.Paste) -> str:
    """Return a text after a key or a paste at its end, as in a field of several lines."""
    if isinstance(event, events.Paste):
        return text + event.text
    if event.key == "backspace":
        return text[:-1]
    if event.is_printable:
        return text + (event.character or "")
    return text + "\n" if "enter" in event.key else text
