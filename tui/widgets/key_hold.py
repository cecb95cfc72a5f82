"""A hold: keys wait while a screen or a branch is opened."""

from collections.abc import Callable

from textual import events


class KeyHold:
    """Keeps keys waiting until it is released, or a freeing key gives it up.

    With `escaped` the first freeing key does so, and `escaped` is called with the text that the
    waiting keys would have typed.
    """

    def __init__(
        self,
        released: Callable[["KeyHold"], None],
        escaped: Callable[[str], None] | None = None,
    ) -> None:
        self._released = released
        self.escaped = escaped

    def release(self) -> None:
        """Let the keys go; harmless when done twice."""
        self._released(self)


def written(text: str, event: events.Key | events.Paste) -> str:
    """Return a text after a key or a paste at its end, as in a field of several lines."""
    if isinstance(event, events.Paste):
        return text + event.text
    if event.key == "backspace":
        return text[:-1]
    if event.is_printable:
        return text + (event.character or "")
    return text + "\n" if "enter" in event.key else text
