"""Folding and unfolding the turns of a conversation while the reader keeps the place."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tui.widgets.chat.canvas import ChatCanvas
from tui.widgets.chat.conversation import Place
from tui.widgets.chat.items import ChatItem, Role


class FoldingCanvas(ChatCanvas):
    """A canvas whose turns can be unfolded to what Claude used in them."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.unfolded: set[int] = set()
        """Numbers of the turns that are unfolded."""
        self._left_end_for = 0
        """The turn whose unfolding took the reader away from the end."""

    def with_folds(self, items: Sequence[ChatItem]) -> list[ChatItem]:
        """Return items as they are shown now: those of unfolded turns unfolded."""
        return [
            replace(item, is_unfolded=True)
            if item.role is Role.TOOL and item.turn in self.unfolded
            else item
            for item in items
        ]

    def foldable_turn(self) -> int:
        """Return the turn that a key folds: the selected one, else the last; 0 for none."""
        turns = self._column.fold_turns
        if self.selected_turn:
            return self.selected_turn if self.selected_turn in turns else 0
        return turns[-1] if turns else 0

    def toggle(self, turn: int) -> None:
        """Fold a turn, or unfold it; what is unfolded in view stays in view."""
        is_unfolded = turn not in self.unfolded
        if not is_unfolded and self._left_end_for == turn:
            self._is_following |= self._column.turn_at(self._place.index) == turn
        self._left_end_for = 0
        seen = [head for head in self._column.fold_heads(turn) if self._is_in_view(head)]
        self._fold([turn], is_unfolded=is_unfolded)
        if is_unfolded and seen and not self._is_in_view(seen[0]):
            self._left_end_for = turn if self._is_following else 0
            self._go_to(seen[0])

    def action_fold_all(self) -> None:
        """Fold every turn."""
        self._fold(sorted(self.unfolded), is_unfolded=False)

    def action_unfold_all(self) -> None:
        """Unfold every turn."""
        self._fold(self._column.fold_turns, is_unfolded=True)

    def _fold(self, turns: Iterable[int], *, is_unfolded: bool) -> None:
        """Fold or unfold turns; the row at the top stays there, or the end at the end."""
        for turn in turns:
            self._column.fold(turn, is_unfolded=is_unfolded)
            (self.unfolded.add if is_unfolded else self.unfolded.discard)(turn)
            if not is_unfolded and self._place.unit > 1:
                heads = self._column.fold_heads(turn)
                if any(head.index == self._place.index for head in heads):
                    self._place = Place(self._place.index, 1, 0)
        self._settle()
        self._is_following = self._is_at_end

    def _is_in_view(self, place: Place) -> bool:
        top = round(self.scroll_y)
        return top <= self._column.row_of(place) < top + self.scrollable_content_region.height
