"""Damaged, newer, older and hand-edited files: the rest works, nothing found is thrown away."""

import asyncio
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.samples import MAIN, sample, until, with_approval, with_text
from tui.clock import utc_now
from tui.domain.catalog import row_of
from tui.domain.content import Content
from tui.domain.errors import ContentDamaged, LibraryProblem, NewerSchema, NotFound
from tui.domain.ids import ContentId
from tui.domain.list_query import Sort
from tui.domain.place import Place
from tui.domain.steps import UndoStep
from tui.store import damage
from tui.store.content_file import ContentFile
from tui.store.damage import Known, lost_sentence
from tui.store.doctor import FolderCheck
from tui.store.encoding import decoded
from tui.store.fixing import fix_library
from tui.store.library import TinyStore
from tui.store.locks import lock_path, try_lock
from tui.store.migrations import CURRENT, Schema, Tables
from tui.store.unreadable import Unreadable

ID = ContentId("sample22")
OTHER = ContentId("other222")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-400])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _zeros(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


def _noise(path: Path) -> None:
    path.write_bytes(os.urandom(2_000))


def _not_json(path: Path) -> None:
    path.write_text("Dear diary, this is not JSON.")


def _other_json(path: Path) -> None:
    path.write_text('["a", "list"]')


def _no_header(path: Path) -> None:
    tables = json.loads(path.read_text())
    del tables["redraft"]
    path.write_text(json.dumps(tables))


def _flipped_number(path: Path) -> None:
    path.write_text(path.read_text().replace('"number": 2', '"number": 7'))


def _unknown_status(path: Path) -> None:
    path.write_text(path.read_text().replace('"status": "draft"', '"status": "lovely"'))


def _no_branches(path: Path) -> None:
    tables = json.loads(path.read_text())
    tables["branches"] = {}
    path.write_text(json.dumps(tables))


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "mine.txt").write_text("keep me")


def _a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _deep(path: Path) -> None:
    path.write_text("[" * 100_000)


DAMAGES = [
    _cut,
    _empty,
    _zeros,
    _noise,
    _not_json,
    _other_json,
    _no_header,
    _flipped_number,
    _unknown_status,
    _no_branches,
    _a_folder,
    _a_pipe,
    _deep,
]


async def _filled(folder: Path) -> Content:
    """Make a library of two contents; return the first as it was one save before the last."""
    store = await TinyStore.open(folder)
    await store.create(sample())
    await store.create(sample(OTHER, "Another"))
    await store.update(ID, with_text("first"))
    before = await store.update(ID, with_text("second", 2))
    await store.update(ID, with_text("third", 3))
    await store.close()
    return before


def _file(folder: Path, name: str = f"{ID}.json") -> Path:
    return folder / "contents" / name


def _lock_is_held(folder: Path) -> bool:
    handle = try_lock(lock_path(folder / "locks", "content", ID))
    if handle is not None:
        os.close(handle)
    return handle is None


