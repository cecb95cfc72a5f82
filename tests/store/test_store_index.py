"""The index follows the files, late and cheaply."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.store.samples import sample, until, with_text
from tests.store.strategies import contents
from tui.domain.catalog import row_of
from tui.domain.content import Content
from tui.domain.ids import ContentId
from tui.store import content_file, library
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
    assert list(read_index(index)) == [ID]
    assert len(index.read_bytes().splitlines()) == 3, "it is not indented: it is read at each start"
    monkeypatch.setattr(library, "INDEX_DELAY", 0.01)
    store = await TinyStore.open(folder)
    await store.update(ID, with_text("one"))
    await until(lambda: read_index(index)[ID].generation == 2)
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
        entry = read_index(folder / "library.json")[content.id]
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
