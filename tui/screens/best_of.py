"""The texts of a best of N while they are written, side by side; one of them is picked."""

import time
from collections.abc import Iterable, Sequence
from typing import Final

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus, Resize
from textual.timer import Timer
from textual.widgets import Static

from tui.commands import Scope, bindings, keymap_of
from tui.domain.costs import money
from tui.domain.drafts import Segment
from tui.domain.frozen import frozen
from tui.domain.reply import Reply
from tui.domain.tools import Decision
from tui.domain.words import counted
from tui.screens.activity import Silence
from tui.screens.best_layout import ColumnFace, face, reply_layout
from tui.screens.frame import FullScreen, Heading, HintLine, command_hint
from tui.screens.permission import PermissionScreen
from tui.screens.question import QuestionScreen
from tui.studio.best_of import BestOf, EntryState
from tui.widgets.reader import Reader
from tui.widgets.text import visible

TICK: Final = 0.2
"""Seconds between looks at what is written; none once all is over."""
LEAST: Final = 36
"""Columns that a text takes at least; a narrow terminal shows fewer texts at a time."""
LETTERS: Final = "ABCDEF"
"""What the texts are called while nobody is to know which is which."""


@frozen
class Picked:
    """One of the texts, and what is to become of it and of the others."""

    number: int
    """Of the entry, counted from 0 as planned."""
    is_main: bool = False
    archives_others: bool = False


class BestText(Reader, inherit_bindings=False):
    """A text in its column: left and right lead to the others."""

    BINDINGS = bindings(Scope.READER)


class BestColumn(Vertical):
    """One text: its letter, the text itself, and what goes on."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.letter = letter
        self._segments: tuple[Segment, ...] | None = None

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Heading("")
        yield BestText()
        yield Static("", markup=False, classes="status")

    def show(self, shown: ColumnFace) -> None:
        """Show what has arrived; the reader's place stays."""
        heading = self.query_one(Heading)
        heading.title, heading.facts = shown.heading, shown.facts
        status = self.query_one(".status", Static)
        status.update(Content(visible(shown.status)))
        status.set_class(shown.is_problem, "-problem")
        if shown.segments != self._segments:
            reader, layout = self.query_one(Reader), reply_layout(shown.segments)
            if self._segments is None:
                reader.show(layout)
            else:
                reader.redraw(layout)
            self._segments = shown.segments


