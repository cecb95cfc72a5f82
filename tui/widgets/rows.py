"""How many rows a scrolled list has, said without laying out the whole screen again."""

from textual.geometry import Size
from textual.scroll_view import ScrollView


def set_rows(view: ScrollView, count: int) -> None:
    """Tell a view that draws its own lines how many there are.

    Textual lays out the screen for every other `virtual_size`; that is only needed when a
    scrollbar comes or goes.
    """
    height = view.size.height
    if (view.virtual_size.height > height) == (count > height):
        view.set_reactive(ScrollView.virtual_size, Size(0, count))
        if view.show_vertical_scrollbar:
            view.vertical_scrollbar.window_virtual_size = count
    else:
        view.virtual_size = Size(0, count)
