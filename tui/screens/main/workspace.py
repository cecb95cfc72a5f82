"""What is on the main screen, as one frozen value; functions over it make the next value.

Nothing here knows Textual. The panes are projections of this value: see `tui.screens.main.views`.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from tui.domain.catalog import Catalog, ContentRow
from tui.domain.content import Content, NumberedTurn, Version
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId, TurnId
from tui.domain.list_query import ListQuery, Sort, kept_order, listed, parse_query
from tui.domain.place import Place
from tui.domain.status import Status
from tui.domain.tree_shape import Part, Spot
from tui.domain.usage_limit import UsageLimit
from tui.screens.found import NOTHING_FOUND, Found

Key = TypeVar("Key")
Value = TypeVar("Value")


class Pane(StrEnum):
    """What can have the focus on the main screen; each has the value of its commands' scope."""

    LIST = "list"
    SEARCH = "search"
    CHAT = "chat"
    QUEUE = "queue"
    PROMPT = "prompt"
    TREE = "tree"


@frozen
class QueueState:
    """Whether the queue of a branch goes on by itself; its prompts are in the place."""

    is_held: bool = True
    is_sending: bool = False
    let_go: int = 0


@frozen
class Live:
    """The turn that runs on the branch on screen, as far as the screen needs to know."""

    turn: TurnId
    is_stopping: bool = False
    cost: float | None = None
    """Dollars so far, when that is known."""


@frozen
class Workspace:
    """Everything that the main screen shows, and everything typed that is not saved yet."""

    place: Place = field(default_factory=Place)
    """Where the writer is, with unsent prompts, their kind, queued prompts and open edits."""
    catalog: Catalog = field(default_factory=lambda: Catalog(()))
    order: tuple[ContentId, ...] = ()
    """The order of the list, which stays as it is while the writer types."""
    content: Content | None = None
    branch: BranchId | None = None
    focus: Pane = Pane.PROMPT
    chat_turn: int = 0
    """The turn under the cursor of the chat, counted along the branch; 0 for none."""
    tree_row: Spot | None = None
    """The row under the cursor of the tree."""
    whole_tree_from: str | None = None
    """While the tree has the whole screen what was previewed before; else None."""
    has_tree_costs: bool = False
    """Whether the tree says what each row cost, in place of its age."""
    preview: str = ""
    """What is previewed below the tree: reply, draft, diff or approved; empty for nothing."""
    marked: tuple[BranchId, ...] = ()
    """Branches of the piece on screen that are marked to be compared, in that order."""
    tree_revision: int = 0
    """Grows when the tree's cursor is moved by anything but the tree."""
    tree_from: Pane = Pane.CHAT
    """The pane from which the tree got the focus."""
    list_from: Pane = Pane.CHAT
    """The pane from which the list, or its search field, got the focus."""
    search: str | None = None
    """What is typed into the search field; None while the field is closed."""
    status: Status | None = None
    """The only status that the list shows; None for all."""
    prompt_revision: int = 0
    """Grows when the prompt's text is changed by anything but typing."""
    outbox: Mapping[BranchId, str] = field(default_factory=lambda: MappingProxyType({}))
    """Prompts that were sent and are not saved as a turn yet."""
    queues: Mapping[BranchId, QueueState] = field(default_factory=lambda: MappingProxyType({}))
    writing: Mapping[BranchId, ContentId] = field(default_factory=lambda: MappingProxyType({}))
    asking: Mapping[BranchId, ContentId] = field(default_factory=lambda: MappingProxyType({}))
    """Branches on which Claude waits for the answer to a question."""
    news: Mapping[BranchId, ContentId] = field(default_factory=lambda: MappingProxyType({}))
    """Branches on which an answer came while another one was on the screen."""
    live: Live | None = None
    context_percent: Mapping[BranchId, float] = field(default_factory=lambda: MappingProxyType({}))
    limits: Mapping[str, UsageLimit] = field(default_factory=lambda: MappingProxyType({}))
    """What was last reported of the account's usage limits, by the name of each."""
    found: Found = NOTHING_FOUND
    unreadable_since: datetime | None = None
    """When the library was found to be out of reach; None while it can be read."""

    @property
    def query(self) -> ListQuery:
        """What the list is narrowed down to."""
        typed = parse_query(self.search or "")
        return replace(typed, status=typed.status or self.status, sort=self.place.list_sort)

    @property
    def is_writing_here(self) -> bool:
        """Whether Claude is writing on the branch on screen."""
        return self.branch is not None and self.branch in self.writing

    @property
    def is_asking_mode(self) -> bool:
        """Whether the next prompt on the branch on screen only asks, and makes no version."""
        return self.branch in self.place.asking

    @property
    def prompt_text(self) -> str:
        """The unsent text on the branch on screen."""
        return "" if self.branch is None else self.place.unsent.get(self.branch, "")


