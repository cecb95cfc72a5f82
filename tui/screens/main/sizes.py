"""How wide the panes are: rules for any terminal, and what the writer chose. Pure; in cells."""

from dataclasses import replace
from typing import Final

from tui.domain.frozen import frozen
from tui.domain.place import USUAL_SIZES, PaneSizes
from tui.screens.main.workspace import Pane, Workspace

BESIDE_FROM: Final = 80
"""Columns from which the list stands beside the conversation."""
THREE_FROM: Final = 120
"""Columns from which the tree stands there too; below it is called up over the conversation."""
ROOMY_FROM: Final = 160
PREVIEW_BESIDE_FROM: Final = 100
"""Columns from which the preview stands beside a tree that has the whole screen."""
LEAST_CHAT: Final = 40
LEAST: Final = 20
"""Of the list, the tree and the preview."""
LEAST_ROOMY_LIST: Final = 30
"""Of the list on a wide screen, when nobody chose a width: titles of some twenty letters."""
STEP: Final = 2
"""Cells by which a key makes a pane wider or narrower."""


@frozen
class Widths:
    """The widths of the panes; 0 is all the room there is."""

    list: int = 0
    tree: int = 0
    preview: int = 0
    """Beside a tree that has the whole screen; 0 when the preview is below the tree."""


@frozen
class Shown:
    """Which panes are on the screen."""

    list: bool = True
    talk: bool = True
    tree: bool = True


@frozen
class Shape:
    """How the room is shared between the panes."""

    sizes: PaneSizes = USUAL_SIZES
    pane: Pane = Pane.PROMPT
    """The one in use."""
    has_preview: bool = False
    is_tree_whole: bool = False
    """Whether the tree has the whole screen."""

    def shown(self, columns: int) -> Shown:
        """Return which panes are on the screen of a terminal with so many columns."""
        if self.is_tree_whole:
            return Shown(list=False, talk=False)
        if columns >= THREE_FROM:
            return Shown()
        is_tree, is_list = self.pane is Pane.TREE, self.pane in (Pane.LIST, Pane.SEARCH)
        if columns >= BESIDE_FROM:
            return Shown(tree=is_tree)
        return Shown(is_list, not (is_list or is_tree), is_tree)

    def widths(self, columns: int) -> Widths:
        """Return the widths of the panes in a terminal with so many columns.

        While it is used, the tree has a third of the screen, with a preview two fifths. It takes
        that from the list first, so that the conversation keeps its width and is not wrapped anew.
        Where it is called up, it covers the conversation.
        """
        sizes, has_preview = self.sizes, self.has_preview
        if self.is_tree_whole:
            return Widths(preview=_beside(columns, sizes.preview) if has_preview else 0)
        if columns < BESIDE_FROM:
            return Widths()
        if columns < THREE_FROM:
            listed = _within(sizes.list or 26, columns - LEAST_CHAT)
            return Widths(listed, _within(sizes.tree or columns - listed, columns - LEAST))
        usual_list, usual_tree, least_list = 30, 32, LEAST
        if columns >= ROOMY_FROM:
            usual_list, usual_tree, least_list = 44, 48, LEAST_ROOMY_LIST
        tree, listed = sizes.tree or usual_tree, sizes.list or usual_list
        if not sizes.tree and (self.pane is Pane.TREE or has_preview):
            wanted = columns * 2 // 5 if has_preview else columns // 3
            more = max(0, wanted - tree)
            tree += more
            listed = listed if sizes.list else max(least_list, listed - more)
        tree = _within(tree, columns - LEAST_CHAT - LEAST)
        return Widths(_within(listed, columns - LEAST_CHAT - tree), tree)


def shape_of(workspace: Workspace) -> Shape:
    """Return how the room is shared between the panes."""
    return Shape(
        workspace.place.sizes,
        workspace.focus,
        has_preview=bool(workspace.preview),
        is_tree_whole=workspace.whole_tree_from is not None,
    )


def _within(width: int, most: int) -> int:
    return max(LEAST, min(width, most))


def _beside(columns: int, chosen: int) -> int:
    """Return the width of the preview beside the tree; 0 where it has to be below."""
    if columns < PREVIEW_BESIDE_FROM:
        return 0
    return _within(chosen or columns * 11 // 20, columns - 2 * LEAST)


def with_width(sizes: PaneSizes, pane: Pane, width: int, *, is_tree_whole: bool) -> PaneSizes:
    """Return the sizes with another width of the list or the tree.

    Where the tree has the whole screen, it is the preview beside the tree that gets the width.
    """
    if pane is Pane.LIST:
        return replace(sizes, list=max(LEAST, width))
    if is_tree_whole:
        return replace(sizes, preview=max(LEAST, width))
    return replace(sizes, tree=max(LEAST, width))
