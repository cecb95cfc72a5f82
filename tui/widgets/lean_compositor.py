"""A screen that asks its widgets only for the rows that have to be drawn again.

Textual's compositor has every widget hand out all its rows for each frame, if only one cell
changes: a key in the prompt drew the conversation too. It also cuts a row at the edges of all
widgets, even of those behind others: a notice lost the wide characters that lay over the edge of a
pane. This is the one place that overrides it. It leans on `Screen._compositor`,
`Screen._compositor_refresh` and on `cuts`, `_cuts`, `_get_renders` and `_render_chops` of the
`Compositor` of Textual 8.2.8; `tests/ui/test_lean_writing.py`, `tests/ui/test_frames.py` and
`tests/ui/test_first_frame.py` fail when those change.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar, cast

from textual._compositor import Compositor
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip

Result = TypeVar("Result")

DRAWN_AFTER: Final = 1.0
"""Maximum seconds for which a screen stays dark: the library may be on a slow disk."""


class LeanCompositor(Compositor):
    """A compositor that draws only rows that have changed, and cuts them only at edges one sees."""

    @property
    def cuts(self) -> list[list[int]]:
        """The columns at which each row is cut: the edges that no widget in front hides."""
        if self._cuts is None:
            self._cuts = _seen_edges(self.size, self._shown_regions())
        return self._cuts

    def _shown_regions(self) -> Iterable[Region]:
        """Yield what each widget takes of the screen; front to back."""
        screen = self.size.region
        for region, clip in self.visible_widgets.values():
            shown = region.intersection(clip)
            if shown and screen.contains_region(shown):
                yield shown

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> Sequence[Mapping[int, Strip]]:
        """Return the strips of each row by their columns; those of other rows are missing."""
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(row[:-1]) for row in cuts]
        for region, _, strips in self._get_renders(crop):
            left, right = region.column_span
            for y, strip in zip(region.line_range, strips, strict=False):
                if not is_rendered_line(y):
                    continue
                inside = [cut for cut in cuts[y] if left <= cut <= right]
                if not inside:
                    continue  # Both edges are hidden, and so is all between them.
                first, row = inside[0], chops[y]
                seen = strip.crop(first - left) if first > left else strip
                parts = seen.divide([cut - first for cut in inside[1:]])
                for cut, part in zip(inside, parts, strict=False):
                    if row[cut] is None:
                        row[cut] = part
        return cast("Sequence[Mapping[int, Strip]]", chops)

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


def _seen_edges(size: Size, regions: Iterable[Region]) -> list[list[int]]:
    """Return, for each row, the columns at which a region begins or ends that none in front hides.

    `regions` are given front to back; those of a row are sorted, and begin and end with the screen.
    """
    rows: list[set[int]] = [{0, size.width} for _ in range(size.height)]
    before: list[Region] = []
    for region in regions:
        over = [front for front in before if front.overlaps(region)]
        for edge in (region.x, region.right):
            hiding = [front for front in over if front.x < edge < front.right]
            for y in region.line_range:
                if not any(front.y <= y < front.bottom for front in hiding):
                    rows[y].add(edge)
        before.append(region)
    return [sorted(row) for row in rows]


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
