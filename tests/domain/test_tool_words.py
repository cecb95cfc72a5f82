"""Tool uses, questions about them and standing permissions, in words."""

import pytest

from tui.domain.tools import (
    Question,
    ToolState,
    ToolUse,
    brief_subject,
    describe_question,
    describe_rule,
    describe_use,
    describe_use_briefly,
    destination,
)
from tui.domain.words import capitalized

SEARCH = Question("q1", "WebSearch", "why teams leave kubernetes")
PAGE = Question("q2", "WebFetch", "https://example.org/a?b=c", place="example.org")
LONG = "a name of thirty-two characters."


@pytest.mark.parametrize(
    ("name", "subject", "done", "running"),
    [
        ("Read", "/notes/a.md", "read /notes/a.md", "reading /notes/a.md…"),
        ("Glob", "*.md in /notes", "listed *.md in /notes", "listing *.md in /notes…"),
        ("Grep", "cost in /notes", "looked for cost in /notes", "looking for cost in /notes…"),
        (
            "WebSearch",
            "cost",
            "searched the web for “cost”",
            "searching the web for “cost”…",
        ),
        ("WebFetch", "https://a.org/b", "fetched https://a.org/b", "fetching https://a.org/b…"),
        ("Dance", "tango", "used Dance tango", "using Dance tango…"),
        ("Dance", "", "used Dance", "using Dance…"),
    ],
)
def test_a_use_is_told_with_all_of_its_subject(
    name: str, subject: str, done: str, running: str
) -> None:
    use = ToolUse("t1", name, subject)
    assert describe_use(use) == running
    assert describe_use(ToolUse("t1", name, subject, state=ToolState.DONE)) == done


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (ToolState.DONE, "used Dance"),
        (ToolState.RUNNING, "using Dance…"),
        (ToolState.FAILED, "failed: using Dance"),
        (ToolState.UNFINISHED, "not finished: using Dance"),
        (ToolState.REFUSED, "was refused: using Dance"),
    ],
)
def test_a_use_tells_its_state(state: ToolState, told: str) -> None:
    assert describe_use(ToolUse("t1", "Dance", "", state=state)) == told
    with_subject = told.replace("Dance", "Dance tango")
    assert describe_use(ToolUse("t1", "Dance", "tango", state=state)) == with_subject


@pytest.mark.parametrize(
    ("name", "subject", "brief"),
    [
        ("Read", "/notes/deep/a.md", "a.md"),
        ("Read", "C:\\notes\\a.md", "a.md"),
        ("Read", "/notes/deep/", "deep"),
        ("Read", "a.md", "a.md"),
        ("Read", "/", "/"),
        ("Read", f"/notes/{LONG}", LONG),
        ("Read", f"/notes/{LONG}md", "a name of thirty-two characters…"),
        ("Glob", "*.md in /notes", "“*.md”"),
        ("Grep", "once in a while in /notes", "“once in a while”"),
        ("Grep", "once in a while", "“once in a while”"),
        ("Grep", " in /notes", "“ in /notes”"),
        ("WebSearch", "cost of a cluster", "“cost of a cluster”"),
        ("WebSearch", "what is in /etc", "“what is in /etc”"),
        ("WebFetch", "https://Example.org:8080/a?b=c", "example.org"),
        ("WebFetch", "no address", "no address"),
        ("WebFetch", "https://[half", "https://[half"),
        ("Dance", "a tango that goes on, and on, and on", "a tango that goes on, and on, a…"),
        ("Dance", "tango of nothing in particular, please", "tango of nothing in particular,…"),
    ],
)
def test_a_brief_subject_is_what_a_reader_knows_it_by(name: str, subject: str, brief: str) -> None:
    assert brief_subject(ToolUse("t1", name, subject)) == brief


def test_a_use_is_told_briefly_with_the_number_of_others_like_it() -> None:
    read = ToolUse("t1", "Read", "/notes/a.md", state=ToolState.DONE)
    assert describe_use_briefly(read) == "read a.md"
    assert describe_use_briefly(read, 2) == "read a.md and 2 more"
    search = ToolUse("t1", "WebSearch", "cost")
    assert describe_use_briefly(search) == "searching “cost”…"
    assert describe_use_briefly(ToolUse("t1", "WebSearch", "cost", state=ToolState.DONE)) == (
        "searched “cost”"
    )
    other = ToolUse("t1", f"{LONG}md", "x", state=ToolState.DONE)
    assert describe_use_briefly(other) == "used a name of thirty-two characters… x"
    assert capitalized("reading…") == "Reading…"
    assert capitalized("") == ""


def test_questions_in_words() -> None:
    assert describe_question(SEARCH) == "search the web for “why teams leave kubernetes”"
    assert describe_question(PAGE) == "fetch https://example.org/a?b=c"
    assert describe_question(Question("q", "Other", "x")) == "use Other on “x”"
    assert destination(SEARCH) == "the search service of the API"
    assert destination(PAGE) == "example.org"
    assert destination(Question("q", "Other", "x")) == ""


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("WebSearch", "web searches"),
        ("WebFetch(a.b)", "pages of a.b"),
        ("WebFetch(domain:a.b)", "pages of a.b"),
        ("WebFetch", "all web pages"),
        ("WebSearch(x)", "WebSearch(x)"),
        ("Else(x)", "Else(x)"),
        ("((", "(("),
    ],
)
def test_a_rule_tells_what_it_allows(rule: str, told: str) -> None:
    assert describe_rule(rule) == told
