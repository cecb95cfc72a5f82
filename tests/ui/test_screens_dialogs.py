"""The dialogs as a writer uses them."""

import pytest
from textual.widgets import Input, TextArea

from tests.ui.screens_host import HOSTILE, Host, answers, until
from tui.commands import COMMANDS, Keymap
from tui.domain.checks import checked_name, checked_title
from tui.domain.place import BegunPiece
from tui.screens.help import HelpScreen
from tui.screens.name import NameScreen
from tui.screens.new_content import NewContentScreen
from tui.screens.question import QuestionScreen
from tui.screens.welcome import WelcomeChoice, WelcomeScreen


async def test_a_content_is_made_with_the_keyboard_alone() -> None:
    app = Host(NewContentScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"A title", "tab", *"Talk", "tab", *"One.", "enter", *"Two.", "ctrl+s")
        assert app.results == [BegunPiece("A title", "talk", "One.\nTwo.")]


@pytest.mark.parametrize("key", Keymap()["prompt.newline"].keys.split(","))
async def test_the_brief_breaks_its_line_by_the_keys_that_break_one_in_the_prompt(key: str) -> None:
    app = Host(NewContentScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", *"One", key, *"two")
        assert app.screen.query_one("#brief", TextArea).text == "One\ntwo"


@pytest.mark.parametrize("rows", [12, 20])
async def test_the_label_of_the_field_with_the_focus_is_seen_on_a_short_screen(rows: int) -> None:
    app = Host(NewContentScreen)
    async with app.run_test(size=(60, rows)) as pilot:
        for field, label in (("title", "Title"), ("kind", "Kind: "), ("brief", "Brief")):
            await pilot.pause()
            assert app.focused is app.screen.query_one(f"#{field}")
            assert f"  {label}" in app.shown
            await pilot.press("tab")
        await pilot.press(*["shift+tab"] * 3)
        await until(pilot, lambda: "  Title" in app.shown)


async def test_enter_goes_to_the_next_field_and_tab_leaves_the_brief() -> None:
    app = Host(NewContentScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        assert app.focused is app.screen.query_one("#kind")
        await pilot.press("enter")
        assert app.focused is app.screen.query_one("#brief")
        await pilot.press("tab")
        assert app.focused is app.screen.query_one("#sources")
        await pilot.press("tab")
        assert app.focused is app.screen.query_one("#create")
        assert app.screen.query_one("#brief", TextArea).text == ""


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost() -> None:
    app = Host(lambda: NewContentScreen(BegunPiece("", "post", "Say it well.")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", "ctrl+s")
        await until(pilot, lambda: "The title is empty" in app.shown)
        assert app.focused is app.screen.query_one("#title")
        await pilot.press("N")
        await until(pilot, lambda: "The title is empty" not in app.shown)
        await pilot.press("backspace")
        await pilot.press(*"Now", "tab", "backspace", "ctrl+s")
        await until(pilot, lambda: "The kind is empty" in app.shown)
        assert app.focused is app.screen.query_one("#kind")
        await pilot.press(*"post", "ctrl+s")
        assert app.results == [BegunPiece("Now", "post", "Say it well.")]


async def test_what_was_typed_is_there_after_closing() -> None:
    screen: list[NewContentScreen] = []

    def make() -> NewContentScreen:
        screen.append(NewContentScreen())
        return screen[0]

    app = Host(make)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"Half a ti", "tab", "tab", *"and a brief", "escape")
        assert app.results == [None]
        assert screen[0].typed == BegunPiece("Half a ti", "post", "and a brief")


async def test_the_buttons_of_a_new_content_work_with_the_mouse() -> None:
    app = Host(lambda: NewContentScreen(BegunPiece("A", "post", "")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click("#create")
        assert app.results == [BegunPiece("A", "post", "")]


async def test_a_kind_is_suggested() -> None:
    app = Host(NewContentScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"T", "tab", *"news")
        await until(pilot, lambda: "newsletter" in app.screen.query_one("#kind", Input)._suggestion)
        await pilot.press("right", "ctrl+s")
        assert app.results == [BegunPiece("T", "newsletter", "")]


async def test_a_name_is_asked_for_and_checked() -> None:
    app = Host(lambda: NameScreen("Name?", placeholder="from the prompt", check=checked_name))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "from the prompt" in app.shown)
        await pilot.press(*("x" * 61), "enter")
        await until(pilot, lambda: "61 characters long" in app.shown)
        assert app.results == []
        await pilot.press("backspace", "enter")
        assert app.results == ["x" * 60]


async def test_an_empty_name_means_the_one_shown() -> None:
    app = Host(lambda: NameScreen("Name?", placeholder="spicier", check=checked_name))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "spicier" in app.shown)
        await pilot.press("ctrl+s")
        assert app.results == [""]


async def test_the_value_of_a_name_can_be_changed() -> None:
    app = Host(lambda: NameScreen("Title?", value="Old"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Old" in app.shown)
        await pilot.press("end", *" one", "enter")
        assert app.results == ["Old one"]


async def test_a_word_can_be_added_to_a_list_of_words_at_once() -> None:
    app = Host(lambda: NameScreen("Tags?", value="one  two", is_appending=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "one two" in app.shown)
        await pilot.press(*"three", "enter")
        assert app.results == ["one two three"]


async def test_an_empty_title_is_refused_in_the_dialog_which_stays() -> None:
    app = Host(lambda: NameScreen("Title?", value="Old", check=checked_title))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Old" in app.shown)
        await pilot.press("ctrl+u", "enter")
        await until(pilot, lambda: "The title is empty" in app.shown)
        assert app.results == []
        await pilot.press(*"New", "enter")
        assert app.results == ["New"]


async def test_a_question_takes_a_key() -> None:
    app = Host(lambda: QuestionScreen(HOSTILE, [("s", "save"), ("d", "discard")]))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "discard" in app.shown)
        await answers(pilot, "q")
        assert app.results == []
        await answers(pilot, "d")
        assert app.results == ["d"]


async def test_a_question_takes_a_button() -> None:
    app = Host(lambda: QuestionScreen("?", [("s", "save"), ("d", "discard")]))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "discard" in app.shown)
        await answers(pilot, "right", "enter")
        assert app.results == ["d"]


async def test_a_question_is_deaf_at_first_and_enter_takes_the_harmless_answer() -> None:
    app = Host(lambda: QuestionScreen("?", [("k", "keep"), ("d", "delete")]))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "delete" in app.shown)
        app.screen._moment._began = None  # type: ignore[attr-defined]
        await pilot.press("d", "enter")
        assert app.results == []
        app.screen._moment.begin()  # type: ignore[attr-defined]
        # Its own time: the button is pressed in for half of it.
        await until(pilot, lambda: getattr(app.screen, "takes_answers", False))
        await pilot.press("enter")
        assert app.results == ["k"]


@pytest.mark.parametrize(
    ("key", "choice"),
    [
        ("l", WelcomeChoice.LOG_IN),
        ("d", WelcomeChoice.DEMO),
        ("c", WelcomeChoice.CHECK_AGAIN),
        ("enter", None),
    ],
)
async def test_the_welcome_offers_its_ways(key: str, choice: WelcomeChoice | None) -> None:
    app = Host(lambda: WelcomeScreen("There is no login."))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "There is no login." in app.shown)
        await pilot.press(key)
        assert app.results == [choice]


async def test_the_welcome_tells_how_to_use_a_key() -> None:
    app = Host(lambda: WelcomeScreen("There is no login."))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("k")
        await until(pilot, lambda: "ANTHROPIC_API_KEY" in app.shown)
        assert app.results == []


async def test_the_help_shows_every_command_and_the_keys_of_the_panes() -> None:
    app = Host(lambda: HelpScreen(Keymap()))
    async with app.run_test(size=(200, 50)) as pilot:
        await until(pilot, lambda: "Write with Claude" in app.shown)
        scrolled, before = app.shown, ""
        while app.shown != before:
            before = app.shown
            await pilot.press("j", "j", "j", "j")
            await pilot.pause()
            scrolled += app.shown
        together = " ".join(scrolled.split())
        assert [c.id for c in COMMANDS if c.help[:12] not in together] == []
        await pilot.press("question_mark")
        assert app.results == [None]
