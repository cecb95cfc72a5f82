"""Marks beside a text that is being written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.margin import carried
from tui.domain.readiness import Spot

LINES = ["a", "b", "c", "d", "e", "f"]
SPOTS = (Spot("whole"), *(Spot(line, number, 0) for number, line in enumerate(LINES, start=1)))


@pytest.mark.parametrize(
    ("after", "left"),
    [
        ("a b c d e f", "a b c d e f"),
        ("a b c x e f", "a e f"),
        ("a b c d x y e f", "a b e f"),
        ("a b c f", "a f"),
        ("x a b c d e f", "a b c d e f"),
        ("a b c d e f x", "a b c d"),
        ("", ""),
        ("u v w x y z", ""),
    ],
)
def test_marks_move_with_their_lines_or_vanish(after: str, left: str) -> None:
    lines = after.split() or [""]
    kept = carried(SPOTS, LINES, lines)
    assert kept[0] == Spot("whole")
    assert [spot.sentence for spot in kept[1:]] == left.split()


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_a_mark_is_beside_the_line_that_it_was_beside(before: list[str], after: list[str]) -> None:
    spots = [Spot(line, number) for number, line in enumerate(before, start=1)]
    for spot in carried(spots, before, after):
        assert after[spot.line - 1] == spot.sentence
