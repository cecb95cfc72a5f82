"""Saving a version to a file, and marking the approved one as published."""

from pathlib import Path

import pytest
from textual.widgets import Button, Input

from tests.support.driver import User, at_the_desk
from tests.support.fakes import Script
from tests.ui.screens_host import SIZES, Host, until
from tui.domain.status import Status
from tui.screens.frame import HintLine, Problem
from tui.screens.save_file import SavedFile, SaveFileScreen

ONE = "<draft>\nOn waiting.\n</draft>"


async def saves_to(user: User, file: Path | str) -> None:
    """Open the dialog and name a file."""
    await user.commands("p")
    await user.sees("Save v1 to a file")
    user.app.screen.query_one(Input).value = str(file)


def status(user: User) -> Status:
    (content,) = user.store.contents.values()
    return content.status


async def test_an_approved_version_is_copied_or_published_as_the_writer_says(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a  post.md"
    async with at_the_desk(Script(ONE)) as user:
        await user.begins("On waiting", "why")
        await user.sees("first draft ★ · v1")
        await user.commands("p")
        await user.sees("Save v1 to a file", "enter Save ", "on-waiting.md")
        assert not user.app.screen.query(Button)
        await user.presses("escape")
        await user.commands("a")
        await user.sees("ctrl+s Approve")
        await user.answers("ctrl+s")
        await user.sees("Approved v1.")

        await saves_to(user, tmp_path / "none" / "post.md")
        await user.sees("enter Save a copy", "Save and mark as published")
        await user.presses("enter")
        await user.sees("There is no folder", "Make it?")
        await user.answers("escape")
        await user.sees("does not exist: make it")
        assert not (tmp_path / "none").exists()
        told = str(user.app.screen.query_one(Problem).content)
        assert told.startswith(f"The folder {tmp_path}/none does not exist")
        user.app.screen.query_one(Input).value = str(file)
        await user.presses("enter")
        await user.sees("Saved v1 to")
        # Where the notice is broken into lines depends on the length of the folder's name.
        assert user.app.board.notices[0].text.endswith(f"{file}. Not marked published.")
        assert file.read_text() == "On waiting."
        assert status(user) is Status.APPROVED

        await user.commands("p")
        await user.sees("Save v1 to a file")
        assert user.app.screen.query_one(Input).value == str(file)
        await user.presses("tab", "down")
        await user.sees("enter Save and mark as published")
        await user.presses("enter")
        await user.sees("exists. Replace it?")
        await user.answers("r")
        await user.sees("Published v1 to")
        assert user.app.board.notices[0].text.endswith("to undo.")
        assert status(user) is Status.PUBLISHED
        await user.commands("p")
        await user.sees("Save v1 to a file", "enter Save ")
        assert not user.app.screen.query(Button)
        await user.presses("escape", "u")
        await user.waits(lambda: status(user) is Status.APPROVED, "the undo")


async def test_a_missing_folder_is_made_when_the_writer_says_so(
    tmp_path: Path,
) -> None:
    file = tmp_path / "new" / "folder" / "post.md"
    async with at_the_desk(Script(ONE)) as user:
        await user.begins("On waiting", "why")
        await user.sees("first draft ★ · v1")
        await saves_to(user, file)
        await user.presses("enter")
        await user.sees("There is no folder", "Make it?")
        await user.answers("m")
        await user.sees("Saved v1 to")
        assert file.read_text() == "On waiting."


async def test_a_click_on_a_way_takes_it() -> None:
    done: list[SavedFile] = []

    async def save(wanted: SavedFile) -> None:
        done.append(wanted)

    app = Host(lambda: SaveFileScreen(9, "x.md", save, can_publish=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Save v9 to a file" in app.shown)
        await pilot.click("#publish")
        await until(pilot, lambda: app.results == [SavedFile("x.md", is_published=True)])
        assert done == app.results


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_both_ways_are_in_sight_at_every_size(size: tuple[int, int]) -> None:
    async def save(_: SavedFile) -> None:
        return

    app = Host(lambda: SaveFileScreen(9, "/a/" + "long " * 30, save, can_publish=True))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query(HintLine))
        await until(pilot, lambda: "Save and mark as published" in app.shown)
        await pilot.press("tab", "tab")
        await until(pilot, lambda: "enter Save and mark as published" in app.shown)
        hints = app.screen.query_one(HintLine).region
        for button in app.screen.query(Button):
            assert button.region.y >= 1
            assert button.region.bottom <= hints.y