def _asides(folder: Path, name: str = f"{ID}.json") -> list[Path]:
    return list(folder.rglob(f"{name}.damaged-*"))


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("first", ["catalog", "load", "update"])
async def test_a_damaged_file_is_set_aside_and_recovered(
    folder: Path, damage: Callable[[Path], None], first: str
) -> None:
    before = await _filled(folder)
    damage(_file(folder))
    os.utime(_file(folder), (0, 0))
    evidence = _file(folder).read_bytes() if _file(folder).is_file() else None
    store = await TinyStore.open(folder)
    if first == "load":
        assert await store.load(ID) == before
    if first == "update":
        await store.update(ID, lambda content: content)
    rows, problems = (catalog := await store.catalog()).rows, catalog.problems
    assert {row.id for row in rows} == {ID, OTHER}
    assert len(problems) == 1
    assert "“A piece”" in problems[0]
    assert "recovered" in problems[0]
    (aside,) = _asides(folder)
    assert re.search(r"damaged-\d{8}T\d{6}Z$", aside.name)
    assert str(aside) in problems[0]
    if evidence is not None:
        assert aside.read_bytes() == evidence
    if damage is _a_folder:
        assert (aside / "mine.txt").read_text() == "keep me"
    assert await store.load(ID) == before
    assert len((await store.update(ID, with_text("again"))).versions) == 3
    await store.close()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b" \n", "There is nothing in it."),
        (b'{"turns": "\xff"}', "The text in it is not UTF-8."),
        (b"[" * 100_000, "The JSON in it is nested too deeply."),
        (b'["a", "list"]', "The JSON in it is of another kind than Redraft writes."),
        (b'{"turns": {"one": {}}}', "The JSON in it is of another kind than Redraft writes."),
        (b'{"turns": {"1": {}}}', "The first line of it, which names the schema, is missing."),
        (b'{"turns": {"1": {"$escaped": "\\\\ud8"}}}', "A text in it has a broken escape."),
    ],
    ids=lambda value: value[:20],
)
def test_why_a_file_cannot_be_read_is_said(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        decoded(data)
    assert unreadable.value.about("it") == reason


async def test_the_sentence_says_exactly_what_is_missing(folder: Path) -> None:
    await _filled(folder)
    _empty(_file(folder))
    store = await TinyStore.open(folder)
    (problem,) = (await store.catalog()).problems
    (aside,) = _asides(folder)
    assert problem == (
        f"“A piece” ({ID}) could not be read: it was recovered as it was at 2026-01-01 12:02:00 "
        "UTC (save 3); the last save is missing, with v3 (1 word). The damaged file is kept as "
        f"{aside}. There is nothing in that file."
    )
    await store.close()


@pytest.mark.parametrize(
    ("saves", "version", "missing"),
    [
        (0, None, "what the last save added is missing"),
        (3, None, "nothing is missing"),
        (4, 3, "the last save is missing, with v3 (7 words)"),
        (4, 2, "the last save is missing"),
        (5, None, "the last 2 saves are missing"),
    ],
)
async def test_what_is_missing_is_said_as_far_as_it_is_known(
    folder: Path, saves: int, version: int | None, missing: str
) -> None:
    await _filled(folder)
    _file(folder).unlink()
    row = None if version is None else replace(row_of(sample()), version=version, words=7)
    recovery = damage.put_back(ContentFile(_file(folder)), Known(ID, saves, row), CURRENT)
    assert recovery is not None
    assert recovery.sentence == (
        f"“A piece” ({ID}) had lost its file: it was recovered as it was at "
        f"2026-01-01 12:02:00 UTC (save 3); {missing}."
    )


async def test_a_content_without_a_good_copy_is_lost_and_said_so(folder: Path) -> None:
    await _filled(folder)
    _other_json(_file(folder))
    _empty(_file(folder, f"{ID}.json.prev"))
    store = await TinyStore.open(folder)
    catalog = await store.catalog()
    assert [row.id for row in catalog.rows] == [OTHER]
    assert "no good copy" in catalog.problems[0]
    assert "v3" in catalog.problems[0]
    assert catalog.problems[0].endswith(
        " The JSON in the damaged file is of another kind than Redraft writes."
    )
    with pytest.raises(ContentDamaged, match="no good copy"):
        await store.load(ID)
    with pytest.raises(ContentDamaged):
        await store.update(ID, with_text("x"))
    with pytest.raises(LibraryProblem, match="already"):
        await store.create(sample())
    await store.close()
    store = await TinyStore.open(folder)
    assert "no good copy" in (await store.catalog()).problems[0]
    with pytest.raises(ContentDamaged):
        await store.load(ID)
    assert len(_asides(folder)) == 1
    assert _file(folder, f"{ID}.json.prev").exists()
    await store.close()


@pytest.mark.parametrize(
    ("version", "had"),
    [
        (None, ""),
        (1, "; it had 1 branch and its text was v1"),
        (3, "; it had 3 branches and its text was v3"),
    ],
    ids=["no text", "one branch", "a text"],
)
def test_what_a_lost_piece_had_is_said_as_far_as_it_is_known(version: int | None, had: str) -> None:
    row = replace(row_of(sample()), version=version, branches=version or 2)
    known, kept = Known(ID, 4, row), Path("/library/kept")
    assert lost_sentence(known, kept) == (
        f"“A piece” ({ID}) cannot be read, and there is no good copy from before{had}. The damaged "
        f"file is kept as {kept}: put a backup in its old place to have the piece back."
    )
    assert lost_sentence(Known(ID), kept).startswith(f"The piece {ID} cannot be read, and ")


async def test_damage_that_cannot_be_mended_now_is_shown_and_mended_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _filled(folder)
    _cut(_file(folder))

    def refuse(*_: object) -> Path:
        raise LibraryProblem("The disk may only be read.")

    store = await TinyStore.open(folder)
    with monkeypatch.context() as patch:
        patch.setattr(damage, "set_aside", refuse)
        catalog = await store.catalog()
        assert {row.id for row in catalog.rows} == {ID, OTHER}
        (problem,) = catalog.problems
        assert problem.startswith(f"The JSON in {_file(folder)} is cut off or broken (")
        assert problem.endswith(
            "). You see the piece as it was before that, and the file was left where it is. "
            "The disk may only be read."
        )
        assert len((await store.load(ID)).versions) == 2
        assert store.recovered() == (problem,)
    assert len((await store.update(ID, with_text("goes on"))).versions) == 3
    (problem,) = (await store.catalog()).problems
    assert "recovered as it was at" in problem
    assert store.recovered() == (problem,)
    assert len(_asides(folder)) == 1
    await store.close()


async def test_damage_while_the_program_runs_is_found(store: TinyStore, folder: Path) -> None:
    await store.create(sample())
    await store.update(ID, with_text("first"))
    await store.update(ID, with_text("second"))
    _cut(_file(folder))
    assert len((await store.load(ID)).versions) == 1
    _empty(_file(folder))
    assert [v.text for v in (await store.update(ID, with_text("new"))).versions] == ["first", "new"]
    assert len(_asides(folder)) == 2


async def test_a_file_that_is_just_being_written_is_not_damaged(
    store: TinyStore, folder: Path
) -> None:
    await store.create(sample())
    whole = _file(folder).read_bytes().replace(b"A piece", b"A peace")
    _file(folder).write_bytes(whole[:300])
    loading = asyncio.create_task(store.load(ID))
    await until(lambda: _lock_is_held(folder))
    _file(folder).write_bytes(whole)
    assert (await loading).title == "A peace"
    assert not _asides(folder)


async def test_a_good_edit_by_hand_is_taken_and_said(folder: Path) -> None:
    await _filled(folder)
    store = await TinyStore.open(folder)
    step = UndoStep("rename", utc_now())
    await store.update(ID, lambda content: replace(content, undo=(step,)))
    await store.close()
    path = _file(folder)
    path.write_text(path.read_text().replace("A piece", "A good piece"))
    store = await TinyStore.open(folder)
    catalog = await store.catalog()
    assert row_of(await store.load(ID)) in catalog.rows
    assert "A good piece" in [row.title for row in catalog.rows]
    assert "changed by another program or by hand" in catalog.problems[0]
    assert not _asides(folder)
    assert (await store.load(ID)).title == "A good piece"
    assert (await store.update(ID, with_text("more"))).title == "A good piece"
    assert (await store.catalog()).problems == ()
    path.write_text(path.read_text().replace('"second"', '"sekond"'))
    assert "v2 is not the one that was saved" in (await store.catalog()).problems[0]
    await store.close()


async def test_a_newer_file_is_read_but_not_written_and_the_rest_works(folder: Path) -> None:
    await _filled(folder)
    newer = TinyStore(folder, schema=Schema(2, "0.9", {1: lambda tables: tables}))
    content = await newer.update(ID, with_text("from the future"))
    await newer.close()
    data = _file(folder).read_bytes()
    store = await TinyStore.open(folder)
    catalog = await store.catalog()
    assert {row.id: row.needs for row in catalog.rows} == {ID: "0.9", OTHER: ""}
    assert "Redraft 0.9 or newer" in catalog.problems[0]
    assert await store.load(ID) == content
    for change in (store.update, store.discard):
        with pytest.raises(NewerSchema, match=r"Redraft 0\.9 or newer"):
            await change(ID, with_text("x"))
    assert _file(folder).read_bytes() == data
    assert (await store.update(OTHER, with_text("x"))).versions[-1].text == "x"
    await store.close()


async def test_a_newer_file_in_an_unknown_form_is_refused(folder: Path) -> None:
    await _filled(folder)
    newer = TinyStore(folder, schema=Schema(2, "0.9", {1: lambda tables: tables}))
    await newer.update(ID, with_text("from the future"))
    await newer.close()
    path = _file(folder)
    path.write_text(path.read_text().replace('"status": "draft"', '"status": "dreamt"'))
    data = path.read_bytes()
    store = await TinyStore.open(folder)
    catalog = await store.catalog()
    assert [row.id for row in catalog.rows] == [OTHER]
    assert "Redraft 0.9 or newer" in catalog.problems[0]
    with pytest.raises(NewerSchema) as refused:
        await store.load(ID)
    assert str(refused.value) == (
        f"{path} was written by a newer Redraft, in a form this one cannot read: open it with "
        "Redraft 0.9 or newer. “status” in the file is 'dreamt', which is not one of: draft, "
        "review, approved, published, archived."
    )
    with pytest.raises(NewerSchema):
        await store.update(ID, with_text("x"))
    assert path.read_bytes() == data
    await store.close()


async def test_an_older_file_is_migrated_and_kept(folder: Path) -> None:
    def named_titles(tables: Tables) -> Tables:
        for row in tables["content"].values():
            row["title"] = row.pop("title").upper()
        return tables

    before = await _filled(folder)
    data = _file(folder).read_bytes()
    store = TinyStore(folder, schema=Schema(2, "0.2", {1: named_titles}))
    assert (await store.load(ID)).title == "A PIECE"
    assert _file(folder).read_bytes() == data
    await store.update(ID, with_text("after"))
    assert _file(folder, f"{ID}.json.schema-1").read_bytes() == data
    await store.update(ID, with_text("and again"))
    assert _file(folder, f"{ID}.json.schema-1").read_bytes() == data
    await store.close()
    again = TinyStore(folder, schema=Schema(2, "0.2", {1: named_titles}))
    assert len((await again.load(ID)).versions) == len(before.versions) + 3
    await again.close()


async def test_a_step_that_is_missing_or_fails_leaves_the_file(folder: Path) -> None:
    await _filled(folder)
    data = _file(folder).read_bytes()

    def broken(tables: Tables) -> Tables:
        raise KeyError("no such field")

    for steps in ({}, {1: broken}):
        store = TinyStore(folder, schema=Schema(2, "0.2", steps))
        with pytest.raises(LibraryProblem):
            await store.load(ID)
        await store.close()
        kept = [_file(folder), *_asides(folder)]
        assert any(path.exists() and path.read_bytes() == data for path in kept)


async def test_strangers_among_the_files_are_left_alone(store: TinyStore, folder: Path) -> None:
    await store.create(sample())
    shutil.copy(_file(folder), _file(folder, "copy2222.json"))
    shutil.copy(_file(folder), _file(folder, f"{ID}.sync-conflict-1.json"))
    _file(folder, "dangling.json").symlink_to(folder / "nowhere")
    catalog = await store.catalog()
    assert [row.id for row in catalog.rows] == [ID]
    assert len(catalog.problems) == 2
    assert "holds the piece sample22" in " ".join(catalog.problems)
    assert _file(folder, "copy2222.json").exists()
    assert not list((folder / "contents").glob("*.damaged-*"))


async def test_a_damaged_place_is_set_aside(store: TinyStore, folder: Path) -> None:
    await store.save_place(Place(ID, {ID: MAIN}, {MAIN: "one"}))
    await store.save_place(Place(ID, {ID: MAIN}, {MAIN: "two"}, list_sort=Sort.TITLE))
    _cut(folder / "place.json")
    (folder / "place.json").write_text("{")
    assert (await store.place()).unsent == {MAIN: "one"}
    (aside,) = _asides(folder, "place.json")
    (problem,) = (await store.catalog()).problems
    assert problem.startswith(
        f"{folder / 'place.json'} could not be read: your place and your unsent texts are as they "
        f"were one save before. The damaged file is kept as {aside}. The JSON in that file is cut "
        "off or broken ("
    )
    (folder / "place.json").write_text("")
    (folder / "place.json.prev").write_text("")
    await store.save_place(Place(ID, {}, {MAIN: "three"}))
    assert (await store.place()).unsent == {MAIN: "three"}
    assert len(_asides(folder, "place.json")) == 2


async def test_two_programs_keep_each_others_unsent_texts(folder: Path) -> None:
    one, two = await TinyStore.open(folder), await TinyStore.open(folder)
    a, b = MAIN, type(MAIN)("second-branch")
    assert await one.place() == await two.place() == Place()
    await one.save_place(Place(ID, {}, {a: "from one"}))
    await two.save_place(Place(OTHER, {}, {b: "from two"}))
    assert (await one.place()).unsent == {a: "from one", b: "from two"}
    await two.save_place(Place(OTHER, {}, {}))
    assert (await one.place()).unsent == {a: "from one"}
    await one.close()
    await two.close()


async def test_the_index_may_be_deleted_or_damaged(folder: Path) -> None:
    await _filled(folder)
    store = await TinyStore.open(folder)
    rows = (await store.catalog()).rows
    await store.close()
    index = folder / "library.json"
    spoils: list[Callable[[Path], object]] = [Path.unlink, _empty, _noise, _not_json, _other_json]
    for spoil in spoils:
        assert index.exists()
        spoil(index)
        store = await TinyStore.open(folder)
        assert (await store.catalog()).rows == rows
        assert (await store.catalog()).problems == ()
        await store.close()


async def test_approved_texts_lie_beside_the_content(store: TinyStore, folder: Path) -> None:
    await store.create(sample())
    await store.update(ID, with_text("# Title\n\nIt was \udc80."))
    content = await store.update(ID, with_approval)
    path = folder / "texts" / ID / "approved-v1.md"
    assert path.read_bytes() == "# Title\n\nIt was \udc80.".encode("utf-8", "surrogatepass")
    path.write_text("my own note")
    await store.update(ID, with_text("more"))
    assert path.read_text() == "my own note"
    assert content.approvals[0].version == 1


async def test_a_file_that_is_gone_while_its_copy_is_there_is_told_and_put_back(
    folder: Path,
) -> None:
    before = await _filled(folder)
    store = await TinyStore.open(folder)
    await store.catalog()
    _file(folder).unlink()
    for running in (store, await TinyStore.open(folder)):  # one that knew it, one that did not
        (problem,) = (await running.catalog()).problems
        assert problem.startswith(f"“{before.title}” ({ID}) has lost its file")
        assert "`redraft doctor --fix`" in problem
        with pytest.raises(NotFound, match="has lost its file"):
            await running.load(ID)
        with pytest.raises(NotFound, match="has lost its file"):
            await running.update(ID, with_text("x"))
        with pytest.raises(LibraryProblem, match="has lost its file"):
            await running.create(sample())
    await running.close()
    assert not _file(folder).exists()
    (done,) = fix_library(folder, utc_now)
    assert f"({ID}) had lost its file: it was recovered as it was at" in done
    assert await store.load(ID) == before
    assert (await store.catalog()).problems == ()
    await store.close()


async def test_a_lost_piece_is_not_among_the_recovered_whatever_its_title_says(
    folder: Path,
) -> None:
    store = await TinyStore.open(folder)
    await store.create(sample(title="What was recovered"))
    await store.close()
    _file(folder).write_text("{")
    check = FolderCheck(folder, utc_now)
    assert await check.mend() == ()
    (problem,) = [one.sentence for one in await check.look() if not one.is_fine]
    assert problem.startswith(f"The piece {ID} has no file any more")


async def test_a_deleted_piece_has_not_lost_its_file(store: TinyStore, folder: Path) -> None:
    await store.create(sample())
    await store.update(ID, with_text("first"))
    await store.discard(ID, lambda content: content)
    copy = _file(folder, f"{ID}.json.prev")
    (folder / "trash" / copy.name).rename(copy)  # as when the program is killed in between
    assert (await store.catalog()).problems == ()
    assert fix_library(folder, utc_now) == ()
    assert await store.empty_trash() == 1
    assert not copy.exists()
    assert (await store.catalog()).problems == ()
