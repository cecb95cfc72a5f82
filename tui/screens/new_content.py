"""The dialog in which a content begins: its title, its kind, its brief and its sources."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Label, Static, TextArea

from tui.commands import Scope, bindings
from tui.domain.checks import checked_kind, checked_title
from tui.domain.content import SUGGESTED_KINDS
from tui.domain.errors import InvalidInput
from tui.domain.place import BegunPiece
from tui.screens.frame import Dialog, Problem
from tui.screens.sources_field import SOURCES_LABEL, SourcesField
from tui.widgets.lines_field import LinesField

BLANK: Final = BegunPiece(kind="post")
"""What the dialog begins with when nothing was typed before."""


class NewContentScreen(Dialog[BegunPiece | None]):
    """Asks what a content begins with; returns it checked, or None when it was closed."""

    BINDINGS = bindings(Scope.NEW)
    HINTS = ("new.create", "new.close")

    def __init__(
        self,
        start: BegunPiece = BLANK,
        *,
        keep: Callable[[BegunPiece], None] | None = None,
        check_sources: Callable[[Sequence[str]], Awaitable[tuple[str, ...]]] | None = None,
    ) -> None:
        """Fill the fields with `start`, such as what was typed the last time.

        `check_sources` returns sources as absolute paths, or raises an `InvalidInput` that is
        shown; without it they are taken as they are typed.
        """
        super().__init__("New piece")
        self._typed = start
        self._on_typed = keep
        self._check_sources = check_sources

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
        about = "What Claude should know: the point, the readers, facts, sources, length"
        yield LinesField(start.brief, placeholder=about, id="brief")
        yield Label(Content(SOURCES_LABEL), classes="label")
        yield SourcesField(start.sources, id="sources")
        with Horizontal(classes="buttons"):
            yield Button("Create", variant="primary", id="create", compact=True)
            yield Button("Close", id="close", compact=True)

    @property
    def typed(self) -> BegunPiece:
        """What stands in the fields, unchecked; also after the dialog has closed."""
        return self._typed

    @on(Input.Submitted)
    def _go_to_next_field(self) -> None:
        self.focus_next()

    @on(Button.Pressed, "#create")
    def action_create(self) -> None:
        """Check what was typed; return it, or say what is wrong at the field that is."""
        self.perform(self._checked_and_created)

    async def _checked_and_created(self) -> None:
        self.keep_text()
        typed = self._typed
        field = "#title"
        try:
            title = checked_title(typed.title)
            field = "#kind"
            kind = checked_kind(typed.kind)
            field = "#sources"
            sources = typed.sources
            if sources and self._check_sources is not None:
                sources = await self._check_sources(sources)
        except InvalidInput as error:
            self.query_one(field).focus(scroll_visible=False)
            self.show_problem(str(error))
        else:
            self.dismiss(BegunPiece(title, kind, typed.brief.strip(), sources))

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Close; `typed` still tells what stood in the fields."""
        self.keep_text()
        self.dismiss(None)

    @on(Input.Changed)
    @on(TextArea.Changed)
    def keep_text(self) -> None:
        """Hand over what stands in the fields."""
        self._typed = BegunPiece(
            self.query_one("#title", Input).value,
            self.query_one("#kind", Input).value,
            self.query_one("#brief", TextArea).text,
            self.query_one(SourcesField).names,
        )
        if self._on_typed is not None:
            self._on_typed(self._typed)
