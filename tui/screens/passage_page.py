"""A passage in its place: the page of the editor, with the passage selected or its change shown."""

from collections.abc import Hashable, Iterator, Sequence
from typing import ClassVar, Final, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.geometry import Offset, Region
from textual.widgets import TextArea

from tui.domain.diff import DiffKind, compare
from tui.screens.draft_area import DraftArea
from tui.screens.markdown_area import Stretch

_LOOKS: Final = {DiffKind.REMOVED: "draft--removed", DiffKind.ADDED: "draft--added"}
_AIR: Final = 1
"""Rows of the text that stay in view above and below a change, where there is room."""

Words = tuple[str, DiffKind]
"""Words of a passage that are in both texts (`SAME`), or in one of them."""


class EditorPage(Protocol):
    """The text area of the editor, which the page of a passage covers."""

    @property
    def region(self) -> Region:
        """Its region of the screen, in cells."""
        ...

    @property
    def scroll_offset(self) -> Offset:
        """How far it is scrolled, in cells."""
        ...


def words_of(before: str, after: str) -> Sequence[Words]:
    """Return the words of both texts of a passage in the order in which they are read."""
    words: list[Words] = []
    for block in compare(before, after).blocks:
        lead = block.lead.after or block.lead.before
        if words and lead:
            words.append((lead, DiffKind.SAME))
        words += [(span.text, span.kind) for span in block.spans]
    return words


class PassagePage(DraftArea, inherit_bindings=False):
    """Shows a text with a passage in it; to be read.

    The words of the passage are those of before and after. Where all are the same, they are
    selected.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(_LOOKS.values())
    DEFAULT_CSS = """
    PassagePage {
        & > .draft--removed {
            color: $text-error;
            text-style: strike;
        }
        & > .draft--added {
            color: $text-success;
            text-style: underline;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *ScrollableContainer.BINDINGS,
        *(one for one in TextArea.BINDINGS if isinstance(one, Binding) and one.action == "copy"),
    ]

    def __init__(self, lead: str, words: Sequence[Words], rest: str) -> None:
        """Show `words` between the text before and after them."""
        self._changes: tuple[dict[int, tuple[tuple[int, int], ...]], ...] = ()
        super().__init__(lead + "".join(text for text, _ in words) + rest)
        self.set_reactive(TextArea.read_only, True)
        self.set_reactive(TextArea.show_cursor, False)
        hide, at = self._stand_ins.hide, len(self._stand_ins.hide(lead))
        self._first, self._first_row = at, 0
        spans: dict[DiffKind, list[tuple[int, int]]] = {kind: [] for kind in _LOOKS}
        for text, kind in words:
            end = at + len(hide(text))
            if kind in spans:
                spans[kind].append((at, end))
            at = end
        self._end = at
        self._changes = tuple(self._by_line(spans[kind]) for kind in _LOOKS)

    def on_mount(self) -> None:
        """Select the passage when nothing in it has changed."""
        if not any(self._changes):
            self.select(self._first, self._end)

    def stand_in(self, region: Region, first_row: int) -> None:
        """Cover a region of the screen, scrolled to `first_row` if that shows the change."""
        self._first_row = first_row
        self.absolute_offset = region.offset
        self.styles.width, self.styles.height = region.size
        if self.is_mounted:
            self.call_after_refresh(self._bring_into_view)

    def on_resize(self) -> None:
        """Bring the change into view once the text is wrapped at the new width."""
        self.call_next(self._bring_into_view)

    def _bring_into_view(self) -> None:
        # A layout that comes early can leave this page without the `Resize` that wraps a text.
        self._rewrap_and_refresh_virtual_size()
        location, row_of = self.held.get_location_from_index, self._hanging.row_of
        top, bottom = row_of(*location(self._first)), row_of(*location(self._end))
        rows = self.scrollable_content_region.height
        first_row = max(self._first_row, bottom + 1 + _AIR - rows)
        last_row = max(top - _AIR, min(self._first_row, top))
        self.scroll_to(y=max(0, min(first_row, last_row)), animate=False, immediate=True)

    async def _on_key(self, event: events.Key) -> None:
        """Leave every key to the screen: nothing is written here."""
        event.prevent_default()

    def _marks_on(self, line: int) -> Hashable:
        return tuple(changes.get(line) for changes in self._changes)

    def _stretches(self, line: int) -> Iterator[Stretch]:
        yield from super()._stretches(line)
        for look, changes in zip(_LOOKS.values(), self._changes, strict=False):
            for start, end in changes.get(line, ()):
                yield look, start, end
