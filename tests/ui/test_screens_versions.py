"""The versions of a piece: what is listed, found, compared, and what can be asked for."""

from dataclasses import replace
from functools import partial

import pytest
from textual.widgets import Input, OptionList

from tests.ui.screens_host import AT, Host, a_content, until
from tui.domain.content import Author, Choice, Content, Publication
from tui.domain.ids import BranchId
from tui.domain.words import folded
from tui.screens import versions
from tui.screens.diff import DiffScreen
from tui.screens.versions import VersionsScreen, VersionWish, Wish
from tui.widgets.reader import Reader

ONE, TWO = "# One\n\nThe first words of it.", "# One\n\nThe sécond words of the first."
THREE, FOUR = "# Two\n\nThe third text here.", "# Two\n\nA fourth text."


def content(*, is_published: bool = False) -> Content:
    made = a_content(ONE, TWO, THREE, FOUR, approved=2)
    spicier = replace(made.branches[0], id=BranchId("b2"), name="spicier", turns=())
    one, two, three, four = made.versions
    made = replace(
        made,
        branches=(*made.branches, spicier),
        versions=(
            one,
            two,
            replace(three, label="the good one", author=Author.YOU, branch=spicier.id),
            replace(four, author=Author.YOU, choice=Choice(3, 5, 7), before=3),
        ),
    )
    stamp = Publication(2, two.sha256, AT, "x.md")
    return replace(made, publications=(stamp,)) if is_published else made


def screen(app: Host) -> VersionsScreen:
    assert isinstance(app.screen, VersionsScreen)
    return app.screen


def shows(app: Host, text: str) -> bool:
    return text in app.shown


def rows(app: Host) -> list[str]:
    """The rows of the list, top to bottom."""
    width = screen(app).query_one(OptionList).region.right
    return [line[:width].strip() for line in app.shown.split("\n")[1:] if line[:width].strip()]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_every_version_says_when_by_whom_how_long_and_what_holds(
    size: tuple[int, int],
) -> None:
    app = Host(lambda: VersionsScreen(content(is_published=True), BranchId("b1"), AT))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "A fourth text." in app.shown and "4 versions" in app.shown)
        found = "\n".join(rows(app))
        numbers = [found.index(f"v{number} ") for number in (4, 3, 2, 1)]
        assert numbers == sorted(numbers)
        for said in (
            "v4  4 words (−1)",
            "5 of 7 changes of v3 · main",
            "◆ draft",
            "v3  5 words (−2)  “the good one”",
            "by you · spicier",
            "by Claude in turn 2 · main",
            "⇡ published",
        ):
            assert said in found
        assert f"{AT.astimezone():%H:%M}" in found
        await pilot.press("j", "j")
        await until(pilot, lambda: "The sécond words" in app.shown)
        await pilot.press("G", "k", "k", "k")
        await until(pilot, lambda: "A fourth text." in app.shown)
        await pilot.press("G", "k", "k", "g")
        await until(pilot, lambda: "A fourth text." in app.shown)


async def test_versions_are_found_by_text_label_and_author_without_accents() -> None:
    app = Host(lambda: VersionsScreen(content(), BranchId("b1"), AT))
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: "4 versions" in app.shown)
        for typed, facts in (
            ("SECOND", "1 of 4 versions"),
            ("good one", "1 of 4 versions"),
            ("by you", "1 of 4 versions"),
            ("nowhere", "no version matches"),
        ):
            await pilot.press("slash")
            screen(app).query_one(Input).value = typed
            await until(pilot, partial(shows, app, facts))
            await pilot.press("escape")
            await until(pilot, lambda: "4 versions" in app.shown and "of 4" not in app.shown)
        assert app.results == []


async def test_the_line_of_keys_tells_what_the_search_field_hears() -> None:
    app = Host(lambda: VersionsScreen(content(), BranchId("b1"), AT))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "4 versions" in app.shown and "L Label" in app.shown)
        await pilot.press("slash", *"first")
        await until(pilot, lambda: "2 of 4 versions" in app.shown and "L Label" not in app.shown)
        assert "↓ To the list   esc Show all" in app.shown
        await pilot.press("down")
        await until(pilot, lambda: app.focused is screen(app).query_one(OptionList))
        assert "L Label" in app.shown
        assert "esc Show all" in app.shown
        await pilot.press("escape")
        await until(pilot, lambda: "4 versions" in app.shown and "esc Back" in app.shown)
        assert "of 4" not in app.shown
        await pilot.press("slash")
        await until(pilot, lambda: "↓ To the list   esc Show all" in app.shown)
        await pilot.press("down")
        await until(pilot, lambda: "L Label" in app.shown and "esc Show all" in app.shown)
        await pilot.press("escape")
        await until(pilot, lambda: "esc Back" in app.shown)


