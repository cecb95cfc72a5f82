"""The fork tree: branches, the turns on each, and what every turn did to the draft.

Only the rows in view are drawn, so that a key costs the same with ten rows and with ten thousand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.commands import Scope, bindings
from tui.domain.content import Content
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
from tui.domain.tree_rows import Aside, Row, Run, tree_rows
from tui.domain.tree_shape import WHOLE_TREE, Spot, TreeShape
from tui.widgets.badges import GoingOn, Tone
from tui.widgets.rows import set_rows
from tui.widgets.tree_row import DRAWN, LOOKS, Lines, RowSetting, row_parts, where_shape_starts

_LOOKS: Final = {look: f"branches--{look}" for look in (*Tone, *LOOKS)}


@dataclass(frozen=True, slots=True)
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
    """Branches that never fold by themselves, beside those on which something goes on."""
    now: datetime | None = None
    """What ages are counted from, to the minute; without it the tree shows none."""
    has_costs: bool = False
    """Whether rows say what they cost, in place of their ages."""
    lines: Lines = DRAWN
    person: str = ""
    """The id of who works here: all others are named."""

    def outline(self, roots: Sequence[BranchNode]) -> Outline | None:
        """Return the rows to show, given the content's `branch_tree`; None without a content."""
        if self.content is None:
            return None
        busy = self.going_on.writing | self.going_on.asking | self.going_on.news
        kept = self.kept | busy | self.marked
        rows = tree_rows(self.content, self.here, self.shape, kept=kept, roots=roots)
        return Outline(self.content, rows)

    def has_rows_of(self, other: "ForkView") -> bool:
        """Whether another view has the same rows, though they may say something else."""
        return (self.content, self.here, self.shape, self.kept, self.going_on, self.marked) == (
            *(other.content, other.here, other.shape, other.kept, other.going_on, other.marked),
        )


