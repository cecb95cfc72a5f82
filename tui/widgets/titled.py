"""A frame around a pane, with a title above and facts below."""

from typing import Literal, Self

from textual import events
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive

from tui.widgets.text import fitting, one_line, visible

_WIDEST = 200
_CORNERS = 6
"""Cells of an edge beside its text."""


class TitledPane(Vertical):
    """A container whose border says what is in it; both texts may be untrusted."""

    heading: reactive[str] = reactive("", repaint=False)
    facts: reactive[tuple[str, ...]] = reactive((), repaint=False)
    """Shown as far as they fit whole; the first of them is cut to fit."""
    alert: reactive[str] = reactive("", repaint=False)
    """Shown in place of the heading while it is not empty, in a warning colour."""

    def __init__(self, *, id: str, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._changing: Literal["upper", "lower"] | None = None
        """The edge whose text is being changed, while it is."""

    def watch_heading(self) -> None:
        """Show the heading."""
        self._show_title()

    def watch_alert(self) -> None:
        """Show the alert, or the heading again."""
        self._show_title()

    def watch_facts(self) -> None:
        """Show the facts in the lower edge."""
        self._changing = "lower"
        room = self.outer_size.width - _CORNERS
        shown = one_line(fitting(map(visible, self.facts), room, " · "), max(0, room))
        if self.border_subtitle != shown:
            self.border_subtitle = Content(shown) if shown else None
        self._changing = None

    def on_resize(self) -> None:
        """Show as many facts as fit now."""
        self.watch_facts()

    def _show_title(self) -> None:
        self._changing = "upper"
        if self.alert:
            shown = Content.styled(one_line(self.alert, _WIDEST), "bold $text-warning")
            self.border_title = shown
        else:
            self.border_title = Content(one_line(self.heading, _WIDEST)) if self.heading else None
        self._changing = None

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Draw again; for a new text in an edge only that edge, not the contents of the frame."""
        if self._changing is not None and not regions:
            width, height = self.outer_size
            y = 0 if self._changing == "upper" else height - 1
            regions = (Region(0, y, width, 1).translate(-self.content_offset),)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class SidePane(TitledPane):
    """A pane at the side of another one: its inner edge can be dragged with the mouse."""

    class Dragged(Message):
        """The edge was dragged: the pane is to be `width` cells wide."""

        def __init__(self, pane: "SidePane", width: int) -> None:
            super().__init__()
            self.pane = pane
            self.width = width

        @property
        def control(self) -> "SidePane":
            """The pane."""
            return self.pane

    def __init__(self, *, is_left: bool, id: str, classes: str) -> None:  # noqa: A002
        """Stand at the left of the other pane, or at its right."""
        super().__init__(id=id, classes=classes)
        self._is_left = is_left
        self._is_dragged = False

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the edge."""
        edge = self.region.right - 1 if self._is_left else self.region.x
        if event.screen_x == edge and event.button == 1:
            event.stop()
            self._is_dragged = True
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while the edge is held."""
        if self._is_dragged:
            event.stop()
            x = int(event.screen_x)
            width = x - self.region.x + 1 if self._is_left else self.region.right - x
            self.post_message(self.Dragged(self, width))

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """Let go of the edge."""
        if self._is_dragged:
            self._is_dragged = False
            self.release_mouse()
