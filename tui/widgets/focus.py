"""Which widget had the focus before it was lost, so that it can have it again.

Textual takes the focus from a widget that a small terminal hides, and does not give it back when
there is room again. Keys that then go to the screen itself would be commands.
"""

from weakref import WeakKeyDictionary

from textual.screen import Screen
from textual.widget import Widget


class FocusMemory:
    """The widget of each screen that had the focus last."""

    def __init__(self) -> None:
        self._last: WeakKeyDictionary[Screen[object], Widget] = WeakKeyDictionary()

    def note(self, screen: Screen[object]) -> None:
        """Remember the widget with the focus; without one the last one stays remembered."""
        if screen.focused is not None:
            self._last[screen] = screen.focused

    def is_lost(self, screen: Screen[object]) -> bool:
        """Whether nothing has the focus, and what had it last is still there."""
        last = self._last.get(screen)
        return screen.focused is None and last is not None and last.is_attached

    def give_back(self, screen: Screen[object]) -> None:
        """Give the focus back where it was lost, as soon as that widget is shown again."""
        if self.is_lost(screen):
            last = self._last[screen]
            if last.focusable and all(node.display for node in last.ancestors_with_self):
                screen.set_focus(last, scroll_visible=False)
