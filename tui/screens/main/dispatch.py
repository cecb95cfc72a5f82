"""From a key to what its command does: at once, after the piece under the cursor, or not at all."""

from typing import Final

from tui.commands import Command, Keymap
from tui.screens.main.conditions import elsewhere, why_dead, why_not
from tui.screens.main.pieces import PieceActions
from tui.screens.main.screen_ui import ScreenUi
from tui.screens.main.ui import Handlers, WorkspaceState

_NEVER_WAIT: Final = frozenset({"stop", "copy_or_stop", "help", "palette"})


class Dispatch:
    """Runs commands on the piece that the writer sees under the cursor, however slow the disk is.

    Moving the cursor shows a piece as soon as it is read. A command that comes before waits for
    it, and the keys behind the command wait too.
    """

    def __init__(
        self,
        keymap: Keymap,
        state: WorkspaceState,
        ui: ScreenUi,
        pieces: PieceActions,
        handlers: Handlers,
    ) -> None:
        self._keymap = keymap
        self._state = state
        self._ui = ui
        self._pieces = pieces
        self._handlers = handlers
        self._told: set[str] = set()
        """The keys of which it was said in which other pane they work."""

    def run(self, command_id: str) -> None:
        """Do what a command of the table says."""
        command = self._keymap[command_id]
        if self._pieces.is_looking and command_id not in _NEVER_WAIT:
            self._ui.hold_keys()
            self._ui.start(self._run_later(command))
        else:
            self._ui.run(command, self._handlers[command_id])

    async def _run_later(self, command: Command) -> None:
        await self._pieces.looked()
        why = why_not(command, self._state.now)
        if why:
            self._ui.show_notice(self._keymap.fill(why), is_problem=True)
        self._ui.release_keys()
        if not why:
            self._ui.run(command, self._handlers[command.id])

    def is_enabled(self, command_id: str) -> bool:
        """Whether a command can be done now, as far as one can tell."""
        return self._pieces.is_looking or not why_not(self._keymap[command_id], self._state.now)

    def why_dead(self, key: str) -> str:
        """Return why the command on a key cannot be done now; empty when it can."""
        if self._pieces.is_looking:
            return ""
        return why_dead(self._keymap, key, self._state.now)

    def tell_elsewhere(self, key: str) -> None:
        """Say in which panes a key works that does nothing in this one; once for each key."""
        where = "" if key in self._told else elsewhere(self._keymap, key, self._state.now.focus)
        if where:
            self._told.add(key)
            self._ui.show_notice(where)
