"""Comparing versions."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.ui.screens_host import Host, a_content, until
from tui.domain.diff import DiffKind, compare
from tui.domain.ids import BranchId
from tui.screens.diff import DiffScreen
from tui.screens.diff_layout import side_by_side, unified
from tui.widgets.reader import Reader

ONE = "# T\n\nThe quick brown fox.\n\nGone line.\n"
TWO = "# T\n\nThe slow brown fox.\n"
THREE = TWO + "\nA new line.\n"


def _screen(app: Host) -> DiffScreen:
    assert isinstance(app.screen, DiffScreen)
    return app.screen


async def test_a_version_is_compared_with_the_one_before() -> None:
    app = Host(lambda: DiffScreen(a_content(ONE, TWO, THREE), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "+1 −3 words" in app.shown)
        assert "v1 → v2" in app.shown
        assert "by Claude in turn 2" in app.shown
        assert "± The quickslow brown fox." in app.shown
        assert "− Gone line." in app.shown


async def test_the_first_version_is_all_new() -> None:
    app = Host(lambda: DiffScreen(a_content(ONE, TWO), 1))
    async with app.run_test(size=(200, 50)) as pilot:
        await until(pilot, lambda: "v1, the first" in app.shown and "+ Gone line." in app.shown)
        assert "+7 words" in app.shown


async def test_versions_are_stepped_through() -> None:
    app = Host(lambda: DiffScreen(a_content(ONE, TWO, THREE), 2))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "v1 → v2" in app.shown)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "v2 → v3" in app.shown and "+ A new line." in app.shown)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "v3 is the newest version." in app.shown)
        await pilot.press("left_square_bracket", "left_square_bracket")
        await until(pilot, lambda: "v1, the first" in app.shown)
        assert _screen(app).shown_versions == (None, 1)


async def test_versions_of_other_branches_name_them() -> None:
    content = a_content(ONE, TWO, THREE)
    here = content.branches[0]
    there = replace(here, id=BranchId("b2"), name="spicier", turns=())
    versions = (*content.versions[:2], replace(content.versions[2], branch=there.id))
    content = replace(content, branches=(here, there), versions=versions)
    app = Host(lambda: DiffScreen(content, 2, branch=here.id))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "v1 → v2 " in app.shown)
        assert "spicier" not in app.shown
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "v2 → v3 of “spicier” " in app.shown and "Use v3" in app.shown)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "v3 of “spicier” is the" in app.shown)
    app = Host(lambda: DiffScreen(content, 3, branch=there.id))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "v2 of “main” → v3 " in app.shown)


async def test_another_version_can_be_compared_with() -> None:
    app = Host(lambda: DiffScreen(a_content(ONE, TWO, THREE), 3, against=1))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "v1 → v3" in app.shown and "Gone" in app.shown)


async def test_the_same_text_is_said_to_be_the_same() -> None:
    app = Host(lambda: DiffScreen(a_content(ONE, ONE), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "same text" in app.shown)


async def test_wide_terminals_show_side_by_side_and_s_switches() -> None:
    app = Host(lambda: DiffScreen(a_content(ONE, TWO), 2))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "+ The slow brown fox." in app.shown)
        assert "− The quick brown fox." in app.shown
        assert "│" in app.shown
        await pilot.press("s")
        await until(pilot, lambda: "± The quickslow brown fox." in app.shown)
        await pilot.resize_terminal(130, 36)
        await pilot.pause()
        assert "± The quickslow brown fox." in app.shown


async def test_the_view_follows_the_width() -> None:
    app = Host(lambda: DiffScreen(a_content(ONE, TWO), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "± The quickslow" in app.shown)
        await pilot.resize_terminal(140, 36)
        await until(pilot, lambda: "− The quick brown fox." in app.shown)


def _with_changes(*rows: int) -> tuple[str, str]:
    """Two texts of 400 lines that differ in these."""
    lines = [f"line {number} stays as it is" for number in range(400)]
    changed = [f"change at {n}" if n in rows else line for n, line in enumerate(lines)]
    return "\n".join(lines), "\n".join(changed)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_it_opens_at_the_first_change_and_tells_which_one_is_read(
    size: tuple[int, int],
) -> None:
    app = Host(lambda: DiffScreen(a_content(*_with_changes(100, 300, 390)), 2))
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: "change at 100" in app.shown and "change 1 of 3" in app.shown)
        assert "line 98 " in app.shown
        await pilot.press("n")
        await until(pilot, lambda: "change at 300" in app.shown and "change 2 of 3" in app.shown)
        await pilot.press("s")
        await until(pilot, lambda: "change at 300" in app.shown and "change 2 of 3" in app.shown)
        await pilot.press("k", "k")
        await until(pilot, lambda: "change 1 of 3" in app.shown)
        await pilot.press("n", "n")
        await until(pilot, lambda: "change at 390" in app.shown and "change 3 of 3" in app.shown)
        await pilot.press("n")
        await until(pilot, lambda: "No change after" in app.shown)
        await pilot.press("p", "p")
        await until(pilot, lambda: "change at 100" in app.shown and "change 1 of 3" in app.shown)
        await pilot.press("p")
        await until(pilot, lambda: "No change before" in app.shown)
        await pilot.press("g")
        await until(pilot, lambda: " 3 changes " in app.shown and "line 0 " in app.shown)


async def test_changes_on_the_last_page_are_counted_though_it_cannot_scroll() -> None:
    app = Host(lambda: DiffScreen(a_content(*_with_changes(200, 394, 397)), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "change 1 of 3" in app.shown)
        await pilot.press("n", "n")
        await until(pilot, lambda: "change 3 of 3" in app.shown)
        await pilot.press("p")
        await until(pilot, lambda: "change 2 of 3" in app.shown)


async def test_it_stays_at_the_top_when_the_first_change_is_in_sight_there() -> None:
    long, near = _with_changes(10)
    far = long.replace("line 200 ", "LINE 200 ")
    app = Host(lambda: DiffScreen(a_content(long, near, far), 2))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "line 0 " in app.shown and "change at 10" in app.shown)
        await until(pilot, lambda: " 1 change " in app.shown)
        await pilot.press("n")
        await until(pilot, lambda: "There is no other change." in app.shown)
        # Another pair of versions opens at its own first change.
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "line 0 " in app.shown and "change 1 of 2" in app.shown)
        await pilot.press("n", "left_square_bracket")
        await until(pilot, lambda: "v1 → v2" in app.shown and "line 0 " in app.shown)


async def test_when_all_changes_are_on_screen_it_is_said() -> None:
    one, two = "a\n\nb\n\nc", "a\n\nnew\n\nc"
    app = Host(lambda: DiffScreen(a_content(one, two, "new\n\nnew\n\nnew"), 2))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: " 1 change " in app.shown)
        await pilot.press("n")
        await until(pilot, lambda: "The only change is on screen." in app.shown)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: " 2 changes " in app.shown)
        await pilot.press("p")
        await until(pilot, lambda: "All 2 changes are on screen." in app.shown)


async def test_a_long_text_opens_at_its_first_change_too() -> None:
    text = "\n".join(f"sentence {number} of a long text" for number in range(4000))
    app = Host(lambda: DiffScreen(a_content(text, text.replace("ce 2000 ", "ce two ")), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "two of a" in app.shown and " 1 change " in app.shown, 30)
        await pilot.press("g")
        await until(pilot, lambda: "sentence 0 " in app.shown)
        await pilot.resize_terminal(90, 24)
        await pilot.pause()
        assert "sentence 0 " in app.shown


async def test_the_text_that_can_be_used_is_named() -> None:
    app = Host(lambda: DiffScreen(a_content(ONE, TWO, THREE), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "t Use v2" in app.shown)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "t Use v1" in app.shown)
        await pilot.press("t")
        await until(pilot, lambda: app.results == [1])


def test_equal_paragraphs_wrap_the_same_on_both_sides() -> None:
    text = "words that go on and on " * 20
    for width in (116, 117, 118, 119):
        for row in side_by_side(compare(text, text), width).rows:
            left, right = "".join(part for part, _ in row).split(" │ ")
            assert left.rstrip() == right.rstrip()


async def test_a_long_text_is_compared_off_the_loop() -> None:
    text = "\n".join(f"sentence {number} of a long text" for number in range(4000))
    app = Host(lambda: DiffScreen(a_content(text, text.replace("7", "seven")), 2))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.screen.query_one(Reader).page.rows, seconds=30)
        await pilot.press("G")
        await until(pilot, lambda: "sentence 3999" in app.shown)


def test_both_layouts_hold_both_texts() -> None:
    lines = compare(ONE, THREE)
    for lay_out in (unified, side_by_side):
        for width in (20, 40, 120):
            page = lay_out(lines, width)
            for kind in (DiffKind.REMOVED, DiffKind.ADDED):
                told = "".join(s.text for line in lines for s in line.spans if s.kind is kind)
                shown = "".join(text for row in page.rows for text, look in row if look == kind)
                assert "".join(shown.replace("·", "").split()) == "".join(told.split())
            assert len(page.rows) == len(page.lines)
            assert list(page.lines) == sorted(page.lines)
            assert all(cell_len("".join(text for text, _ in row)) <= width for row in page.rows)
