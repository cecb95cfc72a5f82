"""The fork tree: branches, the turns on each, and what every turn did to the draft."""

from dataclasses import dataclass, field
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from tui.commands import Scope, bindings
from tui.domain.content import Content, TurnState
from tui.domain.ids import BranchId
from tui.domain.tree import BranchNode, TurnNode, branch_tree
from tui.domain.words import signed
from tui.widgets.badges import (
    APPROVED_BRANCH,
    DOT,
    FAILED_STATES,
    MAIN,
    OTHER_BRANCH,
    TO_COMPARE,
    WRITING,
    GoingOn,
    Tone,
    branch_mark,
)
from tui.widgets.text import one_line


@dataclass(frozen=True, slots=True)
class TreeRow:
    """What one line of the tree stands for: a branch, or a turn on it."""

    branch: BranchId
    turn: int
    """Number along the branch; 0 for the branch itself."""
    node: BranchNode | TurnNode


@dataclass(frozen=True, slots=True)
class ForkView:
    """What the tree shows: a content's forks, which branch is on screen, and what goes on."""

    content: Content | None = None
    here: BranchId | None = None
    going_on: GoingOn = field(default_factory=GoingOn)
    cursor: tuple[BranchId, int] | None = None
    """Where the cursor goes: a branch, and a turn along it (0: the branch)."""
    revision: int = 0
    """Grows when the cursor is to go there."""
    marked: frozenset[BranchId] = frozenset()
    """Branches that are to be compared."""


