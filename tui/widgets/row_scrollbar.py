"""A vertical scrollbar whose few kinds of cells are drawn once each.

Textual draws a scrollbar as it draws any widget: each cell is styled, padded and filtered apart,
which cost as much as all the rows beside it. Here equal cells are one strip.
"""

from rich.color import Color
from rich.segment import Segment
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip
from textual.widget import Widget

_NO_COLOR = Color.default()


class RowScrollBar(ScrollBar):
    """A scrollbar that looks and works as Textual's own."""

    def __init__(self, *, thickness: int) -> None:
        super().__init__(vertical=True, name="vertical", thickness=thickness)
        self._drawn: tuple[object, list[Strip]] = (None, [])
        """What the bar was drawn from last, and its lines."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines of the bar, as they go to the screen."""
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)
        assert isinstance(self.parent, Widget)
        filters = tuple(self.get_line_filters())
        _, ground = self.parent.background_colors
        drawn_from = (
            *(self.size, bar.virtual_size, bar.window_size, bar.position, bar.style),
            *(filters, ground),
        )
        if self._drawn[0] != drawn_from:
            kinds: dict[Segment, Strip] = {}
            lines = []
            for cell in self._cells(bar):
                if cell not in kinds:
                    strip = Strip([cell], self.size.width)
                    for line_filter in filters:
                        strip = strip.apply_filter(line_filter, ground)
                    kinds[cell] = strip
                lines.append(kinds[cell])
            self._drawn = (drawn_from, lines)
        lines = self._drawn[1][crop.y : crop.bottom]
        if crop.column_span != (0, self.size.width):
            return [strip.crop(*crop.column_span) for strip in lines]
        return lines

    def _cells(self, bar: ScrollBarRender) -> list[Segment]:
        style = self.app.console.get_style(bar.style)
        return bar.render_bar(
            size=self.size.height,
            virtual_size=bar.virtual_size,
            window_size=bar.window_size,
            position=bar.position,
            thickness=self.size.width,
            back_color=style.bgcolor or _NO_COLOR,
            bar_color=style.color or _NO_COLOR,
        ).segments


class LeanScrollView(ScrollView):
    """A scrolled view with that scrollbar: as it moves with each frame, Textual's costs as much."""

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The scrollbar, which is made when it is asked for, as Textual does it."""
        if self._vertical_scrollbar is None:
            bar = RowScrollBar(thickness=self.scrollbar_size_vertical)
            self._vertical_scrollbar = bar
            bar.display = False
            self.app._start_widget(self, bar)  # noqa: SLF001
        return self._vertical_scrollbar
