"""What is shown when Claude cannot be asked: why, and the ways on."""

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Static

from tui.screens.frame import Dialog, Hint
from tui.widgets.text import visible


class WelcomeChoice(StrEnum):
    """A way on without a working Claude."""

    LOG_IN = "log_in"
    DEMO = "demo"
    CHECK_AGAIN = "check_again"


_WAYS: Final = (
    ("l", "Log in to Claude now", "log_in"),
    ("k", "Use a key instead", "show_key"),
    ("d", "See the demo, without an account", "demo"),
    ("c", "Check again", "check_again"),
    ("enter", "Go on without Claude: read, edit, export", "go_on"),
)
_KEY_TEXT: Final = (
    "To use a key, leave Redraft with ctrl+q, set it in the shell and start again:\n\n"
    "    export ANTHROPIC_API_KEY=your-key\n"
    "    redraft\n\n"
    "Redraft never stores the key."
)


class WelcomeScreen(Dialog[WelcomeChoice | None]):
    """Says plainly that Claude cannot be asked; None means: go on without."""

    AUTO_FOCUS = "#go_on"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, action, label, show=False) for key, label, action in _WAYS),
        Binding("escape", "go_on", "Go on without Claude", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, problem: str) -> None:
        """Show `problem`, a sentence about why Claude cannot be asked."""
        super().__init__("Welcome to Redraft")
        self._problem = problem

    def body(self) -> ComposeResult:
        """Compose the problem and the ways on."""
        yield Static(Content("Claude cannot be asked yet."), classes="question strong")
        yield Static(Content(visible(self._problem)), classes="question quiet")
        with Vertical(id="ways"):
            for key, label, action in _WAYS:
                face = Content.assemble((f"{key:<7}", "bold $text-accent"), label)
                yield Button(face, id=action, classes="way")
        key_text = Static(Content(_KEY_TEXT), id="key-text")
        key_text.display = False
        yield key_text

    def hints(self) -> Iterable[Hint]:
        """Return the keys of the dialog."""
        return (
            Hint("↑↓", "move", ""),
            Hint("enter", "takes", ""),
            Hint("esc", "goes on without Claude", "screen.go_on", "goes on"),
            Hint("ctrl+q", "quits", "app.quit"),
        )

    @on(Button.Pressed)
    async def _way_chosen(self, event: Button.Pressed) -> None:
        await self.run_action(f"screen.{event.button.id}")

    def action_log_in(self) -> None:
        """Return the wish to log in."""
        self.dismiss(WelcomeChoice.LOG_IN)

    def action_demo(self) -> None:
        """Return the wish to see the demo."""
        self.dismiss(WelcomeChoice.DEMO)

    def action_check_again(self) -> None:
        """Return the wish to look for a login again."""
        self.dismiss(WelcomeChoice.CHECK_AGAIN)

    def action_show_key(self) -> None:
        """Show, or hide, how a key is used."""
        key_text = self.query_one("#key-text")
        key_text.display = not key_text.display
        if key_text.display:
            self.call_after_refresh(key_text.scroll_visible, animate=False)

    def action_go_on(self) -> None:
        """Return None: the library can be used without Claude."""
        self.dismiss(None)
