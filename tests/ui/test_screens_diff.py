"""Comparing versions."""

import threading
from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.ui.screens_host import Host, a_content, answers, until
from tui.domain.content import Choice, Refusal
from tui.domain.diff import Comparison, compare
from tui.domain.facts import FactChange
from tui.domain.ids import BranchId
from tui.screens import diff
from tui.screens.diff import BringBack, Chosen, DiffScreen
from tui.screens.diff_layout import DiffView, lay_out
from tui.screens.diff_words import compared
from tui.screens.editor import EditorScreen
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


async def test_a_long_name_of_a_branch_leaves_both_versions_named_on_a_narrow_screen() -> None:
    content = a_content(ONE, TWO)
    here = replace(content.branches[0], name="a second try with a very long name")
    there = replace(here, id=BranchId("b2"), turns=())
    versions = (content.versions[0], replace(content.versions[1], branch=there.id))
    content = replace(content, branches=(here, there), versions=versions)
    app = Host(lambda: DiffScreen(content, 2, branch=there.id))
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "+1 −3 words" in app.shown)
        (said,) = [row for row in app.shown.split("\n") if "→" in row]
        assert said.startswith(" v1 of “a sec")
        assert "…” → v2  " in said


async def test_of_the_facts_only_whole_ones_stand_beside_long_names() -> None:
    content = a_content(ONE, TWO)
    name = "for the crew of the ferry boat"
    here = replace(content.branches[0], name=name)
    there = replace(here, id=BranchId("b2"), turns=())
    content = replace(content, branches=(here, there))
    route = "v1 of “for the crew of the fer…” → v2 of “for the crew of the fer…”"
    app = Host(lambda: DiffScreen(content, 2, branch=there.id))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "change 1 of 2" in app.shown)
        said = app.shown.split("\n")[1]
        assert said.rstrip().endswith("change 1 of 2")
        await pilot.resize_terminal(160, 24)
        await until(pilot, lambda: "by Claude in turn 2" in app.shown and route in app.shown)


async def test_keys_are_answered_while_two_texts_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = threading.Event()

    def held(before: str, after: str) -> tuple[Comparison, tuple[FactChange, ...]]:
        go_on.wait(10)
        return compared(before, after)

    monkeypatch.setattr(diff, "compared", held)
    app = Host(lambda: DiffScreen(a_content(ONE, TWO, THREE), 3))
    try:
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await until(pilot, lambda: "comparing…" in app.shown)
            await pilot.press("space", "n", "o", "s", "A", "right_square_bracket")
            await until(pilot, lambda: "v3 is the newest version." in app.shown)
            assert "fox" not in app.shown
            go_on.set()
            await until(pilot, lambda: "A new line." in app.shown and "1 change" in app.shown)
    finally:
        go_on.set()


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
        rows = app.shown.split("\n")
        last = max(number for number, line in enumerate(rows) if "fox." in line)
        assert all("│" in line for line in rows[2 : last + 1])
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


def _with_changes(*blocks: int) -> tuple[str, str]:
    """Two texts of 400 paragraphs that differ in these."""
    old = [f"line {number} stays as it is" for number in range(400)]
    new = [f"change at {n}" if n in blocks else line for n, line in enumerate(old)]
    return "\n\n".join(old), "\n\n".join(new)


async def test_what_is_unchanged_is_folded_and_opens_in_place() -> None:
    app = Host(lambda: DiffScreen(a_content(*_with_changes(100, 300, 390)), 2))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "change at 300" in app.shown and "change 1 of 3" in app.shown)
        assert "line 99 stays" in app.shown
        assert "line 98 stays" not in app.shown
        assert "··· 99 paragraphs ···" in app.shown
        assert "··· 197 paragraphs ···" in app.shown
        await pilot.press("enter")
        await until(pilot, lambda: "line 98 stays" in app.shown)
        assert "··· 99 paragraphs" not in app.shown
        await pilot.press("o")
        await until(pilot, lambda: "Changes only" in app.shown)
        await pilot.press("G")
        await until(pilot, lambda: "line 399 stays" in app.shown)
        await pilot.press("o", "g")
        await until(pilot, lambda: "··· 197 paragraphs ···" in app.shown)
        row = next(n for n, line in enumerate(app.shown.split("\n")) if "··· 197" in line)
        await pilot.click(offset=(10, row))
        await until(pilot, lambda: "··· 197 paragraphs" not in app.shown)
        await pilot.press("enter", "enter", "enter", "enter")
        await until(pilot, lambda: "Nothing is folded here." in app.shown)


async def test_the_changes_are_gone_through_from_what_is_on_screen() -> None:
    app = Host(lambda: DiffScreen(a_content(*_with_changes(100, 300, 390)), 2))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "change 1 of 3" in app.shown)
        await pilot.press("o", "n")
        await until(pilot, lambda: "change at 300" in app.shown and "change 2 of 3" in app.shown)
        await pilot.press("s")
        await until(pilot, lambda: "change at 300" in app.shown and "│" in app.shown)
        assert "change 2 of 3" in app.shown
        await pilot.press("g", "n")
        await until(pilot, lambda: "change at 100" in app.shown and "change 1 of 3" in app.shown)
        await pilot.press("n", "n")
        await until(pilot, lambda: "change at 390" in app.shown and "change 3 of 3" in app.shown)
        await pilot.press("n")
        await until(pilot, lambda: "No change after" in app.shown)
        await pilot.press("N", "N")
        await until(pilot, lambda: "change at 100" in app.shown and "change 1 of 3" in app.shown)
        await pilot.press("N")
        await until(pilot, lambda: "No change before" in app.shown)


