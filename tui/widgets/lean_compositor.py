"""A screen that asks its widgets only for the rows that have to be drawn again.

Textual's compositor has every widget hand out all its rows for each frame, if only one cell
changes: a key in the prompt drew the conversation too. This is the one place that overrides it. It
leans on `Screen._compositor`, `Screen._compositor_refresh` and `Compositor._get_renders` of Textual
8.2.8; `tests/ui/test_lean_writing.py` and `tests/ui/test_first_frame.py` fail when those change.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

from textual._compositor import Compositor
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

Result = TypeVar("Result")

DRAWN_AFTER: Final = 1.0
"""Maximum seconds for which a screen stays dark: the library may be on a slow disk."""


class LeanCompositor(Compositor):
    """A compositor that leaves out what does not lie in the rows that are drawn again."""

    def _get_renders(
        self, crop: Region | None = None
    ) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Yield for each widget the region to draw, twice, and the strips in it; front to back."""
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            if crop is not None:
                top, bottom = max(shown.y, crop.y), min(shown.bottom, crop.bottom)
                if top >= bottom or not crop.overlaps(shown):
                    continue
                shown = Region(shown.x, top, shown.width, bottom - top)
            if shown:
                yield shown, shown, widget.render_lines(shown.translate(-region.offset))
            if crop is not None and shown.contains_region(crop):
                return  # Whatever lies behind is hidden.


class LeanScreen(Screen[Result]):
    """A screen with that compositor.

    With `is_drawn_with_focus` nothing is drawn until something on it has the focus, at the latest
    after `DRAWN_AFTER`: what is put together in several steps is then one frame.
    """

    def __init__(self, *, is_drawn_with_focus: bool = False) -> None:
        super().__init__()
        self._compositor = LeanCompositor()
        self._is_dark = is_drawn_with_focus

    def on_mount(self) -> None:
        """Draw after `DRAWN_AFTER` where nothing has got the focus until then."""
        if self._is_dark:
            self.set_timer(DRAWN_AFTER, self._draw)

    def on_descendant_focus(self) -> None:
        """Draw everything once it is laid out."""
        if self._is_dark:
            self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if self._is_dark:
            self._is_dark = False
            self.refresh()

    def _compositor_refresh(self) -> None:
        if self._is_dark:
            self._dirty_widgets.clear()  # All is drawn later; Textual would ask 60 times a second.
        else:
            super()._compositor_refresh()
