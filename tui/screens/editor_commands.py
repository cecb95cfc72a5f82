"""The commands of the editor that act on the text alone, by their ids."""

from collections.abc import Callable, Mapping
from functools import partial

from tui.domain.editing import EMPHASIS, STRONG, Edit, linked, moved, wrapped
from tui.domain.prose import wider
from tui.screens.draft_area import DraftArea

Handlers = Mapping[str, Callable[[], object]]
"""What commands do, by their ids; the result is not used."""


def text_handlers(area: DraftArea) -> Handlers:
    """Return the commands that edit the text of `area`, or move its cursor and selection."""

    def edit(make: Callable[..., Edit | None], *how: object) -> Callable[[], None]:
        """Return a command that makes an edit of the text and its selection."""
        return lambda: area.apply(make(area.text, *area.selected_span, *how))

    def go_to_end() -> None:
        end = len(area.text)
        area.select(end, end)

    return {
        "editor.undo": area.undo,
        "editor.redo": area.redo,
        "editor.strong": edit(wrapped, STRONG),
        "editor.emphasis": edit(wrapped, EMPHASIS),
        "editor.link": edit(linked),
        "editor.move_up": edit(moved, -1),
        "editor.move_down": edit(moved, 1),
        "editor.select_more": lambda: area.select(*wider(area.text, *area.selected_span)),
        "editor.top": partial(area.select, 0, 0),
        "editor.bottom": go_to_end,
    }