async def test_the_only_change_is_said_to_be_the_only_one() -> None:
    app = Host(lambda: DiffScreen(a_content("a\n\nb\n\nc", "a\n\nnew\n\nc", "a\n\nnew\n\nc"), 2))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: " 1 change " in app.shown)
        await pilot.press("n")
        await until(pilot, lambda: "There is no other change." in app.shown)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "v2 → v3" in app.shown and "same text" in app.shown)
        await pilot.press("N")
        await until(pilot, lambda: "There is no change." in app.shown)


async def test_a_long_text_is_shown_from_its_first_change_and_keeps_its_place() -> None:
    text = "\n\n".join(f"sentence {number} of a long text" for number in range(4000))
    app = Host(lambda: DiffScreen(a_content(text, text.replace("ce 2000 ", "ce two ")), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "of a long text" in app.shown and " 1 change " in app.shown)
        assert "··· 1999 paragraphs ···" in app.shown
        await pilot.press("o")
        await until(pilot, lambda: "Changes only" in app.shown)
        await until(pilot, lambda: "sentence 2003 " in app.shown)
        assert "sentence 2000two of" in app.shown
        await pilot.press("G")
        await until(pilot, lambda: "sentence 3999 " in app.shown)
        await pilot.resize_terminal(90, 24)
        await until(pilot, lambda: app.screen.query_one(Reader).is_ready)
        assert "sentence 3999 " in app.shown


# -- taking and refusing ------------------------------------------------------------------------

OLD = "We moved out in May 2024.\n\nThe bill fell by 40 % that month and stayed.\n\nThe very end."
NEW = "We moved on in May 2024.\n\nThe bill fell by half that month and stayed.\n\nThe happy end."


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_changes_are_refused_one_by_one_and_the_result_is_seen(size: tuple[int, int]) -> None:
    app = Host(lambda: DiffScreen(a_content(OLD, NEW), 2))
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: "change 1 of 3" in app.shown and "space Refuse" in app.shown)
        await pilot.press("n", "space")
        await until(pilot, lambda: "change 3 of 3" in app.shown and "1 refused" in app.shown)
        if size[0] >= 120:
            assert app.shown.count("by 40 % that") == 2
        await pilot.press("N")
        await until(pilot, lambda: "space Take" in app.shown)
        await pilot.press("ctrl+s")
    (answer,) = app.results
    assert answer == Chosen(
        Choice(2, 2, 3, (Refusal("40 %", "half"),)), NEW.replace("half", "40 %")
    )


async def test_what_is_refused_can_be_taken_again_and_all_at_once() -> None:
    app = Host(lambda: DiffScreen(a_content(OLD, NEW), 2))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "change 1 of 3" in app.shown)
        await pilot.press("space", "N", "space")
        await until(pilot, lambda: "change 2 of 3" in app.shown)
        assert "refused" not in app.shown
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "All changes are taken" in app.shown)
        await pilot.press("A")
        await until(pilot, lambda: "3 refused" in app.shown)
        await pilot.press("A")
        await until(pilot, lambda: "refused" not in app.shown)
        await pilot.press("A", "ctrl+s")
    assert app.results[0].text == OLD


