"""Limits on a change: what went over them, in words, sections and facts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.content_examples import MAIN, Library, blank_content
from tui.domain.change_limits import (
    NO_LIMITS,
    ChangeLimits,
    checked_percent,
    checked_section,
    limits_words,
    overstepped,
    prompt_again,
    section_span,
)
from tui.domain.content import Turn, TurnKind, TurnState
from tui.domain.errors import InvalidInput
from tui.domain.prompts import LIMITS_RULE, sent_prompt
from tui.domain.prose import headings
from tui.domain.turn_changes import last_over, went_over

TEXT = """Before all.

# Intro

One two three four five six seven eight nine ten.

## Detail

Eleven twelve.

# Body

The last words here."""
INTRO = ChangeLimits(section="Intro")
PARTS = st.lists(st.text(alphabet="abc \n*-", max_size=12), max_size=4).map("\n\n".join)


def changed_percent(before: str, after: str) -> int:
    """Return the share of words that is said to have changed."""
    said = overstepped(before, after, ChangeLimits(percent=0))
    return int(said[0].partition(" %")[0]) if said else 0


def test_nothing_changed_goes_over_nothing() -> None:
    everything = ChangeLimits(1, "Intro", no_new_facts=True)
    assert overstepped(TEXT, TEXT, everything) == ()
    assert overstepped(TEXT, TEXT.replace("\n\n", "\n\n\n"), everything) == ()
    assert overstepped("", "", everything) == ()


@given(PARTS, PARTS)
def test_no_limits_are_never_gone_over(before: str, after: str) -> None:
    assert overstepped(before, after, NO_LIMITS) == ()
    assert (changed_percent(before, after) == 0) or before != after


@given(st.text(), st.text(), st.text(max_size=3), st.integers(1, 100))
def test_any_two_texts_can_be_measured(before: str, after: str, section: str, percent: int) -> None:
    title = next(iter(headings(before)), None)
    limits = ChangeLimits(percent, section if title is None else title.title, no_new_facts=True)
    over = overstepped(before, after, limits)
    assert overstepped(before, before, limits) == ()
    assert all("\n" not in said for said in over)


@pytest.mark.parametrize(
    ("after", "percent"),
    [
        ("one two three four", 0),
        ("one two three five", 25),
        ("one two three", 25),
        ("one two three four five", 25),
        ("", 100),
        ("a b c d e f g h", 200),
    ],
)
def test_the_share_is_of_the_words_before(after: str, percent: int) -> None:
    assert changed_percent("one two three four", after) == percent


def test_a_share_is_rounded_up_so_that_it_never_reads_like_the_limit() -> None:
    before = " ".join(f"w{number}" for number in range(100)) + " x y z"
    after = before.replace("w7 ", "").replace("w50 ", "fifty ")
    assert changed_percent(before, after) == 2
    assert overstepped(before, after, ChangeLimits(2)) == ()
    assert overstepped(before, after, ChangeLimits(1)) == ("2 % changed, at most 1 % allowed",)


def test_a_paragraph_that_moved_is_no_change_of_words() -> None:
    paragraphs = [f"Paragraph {word} has its very own words: {word * 3}." for word in "abcd"]
    before = "\n\n".join(paragraphs)
    assert changed_percent(before, "\n\n".join(reversed(paragraphs))) == 0


@given(PARTS)
def test_whatever_stands_in_a_section_is_not_outside_of_it(inside: str) -> None:
    span = section_span(TEXT, "intro")
    assert span is not None
    assert span.of(TEXT).startswith("# Intro")
    assert span.of(TEXT).endswith("Eleven twelve.\n\n")
    after = f"{TEXT[: span.start]}# Intro\n\n{inside}\n\n{TEXT[span.end :]}"
    assert overstepped(TEXT, after, INTRO) == ()


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("Before all.", "Before it all.", 1),
        ("# Body", "# Bodies", 1),
        ("The last words here.", "", 1),
        ("Before all.\n\n", "Before all.\n\nA new paragraph.\n\n", 1),
        ("# Body\n\nThe last words here.", "# Body\n\nThe very last words.\n\nMore.", 2),
    ],
)
def test_what_changes_outside_a_section_is_counted(old: str, new: str, count: int) -> None:
    after = TEXT.replace(old, new).replace("Eleven twelve.", "Eleven, twelve and more.")
    changes = "1 change" if count == 1 else f"{count} changes"
    assert overstepped(TEXT, after, INTRO) == (f"{changes} outside “Intro”",)


def test_a_section_is_named_by_its_title_or_how_it_begins() -> None:
    assert [checked_section(TEXT, typed) for typed in (" # intro ", "Det", "")] == [
        "Intro",
        "Detail",
        "",
    ]
    with pytest.raises(InvalidInput, match="no heading “End”; it has “Intro”, “Detail”, “Body”"):
        checked_section(TEXT, "End")
    with pytest.raises(InvalidInput, match="“a” stands for 2 headings"):
        checked_section("# Ab\n\n# Ac", "a")
    with pytest.raises(InvalidInput, match="The draft has no headings"):
        checked_section("Text.", "a")
    assert section_span(TEXT, "End") is None
    assert overstepped(TEXT, "", ChangeLimits(section="End")) == ()


def test_new_facts_are_named_and_those_that_went_are_not() -> None:
    before = "We met 12 people in Berlin, and it was good for all of us."
    limits = ChangeLimits(no_new_facts=True)
    assert overstepped(before, "We met people, and it was good for all of us.", limits) == ()
    after = before.replace("12", "1,300").replace("Berlin", "Paris")
    assert overstepped(before, after, limits) == ("new facts: “1,300”, “Paris”",)
    quotation = f"{before} He said “we all go home now”."
    assert overstepped(before, quotation, limits) == ("new fact: “we all go home now”",)


@pytest.mark.parametrize(
    ("typed", "percent"), [("", None), (" 20 ", 20), ("5%", 5), ("100 %", 100)]
)
def test_a_percentage_is_read(typed: str, percent: int | None) -> None:
    assert checked_percent(typed) == percent


@pytest.mark.parametrize("typed", ["0", "101", "a few", "-3", "2.5", "９", "9" * 5000])
def test_what_is_no_percentage_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput, match="type a number from 1 to 100"):
        checked_percent(typed)


def test_limits_are_told_in_the_prompt_and_measured_on_the_version() -> None:
    library = Library(blank_content())
    library.write(MAIN, "One two three four five.")
    limits = ChangeLimits(20, no_new_facts=True)
    turn = replace(library.begin(MAIN, TurnKind.REVISE), limits=limits)
    told = sent_prompt(library.content, turn)
    assert told.startswith(f"<limits>\n{LIMITS_RULE}\n- Change at most 20 % of the draft's words;")
    assert "\n- Bring in no number, " in told
    assert told.endswith(f"\n</limits>\n\n{turn.prompt}")
    assert limits_words(limits) == "at most 20 % · no new facts"
    ended = library.end(MAIN, turn, TurnState.FINISHED, "One two three five.")
    assert went_over(library.content, ended) == ()
    turn = replace(library.begin(MAIN, TurnKind.REVISE), limits=limits)
    ended = library.end(MAIN, turn, TurnState.FINISHED, "One two four six.")
    assert went_over(library.content, ended) == ("50 % changed, at most 20 % allowed",)
    turn = replace(library.begin(MAIN, TurnKind.REVISE), limits=limits)
    assert went_over(library.content, library.end(MAIN, turn, TurnState.FINISHED, None)) == ()


def test_asking_again_names_what_went_over_once() -> None:
    again = prompt_again("shorter", ("a", "b"))
    assert (
        again == "shorter\n\nYour last answer went over the limits: a; b. Keep to them this time."
    )
    assert prompt_again(again, ("c",)) == prompt_again("shorter", ("c",))


def test_the_last_turn_can_be_repeated_while_its_text_is_the_draft() -> None:
    library = Library(blank_content())
    assert last_over(library.content, MAIN) is None
    library.edit(MAIN, "One two three four five.")
    assert last_over(library.content, MAIN) is None

    def written(limits: ChangeLimits, text: str) -> Turn:
        turn = replace(library.begin(MAIN, TurnKind.REVISE), limits=limits)
        return library.end(MAIN, turn, TurnState.FINISHED, text)

    over = written(ChangeLimits(20), "Six seven.")
    assert last_over(library.content, MAIN) == over
    library.edit(MAIN, "Six seven eight.")
    assert last_over(library.content, MAIN) is None
    written(ChangeLimits(99), "Six seven nine.")
    assert last_over(library.content, MAIN) is None
    library.write(MAIN, "Without limits.")
    assert last_over(library.content, MAIN) is None
