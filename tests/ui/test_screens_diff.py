"""Comparing versions."""

from rich.cells import cell_len

from tests.ui.screens_host import Host, a_content, until
from tui.domain.diff import DiffKind, compare
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


async def test_changes_are_jumped_to() -> None:
    lines = [f"line {number} stays as it is" for number in range(400)]
    changed = list(lines)
    changed[100] = "another thing"
    changed[300] = "more of it"
    app = Host(lambda: DiffScreen(a_content("\n".join(lines), "\n".join(changed)), 2))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "line 0 " in app.shown)
        await pilot.press("n")
        await until(pilot, lambda: "another thing" in app.shown)
        await pilot.press("n")
        await until(pilot, lambda: "more of it" in app.shown)
        await pilot.press("p")
        await until(pilot, lambda: "another thing" in app.shown)
        await pilot.press("p")
        await until(pilot, lambda: "No change before" in app.shown)


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
