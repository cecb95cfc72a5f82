"""Reading the exact text and deciding about it."""

from dataclasses import replace

import pytest

from tests.ui.screens_host import AT, Host, a_content, answers, until
from tui.domain.person import Person
from tui.domain.status import Status
from tui.screens.approve import MOST_FINDINGS, ApproveDecision, ApproveScreen
from tui.screens.diff import DiffScreen
from tui.screens.question import QuestionScreen

FIRST = "# T\n\nOne two three.\n"
SECOND = "# T\n\nOne two four five TODO.\n"


@pytest.mark.parametrize(
    ("keys", "decision"),
    [
        (("ctrl+s",), ApproveDecision.APPROVE),
        (("escape",), None),
        (("q",), None),
    ],
)
async def test_each_key_decides(keys: tuple[str, ...], decision: ApproveDecision | None) -> None:
    content = a_content(FIRST, SECOND, approved=1)
    app = Host(lambda: ApproveScreen(content, content.version(2)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "four five" in app.shown)
        await answers(pilot, *keys)
        await until(pilot, lambda: app.results == [decision])


@pytest.mark.parametrize(
    ("key", "answer", "decision"),
    [("o", "d", ApproveDecision.BACK_TO_DRAFT), ("c", "c", ApproveDecision.CHECK)],
)
async def test_what_costs_or_takes_back_is_asked_about(
    key: str, answer: str, decision: ApproveDecision
) -> None:
    content = replace(a_content(FIRST, SECOND, approved=1), status=Status.APPROVED)
    app = Host(lambda: ApproveScreen(content, content.version(2)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "four five" in app.shown)
        for reply in ("enter", answer):
            assert app.results == []
            await answers(pilot, key)
            await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
            await answers(pilot, reply)  # Enter takes what has the focus: the harmless answer.
            await until(pilot, lambda: not isinstance(app.screen, QuestionScreen))
        await until(pilot, lambda: app.results == [decision])


async def test_letters_and_early_keys_approve_nothing() -> None:
    content = a_content(FIRST, SECOND, approved=1)
    app = Host(lambda: ApproveScreen(content, content.version(2)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "four five" in app.shown)
        app.screen._moment._began = None  # type: ignore[attr-defined]
        await pilot.press("ctrl+s", "c", *"always", "b", "enter", "space")
        await pilot.pause()
        app.screen._moment.begin()  # type: ignore[attr-defined]
        await answers(pilot, *"yb")
        assert app.results == []
        assert isinstance(app.screen, ApproveScreen)


async def test_the_diff_opens_over_the_text_and_keeps_its_place() -> None:
    text = "\n".join(f"line {number}" for number in range(1, 201))
    content = a_content(FIRST, text)
    app = Host(lambda: ApproveScreen(content, content.version(2)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "line 2 " in app.shown)
        await answers(pilot, "G")
        await until(pilot, lambda: "line 200" in app.shown)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DiffScreen))
        await pilot.press("escape")
        await until(pilot, lambda: "line 200" in app.shown)
        assert app.results == []


async def test_the_facts_about_the_text_are_shown() -> None:
    content = a_content(FIRST, SECOND, approved=1)
    app = Host(lambda: ApproveScreen(content, content.version(2)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "+3 −1 words" in app.shown)
        assert "v2 · 6 words · main" in app.shown
        assert content.version(2).sha256 in app.shown
        assert f"since v1, approved on 4 Mar 2026, {AT.astimezone():%H:%M}" in app.shown
        assert "” still says “TODO”." in app.shown


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (40, "+3 −1 words since v1."),
        (80, "+3 −1 words since v1, approved by Maren Ost on {on}."),
    ],
)
async def test_the_approval_before_takes_one_row(columns: int, said: str) -> None:
    content = a_content(FIRST, SECOND, approved=1)
    by = Person("Maren Ost", "m", "the-writers-desk")
    content = replace(content, approvals=(replace(content.approvals[0], by=by),))
    app = Host(lambda: ApproveScreen(content, content.version(2)))
    wanted = said.format(on=f"4 Mar 2026, {AT.astimezone():%H:%M}")
    async with app.run_test(size=(columns, 24)) as pilot:
        await until(pilot, lambda: wanted in app.shown and "TODO" in app.shown)
        rows = app.shown.split("\n")
        (since,) = (number for number, row in enumerate(rows) if "since v1" in row)
        assert rows[since + 1].startswith(" !")
        await pilot.resize_terminal(160, 24)
        await until(pilot, lambda: "at the-writers-desk, from “main” turn 1." in app.shown)


async def test_what_only_came_or_only_went_is_told_alone() -> None:
    content = a_content(FIRST, FIRST + "\nAnd more.\n", approved=1)
    app = Host(lambda: ApproveScreen(content, content.version(2)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: " +2 words since v1, approved on" in app.shown)


async def test_a_text_without_findings_is_said_to_be_so() -> None:
    content = replace(a_content(FIRST), kind="haiku")
    app = Host(lambda: ApproveScreen(content, content.version(1)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "✓ Nothing looks unfinished." in app.shown)
        assert "Never approved before." in app.shown


async def test_of_very_many_findings_only_the_first_are_listed() -> None:
    content = replace(a_content("TODO\n" * 5000), kind="haiku")
    app = Host(lambda: ApproveScreen(content, content.version(1)))
    async with app.run_test(size=(80, 40)) as pilot:
        await until(pilot, lambda: "still says" in app.shown)
        await answers(pilot, "shift+tab", "end")
        await until(pilot, lambda: f"And {5000 - MOST_FINDINGS} more like these." in app.shown)


LONG = "\n\n".join(
    "TODO: say more" if number in (40, 90) else f"Line {number} is fine." for number in range(100)
)


async def test_enter_on_a_finding_goes_to_its_place_and_n_to_the_next() -> None:
    content = replace(a_content(LONG), kind="haiku")
    app = Host(lambda: ApproveScreen(content, content.version(1)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.shown.count("still says") == 2)
        assert "Line 39" not in app.shown
        await answers(pilot, "shift+tab", "down", "enter")
        await until(pilot, lambda: "Line 39 is fine." in app.shown)
        assert app.focused is not None
        assert app.focused.id == "text"
        await pilot.press("n")
        await until(pilot, lambda: "Line 89 is fine." in app.shown and "Line 39" not in app.shown)
        await pilot.press("N")
        await until(pilot, lambda: "Line 39 is fine." in app.shown)
        assert app.results == []


async def test_a_text_that_is_not_the_saved_one_is_noticed() -> None:
    content = a_content(FIRST)
    version = replace(content.version(1), sha256="0" * 64)
    app = Host(lambda: ApproveScreen(content, version))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "This is not the text that was saved" in app.shown)


async def test_the_text_is_read_with_the_keys() -> None:
    text = "\n".join(f"line {number}" for number in range(1, 201))
    content = a_content(text)
    app = Host(lambda: ApproveScreen(content, content.version(1)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "line 2 " in app.shown)
        await pilot.press("G")
        await until(pilot, lambda: "line 200" in app.shown)
        await pilot.press("g")
        await until(pilot, lambda: "line 2 " in app.shown)
        await pilot.press("space")
        await until(pilot, lambda: "line 2 " not in app.shown)
        await pilot.press("pageup")
        await until(pilot, lambda: "line 2 " in app.shown)
        await pilot.press("j", "j", "j")
        await until(pilot, lambda: "line 2 " not in app.shown)
        await pilot.press("k", "k", "k")
        await until(pilot, lambda: "line 2 " in app.shown)


async def test_the_place_is_kept_when_the_width_changes() -> None:
    text = "\n".join(f"paragraph {number} " + "more words " * 15 for number in range(1, 200))
    content = a_content(text)
    app = Host(lambda: ApproveScreen(content, content.version(1)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "paragraph 1 " in app.shown)
        await pilot.press(*["space"] * 9)
        await until(pilot, lambda: "paragraph 1 " not in app.shown)
        first = next(word for word in app.shown.split("paragraph ")[1:]).split(" ")[0]
        await pilot.resize_terminal(120, 24)
        await until(pilot, lambda: f"paragraph {first} " in app.shown)
        assert len(app.results) == 0