async def test_a_choice_is_not_dropped_without_a_question() -> None:
    app = Host(lambda: DiffScreen(a_content(OLD, NEW), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "change 1 of 3" in app.shown)
        await pilot.press("space")
        await until(pilot, lambda: "1 refused" in app.shown)
        for key in ("escape", "left_square_bracket"):
            await pilot.press(key)
            await until(pilot, lambda: "You refused 1 of 3 changes." in app.shown)
            await answers(pilot, "k")
            await until(pilot, lambda: "You refused" not in app.shown)
            assert "1 refused" in app.shown
        await pilot.press("escape")
        await until(pilot, lambda: "You refused" in app.shown)
        await answers(pilot, "l")
        await until(pilot, lambda: app.results == [None])


async def test_the_result_can_be_changed_by_hand_and_taken_so() -> None:
    app = Host(lambda: DiffScreen(a_content(OLD, NEW), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "change 1 of 3" in app.shown)
        await pilot.press("space")
        await until(pilot, lambda: "1 refused" in app.shown)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await pilot.press("X", "ctrl+s")
        await until(pilot, lambda: app.results)
    assert app.results[0].text == "X" + NEW.replace("moved on", "moved out")
    assert app.results[0].choice.taken == 2


async def test_only_the_changes_of_the_draft_can_be_refused_elsewhere_space_turns_the_page() -> (
    None
):
    old, new = _with_changes(100)
    app = Host(lambda: DiffScreen(a_content(old, new, new + "\n\nmore"), 2))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "v1 → v2" in app.shown and "1 change" in app.shown)
        assert "Refuse" not in app.shown
        await pilot.press("o", "space")
        await until(pilot, lambda: app.screen.query_one(Reader).scroll_y > 10)
        assert "refused" not in app.shown
        await pilot.press("A")
        await until(pilot, lambda: "Only the changes of the draft" in app.shown)


async def test_facts_that_changed_are_named_below_the_text() -> None:
    app = Host(lambda: DiffScreen(a_content(OLD, NEW), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "··· 1 fact may have changed ···" in app.shown)
        assert "number" not in app.shown
        await pilot.press("enter")
        await until(pilot, lambda: "− number     40 %" in app.shown)
        assert "other facts may have changed too" in app.shown


async def test_a_paragraph_that_moved_is_marked_where_it_was_and_where_it_is() -> None:
    move = "This paragraph about the migration moves to the end."
    stay = "\n\n".join(f"Number {number} stays where it is." for number in range(3))
    app = Host(lambda: DiffScreen(a_content(f"{move}\n\n{stay}", f"{stay}\n\n{move}"), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "← (moved from here)" in app.shown)
        assert "→ (moved here)" in app.shown
        assert "1 moved" in app.shown
        assert "1 change" in app.shown


async def test_the_text_that_can_be_used_is_named() -> None:
    app = Host(lambda: DiffScreen(a_content(ONE, TWO, THREE), 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "t Use v2" in app.shown)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "t Use v1" in app.shown)
        await pilot.press("t")
        await until(pilot, lambda: app.results == [BringBack(1)])


@pytest.mark.parametrize("columns", [80, 120])
async def test_a_click_on_a_change_marks_it(columns: int) -> None:
    app = Host(lambda: DiffScreen(a_content(*_with_changes(3, 9, 15)), 2))
    async with app.run_test(size=(columns, 36)) as pilot:
        await until(pilot, lambda: "change 1 of 3" in app.shown and "change at 9" in app.shown)
        lines = app.shown.split("\n")
        (y,) = (number for number, line in enumerate(lines) if "change at 9" in line)
        await pilot.click(offset=(lines[y].index("change at 9") + 2, y))
        await until(pilot, lambda: "change 2 of 3" in app.shown)
        await pilot.press("space")
        await until(pilot, lambda: "1 refused" in app.shown)
        await pilot.press("N")
        await until(pilot, lambda: "change 2 of 3" in app.shown)
        # A click on the page of a comparison before, which had more changes, leads nowhere.
        reader = app.screen.query_one(Reader)
        reader.post_message(Reader.StopClicked(8))
        reader.post_message(Reader.StopClicked(0))
        await until(pilot, lambda: "change 1 of 3" in app.shown)
        reader.post_message(Reader.StopClicked(8))
        await pilot.press("n")
        await until(pilot, lambda: "change 2 of 3" in app.shown)


@pytest.mark.parametrize("is_side_by_side", [False, True])
def test_a_paragraph_that_is_refused_can_still_be_read(*, is_side_by_side: bool) -> None:
    view = DiffView(is_side_by_side=is_side_by_side, refused=frozenset({0}))
    page = lay_out(compare("One.", "One.\n\nTwo new words."), view, 80)
    (row,) = (row for row in page.rows if any("Two new" in text for text, _ in row))
    assert ("Two new words.", "refused#0") in row
    assert ("× ", "mark#0") in row


def test_equal_paragraphs_wrap_the_same_on_both_sides() -> None:
    text = "words that go on and on " * 20
    for width in (116, 117, 118, 119):
        for row in lay_out(compare(text, text), DiffView(is_side_by_side=True), width).rows:
            left, right = "".join(part for part, _ in row).split(" │ ")
            assert left.rstrip() == right.rstrip()


@pytest.mark.parametrize("is_side_by_side", [False, True])
@pytest.mark.parametrize("width", [20, 40, 120])
def test_both_layouts_hold_both_texts(width: int, *, is_side_by_side: bool) -> None:
    comparison = compare(ONE, THREE)
    page = lay_out(comparison, DiffView(is_side_by_side=is_side_by_side), width)
    spans = [span for block in comparison.blocks for span in block.spans]
    for kind in ("removed", "added"):
        told = "".join(span.text for span in spans if span.kind.value == kind)
        shown = "".join(
            text for row in page.rows for text, look in row if look.partition("#")[0] == kind
        )
        assert "".join(shown.replace("·", "").split()) == "".join(told.split())
    assert len(page.rows) == len(page.lines)
    assert list(page.lines) == sorted(page.lines)
    assert all(cell_len("".join(text for text, _ in row)) <= width for row in page.rows)


def test_a_change_is_found_on_the_row_it_is_on() -> None:
    words = [f"word{number}" for number in range(200)]
    text = " ".join(words)
    words[5], words[150] = "FIRST", "SECOND"
    page = lay_out(compare(text, " ".join(words)), DiffView(), 60)
    rows = ["".join(part for part, _ in row) for row in page.rows]
    assert ["FIRST" in rows[page.stops[0]], "SECOND" in rows[page.stops[1]]] == [True, True]
