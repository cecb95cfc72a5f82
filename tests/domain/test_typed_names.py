"""Titles, kinds, names and prompts as they are typed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.content_examples import MAIN, Library, blank_content
from tui.domain.checks import (
    NAME_LIMIT,
    TITLE_LIMIT,
    check_base,
    checked_kind,
    checked_name,
    checked_note,
    checked_prompt,
    checked_title,
    name_from_prompt,
    unique_name,
)
from tui.domain.errors import InvalidInput, NewerDraft

Check = Callable[[str], str]
ONE_LINE: list[tuple[Check, int]] = [
    (checked_title, TITLE_LIMIT),
    (checked_kind, NAME_LIMIT),
    (checked_name, NAME_LIMIT),
]


@pytest.mark.parametrize("check", [checked_title, checked_kind, checked_name, checked_prompt])
@pytest.mark.parametrize("text", ["", " ", "\n\t\r\n", "\u3000"])
def test_nothing_is_refused_with_what_to_do(check: Check, text: str) -> None:
    with pytest.raises(InvalidInput, match=r"is empty: .+\."):
        check(text)


@pytest.mark.parametrize(("check", "limit"), ONE_LINE)
def test_the_limit_is_the_limit(check: Check, limit: int) -> None:
    assert check("a" * limit) == "a" * limit
    with pytest.raises(InvalidInput, match=f"{limit + 1} characters long, and {limit} is the most"):
        check("a" * (limit + 1))


@given(st.text(min_size=1, max_size=NAME_LIMIT).filter(str.strip))
def test_a_title_is_one_tidy_line_and_keeps_its_words(text: str) -> None:
    title = checked_title(text)
    assert title.split() == text.split()
    assert title == " ".join(title.split())
    assert checked_title(title) == title


def test_a_kind_is_lower_case() -> None:
    assert checked_kind("  Blog  Post ") == "blog post"


@given(st.text().filter(str.strip))
def test_a_prompt_keeps_everything_inside(text: str) -> None:
    prompt = checked_prompt(text)
    assert prompt in text
    assert prompt == text.strip()


@given(st.text(), st.integers(2, 50))
def test_a_name_from_a_prompt_fits_and_is_a_name(prompt: str, limit: int) -> None:
    name = name_from_prompt(prompt, limit)
    assert name.strip()
    assert checked_name(name)
    if prompt.split():
        assert len(name) <= limit


def test_a_name_from_a_long_prompt_ends_at_a_word() -> None:
    assert name_from_prompt("Make it warmer") == "Make it warmer"
    assert (
        name_from_prompt("Make it warmer, and cut the whole intro")
        == "Make it warmer, and cut the…"
    )
    assert name_from_prompt("x" * 40) == "x" * 31 + "…"


@given(st.lists(st.sampled_from(["a", "a 2", "main", "b"]), max_size=8))
def test_names_of_branches_are_unique(names: list[str]) -> None:
    library = Library(blank_content())
    for name in names:
        library.fork(MAIN, 0, name)
    taken = [branch.name for branch in library.content.branches]
    assert len(set(taken)) == len(taken)
    assert unique_name(library.content, "unheard of") == "unheard of"


def test_a_note_is_one_short_line_or_none() -> None:
    assert checked_note(" shorter\n intro ") == "shorter intro"
    assert checked_note(" \n") == ""
    assert checked_note("a" * NAME_LIMIT) == "a" * NAME_LIMIT
    with pytest.raises(InvalidInput) as refused:
        checked_note("a" * (NAME_LIMIT + 1))
    assert str(refused.value) == "The note is 61 characters long, and 60 is the most."


def test_a_text_made_from_another_draft_than_the_newest_is_refused() -> None:
    library = Library(blank_content())
    check_base(library.content, MAIN, None)
    with pytest.raises(NewerDraft, match="“Why we left” has no draft by now, saved elsewhere"):
        check_base(library.content, MAIN, 1)
    library.edit(MAIN, "One.")
    library.edit(MAIN, "Two.")
    check_base(library.content, MAIN, 2)
    for number in (None, 1, 3):
        with pytest.raises(NewerDraft) as refused:
            check_base(library.content, MAIN, number)
        assert str(refused.value) == (
            "“Why we left” has v2 by now, saved elsewhere while you were editing. Your text is "
            "kept: look at the difference, then edit again to go on with yours."
        )
