"""Approving, publishing and archiving: always said of one exact text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.content_examples import DOINGS, MAIN, Library, blank_content, lived, minute
from tui.domain.changes import approved, published, with_main, with_status
from tui.domain.content import Approval, Publication, TurnKind, TurnState
from tui.domain.errors import NotFound, Refused
from tui.domain.status import Status
from tui.domain.turn_changes import interrupted
from tui.domain.words import text_hash

LATER = minute(500)


@pytest.fixture
def library() -> Library:
    library = Library(blank_content())
    library.write(MAIN, "One.", TurnKind.GENERATE)
    library.write(MAIN, "Two.")
    return library


def approve(library: Library, number: int) -> None:
    library.content = approved(library.content, number, library.tick())


def status_of(library: Library) -> Status:
    return library.content.status


def move(library: Library, target: Status) -> None:
    library.content = with_status(library.content, target, library.tick())


@pytest.mark.parametrize("number", [1, 2])
def test_exactly_one_text_is_approved(library: Library, number: int) -> None:
    content = approved(library.content, number, LATER)
    text = content.version(number).text
    assert content.status is Status.APPROVED
    assert content.approval == Approval(number, text_hash(text), LATER)
    assert content.updated_at == LATER


@given(DOINGS, st.integers(0, 40))
def test_any_version_can_be_approved_and_keeps_its_hash(
    doings: list[tuple[str, int, int]], which: int
) -> None:
    library = lived(doings)
    library.edit(MAIN, "At least this.")
    number = 1 + which % len(library.content.versions)
    approve(library, number)
    approval = library.content.approval
    assert approval is not None
    assert approval.sha256 == text_hash(library.content.version(approval.version).text)
    fork = library.fork(MAIN, 0)
    library.write(fork, "On a fork.")
    assert status_of(library) is Status.APPROVED
    library.edit(MAIN, "On main, after it.")
    assert status_of(library) is Status.DRAFT
    assert library.content.approval == approval


@pytest.mark.parametrize("status", [Status.APPROVED, Status.PUBLISHED])
def test_a_newer_version_on_main_takes_it_back_to_draft(library: Library, status: Status) -> None:
    approve(library, 2)
    if status is Status.PUBLISHED:
        library.content = published(library.content, "site", library.tick())
    library.write(MAIN, None, TurnKind.ASK)
    library.write(MAIN, "Two.")
    assert status_of(library) is status
    library.write(MAIN, "Three.")
    assert status_of(library) is Status.DRAFT
    assert library.content.approval is not None
    assert library.content.approval.version == 2


def test_a_newer_version_on_another_branch_changes_no_status(library: Library) -> None:
    approve(library, 2)
    fork = library.fork(MAIN, 1)
    library.write(fork, "Another.")
    library.edit(fork, "Another, by hand.")
    assert status_of(library) is Status.APPROVED


def test_a_new_version_leaves_review_as_it_is(library: Library) -> None:
    move(library, Status.REVIEW)
    library.edit(MAIN, "Three.")
    assert status_of(library) is Status.REVIEW


def test_an_approved_text_that_changes_in_the_archive_comes_out_as_a_draft(
    library: Library,
) -> None:
    turn = library.begin(MAIN, TurnKind.REVISE)
    approve(library, 2)
    move(library, Status.ARCHIVED)
    library.end(MAIN, turn, TurnState.FINISHED, "Three.")
    assert status_of(library) is Status.ARCHIVED
    move(library, Status.DRAFT)
    assert status_of(library) is Status.DRAFT


def test_approving_again_is_one_approval_and_after_reopening_two(library: Library) -> None:
    approve(library, 2)
    once = library.content
    assert approved(once, 2, LATER) is once
    move(library, Status.DRAFT)
    approve(library, 2)
    assert [approval.version for approval in library.content.approvals] == [2, 2]


def test_another_version_is_approved_only_after_reopening(library: Library) -> None:
    approve(library, 2)
    with pytest.raises(Refused, match=r"v2 is approved.*reopen.*v1"):
        approve(library, 1)
    move(library, Status.DRAFT)
    approve(library, 1)
    assert library.content.approval is not None
    assert library.content.approval.version == 1


def test_a_version_that_is_not_there_is_not_approved(library: Library) -> None:
    for number in (0, 3, -1):
        with pytest.raises(NotFound, match="newest is v2"):
            approve(library, number)
    with pytest.raises(NotFound, match="no draft"):
        approved(blank_content(), 1, LATER)


def test_only_what_is_approved_is_published_and_exactly_that(library: Library) -> None:
    with pytest.raises(Refused, match="approve it before it is published"):
        published(library.content, "site", LATER)
    approve(library, 1)
    content = published(library.content, "site", LATER)
    assert content.status is Status.PUBLISHED
    assert content.publication == Publication(1, text_hash("One."), LATER, "site")
    with pytest.raises(Refused):
        published(content, "site", LATER)
    with pytest.raises(Refused):
        approved(content, 2, LATER)


def test_approved_and_published_are_never_just_statuses(library: Library) -> None:
    for target in (Status.APPROVED, Status.PUBLISHED):
        with pytest.raises(Refused, match="version"):
            move(library, target)
    move(library, Status.REVIEW)
    with pytest.raises(Refused, match="version"):
        move(library, Status.APPROVED)


@pytest.mark.parametrize("before", [s for s in Status if s is not Status.ARCHIVED])
def test_the_archive_keeps_the_status_it_had(library: Library, before: Status) -> None:
    if before is Status.REVIEW:
        move(library, Status.REVIEW)
    elif before is not Status.DRAFT:
        approve(library, 2)
        if before is Status.PUBLISHED:
            library.content = published(library.content, "", library.tick())
    move(library, Status.ARCHIVED)
    assert library.content.status_before_archive is before
    for target in Status:
        if target is not before:
            with pytest.raises(Refused):
                move(library, target)
    for refused in (lambda: approve(library, 1), lambda: published(library.content, "", LATER)):
        with pytest.raises(Refused, match="archive"):
            refused()
    move(library, before)
    assert status_of(library) is before
    assert library.content.status_before_archive is None


def test_another_main_branch_keeps_the_approval(library: Library) -> None:
    approve(library, 2)
    fork = library.fork(MAIN, 1)
    content = with_main(library.content, fork, LATER)
    assert content.main == fork
    assert content.approval == library.content.approval


def test_turns_whose_program_is_gone_are_marked(library: Library) -> None:
    library.begin(MAIN, TurnKind.REVISE)
    content = interrupted(library.content, MAIN, LATER)
    states = [turn.state for turn in content.branch(MAIN).turns]
    assert states == [TurnState.FINISHED, TurnState.FINISHED, TurnState.INTERRUPTED]
    assert content.branch(MAIN).turns[-1].ended_at == LATER
    assert content.versions == library.content.versions
