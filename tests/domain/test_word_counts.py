"""Words as a writer counts them, exact-text hashes, and changes as they are shown."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.words import count_words, counted, signed, text_hash


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (" \n\t", 0),
        ("# A title", 2),
        ("**bold** _thin_ `code` ~~gone~~", 4),
        ("- one\n- two\n1. three", 4),
        ("> quoted\n\n---\n***\n", 1),
        ("| a | b |\n|---|---|\n", 2),
        ("don't won’t", 2),
        ("'quoted' ’tis", 2),
        ("well-kept e-mail", 2),
        ("3.5 1,000 2026-11-22", 3),
        ("and/or", 2),
        ("one—two – three - four", 4),
        ("Wait... what?!", 2),
        ("snake_case", 2),
        ("中文字", 3),
        ("我用 Python 写作", 5),
        ("ひらがな カタカナ", 8),
        ("한국", 2),
        ("\U00020000\U00020001", 2),
        ("カ・キ", 2),
        ("cafe\u0301s nai\u0308ve", 2),
        ("हिन्दी में", 2),
        ("שָׁלוֹם", 1),
        ("می\u200cخواهم", 1),
        ("Привет, мир", 2),
        ("🙂 👩\u200d💻", 0),
        ("naïve café", 2),
    ],
)
def test_words_are_counted_as_a_writer_does(text: str, words: int) -> None:
    assert count_words(text) == words


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True)), st.sampled_from([" ", "\n", ", "]))
def test_separated_words_are_all_counted(words: list[str], between: str) -> None:
    assert count_words(between.join(words)) == len(words)


@given(st.text(), st.text())
def test_paragraphs_count_for_themselves(one: str, other: str) -> None:
    assert count_words(f"{one}\n\n{other}") == count_words(one) + count_words(other)


@given(st.text())
def test_a_hash_names_the_exact_utf8_text(text: str) -> None:
    assert text_hash(text) == hashlib.sha256(text.encode()).hexdigest()


def test_a_hash_is_exact_about_what_cannot_be_seen() -> None:
    variants = ["text", "text\n", "text ", "te\u00adxt", "text\r\n", "te\u0301xt", "téxt", "\ud800"]
    assert len({text_hash(variant) for variant in variants}) == len(variants)


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "±0"), (12, "+12"), (-84, "\u221284"), (1, "+1")]
)
def test_changes_have_a_true_sign(number: int, shown: str) -> None:
    assert signed(number) == shown


def test_a_number_of_words_is_said_as_a_person_says_it() -> None:
    assert [counted(words) for words in (0, 1, 2)] == ["0 words", "1 word", "2 words"]
