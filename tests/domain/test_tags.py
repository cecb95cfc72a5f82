"""Tags: what is typed as tags, and what becomes of them when two writers change them at once."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.content_examples import blank_content
from tui.domain.errors import InvalidInput
from tui.domain.tags import (
    TAG_LIMIT,
    TAGS_LIMIT,
    checked_tags,
    folded_tag,
    has_tags_words,
    retagged,
)

some_tags = st.lists(st.sampled_from("abcdefAB"), max_size=8).map(
    lambda typed: checked_tags(*typed)
)


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("", ()),
        (" , ,", ()),
        ("ops", ("ops",)),
        ("#ops, #weekly", ("ops", "weekly")),
        ("b  a\tc,d\n", ("b", "a", "c", "d")),
        ("Ops weekly #OPS", ("Ops", "weekly")),
        ("a-b_c 2026 Übung हिन्दी", ("a-b_c", "2026", "Übung", "हिन्दी")),
        ("u\u0308ber ÜBER", ("über",)),
    ],
)
def test_what_is_typed_becomes_tags(typed: str, tags: tuple[str, ...]) -> None:
    assert checked_tags(typed) == tags
    assert checked_tags(*typed.split()) == tags


@pytest.mark.parametrize(
    "typed", ["#", "a b!", "##a", "-a", "_", "a#b", "a/b", "\u0301", "a\u200bb", "\x1b[1m"]
)
def test_what_is_no_tag_is_refused_by_name(typed: str) -> None:
    word = typed.rsplit(maxsplit=1)[-1]
    with pytest.raises(InvalidInput, match=re.escape(f"“{word}” is no tag: it must begin with")):
        checked_tags(typed)


def test_the_limits_are_the_limits() -> None:
    many = [f"t{number}" for number in range(TAGS_LIMIT)]
    assert checked_tags("a" * TAG_LIMIT) == ("a" * TAG_LIMIT,)
    assert checked_tags(*many, "T0") == tuple(many)
    with pytest.raises(InvalidInput, match="A tag is 31 characters long, and 30 is the most"):
        checked_tags("a" * (TAG_LIMIT + 1))
    with pytest.raises(InvalidInput, match="A piece has at most 20 tags, and these are 21"):
        checked_tags(*many, "one-more")
    with pytest.raises(InvalidInput, match="A piece has at most 20 tags, and these are 21"):
        retagged(replace(blank_content(), tags=tuple(many)), (), ("one-more",))


def test_of_more_tags_than_the_limit_some_can_be_taken_away_and_none_added() -> None:
    many = tuple(f"t{number}" for number in range(TAGS_LIMIT + 5))
    content = replace(blank_content(), tags=many)
    assert retagged(content, many, many[1:]).tags == many[1:]
    assert retagged(content, many, (*many[1:], "other")).tags == (*many[1:], "other")
    with pytest.raises(InvalidInput, match="A piece has at most 20 tags, and these are 26"):
        retagged(content, many, (*many, "other"))


@given(st.text(st.sampled_from("aAb1#,-_ \n") | st.characters()))
def test_tags_are_tidy_whatever_is_typed(typed: str) -> None:
    try:
        tags = checked_tags(typed)
    except InvalidInput:
        return
    assert checked_tags(" ".join(tags)) == tags
    assert checked_tags(",".join(f"#{tag}" for tag in tags)) == tags
    assert len({folded_tag(tag) for tag in tags}) == len(tags) <= TAGS_LIMIT
    assert all(0 < len(tag) <= TAG_LIMIT for tag in tags)


@given(some_tags, some_tags)
def test_a_writer_alone_gets_exactly_the_tags_that_were_typed(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    content = replace(blank_content(), tags=before)
    assert retagged(content, before, after).tags == after
    assert retagged(content, before, before) is content


@given(some_tags, some_tags, some_tags)
def test_of_two_writers_each_keeps_what_they_added_and_took_away(
    before: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    def folded(tags: tuple[str, ...]) -> set[str]:
        return set(map(folded_tag, tags))

    now = folded(retagged(replace(blank_content(), tags=theirs), before, mine).tags)
    added = (folded(mine) | folded(theirs)) - folded(before)
    taken = folded(before) - (folded(mine) & folded(theirs))
    assert now == (folded(before) | added) - taken


def test_tags_are_said_as_they_are_looked_for() -> None:
    assert has_tags_words(()) == "no tags"
    assert has_tags_words(("ops",)) == "the tag #ops"
    assert has_tags_words(("ops", "weekly")) == "the tags #ops #weekly"
