"""What looks unfinished in a text, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.readiness import Spot, findings, found, looked_over, watched


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("A.\nTODO: more", 2, "still says “TODO”"),
        ("It cost TK dollars.", 1, "still says “TK”"),
        ("It cost XXX dollars.", 1, "still says “XXX”"),
        ("Really???", 1, "still says “???”"),
        ("As said [source].", 1, "still has the placeholder “[source]”"),
        ("Dear [your name],", 1, "still has the placeholder “[your name]”"),
        ("Lorem ipsum dolor.", 1, "still says “Lorem ipsum”"),
        ("a\n\n##\n\nb", 3, "is a heading without words"),
        ("# A\n\n## B\n\n## C\n\nText", 3, "is a heading with nothing under it"),
        ("Text\n\n## The end", 3, "is a heading with nothing under it"),
        ("a\n```python\nx = 1\n", 2, "opens a code block that is never closed"),
        ("See [notes](https://a.b", 1, "has a link that is not closed"),
        ("See [notes]().", 1, "has a link that leads nowhere"),
        ("See [notes][n].", 1, "links to [n], which is not defined"),
        ("One **word and\nmore.\n\nText** ends.", 1, "has ** that is not closed"),
        ("One **word and\nmore.\n\nText** ends.", 4, "has ** that is not closed"),
        ("- a **b\n- c** d", 1, "has ** that is not closed"),
        ("One `word and more.", 1, "has ` that is not closed"),
        ("In the the end.", 1, "says “the the”"),
        ("The the end.", 1, "says “The the”"),
        ("In the\nthe end.", 1, "says “the the”"),
        ("a\n<draft>\nb", 2, "still has the tag <draft>"),
        ("a\n</draft>", 2, "still has the tag </draft>"),
        ("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x", 3, "has a conflict marker, “=======”"),
        ("a\x1b[31m", 1, "has a character that cannot be seen, U+001B"),
        (
            "Here’s the revised draft:\n\nText",
            1,
            "sounds like a remark to you, not like the text",
        ),
        (
            "Text.\n\nLet me know if it fits.",
            3,
            "sounds like a remark to you, not like the text",
        ),
    ],
)
def test_it_is_found(text: str, line: int, what: str) -> None:
    assert (line, what) in [(number, said) for number, _, said in found(text)]


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_an_empty_text_is_said_to_be_empty(text: str) -> None:
    assert findings(text) == (Spot("The text is empty."),)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("A.\nTODO: more", "“TODO: more” still says “TODO”."),
        (
            "On the day the boats came in there was the the old clerk at the end of the pier.",
            "“…came in there was the the old clerk at…” says “the the”.",
        ),
        ("a\n\n##\n\nb", "“##” is a heading without words."),
    ],
)
def test_a_finding_quotes_the_words_around_it(text: str, finding: str) -> None:
    assert [spot.sentence for spot in findings(text)] == [finding]


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n\n## Part\n\nText with a [link](https://a.b/c_(d)) and [two][n].\n\n[n]: https://a.b",
        "Title\n=======\n\nText.",
        "He had had enough; they said that that was it. Duran Duran played.",
        "```\nTODO the the [x](\n<draft>\n```\n\nText with `TODO` and `[a](` in it.",
        "A tokyo story: todo lists, XX and a tk-free text?",
        "one\r\ntwo\r\n",
        "- [ ] open\n- [x] done",
        "An [aside] in brackets, and a note[^1].\n\n[^1]: The note.",
        "| the | the |\n|---|---|\n| a | b |",
        "日本語の文章です。",
        "**One** and **two\nthree** and ***four*** with `a`, `b\nc` and `d`.",
        "***\n\n* * *\n\n2 * 3 * 4, \\**not, 4 **** stars, `**kwargs`",
        "```\n**a\n```",
    ],
)
def test_it_is_left_alone(text: str) -> None:
    assert findings(text) == ()


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    for finding in findings(text):
        assert finding.sentence.endswith(".")


@given(st.lists(st.sampled_from(["TODO", "plain", "", "# A", "the the", "```"]), max_size=12))
def test_findings_come_in_the_order_of_the_lines(lines: list[str]) -> None:
    numbers = [number for number, _, _ in found("\n".join(lines))]
    assert numbers == sorted(numbers)
    assert all(1 <= number <= len(lines) for number in numbers)


def said(text: str, **about: str) -> list[tuple[str, int]]:
    return [(spot.sentence, spot.line) for spot in looked_over(text, **about)]


def test_a_length_that_is_unusual_for_the_kind_is_told() -> None:
    assert said("One two.", kind="article") == [
        ("2 words is short for an article: 400 or more are usual.", 0)
    ]
    assert said("one two three " * 834, kind="post") == [
        ("2,502 words is long for a post: 2,500 or fewer are usual.", 0)
    ]
    assert said("one two three " * 100, kind="post") == []
    assert said("One two.", kind="haiku") == []


def test_facts_that_changed_since_the_approval_are_told_where_they_stand() -> None:
    before = "It cost 40 euros.\n\nWe met Anna\nSchmidt."
    after = "It cost 60 euros.\n\nAnd then we met Bob\nMiller on 3 May."
    assert said(after, approved=before) == [
        ("The number “40” is gone since the approval.", 0),
        ("The number “60” is new since the approval.", 1),
        ("The date “3 May” is new since the approval.", 4),
        ("The name “Anna” is gone since the approval.", 0),
        ("The name “Bob” is new since the approval.", 3),
    ]
    assert said(after, approved=after) == []
    assert said("He said “we left”.", approved="He said “we stay”.") == [
        ("The quotation “we stay” is gone since the approval.", 0),
        ("The quotation “we left” is new since the approval.", 1),
    ]


def test_a_text_that_is_being_written_is_watched_for_all_but_its_length() -> None:
    assert watched("", "Anna met 40 men.") == (Spot("The number “40” is gone since the approval."),)
    text = "TODO one.\n\nAnna met 60 men in the the end."
    assert [(spot.line, spot.column) for spot in watched(text, "Anna met 40 men.")] == [
        (1, 0),
        (3, 9),
        (3, 19),
        (0, 0),
    ]


@given(st.text())
def test_every_spot_is_in_the_text(text: str) -> None:
    lines = text.split("\n")
    for spot in watched(text, "On 3 May Bob Miller paid 7 euros."):
        assert 0 <= spot.line <= len(lines)
        assert 0 <= spot.column <= len(lines[spot.line - 1])
