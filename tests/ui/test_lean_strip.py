"""Strips without caches do what Textual's do, and let go of what was made of them."""

import gc
import weakref
from collections.abc import Callable

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import Monochrome
from textual.strip import Strip

from tui.widgets.lean_strip import LeanStrip

BOLD = Style(bold=True)
SEGMENTS = (
    Segment("one ", BOLD),
    Segment("漢字 ", Style()),
    Segment("and more", Style(color="red")),
)
MADE_OF: dict[str, Callable[[Strip], object]] = {
    "text": lambda strip: strip.text,
    "length": lambda strip: strip.cell_length,
    "longer": lambda strip: strip.adjust_cell_length(30, BOLD),
    "shorter": lambda strip: strip.adjust_cell_length(6),
    "crop": lambda strip: strip.crop(3, 9),
    "crop_extend": lambda strip: strip.crop_extend(2, 40, BOLD),
    "divide": lambda strip: strip.divide([5, 12, strip.cell_length]),
    "style": lambda strip: strip.apply_style(BOLD),
    "filter": lambda strip: strip.apply_filter(Monochrome(), Color(1, 2, 3)),
    "offsets": lambda strip: strip.apply_offsets(2, 3),
    "links": lambda strip: strip.link_ids,
}


@pytest.mark.parametrize("what", MADE_OF)
def test_the_same_is_made_of_it_as_of_a_strip_of_textual(what: str) -> None:
    make = MADE_OF[what]
    lean = LeanStrip(SEGMENTS)
    assert make(lean) == make(Strip(SEGMENTS))
    assert make(lean) == make(lean)


def test_nothing_that_a_strip_of_textual_has_is_missing() -> None:
    lean = LeanStrip.of(Strip(SEGMENTS))
    assert all(hasattr(lean, name) for name in Strip.__slots__)
    assert lean == Strip(SEGMENTS)
    assert LeanStrip.of(lean) is lean


class Watched(LeanStrip):
    """One that tells when it is gone."""

    __slots__ = ("__weakref__",)


def test_a_row_that_was_drawn_is_freed_without_the_collector() -> None:
    gc.disable()
    try:
        strip = Watched(SEGMENTS)
        gone = weakref.ref(strip)
        assert strip.divide([strip.cell_length]) == [strip]
        strip.adjust_cell_length(40)
        del strip
        assert gone() is None
    finally:
        gc.enable()
