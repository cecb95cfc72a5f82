"""The fork tree: branches, the turns on each, and what every turn did to the draft."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import ClassVar, Final

from textual.message import Message
from textual.reactive import reactive

from tui.commands import Scope, bindings, keymap_of
from tui.domain.content import Branch, Content
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.outline import (
    Outline,
    folded_but,
    hoisted,
    next_filter,
    toggled,
    unfolded,
)
from tui.domain.tree import BranchNode, branch_tree
from tui.domain.tree_rows import Aside, KnownRows, Row, Run, tree_rows
from tui.domain.tree_shape import WHOLE_TREE, Spot, TreeFilter, TreeShape
from tui.widgets import tree_row
from tui.widgets.badges import GoingOn, Tone
from tui.widgets.rows import Part, RowList
from tui.widgets.tree_row import DRAWN, LOOKS, Lines, RowSetting, where_shape_starts

_LOOKS: Final[Mapping[str, str]] = {
    look: f"branches--{look}" for look in (*Tone, *LOOKS) if look is not Tone.PLAIN
}


_NOTHING: Final[Mapping[TreeFilter, str]] = {
    TreeFilter.FORKS: "No branch has left another one yet.",
    TreeFilter.LABELLED: "Nothing has a label yet.",
    TreeFilter.DRAFTS: "There is no draft yet.",
    TreeFilter.MINE: "Nothing was made by hand yet.",
}
"""The sentences for filters that show nothing."""
_WHERE: Final[Mapping[int, str]] = {1: "down", -1: "up"}


@frozen
class ForkView:
    """What the tree shows: a content's forks, which branch is on screen, and what goes on."""

    content: Content | None = None
    here: BranchId | None = None
    going_on: GoingOn = field(default_factory=GoingOn)
    shape: TreeShape = WHOLE_TREE
    """What is filtered, folded and hoisted."""
    cursor: Spot | None = None
    """Where the cursor goes."""
    revision: int = 0
    """Grows when the cursor is to go there."""
    marked: frozenset[BranchId] = frozenset()
    """Branches that are to be compared."""
    kept: frozenset[BranchId] = frozenset()
    """Branches that are not folded by default, beside those on which something goes on."""
    now: datetime | None = None
    """The time from which ages are counted, to the minute; without it no age is shown."""
    has_costs: bool = False
    """Whether rows show what they cost, in place of their ages."""
    lines: Lines = DRAWN
    person: str = ""
    """The id of the writer who works here: only others are named."""

    def outline(self, roots: Sequence[BranchNode], known: KnownRows) -> Outline | None:
        """Return the rows to show, given the content's `branch_tree`; None without a content.

        `known` holds rows of an earlier view, which are used again; `keeps_rows_of` says whether
        they may be.
        """
        if self.content is None:
            return None
        busy = self.going_on.writing | self.going_on.asking | self.going_on.news
        kept = self.kept | busy | self.marked
        rows = tree_rows(self.content, self.here, self.shape, kept=kept, roots=roots, known=known)
        return Outline(self.content, rows)

    def keeps_rows_of(self, other: "ForkView") -> bool:
        """Whether rows of another view can be used again for branches that are folded alike."""
        return (self.content, self.here, self.shape.filter) == (
            *(other.content, other.here, other.shape.filter),
        )

    def has_rows_of(self, other: "ForkView") -> bool:
        """Whether another view has the same rows, though these may show other facts."""
        return (self.content, self.here, self.shape, self.kept, self.going_on, self.marked) == (
            *(other.content, other.here, other.shape, other.kept, other.going_on, other.marked),
        )


