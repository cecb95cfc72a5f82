"""A row of segments without the seven caches that each `Strip` of Textual makes at its birth.

The caches take a kilobyte, and a third of the time that it takes to make a strip. Some of them hold
another strip or the strip itself, which only the garbage collector then frees. This module leans on
the slots of `Strip` of Textual 8.2.8; `tests/ui/test_lean_strip.py` fails when those change.
"""

from collections.abc import Iterable
from typing import Any, Final

from rich.segment import Segment
from textual.cache import FIFOCache
from textual.strip import Strip


class _Forgetful(FIFOCache[Any, Any]):
    """A cache that keeps nothing."""

    def set(self, key: object, value: object) -> None:
        """Keep nothing."""

    def __setitem__(self, key: object, value: object) -> None:
        """Keep nothing."""


_NOTHING: Final = _Forgetful(0)


class LeanStrip(Strip):
    """A strip without caches, for finished rows, of which little is derived."""

    __slots__ = ()

    def __init__(self, segments: Iterable[Segment], cell_length: int | None = None) -> None:
        self._segments = list(segments)
        self._cell_length = cell_length
        self._divide_cache = self._crop_cache = self._style_cache = _NOTHING
        self._filter_cache = self._line_length_cache = _NOTHING
        self._crop_extend_cache = self._offsets_cache = _NOTHING
        self._render_cache = self._link_ids = self._cell_count = None

    @classmethod
    def of(cls, strip: Strip) -> "LeanStrip":
        """Return an equal strip without caches."""
        return strip if isinstance(strip, cls) else cls(strip, strip.cell_length)
