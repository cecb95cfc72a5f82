"""A value that is made anew only when something it was made of is another object."""

from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Remembered(Generic[Made]):
    """A value and what it was made of; made anew only when one of those is another object."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] | None = None
        self._made: Made

    def get(self, of: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """Return what `make` returns, or the value of last time where `of` is the same."""
        before = self._of
        if before is None or not all(map(_is_same, before, of)):
            self._of, self._made = of, make()
        return self._made


def _is_same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, str | int | float) and one == other)
