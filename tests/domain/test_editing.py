"""Edits of the editor: what each makes of a text, and what must hold for any text."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.domain import editing, prose
from tui.domain.blocks import BlockForm, blocks
from tui.domain.editing import EMPHASIS, STRONG, Edit

LINES = st.sampled_from(
    [
        *("", "", "Plain words, and more. And a second one!", "# Heading", "## Deeper", "- item"),
        *(
            "  - below",
            "- [ ] to do",
            "- [x] done",
            "9. ninth",
            "10) tenth",
            "> quoted",
            "> - in it",
        ),
        *(
            "```",
            "code = 1",
            "| a | b |",
            "---",
            "    four",
            "naïve 日本語。 e\u0301 👩‍💻",
            "**bold** *it* `x`",
        ),
    ]
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)
PLACES = st.integers(0, 400)


def seen(text: str, edit: Edit | None) -> str:
    """Return the text after an edit, with `|` at the cursor, and `«` where a selection begins."""
    assert edit is not None
    made = edit.applied(text)
    first, last = sorted((edit.anchor, edit.cursor))
    if first == last:
        return f"{made[:first]}|{made[first:]}"
    return f"{made[:first]}«{made[first:last]}|{made[last:]}"


def given_at(marked: str) -> tuple[str, int, int]:
    """Return a text without its `«` and `|`, and where these stood."""
    cursor = marked.index("|")
    if "«" not in marked[:cursor]:
        return marked.replace("|", "", 1), cursor, cursor
    anchor = marked.index("«")
    return marked.replace("«", "", 1).replace("|", "", 1), anchor, cursor - 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- one|", "- one\n- |"),
        ("- one|, two", "- one\n- |, two"),
        ("9. one|", "9. one\n10. |"),
        ("  3) one|", "  3) one\n  4) |"),
        ("1. a|\n2. b\n3. c\n\n4. d", "1. a\n2. |\n3. b\n4. c\n\n5. d"),
        ("1. a| b\n2. c", "1. a\n2. | b\n3. c"),
        ("1. a|\n2. b\n   1. in\n   more\n3. c", "1. a\n2. |\n3. b\n   1. in\n   more\n4. c"),
        ("1. a\n   1. in|\n   2. on\n2. b", "1. a\n   1. in\n   2. |\n   3. on\n2. b"),
        ("> 1. a|\n> 2. b\n\n2. c", "> 1. a\n> 2. |\n> 3. b\n\n2. c"),
        ("1. a|\n1. b\n2. c", "1. a\n2. |\n1. b\n2. c"),
        ("1. a|\n2) b", "1. a\n2. |\n2) b"),
        ("1. a|\n\nEnd.\n\n2. b", "1. a\n2. |\n\nEnd.\n\n2. b"),
        ("1. a|\n3. b", "1. a\n2. |\n3. b"),
        ("- [x] done|", "- [x] done\n- [ ] |"),
        ("> said|", "> said\n> |"),
        ("> - said|", "> - said\n> - |"),
        ("- one\n- |", "- one\n\n|"),
        ("- one\n  - |", "- one\n- |"),
        ("- |", "|"),
        ("> said\n> |", "> said\n\n|"),
        ("> - said\n> - |", "> - said\n>\n> |"),
        ("|- one", "\n|- one"),
        ("plain|", "plain\n|"),
        ("```\n- no list|", "```\n- no list\n|"),
        ("```\n  deep|", "```\n  deep\n  |"),
        ("```\ndef a():\n    b\n    ```|", "```\ndef a():\n    b\n```\n|"),
        ("- a\n  ~~~\n      b\n      ~~~|", "- a\n  ~~~\n      b\n  ~~~\n  |"),
        ("```\n    ``|", "```\n    ``\n    |"),
        ("```\n```\n- list|", "```\n```\n- list\n- |"),
    ],
)
def test_enter_goes_on_with_lists_and_quotes_and_ends_them(before: str, after: str) -> None:
    text, _, at = given_at(before)
    assert seen(text, editing.new_line(text, at)) == after


@pytest.mark.parametrize(
    ("before", "back", "after"),
    [
        ("- one\n- t|wo", False, "- one\n  - t|wo"),
        ("10. t|en", False, "    10. t|en"),
        ("  - t|wo", True, "- t|wo"),
        (" - |two", True, "- |two"),
        ("- o«ne\n- tw|o\n- three", False, "  - o«ne\n  - tw|o\n- three"),
        ("  |- two", True, "|- two"),
    ],
)
def test_items_move_in_and_out(before: str, back: bool, after: str) -> None:
    text, start, end = given_at(before)
    assert seen(text, editing.indented(text, start, end, back=back)) == after


def test_what_is_no_item_is_not_indented() -> None:
    assert editing.indented("plain", 2, 2) is None
    assert editing.indented("- one", 2, 2, back=True) is None


@pytest.mark.parametrize(
    ("before", "back", "after"),
    [
        ("    |", True, "|"),
        ("      x = 1|", True, "  x = 1|"),
        ("\tx|", True, "x|"),
        ("a«b\n\nc|d", False, "    a«b\n\n    c|d"),
        ("    a«b\n  c|d", True, "a«b\nc|d"),
        ("- a«b\nc|d", False, "  - a«b\n    c|d"),
    ],
)
def test_lines_of_code_are_indented_together_and_outdented(
    before: str, back: bool, after: str
) -> None:
    text, start, end = given_at(before)
    assert seen(text, editing.indented(text, start, end, back=back)) == after


@pytest.mark.parametrize(
    ("before", "direction", "after"),
    [
        ("One.\n\nTw|o.\n\nThree.", -1, "Tw|o.\n\nOne.\n\nThree."),
        ("One.\n\nTw|o.\n\nThree.", 1, "One.\n\nThree.\n\nTw|o."),
        ("One.\n\n\nTw|o.\n\nThree.", -1, "Tw|o.\n\n\nOne.\n\nThree."),
        ("One.\n\nT«wo.\n\nThr|ee.", -1, "T«wo.\n\nThr|ee.\n\nOne."),
        ("- a\n  - b\n- c|", -1, "- c|\n- a\n  - b"),
        ("- a|\n  - b\n- c\n\nEnd.", 1, "- c\n- a|\n  - b\n\nEnd."),
        ("- a\n  - b\n\nEnd|.", -1, "End|.\n\n- a\n  - b"),
        ("# Title\nOne.\n\nTwo|.", -1, "# Title\nTwo|.\n\nOne."),
        ("One.\n- a|", -1, "- a|\n\nOne."),
        ("- a\n- b|\n\nOne.\nmore", 1, "- a\n\nOne.\nmore\n\n- b|"),
    ],
)
def test_paragraphs_and_items_move(before: str, direction: int, after: str) -> None:
    text, start, end = given_at(before)
    assert seen(text, editing.moved(text, start, end, direction)) == after


def test_nothing_moves_beyond_the_ends() -> None:
    assert editing.moved("One.\n\nTwo.", 1, 1, -1) is None
    assert editing.moved("One.\n\nTwo.", 8, 8, 1) is None
    assert editing.moved("\n\n", 0, 0, 1) is None


@given(TEXTS, PLACES, PLACES, st.sampled_from([-1, 1]))
@example("One.\n- a", 6, 6, -1)
def test_a_move_keeps_every_block_and_what_is_selected(
    text: str, start: int, end: int, direction: int
) -> None:
    start, end = min(start, len(text)), min(end, len(text))
    edit = editing.moved(text, start, end, direction)
    if edit is None:
        return
    made = edit.applied(text)
    assert sorted(bodies(made)) == sorted(bodies(text))
    selected = made[slice(*sorted((edit.anchor, edit.cursor)))]
    assert selected.strip() == text[slice(*sorted((start, end)))].strip()


def bodies(text: str) -> list[str]:
    return [block.text for block in blocks(text) if block.form is not BlockForm.END]


@pytest.mark.parametrize(
    ("before", "mark", "after"),
    [
        ("a «word| here", STRONG, "a **«word|** here"),
        ("a wo|rd here", STRONG, "a **wo|rd** here"),
        ("a word| here", EMPHASIS, "a *word|* here"),
        ("a **wo|rd** here", STRONG, "a wo|rd here"),
        ("a **wo|rd** here", EMPHASIS, "a ***wo|rd*** here"),
        ("a *tw|o words* here", EMPHASIS, "a tw|o words here"),
        ("a __two wo|rds__ here", STRONG, "a two wo|rds here"),
        ("a **two |words** here", EMPHASIS, "a **two *|words*** here"),
        ("a **two words|** here", STRONG, "a **two words**| here"),
        ("a *two words|* here", EMPHASIS, "a *two words*| here"),
        ("a **|two words** here", STRONG, "a |two words here"),
        ("a **one** or **two|** here", STRONG, "a **one** or **two**| here"),
        ("a **|** b", STRONG, "a | b"),
        ("a *|* b", EMPHASIS, "a | b"),
        ("a **|** b", EMPHASIS, "a ***|*** b"),
        ("a **«word|** here", STRONG, "a «word| here"),
        ("a «**word**| here", STRONG, "a «word| here"),
        ("a **«word|** here", EMPHASIS, "a ***«word|*** here"),
        ("a ***«word|*** here", EMPHASIS, "a **«word|** here"),
        ("a ***«word|*** here", STRONG, "a *«word|* here"),
        ("a «word | here", "`", "a `«word|`  here"),
        ("a | b", EMPHASIS, "a *|* b"),
        ("|", STRONG, "**|**"),
    ],
)
def test_marks_are_put_around_and_taken_away(before: str, mark: str, after: str) -> None:
    text, start, end = given_at(before)
    assert seen(text, editing.wrapped(text, start, end, mark)) == after


def test_no_mark_and_no_link_goes_across_paragraphs() -> None:
    assert editing.wrapped("One.\n\nTwo.", 0, 9, STRONG) is None
    assert editing.linked("One.\n\nTwo.", 0, 9) is None


@given(TEXTS, PLACES, PLACES, st.sampled_from([STRONG, EMPHASIS, "`"]))
def test_a_mark_twice_is_none(text: str, start: int, end: int, mark: str) -> None:
    start, end = min(start, len(text)), min(end, len(text))
    once = editing.wrapped(text, start, end, mark)
    if once is None or mark[0] in text or once.anchor == once.cursor:
        return
    made = once.applied(text)
    again = editing.wrapped(made, once.anchor, once.cursor, mark)
    assert again is not None
    assert again.applied(made) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("see «this page| now", "see [this page](|) now"),
        ("see th|is now", "see [this](|) now"),
        ("see «https://x.org/a?b=c| now", "see [|](https://x.org/a?b=c) now"),
        ("| ", "[](|) "),
    ],
)
def test_links_are_made(before: str, after: str) -> None:
    text, cursor = before, before.index("|")
    if "«" in before[:cursor]:
        text, start, end = given_at(before)
    else:
        text, start, end = before.replace("|", "", 1), cursor, cursor
    assert seen(text, editing.linked(text, start, end)) == after


def test_a_line_ends_at_the_next_line_feed() -> None:
    assert [prose.line_end("one\n\ntwo", at) for at in (0, 3, 4, 5, 8)] == [3, 3, 4, 8, 8]


def test_a_selection_grows_from_word_to_text() -> None:
    text = "# Title\n\nOne is here. Two well-kept ones (and 3.5) are there!\n\nEnd."
    at = text.index("kept")
    selected = []
    start = end = at
    for _ in range(5):
        start, end = prose.wider(text, start, end)
        selected.append(text[start:end])
    assert selected == [
        "well-kept",
        "Two well-kept ones (and 3.5) are there!",
        "One is here. Two well-kept ones (and 3.5) are there!",
        text,
        text,
    ]


@given(TEXTS, PLACES)
def test_every_wider_selection_holds_the_one_before(text: str, at: int) -> None:
    start = end = min(at, len(text))
    for _ in range(5):
        low, high = prose.wider(text, start, end)
        assert low <= start <= end <= high
        start, end = low, high
    assert (start, end) == (0, len(text))


@given(TEXTS)
def test_sentences_are_in_order_and_hold_every_word_outside_code(text: str) -> None:
    spans = list(prose.sentences(text))
    ends = [place for span in spans for place in span]
    assert ends == sorted(ends)
    outside = "".join(
        block.text for block in blocks(text) if block.form not in (BlockForm.CODE, BlockForm.RULE)
    )
    inside = "".join(text[first:last] for first, last in spans)
    assert "".join(inside.split()) == "".join(outside.split())


def test_headings_have_levels_and_places() -> None:
    text = "# One\n\ntext\n\n### Two ##\n```\n# no\n```\n"
    found = prose.headings(text)
    assert [(place.level, place.title) for place in found] == [(1, "One"), (3, "Two")]
    assert text[found[1].at :].startswith("### Two")


MAIL = """\
Dear all, this letter was written by a program that
breaks its lines at fifty columns, as one does, and
nobody asked why.

