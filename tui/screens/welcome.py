"""What is shown when Claude cannot be asked: why, and the ways on."""

from enum import StrEnum
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Static

from tui.commands import Scope, bindings, keymap_of
from tui.screens.frame import Dialog
from tui.widgets.text import visible


class WelcomeChoice(StrEnum):
    """A way on without a working Claude."""

    LOG_IN = "log_in"
    DEMO = "demo"
    CHECK_AGAIN = "check_again"


_WAYS: Final = (
    "welcome.log_in", "welcome.key", "welcome.demo", "welcome.check_again", "welcome.go_on",
)  # fmt: skip
_KEY_TEXT: Final = (
    "To use a key, leave Redraft with {quit}, set it in the shell and start again:\n\n"
    "    export ANTHROPIC_API_KEY=your-key\n"
    "    redraft\n\n"
    "Redraft never stores the key."
)


class WelcomeScreen(Dialog[WelcomeChoice | None]):
    """Says plainly that Claude cannot be asked; None means: go on without."""

    AUTO_FOCUS = "#go_on"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.WELCOME),
        Binding("right,down", "app.focus_next", "Next", show=False, id="welcome.next"),
        Binding("left,up", "app.focus_previous", "Previous", show=False, id="welcome.previous"),
    ]
    HINTS = ("welcome.go_on",)

    def __init__(self, problem: str) -> None:
        """Show `problem`, a sentence about why Claude cannot be asked."""
        super().__init__("Welcome to Redraft")
        self._problem = problem

    def body(self) -> ComposeResult:
        """Compose the problem and the ways on."""
        yield Static(Content("Claude isn’t set up yet."), classes="question strong")
        yield Static(Content(visible(self._problem)), classes="question quiet")
        with Vertical(id="ways"):
            keymap = keymap_of(self.app)
            for name in _WAYS:
                key = f"{keymap.key(name):<7}"
                face = Content.assemble((key, "bold $text-accent"), keymap[name].help)
                yield Button(face, id=name.removeprefix("welcome."), classes="way")
        key_text = Static(Content(keymap_of(self.app).fill(_KEY_TEXT)), id="key-text")
        key_text.display = False
        yield key_text

    @on(Button.Pressed)
    async def _way_chosen(self, event: Button.Pressed) -> None:
        command = keymap_of(self.app)[f"welcome.{event.button.id}"]
        await self.run_action(f"screen.{command.action}")

    def action_choose(self, way: str) -> None:
        """Return a way on."""
        self.dismiss(WelcomeChoice(way))

    def action_show_key(self) -> None:
        """Show, or hide, how a key is used."""
        key_text = self.query_one("#key-text")
        key_text.display = not key_text.display
        if key_text.display:
            self.call_after_refresh(key_text.scroll_visible, animate=False)

    def action_go_on(self) -> None:
        """Return None: the library can be used without Claude."""
        self.dismiss(None)
