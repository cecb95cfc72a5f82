"""How much a text is, and how much of it was written today."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.content_examples import MAIN, START, blank_content, minute
from tui.domain.changes import edited
from tui.domain.content import Content
from tui.domain.counts import (
    Counts,
    checked_goal,
    count_characters,
    counts_of,
    goal_words,
    meter,
    minutes,
    words_before_today,
)
from tui.domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("", 0),
        ("Two words\r\nand two.\n", 17),
        ("cafe\u0301 café", 9),
        ("中文字", 3),
        ("हिन्दी", 3),
        ("👩\u200d💻 👍🏽 ❤\ufe0f", 5),
        ("🇩🇪🇫🇷", 2),
        ("\u1112\u1161\u11ab", 1),
        ("a\u200bb\ufeff", 2),
    ],
)
def test_characters_are_what_a_reader_sees(text: str, characters: int) -> None:
    assert count_characters(text) == characters


@given(st.text(), st.text())
def test_a_text_has_as_many_characters_as_its_lines(one: str, other: str) -> None:
    assert 0 <= count_characters(one) <= len(one)
    whole = count_characters(f"{one}\n{other}")
    assert whole == count_characters(one) + count_characters(other)


def test_sentences_are_those_of_the_prose() -> None:
    text = "# A heading\n\nOne. Two? “Three!”\n\n- four\n- five.\n\n> Six…\n\n```\nNo. No.\n```\n"
    assert counts_of(text) == Counts(10, 61, 6)


def test_a_text_is_read_or_spoken() -> None:
    assert minutes(10, "post") == "1 min"
    assert minutes(2_400, "article") == "10 min"
    assert minutes(1_400, "talk") == "10 min spoken"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (0, "──────── 100 under 100"),
        (99, "━─────── 1 under 100"),
        (1_250, "━━━━──── 100–2,500"),
        (2_500, "━━━━━━━━ 100–2,500"),
        (2_620, "━━━━━━━━ 120 over 2,500"),
    ],
)
def test_a_meter_shows_how_far_the_text_is(words: int, shown: str) -> None:
    assert meter(words, 100, 2_500) == shown


def saved(content: Content, text: str, at: int) -> Content:
    """Save a text by hand, so many minutes after the start."""
    return edited(content, MAIN, text, minute(at))


def test_words_of_today_are_counted_from_the_first_text_of_today() -> None:
    today = START + timedelta(days=1)
    empty = blank_content()
    assert words_before_today(empty, None, today) == 0
    yesterday = saved(saved(empty, "one", 1), "one two", 2)
    later = saved(saved(yesterday, "one two three", 1_440), "one two three four", 1_500)
    assert words_before_today(yesterday, yesterday.draft(MAIN), today) == 2
    assert words_before_today(later, later.draft(MAIN), today) == 2
    only_today = saved(saved(empty, "one two three", 1_441), "one", 1_442)
    assert words_before_today(only_today, only_today.draft(MAIN), today) == 3


def test_a_goal_is_told_and_checked() -> None:
    assert goal_words(120, 300) == "120 of 300 today"
    assert goal_words(-1_020, 3_000) == "−1,020 of 3,000 today"
    assert goal_words(300, 300) == "300 of 300 today ✓"
    assert [checked_goal(typed) for typed in ("", " 300 ", "0")] == [0, 300, 0]
    for typed in ("1500", "1,500", "1.500", "1 500", "1’500", "1\u202f500"):
        assert checked_goal(typed) == 1_500
    for typed in ("many", "-3", "1.5", "1,50", "1.5000", "1,500.000", "9" * 5_000, "100001", "²"):
        with pytest.raises(InvalidInput, match="A goal is a number of words"):
            checked_goal(typed)
