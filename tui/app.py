"""The Textual application: wiring only. Theme, keymap, palette, first screen, exit code."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final

from rich.console import RenderableType
from textual.binding import BindingType
from textual.command import CommandPalette
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import DescendantFocus
from textual.filter import LineFilter
from textual.notifications import Notify, SeverityLevel
from textual.widgets import Input, TextArea
from textual.worker import Worker, WorkerState

from tui.commands import Keymap, app_bindings
from tui.domain.errors import RedraftError
from tui.domain.spelling import NO_DICTIONARIES, Dictionaries
from tui.screens.frame import AsksBeforeLeaving, KeepsText, keys_on
from tui.screens.main import MainOptions, MainScreen
from tui.screens.main.options import Program
from tui.screens.main.saving import PlaceSaver
from tui.screens.palette import CommandProvider
from tui.settings import Settings
from tui.studio.studio import Studio
from tui.themes.palettes import DARK, LIGHT, VARIABLES, theme_problem
from tui.widgets.clipboard import copy_text
from tui.widgets.component_styles import ComponentsOnce
from tui.widgets.hangup import end_hard_later, guard_continue, is_terminal_gone
from tui.widgets.lean_writing import LeanWritingApp
from tui.widgets.notices import NoticeBoard, keep_clear
from tui.widgets.terminal_keys import KeysDriver
from tui.widgets.text import TerminalGuard
from tui.widgets.tree_row import DRAWN, Lines
from tui.widgets.typeahead import TypeAheadApp

LOOK_FOR_TERMINAL: Final = 1.0
"""Seconds between looks whether the terminal is still there."""
GONE: Final = 129
"""Exit code when the terminal is gone, as after SIGHUP."""


class RedraftApp(LeanWritingApp, TypeAheadApp, inherit_bindings=False):
    """The studio on a full screen."""

    BINDINGS: ClassVar[list[BindingType]] = app_bindings()

    TITLE = "Redraft"
    CSS_PATH: ClassVar = [
        "screens/screens.tcss",
        "screens/editor.tcss",
        "screens/dialogs.tcss",
        "screens/access.tcss",
        "screens/main/main.tcss",
    ]
    """Those of the screens too: a sheet that comes with its screen has all of them parsed again."""
    COMMANDS: ClassVar = {CommandProvider}

    def __init__(
        self,
        studio: Studio,
        settings: Settings,
        *,
        banner: str = "",
        login_command: Sequence[str] = (),
        log_file: str = "",
        lines: Lines = DRAWN,
        dictionaries: Dictionaries = NO_DICTIONARIES,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self.stylesheet = ComponentsOnce(variables=self.get_css_variables())
        self.wants_demo = False
        """Whether the person left for the demo, which the caller then opens."""
        self._is_leaving = False
        self._studio = studio
        self._settings = settings
        self._banner = banner
        self._login_command = tuple(login_command)
        self._log_file = log_file
        self._lines = lines
        self._dictionaries = dictionaries
        self._has_warned = False
        self._keys_farewell = ""
        """Where the keys are that still waited for their place when one left."""
        if settings.motion == "calm":
            self.animation_level = "none"
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self._theme_problem = theme_problem(settings.theme)
        self._begin_with(DARK.name if self._theme_problem else settings.theme)
        self._unsaved_farewell = ""
        """Where what could not be saved is."""
        self._savers: Sequence[PlaceSaver] = ()
        """Those that could not save it."""
        self._now = now
        # One for all frames: Textual keeps each filtered line by the filter that made it.
        self._guard = TerminalGuard()
        self.board = NoticeBoard(self, now)
        self.editor_columns = settings.editor_columns
        self.keymap = Keymap(settings.keys)
        self.urgent_keys = frozenset(
            key
            for name in ("stop", "copy_or_stop", "quit")
            for key in self.keymap[name].keys.split(",")
        )
        self.freeing_keys = frozenset(self.keymap["stop"].keys.split(","))

    def _begin_with(self, name: str) -> None:
        """Take a theme before any style sheet is parsed; another one has all parsed again."""
        self.set_reactive(RedraftApp.theme, name)
        self.stylesheet.set_variables(self.get_css_variables())
        is_dark = self.current_theme.dark
        self.set_class(is_dark, "-dark-mode", update=False)
        self.set_class(not is_dark, "-light-mode", update=False)

    def on_mount(self) -> None:
        """Set the theme and the keys, and show the main screen."""
        problems = list(self.keymap.problems())
        if self._theme_problem:
            problems.append(self._theme_problem)
        self.set_keymap(self.keymap.textual)
        if not self.is_headless:
            guard_continue()
            self.set_interval(LOOK_FOR_TERMINAL, self._leave_without_terminal)
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        self.push_screen(
            MainScreen(
                MainOptions(
                    self._studio,
                    self.keymap,
                    now=self._now,
                    program=Program(
                        self._settings.theme,
                        is_dark=lambda: self.current_theme.dark,
                        set_theme=self._set_theme,
                        clipboard=lambda: self.clipboard,
                    ),
                    dictionaries=self._dictionaries,
                    banner=self._banner,
                    lines=self._lines,
                    is_calm=self._settings.motion == "calm",
                    login_command=self._login_command,
                    leave_for_demo=self._leave_for_demo,
                    board=self.board,
                    problems=problems,
                )
            )
        )

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Let the cursor of a field stand still where nothing is to move, whatever field it is."""
        if self.animation_level == "none" and isinstance(event.widget, Input | TextArea):
            event.widget.cursor_blink = False

    def notify(
        self,
        message: str,
        *,
        title: str = "",  # noqa: ARG002
        severity: SeverityLevel = "information",
        timeout: float | None = None,  # noqa: ARG002
        markup: bool = True,  # noqa: ARG002
    ) -> None:
        """Show a notice of any screen in place of the one before, and keep it among the last."""
        self.board.show(message, is_problem=severity == "error")

    def on_notify(self, _: Notify) -> None:
        """Have a notice stand where nothing is typed; the main screen always has room for it."""
        stack = self.screen_stack  # Empty once the program ends.
        if stack and not isinstance(stack[-1], MainScreen):
            keep_clear(stack[-1])

    def _set_theme(self, name: str) -> None:
        if name in self.available_themes:
            self.theme = name

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver, with Escape told from alt where it is ours to read the keys."""
        driver = super().get_driver_class()
        return KeysDriver if driver is LinuxDriver else driver

    @property
    def alt_keys(self) -> frozenset[str]:
        """The keys of the settings that begin with alt, which are not Escape and a letter."""
        every = ",".join(command.keys for command in self.keymap.commands).split(",")
        return frozenset(key for key in every if key.startswith("alt+"))

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
            try:
                await self._keep_everything()
            except RedraftError as problem:
                await self._rescued(problem)
            await self._studio.close()
        finally:
            self.exit(return_code=return_code)

    def _leave_without_terminal(self) -> None:
        if is_terminal_gone():
            self.leave(GONE)

    def _leave_for_demo(self) -> None:
        self.wants_demo = True
        self.exit()

    async def action_quit(self) -> None:
        """Leave, once the text typed before this key is in its field."""
        self.run_worker(self._quit(), exit_on_error=False)

    async def _quit(self) -> None:
        """Leave; the one screen whose changes cannot be kept aside asks about them first."""
        await self.keys_settled()
        if isinstance(self.screen, AsksBeforeLeaving):
            self.screen.ask_and_quit()
            return
        try:
            await self._keep_everything()
        except RedraftError as problem:
            where = await self._rescued(problem)
            if where and not self._has_warned:
                self._has_warned = True
                again = self.keymap.fill("Press {quit} again to leave.")
                self._show_notice(f"{where} {again}", is_problem=True)
                return
        self.exit()

    @property
    def farewell(self) -> str:
        """What to say when the screen is gone: where what could not be saved until then is."""
        is_saved = all(saver.is_over for saver in self._savers)
        unsaved = "" if is_saved else self._unsaved_farewell
        return f"{self._keys_farewell} {unsaved}".strip()

    async def _rescued(self, problem: RedraftError) -> str:
        """Put what is typed and not saved beside the log; say where, or nothing if all is saved."""
        typed = "\n".join(main.saver.unsaved for main in self._main_screens).strip()
        where = f"{problem} {await self._studio.rescue('typed', typed)}" if typed else ""
        self._savers = [main.saver for main in self._main_screens]
        self._unsaved_farewell = where
        return where

    def action_show_keys(self) -> None:
        """Show all keys, those of the screen that is on top first."""
        from tui.screens.help import HelpScreen  # noqa: PLC0415 (not before it is needed)

        self.push_screen(HelpScreen(self.keymap, here=keys_on(self.screen)))

    def action_copy_or_stop(self) -> None:
        """Copy what is selected; else stop Claude; else say how to leave."""
        focused = self.focused
        selected = focused.selected_text if isinstance(focused, Input | TextArea) else ""
        selected = selected or self.screen.get_selected_text() or ""
        if selected:
            self.run_worker(self._copy(selected), exit_on_error=False)
        elif not any(main.interrupt() for main in self._main_screens):
            self._show_notice(self.keymap.fill("Press {quit} to leave."))

    async def _copy(self, text: str) -> None:
        self._show_notice(await copy_text(self, text, "the selection"))

    def _show_notice(self, text: str, *, is_problem: bool = False) -> None:
        self.board.show(text, is_problem=is_problem)

    def exit(
        self,
        result: None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        """Leave; screens hand over what is typed in them before they are taken down."""
        for screen in self.screen_stack:
            if isinstance(screen, KeepsText):
                screen.keep_text()
        super().exit(result, return_code, message)

    async def _keep_everything(self) -> None:
        await self._keep_waiting_keys()
        for screen in reversed(self.screen_stack):
            if isinstance(screen, KeepsText):
                screen.keep_text()
            if isinstance(screen, MainScreen):
                await screen.keep_everything()

    async def _keep_waiting_keys(self) -> None:
        """Put what is typed and still waits for its place into the prompt, else beside the log."""
        typed = self.take_typed()
        if typed.strip() and not any(main.paste_elsewhere(typed) for main in self._main_screens):
            self._keys_farewell = await self._studio.rescue("typed", typed)

    def on_command_palette_closed(self, event: CommandPalette.Closed) -> None:
        """Tell the main screen, which may have opened the palette for a slash."""
        for main in self._main_screens:
            main.palette_closed(event)

    @property
    def _main_screens(self) -> list[MainScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, MainScreen)]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the colours of our own that a theme may leave out."""
        return dict(VARIABLES)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, and the one that lets no control character through."""
        return [*super().get_line_filters(), self._guard]

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of an action that broke in a way nobody foresaw, and go on."""
        if event.state is WorkerState.ERROR:
            self.log.error(event.worker.error)
            where = f" Details are in {self._log_file}." if self._log_file else ""
            self._show_notice(
                f"Something went wrong that should not. Nothing saved is lost.{where}",
                is_problem=True,
            )
