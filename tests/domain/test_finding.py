"""Finding and replacing in a text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.errors import InvalidInput
from tui.domain.finding import LIMIT, finder

TEXTS = st.text(alphabet="aAbß.\\/(é \n", max_size=60)


def found(typed: str, text: str) -> list[str]:
    return [text[start:end] for start, end in finder(typed).spans(text)]


def test_capital_letters_count_only_where_some_are_typed() -> None:
    text = "Lamp, lamp, LAMP and l.mp"
    assert found("lamp", text) == ["Lamp", "lamp", "LAMP"]
    assert found("Lamp", text) == ["Lamp"]
    assert found("l.mp", text) == ["l.mp"]
    assert found("/l.mp/", text) == ["Lamp", "lamp", "LAMP", "l.mp"]
    assert found("/^l/", "a\nlamp") == ["l"]
    assert found("/", "a/b") == ["/"]
    assert found("/x*/", "abc") == []


@given(TEXTS, st.text(alphabet="ab.(\\é", min_size=1, max_size=3))
def test_words_are_found_as_a_plain_scan_finds_them(text: str, typed: str) -> None:
    plain = [match.span() for match in re.finditer(re.escape(typed), text, re.IGNORECASE)]
    assert list(finder(typed).spans(text)) == plain


@given(
    TEXTS, st.text(alphabet="ab.", min_size=1, max_size=2), st.text(alphabet="ab\\1", max_size=3)
)
def test_replacing_all_is_replacing_each_from_the_end(text: str, typed: str, by: str) -> None:
    wanted = finder(typed)
    one_by_one, spans = text, wanted.spans(text)
    for start, end in reversed(spans):
        one_by_one = (
            one_by_one[:start] + wanted.replacement(text, (start, end), by) + one_by_one[end:]
        )
    assert wanted.replaced(text, by) == (one_by_one, len(spans))


def test_a_pattern_puts_its_groups_in_the_replacement() -> None:
    assert finder(r"/(\w+)@(\w+)/").replaced("me@home, you@work", r"\2: \1") == (
        "home: me, work: you",
        2,
    )
    with pytest.raises(InvalidInput, match="cannot replace a match"):
        finder(r"/(\w+)/").replaced("me", r"\2")


def test_bad_and_endless_patterns_are_told_of() -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        finder("/(/")
    with pytest.raises(InvalidInput, match="takes too long"):
        finder(r"/(a|aa)+$/").spans("a" * 80 + "b")


def test_there_is_an_end_of_matches() -> None:
    assert len(finder("a").spans("a" * (LIMIT + 5))) == LIMIT