class BranchTree(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows the forks of a content; says which row is looked at or opened, and what is folded."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "branches--cursor",
        "branches--hover",
        *_LOOKS.values(),
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.TREE)

    class Told(Message):
        """The writer did something in the tree."""

    class Opened(Told):
        """The writer opened a branch, a turn on it or a version made by hand."""

        def __init__(self, spot: Spot) -> None:
            super().__init__()
            self.spot = spot

    class Looked(Told):
        """The cursor is on another row."""

        def __init__(self, spot: Spot) -> None:
            super().__init__()
            self.spot = spot

    class Shaped(Told):
        """The writer folded, filtered or hoisted something."""

        def __init__(self, shape: TreeShape) -> None:
            super().__init__()
            self.shape = shape

    forks: reactive[ForkView] = reactive(ForkView(), init=False)
    """What is shown. The cursor stays on its row unless another branch or content is shown."""
    cursor: reactive[int] = reactive(0, repaint=False)
    """The place of the row under the cursor, counted from 0."""
    _pointed: reactive[int | None] = reactive[int | None](None, repaint=False)
    """The line of the view under the mouse, counted from 0."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._outline: Outline | None = None
        self._roots: Sequence[BranchNode] = ()
        self._setting: RowSetting | None = None

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return None if self._outline is None else self._outline.rows[self.cursor]

    # -- what is shown -------------------------------------------------------------------------

    def watch_forks(self, before: ForkView, forks: ForkView) -> None:
        """Show the forks, with the cursor where the reader expects it."""
        old, old_place = self.current, self.cursor
        content = forks.content
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
        if self._outline is None or not forks.has_rows_of(before):
            self._outline = forks.outline(self._roots)
        outline = self._outline
        set_rows(self, 0 if outline is None else len(outline.rows))
        if outline is None:
            self.set_reactive(BranchTree.cursor, 0)
        else:
            wanted, stays = self._wanted(before, forks, old)
            place = outline.place(wanted)
            if stays:  # On the same line of the screen, too.
                top = self.scroll_offset.y + place - old_place
                self.scroll_to(y=top, animate=False, immediate=True)
            self.set_reactive(BranchTree.cursor, place)
            self._bring_into_view()
            if outline.rows[place].spot != forks.cursor:
                self.post_message(self.Looked(outline.rows[place].spot))
        self.refresh()

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

    def watch_cursor(self, before: int, cursor: int) -> None:
        """Draw the two rows that changed."""
        for place in (before, cursor):
            self.refresh_line(place)
        self._bring_into_view()

    def watch__pointed(self, before: int | None, pointed: int | None) -> None:
        """Draw the two rows that changed."""
        for line in (before, pointed):
            if line is not None:
                self.refresh_line(line + self.scroll_offset.y)

    def _bring_into_view(self) -> None:
        if self.size.height:
            region = Region(0, self.cursor, 1, 1)
            self.scroll_to_region(region, animate=False, immediate=True, force=True)

    def on_resize(self, _event: events.Resize) -> None:
        """Keep the row under the cursor in view."""
        self._bring_into_view()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        width = self.scrollable_content_region.width
        place = y + self.scroll_offset.y
        base = self.rich_style
        rows = () if self._outline is None else self._outline.rows
        if place >= len(rows) or self._setting is None:
            return Strip.blank(width, base)
        parts = row_parts(rows[place], max(16, width), self._setting)
        if place == self.cursor:
            # The cursor's colours go together; a mark's own might not show on its ground.
            style = self.get_visual_style("branches--cursor").rich_style
            segments = [Segment(text, style) for text, _look in parts]
        else:
            if y == self._pointed:
                base = self.get_visual_style("branches--hover").rich_style
            segments = [Segment(text, base + self._style(look)) for text, look in parts]
        return Strip(segments).adjust_cell_length(width, base)

    def _style(self, look: str) -> Style:
        if look == Tone.PLAIN:
            return Style.null()
        return self.get_component_rich_style(_LOOKS[look], partial=True)

    # -- where the cursor goes -----------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the cursor down, or up, and no further than to the end."""
        self._go(lambda _outline, place: place + by)

    def action_page(self, direction: int) -> None:
        """Move the cursor by as many rows as are in view, and no further than to the end."""
        self.action_move(direction * max(1, self.size.height - 1))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(lambda _outline, _place: 0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._go(lambda outline, _place: len(outline.rows))

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
        self._go(lambda outline, place: outline.sibling(place, direction))

    def action_fork_point(self, direction: int) -> None:
        """Go to the next or the previous turn after which a branch leaves."""
        self._go(lambda outline, place: outline.fork_point(place, direction))

    def _go(self, where: Callable[[Outline, int], int | None]) -> None:
        if self._outline is None:
            return
        place = where(self._outline, self.cursor)
        if place is None:
            return
        place = min(max(0, place), len(self._outline.rows) - 1)
        if place != self.cursor:
            self.cursor = place
            self.post_message(self.Looked(self._outline.rows[place].spot))

    # -- what is folded, and opened --------------------------------------------------------------

    def action_fold(self) -> None:
        """Fold or open what the row stands for."""
        if self._outline is not None:
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
            self.post_message(self.Shaped(shape))

    def action_open(self) -> None:
        """Say what is opened, or open what is folded to the row."""
        row = self.current
        if row is None:
            return
        if isinstance(row.about, Run | Aside):
            self.action_fold()
        else:
            self.post_message(self.Opened(row.spot))

    def on_click(self, event: events.Click) -> None:
        """Go to the clicked row; a click on its shape folds it, a double click opens it."""
        at = event.get_content_offset(self)
        if at is None or self._outline is None:
            return
        place = at.y + self.scroll_offset.y
        if not 0 <= place < len(self._outline.rows):
            return
        event.stop()
        self._go(lambda _outline, _place: place)
        row = self._outline.rows[place]
        start = where_shape_starts(row, self.scrollable_content_region.width)
        is_on_shape = start <= at.x <= start + 1 and row.branch_row is not None
        if is_on_shape or (event.chain == 1 and isinstance(row.about, Run | Aside)):
            self.action_fold()
        elif event.chain == 2:
            self.action_open()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Point out the row under the mouse."""
        line = event.get_content_offset(self)
        self._pointed = None if line is None else line.y

    def on_leave(self, _event: events.Leave) -> None:
        """Point out no row."""
        self._pointed = None
