"""The diff of two texts: exact both ways, in words, and at a bounded cost."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.alignment import equal_runs, similar_lines
from tui.domain.diff import DiffKind, DiffLine, DiffSummary, compare, sides, summary
from tui.domain.words import count_words

WORDS = st.sampled_from(
    ["one", "two", "three", "it’s", "well-kept", "3.5", "字", "x_y", "…", "**b**"]
)
LINES = st.lists(WORDS, max_size=8).map(" ".join)
TEXTS = st.one_of(st.lists(LINES, max_size=8).map("\n".join), st.text(max_size=60))


def joined(lines: Sequence[DiffLine], *kinds: DiffKind) -> str:
    return "".join(span.text for line in lines for span in line.spans if span.kind in kinds)


def shown(before: str, after: str) -> list[str]:
    """Return each line as one string: `-` and `+` mark what went and came."""
    marks = {DiffKind.SAME: "", DiffKind.REMOVED: "-", DiffKind.ADDED: "+"}
    lines = []
    for line in compare(before, after):
        texts = ((marks[span.kind], span.text.rstrip("\n")) for span in line.spans)
        lines.append("|".join(mark + text for mark, text in texts if text))
    return lines


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_back_exactly(before: str, after: str) -> None:
    lines = compare(before, after)
    assert joined(lines, DiffKind.SAME, DiffKind.REMOVED) == before
    assert joined(lines, DiffKind.SAME, DiffKind.ADDED) == after
    assert "".join(span.text for line in lines for span in line.before) == before
    assert "".join(span.text for line in lines for span in line.after) == after


@given(TEXTS, TEXTS)
def test_lines_are_numbered_in_order_on_both_sides(before: str, after: str) -> None:
    lines = compare(before, after)
    old = [line.number_before for line in lines if line.number_before is not None]
    new = [line.number_after for line in lines if line.number_after is not None]
    assert old == list(range(1, before.count("\n") + 1 + (before[-1:] not in ("", "\n"))))
    assert new == list(range(1, after.count("\n") + 1 + (after[-1:] not in ("", "\n"))))


@given(TEXTS, TEXTS)
def test_a_line_is_of_the_kind_its_spans_say(before: str, after: str) -> None:
    for line in compare(before, after):
        kinds = {span.kind for span in line.spans if span.text != "\n"}
        assert all(span.text for span in line.spans)
        if line.kind is DiffKind.CHANGED:
            assert kinds & {DiffKind.REMOVED, DiffKind.ADDED}
            assert line.number_before is not None
            assert line.number_after is not None
        else:
            assert kinds <= {line.kind}
        assert (line.number_after is None) is (line.kind is DiffKind.REMOVED)
        assert (line.number_before is None) is (line.kind is DiffKind.ADDED)


@given(TEXTS, TEXTS)
def test_side_by_side_shows_every_line_once_on_its_side(before: str, after: str) -> None:
    lines = compare(before, after)
    rows = sides(lines)
    assert all(left or right for left, right in rows)
    left = [line for line, _ in rows if line]
    right = [line for _, line in rows if line]
    assert left == [line for line in lines if line.kind is not DiffKind.ADDED]
    assert right == [line for line in lines if line.kind is not DiffKind.REMOVED]
    for one, other in rows:
        if one and other and DiffKind.REMOVED not in (one.kind, other.kind):
            assert one is other


@given(TEXTS, TEXTS)
def test_the_summary_adds_up(before: str, after: str) -> None:
    came = summary(before, after)
    assert came.words_added - came.words_removed == count_words(after) - count_words(before)
    assert 0 <= came.words_removed <= count_words(before)
    assert 0 <= came.words_added <= count_words(after)


@given(TEXTS)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    assert {line.kind for line in compare(text, text)} <= {DiffKind.SAME}
    assert summary(text, text) == DiffSummary(0, 0)


@given(TEXTS)
def test_against_nothing_everything_came_or_went(text: str) -> None:
    assert {line.kind for line in compare("", text)} <= {DiffKind.ADDED}
    assert {line.kind for line in compare(text, "")} <= {DiffKind.REMOVED}
    assert summary("", text) == DiffSummary(count_words(text), 0)


@given(st.integers(40, 120), st.integers(0, 39))
def test_one_word_in_a_long_paragraph_is_all_that_shows(length: int, place: int) -> None:
    words = [f"word{number}" for number in range(length)]
    old = words[place]
    before = f"# Title\n\n{' '.join(words)}.\n\nThe end."
    words[place] = "OTHER"
    after = f"# Title\n\n{' '.join(words)}.\n\nThe end."
    changed = [line for line in compare(before, after) if line.kind is not DiffKind.SAME]
    assert [line.kind for line in changed] == [DiffKind.CHANGED]
    assert joined(changed, DiffKind.REMOVED) == old
    assert joined(changed, DiffKind.ADDED) == "OTHER"
    assert summary(before, after) == DiffSummary(1, 1)


def test_a_paragraph_that_went_and_one_that_came_are_whole() -> None:
    before = "One stays.\n\nTwo goes away now.\n\nThree stays too."
    after = "One stays.\n\nThree stays too.\n\nNew matter."
    assert [line for line in shown(before, after) if line] == [
        "One stays.",
        "-Two goes away now.",
        "Three stays too.",
        "+New matter.",
    ]
    assert summary(before, after) == DiffSummary(2, 4)


def test_changed_words_next_to_each_other_are_one_change() -> None:
    assert shown("a b c d e f", "a X Y d e f") == ["a |-b c|+X Y| d e f"]


def test_rewritten_paragraphs_are_paired_with_their_blank_lines() -> None:
    before = "The cat sat on the mat.\n\nThe dog ran to the door."
    after = "The cat lay on the mat.\n\nThe dog ran from the door."
    assert shown(before, after) == [
        "The cat |-sat|+lay| on the mat.",
        "",
        "The dog ran |-to|+from| the door.",
    ]


def test_words_that_differ_in_an_apostrophe_or_hyphen_are_words() -> None:
    (line,) = shown("We don't keep a well-kept list of it", "We do keep a well-read list of it")
    assert line == "We |-don't|+do| keep a |-well-kept|+well-read| list of it"


def test_a_missing_last_line_end_changes_no_line() -> None:
    kinds = [line.kind for line in compare("One.\nTwo.", "One.\nTwo.\nThree.")]
    assert kinds == [DiffKind.SAME, DiffKind.SAME, DiffKind.ADDED]


def test_nothing_against_nothing() -> None:
    assert compare("", "") == ()
    assert sides(()) == ()


@given(st.lists(WORDS, max_size=30), st.lists(WORDS, max_size=30))
def test_equal_runs_are_equal_rising_and_apart(old: list[str], new: list[str]) -> None:
    i = j = 0
    for a, b, size in equal_runs(old, new):
        assert size > 0
        assert a >= i
        assert b >= j
        assert old[a : a + size] == new[b : b + size]
        i, j = a + size, b + size
    assert i <= len(old)
    assert j <= len(new)


@given(st.lists(LINES, max_size=10), st.lists(LINES, max_size=10))
def test_similar_lines_rise_on_both_sides(old: list[str], new: list[str]) -> None:
    pairs = similar_lines(old, new)
    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
    assert pairs == sorted(pairs)
    assert [b for _, b in pairs] == sorted(b for _, b in pairs)


def prose(seed: int, length: int, paragraph: int) -> str:
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghij", k=chance.randint(2, 8))) for _ in range(3_000)]
    weights = [1 / (rank + 1) for rank in range(len(words))]
    parts: list[str] = []
    while sum(map(len, parts)) < length:
        parts.append(" ".join(chance.choices(words, weights, k=paragraph)))
    return "\n\n".join(parts)


BIG = {
    "paragraphs": (prose(1, 100_000, 80), prose(2, 100_000, 80)),
    "one paragraph": (prose(1, 100_000, 20_000), prose(2, 100_000, 20_000)),
    "two words": ("a\n" * 50_000, "b\na\n" * 25_000),
    "two words on a line": ("a b " * 25_000, "b a " * 25_000),
    "every second line": (
        "".join(f"x{number}\ny{number}\n" for number in range(8_000)),
        "".join(f"x{number}\nz{number}\n" for number in range(8_000)),
    ),
    "every second word": (
        " ".join(f"x{number} y{number}" for number in range(8_000)),
        " ".join(f"x{number} z{number}" for number in range(8_000)),
    ),
    "blank": ("\n" * 100_000, "\n" * 90_000 + "x"),
}


@pytest.mark.parametrize("name", BIG)
def test_big_texts_are_compared_exactly_too(name: str) -> None:
    # Without a bound some of these take minutes: the test would not go unnoticed.
    before, after = BIG[name]
    lines = compare(before, after)
    assert joined(lines, DiffKind.SAME, DiffKind.REMOVED) == before
    assert joined(lines, DiffKind.SAME, DiffKind.ADDED) == after


def test_what_is_alike_in_big_texts_is_still_found() -> None:
    words = prose(3, 100_000, 20_000).split(" ")
    before = " ".join(words)
    for place in range(0, len(words), 500):
        words[place] = "OTHER"
    changed = len(range(0, len(words), 500))
    assert summary(before, " ".join(words)).words_added < 20 * changed
    lines = compare(*BIG["every second line"])
    assert sum(line.kind is DiffKind.SAME for line in lines) == 8_000
