"""The index follows the files, late and cheaply."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.store.disk import Disk
from tests.store.samples import sample, until, with_text
from tests.store.strategies import contents
from tui.domain.catalog import row_of
from tui.domain.catalog_changes import RowsChanged
from tui.domain.content import Content
from tui.domain.ids import ContentId
from tui.store import catalog, content_file, feed, library
from tui.store.index import read_index
from tui.store.library import TinyStore

ID = ContentId("sample22")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of content files that were opened and decoded for their row, in order."""
    names: list[str] = []
    original = content_file.ContentFile.row

    def row(self: content_file.ContentFile) -> object:
        names.append(self.path.stem)
        return original(self)

    monkeypatch.setattr(content_file.ContentFile, "row", row)
    return names


async def _filled(folder: Path, count: int, age: Callable[[Path], None]) -> None:
    store = await TinyStore.open(folder)
    for number in range(count):
        await store.create(sample(f"content{number}"))
        age(folder / "contents" / f"content{number}.json")
    await store.catalog()
    await store.close()


def _grow_old(path: Path) -> None:
    os.utime(path, (1_000, 1_000))


async def test_only_files_that_changed_are_opened(folder: Path, opened: list[str]) -> None:
    await _filled(folder, 5, _grow_old)
    opened.clear()
    store = await TinyStore.open(folder)
    assert len((await store.catalog()).rows) == 5
    assert opened == []
    other = await TinyStore.open(folder)
    await other.update(ContentId("content3"), with_text("changed"))
    assert [row.version for row in (await store.catalog()).rows].count(1) == 1
    assert set(opened) == {"content3"}
    await other.close()
    await store.close()


async def test_the_index_is_written_later_and_at_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = folder / "library.json"
    store = await TinyStore.open(folder)
    await store.create(sample())
    assert not index.exists()
    await store.close()
    assert list(read_index(index).entries()) == [ID]
    assert len(index.read_bytes().splitlines()) == 3, "it is not indented: it is read at each start"
    monkeypatch.setattr(library, "INDEX_DELAY", 0.01)
    store = await TinyStore.open(folder)
    await store.update(ID, with_text("one"))
    await until(lambda: read_index(index).entries()[ID].generation == 2)
    await store.close()


@settings(max_examples=25, deadline=None)
@given(contents())
def test_the_index_says_of_a_piece_what_its_file_says(content: Content) -> None:
    async def check(folder: Path) -> None:
        store = await TinyStore.open(folder)
        await store.create(content)
        _grow_old(folder / "contents" / f"{content.id}.json")
        await store.catalog()
        await store.close()
        entry = read_index(folder / "library.json").entries()[content.id]
        assert entry.holds((folder / "contents" / f"{content.id}.json").stat())
        assert entry.row == row_of(content)
        store = await TinyStore.open(folder)
        assert (await store.catalog()).rows == (row_of(content),)
        await store.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder) / "library"))


async def test_an_index_someone_edited_is_not_believed(folder: Path) -> None:
    await _filled(folder, 2, _grow_old)
    index = folder / "library.json"
    index.write_text(index.read_text().replace("A piece", "A hoax!"))
    store = await TinyStore.open(folder)
    assert [row.title for row in (await store.catalog()).rows] == ["A piece", "A piece"]
    await store.close()


@pytest.fixture
async def indexed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of two pieces whose index knows how its folders were left."""
    monkeypatch.setattr(catalog, "UNSETTLED_NS", 0)
    store = await TinyStore.open(folder)
    await store.create(sample())
    await store.create(sample("other222", "Another"))
    await store.close()
    return folder


async def _titles(folder: Path, *, trusts_index: bool) -> list[str]:
    store = await TinyStore.open(folder, trusts_index=trusts_index)
    titles = sorted(row.title for row in (await store.catalog()).rows)
    await store.close()
    return titles


async def test_a_start_that_trusts_the_index_looks_at_no_file(indexed: Path, disk: Disk) -> None:
    store = await TinyStore.open(indexed, trusts_index=True)
    with disk.watching():
        page = await store.catalog()
    assert sorted(row.title for row in page.rows) == ["A piece", "Another"]
    seen = [call.path for call in disk.calls if call.path.parent == indexed / "contents"]
    assert seen == []
    assert "scandir" not in {call.name for call in disk.calls}
    await store.close()


@pytest.mark.parametrize("change", ["created", "saved", "removed", "damaged"])
async def test_a_folder_that_is_not_as_it_was_indexed_is_looked_at(
    indexed: Path, change: str
) -> None:
    path = indexed / "contents" / "other222.json"
    other = await TinyStore.open(indexed)
    if change == "created":
        await other.create(sample("third333", "A third"))
    elif change == "saved":
        await other.update(ContentId("other222"), lambda one: replace(one, title="Renamed"))
    before = (indexed / "library.json").read_bytes()
    await other.close()
    (indexed / "library.json").write_bytes(before)  # As if the other one had been killed.
    if change == "removed":
        path.unlink()
        path.with_name("other222.json.prev").unlink(missing_ok=True)
    elif change == "damaged":
        path.rename(path.with_name("other222.json.damaged-20260101T000000Z"))
    wanted = {
        "created": ["A piece", "A third", "Another"],
        "saved": ["A piece", "Renamed"],
        "removed": ["A piece"],
        "damaged": ["A piece"],
    }
    assert await _titles(indexed, trusts_index=True) == wanted[change]


async def test_a_file_changed_in_its_place_is_told_of_after_a_start_that_trusts_the_index(
    indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "UNCHECKED", 0.0)
    path = indexed / "contents" / "other222.json"
    path.write_bytes(path.read_bytes().replace(b"Another", b"By hand"))
    store = await TinyStore.open(indexed, trusts_index=True)
    page = await store.catalog()
    assert sorted(row.title for row in page.rows) == ["A piece", "Another"]
    told: list[str] = []
    async with asyncio.timeout(10), store.changes(page.mark) as changes:
        async for change in changes:
            if isinstance(change, RowsChanged):
                told += [row.title for row in change.rows]
                break
    assert told == ["By hand"]
    await store.close()
    assert await _titles(indexed, trusts_index=True) == ["A piece", "By hand"]


async def test_the_command_line_looks_at_every_file(indexed: Path) -> None:
    path = indexed / "contents" / "other222.json"
    path.write_bytes(path.read_bytes().replace(b"Another", b"By hand"))
    assert await _titles(indexed, trusts_index=False) == ["A piece", "By hand"]


async def test_an_index_that_could_be_older_than_a_save_or_has_a_problem_is_not_trusted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await TinyStore.open(folder)
    await store.create(sample())
    await store.close()  # The folder changed less than `UNSETTLED_NS` ago.
    assert read_index(folder / "library.json").folders is None
    monkeypatch.setattr(catalog, "UNSETTLED_NS", 0)
    path = folder / "contents" / f"{ID}.json"
    path.with_name("other222.json.damaged-20260101T000000Z").write_bytes(b"{")
    store = await TinyStore.open(folder)
    await store.update(ID, with_text("one"))
    await store.close()
    assert read_index(folder / "library.json").folders is None
