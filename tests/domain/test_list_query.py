"""Which rows a list shows, in what order, and what keeps its place meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.age import age
from tui.domain.catalog import ContentRow
from tui.domain.ids import ContentId
from tui.domain.list_query import ListQuery, Sort, kept_order, listed, no_match, parse_query
from tui.domain.status import Status

START = datetime(2026, 3, 1, tzinfo=UTC)


def a_row(
    name: str,
    title: str = "",
    kind: str = "post",
    status: Status = Status.DRAFT,
    tags: tuple[str, ...] = (),
    minute: int = 0,
) -> ContentRow:
    at = START + timedelta(minutes=minute)
    return ContentRow(
        ContentId(name), title or name, kind, status, START, at, 1, 700, None, 1, tags=tags
    )


ROWS = (
    a_row("left", "Why we LEFT Kubernetes", "post", Status.REVIEW, ("ops",), minute=1),
    a_row("wait", "On waiting", "talk", Status.REVIEW, minute=5),
    a_row("news", "Newsletter 12", "newsletter", Status.PUBLISHED, ("ops", "Weekly"), minute=3),
    a_row("old", "An old talk on waiting", "talk", Status.ARCHIVED, minute=9),
    a_row("draft", "Straße", "long read", Status.DRAFT, minute=2),
    a_row("cafe", "Café nai\u0308ve", "note", Status.DRAFT, minute=0),
)


def ids(rows: tuple[ContentRow, ...]) -> list[str]:
    return [str(row.id) for row in rows]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["wait", "news", "draft", "left", "cafe", "old"]),
        ("  WAITING ", ["wait", "old"]),
        ("kubernetes why", ["left"]),
        ("weekly", ["news"]),
        ("ops", ["news", "left"]),
        ("#ops", ["news", "left"]),
        ("#OP", ["news", "left"]),
        ("kube #op", ["left"]),
        ("#ops #week", ["news"]),
        ("#eek", []),
        ("#", ["news", "left"]),
        ("strasse", ["draft"]),
        ("cafe NAIVE", ["cafe"]),
        ("cafe\u0301 naïve", ["cafe"]),
        ("review", ["wait", "left"]),
        ("status:review", ["wait", "left"]),
        ("status:rev kind:TALK waiting", ["wait"]),
        ("Status:archived", ["old"]),
        ("kind:talk", ["wait", "old"]),
        ('kind:"long r', ["draft"]),
        ('kind:"long read" str', ["draft"]),
        ("status:a", ["wait", "news", "draft", "left", "cafe", "old"]),
        ("status:", ["wait", "news", "draft", "left", "cafe", "old"]),
        ("status:later", []),
        ("sort:title", ["cafe", "news", "wait", "draft", "left", "old"]),
        ("sort:status", ["draft", "cafe", "wait", "left", "news", "old"]),
        ("waiting nothing", []),
        ("mystatus:review", []),
    ],
)
def test_what_is_typed_decides_which_rows_are_listed(typed: str, found: list[str]) -> None:
    assert ids(listed(ROWS, parse_query(typed))) == found


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("foo  bar", "No match for “foo bar”."),
        ("foo status:review", "No match for “foo” among pieces in review."),
        ("#foo", "No match for “#foo”."),
        ("foo kind:talk", "No match for “foo” among pieces of kind “talk”."),
        ("foo kind:talk status:d", "No match for “foo” among drafts of kind “talk”."),
        ("status:approved", "No approved pieces."),
        ("kind:talk", "No pieces of kind “talk”."),
        ("status:later", "No match for “status:later”."),
        ("", "No pieces yet."),
    ],
)
def test_an_empty_list_says_what_was_looked_for(typed: str, sentence: str) -> None:
    assert no_match(parse_query(typed)) == sentence


a_query = st.builds(
    ListQuery,
    st.sampled_from(["", "a", "on wait", "OPS", "zzz"]),
    st.none() | st.sampled_from(Status),
    st.none() | st.sampled_from(["talk", "Post"]),
    st.sampled_from(Sort),
)
some_rows = st.lists(
    st.builds(
        a_row,
        st.sampled_from([f"id{number}" for number in range(30)]),
        st.sampled_from(["On waiting", "AB", "z"]),
        st.sampled_from(["post", "talk"]),
        st.sampled_from(Status),
        st.sampled_from([(), ("ops",)]),
        st.integers(0, 9),
    ),
    max_size=20,
    unique_by=lambda row: row.id,
)


@given(some_rows, a_query, st.randoms())
def test_rows_fit_whatever_the_order_they_come_in(
    rows: list[ContentRow], query: ListQuery, chance: object
) -> None:
    found = listed(rows, query)
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert listed(shuffled, query) == found
    for row in rows:
        text = f"{row.title} {row.kind} {row.status} {' '.join(row.tags)}".lower()
        fits = (
            all(word in text for word in query.text.lower().split())
            and query.status in (None, row.status)
            and (query.kind or row.kind).lower() == row.kind
        )
        assert (row in found) is fits
    are_archived = [row.status is Status.ARCHIVED for row in found]
    assert are_archived == sorted(are_archived)
    awake = [row for row in found if row.status is not Status.ARCHIVED]
    orders: dict[Sort, list[Any]] = {
        Sort.RECENT: [-row.updated_at.timestamp() for row in awake],
        Sort.TITLE: [row.title.lower() for row in awake],
        Sort.STATUS: [list(Status).index(row.status) for row in awake],
    }
    assert orders[query.sort] == sorted(orders[query.sort])


@given(some_rows, some_rows)
def test_while_hands_are_busy_no_row_that_stays_passes_another(
    before: list[ContentRow], after: list[ContentRow]
) -> None:
    shown = [row.id for row in before]
    kept = kept_order(shown, after)
    assert sorted(kept, key=lambda row: row.id) == sorted(after, key=lambda row: row.id)
    stayed = [row.id for row in kept if row.id in shown]
    assert stayed == [content_id for content_id in shown if content_id in stayed]
    new = [row.id for row in after if row.id not in shown]
    assert [row.id for row in kept][: len(new)] == new


def test_a_row_that_changes_keeps_its_place_and_shows_the_change() -> None:
    shown = [row.id for row in ROWS]
    changed = replace(ROWS[3], title="Renamed", updated_at=START + timedelta(days=9))
    kept = kept_order(shown, (changed, *ROWS[:3], *ROWS[4:]))
    assert [row.id for row in kept] == shown
    assert kept[3].title == "Renamed"
    assert ids(listed(kept, parse_query("renamed"))) == ["old"]


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=13), "13 d"),
        (timedelta(days=14), "2 wk"),
        (timedelta(days=364), "52 wk"),
        (timedelta(days=365), "1 yr"),
        (timedelta(days=1000), "2 yr"),
    ],
)
def test_an_age_is_one_number(ago: timedelta, said: str) -> None:
    assert age(START, START + ago) == said
