"""Which words are looked up in a dictionary, and where they stand."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.dictionaries import Words
from tui.domain.spelling import MOST, misspelt, words_of_prose


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("see [moon](https://en.example/Moon_(satelite)) rise", ["see", "moon", "rise"]),
        ("Teh cat’s paw, well-known.", ["Teh", "cat's", "paw", "well-known"]),
        ("It is `teh` code.\n\n```\nteh\n```\nEnd", ["It", "is", "code", "End"]),
        ("See [the docs](https://teh.example/teh) or https://teh.x.", ["See", "the", "docs", "or"]),
        ("NATO has 3rd and x2y, a T.", ["has", "and"]),
        ("Open ~/notes/teh.md and teh.py, mail me@teh.org, #teh.", ["Open", "and", "mail"]),
        ("<br/> a &nbsp; b [ref]: teh", ["ref", "teh"]),
        ("[ref]: https://teh.org", []),
        ("One.Two and Grüße, 漢字", ["and", "Grüße", "漢字"]),
        ("**Teh** _end_ ’tis", ["Teh", "end", "tis"]),
    ],
)
def test_only_prose_is_looked_up(text: str, words: list[str]) -> None:
    assert [word for _, _, word, _ in words_of_prose(text)] == words


@given(st.text(st.sampled_from("ab'’-\u00ad_`*[]()<>/.\\@# 1É\n\t"), max_size=60))
def test_every_word_stands_where_it_is_told(text: str) -> None:
    lines = text.split("\n")
    for line, start, word, end in words_of_prose(text):
        there = lines[line - 1][start:end]
        assert there.replace("’", "'").replace("\u00ad", "") == word


@pytest.mark.parametrize("piece", ["a.", "a-", ".", "~", "](", "](()", "<", "a@", "/"])
def test_a_long_run_of_signs_is_read_once(piece: str) -> None:
    # Read again from each of its characters, which takes minutes, it would stop the whole program.
    assert not [*words_of_prose(f"{piece * 100_000}! ")]


def test_a_letter_with_its_accent_beside_it_is_one_letter() -> None:
    apart = normalize("NFD", "Café naïve Übër")
    assert [word for _, _, word, _ in words_of_prose(apart)] == apart.split()
    assert not [*misspelt(apart, Words({"Café", "naïve", "Übër"}), frozenset())]


@pytest.mark.parametrize("word", ["हिन्दी", "ไม่ดี", "می‌خواهم", "מִלָּה"])
def test_marks_of_any_script_are_part_of_their_word(word: str) -> None:
    assert [one for _, _, one, _ in words_of_prose(f"A {word}, and")] == [word, "and"]


def test_a_place_where_a_word_may_be_parted_is_no_part_of_it() -> None:
    assert [one for _, _, one, _ in words_of_prose("Auto\u00admo\u00adbil, \u00adand")] == [
        "Automobil",
        "and",
    ]


def test_words_that_nobody_has_are_told_with_what_is_near() -> None:
    dictionary = Words({"the", "cat"}, near={"teh": ("the", "tea", "ten", "tech")})
    spots = tuple(misspelt("the teh\nFoo cat", dictionary, frozenset({"Foo"})))
    assert [(spot.line, spot.column, spot.word) for spot in spots] == [(1, 4, "teh")]
    assert spots[0].sentence == (
        "“teh” is not in the dictionary en_US. Near it: “the”, “tea”, “ten”."
    )
    assert len(tuple(misspelt("the teh " * (MOST + 5), dictionary, frozenset()))) == MOST


def test_of_a_text_in_another_language_only_that_is_told() -> None:
    dictionary = Words({"in", "man"})
    (spot,) = misspelt("Was man in der Küche sucht. " * 10, dictionary, frozenset())
    assert (spot.sentence, spot.line) == (
        "Most words are not in the dictionary en_US: choose the language of this piece.",
        0,
    )
    assert [spot.word for spot in misspelt("Was man sucht", dictionary, frozenset())] == [
        "Was", "sucht",
    ]  # fmt: skip
