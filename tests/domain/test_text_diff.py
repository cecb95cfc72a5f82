"""The diff of two texts: exact both ways, in words, in changes that can be refused, bounded."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.domain.alignment import equal_runs, similar_pairs, words_of
from tui.domain.blocks import BlockForm, blocks
from tui.domain.diff import (
    Comparison,
    DiffBlock,
    DiffKind,
    DiffSpan,
    DiffSummary,
    compare,
    sides,
)
from tui.domain.words import count_words

WORDS = st.sampled_from(
    ["one", "two", "three", "it’s", "well-kept", "3.5", "字", "x_y", "…", "**b**"]
)
LINES = st.lists(WORDS, max_size=8).map(" ".join)
STARTS = st.sampled_from(["", "# ", "- ", "1. ", "> ", "```", "| ", "  "])
MARKED = st.tuples(STARTS, LINES).map("".join)
TEXTS = st.one_of(st.lists(MARKED, max_size=8).map("\n".join), st.text(max_size=60))


CUTS = st.tuples(st.integers(0, 8), st.integers(0, 8))
KINDS = st.sampled_from(["other", "shuffled", "cut", "wrapped"])
SOME_LINES = st.lists(LINES)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """Two texts that have something to do with each other, or not."""
    before = draw(TEXTS)
    lines = before.split("\n")
    kind = draw(KINDS)
    if kind == "shuffled":
        return before, "\n".join(draw(st.permutations(lines)))
    if kind == "cut":
        first, last = sorted(draw(CUTS))
        return before, "\n".join([*lines[:first], *draw(SOME_LINES), *lines[last:]])
    if kind == "wrapped":
        return before, before.replace(" ", "\n")
    return before, draw(TEXTS)


def stretches(comparison: Comparison) -> list[tuple[str, str, int | None]]:
    return [
        (one.before, one.after, one.change)
        for block in comparison.blocks
        for one in (block.lead, *block.stretches)
    ]


def text_of(spans: Sequence[DiffSpan], kind: DiffKind) -> str:
    return "".join(span.text for span in spans if span.kind is kind)


def shown(before: str, after: str) -> list[str]:
    """Return each block as one string: `-` and `+` mark what went and came."""
    marks = {DiffKind.SAME: "", DiffKind.REMOVED: "-", DiffKind.ADDED: "+"}
    moves = {DiffKind.MOVED: "HERE ", DiffKind.MOVED_AWAY: "AWAY "}
    return [
        moves.get(block.kind, "")
        + "|".join(marks[span.kind] + span.text for span in block.spans if span.text)
        for block in compare(before, after).blocks
    ]


@given(TEXTS)
def test_any_text_is_taken_apart_and_compared_with_itself_and_with_nothing(text: str) -> None:
    blocks_are_the_text(text)
    a_text_is_the_same_as_itself(text)
    against_nothing_everything_came_or_went(text)


def blocks_are_the_text(text: str) -> None:
    found = blocks(text)
    assert "".join(block.lead + block.text for block in found) == text
    lines = text.split("\n")
    for block in found:
        assert not block.lead.strip()
        assert bool(block.text) is (block.form is not BlockForm.END)
        if block.text:
            assert lines[block.line - 1] == block.text.split("\n")[0]
        else:
            assert not "".join(lines[block.line - 1 :]).strip()
            assert block.line == 1 or lines[block.line - 2].strip()


def test_what_a_markdown_text_is_made_of() -> None:
    text = (
        "# T\nsome\nwords\n\n- a\n- b\n  more\n\n> q\n> r\n\n```py\n# no\n\n- no\n```\n---\n| x |\n"
    )
    assert [(block.form.value, block.text) for block in blocks(text)] == [
        ("heading", "# T"),
        ("paragraph", "some\nwords"),
        ("item", "- a"),
        ("item", "- b\n  more"),
        ("quote", "> q\n> r"),
        ("code", "```py\n# no\n\n- no\n```"),
        ("rule", "---"),
        ("row", "| x |"),
        ("end", ""),
    ]


@settings(max_examples=100)
@given(pairs(), st.data())
def test_any_two_texts_are_compared_exactly(texts: tuple[str, str], data: st.DataObject) -> None:
    before, after = texts
    comparison = compare(before, after)
    both_texts_can_be_read_back_exactly(before, after, comparison)
    any_choice_is_made_of_both_texts_only(before, after, comparison, data)
    every_change_is_met_in_order_and_says_what_it_is(comparison)
    a_block_is_of_the_kind_its_spans_say(comparison)
    a_move_leaves_one_place_and_comes_to_another(comparison)
    side_by_side_shows_every_block_once_on_its_side(comparison)
    the_summary_adds_up(before, after, comparison)


def both_texts_can_be_read_back_exactly(before: str, after: str, comparison: Comparison) -> None:
    assert "".join(one[0] for one in stretches(comparison)) == before
    assert "".join(one[1] for one in stretches(comparison)) == after
    for old, new, change in stretches(comparison):
        assert (old == new) or change is not None


def any_choice_is_made_of_both_texts_only(
    before: str, after: str, comparison: Comparison, data: st.DataObject
) -> None:
    numbers = range(len(comparison.changes))
    assert comparison.result() == after
    assert comparison.result(numbers) == before
    refused = data.draw(st.sets(st.sampled_from(numbers))) if numbers else set()
    made = [old if change in refused else new for old, new, change in stretches(comparison)]
    assert comparison.result(refused) == "".join(made)


def every_change_is_met_in_order_and_says_what_it_is(comparison: Comparison) -> None:
    met: list[int] = []
    for block in comparison.blocks:
        assert block.changes == tuple(sorted(set(block.changes)))
        met += [number for number in block.changes if number not in met]
    assert met == list(range(len(comparison.changes)))
    for number, change in enumerate(comparison.changes):
        own = [one for one in stretches(comparison) if one[2] == number]
        if change.kind is not DiffKind.SPACING:
            assert change.before.strip() or change.after.strip()
            assert "".join(one[0] for one in own).strip() in change.before or len(own) > 1
        else:
            assert not "".join(old + new for old, new, _ in own).strip()


def a_block_is_of_the_kind_its_spans_say(comparison: Comparison) -> None:
    for block in comparison.blocks:
        kinds = {span.kind for span in block.spans if span.text}
        match block.kind:
            case DiffKind.SAME | DiffKind.SPACING:
                assert kinds <= {DiffKind.SAME}
            case DiffKind.CHANGED:
                assert kinds & {DiffKind.REMOVED, DiffKind.ADDED}
            case DiffKind.REMOVED | DiffKind.MOVED_AWAY:
                assert kinds == {DiffKind.REMOVED}
                assert block.line_after is None
            case DiffKind.ADDED:
                assert kinds == {DiffKind.ADDED}
        is_there = block.kind in (DiffKind.ADDED, DiffKind.MOVED)
        assert (block.line_before is None) is is_there or block.form is BlockForm.END


def a_move_leaves_one_place_and_comes_to_another(comparison: Comparison) -> None:
    found = comparison.blocks
    gone = sorted(block.changes for block in found if block.kind is DiffKind.MOVED_AWAY)
    come = sorted(block.changes for block in found if block.kind is DiffKind.MOVED)
    assert gone == come
    assert len(set(gone)) == len(gone)


def side_by_side_shows_every_block_once_on_its_side(comparison: Comparison) -> None:
    found = comparison.blocks
    rows = sides(found)
    assert all(left or right for left, right in rows)
    came = (DiffKind.ADDED, DiffKind.MOVED)
    went = (DiffKind.REMOVED, DiffKind.MOVED_AWAY)
    assert [left for left, _ in rows if left] == [b for b in found if b.kind not in came]
    assert [right for _, right in rows if right] == [b for b in found if b.kind not in went]
    for left, right in rows:
        if left and right and left is not right:
            assert (left.kind, right.kind) == (DiffKind.REMOVED, DiffKind.ADDED)
            assert left.changes == right.changes


def the_summary_adds_up(before: str, after: str, comparison: Comparison) -> None:
    came = comparison.summary
    assert came.words_added - came.words_removed == count_words(after) - count_words(before)
    assert 0 <= came.words_removed <= count_words(before)
    assert 0 <= came.words_added <= count_words(after)


def a_text_is_the_same_as_itself(text: str) -> None:
    comparison = compare(text, text)
    assert {block.kind for block in comparison.blocks} <= {DiffKind.SAME}
    assert comparison.changes == ()
    assert comparison.summary == DiffSummary(0, 0)


def against_nothing_everything_came_or_went(text: str) -> None:
    def kinds(comparison: Comparison) -> set[DiffKind]:
        return {block.kind for block in comparison.blocks if block.form is not BlockForm.END}

    assert kinds(compare("", text)) <= {DiffKind.ADDED}
    assert kinds(compare(text, "")) <= {DiffKind.REMOVED}
    assert compare("", text).summary == DiffSummary(count_words(text), 0)


@given(st.integers(40, 120), st.integers(0, 39))
def test_one_word_in_a_long_paragraph_is_all_that_shows(length: int, place: int) -> None:
    words = [f"word{number}" for number in range(length)]
    old = words[place]
    before = f"# Title\n\n{' '.join(words)}.\n\nThe end."
    words[place] = "OTHER"
    after = f"# Title\n\n{' '.join(words)}.\n\nThe end."
    (block,) = (block for block in compare(before, after).blocks if block.changes)
    assert block.kind is DiffKind.CHANGED
    assert text_of(block.spans, DiffKind.REMOVED) == old
    assert text_of(block.spans, DiffKind.ADDED) == "OTHER"
    assert compare(before, after).summary == DiffSummary(1, 1)


def test_a_paragraph_that_went_and_one_that_came_are_whole() -> None:
    before = "One stays.\n\nTwo goes away now.\n\nThree stays too."
    after = "One stays.\n\nThree stays too.\n\nNew matter."
    assert shown(before, after) == [
        "One stays.",
        "-Two goes away now.",
        "Three stays too.",
        "+New matter.",
    ]
    assert compare(before, after).summary == DiffSummary(2, 4)


def test_a_paragraph_that_was_rewritten_is_one_change() -> None:
    comparison = compare("A.\n\nThe old words stood here.\n\nB.", "A.\n\nNothing of that.\n\nB.")
    assert [(change.kind, change.before, change.after) for change in comparison.changes] == [
        (DiffKind.CHANGED, "The old words stood here.", "Nothing of that.")
    ]
    assert [block.kind for block in comparison.blocks] == [
        DiffKind.SAME,
        DiffKind.REMOVED,
        DiffKind.ADDED,
        DiffKind.SAME,
    ]


def test_a_paragraph_that_moved_is_shown_as_moved_with_its_new_words() -> None:
    move = "This paragraph about the migration goes to the end of it."
    before = f"One stays here.\n\n{move}\n\nTwo stays here.\n\nThree stays here."
    after = f"One stays here.\n\nTwo stays here.\n\nThree stays here.\n\n{move[:-3]}all."
    comparison = compare(before, after)
    assert shown(before, after) == [
        "One stays here.",
        f"AWAY -{move}",
        "Two stays here.",
        "Three stays here.",
        f"HERE {move[:-3]}|-it|+all|.",
    ]
    assert [change.kind for change in comparison.changes] == [DiffKind.MOVED]
    assert comparison.summary == DiffSummary(1, 1, 1)
    assert comparison.result({0}) == before


def test_a_short_line_that_stands_elsewhere_too_has_not_moved() -> None:
    long = "One two three four.\n\nFive six seven eight.\n"
    before, after = f"- yes\n\n{long}", f"{long}\n- yes\n"
    assert {block.kind for block in compare(before, after).blocks} == {
        DiffKind.SAME,
        DiffKind.REMOVED,
        DiffKind.ADDED,
    }


def test_lines_that_were_only_wrapped_anew_are_no_change_of_words() -> None:
    before = "The quick brown fox jumps\nover the lazy dog.\n\nAnd so on."
    after = "The quick brown fox\njumps over the lazy dog.\n\nAnd so on."
    comparison = compare(before, after)
    assert [block.kind for block in comparison.blocks] == [DiffKind.SPACING, DiffKind.SAME]
    assert comparison.summary == DiffSummary(0, 0)
    assert comparison.result({0}) == before


def test_code_is_compared_line_by_line_and_only_with_code() -> None:
    before = "```py\na = 1\nb = 2\n```\n\nThe words a b 1 2 here."
    after = "```py\na = 1\nb  = 3\n```\n\nThe words a b 1 2 here."
    (block, _) = compare(before, after).blocks
    assert [(span.kind.value, span.text) for span in block.spans] == [
        ("same", "```py\na = 1\n"),
        ("removed", "b = 2\n"),
        ("added", "b  = 3\n"),
        ("same", "```"),
    ]
    kinds = [block.kind for block in compare("```\na b c d e\n```", "a b c d e").blocks]
    assert kinds == [DiffKind.REMOVED, DiffKind.ADDED]


def test_changed_words_next_to_each_other_are_one_change() -> None:
    assert shown("a b c d e f", "a X Y d e f") == ["a |-b c|+X Y| d e f"]


def test_changes_that_are_near_are_one_and_those_that_are_far_are_two() -> None:
    before = "The quick brown fox jumps over the very lazy dog who sleeps here all day."
    after = "The slow brown bear jumps over the very lazy cat who sleeps here all night."
    changes = compare(before, after).changes
    assert [(change.before, change.after) for change in changes] == [
        ("quick brown fox", "slow brown bear"),
        ("dog", "cat"),
        ("day", "night"),
    ]
    first = compare(before, after).result({1, 2})
    assert first == "The slow brown bear jumps over the very lazy dog who sleeps here all day."


def test_words_that_differ_in_an_apostrophe_or_hyphen_are_words() -> None:
    (line,) = shown("We don't keep a well-kept list of it", "We do keep a well-read list of it")
    assert line == "We |-don't|+do| keep a |-well-kept|+well-read| list of it"


def test_what_is_added_at_the_end_changes_nothing_before_it() -> None:
    comparison = compare("One.\n\nTwo.", "One.\n\nTwo.\n\nThree.")
    kinds = [block.kind for block in comparison.blocks]
    assert kinds == [DiffKind.SAME, DiffKind.SAME, DiffKind.ADDED]
    assert len(comparison.changes) == 1


def test_blank_lines_between_items_are_a_change_of_spacing() -> None:
    comparison = compare("- a\n- b\n- c", "- a\n\n- b\n- c")
    assert [change.kind for change in comparison.changes] == [DiffKind.SPACING]
    assert [block.kind for block in comparison.blocks][1] is DiffKind.SPACING


def test_nothing_against_nothing() -> None:
    assert compare("", "") == Comparison((), ())
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
def test_similar_pieces_rise_on_both_sides(old: list[str], new: list[str]) -> None:
    found = similar_pairs(old, new, words_of)
    assert len({a for a, _ in found}) == len({b for _, b in found}) == len(found)
    assert found == sorted(found)
    assert [b for _, b in found] == sorted(b for _, b in found)


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
    "two words in blocks": ("a\n\n" * 20_000, "b\n\na\n\n" * 10_000),
    "moved blocks": (
        "\n\n".join(f"a b c {number}" for number in range(3_000)),
        "\n\n".join(f"a b c {number}" for number in reversed(range(3_000))),
    ),
    "two words on a line": ("a b " * 25_000, "b a " * 25_000),
    "every second block": (
        "".join(f"x{number}\n\ny{number}\n\n" for number in range(8_000)),
        "".join(f"x{number}\n\nz{number}\n\n" for number in range(8_000)),
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
    comparison = compare(before, after)
    assert comparison.result() == after
    assert comparison.result(range(len(comparison.changes))) == before


def test_what_is_alike_in_big_texts_is_still_found() -> None:
    words = prose(3, 100_000, 20_000).split(" ")
    before = " ".join(words)
    for place in range(0, len(words), 500):
        words[place] = "OTHER"
    changed = len(range(0, len(words), 500))
    assert compare(before, " ".join(words)).summary.words_added < 20 * changed
    found: Sequence[DiffBlock] = compare(*BIG["every second block"]).blocks
    assert sum(block.kind is DiffKind.SAME for block in found) >= 8_000
