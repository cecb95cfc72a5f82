"""The line of the editor that shows one finding in the text, such as a misspelt word."""

import asyncio
from typing import Final

from textual import work
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.commands import keymap_of
from tui.domain.readiness import Spot, watched
from tui.screens.debouncer import Debouncer
from tui.screens.draft_area import DraftArea
from tui.screens.edited_piece import EditedPiece
from tui.widgets.text import visible

_CHECK_AFTER: Final = 0.7
"""Seconds without a change after which a text is checked; writers think of a next word for less."""
_MOST_CHECKED: Final = 100_000
"""Maximum length in characters of a text that is checked."""


class SpotLine(Static):
    """Checks the text of an area, and shows the findings one at a time; hidden while none is shown.

    The area keeps the findings, its spots, and marks their rows.
    """

    DEFAULT_CSS = """
    SpotLine {
        height: auto;
        width: 100%;
        padding: 0 1;
        color: $text-warning;
        background: $panel;
    }
    """

    class Checked(Message):
        """The text was checked, or a word was added: the spots of the area are others."""

    def __init__(self, area: DraftArea, piece: EditedPiece) -> None:
        """Check the text of `area`.

        Its spelling is checked as `piece` says, and its facts against the text approved last.
        """
        super().__init__(markup=False, id="spot-line")
        self.display = False
        self._area = area
        self._approved = piece.approved
        self._spelling = piece.spelling
        self._debouncer = Debouncer(self, _CHECK_AFTER, self._check)
        self._shown: Spot | None = None
        self._is_all_well = False

    def on_mount(self) -> None:
        """Check the text soon: the first frame comes before."""
        self._debouncer.restart()

    def text_changed(self) -> None:
        """Check the text again soon."""
        self._debouncer.restart()
        if self.display:
            self._show_spot(None)

    def cursor_moved(self) -> None:
        """Hide the line once the cursor has left the spot that is shown."""
        shown, here = self._shown, self._area.cursor_location
        if self.display and (shown is None or self._place(shown) != here):
            self._show_spot(None)

    def step(self, direction: int) -> None:
        """Go to the next (1) or the previous (-1) spot, from the last on to the first; show it."""
        spots = self._area.spots
        if not spots:
            self._show_all_is_well()
            return
        number = self._number(spots, direction) % len(spots)
        spot = spots[number]
        if spot.line:
            at = self._area.index_of(self._place(spot))
            self._area.select(at, at)
            self._area.scroll_cursor_visible(center=True)
        self._show_spot(spot)

    def _number(self, spots: tuple[Spot, ...], direction: int) -> int:
        """Return the index of the spot to go to; -1 and `len(spots)` are possible."""
        if self._shown in spots:
            return spots.index(self._shown) + direction
        here = self._area.cursor_location
        passed = sum(1 for spot in spots if spot.line and self._place(spot) < here)
        return passed - 1 if direction < 0 else passed

    @staticmethod
    def _place(spot: Spot) -> tuple[int, int]:
        return spot.line - 1, spot.column

    def _show_spot(self, spot: Spot | None) -> None:
        """Show a spot and its number; hide the line for None, or for a spot that is gone."""
        spots = self._area.spots
        self._shown = spot if spot in spots else None
        if spot is None or self._shown is None:
            self._show_sentence("")
        else:
            key = keymap_of(self.app).key("editor.add_word")
            right = f" {key} takes it as right." if spot.word else ""
            self._show_sentence(f"{spots.index(spot) + 1} of {len(spots)} · {spot.sentence}{right}")

    def _show_all_is_well(self) -> None:
        """Show that nothing was found, and why spelling was not checked where it was not."""
        problem = self._spelling.problem if self._spelling is not None else ""
        self._show_sentence(f"Nothing looks unfinished. {problem}".strip())
        self._is_all_well = True

    def close(self) -> None:
        """Hide the line."""
        self._show_spot(None)

    def _show_sentence(self, sentence: str) -> None:
        self._is_all_well = False
        self.display = bool(sentence)
        self.update(Content(visible(sentence)))

    def _spots_of(self, text: str) -> tuple[Spot, ...]:
        spots = watched(text, self._approved)
        if self._spelling is None:
            return spots
        every = (*spots, *self._spelling.spots(text))
        return tuple(sorted(every, key=lambda spot: (not spot.line, spot.line, spot.column)))

    def add_word(self) -> None:
        """Take the misspelt word at the cursor as right in this piece."""
        line, column = self._area.cursor_location
        here = [
            spot
            for spot in self._area.spots
            if spot.word and spot.line == line + 1 and spot.column <= column <= spot.end
        ]
        if not here or self._spelling is None:
            key = keymap_of(self.app).key("editor.next_spot")
            none = f"The cursor is on no word that is unknown; {key} goes to the next one."
            self._show_sentence(none)
            return
        word = here[0].word
        self._spelling.add(word)
        self._show_spot(None)
        self._area.show_spots([spot for spot in self._area.spots if spot.word != word])
        self.post_message(self.Checked())
        self._show_sentence(f"“{word}” is right in this piece from now on.")

    def ask_language(self) -> None:
        """Ask for the language in which spelling is checked."""
        if self._spelling is None:
            self.app.notify("Only a piece that is open in the studio has a language.")
            return

        def chosen(language: str | None) -> None:
            if language is not None:
                self._debouncer.restart()

        self.app.push_screen(self._spelling.language_question(), chosen)

    @work(exclusive=True, group="check")
    async def _check(self) -> None:
        area, text = self._area, self._area.text
        if len(text) <= _MOST_CHECKED:
            spots = await asyncio.to_thread(self._spots_of, area.checkable)
            if area.text != text:
                return  # The change has restarted the timer.
            area.show_spots(spots)
        if self._shown is not None:
            self._show_spot(self._shown)
        elif self._is_all_well:
            if area.spots:
                self._show_spot(None)
            else:
                self._show_all_is_well()
        self.post_message(self.Checked())
