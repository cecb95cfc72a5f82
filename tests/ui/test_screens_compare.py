"""Drafts in columns: what stands beside what, and a text put together from them."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
from textual.events import Click, MouseUp

from tests.support.hanging import HANGS
from tests.ui.screens_host import Host, a_content, answers, until
from tui.domain.content import Content
from tui.domain.ids import BranchId
from tui.domain.lineup import Lineup, lined_up
from tui.screens import compare, compare_layout
from tui.screens.compare import Combined, CompareScreen, ForkFrom, MakeMain
from tui.widgets.page import Page

MAIN = "# Why\n\nThe bill fell by half that month and stayed.\n\nThe end of it."
SPICY = "# Why\n\nThe bill fell by a third that month and stayed.\n\nMore of it.\n\nThe end of it."
CALM = "# Why\n\nSomething only here.\n\nThe end of it."
NAMES = ("b1", "b2", "b3")


def content() -> Content:
    made = a_content(MAIN, SPICY, CALM)
    first = made.branches[0]
    others = [
        replace(first, id=BranchId(name), name=called, turns=())
        for name, called in (("b2", "spicier"), ("b3", "calmer"))
    ]
    versions = [
        replace(version, branch=BranchId(name))
        for version, name in zip(made.versions, NAMES, strict=True)
    ]
    return replace(made, branches=(first, *others), versions=tuple(versions))


def comparing(*names: str) -> Host:
    chosen = [BranchId(name) for name in names or NAMES]
    return Host(lambda: CompareScreen(content(), chosen))


def row(app: Host, *texts: str) -> bool:
    """Whether one row of the screen has all these texts."""
    return any(all(text in line for text in texts) for line in app.shown.split("\n"))


async def test_paragraphs_that_say_the_same_stand_beside_each_other() -> None:
    app = comparing()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: row(app, "▸ main ★ · v1", "spicier · v2", "calmer · v3"))
        assert row(app, "The bill fell by half", "The bill fell by a third")
        assert row(app, "+ More of it.")
        assert not row(app, "+ The end")
        assert app.shown.count("The end of it.") == 3


async def test_on_a_narrow_terminal_two_drafts_are_shown_at_a_time() -> None:
    app = comparing()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: row(app, "▸ main ★", "spicier") and "calmer" not in app.shown)
        await pilot.press("tab", "tab")
        await until(pilot, lambda: row(app, "spicier", "▸ calmer") and "main ★" not in app.shown)
        await pilot.press("tab")
        await until(pilot, lambda: row(app, "▸ main ★", "spicier"))
        await pilot.press("shift+tab")
        await until(pilot, lambda: row(app, "▸ calmer"))


async def test_the_columns_stay_where_they_are_when_something_is_chosen() -> None:
    app = comparing("b1", "b2")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: row(app, "▸ main ★ · v1 · 14 words", "spicier · v2 · 18 words"))
        body = app.screen.query_one("#compare-body")
        before = body.region
        await pilot.press("space")
        await until(pilot, lambda: row(app, "enter New text", "space Choose", "esc Back"))
        await pilot.press("k")
        await until(pilot, lambda: row(app, "space Leave out", "ctrl+s Save", "esc Back"))
        assert body.region == before


async def test_keys_are_answered_while_the_drafts_are_lined_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = threading.Event()

    def held(texts: Sequence[str]) -> Lineup:
        go_on.wait(HANGS)
        return lined_up(texts)

    monkeypatch.setattr(compare, "lined_up", held)
    app = comparing()
    try:
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await until(pilot, lambda: "comparing…" in app.shown)
            await pilot.press("l", "space", "A", "j", "enter")
            await until(pilot, lambda: "Nothing is chosen yet." in app.shown)
            assert "The bill" not in app.shown
            go_on.set()
            await until(pilot, lambda: row(app, "▸ main ★ · v1", "spicier · v2", "calmer · v3"))
            await until(pilot, lambda: "3 branches" in app.shown and "The bill" in app.shown)
    finally:
        go_on.set()


async def test_the_cursor_moves_without_the_drafts_being_laid_out_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[compare_layout.CompareView] = []

    def noted(lineup: Lineup, view: compare_layout.CompareView, width: int) -> Page:
        made.append(view)
        return compare_layout.lay_out(lineup, view, width)

    monkeypatch.setattr(compare, "lay_out", noted)
    app = comparing()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: row(app, "▸ main ★ · v1"))
        made.clear()
        await pilot.press("j", "l")
        await until(pilot, lambda: row(app, "▸ spicier"))
        assert made == []
        await pilot.press("space")
        await until(pilot, lambda: "1 paragraph chosen" in app.shown)
        assert len(made) == 1


async def test_beside_a_paragraph_of_one_draft_stands_what_only_another_one_has() -> None:
    app = comparing()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: row(app, "The bill fell", "+ Something only here."))
        assert row(app, "# Why", "# Why", "# Why")
        assert row(app, "The end of it.", "The end of it.", "The end of it.")
        last = max(n for n, line in enumerate(app.shown.split("\n")) if "The end of it." in line)
        between = app.shown.split("\n")[2 : last + 1]
        assert all(line.count("│") == 2 for line in between)
        await pilot.press("j", "l", "l")
        await until(pilot, lambda: row(app, "▸ calmer"))
        await pilot.press("space")
        await until(pilot, lambda: row(app, "The bill fell", "■ Something only here."))


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_a_text_is_put_together_from_paragraphs_of_any_draft(size: tuple[int, int]) -> None:
    app = comparing()
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: "space Choose" in app.shown)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Choose paragraphs first." in app.shown)
        await pilot.press("space", "l", "space", "l", "space")
        await until(pilot, lambda: "3 paragraphs chosen" in app.shown)
        if size[0] >= 160:
            assert app.shown.count("Something only here.") == 2
        await pilot.press("enter")
        await until(pilot, lambda: "The new text, to be saved on “main”" in app.shown)
        assert "enter The drafts" in app.shown
        assert "▸" not in app.shown
        await pilot.press("escape")
        await until(pilot, lambda: "enter The new text" in app.shown or "enter New" in app.shown)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.results)
    text = (
        "# Why\n\nThe bill fell by a third that month and stayed.\n\nSomething only here."
        if size[0] >= 120
        else app.results[0].text
    )
    assert app.results == [Combined(text, (1, 2, 3))]


@pytest.mark.parametrize(
    ("keys", "there"),
    [
        (("G", "k"), "The bill fell by half that month and stayed."),
        (("G", "g"), "# Why"),
        (("G", "pageup"), "# Why"),
        (("pagedown",), "The end of it."),
    ],
)
async def test_each_key_leads_to_its_paragraph(keys: tuple[str, ...], there: str) -> None:
    app = comparing()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "space Choose" in app.shown)
        await pilot.press(*keys, "space", "ctrl+s")
        await until(pilot, lambda: app.results == [Combined(there, (1,))])


async def test_a_whole_draft_is_taken_and_left_out_again() -> None:
    app = comparing("b1", "b2")
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "space Choose" in app.shown)
        await pilot.press("l", "A")
        await until(pilot, lambda: "4 paragraphs chosen" in app.shown)
        await pilot.press("A")
        await until(pilot, lambda: "2 branches" in app.shown)
        await pilot.press("A", "j", "space")
        await until(pilot, lambda: "3 paragraphs chosen" in app.shown)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.results)
    assert app.results[0].text == SPICY.replace(
        "The bill fell by a third that month and stayed.\n\n", ""
    )


async def test_what_was_chosen_is_not_dropped_without_a_question() -> None:
    app = comparing()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "space Choose" in app.shown)
        await pilot.press("space", "escape")
        await until(pilot, lambda: "Leave without saving the new text?" in app.shown)
        await answers(pilot, "k")
        await until(pilot, lambda: "1 paragraph chosen" in app.shown)
        await pilot.press("q")
        await until(pilot, lambda: "Leave without saving" in app.shown)
        await answers(pilot, "l")
        await until(pilot, lambda: app.results == [None])


async def test_the_branch_under_the_cursor_becomes_main_or_is_forked() -> None:
    app = comparing()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: "* Make main" in app.shown)
        await pilot.press("asterisk")
        await until(pilot, lambda: "This is the main branch already." in app.shown)
        await pilot.press("l", "asterisk")
        await until(pilot, lambda: app.results == [MakeMain(BranchId("b2"))])
    app = comparing()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "f Fork" in app.shown)
        await pilot.press("h", "f")
        await until(pilot, lambda: app.results == [ForkFrom(BranchId("b3"))])


async def test_a_click_goes_to_a_paragraph_and_a_drag_only_selects() -> None:
    app = comparing()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: row(app, "▸ main ★ · v1"))
        lines = app.shown.split("\n")
        (y,) = (n for n, line in enumerate(lines) if "Something only here." in line)
        x = lines[y].index("Something")
        await pilot.click(offset=(x + 3, y))
        await until(pilot, lambda: row(app, "▸ calmer"))
        await pilot.press("space")
        await until(pilot, lambda: row(app, "■ Something only here."))
        await pilot.mouse_down(offset=(5, y))
        await pilot.hover(offset=(15, y))
        await pilot._post_mouse_events([MouseUp, Click], offset=(15, y), button=1)
        assert app.screen.get_selected_text()
        assert row(app, "▸ calmer")
