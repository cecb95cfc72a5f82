"""The list of contents: one line each, with what it is called and where it stands."""

from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.domain.catalog import ContentRow
from tui.domain.ids import ContentId
from tui.domain.status import Status
from tui.widgets.text import one_line

MOST_SHOWN: Final = 1000
"""Rows shown at once; a longer list says how many more there are, and `/` narrows it down."""

_MARKS: Final = {
    Status.DRAFT: ("✎", "$text-muted"),
    Status.REVIEW: ("◎", "$warning"),
    Status.APPROVED: ("✓", "$success"),
    Status.PUBLISHED: ("⇡", "$primary"),
    Status.ARCHIVED: ("▫", "$text-disabled"),
}


@dataclass(frozen=True, slots=True)
class ListedContent:
    """A row of the list with what is going on in it."""

    row: ContentRow
    is_writing: bool = False
    has_news: bool = False
    """Whether an answer arrived while its branch was not on the screen."""
    needs_you: bool = False
    """Whether Claude waits for the writer's answer to a question."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the list shows: its rows from top to bottom, and the one that is open."""

    rows: tuple[ListedContent, ...] = ()
    current: ContentId | None = None
    """The content on screen; the cursor goes to it when it changes, and nowhere when not listed."""
    empty: str = ""
    """The sentence that is shown when there are no rows."""


class ContentList(OptionList):
    """Shows a listing, and says which content is looked at and which one is opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False, id="list.down"),
        Binding("k", "cursor_up", show=False, id="list.up"),
        Binding("g", "first", show=False, id="list.first"),
        Binding("G", "last", show=False, id="list.last"),
    ]

    class Looked(Message):
        """The writer moved to a content."""

        def __init__(self, content_id: ContentId) -> None:
            super().__init__()
            self.content_id = content_id

    class Opened(Message):
        """The writer opened a content to work on it."""

        def __init__(self, content_id: ContentId) -> None:
            super().__init__()
            self.content_id = content_id

    listing: reactive[Listing] = reactive(Listing())
    """What is shown. The cursor stays on its row unless `current` is another one than before."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, compact=True, markup=False)
        self._listed: tuple[ListedContent, ...] = ()
        self._width = 0

    def watch_listing(self, before: Listing, listing: Listing) -> None:
        """Show the rows, with the cursor where the reader expects it."""
        cursor = self.current
        self._show(listing.rows[:MOST_SHOWN])
        ids = [content.row.id for content in self._listed]
        wanted = cursor if before.current == listing.current and cursor in ids else listing.current
        with self.prevent(OptionList.OptionHighlighted):
            self.highlighted = ids.index(wanted) if wanted in ids else None

    def _show(self, listed: tuple[ListedContent, ...]) -> None:
        if listed != self._listed or self._width != self._text_width:
            self._listed, self._width = listed, self._text_width
            with self.prevent(OptionList.OptionHighlighted):
                self.set_options([self._option(content) for content in listed])

    @property
    def current(self) -> ContentId | None:
        """The content under the cursor."""
        index = self.highlighted
        return None if index is None else self._listed[index].row.id

    @property
    def _text_width(self) -> int:
        return max(8, self.scrollable_content_region.width - 2)

    def _option(self, content: ListedContent) -> Option:
        row = content.row
        mark, style = _MARKS[row.status]
        if content.needs_you:
            mark, style = "?", "bold $warning"
        elif content.is_writing:
            mark, style = "⠿", "bold $accent"
        elif row.needs:
            mark, style = "⌀", "$warning"
        elif row.has_failed:
            mark, style = "!", "bold $error"
        dot, dot_style = ("●", "$accent") if content.has_news else (" ", "")
        width = self._text_width - 4
        title = one_line(row.title, width)
        is_gone = row.status is Status.ARCHIVED
        prompt = Content.assemble(
            (f"{dot} ", dot_style),
            (title, "$text-disabled" if is_gone else ""),
            " " * (width - Content(title).cell_length + 1),
            (mark, style),
        )
        return Option(prompt, id=row.id)

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the titles to the new width."""
        if self._listed and self._width != self._text_width:
            place = self.highlighted
            self._show(self._listed)
            with self.prevent(OptionList.OptionHighlighted):
                self.highlighted = place

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say which content is looked at."""
        event.stop()
        if event.option_id is not None:
            self.post_message(self.Looked(ContentId(event.option_id)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say which content is opened."""
        event.stop()
        if event.option_id is not None:
            self.post_message(self.Opened(ContentId(event.option_id)))
