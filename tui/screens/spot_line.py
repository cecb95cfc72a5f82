"""What looks unfinished in a text that is being written: looked for at rest, told on one line."""

import asyncio
from typing import Final

from textual import events, work
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.commands import keymap_of
from tui.domain.readiness import Spot, watched
from tui.screens.at_rest import AtRest
from tui.screens.draft_area import DraftArea
from tui.screens.edited_piece import EditedPiece
from tui.widgets.text import visible

_CHECK_AFTER: Final = 0.7
"""Seconds of rest after which a text is checked: longer than one thinks of the next word."""
MOST_CHECKED: Final = 100_000
"""Characters of a text up to which it is checked while it is written."""


class SpotLine(Static):
    """Checks the text of an area, steps through what is found, and tells it; hidden until then."""

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
        """The text was checked: the area has its spots."""

    def __init__(self, area: DraftArea, piece: EditedPiece) -> None:
        """Check the text of `area`: also against what was approved of the piece, and its words."""
        super().__init__(markup=False, id="spot-line")
        self.display = False
        self._area = area
        self._approved = piece.approved
        self._spelling = piece.spelling
        self._at_rest = AtRest(self, _CHECK_AFTER, self._check)
        self._told: Spot | None = None
        self._says_all_is_well = False

    def on_mount(self) -> None:
        """Check the text as it is given, once it is in view."""
        self._at_rest.touch()

    def on_unmount(self, _event: events.Unmount) -> None:
        """Let go of the timer."""
        self._at_rest.stop()

    def text_changed(self) -> None:
        """Check the text again soon."""
        self._at_rest.touch()
        if self.display:
            self._tell(None)

    def cursor_moved(self) -> None:
        """Take away what is told once the cursor is elsewhere."""
        told, here = self._told, self._area.cursor_location
        if self.display and (told is None or self._place(told) != here):
            self._tell(None)

    def step(self, direction: int) -> None:
        """Go to the next (1) or the previous (-1) spot, and from the last one to the first."""
        spots = self._area.spots
        if not spots:
            self._say_all_is_well()
            return
        number = self._number(spots, direction) % len(spots)
        spot = spots[number]
        if spot.line:
            at = self._area.index_of(self._place(spot))
            self._area.select(at, at)
            self._area.scroll_cursor_visible(center=True)
        self._tell(spot)

    def _number(self, spots: tuple[Spot, ...], direction: int) -> int:
        """Return the number of the spot to go to; it may be one too many or too few."""
        if self._told in spots:
            return spots.index(self._told) + direction
        here = self._area.cursor_location
        passed = sum(1 for spot in spots if spot.line and self._place(spot) < here)
        if direction < 0:
            return passed - 1
        return passed

    @staticmethod
    def _place(spot: Spot) -> tuple[int, int]:
        return spot.line - 1, spot.column

    def _tell(self, spot: Spot | None) -> None:
        """Tell what a spot is, and which one of them; nothing (None) once it is gone."""
        spots = self._area.spots
        self._told = spot if spot in spots else None
        if spot is None or self._told is None:
            self._show("")
        else:
            key = keymap_of(self.app).key("editor.add_word")
            right = f" {key} takes it as right." if spot.word else ""
            self._show(f"{spots.index(spot) + 1} of {len(spots)} · {spot.sentence}{right}")

    def _say_all_is_well(self) -> None:
        """Say that nothing was found, and why spelling was not checked where it was not."""
        problem = self._spelling.problem if self._spelling is not None else ""
        self._show(f"Nothing looks unfinished. {problem}".strip())
        self._says_all_is_well = True

    def _show(self, sentence: str) -> None:
        self._says_all_is_well = False
        self.display = bool(sentence)
        self.update(Content(visible(sentence)))

    def _spots_of(self, text: str) -> tuple[Spot, ...]:
        spots = watched(text, self._approved)
        if self._spelling is None:
            return spots
        every = (*spots, *self._spelling.spots(text))
        return tuple(sorted(every, key=lambda spot: (not spot.line, spot.line, spot.column)))

    def add_word(self) -> None:
        """Take the word that is told, or the one under the cursor, as right in this piece."""
        line, column = self._area.cursor_location
        here = [
            spot
            for spot in self._area.spots
            if spot.word and spot.line == line + 1 and spot.column <= column <= spot.end
        ]
        if not here or self._spelling is None:
            key = keymap_of(self.app).key("editor.next_spot")
            self._show(f"The cursor is on no word that is unknown; {key} goes to the next one.")
            return
        word = here[0].word
        self._spelling.add(word)
        self._tell(None)
        self._area.show_spots([spot for spot in self._area.spots if spot.word != word])
        self.post_message(self.Checked())
        self._show(f"“{word}” is right in this piece from now on.")

    def ask_language(self) -> None:
        """Ask for the language in which spelling is checked."""
        if self._spelling is None:
            self.app.notify("Only a piece that is open in the studio has a language.")
            return

        def chosen(language: str | None) -> None:
            if language is not None:
                self._at_rest.touch()

        self.app.push_screen(self._spelling.language_question(), chosen)

    @work(exclusive=True, group="check")
    async def _check(self) -> None:
        area, text = self._area, self._area.text
        if len(text) <= MOST_CHECKED:
            spots = await asyncio.to_thread(self._spots_of, area.checkable)
            if area.text != text:
                return  # It is checked again when the hands rest.
            area.show_spots(spots)
        if self._told is not None:
            self._tell(self._told)
        elif self._says_all_is_well:
            # It was said of the text before.
            if area.spots:
                self._tell(None)
            else:
                self._say_all_is_well()
        self.post_message(self.Checked())
