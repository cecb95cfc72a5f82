"""Which pane has the focus, and what escape and tab do from there."""

from dataclasses import replace
from typing import Final

from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.pieces import PieceActions
from tui.screens.main.prompts import Prompts
from tui.screens.main.room import with_part_of_the_screen
from tui.screens.main.tree import tree_at_turn
from tui.screens.main.ui import Handlers
from tui.screens.main.unsent import queue_on
from tui.screens.main.workspace import Pane, came_from

ORDER: Final = (Pane.LIST, Pane.CHAT, Pane.QUEUE, Pane.PROMPT, Pane.TREE)
"""The panes in the order in which tab goes through them."""


class FocusActions(ActionGroup):
    """The commands that only move the focus, and escape, which also stops Claude."""

    def __init__(self, desk: Desk, pieces: PieceActions, prompts: Prompts) -> None:
        super().__init__(desk)
        self._pieces = pieces
        self._prompts = prompts

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {
            "stop": self._escape,
            "next_pane": lambda: self._move(1),
            "previous_pane": lambda: self._move(-1),
            "branches": self._branches,
            "end": lambda: self._ui.show_turn(0),
        }

    def _escape(self) -> None:
        """Innermost first: close search, filter or called-up pane, stop Claude, leave the pane."""
        now = self._state.now
        if now.search is not None and now.focus in (Pane.SEARCH, Pane.LIST):
            self._pieces.close_search()
            self._ui.focus(Pane.LIST)
        elif now.status is not None and now.focus is Pane.LIST:
            self._pieces.show_all()
        elif now.whole_tree_from is not None:
            self._state.put(with_part_of_the_screen(now))
        elif self._ui.is_called_up(now.focus):
            self._ui.focus(came_from(now))
        elif now.content is not None and now.found.marks(now.content.id):
            self._state.put(replace(now, found=now.found.unmarked))
        elif self._prompts.stop():
            pass
        elif now.focus is Pane.QUEUE:
            self._ui.focus(Pane.PROMPT)
        elif now.focus in (Pane.PROMPT, Pane.TREE):
            self._ui.focus(Pane.CHAT)
        else:
            self._ui.focus(Pane.LIST)

    def _move(self, direction: int) -> None:
        now = self._state.now
        has_queue = now.branch is not None and bool(queue_on(now, now.branch).prompts)
        panes = [pane for pane in ORDER if pane is not Pane.QUEUE or has_queue]
        here = Pane.LIST if now.focus is Pane.SEARCH else now.focus
        place = panes.index(here) if here in panes else 0
        self._ui.focus(panes[(place + direction) % len(panes)])

    def _branches(self) -> None:
        now = self._state.now
        if now.focus is Pane.TREE:
            self._ui.focus(came_from(now))
        else:
            self._state.put(tree_at_turn(now))
            self._ui.focus(Pane.TREE)
