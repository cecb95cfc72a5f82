"""The fork tree: what the writer folds and filters there, and how its cursor is sent to a turn."""

from dataclasses import replace

from tui.domain.content import Content
from tui.domain.errors import Refused
from tui.domain.outline import revealed, spot_of_turn
from tui.domain.tree_shape import WHOLE_TREE, Spot, TreeFilter, TreeShape
from tui.screens.main import texts
from tui.screens.main.branches import BranchActions
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.ui import Handlers
from tui.screens.main.workspace import Pane, Target, Workspace, at, put, target
from tui.widgets.branches import BranchTree
from tui.widgets.text import one_line

_NAME_WIDTH = 24
"""Cells for the name of a branch in the heading of a dialog, or of the pane."""
_MOST_DIGITS = 9
"""Digits of a number of a turn: Python reads no number of thousands of them."""
_SHOWN = {
    TreeFilter.FORKS: "forks",
    TreeFilter.LABELLED: "labelled",
    TreeFilter.DRAFTS: "with drafts",
    TreeFilter.MINE: "by hand",
}


class TreeActions(ActionGroup):
    """The commands that change what the tree shows."""

    def __init__(self, desk: Desk, branches: BranchActions) -> None:
        super().__init__(desk)
        self._branches = branches

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"tree.costs": self._costs, "tree.go": self._go}

    async def handle(self, event: BranchTree.TreeMessage) -> None:
        """Follow the cursor, take over what was folded, and go to what was opened."""
        match event:
            case BranchTree.CursorMoved(spot=spot):
                self._state.put(at(self._state.now, tree_row=spot))
            case BranchTree.ShapeChanged(shape=shape):
                self._state.put(shaped(self._state.now, shape))
            case BranchTree.Stayed(why=why):
                self._ui.show_notice(why)
            case BranchTree.Opened(spot=spot):
                content = self._state.now.content
                if content is not None and 0 < spot.turn < content.length(spot.branch):
                    self._ui.start(self._choose(content, spot), holds_keys=True)
                else:
                    await self._library.open_branch(spot.branch, spot.turn)
                    self._ui.focus(Pane.PROMPT)
            case _:
                pass

    async def _choose(self, content: Content, spot: Spot) -> None:
        """Ask what is wanted of a turn that others follow: its branch does not go on from there."""
        answer = "r" if spot.version else await self._wanted(content, spot)
        if answer == "r":
            await self._library.open_branch(spot.branch, spot.turn)
            self._ui.focus(Pane.CHAT)
        elif answer == "f":
            await self._branches.fork_from(self._library.about)
        elif answer == "a":
            await self._branches.ask_again()

    async def _wanted(self, content: Content, spot: Spot) -> str | None:
        name = one_line(content.branch(spot.branch).name, _NAME_WIDTH)
        question = self._worded(texts.INNER_TURN, number=str(spot.turn), name=name)
        choices = (("r", "Only read"), ("f", "Fork after it"), ("a", "Ask it again"))
        return await self._ask(question, *choices)

    def _costs(self) -> None:
        now = self._state.now
        self._state.put(replace(now, has_tree_costs=not now.has_tree_costs))

    async def _go(self) -> None:
        """Ask for the number of a turn along the branch under the cursor, and go there."""
        from tui.screens.name import NameScreen

        about = self._library.about
        count = about.content.length(about.branch)
        if not count:
            raise Refused("There is no turn here yet.")
        name = one_line(about.content.branch(about.branch).name, _NAME_WIDTH)
        typed = await self._ui.open(
            NameScreen(
                f"Go to a turn of “{name}”",
                label=f"Number of the turn, from 1 to {count}",
                accept="Go",
                check=lambda typed: str(_spot(about, typed).turn),
            )
        )
        if typed is not None:
            self._state.put(tree_at(self._state.now, _spot(about, typed)))


def _spot(about: Target, typed: str) -> Spot:
    number, count = typed.strip(), about.content.length(about.branch)
    if not number.isdecimal() or len(number) > _MOST_DIGITS or not 0 < int(number) <= count:
        raise Refused(f"Type a number from 1 to {count}.")
    return spot_of_turn(about.content, about.branch, int(number))


def tree_shape(workspace: Workspace) -> TreeShape:
    """Return what is filtered, folded and hoisted in the tree of the piece on screen."""
    content = workspace.content
    return WHOLE_TREE if content is None else workspace.place.trees.get(content.id, WHOLE_TREE)


def shaped(workspace: Workspace, shape: TreeShape) -> Workspace:
    """Show other rows of the tree of the piece on screen."""
    if workspace.content is None:
        return workspace
    kept = None if shape == WHOLE_TREE else shape
    trees = put(workspace.place.trees, workspace.content.id, kept)
    return replace(workspace, place=replace(workspace.place, trees=trees))


def tree_at(workspace: Workspace, spot: Spot) -> Workspace:
    """Put the tree's cursor on a row, opening what hides it."""
    if workspace.content is None:
        return workspace
    shape = revealed(tree_shape(workspace), workspace.content, workspace.branch, spot)
    workspace = shaped(workspace, shape)
    return replace(workspace, tree_row=spot, tree_revision=workspace.tree_revision + 1)


def tree_at_turn(workspace: Workspace) -> Workspace:
    """Put the tree's cursor on the turn that a command would be about, or on what hides it."""
    about = target(at(workspace, Pane.CHAT))
    if about is None:
        return workspace
    turn = about.turn
    row = Spot(about.branch) if turn is None else Spot(turn.owner, turn.number)
    return replace(workspace, tree_row=row, tree_revision=workspace.tree_revision + 1)


def tree_title(workspace: Workspace) -> str:
    """Return what stands over the tree: what of it is shown, when that is not all."""
    shape, content = tree_shape(workspace), workspace.content
    is_whole = content is not None and workspace.whole_tree_from is not None
    parts = []
    branches = () if content is None else content.branches
    top = next((branch for branch in branches if branch.id == shape.top), None)
    if top is not None:
        parts.append(f"from “{one_line(top.name, _NAME_WIDTH)}” on")
    if shape.filter in _SHOWN:
        parts.append(_SHOWN[shape.filter])
    name = "Branches"
    if content is not None and is_whole:
        # A long title would hide what of the tree is shown.
        name += f" of {one_line(content.title, _NAME_WIDTH) if parts else content.title}"
    return " · ".join([name, *parts])
