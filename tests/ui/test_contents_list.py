"""The list of contents by itself: rows, cursor, mouse, and what it says of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip

from tui.domain.catalog import ContentRow
from tui.domain.ids import ContentId
from tui.domain.status import Status
from tui.themes.palettes import DARK, LIGHT, VARIABLES
from tui.widgets.badges import MARKS, STATUS_MARKS
from tui.widgets.content_row import ListedContent, row_parts
from tui.widgets.contents import ContentList, Listing
from tui.widgets.text import middle_cut

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HEIGHT = 12


def an_id(number: int) -> ContentId:
    return ContentId(f"c{number}")


def a_row(number: int, title: str = "", status: Status = Status.DRAFT) -> ContentRow:
    at = NOW - timedelta(hours=number)
    title = title or f"Piece {number}"
    return ContentRow(an_id(number), title, "post", status, at, at, 1, 701, None, 1)


def rows(*numbers: int) -> tuple[ContentRow, ...]:
    return tuple(a_row(number) for number in numbers)


class Lists(App[None]):
    """A list and what it said."""

    CSS = f"ContentList {{ width: 100%; height: {HEIGHT}; }}"

    def __init__(self, listing: Listing) -> None:
        super().__init__()
        self._first = listing
        self.said: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield ContentList()

    def on_mount(self) -> None:
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self.pane.listing = self._first

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(VARIABLES)

    @property
    def pane(self) -> ContentList:
        return self.query_one(ContentList)

    def current(self) -> ContentId | None:
        return self.pane.current

    @property
    def strips(self) -> Sequence[Strip]:
        return self.screen._compositor.render_strips()[:HEIGHT]

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.strips]

    @property
    def top(self) -> float:
        return self.pane.scroll_y

    def ground(self, line: int) -> Style | None:
        """Return the background of a line's title."""
        segments = [segment for segment in self.strips[line] if "Piece" in segment.text]
        return Style(bgcolor=segments[0].style.bgcolor) if segments and segments[0].style else None

    def on_content_list_cursor_moved(self, event: ContentList.CursorMoved) -> None:
        self.said.append(("looked", event.content_id))

    def on_content_list_opened(self, event: ContentList.Opened) -> None:
        self.said.append(("opened", event.content_id))


@asynccontextmanager
async def a_list(listing: Listing, width: int = 30) -> AsyncIterator[tuple[Lists, Pilot[None]]]:
    app = Lists(listing)
    async with app.run_test(size=(width, HEIGHT + 3)) as pilot:
        app.pane.focus()
        await pilot.pause()
        yield app, pilot


async def test_ten_thousand_rows_are_all_reached_by_keys() -> None:
    async with a_list(Listing(rows(*range(10_000)), an_id(0))) as (app, pilot):
        assert app.lines[0].split() == ["Piece", "0", "✎"]
        await pilot.press("j", "down", "k")
        assert app.said == [("looked", "c1"), ("looked", "c2"), ("looked", "c1")]
        await pilot.press("pagedown")
        assert app.current() == an_id(12)
        await pilot.press("G")
        assert app.current() == an_id(9999)
        assert app.lines[-1].split()[:2] == ["Piece", "9999"]
        app.said.clear()
        await pilot.press("pagedown", "j", "down")
        assert app.current() == an_id(9999), "the list has ends, and opens nothing beyond them"
        assert app.said == []
        await pilot.press("k", "pageup", "home", "end", "g", "pageup", "k", "up")
        assert app.current() == an_id(0)
        assert app.lines[0].split()[:2] == ["Piece", "0"]
        app.said.clear()
        await pilot.press("enter")
        assert app.said == [("opened", "c0")]


async def test_a_row_that_moves_in_the_list_stays_where_it_is_on_the_screen() -> None:
    async with a_list(Listing(rows(*range(100)), an_id(0))) as (app, pilot):
        for _ in range(50):
            app.pane.action_move(1)
        app.pane.listing = replace(app.pane.listing, current=an_id(50))
        await pilot.press("k", "k")
        line = app.lines.index(" " * 2 + "Piece 48                  ✎")
        app.pane.listing = Listing(rows(200, 201, 202, *range(100)), an_id(50))
        await pilot.pause()
        assert app.lines[line].split()[:2] == ["Piece", "48"]
        app.pane.listing = Listing(rows(*range(20, 100)), an_id(50))
        await pilot.pause()
        assert app.lines[line].split()[:2] == ["Piece", "48"]
        assert app.current() == an_id(48)


async def test_the_cursor_goes_where_the_screen_went_and_nowhere_when_not_listed() -> None:
    async with a_list(Listing(rows(*range(100)), an_id(3))) as (app, pilot):
        assert app.current() == an_id(3)
        app.pane.listing = replace(app.pane.listing, current=an_id(90))
        await pilot.pause()
        assert app.current() == an_id(90)
        assert any("Piece 90" in line for line in app.lines)
        app.pane.listing = Listing(rows(1, 2, 3), an_id(90))
        await pilot.pause()
        assert app.current() is None
        assert len({str(app.ground(line)) for line in range(3)}) == 1
        await pilot.press("enter")
        assert app.said == []
        await pilot.press("j")
        assert app.said == [("looked", "c1")]
        app.pane.listing = Listing(rows(2, 1), an_id(90))
        await pilot.pause()
        assert app.current() == an_id(1)


