"""What of a fork tree is shown ↔ its row in the place file."""

from tui.domain.ids import BranchId
from tui.domain.tree_shape import Part, Spot, TreeFilter, TreeShape
from tui.store.fields import number, optional_text, rows, text, texts
from tui.store.migrations import Row


def tree_to_row(shape: TreeShape) -> Row:
    """Return a shape as it is stored."""
    return {
        "filter": shape.filter.value,
        "folded": sorted(shape.folded),
        "opened": [
            {"branch": spot.branch, "turn": spot.turn, "part": spot.part.value}
            for spot in sorted(shape.opened, key=lambda spot: (spot.branch, spot.turn, spot.part))
        ],
        "top": shape.top,
    }


def tree_from_row(row: Row) -> TreeShape:
    """Return a shape; a filter that only another Redraft knows is none here."""
    chosen, top = text(row, "filter", ""), optional_text(row, "top")
    known = [each for each in TreeFilter if each.value == chosen]
    return TreeShape(
        known[0] if known else TreeFilter.ALL,
        frozenset(BranchId(branch) for branch in texts(row, "folded")),
        frozenset(_spot(opened) for opened in rows(row, "opened")),
        None if top is None else BranchId(top),
    )


def _spot(row: Row) -> Spot:
    part = Part.ASIDE if text(row, "part", "") == Part.ASIDE.value else Part.ITSELF
    return Spot(BranchId(text(row, "branch")), number(row, "turn", 0), part=part)
