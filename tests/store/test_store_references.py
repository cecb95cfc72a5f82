"""What rows name that is not there is refused in a sentence, or harms nobody who opens a piece."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.content_examples import MAIN, START, Library, blank_content
from tests.ui.screens_host import KEYS
from tui.domain.changes import approved, with_locks, with_turn
from tui.domain.content import Content, TurnKind, TurnState
from tui.domain.locks import broken_locks
from tui.domain.passage import Passage, Span
from tui.domain.prompts import sent_prompt
from tui.screens.transcript import turn_items
from tui.store.content_rows import content_from_rows, content_to_rows
from tui.store.unreadable import Unreadable
from tui.studio.plan import plan_turn

TEXT = "One cat. Two dogs.\n\nThree birds."
NUMBERS: tuple[tuple[str, Sequence[str | int]], ...] = (
    ("turns", ("passage", "version")),
    ("turns", ("passage", "start")),
    ("turns", ("passage", "end")),
    ("turns", ("told",)),
    ("turns", ("version",)),
    ("versions", ("before",)),
    ("versions", ("locks", 0, "start")),
    ("versions", ("locks", 0, "end")),
)


def piece() -> Content:
    """A piece with a lock, a passage that was rewritten and one that was stopped."""
    library = Library(blank_content())
    library.edit(MAIN, TEXT)
    library.content = with_locks(library.content, 1, (Span(9, 18),))
    for version, state in ((1, TurnState.FINISHED), (2, TurnState.STOPPED)):
        turn = library.begin(MAIN, TurnKind.REVISE)
        turn = replace(turn, passage=Passage(version, Span(0, 7)))
        library.content = with_turn(library.content, MAIN, turn)
        library.end(MAIN, turn, state, f"{version} wolf")
    return library.content


def look(content: Content) -> None:
    """Do what is done when a piece is opened, approved and prompted."""
    line = content.lineage(MAIN)
    for numbered in line:
        made = [one for one in content.versions if one.after_turn == numbered.number]
        turn_items(content, numbered, made, keys=KEYS, now=content.updated_at)
    for version in content.versions:
        broken_locks(content, version)
        assert all(lock.of(version.text) for lock in version.locks)
    plan = plan_turn(content, MAIN)
    assert all(plan.locked)
    sent_prompt(content, line[-1].turn, locked=plan.locked, told=plan.told)


@given(
    st.sampled_from(NUMBERS), st.integers(0, 1), st.sampled_from((-5, -1, 0, 1, 2, 3, 60, 10**9))
)
def test_a_piece_with_a_damaged_number_is_refused_or_can_be_opened(
    where: tuple[str, Sequence[Any]], row: int, number: int
) -> None:
    rows = content_to_rows(piece())
    table, (*path, last) = where
    found: Any = rows[table][row]
    for step in path:
        found = found[step]
    found[last] = number
    with suppress(Unreadable):
        look(content_from_rows(rows))


def test_a_passage_of_a_version_that_is_not_there_is_named() -> None:
    content = piece()
    turn = content.branches[0].turns[-1]
    content = with_turn(content, MAIN, replace(turn, passage=Passage(9, Span(0, 7))))
    with pytest.raises(Unreadable) as refused:
        content_from_rows(content_to_rows(content))
    said = refused.value.about("the file")
    assert said == "A turn of “first draft” in the file is about v9, which is missing."


@pytest.mark.parametrize(
    ("table", "values", "said"),
    [
        ("content", {"main": "gone"}, "The main branch gone of the file is missing."),
        (
            "branches",
            {"base_version": 9},
            "Branch “first draft” in the file begins with v9, which is missing.",
        ),
        (
            "branches",
            {"forked_after": -1},
            "Branch “first draft” in the file begins after turn -1, which is missing.",
        ),
        (
            "branches",
            {"parent": "gone"},
            "Branch “first draft” in the file comes from a branch that is missing.",
        ),
        ("branches", {"parent": MAIN}, "Branch “first draft” in the file is its own ancestor."),
        (
            "turns",
            {"branch": "gone"},
            "Some turns in the file are of branch gone, which is missing.",
        ),
        ("versions", {"number": 2}, "The versions in the file are not numbered from 1 on."),
        ("versions", {"before": 9}, "The text of v1 in the file follows v9, which is missing."),
        (
            "versions",
            {"words": [7]},
            "“words” in the file is of type list, which is not a whole number.",
        ),
    ],
)
def test_what_does_not_fit_is_said(table: str, values: dict[str, Any], said: str) -> None:
    rows = content_to_rows(piece())
    rows[table][0] |= values
    with pytest.raises(Unreadable) as refused:
        content_from_rows(rows)
    assert refused.value.about("the file") == said


def test_two_branches_of_one_id_and_an_approval_of_no_version_are_said() -> None:
    rows = content_to_rows(piece())
    rows["branches"] *= 2
    with pytest.raises(Unreadable) as refused:
        content_from_rows(rows)
    assert refused.value.about("the file") == "Two branches in the file have one id."
    rows = content_to_rows(approved(piece(), 1, START))
    rows["approvals"][0]["version"] = 9
    with pytest.raises(Unreadable) as refused:
        content_from_rows(rows)
    said = refused.value.about("the file")
    assert said == "An approval or publication in the file is of v9, which is missing."
