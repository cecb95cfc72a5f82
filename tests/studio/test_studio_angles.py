"""All angles of a library: the shipped ones are always there, whatever becomes of the library."""

import asyncio
from importlib.resources import files

import pytest

from tests.support.fakes import (
    CountedIds,
    MemoryAngles,
    MemoryStore,
    ScriptedAgent,
    ticking_clock,
)
from tui.domain.angles import FoundAngles, written
from tui.domain.errors import LibraryProblem, NotFound, Refused
from tui.studio import angles
from tui.studio.angles import shipped_angles
from tui.studio.studio import Studio


class AwayAngles(MemoryAngles):
    """Own angles in a folder that is gone, or never answers."""

    is_hung = False

    async def read(self) -> FoundAngles:
        if self.is_hung:
            await asyncio.Event().wait()
        raise LibraryProblem("The library /l cannot be reached: look after it.")


def studio(store: MemoryStore) -> Studio:
    return Studio(store, ScriptedAgent(), ticking_clock(), CountedIds())


def test_ten_angles_come_with_redraft_each_as_its_file_would_be_written_anew() -> None:
    shipped = shipped_angles()
    assert len(shipped) == 10
    assert len({angle.title for angle in shipped}) == 10
    for angle in shipped:
        text = files("tui").joinpath("angles", f"{angle.name}.md").read_text("utf-8")
        assert written(angle) == text
        assert angle.filled({}), "every variable of a shipped one has a default"
        assert len(angle.variables) <= 1


async def test_own_angles_follow_the_shipped_ones_or_take_their_place() -> None:
    store = MemoryStore()
    store.angle_files = {"mine": "Go.", "tighten": "Half of it.", "bad": ""}
    found = await studio(store).angles.all()
    names = [angle.name for angle in found.angles]
    assert names == [*(angle.name for angle in shipped_angles()), "mine"]
    assert {angle.name: angle.prompt for angle in found.angles}["tighten"] == "Half of it."
    assert len(found.problems) == 1


@pytest.mark.parametrize("is_hung", [False, True])
async def test_a_library_that_is_away_leaves_the_shipped_ones(
    monkeypatch: pytest.MonkeyPatch, is_hung: bool
) -> None:
    monkeypatch.setattr(angles, "LONGEST_LOOK", 0.01)
    store = MemoryStore()
    store.angles = away = AwayAngles(store)
    away.is_hung = is_hung
    found = await studio(store).angles.all()
    assert found.angles == shipped_angles()
    assert found.problems == (
        "The library did not answer within 0.01 s, so your own angles are missing."
        if is_hung
        else "The library /l cannot be reached: look after it.",
    )


async def test_a_shipped_angle_is_copied_once_to_be_edited() -> None:
    store = MemoryStore()
    assert await studio(store).angles.copy("Tighten") == "/library/angles/tighten.md"
    before = (await studio(store).angles.all()).angles
    assert before == shipped_angles()
    store.angle_files["tighten"] = "Mine now."
    with pytest.raises(Refused, match=r"tighten\.md is there already"):
        await studio(store).angles.copy("tighten")
    assert store.angle_files == {"tighten": "Mine now."}
    with pytest.raises(NotFound, match=r"no angle “loud”; there are: concrete-examples, for-"):
        await studio(store).angles.copy("loud")
