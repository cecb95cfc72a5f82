"""How much room the panes have: a whole screen for the tree, and widths that the writer chooses."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tui.domain.errors import Refused
from tui.domain.place import USUAL_SIZES, PaneSizes
from tui.screens.main import texts
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.sizes import STEP, shape_of, with_width
from tui.screens.main.tree import tree_at_turn
from tui.screens.main.ui import Handlers
from tui.screens.main.workspace import Pane, Workspace


class RoomActions(ActionGroup):
    """The commands that share the screen between the panes."""

    def __init__(self, desk: Desk, columns: Callable[[], int]) -> None:
        """`columns` returns the number of columns of the terminal."""
        super().__init__(desk)
        self._columns = columns

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {
            "whole_tree": self._whole_tree,
            "wider": partial(self._step, STEP),
            "narrower": partial(self._step, -STEP),
            "usual_sizes": self._usual,
        }

    def set_width(self, pane: Pane, width: int) -> None:
        """Give the list or the tree another width, and keep it."""
        now = self._state.now
        is_whole = now.whole_tree_from is not None
        self._keep(with_width(now.place.sizes, pane, width, is_tree_whole=is_whole))

    def _whole_tree(self) -> None:
        """Give the tree the whole screen, with the draft of the row beside it; or take it back."""
        now = self._state.now
        if now.whole_tree_from is not None:
            self._state.put(with_part_of_the_screen(now))
            return
        if now.focus is not Pane.TREE:
            self._state.put(tree_at_turn(now))
            self._ui.focus(Pane.TREE)
        now = self._state.now
        shown = now.preview or "draft"
        self._state.put(replace(now, whole_tree_from=now.preview, preview=shown))

    def _step(self, by: int) -> None:
        now = self._state.now
        pane = Pane.LIST if now.focus is Pane.SEARCH else now.focus
        if pane not in (Pane.LIST, Pane.TREE):
            raise Refused(texts.NO_WIDTH)
        shape = shape_of(now)
        wide = shape.widths(self._columns())
        width = wide.list if pane is Pane.LIST else wide.preview or wide.tree
        if not width:
            raise Refused(texts.NO_ROOM)
        # Beside a tree that has the whole screen a wider tree is a narrower preview.
        self.set_width(pane, width - by if shape.is_tree_whole else width + by)

    def _usual(self) -> None:
        self._keep(USUAL_SIZES)
        self._ui.show_notice(texts.USUAL_SIZES)

    def _keep(self, sizes: PaneSizes) -> None:
        place = self._state.now.place
        if sizes != place.sizes:
            self._state.put_place(replace(place, sizes=sizes))


def with_part_of_the_screen(workspace: Workspace) -> Workspace:
    """Give the tree its part of the screen again, and preview what was previewed before."""
    kept = workspace.whole_tree_from or ""
    return replace(workspace, whole_tree_from=None, preview=kept)