class BranchTree(RowList):
    """Shows the forks of a content; reports cursor, opened rows and what is folded."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(_LOOKS.values())
    BINDINGS = bindings(Scope.TREE)
    LOOKS = _LOOKS

    class TreeMessage(Message):
        """Base of the messages about what the writer does in the tree."""

    class Opened(TreeMessage):
        """The writer opened a branch, a turn on it or a version made by hand."""

        def __init__(self, spot: Spot) -> None:
            super().__init__()
            self.spot = spot

    class CursorMoved(TreeMessage):
        """The cursor is on another row."""

        def __init__(self, spot: Spot) -> None:
            super().__init__()
            self.spot = spot

    class Stayed(TreeMessage):
        """The cursor stayed where it was: what the writer wanted to go to is not there."""

        def __init__(self, why: str) -> None:
            super().__init__()
            self.why = why

    class ShapeChanged(TreeMessage):
        """The writer folded, filtered or hoisted something."""

        def __init__(self, shape: TreeShape) -> None:
            super().__init__()
            self.shape = shape

    class PreviewPaged(Message):
        """The writer reads the preview on (1) or back (-1)."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    forks: reactive[ForkView] = reactive(ForkView(), init=False, repaint=False)
    """What is shown. The cursor stays on its row unless another branch or content is shown."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._outline: Outline | None = None
        self._roots: Sequence[BranchNode] = ()
        self._known: KnownRows = {}
        self._setting: RowSetting | None = None

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return None if self.cursor is None else self._rows[self.cursor]

    @property
    def _rows(self) -> Sequence[Row]:
        return () if self._outline is None else self._outline.rows

    # -- what is shown -------------------------------------------------------------------------

    def watch_forks(self, before: ForkView, forks: ForkView) -> None:
        """Show the forks, with the cursor where the reader expects it."""
        old, content, setting = self.current, forks.content, self._setting
        self._setting = None
        if content is not None:
            self._setting = RowSetting(
                content,
                forks.going_on,
                forks.marked,
                forks.now,
                forks.has_costs,
                forks.lines,
                forks.person,
            )
        if content is not before.content:
            self._roots = () if content is None else branch_tree(content)
        if not forks.keeps_rows_of(before):
            self._known = {}
        if content is not before.content or self._setting != setting:
            self.forget_rows()
        if self._outline is None or not forks.has_rows_of(before):
            self._outline = forks.outline(self._roots, self._known)
        if self._outline is None:
            self.show_rows(None)
            return
        wanted, stays = self._wanted(before, forks, old)
        place = self._outline.place(wanted)
        self.show_rows(place, stays=stays)
        if self._outline.rows[place].spot != forks.cursor:
            self.cursor_moved(place)

    @staticmethod
    def _wanted(before: ForkView, forks: ForkView, old: Row | None) -> tuple[Spot, bool]:
        """Return the row for the cursor, and whether it is the one it was on."""
        if forks.cursor is not None and forks.revision != before.revision:
            return forks.cursor, False
        is_same = (
            before.content is not None
            and forks.content is not None
            and before.content.id == forks.content.id
            and before.here == forks.here
        )
        if is_same and old is not None:
            return old.spot, True
        return Spot(forks.here or BranchId("")), False

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def note(self) -> str:
        """The sentence below the branches when the filter shows nothing but branches."""
        sentence = _NOTHING.get(self.forks.shape.filter)
        if sentence is None or any(not isinstance(row.about, Branch) for row in self._rows):
            return ""
        return keymap_of(self.app).fill(f"{sentence} {{tree.filter}} shows other rows.")

    def row_value(self, place: int) -> object:
        """Return the row itself: rows that a fold leaves as they are stay the same objects."""
        return self._rows[place]

    def row_parts(self, place: int, _line: int, width: int) -> Sequence[Part]:
        """Return a row of the tree."""
        assert self._setting is not None
        return tree_row.row_parts(self._rows[place], max(16, width), self._setting)

    # -- where the cursor goes -----------------------------------------------------------------

    def action_parent(self) -> None:
        """Go to the branch of a turn, or to the turn that a branch left."""
        self._go(Outline.parent)

    def action_child(self) -> None:
        """Open what is folded here, else go to the first row below in parentage."""
        row = self.current
        if row is not None and row.is_folded:
            self.action_fold()
        else:
            self._go(Outline.child)

    def action_sibling(self, direction: int) -> None:
        """Go to the next or the previous branch that leaves the same one."""
        why = f"There is no branch beside this one further {_WHERE[direction]}."
        self._go(lambda outline, place: outline.sibling(place, direction), why)

    def action_fork_point(self, direction: int) -> None:
        """Go to the next or the previous turn after which a branch leaves."""
        why = f"There is no fork further {_WHERE[direction]}."
        self._go(lambda outline, place: outline.fork_point(place, direction), why)

    def _go(self, where: Callable[[Outline, int], int | None], why: str = "") -> None:
        """Go to another row; say `why`, if anything, where there is none to go to."""
        if self._outline is None or self.cursor is None:
            return
        place = where(self._outline, self.cursor)
        if place is not None and place != self.cursor:
            self.go_to(place)
        elif why:
            self.post_message(self.Stayed(why))

    def cursor_moved(self, place: int) -> None:
        """Report which row the cursor is on now."""
        self.post_message(self.CursorMoved(self._rows[place].spot))

    def action_page_preview(self, direction: int) -> None:
        """Read the preview on, or back; the cursor stays where it is."""
        self.post_message(self.PreviewPaged(direction))

    # -- what is folded, and opened --------------------------------------------------------------

    def action_fold(self) -> None:
        """Fold or open what the row stands for."""
        if self._outline is not None and self.cursor is not None:
            self._shape(toggled(self.forks.shape, self._outline, self.cursor))

    def action_fold_others(self) -> None:
        """Fold every branch that does not lead to the cursor."""
        if self.forks.content is not None and self.current is not None:
            branch = self.current.spot.branch
            self._shape(folded_but(self.forks.shape, self.forks.content, branch))

    def action_unfold_all(self) -> None:
        """Show every row."""
        if self.forks.content is not None:
            self._shape(unfolded(self.forks.shape, self.forks.content, self.forks.here))

    def action_hoist(self) -> None:
        """Show the branch under the cursor alone with what leaves it, or the whole tree again."""
        if self.current is not None:
            is_back = self.forks.shape.top is not None and self.cursor == 0
            branch = self.forks.shape.top if is_back else self.current.spot.branch
            if branch is not None:
                self._shape(hoisted(self.forks.shape, branch))

    def action_filter(self) -> None:
        """Show other rows: all, forks, labelled, with drafts, made by hand."""
        self._shape(next_filter(self.forks.shape))

    def _shape(self, shape: TreeShape) -> None:
        if shape != self.forks.shape:
            self.post_message(self.ShapeChanged(shape))

    def action_open(self) -> None:
        """Report that the row is opened; unfold one that stands for folded rows."""
        row = self.current
        if row is None:
            return
        if isinstance(row.about, Run | Aside):
            self.action_fold()
        else:
            self.post_message(self.Opened(row.spot))

    def clicked(self, place: int, x: int, times: int) -> None:
        """Fold by a click on a row's shape; open by a double click elsewhere."""
        row = self._rows[place]
        start = where_shape_starts(row, self.scrollable_content_region.width)
        is_on_shape = start <= x <= start + 1 and row.branch_row is not None
        if is_on_shape or (times == 1 and isinstance(row.about, Run | Aside)):
            self.action_fold()
        elif times == 2:
            self.action_open()
