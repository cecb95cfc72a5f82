"""The row above the text in the editor: the title, how much the text is, the goal of the day."""

import asyncio
from typing import Final

from textual import work

from tui.domain.counts import NO_COUNTS, Counts, checked_goal, counts_of
from tui.screens.debouncer import Debouncer
from tui.screens.draft_area import DraftArea
from tui.screens.edited_piece import EditedPiece, goal_question, selected_facts, size_facts
from tui.screens.frame import Heading

_COUNT_AFTER: Final = 0.3
"""Seconds of rest after which it is counted."""
_LONG: Final = 10_000
"""Characters from which on a text is counted beside the event loop."""


class EditorHeading(Heading):
    """Counts the text of an area, and what is selected in it, when the hands are at rest."""

    def __init__(
        self, title: str, area: DraftArea, piece: EditedPiece, words_before: int | None
    ) -> None:
        """Count from `words_before` what changed, unless it is None."""
        super().__init__(title, id="editor-heading")
        self._area = area
        self._piece = piece
        self._goal = piece.goal
        self.words_before = words_before
        """Words from which the change is counted; None where it is not."""
        self._counts = NO_COUNTS
        self._counted: str | None = None
        """The text that the counts are of."""
        self._part: Counts | None = None
        """Counts of what is selected, if something is."""
        self._debouncer = Debouncer(self, _COUNT_AFTER, self._count)

    def on_mount(self) -> None:
        """Count the text; a long one once it is in view: a thread would hold up the first frame."""
        if len(self._area.text) <= _LONG:
            self._count()
        else:
            self._debouncer.restart()

    def on_unmount(self) -> None:
        """Let go of the timer."""
        self._debouncer.stop()

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
        # What is found is selected too; it is not what the writer selected.
        part = self._area.selected_text if self._area.has_focus else ""
        if text != self._counted:
            self._counts, self._counted = await _counts_of(text), text
        self._part = await _counts_of(part) if part else None
        self.show_counts()

    def show_counts(self) -> None:
        """Show what was counted, and how many spots the area has."""
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
