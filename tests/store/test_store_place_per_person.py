"""A place for each person of a shared library, and the one of before taken over once."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.samples import MAIN
from tests.store.test_store_place import FULL
from tui.clock import utc_now
from tui.domain.errors import LibraryProblem
from tui.domain.place import Place
from tui.store.kept_place import KeptPlace
from tui.store.library import TinyStore
from tui.store.migrations import CURRENT
from tui.store.repository import Repository

ANN, BEN = "ann@desk", "ben@sofa"


def typed(text: str) -> Place:
    return Place(unsent={MAIN: text})


async def opened(folder: Path, person: str) -> TinyStore:
    return await TinyStore.open(folder, place_of=person)


async def test_two_people_have_a_place_each(folder: Path) -> None:
    ann, ben = await opened(folder, ANN), await opened(folder, BEN)
    await ann.save_place(FULL)
    assert await ben.place() == Place()
    await ben.save_place(typed("Ben's"))
    await ann.save_place(replace(FULL, unsent={MAIN: "Ann's"}))
    await ann.close()
    await ben.close()
    ann, ben = await opened(folder, ANN), await opened(folder, BEN)
    assert (await ann.place()).unsent == {MAIN: "Ann's"}
    assert await ben.place() == typed("Ben's")
    await ann.close()
    await ben.close()


async def test_what_a_killed_program_had_typed_goes_to_its_own_person(folder: Path) -> None:
    repository = Repository(folder, now=utc_now, schema=CURRENT, person=ANN)
    repository.prepare()
    repository.place.write(FULL)
    repository.place.write(replace(FULL, unsent={**FULL.unsent, MAIN: "half a sen"}))
    repository.place._journal.close()  # As when the process is killed.
    ben = await opened(folder, BEN)
    assert await ben.place() == Place()
    ann = await opened(folder, ANN)
    assert (await ann.place()).unsent[MAIN] == "half a sen"
    await ben.close()
    await ann.close()


async def test_the_place_of_before_goes_whole_to_the_first_and_to_nobody_else(
    folder: Path,
) -> None:
    old = Repository(folder, now=utc_now, schema=CURRENT)
    old.prepare()
    old.place.write(FULL)
    old.place.write(replace(FULL, unsent={**FULL.unsent, MAIN: "typed"}))
    old.place._journal.close()
    ann = await opened(folder, ANN)
    assert await ann.place() == replace(FULL, unsent={**FULL.unsent, MAIN: "typed"})
    ben = await opened(folder, BEN)
    assert await ben.place() == Place()
    older = await TinyStore.open(folder)  # An older Redraft goes on, and makes the old file anew.
    await older.save_place(FULL)
    assert (folder / "place.json").exists()
    assert await ben.place() == Place()
    await ben.save_place(typed("Ben's"))
    for store in (ann, ben, older):
        await store.close()
    again = await opened(folder, ANN)
    assert (await again.place()).unsent[MAIN] == "typed"
    await again.close()


def test_a_takeover_that_is_cut_short_is_done_the_next_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Repository(folder, now=utc_now, schema=CURRENT)
    old.prepare()
    old.place.write(FULL)
    old.place.write(replace(FULL, content=None))  # A second save: now there is a copy of before.
    old.place.close()
    do_replace, done = Path.replace, list[Path]()

    def cut(path: Path, target: Path) -> Path:
        if done:
            raise OSError(5, "Input/output error")
        done.append(path)
        return do_replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(LibraryProblem):
            _kept(folder).read()
    kept = _kept(folder)
    assert kept.read() == replace(FULL, content=None)
    kept.close()
    assert len(list(folder.glob("place.json*"))) == 2  # The place and the copy before it.
    assert not list(folder.glob("place.json"))


def _kept(folder: Path) -> KeptPlace:
    return KeptPlace(folder, folder / "locks", CURRENT, ANN, now=utc_now, notes={})
