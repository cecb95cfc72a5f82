"""Rows of the list, and finding a content by what a person types."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.content_examples import DOINGS, MAIN, Library, blank_content, lived, minute
from tui.domain.catalog import Catalog, ContentRow, find_row, row_of
from tui.domain.catalog_changes import (
    CatalogChange,
    LibraryBack,
    LibraryLost,
    ProblemsChanged,
    RowsChanged,
    RowsRemoved,
    StartAgain,
    applied,
)
from tui.domain.changes import approved, with_main
from tui.domain.content import TurnKind, TurnState
from tui.domain.errors import Ambiguous, NotFound
from tui.domain.ids import ContentId
from tui.domain.person import Person
from tui.domain.status import Status
from tui.domain.steps import UndoStep

ROWS = [
    row_of(blank_content("Why we left", "abcd2345")),
    row_of(blank_content("Launch post", "abcx9999")),
    row_of(blank_content("Newsletter", "kkkk2222")),
    row_of(blank_content("Newsletter", "mmmm3333")),
    row_of(blank_content("kkkk", "zzzz4444")),
    row_of(blank_content("abcd2345", "yyyy5555")),
]


def found(reference: str) -> str:
    return find_row(ROWS, reference).id


@pytest.mark.parametrize(
    ("reference", "content_id"),
    [
        ("abcd2345", "abcd2345"),
        ("abcd", "abcd2345"),
        ("abcx", "abcx9999"),
        ("Launch post", "abcx9999"),
        ("  Launch post ", "abcx9999"),
        ("mmm", "mmmm3333"),
        ("kkkk", "zzzz4444"),
    ],
)
def test_an_id_then_a_title_then_the_start_of_an_id(reference: str, content_id: str) -> None:
    assert found(reference) == content_id


@pytest.mark.parametrize("reference", ["", " ", "ab", "launch post", "Launch", "nothing", "abce"])
def test_what_fits_nothing_is_refused(reference: str) -> None:
    with pytest.raises(NotFound, match="redraft list"):
        found(reference)


@pytest.mark.parametrize(
    ("reference", "ids"),
    [("abc", ["abcd2345", "abcx9999"]), ("Newsletter", ["kkkk2222", "mmmm3333"])],
)
def test_what_fits_several_names_them(reference: str, ids: list[str]) -> None:
    with pytest.raises(Ambiguous) as refusal:
        found(reference)
    assert all(content_id in str(refusal.value) for content_id in ids)


def test_an_empty_library_has_nothing() -> None:
    with pytest.raises(NotFound):
        find_row([], "abcd2345")


@given(DOINGS)
def test_a_row_tells_of_the_main_branch(doings: list[tuple[str, int, int]]) -> None:
    content = lived(doings).content
    for branch in content.branches:
        row = row_of(with_main(content, branch.id, minute(900)))
        draft = content.draft(branch.id)
        assert (row.version, row.words) == ((draft.number, draft.words) if draft else (None, 0))
        assert row.branches == len(content.branches)
        is_another = branch.id != content.main
        assert row.updated_at == (minute(900) if is_another else content.updated_at)


def test_a_new_content_has_a_row_without_a_version() -> None:
    content = blank_content()
    expected = ContentRow(
        id=content.id,
        title="Why we left",
        kind="post",
        status=Status.DRAFT,
        created_at=content.created_at,
        updated_at=content.updated_at,
        version=None,
        words=0,
        approved_version=None,
        branches=1,
    )
    assert row_of(content) == expected


def test_a_row_tells_the_approved_version_beside_the_newest() -> None:
    library = Library(blank_content())
    library.write(MAIN, "One.", TurnKind.GENERATE)
    library.content = approved(library.content, 1, library.tick())
    library.write(MAIN, "Two words.")
    row = row_of(library.content)
    assert (row.approved_version, row.version, row.words, row.status) == (1, 2, 2, Status.DRAFT)


@pytest.mark.parametrize(
    ("state", "has_failed"),
    [
        (TurnState.FINISHED, False),
        (TurnState.STOPPED, False),
        (TurnState.FAILED, True),
        (TurnState.INTERRUPTED, True),
    ],
)
def test_a_row_tells_a_failed_last_turn(state: TurnState, has_failed: bool) -> None:
    library = Library(blank_content())
    library.write(MAIN, "One.", state=state)
    assert row_of(library.content).has_failed is has_failed
    library.begin(MAIN, TurnKind.REVISE)
    assert row_of(library.content).has_failed is False


def test_a_row_tells_the_newest_step_and_whose_it_is() -> None:
    steps = [UndoStep("rename", minute(n), by=Person("", f"p{n}", "desk")) for n in range(3)]
    row = row_of(replace(blank_content(), undo=tuple(steps)))
    assert (row.undo_at, row.undo_author) == (minute(2), "p2@desk")


# -- changes -------------------------------------------------------------------------------------

IDS = st.sampled_from([row.id for row in ROWS])
SOME_ROWS = st.builds(
    lambda row, number: replace(row, updated_at=minute(number), words=number % 3),
    st.sampled_from(ROWS),
    st.integers(0, 4),
)
CHANGES = st.one_of(
    st.builds(RowsChanged, st.lists(SOME_ROWS, max_size=4).map(tuple)),
    st.builds(RowsRemoved, st.frozensets(IDS, max_size=3)),
    st.builds(ProblemsChanged, st.lists(st.sampled_from(["full", "gone"])).map(tuple)),
    st.sampled_from([LibraryLost("gone"), LibraryBack(), StartAgain()]),
)


@given(st.lists(CHANGES, max_size=8))
def test_a_list_that_follows_every_change_has_all_rows_the_last_changed_first(
    changes: list[CatalogChange],
) -> None:
    catalog, rows, problems = Catalog(()), dict[ContentId, ContentRow](), tuple[str, ...]()
    for change in changes:
        if isinstance(change, RowsChanged):
            rows |= {row.id: row for row in change.rows}
        elif isinstance(change, RowsRemoved):
            rows = {key: row for key, row in rows.items() if key not in change.ids}
        elif isinstance(change, ProblemsChanged):
            problems = change.problems
        catalog = applied(catalog, change)
        newest = sorted(rows.values(), key=lambda row: (row.updated_at, row.id), reverse=True)
        assert catalog == Catalog(tuple(newest), problems)
        again = applied(catalog, change)
        ids = [row.id for row in change.rows] if isinstance(change, RowsChanged) else []
        assert again is catalog or len(set(ids)) < len(ids)
        assert again == catalog
