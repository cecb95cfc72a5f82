"""The dialog in which a content begins: its title, its kind and its brief."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Label, Static, TextArea

from tui.domain.checks import checked_kind, checked_title
from tui.domain.content import SUGGESTED_KINDS
from tui.domain.errors import InvalidInput
from tui.screens.frame import Dialog, Hint, Problem


@dataclass(frozen=True, slots=True)
class NewContent:
    """What a writer says about a piece before it is written."""

    title: str
    kind: str
    brief: str


BLANK: Final = NewContent("", "post", "")
"""What the dialog begins with when nothing was typed before."""


class NewContentScreen(Dialog[NewContent | None]):
    """Asks for a title, a kind and a brief; returns them checked, or None when it was closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "create", "Create", show=False, priority=True),
        Binding("escape", "close", "Close", show=False),
    ]

    def __init__(self, start: NewContent = BLANK) -> None:
        """Fill the fields with `start`, such as what was typed the last time."""
        super().__init__("New content")
        self._typed = start

    def body(self) -> ComposeResult:
        """Compose the fields in their tab order, then the buttons."""
        start = self._typed
        yield Problem()
        yield Label("Title", classes="label")
        yield Input(start.title, placeholder="What the piece is called", id="title")
        kinds = f"Kind: {', '.join(SUGGESTED_KINDS)}, or your own word"
        yield Static(Content(kinds), classes="label")
        yield Input(
            start.kind,
            placeholder="post",
            suggester=SuggestFromList(SUGGESTED_KINDS, case_sensitive=False),
            select_on_focus=True,
            id="kind",
        )
        yield Label("Brief", classes="label")
        yield TextArea(
            start.brief,
            id="brief",
            placeholder="What Claude should know: the point, the readers, facts, sources, length",
            highlight_cursor_line=False,
        )
        with Horizontal(classes="buttons"):
            yield Button("Create", variant="primary", id="create", compact=True)
            yield Button("Close", id="close", compact=True)

    def hints(self) -> Iterable[Hint]:
        """Return the keys of the dialog."""
        return (
            Hint(
                "ctrl+s",
                "creates, and Claude writes when there is a brief",
                "screen.create",
                "creates",
            ),
            Hint("esc", "closes", "screen.close"),
        )

    @property
    def typed(self) -> NewContent:
        """What stands in the fields, unchecked; also after the dialog has closed."""
        return self._typed

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _field_changed(self) -> None:
        self._keep()

    @on(Input.Submitted)
    def _go_to_next_field(self) -> None:
        self.focus_next()

    @on(Button.Pressed, "#create")
    def action_create(self) -> None:
        """Check what was typed; return it, or say what is wrong at the field that is."""
        self._keep()
        typed = self._typed
        field = "#title"
        try:
            title = checked_title(typed.title)
            field = "#kind"
            kind = checked_kind(typed.kind)
        except InvalidInput as error:
            self.query_one(field, Input).focus()
            self.say(str(error))
            return
        self.dismiss(NewContent(title, kind, typed.brief.strip()))

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Close; `typed` still tells what stood in the fields."""
        self._keep()
        self.dismiss(None)

    def _keep(self) -> None:
        self._typed = NewContent(
            self.query_one("#title", Input).value,
            self.query_one("#kind", Input).value,
            self.query_one("#brief", TextArea).text,
        )