async def test_a_letter_of_a_search_folds_no_text_that_was_folded_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def noted(text: str) -> str:
        read.append(text)
        return folded(text)

    monkeypatch.setattr(versions, "folded", noted)
    app = Host(lambda: VersionsScreen(content(), BranchId("b1"), AT))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "4 versions" in app.shown)
        await pilot.press("slash")
        texts = {ONE, TWO, THREE, FOUR}
        await until(pilot, lambda: texts <= {*read})
        read.clear()
        await pilot.press(*"first words")
        await until(pilot, lambda: "1 of 4 versions" in app.shown)
        assert not texts & {*read}


async def test_what_was_found_stays_when_one_goes_to_the_list() -> None:
    app = Host(lambda: VersionsScreen(content(), BranchId("b1"), AT))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "4 versions" in app.shown)
        await pilot.press("slash", *"first", "enter")
        await until(pilot, lambda: app.focused is screen(app).query_one(OptionList))
        assert "2 of 4 versions" in app.shown
        await pilot.press("j", "t")
        await until(pilot, lambda: app.results == [VersionWish(Wish.BRING_BACK, 1)])


async def test_any_two_versions_are_compared_the_older_one_first() -> None:
    app = Host(lambda: VersionsScreen(content(), BranchId("b1"), AT))
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: "4 versions" in app.shown)
        for keys, route in (("d", "v3 of “spicier” → v4"), ("mjjjd", "v1 → v4")):
            await pilot.press(*keys)
            await until(pilot, lambda: isinstance(app.screen, DiffScreen))
            await until(pilot, partial(shows, app, route))
            assert "Refuse" not in app.shown
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, VersionsScreen))
        assert "Diff with v4" in app.shown
        await pilot.press("g", "home", "m")
        await until(pilot, lambda: "Diff with" not in app.shown)


@pytest.mark.parametrize(
    ("key", "wish"),
    [
        ("t", Wish.BRING_BACK),
        ("f", Wish.FORK),
        ("L", Wish.LABEL),
        ("y", Wish.COPY),
        ("p", Wish.SAVE),
    ],
)
async def test_what_is_wanted_is_wanted_of_the_version_under_the_cursor(
    key: str, wish: Wish
) -> None:
    app = Host(lambda: VersionsScreen(content(), BranchId("b1"), AT, at=2))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "The sécond words" in app.shown)
        await pilot.press(key)
        await until(pilot, lambda: app.results == [VersionWish(wish, 2)])


async def test_a_combined_version_tells_where_each_paragraph_came_from() -> None:
    made = content()
    last = replace(made.versions[3], choice=None, author=Author.COMBINED, sources=(2, 3))
    made = replace(made, versions=(*made.versions[:3], last))
    app = Host(lambda: VersionsScreen(made, BranchId("b1"), AT))
    async with app.run_test(size=(80, 30)) as pilot:
        await until(pilot, lambda: "¶ 1 from v2" in app.shown)
        assert "¶ 2 from v3 of “spicier”" in app.shown
        assert "combined · main" in app.shown
        await pilot.press("j")
        await until(pilot, lambda: "¶ 1" not in app.shown)


async def test_the_draft_is_not_brought_back() -> None:
    app = Host(lambda: VersionsScreen(content(), BranchId("b1"), AT))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "4 versions" in app.shown)
        assert "Bring back" not in app.shown
        await pilot.press("t")
        await until(pilot, lambda: "v4 is the draft." in app.shown)
        assert app.results == []


async def test_a_version_is_read_full_screen_and_escape_goes_back_step_by_step() -> None:
    app = Host(lambda: VersionsScreen(content(), BranchId("b1"), AT))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "by Claude in turn 1" in app.shown)
        await pilot.press("enter")
        await until(pilot, lambda: "by Claude in turn 1" not in app.shown)
        assert "A fourth text." in app.shown
        await pilot.press("escape")
        await until(pilot, lambda: "by Claude in turn 1" in app.shown)
        await pilot.press("escape")
        await until(pilot, lambda: app.results == [None])


async def test_what_is_read_stays_in_view_in_another_size() -> None:
    long = "\n\n".join(f"Paragraph {number} " + "of words " * 30 for number in range(80))
    app = Host(lambda: VersionsScreen(a_content(long), BranchId("b1"), AT))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "Paragraph 0" in app.shown)
        await pilot.press("enter", *("space",) * 4)
        reader = screen(app).query_one(Reader)
        await until(pilot, lambda: reader.scroll_y > 50)

        def top() -> int:
            return reader._page.lines[round(reader.scroll_y)]

        async def resizes(width: int, height: int) -> None:
            before = reader.size
            await pilot.resize_terminal(width, height)
            await until(pilot, lambda: reader.size != before and reader.is_ready)

        at = top()
        for size in ((60, 20), (120, 36), (200, 50)):
            await resizes(*size)
            assert abs(top() - at) <= 1
