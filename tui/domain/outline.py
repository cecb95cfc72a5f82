"""Movement and folding in the rows of a fork tree."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.domain.content import Branch, Content
from tui.domain.ids import BranchId
from tui.domain.tree_rows import Aside, Row, Run, folding_spots, tree_rows
from tui.domain.tree_shape import Part, Spot, TreeFilter, TreeShape


class Outline:
    """The visible rows of a piece's tree; places are indices of rows, from 0."""

    def __init__(self, content: Content, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._content = content
        self._places: Mapping[Spot, int] = {row.spot: place for place, row in enumerate(rows)}

    def place(self, spot: Spot) -> int:
        """Return the place of a row, or of the nearest visible row when it is hidden."""
        parents = {branch.id: branch.parent for branch in self._content.branches}
        branch: BranchId | None = spot.branch
        while branch is not None and branch in parents:
            place = self._place_on_branch(spot)
            if place is not None:
                return place
            aside = self._places.get(Spot(parents[branch] or branch, part=Part.ASIDE))
            if aside is not None:
                return aside
            branch = parents[branch]
            spot = spot if branch is None else Spot(branch)
        return 0

    def _place_on_branch(self, spot: Spot) -> int | None:
        """Return the place of a row, or else of the nearest row above it on its branch."""
        for wanted in (spot, replace(spot, part=Part.ITSELF), Spot(spot.branch, spot.turn)):
            if wanted in self._places:
                return self._places[wanted]
        place = self._places.get(Spot(spot.branch))
        if place is None or spot.turn == 0:
            return place
        for later in range(place + 1, len(self.rows)):
            other = self.rows[later].spot
            if other.branch != spot.branch or other.turn > spot.turn or other.part is Part.ASIDE:
                break
            place = later
        return place

    # -- moves ---------------------------------------------------------------------------------

    def parent(self, place: int) -> int:
        """Return the place of the parent: a turn's branch, or the turn that a branch leaves."""
        row = self.rows[place]
        branch = row.branch_row
        if branch is None:
            return self.place(Spot(row.spot.branch))
        if branch.parent is None or place == 0:
            return place
        found = self.place(Spot(branch.parent, branch.forked_after))
        return place if self.rows[found].spot.branch != branch.parent else found

    def child(self, place: int) -> int | None:
        """Return the place of the first child; None without children, or while folded."""
        row = self.rows[place]
        if row.branch_row is not None and row.hidden is None:
            following = place + 1
            if following < len(self.rows) and self._is_inside(row.spot.branch, following):
                return following
        if row.forks:
            for later in range(place + 1, len(self.rows)):
                branch = self.rows[later].branch_row
                leaves = branch is not None and branch.parent == row.spot.branch
                if branch is not None and leaves and branch.forked_after == row.spot.turn:
                    return later
        return None

    def _is_inside(self, branch: BranchId, place: int) -> bool:
        other = self.rows[place]
        about = other.branch_row
        return other.spot.branch == branch or (about is not None and about.parent == branch)

    def sibling(self, place: int, direction: int) -> int:
        """Return the place of the next or previous branch with the same parent; else `place`."""
        own = next(b for b in self._content.branches if b.id == self.rows[place].spot.branch)
        rows = [at for at, row in enumerate(self.rows) if _leaves(row, own.parent)]
        if direction > 0:
            return next((at for at in rows if at > place), place)
        before = self.place(Spot(own.id)) if self.rows[place].branch_row is None else place
        return next((at for at in reversed(rows) if at < before), place)

    def fork_point(self, place: int, direction: int) -> int:
        """Return the place of the next or previous turn with forks; else `place`."""
        rows = [at for at, row in enumerate(self.rows) if row.forks]
        if direction > 0:
            return next((at for at in rows if at > place), place)
        return next((at for at in reversed(rows) if at < place), place)


def _leaves(row: Row, parent: BranchId | None) -> bool:
    branch = row.branch_row
    return branch is not None and branch.parent == parent


def spot_of_turn(content: Content, branch: BranchId, number: int) -> Spot:
    """Return the row of the turn with a number along a branch; raises `NotFound`."""
    return Spot(content.turn_at(branch, number).owner, number)


# -- folding ---------------------------------------------------------------------------------------


def toggled(shape: TreeShape, outline: Outline, place: int) -> TreeShape:
    """Fold or unfold a row: a branch, a run of turns, or the branches put aside."""
    row = outline.rows[place]
    match row.about:
        case Branch(id=branch):
            return replace(shape, folded=shape.folded ^ {branch})
        case Run():
            spot = Spot(row.spot.branch, row.spot.turn)
            return replace(shape, opened=shape.opened | {spot})
        case Aside():
            return replace(shape, opened=shape.opened ^ {row.spot})
        case _ if row.in_run:
            return replace(shape, opened=shape.opened - _run_around(outline, place))
        case _:
            return replace(shape, folded=shape.folded | {row.spot.branch})


def _run_around(outline: Outline, place: int) -> set[Spot]:
    """Return the turns of the opened run that a row is in."""
    first = last = place
    while first > 0 and outline.rows[first - 1].in_run:
        first -= 1
    while last < len(outline.rows) - 1 and outline.rows[last + 1].in_run:
        last += 1
    return {row.spot for row in outline.rows[first : last + 1]}


def folded_but(shape: TreeShape, content: Content, branch: BranchId) -> TreeShape:
    """Fold all branches except one and its ancestors."""
    kept = {one.id for one in content.ancestry(branch)}
    folded = frozenset(one.id for one in content.branches if one.id not in kept)
    return replace(shape, folded=folded, opened=frozenset())


def unfolded(shape: TreeShape, content: Content, here: BranchId | None) -> TreeShape:
    """Unfold everything: branches, runs of turns, and the branches put aside."""
    return replace(shape, folded=frozenset(), opened=shape.opened | folding_spots(content, here))


def revealed(shape: TreeShape, content: Content, here: BranchId | None, spot: Spot) -> TreeShape:
    """Return the shape with a row visible; the same shape when it is visible already."""
    if spot in {row.spot for row in tree_rows(content, here, shape)}:
        return shape
    parents = {branch.id: branch.parent for branch in content.branches}
    way: list[BranchId] = []
    branch: BranchId | None = spot.branch
    while branch is not None and branch in parents and branch not in way:
        way.append(branch)
        branch = parents[branch]
    opened = {Spot(ancestor, part=Part.ASIDE) for ancestor in way}
    return replace(
        shape,
        filter=TreeFilter.ALL,
        folded=shape.folded - set(way),
        opened=shape.opened | opened | {Spot(spot.branch, spot.turn)},
        top=shape.top if shape.top in way else None,
    )


def hoisted(shape: TreeShape, branch: BranchId) -> TreeShape:
    """Hoist a branch: show only it and its forks; show the whole tree when it is hoisted."""
    is_back = shape.top == branch
    return replace(shape, top=None if is_back else branch, folded=shape.folded - {branch})


def next_filter(shape: TreeShape) -> TreeShape:
    """Return the shape with the next filter: all, forks, labelled, drafts, by hand, all."""
    filters = list(TreeFilter)
    following = filters[(filters.index(shape.filter) + 1) % len(filters)]
    return replace(shape, filter=following)
