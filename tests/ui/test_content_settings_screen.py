"""A content's settings, the sources of a new one, and what the main screen shows of both."""

from pathlib import Path

import pytest
from textual.widgets import Button, Checkbox, Input, TextArea

from tests.support.driver import User, at_the_desk
from tests.support.fakes import Script
from tests.ui.screens_host import HOSTILE, SIZES, Host, answers, until
from tui.domain.access import with_rule
from tui.domain.content import Content
from tui.domain.errors import InvalidInput, LibraryProblem
from tui.screens.content_settings import ContentSettings, ContentSettingsScreen
from tui.screens.frame import HintLine

START = ContentSettings("A title", "post", ("/notes",), True, ("WebSearch", "WebFetch(a.org)"))


class Saving:
    """Keeps what is saved, or refuses it."""

    def __init__(self, *problems: Exception) -> None:
        self.problems = list(problems)
        self.saved: list[ContentSettings] = []

    async def __call__(self, settings: ContentSettings) -> None:
        if self.problems:
            raise self.problems.pop(0)
        self.saved.append(settings)


def host(saving: Saving, start: ContentSettings = START) -> Host:
    return Host(lambda: ContentSettingsScreen(start, branch="main", save=saving))


async def test_everything_can_be_changed_with_the_keyboard() -> None:
    saving = Saving()
    app = host(saving)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press("end", *"s", "tab", *"talk", "tab", "end", "enter", *"~/x", "tab")
        await pilot.press("space", "tab", "tab", "space", "ctrl+s")
        changed = ContentSettings("A titles", "talk", ("/notes", "~/x"), False, ("WebSearch",))
        await until(pilot, lambda: app.results == [changed])
        assert saving.saved == [changed]


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost() -> None:
    saving = Saving(InvalidInput("The source “~/x” is not there."), LibraryProblem("Disk full."))
    app = host(saving)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, Input))
        title = app.screen.query_one("#title", Input)
        title.value = " "
        await pilot.press("tab", "ctrl+s")
        await until(pilot, lambda: "The title is empty" in app.shown)
        assert app.focused is title
        title.value = "New"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "“~/x” is not there" in app.shown)
        assert app.focused is app.screen.query_one("#sources")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Disk full." in app.shown)
        assert app.results == []
        await pilot.press("ctrl+s")
        await until(pilot, lambda: [done.title for done in saving.saved] == ["New"])


async def test_escape_closes_at_once_when_nothing_changed() -> None:
    app = host(Saving())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(HintLine))
        await pilot.press("escape")
        await until(pilot, lambda: app.results == [None])


@pytest.mark.parametrize(("key", "is_saved"), [("s", True), ("d", False)])
async def test_escape_asks_about_what_was_typed(key: str, is_saved: bool) -> None:
    saving = Saving()
    app = host(saving)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press("end", *"!", "escape")
        await until(pilot, lambda: "Save the changes?" in app.shown)
        await answers(pilot, "escape")
        await until(pilot, lambda: "Save the changes?" not in app.shown)
        assert app.results == []
        await pilot.press("escape")
        await until(pilot, lambda: "Save the changes?" in app.shown)
        await answers(pilot, key)
        await until(pilot, lambda: app.results)
        assert bool(saving.saved) is is_saved
        assert (app.results[0] is not None) is is_saved


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_it_fits_and_hostile_names_are_harmless(size: tuple[int, int]) -> None:
    hostile = ContentSettings(HOSTILE, HOSTILE, (HOSTILE,), True, (f"WebFetch({HOSTILE})",))
    app = Host(
        lambda: ContentSettingsScreen(hostile, branch=HOSTILE, is_writing=True, save=Saving())
    )
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query(HintLine))
        await pilot.pause()
        box = app.screen.query_one(".dialog").region
        assert box.right <= size[0]
        assert box.bottom <= size[1]
        assert "ctrl+s" in app.shown
        for character in "\x1b\x07\u202e":
            assert character not in app.shown