async def test_nothing_found_is_said_in_words_and_harms_nothing() -> None:
    words = "No match for “a rather long search for [b]something[/b]”."
    async with a_list(Listing((), an_id(1), words), width=24) as (app, pilot):
        assert " ".join(" ".join(app.lines).split()) == words
        await pilot.press("j", "G", "enter", "pagedown", "g")
        await pilot.click(ContentList, offset=(2, 1))
        assert app.said == []


async def test_a_click_looks_a_double_click_opens_and_the_wheel_scrolls() -> None:
    async with a_list(Listing(rows(*range(100)), an_id(0))) as (app, pilot):
        await pilot.click(ContentList, offset=(5, 4))
        assert app.said == [("looked", "c4")]
        app.pane.listing = replace(app.pane.listing, current=an_id(4))
        app.pane.scroll_to(y=30, animate=False, immediate=True)
        await pilot.pause()
        await pilot.click(ContentList, offset=(5, 2), times=2)
        assert app.said == [("looked", "c4"), ("looked", "c32"), ("opened", "c32")]
        assert app.top == 30


async def test_the_row_under_the_mouse_is_pointed_out() -> None:
    async with a_list(Listing(rows(*range(100)), an_id(0))) as (app, pilot):
        plain = app.ground(5)
        await pilot.hover(ContentList, offset=(3, 5))
        assert app.ground(5) != plain
        assert app.ground(6) == plain
        await pilot.hover(ContentList, offset=(3, 6))
        assert app.ground(5) == plain
        assert app.ground(6) != plain
        app.pane.scroll_to(y=3, animate=False, immediate=True)
        await pilot.pause()
        assert app.ground(6) != plain
        await pilot.hover(offset=(3, HEIGHT + 1))
        assert app.ground(6) == plain


@given(
    st.text(max_size=60),
    st.integers(8, 90),
    st.sampled_from(Status),
    st.booleans(),
    st.none() | st.just(NOW),
    st.integers(0, 10**7),
    st.lists(st.sampled_from(["ops", "日本", "a\nb", "\x1b[1m", "x" * 99]), max_size=4).map(tuple),
)
def test_a_row_is_as_wide_as_its_pane(
    title: str,
    width: int,
    status: Status,
    has_news: bool,
    now: datetime | None,
    words: int,
    tags: tuple[str, ...],
) -> None:
    row = replace(a_row(3, title, status), words=words, tags=tags)
    parts = row_parts(ListedContent(row, has_news=has_news), width, now)
    text = "".join(part for part, _tone in parts)
    assert cell_len(text) == width
    assert "\n" not in text
    assert "\x1b" not in text
    assert text.endswith(f" {STATUS_MARKS[status].symbol}")
    assert text.startswith("● " if has_news else "  ")


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (17, "● Newsle…ril 12 ✎"),
        (31, "● Newsletter of…ing, April 12 ✎"),
        (32, "● Newsletter…, April 12    3 h ✎"),
        (43, "● Newsletter o…ng, April 12    3 h  701 w ✎"),
    ],
)
def test_what_a_row_tells_at_a_width(width: int, line: str) -> None:
    content = ListedContent(a_row(3, "Newsletter of Spring, April 12"), has_news=True)
    assert "".join(part for part, _tone in row_parts(content, width, NOW)) == line


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (15, "  Letter" + " " * 6 + "✎"),
        (16, "  Letter  #ops ✎"),
        (21, "  Letter       #ops ✎"),
        (22, "  Letter  #ops #late ✎"),
        (30, "  Letter  #ops #late #weekly ✎"),
        (43, "  Letter         #ops #late    3 h  701 w ✎"),
    ],
)
def test_tags_stand_in_the_room_that_a_title_leaves(width: int, line: str) -> None:
    row = replace(a_row(3, "Letter"), tags=("ops", "late", "weekly"))
    assert "".join(part for part, _tone in row_parts(ListedContent(row), width, NOW)) == line


@pytest.mark.parametrize(
    ("content", "mark"),
    [
        (ListedContent(a_row(1, status=Status.REVIEW)), "◎"),
        (ListedContent(replace(a_row(1), has_failed=True)), "!"),
        (ListedContent(replace(a_row(1), has_failed=True, needs="1.4")), "⌀"),
        (ListedContent(replace(a_row(1), needs="1.4"), is_writing=True), "⠿"),
        (ListedContent(a_row(1), is_writing=True, needs_you=True), "?"),
    ],
)
def test_the_most_urgent_mark_is_shown_and_explained(content: ListedContent, mark: str) -> None:
    shown = row_parts(content, 30, NOW)[-1][0]
    assert shown == mark
    assert [known.meaning for known in MARKS if known.symbol == shown]


@given(st.text(max_size=80), st.integers(0, 40))
def test_a_title_is_cut_in_its_middle_and_never_too_wide(text: str, width: int) -> None:
    cut = middle_cut(text, width)
    assert cell_len(cut) <= width
    whole = middle_cut(text, 1000)
    if cut != whole and width >= 5:
        head, _, tail = cut.rpartition("…") if cut.count("…") == 1 else ("", "", "")
        assert whole.startswith(head)
        assert whole.endswith(tail)


def test_titles_that_begin_alike_are_told_apart() -> None:
    assert middle_cut("A very long title that ends in One", 16) == "A very l…in One"
    assert middle_cut("日本語のとても長いタイトルその一", 11) == "日本語…の一"
    assert middle_cut("x" * 5000 + "end", 9) == "xxxx…xend"
