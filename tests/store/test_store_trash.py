"""The trash, the undo list on disk, and what another Redraft wrote beside: nothing is lost."""

import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.samples import MAIN, START, sample, with_approval, with_fork, with_text
from tui.domain.changes import edited, with_branch
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem, NotFound, Refused
from tui.domain.ids import ContentId, SessionId
from tui.domain.steps import Action
from tui.domain.undo import undone, with_step, without_last_step
from tui.store.doctor import FolderCheck
from tui.store.library import TinyStore
from tui.store.migrations import Schema

ID = ContentId("sample22")
OTHER = ContentId("other222")
LATER = START + timedelta(days=1)
MUCH_LATER = START + timedelta(days=2)


def deleted(content: Content) -> Content:
    """A change: a deletion is the last step."""
    return with_step(content, content, Action.DELETE, LATER)


async def filled(store: TinyStore) -> Content:
    """A content with an approved version and its text on disk, and another one beside it."""
    await store.create(sample())
    await store.create(sample(OTHER, "Another"))
    await store.update(ID, with_text("One."))
    await store.update(ID, with_fork("way"))
    return await store.update(ID, with_approval)


def files(folder: Path) -> set[str]:
    """What lies in a folder, by name."""
    return {path.name for path in folder.iterdir()}


async def test_a_content_goes_to_the_trash_with_all_that_belongs_to_it(
    store: TinyStore, folder: Path
) -> None:
    before = await filled(store)
    await store.discard(ID, deleted)
    assert [row.id for row in (await store.catalog()).rows] == [OTHER]
    assert files(folder / "contents") == {f"{OTHER}.json"}
    assert files(folder / "trash") == {f"{ID}.json", f"{ID}.json.prev", ID}
    assert (folder / "trash" / ID / "approved-v1.md").read_text() == "One."
    (row,) = await store.trash()
    assert (row.id, row.title, row.undo_at) == (ID, before.title, LATER)
    with pytest.raises(NotFound, match=f"in the trash: `redraft restore {ID}`"):
        await store.load(ID)
    with pytest.raises(NotFound, match="in the trash"):
        await store.update(ID, with_text("x"))

    assert await store.restore(ID, without_last_step) == before
    assert await store.load(ID) == before
    assert await store.trash() == ()
    assert files(folder / "trash") == set()
    assert (folder / "texts" / ID / "approved-v1.md").read_text() == "One."
    assert (await store.catalog()).problems == ()


async def test_the_trash_outlives_a_restart_and_is_emptied_for_good(
    store: TinyStore, folder: Path
) -> None:
    await filled(store)
    await store.discard(ID, deleted)
    await store.discard(OTHER, deleted)
    again = await TinyStore.open(folder)
    assert {row.id for row in await again.trash()} == {ID, OTHER}
    assert (folder / "trash").stat().st_mode & 0o777 == 0o700
    assert await again.empty_trash() == 2
    assert await again.empty_trash() == 0
    assert files(folder / "trash") == set()
    assert await store.trash() == ()
    with pytest.raises(NotFound, match="no piece"):
        await store.restore(ID, without_last_step)
    await again.close()


