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
    edit, count = wanted.replaced(text, by)
    assert (edit.applied(text), count) == (one_by_one, len(spans))


@pytest.mark.parametrize(
    ("before", "after"),
    [("ab |ab c", "x |x c"), ("ab ab |c", "x x |c"), ("|ab ab", "|x x"), ("ab a|b", "x x|")],
)
def test_the_cursor_stays_where_it_is_when_all_is_replaced(before: str, after: str) -> None:
    text, at = before.replace("|", ""), before.index("|")
    edit, _ = finder("ab").replaced(text, "x", at)
    made = edit.applied(text)
    assert edit.anchor == edit.cursor
    assert f"{made[: edit.cursor]}|{made[edit.cursor :]}" == after


def test_a_pattern_puts_its_groups_in_the_replacement() -> None:
    text = "me@home, you@work"
    edit, count = finder(r"/(\w+)@(\w+)/").replaced(text, r"\2: \1")
    assert (edit.applied(text), count) == ("home: me, work: you", 2)
    with pytest.raises(InvalidInput, match="cannot replace a match"):
        finder(r"/(\w+)/").replaced("me", r"\2")


def test_bad_and_endless_patterns_are_told_of() -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        finder("/(/")
    with pytest.raises(InvalidInput, match="takes too long"):
        finder(r"/(a|aa)+$/").spans("a" * 80 + "b")


def test_there_is_an_end_of_matches() -> None:
    assert len(finder("a").spans("a" * (LIMIT + 5))) == LIMIT
