"""What was saved is what is read, whatever it is."""

import asyncio
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from tinydb import TinyDB

from tests.store.samples import sample, with_text
from tests.store.strategies import HOSTILE, contents, places
from tui.domain.catalog import row_of
from tui.domain.content import Content
from tui.domain.ids import ContentId
from tui.domain.place import Place
from tui.store.catalog_row import catalog_row_from_tables
from tui.store.content_file import ContentFile
from tui.store.content_rows import content_from_rows, content_to_rows
from tui.store.library import TinyStore
from tui.store.row_numbers import rows_to_tables
from tui.studio.ports import Lease, Store


@settings(max_examples=40, deadline=None)
@given(contents())
def test_rows_of_any_content_are_that_content(content: Content) -> None:
    rows = content_to_rows(content)
    assert content_from_rows(rows) == content
    tables = rows_to_tables(rows)
    assert catalog_row_from_tables(tables) == row_of(content)


@settings(max_examples=25, deadline=None)
@given(contents())
def test_any_content_is_read_as_it_was_saved(content: Content) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "content.json"
        ContentFile(path).write(content)
        file = ContentFile(path)
        assert file.read() == content
        assert file.is_intact
        json.loads(path.read_text("utf-8"))  # any other JSON parser reads it too


@settings(max_examples=20, deadline=None)
@given(contents(), places())
def test_any_content_and_place_survive_a_restart(content: Content, place: Place) -> None:
    async def check(folder: Path) -> None:
        store: Store = await TinyStore.open(folder)
        await store.create(content)
        await store.save_place(place)
        await store.close()
        store = await TinyStore.open(folder)
        assert await store.load(content.id) == content
        assert (await store.catalog()).rows == (row_of(content),)
        assert (await store.catalog()).problems == ()
        assert await store.place() == place
        await store.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder) / "library"))


async def test_hostile_texts_come_back_character_for_character(store: TinyStore) -> None:
    await store.create(sample())
    for text in (text for text in HOSTILE if text.strip()):
        saved = await store.update(ContentId("sample22"), with_text(text))
        assert saved.versions[-1].text == text.strip("\r\n") or saved.versions[-1].text in text


async def test_a_file_is_one_plain_tinydb_opens(store: TinyStore, folder: Path) -> None:
    await store.create(sample())
    await store.update(ContentId("sample22"), with_text("Hello"))
    with TinyDB(folder / "contents" / "sample22.json") as database:
        assert [row["text"] for row in database.table("versions")] == ["Hello"]
        assert {"content", "branches", "turns", "versions"} <= database.tables()


def test_fields_of_another_redraft_are_passed_over(folder: Path) -> None:
    path = folder / "sample22.json"
    folder.mkdir()
    ContentFile(path).write(sample())
    tables = json.loads(path.read_text())
    tables["content"]["1"]["mood"] = "bright"
    tables["later"] = {"1": {"x": 1}}
    del tables["branches"]["1"]["is_archived"]
    path.write_text(json.dumps(tables))
    assert ContentFile(path).read() == sample()


async def test_a_lease_is_what_the_studio_expects(store: TinyStore) -> None:
    lease: Lease | None = await store.leases.take(sample().main)
    assert lease is not None
    lease.release()
    lease.release()
