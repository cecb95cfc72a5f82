"""Frames that are drawn when someone looks: nobody sees the terminal of an app under test."""

from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from rich.console import RenderableType
from textual._compositor import Compositor
from textual.pilot import Pilot
from textual.screen import Screen

_draw = Compositor.render_update
_pause = Pilot.pause
_drawn: WeakSet[Compositor] = WeakSet()
_seen: WeakKeyDictionary[Compositor, str] = WeakKeyDictionary()
"""What was on each screen at the last look."""


def draw_when_looked_at() -> None:
    """Leave out the frames between two looks.

    Textual draws up to 60 frames a second, and throws them away where there is no terminal: a
    third of what an app costs in a test. A look is a read of the screen's text, a picture, and a
    pause without a time, which is every press of a pilot. The first frame of every dialog is drawn
    in any case, so that each state that keys lead to is drawn at least once.
    """
    Compositor.render_update = _put_off  # type: ignore[method-assign,assignment]
    Pilot.pause = _pause_and_draw  # type: ignore[method-assign]


def text_of(screen: Screen[Any]) -> str:
    """Return what is on a screen, as lines of text; drawn only when something changed."""
    compositor = screen._compositor
    pending = screen._dirty_widgets or screen._layout_required or screen._repaint_required
    if pending or compositor._dirty_regions or compositor not in _seen:
        compositor._dirty_regions.clear()
        strips = compositor.render_strips()
        _seen[compositor] = "\n".join(strip.text.rstrip() for strip in strips)
    return _seen[compositor]


def draw_now(screen: Screen[Any]) -> None:
    """Draw what has changed on a screen since it was last drawn."""
    compositor = screen._compositor
    if compositor._dirty_regions:
        _draw(compositor, screen_stack=screen.app._background_screens)
        _seen.pop(compositor, None)


def _put_off(self: Compositor, full: bool = False, **named: Any) -> RenderableType | None:
    if not full and (self in _drawn or not _is_of_dialog(self)):
        return None
    _drawn.add(self)
    return _draw(self, full, **named)


def _is_of_dialog(compositor: Compositor) -> bool:
    """Whether a screen lies over Textual's own first one and the app's."""
    return compositor.root is not None and len(compositor.root.app.screen_stack) > 2


async def _pause_and_draw(self: Pilot[Any], delay: float | None = None) -> None:
    await _pause(self, delay)
    if delay is None:
        draw_now(self.app.screen)
