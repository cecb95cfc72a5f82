"""The Textual application: wiring only. Theme, keymap, palette, first screen, exit code."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import ClassVar, Final, Protocol, runtime_checkable

from rich.console import RenderableType
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widgets import Input, TextArea
from textual.worker import Worker, WorkerState

from tui.commands import COMMANDS, Command, key_problems, keys_of, with_keys
from tui.screens.content_settings import ContentSettingsScreen
from tui.screens.main import MainScreen
from tui.settings import Settings
from tui.studio.studio import Studio
from tui.themes.palettes import DARK, LIGHT, VARIABLES
from tui.widgets.clipboard import copy_text
from tui.widgets.hangup import end_hard_later, guard_continue, is_terminal_gone
from tui.widgets.terminal_keys import KeysDriver
from tui.widgets.text import TerminalGuard
from tui.widgets.typeahead import TypeAheadApp

LOOK_FOR_TERMINAL: Final = 1.0
"""Seconds between looks whether the terminal is still there."""
URGENT: Final = frozenset({"quit", "stop", "copy_or_stop"})
"""Commands whose keys never wait for others."""
GONE: Final = 129
"""Exit code when the terminal is gone, as after SIGHUP."""


@runtime_checkable
class Interruptible(Protocol):
    """A screen on which Claude may be writing."""

    def interrupt(self) -> bool:
        """Stop Claude; returns whether there was something to stop."""


class RedraftApp(TypeAheadApp, inherit_bindings=False):
    """The studio on a full screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="quit"),
        Binding("ctrl+p", "command_palette", "Palette", show=False, priority=True, id="palette"),
        Binding(
            "ctrl+c,super+c",
            "copy_or_stop",
            "Copy or stop",
            show=False,
            priority=True,
            id="copy_or_stop",
        ),
    ]

    TITLE = "Redraft"
    CSS_PATH: ClassVar = ["themes/main.tcss", "themes/screens.tcss"]
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        studio: Studio,
        settings: Settings,
        *,
        banner: str = "",
        login_command: Sequence[str] = (),
        log_file: str = "",
    ) -> None:
        super().__init__()
        self.wants_demo = False
        """Whether the person left for the demo, which the caller then opens."""
        self._is_leaving = False
        self._studio = studio
        self._settings = settings
        self._banner = banner
        self._login_command = tuple(login_command)
        self._log_file = log_file
        self._commands: tuple[Command, ...] = with_keys(COMMANDS, settings.keys)
        self.urgent_keys |= {
            key
            for command in self._commands
            if command.id in URGENT
            for key in command.keys.split(",")
        }

    def on_mount(self) -> None:
        """Set the theme and the keys, and show the main screen."""
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        problems = list(key_problems(COMMANDS, self._settings.keys))
        if self._settings.theme in self.available_themes:
            self.theme = self._settings.theme
        else:
            self.theme = DARK.name
            names = ", ".join(sorted(self.available_themes))
            problems.append(f"There is no theme “{self._settings.theme}”; there are: {names}.")
        self.set_keymap(dict(self._settings.keys))
        if not self.is_headless:
            guard_continue()
            self.set_interval(LOOK_FOR_TERMINAL, self._leave_without_terminal)
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        self.push_screen(
            MainScreen(
                self._studio,
                self._commands,
                banner=self._banner,
                login_command=self._login_command,
                leave_for_demo=self._leave_for_demo,
                notices=problems,
            )
        )

    def leave(self, return_code: int) -> None:
        """Leave because a signal says so: everything is saved before the screen is given up."""
        if not self.is_running:
            self.exit(return_code=return_code)
        elif not self._is_leaving:
            self._is_leaving = True
            end_hard_later(return_code)
            self.run_worker(self._leave(return_code), exit_on_error=False)

    async def _leave(self, return_code: int) -> None:
        try:
            for main in self._main_screens:
                await main.keep_everything()
            await self._studio.close()
        finally:
            self.exit(return_code=return_code)

    def _leave_without_terminal(self) -> None:
        if is_terminal_gone():
            self.leave(GONE)

    def _leave_for_demo(self) -> None:
        self.wants_demo = True
        self.exit()

    def on_editor_screen_text_kept(self) -> None:
        """Keep what the open editor holds, so that nothing can take it away."""
        for main in self._main_screens:
            main.keep_open_texts()

    async def action_quit(self) -> None:
        """Leave; the one screen whose changes cannot be kept aside asks about them first."""
        if isinstance(self.screen, ContentSettingsScreen):
            self.screen.ask_and_quit()
        else:
            await super().action_quit()

    def action_copy_or_stop(self) -> None:
        """Copy what is selected; else stop Claude; else say how to leave."""
        field = self.focused
        text = self.screen.get_selected_text() or ""
        if isinstance(field, Input | TextArea):
            text = field.selected_text or text
        if text:
            self.run_worker(self._copy(text), exit_on_error=False)
            return
        screens = (one for one in reversed(self.screen_stack) if isinstance(one, Interruptible))
        if not any(screen.interrupt() for screen in screens):
            self.notify(f"Press {keys_of('quit', self._commands)} to leave.", markup=False)

    async def _copy(self, text: str) -> None:
        result = await copy_text(self, text)
        self.notify(result.sentence("the selection"), markup=False)

    def exit(
        self,
        result: None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        """Leave, with everything kept that is typed and not saved."""
        for main in self._main_screens:
            main.keep_open_texts()
        super().exit(result, return_code, message)

    @property
    def _main_screens(self) -> list[MainScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, MainScreen)]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the colours of our own that a theme may leave out."""
        return dict(VARIABLES)

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver, with Escape told from alt where it is ours to read the keys."""
        driver = super().get_driver_class()
        return KeysDriver if driver is LinuxDriver else driver

    @property
    def alt_keys(self) -> frozenset[str]:
        """The keys of the settings that begin with alt, which are not Escape and a letter."""
        every = ",".join(command.keys for command in self._commands).split(",")
        return frozenset(key for key in every if key.startswith("alt+"))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, and the one that lets no control character through."""
        return [*super().get_line_filters(), TerminalGuard()]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return every command of Redraft for the palette, the theme and the way out."""
        if isinstance(screen, MainScreen):
            for command in self._commands:
                if command.id not in ("palette", "quit"):
                    title = f"{command.label} ({command.shown_keys})"
                    yield SystemCommand(title, command.help, self._runner(screen, command.action))
        yield SystemCommand("Theme", "Choose other colours", self.action_change_theme)
        yield SystemCommand(
            f"Quit ({keys_of('quit', self._commands)})",
            "Leave; everything is saved",
            self.action_quit,
        )

    @staticmethod
    def _runner(screen: MainScreen, action: str) -> Callable[[], Awaitable[None]]:
        return lambda: screen.run_action(action)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of an action that broke in a way nobody foresaw, and go on."""
        if event.state is WorkerState.ERROR:
            self.log.error(event.worker.error)
            where = f" Details are in {self._log_file}." if self._log_file else ""
            self.notify(
                f"Something went wrong that should not; nothing saved is lost.{where}",
                severity="error",
                markup=False,
                timeout=10,
            )