async def test_at_80_by_24_every_field_is_in_sight() -> None:
    app = Host(lambda: ContentSettingsScreen(START, branch="main", is_writing=True, save=Saving()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(HintLine))
        await pilot.pause()
        hints = app.screen.query_one(HintLine).region
        for kind in (Input, TextArea, Checkbox, Button):
            for field in app.screen.query(kind):
                assert field.region.y >= 1
                assert field.region.bottom <= hints.y


# -- on the main screen ---------------------------------------------------------------------------


def only(user: User) -> Content:
    (content,) = user.store.contents.values()
    return content


async def opened(user: User) -> None:
    await user.commands("S")
    await user.sees("Settings of this piece")


async def test_settings_are_saved_and_shown_around_the_conversation(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    async with at_the_desk() as user:
        await user.begins("On waiting")
        await opened(user)
        await user.presses("end", "!", "tab", "tab")
        user.app.screen.query_one("#sources", TextArea).text = f"\n {tmp_path}/notes \n"
        await user.presses("tab", "space", "ctrl+s")
        await user.sees("On waiting!", "no draft yet · 1 source · web", "Saved.")
        content = only(user)
        assert content.sources == (str((tmp_path / "notes").resolve()),)
        assert content.has_web


async def test_a_source_that_is_not_there_is_refused_in_the_dialog() -> None:
    async with at_the_desk() as user:
        await user.begins("On waiting")
        await opened(user)
        await user.presses("end", "!", "tab", "tab", *"gone", "ctrl+s")
        await user.sees("“gone” is not there", "Settings of this piece")
        assert user.app.screen.query_one("#sources", TextArea).text == "gone"
        assert only(user).title == "On waiting"
        await user.presses("ctrl+u", "ctrl+s")
        await user.sees("On waiting!", "Saved.")


async def test_a_source_that_has_gone_does_not_stand_in_the_way(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    async with at_the_desk(Script("It is fine.")) as user:
        await user.begins("On waiting")
        await user.app._studio.access.grant(only(user).id, [str(folder)], has_web=False)
        folder.rmdir()
        await user.sees("1 source")
        await opened(user)
        await user.commands("tab", "tab", "tab", "space", "ctrl+s")
        await user.sees("1 source · web")
        assert only(user).has_web
        await user.tells_claude("go on")
        await user.sees("It is fine.")
        # Whole, and not as it is wrapped on the screen: the folder's name is long.
        missing = [one.text for one in user.app.board.notices if "is missing" in one.text]
        assert len(missing) == 1
        assert "so Claude works without" in missing[0]


@pytest.mark.parametrize("key", ["s", "d"])
async def test_quitting_asks_about_what_was_typed_and_then_quits(key: str) -> None:
    async with at_the_desk() as user:
        await user.begins("On waiting")
        await opened(user)
        await user.presses("end", "!", "ctrl+q")
        await user.sees("Save the changes?")
        await user.answers("escape")
        await user.sees("Settings of this piece", "On waiting!")
        await user.presses("ctrl+q")
        await user.sees("Save the changes?")
        await user.answers(key)
        await user.waits(lambda: not user.app.is_running, "the end")
        assert only(user).title == ("On waiting!" if key == "s" else "On waiting")


async def test_quitting_stays_where_the_changes_cannot_be_saved() -> None:
    async with at_the_desk() as user:
        await user.begins("On waiting")
        await opened(user)
        await user.presses("ctrl+u", "ctrl+q")
        await user.sees("Save the changes?")
        await user.answers("s")
        await user.sees("Settings of this piece", "title")
        await user.types("So be it")
        await user.presses("ctrl+s")
        await user.sees("Saved.")
        assert only(user).title == "So be it"
        await opened(user)
        await user.presses("ctrl+q")
        await user.waits(lambda: not user.app.is_running, "the end")


async def test_what_was_allowed_can_be_forgotten() -> None:
    async with at_the_desk() as user:
        await user.begins("On waiting")
        content = only(user)
        await user.app._studio.access.grant(content.id, (), has_web=True)
        content = only(user)
        for rule in ("WebSearch", "WebFetch(example.org)"):
            content = with_rule(content, content.main, rule)
        user.store.contents[content.id] = content
        await opened(user)
        await user.sees("web searches", "pages of example.org")
        await user.commands("tab", "tab", "tab", "tab", "tab", "space", "ctrl+s")
        await user.sees("Saved.")
        assert only(user).branch(content.main).allowed == ("WebSearch",)
        assert only(user).has_web


async def test_while_claude_writes_it_says_from_when_it_holds() -> None:
    async with at_the_desk(Script(is_held=True)) as user:
        await user.begins("On waiting", "why")
        await user.sees("Claude is writing")
        await opened(user)
        await user.sees("Changes take effect with the next turn")
        await user.commands("tab", "tab", "tab", "space", "ctrl+s")
        await user.sees("Takes effect with the next turn")
        user.agent.release.set()
        await user.sees("v1")
        assert only(user).has_web


async def test_a_new_content_can_begin_with_sources(tmp_path: Path) -> None:
    (tmp_path / "facts.md").write_text("A fact.", "utf-8")
    async with at_the_desk() as user:
        await user.commands("n")
        await user.sees("New piece", "Sources")
        await user.types("On waiting")
        await user.commands("tab", "tab", "tab")
        await user.types("gone")
        await user.presses("ctrl+s")
        await user.sees("“gone” is not there")
        assert user.store.contents == {}
        await user.presses("escape")
        await user.does_not_see("New piece")
        await user.commands("n")
        await user.sees("On waiting", "gone")
        user.app.screen.query_one("#sources", TextArea).text = f"{tmp_path}/facts.md"
        await user.presses("ctrl+s")
        await user.sees("no draft yet · 1 source")
        assert only(user).sources == (str((tmp_path / "facts.md").resolve()),)
        await user.commands("n")
        await user.sees("New piece")
        assert user.app.screen.query_one("#sources", TextArea).text == ""
