"""The dialog in which a writer limits what the next prompt may change."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.suggester import SuggestFromList
from textual.widgets import Button, Checkbox, Input, Label

from tui.commands import Scope, bindings
from tui.domain.change_limits import NO_LIMITS, ChangeLimits, checked_percent, checked_section
from tui.domain.errors import InvalidInput
from tui.domain.prose import headings
from tui.screens.frame import Dialog, Problem
from tui.widgets.text import one_line

_WIDEST = 60


class LimitsScreen(Dialog[ChangeLimits | None]):
    """Asks for the limits of one change; returns them, None when the dialog was left."""

    BINDINGS = bindings(Scope.LIMITS)
    HINTS = ("limits.save", "limits.clear", "limits.close")

    def __init__(self, draft: str, start: ChangeLimits = NO_LIMITS) -> None:
        """Show `start`; a section is one of the headings of `draft`."""
        super().__init__("Limit the next change")
        self._draft = draft
        self._start = start

    def body(self) -> ComposeResult:
        """Compose the fields in their tab order, then the buttons."""
        start = self._start
        titles = [place.title for place in headings(self._draft) if place.title]
        yield Problem()
        yield Label("Words changed at most, in %", classes="label")
        percent = "" if start.percent is None else str(start.percent)
        yield Input(percent, placeholder="no limit", max_length=5, id="percent")
        yield Label("Only under this heading", classes="label")
        yield Input(
            " ".join(start.section.split()),
            placeholder=one_line("anywhere, or: " + ", ".join(titles), _WIDEST)
            if titles
            else "the draft has no headings",
            suggester=SuggestFromList(titles, case_sensitive=False),
            id="section",
        )
        new = "No new facts (numbers, names…)"
        yield Checkbox(new, start.no_new_facts, compact=True, id="facts")
        with Horizontal(classes="buttons"):
            yield Button("Set", variant="primary", id="save", compact=True)
            yield Button("No limits", id="clear", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Return what is typed, or say what is wrong with it at the field that is."""
        field = "#percent"
        try:
            percent = checked_percent(self.query_one("#percent", Input).value)
            field = "#section"
            section = checked_section(self._draft, self.query_one("#section", Input).value)
        except InvalidInput as problem:
            self.query_one(field).focus(scroll_visible=False)
            self.show_problem(str(problem))
        else:
            facts = self.query_one("#facts", Checkbox).value
            self.dismiss(ChangeLimits(percent, section, facts))

    @on(Button.Pressed, "#clear")
    def action_clear(self) -> None:
        """Return that nothing is limited."""
        self.dismiss(NO_LIMITS)
