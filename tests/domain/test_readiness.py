"""What looks unfinished in a text, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.readiness import findings


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", "The text is empty."),
        (" \n\n", "The text is empty."),
        ("A.\nTODO: more", "Line 2 still says “TODO”."),
        ("It cost TK dollars.", "Line 1 still says “TK”."),
        ("It cost XXX dollars.", "Line 1 still says “XXX”."),
        ("Really???", "Line 1 still says “???”."),
        ("As said [source].", "Line 1 still has the placeholder “[source]”."),
        ("Dear [your name],", "Line 1 still has the placeholder “[your name]”."),
        ("Lorem ipsum dolor.", "Line 1 still says “Lorem ipsum”."),
        ("a\n\n##\n\nb", "Line 3 is a heading without words."),
        ("# A\n\n## B\n\n## C\n\nText", "Line 3 is a heading with nothing under it."),
        ("Text\n\n## The end", "Line 3 is a heading with nothing under it."),
        ("a\n```python\nx = 1\n", "Line 2 opens a code block that is never closed."),
        ("See [notes](https://a.b", "Line 1 has a link that is not closed."),
        ("See [notes]().", "Line 1 has a link that leads nowhere."),
        ("See [notes][n].", "Line 1 links to [n], which is not defined."),
        ("In the the end.", "Line 1 says “the the”."),
        ("The the end.", "Line 1 says “The the”."),
        ("In the\nthe end.", "Line 1 says “the the”."),
        ("a\n<draft>\nb", "Line 2 still has the tag <draft>."),
        ("a\n</draft>", "Line 2 still has the tag </draft>."),
        ("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x", "Line 3 has a conflict marker, “=======”."),
        ("a\x1b[31m", "Line 1 has a character that cannot be seen, U+001B."),
        (
            "Here’s the revised draft:\n\nText",
            "Line 1 sounds like a remark to you, not like the text.",
        ),
        (
            "Text.\n\nLet me know if it fits.",
            "Line 3 sounds like a remark to you, not like the text.",
        ),
    ],
)
def test_it_is_found(text: str, finding: str) -> None:
    assert finding in findings(text)


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
    ],
)
def test_it_is_left_alone(text: str) -> None:
    assert findings(text) == ()


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    for finding in findings(text):
        assert finding.endswith(".")


@given(st.lists(st.sampled_from(["TODO", "plain", "", "# A", "the the", "```"]), max_size=12))
def test_findings_come_in_the_order_of_the_lines(lines: list[str]) -> None:
    numbers = [
        int(finding.split()[1])
        for finding in findings("\n".join(lines))
        if finding.startswith("Line")
    ]
    assert numbers == sorted(numbers)
    assert all(1 <= number <= len(lines) for number in numbers)