class BranchTree(Tree[TreeRow]):
    """Shows the forks of a content and says which branch is opened and which turn is picked."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "branches--here",
        "branches--main",
        *(f"branches--{tone}" for tone in Tone),
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.TREE)

    class Opened(Message):
        """The writer opened a branch, or a turn on it (`turn` 0 is the branch as a whole)."""

        def __init__(self, branch: BranchId, turn: int) -> None:
            super().__init__()
            self.branch = branch
            self.turn = turn

    class Looked(Message):
        """The cursor moved to a row (`turn` 0 is that of the branch itself)."""

        def __init__(self, branch: BranchId, turn: int) -> None:
            super().__init__()
            self.branch = branch
            self.turn = turn

    forks: reactive[ForkView] = reactive(ForkView())
    """What is shown. The cursor stays on its line unless another branch or content is shown."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("", id=id)
        self.show_root = False
        self.guide_depth = 2
        self.auto_expand = False
        self._folded: set[tuple[BranchId, int]] = set()
        self._fitted_width = 0

    def watch_forks(self, before: ForkView, forks: ForkView) -> None:
        """Show the forks, with the cursor where the reader expects it."""
        is_same = (
            before.content is not None
            and forks.content is not None
            and before.content.id == forks.content.id
            and before.here == forks.here
        )
        if is_same and before.revision != forks.revision and forks.cursor is not None:
            self._rebuild(forks.cursor)
            self.call_after_refresh(self.scroll_to_line, self.cursor_line)
        else:
            self._rebuild(self._cursor if is_same else None)

    def _rebuild(self, cursor: tuple[BranchId, int] | None) -> None:
        """Build all lines again; without a cursor it goes to the branch on screen."""
        self._fitted_width = self._width
        self.clear()
        if self.forks.content is None:
            return
        for node in branch_tree(self.forks.content):
            self._add_branch(self.root, node)
        _ = self.last_line  # Lays the lines out, without which the cursor finds no node.
        if cursor is None:
            self._put_cursor(self.forks.here, 0)
        else:
            self._put_cursor(*cursor)

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    def get_label_width(self, node: TreeNode[TreeRow]) -> int:
        """Return the width of a label, which always fits the pane: none has to be drawn for it."""
        del node
        return 1

    @property
    def current(self) -> TreeRow | None:
        """What the cursor is on."""
        return None if self.cursor_node is None else self.cursor_node.data

    @property
    def _cursor(self) -> tuple[BranchId, int] | None:
        row = self.current
        return None if row is None else (row.branch, row.turn)

    def _add_branch(self, parent: TreeNode[TreeRow], node: BranchNode) -> None:
        row = TreeRow(node.branch.id, 0, node)
        is_folded = (node.branch.id, 0) in self._folded
        here = parent.add(Text(), data=row, expand=not is_folded)
        for fork in node.forks_at_start:
            self._add_branch(here, fork)
        for turn in node.turns:
            turn_row = TreeRow(node.branch.id, turn.numbered.number, turn)
            is_open = (node.branch.id, turn_row.turn) not in self._folded
            line = here.add(Text(), data=turn_row, expand=is_open, allow_expand=bool(turn.forks))
            for fork in turn.forks:
                self._add_branch(line, fork)

    def _put_cursor(self, branch: BranchId | None, turn: int) -> None:
        fallback: TreeNode[TreeRow] | None = None
        for node in self._all_lines():
            if node.data is not None and node.data.branch == branch:
                if node.data.turn == turn:
                    self.move_cursor(node)
                    return
                fallback = fallback or node
        self.move_cursor(fallback)

    def _all_lines(self) -> list[TreeNode[TreeRow]]:
        found: list[TreeNode[TreeRow]] = []
        waiting = list(reversed(self.root.children))
        while waiting:
            node = waiting.pop()
            found.append(node)
            waiting.extend(reversed(node.children))
        return found

    def render_label(self, node: TreeNode[TreeRow], base_style: Style, style: Style) -> Text:
        """Return a node's line, fitted to the width of the pane."""
        del base_style
        if node.data is None:
            return Text()
        depth = -1
        above: TreeNode[TreeRow] | None = node
        while above is not None and above is not self.root:
            depth, above = depth + 1, above.parent
        room = max(10, self.scrollable_content_region.width - depth * self.guide_depth - 1)
        row = node.data.node
        label = (
            self._branch_label(row, room)
            if isinstance(row, BranchNode)
            else self._turn_label(row, room)
        )
        label.stylize_before(style)
        if node is self.cursor_node:
            label.stylize(style)  # The cursor's colours go together; a label's might not show.
        return label

    def _branch_label(self, node: BranchNode, room: int) -> Text:
        content, branch = self.forks.content, node.branch
        draft = None if content is None else content.draft(branch.id)
        approval = None if content is None else content.approval
        is_approved = draft is not None and approval is not None and approval.sha256 == draft.sha256
        badge = branch_mark(branch, self.forks.going_on)
        version = "" if draft is None else f"v{draft.number}"
        tail = f"{version} {badge.symbol if badge else ''}".strip()
        tone = badge.tone if badge else Tone.QUIET
        is_here = branch.id == self.forks.here
        mark = APPROVED_BRANCH if is_approved else DOT if is_here else OTHER_BRANCH
        star = f" {MAIN.symbol}" if node.is_main else ""
        star += f" {TO_COMPARE.symbol}" if branch.id in self.forks.marked else ""
        name = one_line(branch.name, max(4, room - len(tail) - len(star) - 4))
        here = self._component("branches--here" if is_here else "branches--main")
        return self._spread(
            (f"{mark.symbol} {name}{star}", here),
            (tail, self._component(f"branches--{tone}")),
            room,
        )

    def _turn_label(self, node: TurnNode, room: int) -> Text:
        turn = node.numbered.turn
        bad = turn.state in FAILED_STATES
        tail = ""
        if node.version is not None:
            words = node.version.words if node.change is None else signed(node.change)
            tail = f"v{node.version.number} {words}"
        elif turn.state is TurnState.RUNNING:
            tail = WRITING.symbol
        elif turn.state is not TurnState.FINISHED:
            tail = turn.state.value
        text = turn.label or turn.prompt
        number = f"{node.numbered.number} "
        head = one_line(text, max(4, room - len(tail) - len(number) - 1))
        muted = self._component("branches--bad" if bad else "branches--quiet")
        return self._spread((number + head, Style()), (tail, muted), room)

    def _component(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)

    @staticmethod
    def _spread(left: tuple[str, Style], right: tuple[str, Style], room: int) -> Text:
        text = Text.assemble(left, no_wrap=True)
        text.append(" " * max(1, room - text.cell_len - len(right[0])))
        text.append(*right)
        return text

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the lines to the new width."""
        if self._fitted_width != self._width:
            self._rebuild(self._cursor)

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[TreeRow]) -> None:
        """Say where the cursor is."""
        event.stop()
        if event.node.data is not None:
            self.post_message(self.Looked(event.node.data.branch, event.node.data.turn))

    def on_tree_node_selected(self, event: Tree.NodeSelected[TreeRow]) -> None:
        """Say what was opened."""
        event.stop()
        if event.node.data is not None:
            self.post_message(self.Opened(event.node.data.branch, event.node.data.turn))

    def on_tree_node_collapsed(self, event: Tree.NodeCollapsed[TreeRow]) -> None:
        """Remember what is folded."""
        if event.node.data is not None:
            self._folded.add((event.node.data.branch, event.node.data.turn))

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[TreeRow]) -> None:
        """Remember what is folded."""
        if event.node.data is not None:
            self._folded.discard((event.node.data.branch, event.node.data.turn))

    def action_cursor_child(self) -> None:
        """Unfold the line and go to the first one below it."""
        node = self.cursor_node
        if node is not None and node.children:
            node.expand()
            self.call_after_refresh(self.move_cursor, node.children[0])

    def action_cursor_fork(self, direction: int) -> None:
        """Go to the next or the previous place where a branch leaves."""
        lines = [node for node in self._all_lines() if node.line >= 0]
        forks = [
            node.line
            for node in lines
            if node.data is not None and node.data.turn and node.children
        ]
        here = self.cursor_line
        ahead = [line for line in forks if (line > here if direction > 0 else line < here)]
        if ahead:
            self.cursor_line = min(ahead) if direction > 0 else max(ahead)

    def action_fold_others(self) -> None:
        """Fold every branch that does not lead to the cursor."""
        kept: set[BranchId] = set()
        node = self.cursor_node
        while node is not None and node.data is not None:
            kept.add(node.data.branch)
            node = node.parent
        branches = self.forks.content.branches if self.forks.content else ()
        self._folded = {(branch.id, 0) for branch in branches if branch.id not in kept}
        self._rebuild(self._cursor)

    def action_unfold_all(self) -> None:
        """Show every branch."""
        self._folded.clear()
        self._rebuild(self._cursor)

    def action_scroll_home_line(self) -> None:
        """Go to the first line."""
        self.cursor_line = 0

    def action_scroll_end_line(self) -> None:
        """Go to the last line."""
        self.cursor_line = self.last_line