@frozen
class Target:
    """What a command is about: the row under the cursor of the focused pane, else the screen."""

    content: Content
    branch: BranchId
    turn: NumberedTurn | None = None
    """The selected turn, or else the last one on the branch."""
    is_branch_row: bool = False
    """Whether the cursor is on a branch's own row in the tree."""
    has_turn_cursor: bool = False
    """Whether the cursor is on a turn."""
    version: Version | None = None
    """The version made by hand that the cursor is on, in the tree."""
    folded: Part = Part.ITSELF
    """What the cursor's row in the tree stands for; a folded one means none of what it hides."""


def put(mapping: Mapping[Key, Value], key: Key, value: Value | None) -> Mapping[Key, Value]:
    """Return a mapping with one entry set, or taken out (None); the same one when that is so."""
    if mapping.get(key) == value:
        return mapping
    rest = {name: kept for name, kept in mapping.items() if name != key}
    return MappingProxyType(rest if value is None else {**rest, key: value})


# -- what is shown -------------------------------------------------------------------------------


def target(workspace: Workspace) -> Target | None:
    """Return what a command is about; None without a piece, or with the cursor on no row."""
    content, branch = workspace.content, workspace.branch
    if content is None or branch is None:
        return None
    number, is_branch_row, has_cursor, version = 0, False, False, None
    folded = Part.ITSELF
    if workspace.focus is Pane.LIST and content.id not in workspace.order:
        return None
    row = workspace.tree_row
    # Where the cursor is comes by message: for a moment it may be in another piece's tree.
    is_row_here = row is not None and any(each.id == row.branch for each in content.branches)
    if workspace.focus is Pane.TREE and row is not None and is_row_here:
        branch, number, folded = row.branch, row.turn, row.part
        if 0 < row.version <= len(content.versions):
            version = content.version(row.version)
        is_branch_row = not number and version is None
        has_cursor = bool(number) and version is None
    elif workspace.focus is not Pane.LIST and workspace.chat_turn:
        number, has_cursor = workspace.chat_turn, workspace.focus is Pane.CHAT
    length = content.length(branch)
    number = min(number or length, length)
    turn = content.turn_at(branch, number) if number else None
    has_cursor = has_cursor and turn is not None
    return Target(content, branch, turn, is_branch_row, has_cursor, version, folded)


def rows(workspace: Workspace) -> tuple[ContentRow, ...]:
    """Return the rows of the list in the order in which they are shown."""
    by_id = {row.id: row for row in workspace.catalog.rows}
    return tuple([by_id[content] for content in workspace.order if content in by_id])


