"""All items of a branch as one column of rows, which are measured only near the view."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from tui.widgets.chat.frame import Line
from tui.widgets.chat.items import ChatItem, Role
from tui.widgets.chat.layout import Heights
from tui.widgets.chat.view import ItemView, Look


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A row of the conversation that stays the same row when heights are corrected."""

    index: int
    """Number of the item."""
    unit: int
    """Number of the unit in the item."""
    row: int
    """Number of the row in the unit."""


START = Place(0, 0, 0)


class Column:
    """The rows of a conversation.

    Heights of units are estimates until they are measured; `measure_rows` makes a stretch exact.
    """

    def __init__(self, look: Look) -> None:
        self.look = look
        self._views: list[ItemView] = []
        self._turns: list[int] = []
        self._heights = Heights()
        self.is_measured = True
        """Whether the last `measure_some` measured all its rows, and no item changed since."""

    def __len__(self) -> int:
        return len(self._views)

    @property
    def height(self) -> int:
        """The number of rows, in part an estimate."""
        return self._heights.total

    @property
    def turns(self) -> list[int]:
        """The turns there are, in order, each once."""
        return sorted({turn for turn in self._turns if turn > 0})

    def replace_from(self, turn: int, items: Sequence[ChatItem]) -> None:
        """Replace the items of `turn` and later; what did not change is kept as it is."""
        first = bisect_left(self._turns, turn)
        old = self._views[first:]
        by_key = {view.item.key: view for view in old}
        del self._views[first:]
        del self._turns[first:]
        self._heights.truncate(first)
        for item in items:
            index = len(self._views)
            view = by_key.pop(item.key, None)
            if view is None or view.has_gap != (index > 0):
                view = ItemView(item, self.look, has_gap=index > 0)
            elif view.item != item:
                view.replace(item)
            self._views.append(view)
            self._turns.append(item.turn)
            self._heights.put(index, view.height)
        self.is_measured = False

    def restyle(self, look: Look) -> None:
        """Draw everything with another look; with another width all heights are estimates."""
        self.look = look
        for index, view in enumerate(self._views):
            view.restyle(look)
            self._heights.put(index, view.height)
        self.is_measured = False

    def find(self, row: int) -> Place:
        """Return the place of a row; its item is divided into units if it was not."""
        if not self._views:
            return START
        index, inside = self._heights.find(max(0, row))
        view = self._views[index]
        view.split()
        self._heights.put(index, view.height)
        unit, rest = view.find(inside)
        return Place(index, unit, rest)

    def end(self) -> Place | None:
        """Return the place of the last row, measured; None when there is none."""
        for index in range(len(self._views) - 1, -1, -1):
            view = self._views[index]
            view.split()
            for unit in range(view.units - 1, -1, -1):
                view.measure(unit, keep=True)
                if view.unit_height(unit):
                    self._heights.put(index, view.height)
                    return Place(index, unit, view.unit_height(unit) - 1)
        return None

    def row_of(self, place: Place) -> int:
        """Return the row at which a place is now; of a place that is gone the nearest one."""
        if not self._views:
            return 0
        if place.index >= len(self._views):
            return self.height
        view = self._views[place.index]
        view.split()
        self._heights.put(place.index, view.height)
        unit = min(place.unit, view.units - 1)
        row = min(place.row, max(0, view.unit_height(unit) - 1))
        return self._heights.top(place.index) + view.top(unit) + row

    def measure_rows(self, first: int, last: int) -> bool:
        """Measure the heights of all units from row `first` to before row `last`.

        Returns:
            Whether any height changed, which moves the rows below it.
        """
        return self._measure(first, last, keep=True, until=None)

    def measure_some(self, seconds: float, first: int, last: int) -> bool:
        """Measure units between two rows for some seconds; `is_measured` says whether all were.

        Returns:
            Whether any height changed.
        """
        self.is_measured = True
        return self._measure(first, last, keep=False, until=perf_counter() + seconds)

    def _measure(self, first: int, last: int, *, keep: bool, until: float | None) -> bool:
        if not self._views:
            return False
        index, _ = self._heights.find(max(0, first))
        has_changed = is_late = False
        while index < len(self._views) and self._heights.top(index) < last and not is_late:
            view = self._views[index]
            view.split()
            top = self._heights.top(index)
            unit = view.find(max(0, first - top))[0]
            while unit < view.units and top + view.top(unit) < last:
                is_new = view.measure(unit, keep=keep)
                if is_new and until is not None and perf_counter() > until:
                    self.is_measured, is_late = False, True
                    break
                unit += 1
            if view.height != self._heights[index]:
                self._heights.put(index, view.height)
                has_changed = True
            index += 1
        return has_changed

    def line(self, place: Place) -> Line | None:
        """Return the finished line at a place."""
        if place.index >= len(self._views):
            return None
        lines = self._views[place.index].lines(place.unit)
        return lines[place.row] if place.row < len(lines) else None

    def lines(self, index: int, unit: int) -> list[Line]:
        """Return all lines of one unit."""
        return self._views[index].lines(unit)

    def items_of(self, turn: int, roles: Collection[Role]) -> list[int]:
        """Return the items of a turn that have one of some roles, in order."""
        first, last = bisect_left(self._turns, turn), bisect_right(self._turns, turn)
        return [n for n in range(first, last) if self._views[n].item.role in roles]

    def units(self, index: int) -> int:
        """Return the number of units of an item, divided if it was not."""
        self._views[index].split()
        return self._views[index].units

    def forget(self, index: int, unit: int) -> None:
        """Drop the drawn lines of a unit."""
        if index < len(self._views):
            self._views[index].forget(unit)

    def turn_at(self, index: int) -> int:
        """Return the turn of an item; 0 when there is none."""
        return self._turns[index] if 0 <= index < len(self._turns) else 0

    @property
    def fold_turns(self) -> list[int]:
        """The turns that have something to unfold, in order, each once."""
        return sorted({view.item.turn for view in self._views if view.item.role is Role.TOOL})

    def fold_heads(self, turn: int) -> list[Place]:
        """Return the rows of a turn that fold and unfold it."""
        return [Place(index, 1, 0) for index in self.items_of(turn, {Role.TOOL})]

    def fold(self, turn: int, *, is_unfolded: bool) -> None:
        """Fold or unfold everything in a turn that can be."""
        for head in self.fold_heads(turn):
            view = self._views[head.index]
            view.replace(replace(view.item, is_unfolded=is_unfolded))
            self._heights.put(head.index, view.height)
            self.is_measured = False

    def finished_drafts(self, turn: int) -> dict[str, int]:
        """Return the finished drafts of `turn` and later: the index of each item by its key."""
        first = bisect_left(self._turns, turn)
        return {
            view.item.key: index
            for index, view in enumerate(self._views[first:], first)
            if view.item.role is Role.DRAFT and not (view.item.is_open or view.item.is_cut_off)
        }

    def turn_rows(self, turn: int) -> tuple[int, int] | None:
        """Return the first row of a turn, below the blank one, and the row after its last."""
        first, last = bisect_left(self._turns, turn), bisect_right(self._turns, turn)
        if first == last:
            return None
        return self._heights.top(first) + (first > 0), self._heights.top(last)

    def text_offset(self, place: Place) -> tuple[Place, int]:
        """Return a place in a form that holds at any width.

        Returns:
            The start of the paragraph or other stretch that flows over units, and the number
            of characters from there.
        """
        if place.index >= len(self._views):
            return place, 0
        view = self._views[place.index]
        start = view.flow_start(min(place.unit, view.units - 1))
        characters = sum(
            _text_length(line) for unit in range(start, place.unit) for line in view.lines(unit)
        )
        characters += sum(_text_length(line) for line in view.lines(place.unit)[: place.row])
        return Place(place.index, start, 0), characters

    def place_of_text(self, start: Place, characters: int) -> Place:
        """Find the row that holds the character after `characters` from `start`."""
        if start.index >= len(self._views):
            return start
        view = self._views[start.index]
        seen = 0
        for unit in range(start.unit, view.units):
            if view.flow_start(unit) != start.unit:
                break
            for row, line in enumerate(view.lines(unit)):
                seen += _text_length(line)
                if seen > characters:
                    return Place(start.index, unit, row)
        return start


def _text_length(line: Line) -> int:
    """Count the characters of a row, decoration and padding aside."""
    if not line.is_text:
        return 0
    return len(line.strip.text.rstrip()) - line.left + len(line.join)
