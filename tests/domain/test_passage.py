"""Passages: where their words stand, where they stand after an edit, and what is said of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.errors import InvalidInput
from tui.domain.passage import PutBack, Span, excerpt, put_back_words, replaced, shifted, the_only

TEXT = "One cat. Two dogs.\n\nThe end."


def test_words_that_a_text_says_once_are_found_whatever_blanks_are_around_them() -> None:
    span = the_only(TEXT, "\n Two dogs. ")
    assert span == Span(9, 18)
    assert span.of(TEXT) == "Two dogs."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Three", "The draft does not say “Three”: copy the words exactly."),
        (" ", "The draft does not say “”: copy the words exactly."),
        ("e", "The draft says “e” 3 times: give more of the words around it."),
        (
            "many words that it does not say, none of them",
            (
                "The draft does not say “many words that it does no … one of them”: "
                "copy the words exactly."
            ),
        ),
    ],
)
def test_words_that_a_text_does_not_say_just_once_are_refused(words: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        the_only(TEXT, words)
    assert str(refused.value) == said


@given(st.text(max_size=200), st.integers(12, 60))
def test_an_excerpt_is_one_line_that_begins_and_ends_as_the_words_do(text: str, limit: int) -> None:
    line = " ".join(text.split())
    short = excerpt(text, limit)
    assert len(short) <= limit
    if len(line) <= limit:
        assert short == line
    else:
        head, tail = short.split(" … ", 1) if line.count(" … ") == 0 else (short[:1], short[-1:])
        assert line.startswith(head)
        assert line.endswith(tail)
        assert len(short) >= limit - 2


def test_an_excerpt_shows_more_of_the_beginning() -> None:
    assert excerpt("a" * 61) == "a" * 40 + " … " + "a" * 17
    assert excerpt("a" * 60) == "a" * 60


@given(
    before=st.text("ab", max_size=6),
    old=st.text("ab", max_size=4),
    new=st.text("ab", max_size=4),
    after=st.text("ab", max_size=6),
)
def test_the_new_words_of_a_passage_are_found_unless_the_text_around_it_differs(
    before: str, old: str, new: str, after: str
) -> None:
    text, passage = before + old + after, Span(len(before), len(before + old))
    found = replaced(text, passage, before + new + after)
    assert found == Span(len(before), len(before + new))
    assert replaced(text, passage, f"c{before}{new}{after}") is None or not before
    assert replaced(text, passage, f"{before}{new}{after}c") is None or not after


def test_words_that_are_of_both_sides_are_not_counted_twice() -> None:
    assert replaced("abXba", Span(2, 3), "aba") is None
    assert replaced("abXba", Span(2, 3), "abba") == Span(2, 2)


def test_locks_move_with_what_is_replaced_before_them_and_stop_what_touches_them() -> None:
    locks = (Span(2, 4), Span(8, 9))
    assert shifted(locks, Span(4, 8), 1) == (Span(2, 4), Span(5, 6))
    assert shifted(locks, Span(0, 2), 5) == (Span(5, 7), Span(11, 12))
    assert shifted(locks, Span(9, 12), 0) == locks
    for touching in (Span(3, 6), Span(4, 9), Span(1, 3), Span(2, 4)):
        assert shifted(locks, touching, 1) is None


@pytest.mark.parametrize(
    ("put_back", "said"),
    [
        (
            PutBack(locked=("one  cat",)),
            "Claude changed locked words; Redraft put them back: “one cat”.",
        ),
        (
            PutBack(locked=("a", "b", "c")),
            "Claude changed locked words; Redraft put them back: “a”, “b”, “c”.",
        ),
        (
            PutBack(locked=("a", "b", "c", "d", "e")),
            "Claude changed locked words; Redraft put them back: “a”, “b”, “c” and 2 more.",
        ),
        (PutBack(outside=1), "Redraft left out 1 change outside the passage."),
        (
            PutBack(outside=2, locked=("a",)),
            (
                "Claude changed locked words; Redraft put them back: “a”. "
                "Redraft left out 2 changes outside the passage."
            ),
        ),
        (PutBack(), ""),
    ],
)
def test_what_was_put_back_is_said(put_back: PutBack, said: str) -> None:
    assert put_back_words(put_back) == said
