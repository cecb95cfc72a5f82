"""The row above the text of the editor: the title, the counts, the goal of the day."""

import asyncio
from typing import Final

from textual import work

from tui.domain.counts import NO_COUNTS, Counts, checked_goal, counts_of
from tui.screens.debouncer import Debouncer
from tui.screens.draft_area import DraftArea
from tui.screens.edited_piece import EditedPiece, goal_question, selected_facts, size_facts
from tui.screens.frame import Heading

_COUNT_AFTER: Final = 0.3
"""Seconds without a change after which the text is counted."""
_LONG: Final = 10_000
"""Maximum length in characters of a text that is counted on the event loop."""


class EditorHeading(Heading):
    """Counts the text of an area, and its selection, once the writer pauses."""

    def __init__(
        self, title: str, area: DraftArea, piece: EditedPiece, words_before: int | None
    ) -> None:
        """Show the change in words since `words_before`; None shows none."""
        super().__init__(title, id="editor-heading")
        self._area = area
        self._piece = piece
        self._goal = piece.goal
        self.words_before = words_before
        """The number of words from which the change is counted; None shows no change."""
        self._counts = NO_COUNTS
        self._counted: str | None = None
        """The text that was counted."""
        self._part: Counts | None = None
        """The counts of the selection; None without one."""
        self._debouncer = Debouncer(self, _COUNT_AFTER, self._count)

    def on_mount(self) -> None:
        """Count the text; a long one after the first frame, which a thread would delay."""
        if len(self._area.text) <= _LONG:
            self._count()
        else:
            self._debouncer.restart()

    def text_changed(self) -> None:
        """Count the text again soon."""
        self._debouncer.restart()

    def cursor_moved(self) -> None:
        """Count the selection, or that there is none any more, soon."""
        if self._part is not None or not self._area.selection.is_empty:
            self._debouncer.restart()

    @work(exclusive=True, group="count")
    async def _count(self) -> None:
        text = self._area.text
        # A match of the search is selected too, but not by the writer.
        part = self._area.selected_text if self._area.has_focus else ""
        if text != self._counted:
            self._counts, self._counted = await _counts_of(text), text
        self._part = await _counts_of(part) if part else None
        self.show_counts()

    def show_counts(self) -> None:
        """Show the counts, and the number of spots of the area."""
        if self._part is not None:
            self.show_facts(selected_facts(self._part, self._counts))
        elif self._counted is not None:
            spots = len(self._area.spots)
            before, goal = self.words_before, self._goal
            self.show_facts(size_facts(self._piece, self._counts, before, goal=goal, spots=spots))

    def ask_goal(self) -> None:
        """Ask how many words a day the piece is to get."""
        if self._piece.keep_goal is None:
            self.app.notify("Only a piece that is open in the studio has a goal.")
            return
        # At once, and not in a worker: the next key is for the dialog.
        self.app.push_screen(goal_question(self._goal), self._goal_typed)

    def _goal_typed(self, typed: str | None) -> None:
        if typed is not None and self._piece.keep_goal is not None:
            self._goal = checked_goal(typed)
            self._piece.keep_goal(self._goal)
            self.show_counts()


async def _counts_of(text: str) -> Counts:
    return counts_of(text) if len(text) <= _LONG else await asyncio.to_thread(counts_of, text)