async def test_a_piece_whose_remains_cannot_be_deleted_stays_in_the_trash_and_never_comes_back(
    store: TinyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails while a piece is moved to the trash, and again while that is emptied."""
    await filled(store)
    await store.update(ID, deleted)
    (folder / "trash").mkdir()
    name = f"{ID}.json"
    (folder / "contents" / name).rename(folder / "trash" / name)
    remains = folder / "contents" / f"{name}.prev"
    unlink = Path.unlink

    def fail(path: Path, missing_ok: bool = False) -> None:
        if path == remains:
            raise OSError(5, "Input/output error", str(path))
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", fail)
        with pytest.raises(LibraryProblem, match="Input/output error"):
            await store.empty_trash()
    assert await FolderCheck(folder, lambda: LATER).mend() == ()
    assert files(folder / "contents").isdisjoint({name})
    assert await store.empty_trash() == 1
    assert not remains.exists()


async def test_what_is_being_written_is_not_deleted(store: TinyStore, folder: Path) -> None:
    content = await filled(store)
    other = await TinyStore.open(folder)
    lease = await other.leases.take(content.branches[1].id)
    assert lease is not None
    with pytest.raises(
        Refused,
        match="Claude is writing in “A piece”, on branch “way”, so the piece was not deleted",
    ):
        await store.discard(ID, deleted)
    assert await store.load(ID) == content
    lease.release()
    await store.discard(ID, deleted)
    lease = await other.leases.take(content.branches[1].id)
    assert lease is not None
    await other.close()


async def test_another_program_sees_a_content_go_and_come_back(
    store: TinyStore, folder: Path
) -> None:
    await filled(store)
    other = await TinyStore.open(folder)
    await other.load(ID)
    await store.discard(ID, deleted)
    assert [row.id for row in (await other.catalog()).rows] == [OTHER]
    with pytest.raises(NotFound):
        await other.update(ID, with_text("x"))
    await other.restore(ID, without_last_step)
    assert (await store.update(ID, with_text("Two."))).draft(MAIN) is not None
    await other.close()


async def test_a_content_that_is_there_is_not_replaced_by_the_one_in_the_trash(
    store: TinyStore, folder: Path
) -> None:
    await filled(store)
    await store.discard(ID, deleted)
    await store.create(sample())
    with pytest.raises(LibraryProblem, match="in the library already"):
        await store.restore(ID, without_last_step)
    assert (folder / "trash" / f"{ID}.json").exists()


async def test_a_program_that_dies_while_it_deletes_leaves_the_content_whole(
    store: TinyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await filled(store)
    with monkeypatch.context() as broken:

        def fail(self: Path, target: Path) -> Path:
            raise OSError(5, "Input/output error", str(target))

        broken.setattr(Path, "rename", fail)
        with pytest.raises(LibraryProblem, match="Input/output error"):
            await store.discard(ID, deleted)
    content = await store.load(ID)
    assert replace(content, undo=()) == before
    assert undone(content, LATER).sentence == ""
    assert await store.trash() == ()


async def test_a_content_whose_deletion_was_cut_short_comes_back_whole(
    store: TinyStore, folder: Path
) -> None:
    before = await filled(store)
    await store.update(ID, deleted)
    (folder / "trash").mkdir()
    name = f"{ID}.json"
    (folder / "contents" / name).rename(folder / "trash" / name)
    assert [row.id for row in await store.trash()] == [ID]
    assert (await store.catalog()).problems == ()
    assert await store.restore(ID, without_last_step) == before
    assert (folder / "texts" / ID / "approved-v1.md").exists()
    assert files(folder / "trash") == set()


async def test_steps_and_when_the_last_was_taken_survive_a_restart(folder: Path) -> None:
    store = await TinyStore.open(folder)
    await store.create(sample())
    await store.update(ID, with_text("One."))
    at = START + timedelta(hours=3)

    def renamed(content: Content) -> Content:
        return with_step(content, replace(content, title="B"), Action.RENAME, at)

    content = await store.update(ID, renamed)
    await store.close()
    for _ in range(2):  # once with the index just written, once without one
        again = await TinyStore.open(folder)
        (row,) = (await again.catalog()).rows
        assert row.undo_at == at
        assert await again.load(ID) == content
        await again.close()
        (folder / "library.json").unlink()


async def test_the_text_of_an_approval_that_was_undone_goes(store: TinyStore, folder: Path) -> None:
    await store.create(sample())
    await store.update(ID, with_text("One."))
    text = folder / "texts" / ID / "approved-v1.md"

    def recorded(content: Content) -> Content:
        return with_step(content, with_approval(content), Action.APPROVE, LATER)

    await store.update(ID, recorded)
    assert text.read_text() == "One."
    await store.update(ID, lambda content: undone(content, LATER).content)
    assert not text.exists()
    await store.update(ID, recorded)
    assert text.read_text() == "One."


async def test_a_history_that_does_not_fit_costs_the_history_only(
    store: TinyStore, folder: Path
) -> None:
    await filled(store)
    await store.discard(ID, deleted)
    await store.restore(ID, lambda content: content)
    path = folder / "contents" / f"{ID}.json"
    tables = json.loads(path.read_text())
    tables["undo"]["1"]["changes"] = [7]
    path.write_text(json.dumps(tables))
    assert (await store.load(ID)).undo == ()
    assert files(folder / "contents") == {f"{ID}.json", f"{ID}.json.prev", f"{OTHER}.json"}


async def test_what_another_redraft_wrote_beside_is_carried_over_every_save(
    store: TinyStore, folder: Path
) -> None:
    await filled(store)
    path = folder / "contents" / f"{ID}.json"
    tables = json.loads(path.read_text())
    tables["content"]["1"]["mood"] = "bright"
    tables["branches"]["2"]["colour"] = "red"
    tables["versions"]["1"]["note"] = {"by": "a reader"}
    tables["comments"] = {"1": {"text": "good"}, "7": {"text": "better"}}
    path.write_text(json.dumps(tables))
    for count in range(3):
        await store.update(ID, lambda content, n=count: edited(content, MAIN, f"T{n}", START))  # type: ignore[misc]
    other = await TinyStore.open(folder)
    await other.update(ID, with_text("Last."))
    await other.close()
    saved = json.loads(path.read_text())
    assert saved["content"]["1"]["mood"] == "bright"
    assert [row.get("colour") for row in saved["branches"].values()] == [None, "red"]
    assert saved["versions"]["1"]["note"] == {"by": "a reader"}
    assert saved["comments"] == tables["comments"]
    assert len(saved["versions"]) == 5


async def test_what_another_redraft_wrote_survives_a_recovery(
    store: TinyStore, folder: Path
) -> None:
    await filled(store)
    path = folder / "contents" / f"{ID}.json"
    tables = json.loads(path.read_text())
    tables["content"]["1"]["mood"] = "bright"
    path.write_text(json.dumps(tables))
    await store.update(ID, with_text("Two."))
    await store.update(ID, with_text("Three."))
    path.write_bytes(path.read_bytes()[:-50])
    assert (await store.load(ID)).versions[-1].text == "Two."
    assert json.loads(path.read_text())["content"]["1"]["mood"] == "bright"


async def test_emptying_the_trash_takes_the_transcripts_of_its_contents_too(
    store: TinyStore, folder: Path
) -> None:
    content = await filled(store)
    other = sample(ContentId("third333"), "Third")
    other = with_branch(other, replace(other.branches[0], session=SessionId("session-3")))
    await store.create(other)
    copies = folder / "transcripts" / "redraft"
    copies.mkdir(parents=True)
    for session in (content.branches[0].session, other.branches[0].session):
        (copies / f"{session}.jsonl").write_text("{}\n")
    await store.discard(ID, deleted)
    await store.discard(OTHER, deleted)  # it is held on the same session
    assert await store.empty_trash() == 2
    assert files(copies) == {"session-3.jsonl"}


async def test_nothing_in_the_trash_is_ever_overwritten(store: TinyStore, folder: Path) -> None:
    newer = await filled(store)
    await store.discard(ID, deleted)
    first = {path.name: path.read_bytes() for path in (folder / "trash").glob("*.*")}
    await store.create(sample(title="The older one"))  # as the import of an older bundle does
    older = await store.update(ID, with_text("Another."))
    await store.update(ID, with_approval)
    await store.discard(ID, lambda content: with_step(content, content, Action.DELETE, MUCH_LATER))
    assert first.items() <= {p.name: p.read_bytes() for p in (folder / "trash").glob("*.*")}.items()
    assert (folder / "trash" / ID / "approved-v1.md").read_text() == "One."
    assert [row.title for row in await store.trash()] == ["The older one", "A piece"]

    again = await store.restore(ID, without_last_step)
    assert (again.title, again.versions) == ("The older one", older.versions)
    assert (folder / "texts" / ID / "approved-v1.md").read_text() == "Another."
    assert [row.title for row in await store.trash()] == ["A piece"]
    await store.discard(ID, lambda content: content)
    assert await store.empty_trash() == 2
    assert files(folder / "trash") == set()
    with pytest.raises(NotFound):
        await store.load(newer.id)


async def test_the_second_of_one_id_in_the_trash_is_told_of(store: TinyStore, folder: Path) -> None:
    await filled(store)
    await store.discard(ID, deleted)
    await store.create(sample())
    await store.discard(ID, lambda content: with_step(content, content, Action.DELETE, MUCH_LATER))
    (folder / "trash" / f"{ID}.json").unlink()
    with pytest.raises(NotFound, match="in the trash"):
        await store.load(ID)
    assert (await store.restore(ID, without_last_step)).versions == ()


async def test_emptying_the_trash_leaves_the_transcripts_that_a_content_here_still_has(
    store: TinyStore, folder: Path
) -> None:
    content = await filled(store)
    await store.discard(ID, deleted)
    await store.create(sample())
    copy = folder / "transcripts" / "redraft" / f"{content.branches[0].session}.jsonl"
    copy.parent.mkdir(parents=True)
    copy.write_text("{}\n")
    assert await store.empty_trash() == 1
    assert copy.exists()


async def test_what_belongs_to_a_content_is_back_before_its_file(
    store: TinyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await filled(store)
    await store.discard(ID, deleted)
    there: list[bool] = []
    rename = os.rename

    def renamed(source: Path, target: Path) -> None:
        if Path(target) == folder / "contents" / f"{ID}.json":
            belongs = (folder / "contents" / f"{ID}.json.prev", folder / "texts" / ID)
            there.append(all(path.exists() for path in belongs))
        rename(source, target)

    monkeypatch.setattr(os, "rename", renamed)
    assert await store.restore(ID, without_last_step) == before
    assert there == [True]


async def test_a_content_that_is_a_link_to_a_file_elsewhere_is_not_moved(
    store: TinyStore, folder: Path, tmp_path: Path
) -> None:
    await filled(store)
    path, target = folder / "contents" / f"{ID}.json", tmp_path / "elsewhere.json"
    path.rename(target)
    path.symlink_to(target)
    with pytest.raises(LibraryProblem, match="is a link to a file elsewhere"):
        await store.discard(ID, deleted)
    assert path.is_symlink()
    assert (await store.load(ID)).title == "A piece"
    assert await store.trash() == ()

    await store.discard(OTHER, deleted)
    link = folder / "trash" / f"{OTHER}.json"
    link.rename(tmp_path / "other.json")
    link.symlink_to(tmp_path / "other.json")
    with pytest.raises(LibraryProblem, match="is a link to a file elsewhere"):
        await store.restore(OTHER, without_last_step)
    assert link.is_symlink()
    assert (tmp_path / "other.json").exists()


async def test_the_trash_is_emptied_of_a_piece_that_only_a_newer_redraft_can_read(
    folder: Path,
) -> None:
    newer = TinyStore(folder, schema=Schema(2, "0.9", {1: lambda tables: tables}))
    await filled(newer)
    await newer.discard(ID, deleted)
    await newer.close()
    path = folder / "trash" / f"{ID}.json"
    path.write_text(path.read_text().replace('"status": "', '"status": "dreamt '))
    store = await TinyStore.open(folder)
    assert await store.empty_trash() == 1
    assert files(folder / "trash") == set()
    await store.close()
