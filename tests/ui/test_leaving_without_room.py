"""Leaving while something has no place yet, or cannot be saved: what was typed is not lost."""

import stat
from pathlib import Path

import pytest

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore
from tui.composition.rescue import RescueFolder


def rescued(folder: Path) -> list[Path]:
    return sorted(folder.glob("typed-*.md"))


async def types_without_room(user: User) -> None:
    await user.begins("On waiting")
    await user.commands("r")
    await user.types("half a word")
    await user.waits(lambda: bool(user.store.kept_place.unsent), "the prompt to be saved")
    user.store.is_full = True
    await user.types(" and more")
    await user.presses("ctrl+q")


async def test_one_is_asked_and_what_was_typed_is_in_a_file(tmp_path: Path) -> None:
    async with at_the_desk(rescue=RescueFolder(tmp_path / "log").keep) as user:
        await types_without_room(user)
        await user.sees("again")
        (file,) = rescued(tmp_path / "log")
        assert file.read_text().endswith("\n\nhalf a word and more")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert user.app.is_running
        await user.presses("ctrl+q")
        await user.waits(lambda: user.app._exit, "the end")
    assert any(str(file) in user.app.farewell for file in rescued(tmp_path / "log"))


async def test_who_stays_is_saved_again_once_there_is_room(tmp_path: Path) -> None:
    store = MemoryStore()
    async with at_the_desk(store=store, rescue=RescueFolder(tmp_path).keep) as user:
        await types_without_room(user)
        await user.sees("again")
        store.is_full = False
        await user.types(" in time")
        text = ["half a word and more in time"]
        await user.waits(lambda: list(store.kept_place.unsent.values()) == text, "the save")


async def test_no_farewell_speaks_of_what_was_saved_after_all(tmp_path: Path) -> None:
    store = MemoryStore()
    async with at_the_desk(store=store, rescue=RescueFolder(tmp_path).keep) as user:
        await types_without_room(user)
        await user.sees("again")
        store.is_full = False
        await user.presses("ctrl+q")
        await user.waits(lambda: user.app._exit, "the end")
    assert list(store.kept_place.unsent.values()) == ["half a word and more"]
    assert user.app.farewell == ""


async def test_no_farewell_speaks_of_what_was_saved_in_the_last_moment() -> None:
    store = MemoryStore()

    async def rescue(_name: str, text: str) -> str:
        store.is_full = text.count("more") < 2
        return "The text is kept."

    async with at_the_desk(store=store, rescue=rescue) as user:
        await types_without_room(user)
        await user.sees("again")
        await user.types(" and more")
        await user.presses("ctrl+q")
        await user.waits(lambda: user.app._exit, "the end")
    assert list(store.kept_place.unsent.values()) == ["half a word and more and more"]
    assert user.app.farewell == ""


async def test_a_signal_leaves_it_in_a_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.app.end_hard_later", lambda _: None)  # It would end the tests.
    async with at_the_desk(rescue=RescueFolder(tmp_path).keep) as user:
        await types_without_room(user)
        await user.sees("again")
        user.app.leave(143)
        await user.waits(lambda: user.app._exit, "the end")
    assert "half a word and more" in rescued(tmp_path)[-1].read_text()
    assert user.app.return_code == 143


async def test_where_nothing_is_lost_nobody_is_asked(tmp_path: Path) -> None:
    store = MemoryStore()
    async with at_the_desk(store=store, rescue=RescueFolder(tmp_path).keep) as user:
        await user.begins("On waiting")
        await user.waits(lambda: store.kept_place.content is not None, "the place to be saved")
        store.is_full = True
        await user.presses("ctrl+q")
        await user.waits(lambda: user.app._exit, "the end")
    assert rescued(tmp_path) == []


@pytest.mark.parametrize("what", ["begun", "edits"])
async def test_dialog_and_editor_are_in_the_file(tmp_path: Path, what: str) -> None:
    store = MemoryStore()
    async with at_the_desk(store=store, rescue=RescueFolder(tmp_path).keep) as user:
        await user.begins("On waiting")
        store.is_full = True
        await user.commands("n" if what == "begun" else "e")
        await user.sees("New piece" if what == "begun" else "ctrl+s Save")
        await user.types("typed here")
        await user.presses("ctrl+q")
        await user.waits(lambda: bool(rescued(tmp_path)), "the file")
        assert "typed here" in rescued(tmp_path)[0].read_text()
        store.is_full = False


async def test_what_waits_for_its_place_is_in_the_prompt_the_next_time(tmp_path: Path) -> None:
    store = MemoryStore()
    async with at_the_desk(store=store, rescue=RescueFolder(tmp_path).keep) as user:
        await user.begins("On waiting")
        user.app.hold_keys()
        user.bursts(*"half-typed", "ctrl+q")
        await user.waits(lambda: user.app._exit, "the end")
    assert list(store.kept_place.unsent.values()) == ["half-typed"]
    assert rescued(tmp_path) == []


async def test_what_waits_without_a_prompt_is_in_a_file(tmp_path: Path) -> None:
    async with at_the_desk(rescue=RescueFolder(tmp_path).keep) as user:
        user.app.hold_keys()
        user.bursts(*"half-typed", "ctrl+q")
        await user.waits(lambda: user.app._exit, "the end")
    (file,) = rescued(tmp_path)
    assert "half-typed" in file.read_text()
    assert str(file) in user.app.farewell


async def test_both_files_are_named_when_nothing_can_be_saved_either(tmp_path: Path) -> None:
    async with at_the_desk(rescue=RescueFolder(tmp_path).keep) as user:
        user.store.is_full = True
        await user.commands("n")
        await user.sees("New piece")
        await user.types("On waiting")
        user.app.hold_keys()
        user.bursts(*"half-typed", "ctrl+q")
        await user.sees("again")
        assert len(rescued(tmp_path)) == 2
        assert all(str(file) in user.app.farewell for file in rescued(tmp_path))
