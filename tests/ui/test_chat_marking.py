"""Marks on words that were searched for, cell by cell."""

from rich.segment import Segment
from textual.strip import Strip

from tui.widgets.chat.frame import Line
from tui.widgets.chat.marking import marks_in


def row(text: str, join: str = "\n", *, is_text: bool = True) -> Line:
    """Return a row of a card."""
    return Line(Strip([Segment(f"│ {text} │")]), 2, 2, join, is_text)


def test_a_phrase_is_marked_over_the_rows_it_was_broken_into_and_wide_letters_count_twice() -> None:
    lines = [row("a Long   ", " "), row("wörd 中文"), row("long", is_text=False), row("word")]
    assert marks_in(lines, ("long word", "文")) == [[(4, 8)], [(2, 6), (9, 11)], [], []]


def test_a_word_that_was_broken_is_marked_in_both_rows_and_a_frame_is_no_word() -> None:
    lines = [row("unbe", ""), row("lievable")]
    assert marks_in(lines, ("believ", "│")) == [[(4, 6)], [(2, 6)]]
