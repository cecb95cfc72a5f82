"""Texts that are read full screen: pager keys, and selecting with the mouse."""

from __future__ import annotations

import pytest
from textual.binding import Binding
from textual.color import Color

from tests.ui.screens_host import Host, a_content, until
from tui.screens.approve import ApproveScreen
from tui.screens.diff import DiffScreen
from tui.themes.palettes import DARK, LIGHT
from tui.widgets.contrast import contrast
from tui.widgets.page import Page
from tui.widgets.reader import Reader

LONG = "It's a long line that has to be wrapped, " * 5 + "and ends  here."
TEXT = f"# Head\n\n{LONG}\n\tindented\n" + "x" * 200 + "\n\nlast line"


def approving(text: str = TEXT) -> Host:
    content = a_content("before", text)
    app = Host(lambda: ApproveScreen(content, content.version(2)))
    app.register_theme(DARK)
    app.register_theme(LIGHT)
    return app


def spot(app: Host, text: str) -> tuple[int, int]:
    """Where a text is in the reader: its second character."""
    region = reader(app).region
    for y, row in enumerate(app.shown.split("\n")[region.y : region.bottom]):
        if text in row[region.x :]:
            return row.index(text) + 1 - region.x, y
    pytest.fail(f"{text} is not on the screen")


def reader(app: Host) -> Reader:
    return app.screen.query_one(Reader)


async def test_it_pages_as_less_does() -> None:
    app = approving("\n".join(f"row {n}" for n in range(100)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "row 1" in app.shown)
        page = reader(app).size.height - 2
        for key, top in [
            ("space", page),
            ("space", 2 * page),
            ("b", page),
            ("j", page + 1),
            ("k", page),
            ("k", page - 1),
            ("G", 100 - page - 2),
            ("g", 0),
        ]:
            await pilot.press(key)
            assert reader(app).scroll_y == top, key


def test_its_keys_can_be_remapped() -> None:
    ids = [binding.id for binding in Reader.BINDINGS if isinstance(binding, Binding)]
    assert ids == [
        f"reader.{name}" for name in ("down", "up", "page_down", "page_up", "top", "end")
    ]


@pytest.mark.parametrize("width", [60, 120])
async def test_everything_is_copied_exactly(width: int) -> None:
    app = approving()
    async with app.run_test(size=(width, 40)) as pilot:
        await until(pilot, lambda: "last line" in app.shown)
        await pilot.click(Reader, offset=spot(app, "Head"), times=4)
        assert app.screen.get_selected_text() == TEXT.replace("\t", "    ")


@pytest.mark.parametrize(
    ("text", "times", "selected"),
    [
        ("It's", 2, "It's"),
        ("here.", 2, "here"),
        ("has to", 3, LONG),
        ("here.", 3, LONG),
        ("xxx", 2, "x" * 200),
        ("last", 3, "last line"),
    ],
)
async def test_clicks_select_words_and_lines(text: str, times: int, selected: str) -> None:
    app = approving()
    async with app.run_test(size=(60, 40)) as pilot:
        await until(pilot, lambda: "last line" in app.shown)
        await pilot.click(Reader, offset=spot(app, text), times=times)
        assert app.screen.get_selected_text() == selected


async def test_a_stretch_is_selected_by_dragging() -> None:
    app = approving()
    async with app.run_test(size=(60, 40)) as pilot:
        await until(pilot, lambda: "last line" in app.shown)
        x, y = spot(app, "Head")
        await pilot.mouse_down(Reader, offset=(x - 1, y))
        await pilot.hover(Reader, offset=(spot(app, "wrapped")[0] + 5, spot(app, "wrapped")[1]))
        await pilot.mouse_up(Reader, offset=(spot(app, "wrapped")[0] + 5, spot(app, "wrapped")[1]))
        assert app.screen.get_selected_text() == "Head\n\nIt's a long line that has to be wrapped"
        await pilot.resize_terminal(100, 40)
        await until(pilot, lambda: app.screen.get_selected_text() is None)


ONE = "# T\n\nThe quick brown fox. " + "Same words again. " * 8 + "\n\nGone line.\n"
TWO = "# T\n\nThe slow  brown fox. " + "Same words again. " * 8 + "\n"


async def test_a_unified_diff_is_copied_without_its_gutter() -> None:
    app = Host(lambda: DiffScreen(a_content(ONE, TWO), 2))
    async with app.run_test(size=(60, 40)) as pilot:
        await until(pilot, lambda: "Gone line." in app.shown)
        await pilot.click(Reader, offset=spot(app, "Gone"), times=3)
        assert app.screen.get_selected_text() == "Gone line."
        await pilot.click(Reader, offset=spot(app, "again"), times=3)
        text = app.screen.get_selected_text()
        assert text is not None
        assert text.endswith(("Same words again. " * 8).strip())
        assert text.startswith("The quick")


@pytest.mark.parametrize(("word", "text"), [("quick", ONE), ("slow", TWO)])
async def test_of_two_texts_side_by_side_only_the_clicked_one_is_selected(
    word: str, text: str
) -> None:
    app = Host(lambda: DiffScreen(a_content(ONE, TWO), 2))
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: "Gone line." in app.shown)
        await pilot.click(Reader, offset=spot(app, word), times=2)
        assert app.screen.get_selected_text() == word
        await pilot.click(Reader, offset=spot(app, word), times=3)
        assert app.screen.get_selected_text() == text.split("\n")[2].rstrip()


def test_rows_without_parts_are_one_paragraph_per_line() -> None:
    page = Page([(("  Label  one", ""),), (("         two", ""),), (("next", ""),)], [0, 0, 1])
    parts = [page.part(row, 0) for row in range(3)]
    assert [part and (part.start, part.text, part.join) for part in parts] == [
        (0, "  Label  one", " "),
        (9, "two", "\n"),
        (0, "next", "\n"),
    ]


@pytest.mark.parametrize("theme", ["redraft-dark", "redraft-light", "textual-dark"])
async def test_selected_text_can_be_read(theme: str) -> None:
    app = approving()
    async with app.run_test(size=(60, 40)) as pilot:
        app.theme = theme
        await until(pilot, lambda: "last line" in app.shown)
        _, y = spot(app, "has to be")
        grounds = {segment.style.bgcolor for segment in reader(app).render_line(y) if segment.style}
        await pilot.click(Reader, offset=spot(app, "has to be"), times=3)
        await pilot.pause()
        selected = [
            segment
            for segment in reader(app).render_line(y)
            if segment.style and segment.style.bgcolor not in grounds
        ]
        assert len("".join(segment.text for segment in selected)) > 40
        for segment in selected:
            assert segment.style is not None
            assert segment.style.color is not None
            assert segment.style.bgcolor is not None
            pair = map(Color.from_rich_color, (segment.style.color, segment.style.bgcolor))
            assert contrast(*pair) >= 4.5


@pytest.mark.parametrize("theme", ["redraft-dark", "redraft-light"])
async def test_what_stands_beside_a_title_is_quieter_than_the_title(theme: str) -> None:
    app = approving()
    app.theme = theme
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "ctrl+s Approve" in app.shown)
        strips = app.screen._compositor.render_strips()
        drawn = {}
        for segment in (segment for strip in strips for segment in strip):
            if segment.style and segment.style.color and segment.style.bgcolor:
                pair = segment.style.color, segment.style.bgcolor
                drawn[segment.text.strip()] = contrast(*map(Color.from_rich_color, pair))
        (facts,) = (level for text, level in drawn.items() if text.startswith("v2 · "))
        assert facts < drawn["Why we left"]
        assert drawn["Approve"] <= drawn["Why we left"]
