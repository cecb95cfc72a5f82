"""A screen that asks its widgets only for the rows that are drawn again.

Textual's compositor has every widget hand out all its rows for each frame, if only one cell
changes: a key in the prompt drew the conversation too. This is the one place that overrides it. It
leans on `Screen._compositor` and `Compositor._get_renders` of Textual 8.2.8, and
`tests/ui/test_lean_writing.py` fails when those change.
"""

from collections.abc import Iterable
from typing import TypeVar

from textual._compositor import Compositor
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

Result = TypeVar("Result")


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
    """A screen with that compositor."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = LeanCompositor()
