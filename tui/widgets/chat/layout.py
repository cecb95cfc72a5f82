"""Where things are: the heights of many stretches, and which one holds a row."""

from bisect import bisect_right
from itertools import accumulate


class Heights:
    """A list of heights, in rows, whose running sums are kept up to date lazily."""

    def __init__(self) -> None:
        self._heights: list[int] = []
        self._ends: list[int] = []

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    @property
    def total(self) -> int:
        """All heights together."""
        return self._sums()[-1] if self._heights else 0

    def put(self, index: int, height: int) -> None:
        """Set one height; `index` may be one past the end."""
        if index == len(self._heights):
            self._heights.append(height)
        elif self._heights[index] != height:
            self._heights[index] = height
            del self._ends[index:]

    def truncate(self, count: int) -> None:
        """Keep only the first `count` heights."""
        del self._heights[count:]
        del self._ends[count:]

    def top(self, index: int) -> int:
        """Return the row at which a stretch begins; of one past the end, the total."""
        return self._sums()[index - 1] if index > 0 else 0

    def find(self, row: int) -> tuple[int, int]:
        """Return the stretch that holds `row`, and the row inside it.

        Rows before the start and past the end belong to the first and last stretch.
        """
        if not self._heights or row < 0:
            return 0, 0
        index = bisect_right(self._sums(), row)
        if index >= len(self._heights):
            index = len(self._heights) - 1
            return index, max(0, self._heights[index] - 1)
        return index, row - self.top(index)

    def _sums(self) -> list[int]:
        done = len(self._ends)
        if done < len(self._heights):
            start = self._ends[-1] if done else 0
            self._ends.extend(list(accumulate(self._heights[done:], initial=start))[1:])
        return self._ends
