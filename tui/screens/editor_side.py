"""The pane beside the text of the editor: its preview, its outline or its changes."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.domain.diff import Comparison, compare
from tui.domain.place import Side
from tui.domain.prose import HeadingPlace, headings
from tui.screens.debouncer import Debouncer
from tui.screens.diff_layout import DiffView, lay_out
from tui.screens.diff_words import changed_words
from tui.screens.draft_area import DraftArea
from tui.widgets.markdown_page import MarkdownPage
from tui.widgets.reader import Reader
from tui.widgets.text import one_line

WIDE: Final = 160
"""Minimum width of the terminal, in columns, for a pane beside the text."""
_LARGE: Final = 100_000
"""Maximum length in characters of a text that is shown in the pane."""
_SHOW_AFTER: Final = 0.4
"""Seconds without a change after which the pane shows what was typed."""
_WIDEST: Final = 120
_TITLES: Final = {Side.PREVIEW: "Preview", Side.OUTLINE: "Outline", Side.DIFF: "Changes"}


class EditorSide(Vertical):
    """Shows a text in one of three ways; it takes clicks and the wheel, but never the focus."""

    class GoTo(Message):
        """A heading was chosen, which begins at the position `at` of the text."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(self, area: DraftArea, given: str) -> None:
        """Show the text of `area`, and what changed in it since it was `given`."""
        super().__init__(id="side")
        self.display = False
        self._area = area
        self._given = given
        self._side = Side.NONE
        self._headings: Sequence[HeadingPlace] = ()
        self._comparison: Comparison | None = None
        self._opened: frozenset[int] = frozenset()
        """The folds of the comparison that are open."""
        self._debouncer = Debouncer(self, _SHOW_AFTER, self._show)
        self._shown: tuple[Side, str] | None = None
        """What is shown, and the text it was made of."""

    def compose(self) -> ComposeResult:
        """Compose the title, and preview, outline and changes, of which one is shown."""
        yield Static(id="side-title", markup=False)
        yield MarkdownPage(id="preview")
        outline = OptionList(id="outline", compact=True)
        outline.can_focus = False
        yield outline
        changes = Reader(id="changes")
        changes.can_focus = False
        yield changes

    def turn_to(self, side: Side) -> None:
        """Show another side, or none."""
        self._side = side
        self.display = side is not Side.NONE
        for name, one in (("preview", Side.PREVIEW), ("outline", Side.OUTLINE)):
            self.query_one(f"#{name}").display = side is one
        self.query_one("#changes").display = side is Side.DIFF
        self._title(_TITLES.get(side, ""))
        self._shown = None
        if self.display:
            self.call_after_refresh(self._show)

    def text_changed(self) -> None:
        """Show the text as it is now, soon."""
        if self.display:
            self._debouncer.restart()

    def cursor_moved(self) -> None:
        """Follow the cursor."""
        if self.display and self._side is not Side.DIFF:
            self._debouncer.restart()

    # -- what is shown -------------------------------------------------------------------------

    def _title(self, title: str) -> None:
        self.query_one("#side-title", Static).update(Content(title))

    @work(exclusive=True, group="show")
    async def _show(self) -> None:
        area, text = self._area, self._area.text
        if len(text) > _LARGE:
            self._title(f"Nothing is shown beside a text of more than {_LARGE} characters.")
            return
        is_new = self._shown != (self._side, text)
        self._shown = self._side, text
        match self._side:
            case Side.PREVIEW if is_new:
                self.query_one(MarkdownPage).show(area.checkable, self._share)
            case Side.PREVIEW:
                self.query_one(MarkdownPage).follow(self._share)
            case Side.OUTLINE:
                if is_new:
                    self._outline(await asyncio.to_thread(headings, text))
                self._mark_heading()
            case Side.DIFF if is_new:
                self._changes(await asyncio.to_thread(compare, self._given, area.draft))

    @property
    def _share(self) -> float:
        """How much of the text is before the cursor, from 0 to 1."""
        return self._area.selected_span[1] / max(1, len(self._area.text))

    def _outline(self, found: Sequence[HeadingPlace]) -> None:
        self._headings = found
        names = ("  " * (one.level - 1) + one_line(one.title, _WIDEST) for one in found)
        self.query_one(OptionList).set_options(Option(Content(name or " ")) for name in names)
        self._title("Outline" if found else "Outline: no heading yet")

    def _mark_heading(self) -> None:
        """Mark the heading that the cursor is under."""
        at = self._area.selected_span[1]
        above = sum(1 for one in self._headings if one.at <= at)
        self.query_one(OptionList).highlighted = above - 1 if above else None

    def _changes(self, comparison: Comparison, opened: frozenset[int] = frozenset()) -> None:
        """Show a comparison, with some of its folds open."""
        self._comparison, self._opened = comparison, opened
        words = changed_words(comparison, is_same=not comparison.changes)
        self._title(f"Changes · {words}")
        layout = partial(lay_out, comparison, DiffView(opened=opened))
        self.query_one(Reader).redraw(layout)

    @on(Reader.FoldClicked)
    def _open_fold(self, event: Reader.FoldClicked) -> None:
        event.stop()
        if self._comparison is not None:
            self._changes(self._comparison, self._opened | {event.fold})

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_index < len(self._headings):
            self.post_message(self.GoTo(self._headings[event.option_index].at))