class BestOfScreen(FullScreen[Picked | None]):
    """Shows what is written; returns what was picked, or None when it was left."""

    AUTO_FOCUS = "Reader"
    BINDINGS = bindings(Scope.BEST)

    def __init__(
        self,
        best: BestOf,
        title: str,
        *,
        order: Sequence[int] | None = None,
    ) -> None:
        """Show `best`, of the piece with a title; entry `order[0]` stands first, as A."""
        super().__init__()
        self._best = best
        self._title = title
        self._order = tuple(range(len(best.entries)) if order is None else order)
        self._silence = Silence(time.monotonic)
        self._heard: dict[int, Reply] = {}
        self._at = self._first = 0
        self._is_revealed = self._is_leaving = False
        self._timer: Timer | None = None
        self._dialog: PermissionScreen | None = None
        self._hints: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Compose the heading, the columns and the keys."""
        yield Heading(self._title, id="best-heading")
        with Horizontal(id="best-columns"):
            for letter in LETTERS[: len(self._order)]:
                yield BestColumn(letter)
        yield HintLine(())

    def on_mount(self) -> None:
        """Show what has arrived, and go on looking for more."""
        self._timer = self.set_interval(TICK, self._tick)
        self._tick()

    def on_resize(self, _: Resize) -> None:
        """Show as many columns as there is room for."""
        self._arrange()

    # -- what is shown -----------------------------------------------------------------------

    @property
    def _number(self) -> int:
        """The entry under the cursor."""
        return self._order[self._at]

    def _tick(self) -> None:
        """Look at what is written; a last time once all is over, and nothing lies over it."""
        is_on_top = self.app.screen is self
        if self._best.is_over and self._timer is not None and is_on_top:
            self._timer.stop()
            if self._is_leaving:
                self.dismiss(None)
                return
        self._show()

    def _show(self) -> None:
        columns = list(self.query(BestColumn))
        if not columns:  # The screen is being put together, or taken apart.
            return
        for place, column in enumerate(columns):
            number = self._order[place]
            column.set_class(place == self._at, "-here")
            shown = face(
                self._best,
                number,
                LETTERS[place],
                is_revealed=self._is_revealed,
                silent=self._silent(number),
                keys=keymap_of(self.app).names,
            )
            column.show(shown)
        self.query_one("#best-heading", Heading).show_facts(self._facts())
        names = tuple(self._hint_names())
        if names != self._hints:
            self._hints = names
            self.query_one(HintLine).show(command_hint(self, name) for name in names)
        self._take_away_dialog()

    def _silent(self, number: int) -> int:
        """Return for how many whole seconds nothing has come of an entry."""
        branch, reply = self._best.entries[number].branch, self._best.reply(number)
        if branch is None:
            return 0
        if self._heard.get(number) is not reply:
            self._heard[number] = reply
            self._silence.mark_progress(branch)
        return self._silence.seconds(branch)

    def _facts(self) -> Iterable[str]:
        entries, cost = self._best.entries, self._best.cost
        over = sum(entry.state.is_over for entry in entries)
        first, last = self._first, self._first + self._room - 1
        if self._room < len(entries):
            shown = LETTERS[first] if first == last else f"{LETTERS[first]} to {LETTERS[last]}"
            yield f"{shown} of {len(entries)}"
        else:
            yield f"best of {len(entries)}"
        if over:
            yield "all are over" if over == len(entries) else f"{over} over"
        if cost.dollars or cost.unknown_turns:
            yield cost.words
        if self._best.saved:
            yield f"the cache took off {money(self._best.saved)}"

    def _hint_names(self) -> Iterable[str]:
        if not self._best.entries[self._number].state.is_over:
            yield "best.stop"
        if not self._best.is_over:
            yield "best.stop_all"
        if self._asking() is not None:
            yield "best.answer"
        yield from ("best.pick", "best.right", "reader.page_down", "best.leave")

    @property
    def _room(self) -> int:
        """How many columns there is room for."""
        return max(1, min(len(self._order), self.app.size.width // LEAST))

    def _arrange(self) -> None:
        """Show as many columns as there is room for, the one under the cursor among them."""
        columns = list(self.query(BestColumn))
        if not columns:
            return
        room = self._room
        self._first = min(max(self._first, self._at - room + 1), self._at)
        self._first = min(self._first, len(columns) - room)
        for place, column in enumerate(columns):
            column.display = self._first <= place < self._first + room
            column.set_class(place == self._first + room - 1, "-last")
        self._show()

    # -- moving ------------------------------------------------------------------------------

    def action_across(self, columns: int) -> None:
        """Go to the text beside; round at the end."""
        self._go_to((self._at + columns) % len(self._order))

    def _go_to(self, place: int) -> None:
        self._at = place
        self._arrange()
        list(self.query(Reader))[place].focus()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Follow the mouse."""
        readers = list(self.query(Reader))
        if event.widget in readers and readers.index(event.widget) != self._at:
            self._at = readers.index(event.widget)
            self._show()

    # -- what can be done --------------------------------------------------------------------

    def action_stop_one(self) -> None:
        """Stop the one under the cursor."""
        self._best.stop(self._number)
        self._show()

    def action_stop_all(self) -> None:
        """Stop all that is still written."""
        self._best.stop_all()
        self._show()

    @work(exclusive=True, group="answer")
    async def action_answer(self) -> None:
        """Show Claude's question, and pass the answer on."""
        number = self._asking()
        if number is None:
            return
        question = self._best.reply(number).questions[0]
        letter = LETTERS[self._order.index(number)]
        self._dialog = PermissionScreen(question, about=f"{self._title} · {letter}")
        answer = await self.app.push_screen_wait(self._dialog)
        self._dialog = None
        if isinstance(answer, Decision):
            await self._best.decide(number, question.id, answer)
            self._show()

    def _asking(self) -> int | None:
        """Return the entry whose question is answered next: the one under the cursor first."""
        places = (self._number, *self._order)
        return next((one for one in places if self._best.reply(one).questions), None)

    def _take_away_dialog(self) -> None:
        """Close the dialog whose question is settled, by whatever means."""
        dialog = self._dialog
        if dialog is not None and not any(
            dialog.question in self._best.reply(number).questions for number in self._order
        ):
            dialog.take_away()

    @work(exclusive=True, group="leave")
    async def action_pick(self) -> None:
        """Say which one the text under the cursor was, and ask what is to become of it."""
        place, number = self._at, self._number
        entry = self._best.entries[number]
        if entry.branch is None:
            self.notify("Nothing is written here yet.", markup=False, timeout=2)
            return
        self._is_revealed = True
        self._show()
        told = f"{LETTERS[place]} is “{entry.name}”{self._made(number)}. It is open now."
        if self._best.is_over:
            asks = "Make it the main branch, archive the others, or both?"
            choices = [("o", "Just open"), ("m", "Make main"), ("a", "Archive"), ("b", "Both")]
        else:  # What is written cannot be archived.
            asks = "Make it the main branch, too?"
            choices = [("o", "Just open"), ("m", "Make main")]
        answer = await self._ask(f"{told} {asks}", choices)
        if answer is not None:
            is_main, archives = answer in ("m", "b"), answer in ("a", "b")
            self.dismiss(Picked(number, is_main=is_main, archives_others=archives))

    def _made(self, number: int) -> str:
        entry = self._best.entries[number]
        if entry.version is None:
            is_done = entry.state is EntryState.FINISHED
            return ", without a draft" if is_done else f", {entry.state.value}"
        cost = "" if not entry.cost else f", {money(entry.cost)}"
        return f": v{entry.version.number}, {counted(entry.version.words)}{cost}"

    @work(exclusive=True, group="leave")
    async def action_leave(self) -> None:
        """Leave; while something is still written, ask what is to become of that."""
        if self._best.is_over:
            self.dismiss(None)
            return
        choices = (("k", "Stay"), ("b", "Leave them writing"), ("s", "Stop all"))
        match await self._ask("Claude is still writing here. What should become of it?", choices):
            case "b":
                self.dismiss(None)
            case "s":
                self._is_leaving = True
                self._best.stop_all()
                self._tick()
            case _:
                pass

    async def _ask(self, question: str, choices: Sequence[tuple[str, str]]) -> str | None:
        return await self.app.push_screen_wait(QuestionScreen(question, choices))
