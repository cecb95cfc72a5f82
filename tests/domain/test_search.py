"""What a search looks into, what its words mean, and what a hit shows."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.content_examples import MAIN, Library, blank_content
from tests.store.strategies import any_character, contents, texts
from tui.domain.content import Content
from tui.domain.search import (
    EXCERPT,
    SearchQuery,
    TextKind,
    excerpt_of,
    found,
    parse_search,
    search_form,
    searched_texts,
    spans_of,
)

Found = tuple[TextKind, str, int, int]


def hits(content: Content, typed: str) -> list[Found]:
    """Return kind, branch, turn and version of what is found."""
    result = found([content], parse_search(typed), None, 100)
    return [(hit.kind, hit.branch_name, hit.turn, hit.version) for hit in result.hits]


def a_library() -> Content:
    """Return a content with a fork, labels, an edit by hand and an answer with two drafts."""
    library = Library(blank_content())
    library.write(MAIN, "Apples for all.")
    library.write(MAIN, "Pears for all.")
    spicy = library.fork(MAIN, 1, "spicier")
    library.write(spicy, "Chilli for all.")
    content = library.content
    main, other = content.branches
    talk = "Before it.\n<draft>\nA first try.\n</draft>\nBetween.\n<draft>\n{}\n</draft>\nAfter."
    first = replace(main.turns[0], reply=talk.format("Apples for all."), label="the start")
    stopped = replace(main.turns[1], reply="So:\n<draft>\nHalf a pear", version=None)
    version = replace(content.versions[1], label="the green one")
    return replace(
        content,
        branches=(replace(main, name="main", turns=(first, stopped)), other),
        versions=(content.versions[0], version, content.versions[2]),
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("apples", [(TextKind.DRAFT, "main", 1, 1)]),
        (
            "FOR   all",
            [("draft", "main", 1, 1), ("draft", "main", 2, 2), ("draft", "spicier", 2, 3)],
        ),
        ("before", [(TextKind.ANSWER, "main", 1, 0)]),
        ('"first try"', [(TextKind.ANSWER, "main", 1, 0)]),
        ('"try first"', []),
        ("half pear", [(TextKind.ANSWER, "main", 2, 0)]),
        ("start", [(TextKind.LABEL, "main", 1, 0)]),
        ("green", [(TextKind.LABEL, "main", 2, 2)]),
        ("tell why", [(TextKind.BRIEF, "main", 0, 0)]),
        ("spicier", [(TextKind.LABEL, "spicier", 0, 0)]),
        ("</draft>", []),
        ("", []),
        ('"', []),
        ("\u0301", []),
    ],
)
def test_every_text_is_found_once_where_it_belongs(typed: str, expected: list[Found]) -> None:
    assert hits(a_library(), typed) == expected


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Two  words", ("two", "words")),
        ('a "whole Phrase" b', ("a", "whole phrase", "b")),
        ('"left open', ("left open",)),
        ('Café CAFE "Ca\u0301fe\u0301"', ("cafe",)),
        ("NEAR(a) b* ^c d:e f-g", ("near(a)", "b*", "^c", "d:e", "f-g")),
        ('a"b c"d', ("a", "b c", "d")),
    ],
)
def test_a_query_is_words_and_phrases(typed: str, words: tuple[str, ...]) -> None:
    assert parse_search(typed).words == words


@given(contents())
def test_turns_have_the_numbers_of_the_line_and_no_text_stands_twice(content: Content) -> None:
    searched = list(searched_texts(content))
    assert len({one.order for one in searched}) == len(searched)
    assert all(one.at.tzinfo for one in searched)
    for branch in content.branches:
        own = {
            (one.turn, one.raw)
            for one in searched
            if one.branch == branch.id and one.kind is TextKind.PROMPT
        }
        line = content.lineage(branch.id)
        assert own == {(n.number, n.turn.prompt) for n in line if n.owner == branch.id}


@given(st.text(any_character), st.text(any_character))
def test_a_text_has_the_search_form_of_its_characters(one: str, other: str) -> None:
    assert search_form(one + other) == search_form(one) + search_form(other)


@given(texts(400), texts(400), st.text(any_character, min_size=1, max_size=6))
def test_an_excerpt_shows_the_word_that_was_found(before: str, after: str, typed: str) -> None:
    query = parse_search(f'"{typed}"')
    text = before + typed + after
    if not query.words or not query.fits(search_form(text)):
        return
    excerpt, spans = excerpt_of(text, query.words)
    assert 0 < len(excerpt) <= EXCERPT
    assert "\n" not in excerpt
    assert spans
    word = query.words[0]
    first = search_form(excerpt[slice(*spans[0])])
    assert first.startswith(word[: len(first)]) or word in first


def test_marks_include_accents_and_are_apart() -> None:
    text = "Cafe\u0301 CAFÉ ﬁne"
    assert [text[a:b] for a, b in spans_of(text, ("cafe", "afe", "i"))] == [
        "Cafe\u0301",
        "CAFÉ",
        "ﬁ",
    ]


def test_a_brief_that_was_the_first_prompt_is_found_once() -> None:
    content = a_library()
    main, other = content.branches
    first = replace(main.turns[0], prompt=content.brief)
    content = replace(content, branches=(replace(main, turns=(first, *main.turns[1:])), other))
    assert hits(content, "tell why") == [(TextKind.PROMPT, "main", 1, 0)]


def test_hits_are_counted_beyond_the_limit_and_the_newest_piece_comes_first() -> None:
    content = a_library()
    newer = replace(content, updated_at=content.updated_at.replace(year=2030), title="Newer")
    result = found([content, newer], SearchQuery(("for all",)), None, 4)
    assert (len(result.hits), result.total, result.more, result.pieces) == (4, 6, 2, 2)
    assert [hit.title for hit in result.hits] == ["Newer"] * 3 + [content.title]