def opened(workspace: Workspace, content: Content, branch: BranchId | None = None) -> Workspace:
    """Show a piece: the branch asked for, or else the one last shown."""
    known = {each.id for each in content.branches}
    wanted = branch or workspace.place.branch.get(content.id, content.main)
    wanted = wanted if wanted in known else content.main
    place = replace(
        workspace.place, content=content.id, branch=put(workspace.place.branch, content.id, wanted)
    )
    is_same = workspace.branch == wanted
    return replace(
        workspace,
        place=place,
        content=content,
        branch=wanted,
        chat_turn=workspace.chat_turn if is_same else 0,
        tree_row=workspace.tree_row if is_same else Spot(wanted),
        marked=tuple(branch for branch in workspace.marked if branch in known),
        news=put(workspace.news, wanted, None),
        live=workspace.live if is_same else None,
        prompt_revision=workspace.prompt_revision + (not is_same),
    )


def closed(workspace: Workspace) -> Workspace:
    """Show no piece."""
    return replace(
        workspace,
        content=None,
        branch=None,
        chat_turn=0,
        tree_row=None,
        live=None,
        prompt_revision=workspace.prompt_revision + 1,
    )


def with_content(workspace: Workspace, content: Content) -> Workspace:
    """Take over the next value of the piece on screen; nothing changes for another one."""
    if workspace.content is None or workspace.content.id != content.id:
        return workspace
    return replace(workspace, content=content)


def with_catalog(workspace: Workspace, catalog: Catalog, *, may_sort: bool) -> Workspace:
    """Take over the rows of the library; rows keep their places unless they may be sorted anew."""
    workspace = replace(workspace, catalog=catalog)
    wanted = listed(catalog.rows, workspace.query)
    if not may_sort:
        wanted = kept_order(workspace.order, wanted)
    return _with_order(workspace, wanted)


def narrowed(workspace: Workspace, search: str | None) -> Workspace:
    """Narrow the list down to what is typed; None closes the search."""
    workspace = replace(workspace, search=search)
    return _with_order(workspace, listed(workspace.catalog.rows, workspace.query))


def sorted_by(workspace: Workspace, sort: Sort) -> Workspace:
    """Sort the list anew."""
    place = replace(workspace.place, list_sort=sort)
    return narrowed(replace(workspace, place=place), workspace.search)


def filtered(workspace: Workspace, status: Status | None) -> Workspace:
    """Show pieces of one status only, or all."""
    return narrowed(replace(workspace, status=status), workspace.search)


def _with_order(workspace: Workspace, wanted: tuple[ContentRow, ...]) -> Workspace:
    order = tuple(row.id for row in wanted)
    return workspace if order == workspace.order else replace(workspace, order=order)


def at(
    workspace: Workspace,
    focus: Pane | None = None,
    *,
    chat_turn: int | None = None,
    tree_row: Spot | None = None,
) -> Workspace:
    """Move the focus, or a cursor; what is None stays where it is."""
    focus = workspace.focus if focus is None else focus
    chat_turn = workspace.chat_turn if chat_turn is None else chat_turn
    tree_row = workspace.tree_row if tree_row is None else tree_row
    before = (workspace.focus, workspace.chat_turn, workspace.tree_row)
    if (focus, chat_turn, tree_row) == before:
        return workspace
    workspace = replace(workspace, chat_turn=chat_turn, tree_row=tree_row)
    return _focused(workspace, focus)


def _focused(workspace: Workspace, focus: Pane) -> Workspace:
    """Give a pane the focus; a called-up pane is to give it back to where it came from."""
    before, lists = workspace.focus, (Pane.LIST, Pane.SEARCH)
    if focus is Pane.TREE and before is not Pane.TREE:
        return replace(workspace, focus=focus, tree_from=before)
    if focus is not Pane.TREE and workspace.whole_tree_from is not None:
        workspace = replace(workspace, whole_tree_from=None, preview=workspace.whole_tree_from)
    if focus in lists and before not in (*lists, Pane.TREE):
        return replace(workspace, focus=focus, list_from=before)
    return replace(workspace, focus=focus)


def came_from(workspace: Workspace) -> Pane:
    """Return the pane that gets the focus when the one that has it is dismissed."""
    return workspace.tree_from if workspace.focus is Pane.TREE else workspace.list_from
