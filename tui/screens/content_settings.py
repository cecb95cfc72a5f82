"""A content's settings: its title and kind, and what Claude may use beside words."""

from collections.abc import Awaitable, Callable
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Button, Checkbox, Input, Label, Static

from tui.commands import Scope, bindings
from tui.domain.checks import checked_kind, checked_title
from tui.domain.content import SUGGESTED_KINDS
from tui.domain.errors import InvalidInput, RedraftError
from tui.domain.frozen import frozen
from tui.domain.tools import describe_rule
from tui.screens.frame import Dialog, Problem
from tui.screens.question import QuestionScreen
from tui.screens.sources_field import SOURCES_LABEL, SourcesField
from tui.widgets.text import one_line, visible

HOLDS_LATER: Final = "Claude is writing. Changes take effect with the next turn."


@frozen
class ContentSettings:
    """What can be set for a content, and on one of its branches."""

    title: str
    kind: str
    sources: tuple[str, ...] = ()
    has_web: bool = False
    allowed: tuple[str, ...] = ()
    """What Claude may do on the branch without asking, as `Question.rule` says it."""


class ContentSettingsScreen(Dialog[ContentSettings | None]):
    """Changes the settings of a content; returns what was saved, None when nothing was."""

    BINDINGS = bindings(Scope.SETTINGS)
    HINTS = ("settings.save", "settings.close")

    def __init__(
        self,
        start: ContentSettings,
        *,
        branch: str,
        is_writing: bool = False,
        save: Callable[[ContentSettings], Awaitable[None]],
    ) -> None:
        """Show `start`; `save` keeps what was typed or raises a `RedraftError` that is shown.

        An `InvalidInput` from `save` is about the sources.
        """
        super().__init__("Settings of this piece")
        self._start = start
        self._branch = branch
        self._is_writing = is_writing
        self._save = save
        self._is_asking = False
        self._quits = False

    def body(self) -> ComposeResult:
        """Compose the fields in their tab order, then the buttons."""
        start = self._start
        yield Problem()
        if self._is_writing:
            yield Static(HOLDS_LATER, classes="quiet", id="later")
        yield Label("Title", classes="label")
        yield Input(start.title, id="title")
        yield Label("Kind", classes="label")
        suggester = SuggestFromList(SUGGESTED_KINDS, case_sensitive=False)
        yield Input(start.kind, suggester=suggester, id="kind")
        yield Label(Content(SOURCES_LABEL), classes="label")
        yield SourcesField(start.sources, id="sources")
        web = "Claude may ask to search the web and to fetch pages"
        yield Checkbox(web, start.has_web, compact=True, id="web")
        if start.allowed:
            with Vertical(id="allowed"):
                about = f"On “{one_line(self._branch, 40)}” Claude need not ask about:"
                yield Static(Content(about), classes="label")
                for number, rule in enumerate(start.allowed):
                    said = Content(visible(describe_rule(rule)))
                    yield Checkbox(said, value=True, compact=True, id=f"allowed-{number}")
        with Horizontal(classes="buttons"):
            yield Button("Save", variant="primary", id="save", compact=True)
            yield Button("Close", id="close", compact=True)

    @property
    def typed(self) -> ContentSettings:
        """What stands in the fields, unchecked."""
        kept = [
            rule
            for number, rule in enumerate(self._start.allowed)
            if self.query_one(f"#allowed-{number}", Checkbox).value
        ]
        return ContentSettings(
            self.query_one("#title", Input).value,
            self.query_one("#kind", Input).value,
            self.query_one(SourcesField).names,
            self.query_one("#web", Checkbox).value,
            tuple(kept),
        )

    @on(Input.Submitted)
    def _go_to_next_field(self) -> None:
        self.focus_next()

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Check what was typed and save it, or say what is wrong at the field that is."""
        self.perform(self._checked_and_saved)

    async def _checked_and_saved(self) -> None:
        typed, field = self.typed, "#title"
        try:
            title = checked_title(typed.title)
            field = "#kind"
            kind = checked_kind(typed.kind)
            field = "#sources"
            settings = ContentSettings(title, kind, typed.sources, typed.has_web, typed.allowed)
            await self._save(settings)
        except InvalidInput as error:
            self.query_one(field).focus(scroll_visible=False)
            self._stay(str(error))
        except RedraftError as error:
            self._stay(str(error))
        else:
            self._end(settings)

    @on(Button.Pressed, "#close")
    @work
    async def action_close(self) -> None:
        """Return None at once when nothing changed; otherwise ask first."""
        await self._leave(quits=False)

    @work
    async def ask_and_quit(self) -> None:
        """Leave the program; what was changed is asked about first."""
        await self._leave(quits=True)

    async def _leave(self, *, quits: bool) -> None:
        if self._is_asking or self.is_performing:
            return
        self._quits = quits
        if self.typed == self._start:
            self._end(None)
            return
        self._is_asking = True
        choices = (("s", "Save"), ("d", "Discard"))
        answer = await self.app.push_screen_wait(QuestionScreen("Save the changes?", choices))
        self._is_asking = False
        if answer == "s":
            self.action_save()
        elif answer == "d":
            self._end(None)

    def _stay(self, problem: str) -> None:
        self._quits = False
        self.show_problem(problem)

    def _end(self, result: ContentSettings | None) -> None:
        self.dismiss(result)
        if self._quits:
            self.app.exit()
