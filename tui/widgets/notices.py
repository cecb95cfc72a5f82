"""Notices: one at a time, each gone by itself, and a record of the last ones."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

from textual.app import App
from textual.screen import Screen
from textual.widgets import Input, TextArea

from tui.domain.frozen import frozen
from tui.widgets.text import visible

KEPT: Final = 100
"""Notices that can be read again."""
SHORTEST: Final = 4.0
"""Seconds that a notice stays, at least."""
PER_CHARACTER: Final = 0.06
"""Seconds that it stays for each character: people read about 15 to 20 a second."""


@frozen
class Notice:
    """A sentence that was shown for a while; it may quote untrusted text."""

    at: datetime
    """Time-zone aware."""
    text: str
    is_problem: bool = False


class NoticeBoard:
    """Shows notices through an app's toasts, each in place of the one before."""

    def __init__(self, app: App[None], now: Callable[[], datetime]) -> None:
        """Take the app, and the clock."""
        self._app = app
        self._now = now
        self._notices: deque[Notice] = deque(maxlen=KEPT)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The last notices, the newest first."""
        return tuple(reversed(self._notices))

    def clear(self) -> None:
        """Take the notice away that is shown now; it is kept among the last ones."""
        self._app.clear_notifications()
        for screen in self._app.screen_stack:
            screen.query("ToastHolder").remove()  # Textual leaves them there, as empty rows.

    def show(self, text: str, *, is_problem: bool = False) -> None:
        """Show a notice, and take away the one before it."""
        self._notices.append(Notice(self._now(), text, is_problem))
        self.clear()
        App.notify(  # An app's own may lead here.
            self._app,
            visible(text),
            severity="error" if is_problem else "information",
            timeout=SHORTEST + PER_CHARACTER * len(text),
            markup=False,
        )


def keep_clear(screen: Screen[object]) -> None:
    """Have notices stand below a screen's heading, above its keys where one types further up."""
    focused, height = screen.focused, screen.size.height
    row = focused.cursor_screen_offset.y if isinstance(focused, Input | TextArea) else height
    is_low = row <= height // 2
    headings = [one.region.bottom for one in screen.query_children(".heading")]
    hints = [one.region for one in screen.query(".hints")]
    above = max(headings, default=1)
    below = height - min((one.y for one in hints if one.bottom >= height - 1), default=height)
    for rack in screen.query("ToastRack"):
        rack.set_class(is_low, "-low")
        rack.styles.padding = (0, 0, below, 0) if is_low else (above, 0, 0, 0)
