"""`place.json`: every field over a restart, beside another program, and in files of other times."""

from dataclasses import fields
from pathlib import Path
from typing import Final

import pytest

from tests.store.samples import MAIN
from tui.domain.change_limits import ChangeLimits
from tui.domain.ids import BranchId, ContentId
from tui.domain.list_query import Sort
from tui.domain.passage import Span
from tui.domain.place import BegunPiece, EditorModes, PaneSizes, Place, Side, ThemeChoice
from tui.domain.queue import QueuedPrompt
from tui.domain.spelling import Spelling
from tui.domain.tree_shape import Part, Spot, TreeFilter, TreeShape
from tui.store.library import TinyStore
from tui.store.migrations import Tables
from tui.store.storage import SafeStorage

ID, OTHER = ContentId("sample22"), ContentId("other222")
SECOND = BranchId("second-branch")
BEGUN = BegunPiece("On waiting", "talk", "For nurses.", ("~/notes", "a  b.txt"))
FULL: Final = Place(
    content=ID,
    branch={ID: SECOND},
    unsent={MAIN: "Shorter, and"},
    edits={SECOND: "A text half changed"},
    edited={SECOND: 3},
    folded={MAIN: (Span(0, 7), Span(8, 12))},
    locked={SECOND: (Span(2, 6), Span(7, 11)), MAIN: ()},
    wishes={SECOND: "Shorter, please"},
    queued={
        MAIN: (
            QueuedPrompt("And now?", is_asking=True),
            QueuedPrompt("Go.", limits=ChangeLimits(5)),
        )
    },
    files={ID: "/home/me/a  post.md"},
    trees={
        ID: TreeShape(
            TreeFilter.DRAFTS,
            frozenset({SECOND}),
            frozenset({Spot(MAIN, 4), Spot(MAIN, part=Part.ASIDE)}),
            SECOND,
        )
    },
    begun=BEGUN,
    asking=frozenset({MAIN, SECOND}),
    list_sort=Sort.TITLE,
    theme=ThemeChoice("redraft-light", "redraft-dark"),
    sizes=PaneSizes(24, 50, 60),
    editor=EditorModes(is_focused=True, is_typewriter=True, side=Side.DIFF),
    goals={ID: 300},
    spelling={ID: Spelling("en_GB", frozenset({"Redraft", "Müsli"}))},
    limits={SECOND: ChangeLimits(20, "Intro", no_new_facts=True)},
)


@pytest.mark.parametrize("name", [field.name for field in fields(Place)])
async def test_everything_about_a_place_survives_a_restart(folder: Path, name: str) -> None:
    assert getattr(FULL, name) != getattr(Place(), name), "the full place says nothing of it"
    store = await TinyStore.open(folder)
    await store.save_place(FULL)
    await store.close()
    store = await TinyStore.open(folder)
    assert getattr(await store.place(), name) == getattr(FULL, name)
    await store.close()


async def test_two_programs_keep_what_each_chose(folder: Path) -> None:
    one, two = await TinyStore.open(folder), await TinyStore.open(folder)
    await one.place()
    await two.place()
    await one.save_place(Place(ID, asking=frozenset({MAIN}), list_sort=Sort.STATUS, begun=BEGUN))
    await two.save_place(Place(OTHER, asking=frozenset({SECOND})))
    both = await one.place()
    assert both.asking == {MAIN, SECOND}
    assert (both.list_sort, both.begun) == ("status", BEGUN)
    await two.save_place(Place(OTHER))
    assert (await one.place()).asking == {MAIN}
    await one.close()
    await two.close()


async def test_of_two_edits_of_a_branch_one_is_kept_with_its_own_locks_and_version(
    folder: Path,
) -> None:
    one, two = await TinyStore.open(folder), await TinyStore.open(folder)
    await one.place()
    await two.place()
    theirs = Place(ID, edits={MAIN: "Theirs."}, edited={MAIN: 1}, locked={MAIN: (Span(0, 6),)})
    await one.save_place(theirs)
    await two.save_place(Place(ID, edits={MAIN: "Ours"}))
    kept = await one.place()
    assert (kept.edits, kept.edited, kept.locked) == ({MAIN: "Ours"}, {}, {})
    # Who says nothing new about the edit keeps the one of the other.
    await one.save_place(theirs)
    await two.save_place(Place(ID, edits={MAIN: "Ours"}, list_sort=Sort.TITLE))
    kept = await one.place()
    assert (kept.edits, kept.edited, kept.locked) == (theirs.edits, theirs.edited, theirs.locked)
    assert kept.list_sort == "title"
    await one.close()
    await two.close()


async def _changed(folder: Path) -> Tables:
    """Save the full place, and return its tables as they lie on the disk."""
    store = await TinyStore.open(folder)
    await store.save_place(FULL)
    await store.close()
    tables = SafeStorage(folder / "place.json").read()
    assert tables is not None
    return tables


async def _read(folder: Path, tables: Tables) -> Place:
    SafeStorage(folder / "place.json").write(tables)
    store = await TinyStore.open(folder)
    place = await store.place()
    await store.close()
    return place


async def test_of_two_unsent_texts_of_a_branch_one_is_kept_with_its_own_folds(
    folder: Path,
) -> None:
    one, two = await TinyStore.open(folder), await TinyStore.open(folder)
    await one.place()
    await two.place()
    await one.save_place(Place(ID, unsent={MAIN: "Theirs."}, folded={MAIN: (Span(0, 6),)}))
    await two.save_place(Place(ID, unsent={MAIN: "Ours"}))
    kept = await one.place()
    assert (kept.unsent, kept.folded) == ({MAIN: "Ours"}, {})
    await one.close()
    await two.close()


async def test_a_place_of_an_older_redraft_is_read(folder: Path) -> None:
    tables = await _changed(folder)
    for name in ("asking", "files"):
        del tables[name]
    for name in ("sources", "list_sort"):
        del tables["place"]["1"][name]
    place = await _read(folder, tables)
    assert place.begun == BegunPiece("On waiting", "talk", "For nurses.")
    assert (place.asking, place.list_sort) == (frozenset(), "recent")
    assert place.unsent == FULL.unsent


async def test_an_order_that_only_another_redraft_knows_is_the_usual_one(folder: Path) -> None:
    tables = await _changed(folder)
    tables["place"]["1"]["list_sort"] = "mood"
    tables["later"] = {"1": {"x": 1}}
    place = await _read(folder, tables)
    assert place.list_sort == "recent"
    assert place.begun == BEGUN