- an item that goes on and on until it is
  broken too

Roses are red,
violets are blue.
"""


def test_lines_that_were_only_kept_narrow_are_joined_and_verse_is_not() -> None:
    made = prose.unwrapped(MAIL)
    assert made.startswith("Dear all, this letter was written by a program that breaks its lines")
    assert "until it is broken too\n" in made
    assert made.endswith("Roses are red,\nviolets are blue.\n")


@given(TEXTS)
def test_unwrapping_keeps_every_word_and_is_done_once(text: str) -> None:
    made = prose.unwrapped(text)
    assert made.split() == text.split()
    assert prose.unwrapped(made) == made


@given(TEXTS, PLACES)
def test_enter_adds_a_line_or_takes_a_marker_away(text: str, at: int) -> None:
    at = min(at, len(text))
    edit = editing.new_line(text, at)
    made = edit.applied(text)
    if edit.start == at:
        typed, numbered = edit.text[: edit.cursor - at], edit.text[edit.cursor - at :]
        assert typed.startswith("\n")
        # Nothing is changed behind it but the numbers of the items that follow.
        before = text[at : edit.end]
        assert re.sub(r"\d", "", numbered) == re.sub(r"\d", "", before)
        assert numbered == before or re.search(r"(?m)^[ \t>]*\d+[.)]", numbered)
    else:
        assert len(made) <= len(text) + 1
        words = [line.strip("-*+>[]xX.) 0123456789") for line in (made, text)]
        assert "".join(words[0].split()) == "".join(words[1].split())
