"""The main screen as its commands see it: notices, dialogs, focus, workers, clipboard."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterator
from typing import Any, Final, TypeVar

from textual.app import ScreenStackError
from textual.message import Message
from textual.screen import Screen

from tui.commands import Command
from tui.domain.errors import RedraftError
from tui.screens.main import texts
from tui.screens.main.options import MainOptions
from tui.screens.main.pane_focus import PANE_WIDGETS, PaneFocus
from tui.screens.main.ui import Handler, Waited, Work
from tui.screens.main.workspace import Pane
from tui.widgets.chat.items import Role
from tui.widgets.chat.pane import ChatPane
from tui.widgets.clipboard import copy_text
from tui.widgets.key_hold import KeyHold
from tui.widgets.typeahead import TakesPastes, TypeAheadApp

CALM_AFTER: Final = 1.0
"""Seconds of waiting after which a notice says what the keys wait for."""
Answer = TypeVar("Answer")

_logger = logging.getLogger(__name__)


class ScreenUi:
    """The screen as the commands see it; every worker of the screen is started here."""

    def __init__(self, screen: Screen[None], options: MainOptions, panes: PaneFocus) -> None:
        self._screen = screen
        self._panes = panes
        self._turn = asyncio.Lock()
        self._holds: list[KeyHold] = []
        self._others: tuple[KeyHold, ...] = ()
        """The holds of other commands, while one that is done at once is under way."""
        self._board = options.board
        self.keymap = options.keymap
        """The keys of the commands, for sentences that name one."""

    @property
    def _app(self) -> TypeAheadApp:
        assert isinstance(self._screen.app, TypeAheadApp)
        return self._screen.app

    def show_notice(self, text: str, *, is_problem: bool = False) -> None:
        """Show a notice; it may quote untrusted text."""
        self._board.show(text, is_problem=is_problem)

    async def open(self, screen: Screen[Answer]) -> Answer | None:
        """Show a screen and return its result, None when it was left without one.

        The notice that is shown is taken away first.
        """
        self._board.clear()
        waiting = self._screen.app.push_screen(screen, wait_for_dismiss=True)
        self.release_keys()
        answer = await waiting
        if self._screen.is_current:
            self.hold_keys()  # Keys typed ahead are meant for where the answer leads.
            self._release_with(asyncio.current_task())
        return answer

    def _release_with(self, work: asyncio.Task[Any] | None) -> None:
        """Release the keys when the work that asked is done, if they still wait then."""
        if work is not None and self._holds:
            hold = self._holds[-1]
            work.add_done_callback(lambda _: hold.release())

    def focus(self, pane: Pane) -> None:
        """Give a pane the focus; one that has no room beside the others is called up first."""
        self._panes.go(pane)
        self.release_keys()

    def hold_keys(self) -> None:
        """Let keys wait until a pane gets the focus, a screen comes, or the command is done."""
        self._holds.append(self._app.hold_keys())

    async def wait_for(self, work: Coroutine[Any, Any, Answer], why: str) -> Waited[Answer]:
        """Do work after which another pane has the focus; keys wait until then, or until escape.

        A notice says `why`. When the work fails, what was typed is put into the prompt.
        """
        doing, typed = asyncio.ensure_future(work), asyncio.Future[str]()
        hold = self._app.hold_keys(typed.set_result)
        self._holds.append(hold)
        calm = self._screen.set_timer(CALM_AFTER, lambda: self.show_notice(why))
        try:
            await asyncio.wait((doing, typed), return_when=asyncio.FIRST_COMPLETED)
        finally:
            calm.stop()
        if typed.done():
            return Waited(doing, typed.result())
        hold.escaped = self._put_into_prompt  # Keys wait on, until the other pane has the focus.
        if doing.exception() is not None:
            self._put_into_prompt(self._app.take_typed())
        return Waited(doing)

    def _put_into_prompt(self, typed: str) -> None:
        assert isinstance(self._screen, TakesPastes)
        if typed:
            self._screen.paste_elsewhere(typed)

    def is_called_up(self, pane: Pane) -> bool:
        """Whether a pane lies over others, or in place of them, until it is dismissed."""
        return self._panes.is_called_up(pane)

    def show_turn(self, turn: int, roles: frozenset[Role] | None = None) -> None:
        """Bring a turn of the conversation into view; 0 is the end, followed from then on.

        With `roles` it is the first marked word in such items of the turn, which may be 0.
        """
        chat = self._screen.query_one(ChatPane)
        if roles is not None:
            chat.scroll_to_found(turn, roles)
        elif turn:
            chat.scroll_to_turn(turn)
        else:
            chat.follow()

    def emit(self, message: Message) -> None:
        """Post a message to the screen."""
        self._screen.post_message(message)

    @contextlib.contextmanager
    def suspended(self) -> Iterator[None]:
        """Give the terminal to another program for a while."""
        with self._screen.app.suspend():
            yield
        self._screen.refresh(layout=True)

    async def copy(self, text: str, what: str) -> None:
        """Copy a text to the clipboard and tell what was done; `what` names the text."""
        self.show_notice(await copy_text(self._screen.app, text, what))

    @property
    def seconds_at_rest(self) -> float:
        """Seconds since the last key."""
        return self._app.seconds_since_key

    # -- workers -----------------------------------------------------------------------------

    def start(self, work: Work, *, group: str = "background", holds_keys: bool = False) -> None:
        """Do something in the background; a refusal becomes a notice.

        With `holds_keys` keys wait until the work is done, as another pane has the focus then.
        """
        if holds_keys:
            self.hold_keys()
            work = self._in_turn(work)
        self._screen.run_worker(self.guarded(work), group=group, exit_on_error=False)

    def run(self, command: Command, handler: Handler) -> None:
        """Do what a command asks for; keys wait while it opens a screen, and no longer.

        A command that is done at once, such as an Escape that overtook the keys before it, lets no
        keys go that wait for another one.
        """
        self._others = tuple(self._holds)
        if command.opens:
            self.hold_keys()
        work: Work | None = None
        try:
            work = handler()
        except RedraftError as error:
            self.show_notice(str(error), is_problem=True)
        finally:
            if work is None:
                self.release_keys()
            self._others = ()
        if work is not None:
            self.start(self._in_turn(work), group="commands")

    async def _in_turn(self, work: Work) -> None:
        async with self._turn:  # One after the other, in the order of their keys.
            try:
                await work
            finally:
                self.release_keys()

    def release_keys(self) -> None:
        """Let the keys go to what is there now."""
        for hold in self._holds:
            if hold not in self._others:
                hold.release()
        self._holds = [hold for hold in self._holds if hold in self._others]

    async def guarded(self, work: Work) -> None:
        """Do something; a refusal and an error of the disk become notices and end nothing."""
        try:
            await work
        except RedraftError as error:
            self.show_notice(str(error), is_problem=True)
        except OSError as error:
            _logger.exception("The disk refused what a command did")
            self.show_notice(texts.quoted(texts.DISK, why=str(error)), is_problem=True)
        except ScreenStackError:
            self._screen.log("The screen was left while a command was under way.")


async def click(screen: Screen[None], command: Command) -> None:
    """Do what a click on a command asks for: what its key would do where the focus is."""
    widget = PANE_WIDGETS.get(command.scope) if command.action else None
    node = screen if widget is None else screen.query_one(widget)
    await screen.app.run_action(command.textual_action, node)
