"""The line of the editor for finding and replacing."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Input, Static

from tui.domain.editing import Edit
from tui.domain.errors import InvalidInput
from tui.domain.finding import LIMIT, Finder, Span, finder
from tui.screens.draft_area import DraftArea
from tui.widgets.text import one_line

_LOOK_AFTER: Final = 0.15
"""Seconds after a change of the text until the matches are looked for again."""
_WIDEST: Final = 60


class FindBar(Horizontal):
    """Finds words or a pattern in a text area, and replaces them; hidden while not in use."""

    DEFAULT_CSS = """
    FindBar {
        height: 1;
        padding: 0 1;
        background: $panel;

        & > Input {
            width: 1fr;
            max-width: 40;
            margin-right: 1;
            background: $surface;
        }
        & > Static {
            width: 1fr;
            min-width: 12;
            padding: 0 1;
            color: $text-muted;
        }
    }
    """

    def __init__(self, area: DraftArea) -> None:
        super().__init__(id="find-bar")
        self.display = False
        self._area = area
        self._finder: Finder | None = None
        self._matches: Sequence[Span] = ()
        self._from = 0
        """Where the cursor was when the search began."""
        self._looked_at = ""
        """The text in which the matches are."""
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Compose the two fields, and the number of matches."""
        yield Input(placeholder="Find words, or /a pattern/", id="find", compact=True)
        yield Input(placeholder="Replace with", id="replace", compact=True)
        yield Static(id="found")

    @property
    def is_open(self) -> bool:
        """Whether the line is in view."""
        return bool(self.display)

    def open(self) -> None:
        """Show the find bar; a selection within one line becomes what to find."""
        start, end = sorted(self._area.selected_span)
        self._from = start
        self.display = True
        field = self.query_one("#find", Input)
        selected = self._area.text[start:end]
        if selected and "\n" not in selected:
            field.value = selected
        field.focus()
        field.action_select_all()
        self._look()

    def close(self) -> None:
        """Hide the line and go back to the text."""
        self.display = False
        self._stop_timer()
        self._area.show_matches(())
        self._area.focus()

    def step(self, direction: int) -> None:
        """Select the next (1) or the previous (-1) match, from the other end at the last one."""
        self._catch_up()
        if not self._matches:
            self.app.bell()
            return
        start, end = sorted(self._area.selected_span)
        starts = [match[0] for match in self._matches]
        is_on_one = (start, end) in self._matches
        place = bisect_left(starts, start)
        if direction > 0:
            place += is_on_one
        else:
            place -= 1
        self._go_to(place % len(self._matches))

    def replace_all(self) -> None:
        """Replace every match; undone in one step."""
        if self._finder is None:
            return
        area, typed = self._area, self.query_one("#replace", Input).value
        try:
            edit, count = self._finder.replaced(area.text, typed, min(area.selected_span))
        except InvalidInput as problem:
            self._show_result(str(problem))
            return
        before = area.text
        if count:
            area.apply(edit)
        is_refused = edit.applied(before) != before and area.text == before
        self._look(is_typed=False)
        if is_refused:
            self._show_result("None: a match is locked")
        else:
            self._show_result(f"{count:,} replaced" if count else "No match")

    # -- what is typed -------------------------------------------------------------------------

    @on(Input.Changed, "#find")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look()

    @on(Input.Changed, "#replace")
    def _typed_replacement(self, event: Input.Changed) -> None:
        event.stop()

    @on(Input.Submitted, "#find")
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        self.step(1)

    @on(Input.Submitted, "#replace")
    def _replace(self, event: Input.Submitted) -> None:
        """Replace the match that is selected, and go to the next one."""
        event.stop()
        self._catch_up()
        start, end = sorted(self._area.selected_span)
        if self._finder is not None and (start, end) in self._matches:
            try:
                made = self._finder.replacement(self._area.text, (start, end), event.value)
            except InvalidInput as problem:
                self._show_result(str(problem))
                return
            at = start + len(made)
            self._area.apply(Edit(start, end, made, at, at))
            self._look(is_typed=False)
        self.step(1)

    def text_changed(self) -> None:
        """Look for the matches again soon."""
        if self.is_open and self._timer is None:
            self._timer = self.set_timer(_LOOK_AFTER, self._look_again)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _look_again(self) -> None:
        self._stop_timer()
        self._catch_up()

    def _catch_up(self) -> None:
        """Find the matches again if the text has changed since, as after an undo."""
        if self._area.text != self._looked_at:
            self._look(is_typed=False)

    def _look(self, *, is_typed: bool = True) -> None:
        """Find what is typed; while it is typed, select the first match from the cursor on."""
        typed = self.query_one("#find", Input).value
        self._finder, self._matches, self._looked_at = None, (), self._area.text
        try:
            if typed:
                self._finder = finder(typed)
                self._matches = self._finder.spans(self._area.text)
        except InvalidInput as problem:
            self._show_result(str(problem))
        else:
            self._show_result("No match" if typed and not self._matches else "")
        self._area.show_matches(self._matches)
        if self._matches and is_typed:
            starts = [start for start, _ in self._matches]
            self._go_to(bisect_left(starts, self._from) % len(starts))
        elif self._matches:
            self._show_position()

    def _go_to(self, place: int) -> None:
        start, end = self._matches[place]
        self._area.select(start, end)
        self._show_position()

    def _show_position(self) -> None:
        count = len(self._matches)
        total = f"{count:,}+" if count == LIMIT else f"{count:,}"
        selected = tuple(sorted(self._area.selected_span))
        if selected in self._matches:
            self._show_result(f"{self._matches.index(selected) + 1:,} of {total}")
        else:
            self._show_result("1 match" if count == 1 else f"{total} matches")

    def _show_result(self, sentence: str) -> None:
        self.query_one("#found", Static).update(one_line(sentence, _WIDEST), layout=False)
