"""A search finds just what a look at every text finds, whatever happened to the library since."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.samples import MAIN, START, sample, until, with_text, with_turn
from tests.store.strategies import contents
from tests.support.fakes import MemoryStore
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem
from tui.domain.ids import ContentId
from tui.domain.search import SearchQuery, found, parse_search, searched_texts
from tui.store.doctor import FolderCheck
from tui.store.library import TinyStore
from tui.store.search_index import SearchIndex
from tui.studio.ports import Store

ONE, OTHER = ContentId("oneoneone2"), ContentId("otherother2")
HOSTILE = (
    *("a", "é", "中", "中文", "😀", "\x00", "\ud83d", "ﬁ", "  ", "-", "*", "^", ":", "(", ")", '"'),
    *("word", "word word", '"word word"', '"d w"', "NEAR(word 2)", "word OR nothing", "wor*"),
    *("form:word", "-word", "word AND", "{form}:word", "'", "\\", "%", "_", "line\r\nline"),
    *('"', '""', '"word', "draft", "</draft>", "\u0301", "escaped x", "\x1b[31m", "word " * 40),
)


@st.composite
def typed_queries(draw: st.DrawFn, texts: list[str]) -> str:
    """A part of some text, in quotes or not, or what is hard for an index."""
    text = draw(st.sampled_from(texts))
    start = draw(st.integers(0, max(0, len(text) - 1)))
    part = text[start : start + draw(st.integers(1, 9))]
    quoted = f'"{part}"'
    return draw(
        st.sampled_from([part, quoted, f"{part} {text[:2]}", draw(st.sampled_from(HOSTILE))])
    )


async def check(store: Store, now: list[Content], typed: list[str]) -> None:
    """Compare with a look at every text, in all contents and in one."""
    for text in typed:
        query = parse_search(text)
        for only in (None, ONE):
            assert await store.search(query, only, 1_000) == found(now, query, only, 1_000), text
            assert await store.search(query, only, 2) == found(now, query, only, 2), text


def as_it_is(content: Content) -> Content:
    return content


async def go_through(
    store: Store, folder: Path, one: Content, other: Content, typed: list[str]
) -> None:
    """Search after each thing that can happen to a library."""
    changed = replace(other, id=ONE, title=one.title, updated_at=one.updated_at)
    await check(store, [], typed[:1])
    await store.create(one)
    await store.create(other)
    await check(store, [one, other], typed)
    await store.update(ONE, lambda _: changed)
    await check(store, [changed, other], typed)
    await store.discard(OTHER, as_it_is)
    await check(store, [changed], typed)
    await store.restore(OTHER, as_it_is)
    await check(store, [changed, other], typed[:2])
    if isinstance(store, TinyStore):
        beside = await TinyStore.open(folder)
        await beside.update(ONE, lambda _: one)
        await check(beside, [one, other], typed[:1])
        await beside.close()
        await check(store, [one, other], typed)
        (folder / "search" / "index.db").unlink()
        await check(store, [one, other], typed)


@pytest.mark.parametrize("kind", ["disk", "memory"])
@given(contents(ONE), contents(OTHER), st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=[*HealthCheck])
def test_a_search_finds_what_a_look_at_every_text_finds(
    kind: str, caplog: pytest.LogCaptureFixture, one: Content, other: Content, data: st.DataObject
) -> None:
    texts = [text.text for content in (one, other) for text in searched_texts(content)]
    typed = [*data.draw(st.lists(typed_queries([*texts, "word"]), min_size=3, max_size=6)), ""]

    async def run(folder: Path) -> None:
        store: Store = MemoryStore() if kind == "memory" else await TinyStore.open(folder)
        await go_through(store, folder, one, other, typed)
        await store.close()

    caplog.set_level(logging.INFO, "tui.store.searching")
    with TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder) / "library"))
    assert not caplog.records  # No search did without the index, or made it anew.


async def test_pieces_of_one_moment_are_found_in_the_order_of_their_ids(store: TinyStore) -> None:
    pieces = [
        with_text("An apple.")(sample(*names)) for names in ((ONE, "Second"), (OTHER, "First"))
    ]
    for piece in pieces:
        await store.create(piece)
    await check(store, pieces, ["apple"])


@pytest.fixture
async def filled(folder: Path) -> AsyncIterator[TinyStore]:
    store = await TinyStore.open(folder)
    await store.create(sample(ONE, "The first"))
    await store.update(ONE, with_turn("t1"))
    await store.update(ONE, with_text("An apple a day."))
    yield store
    await store.close()


def take_away(folder: Path) -> None:
    """Move a library elsewhere."""
    folder.rename(folder.with_name("elsewhere"))


def is_there(folder: Path) -> bool:
    return folder.exists()


def settle(folder: Path) -> None:
    """Let every content's file be a minute older, so that its stat tells all of it."""
    for path in (folder / "contents").glob("*.json"):
        stat = path.stat()
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns - 60_000_000_000))


APPLE = SearchQuery(("apple",))


async def is_found(store: TinyStore) -> bool:
    return (await store.search(APPLE, None, 10)).total == 1


@pytest.mark.parametrize("where", ["start", "middle", "whole", "empty", "table", "form", "row"])
async def test_a_damaged_index_is_made_anew(filled: TinyStore, folder: Path, where: str) -> None:
    assert await is_found(filled)
    path = folder / "search" / "index.db"
    data = path.read_bytes()
    match where:
        case "start":
            path.write_bytes(b"x" * 100 + data[100:])
        case "middle":
            path.write_bytes(data[:4096] + b"\xff" * (len(data) - 8192) + data[-4096:])
        case "whole":
            path.write_bytes(b"no database at all" * 1_000)
        case "empty":
            path.write_bytes(b"")
        case _:
            base = sqlite3.connect(path)
            base.executescript(
                {
                    "table": "DROP TABLE passages",
                    "form": "UPDATE form SET form = 'other'",
                    "row": "DELETE FROM passages",
                }[where]
            )
            base.close()
    assert await is_found(filled)
    assert await is_found(filled)
    with closing(SearchIndex(path)) as index:
        assert index.stamps().keys() == {ONE}


async def test_where_the_library_can_have_no_index_searches_find_all_the_same(
    filled: TinyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "search").write_text("a file in its place")
    assert await is_found(filled)
    await filled.update(ONE, with_text("A pear."))
    assert (await filled.search(SearchQuery(("pear",)), None, 10)).total == 1

    def refused(*_: object) -> None:
        raise sqlite3.OperationalError("no such module: fts5")

    monkeypatch.setattr(SearchIndex, "put", refused)
    await filled.update(ONE, with_text("A plum."))
    assert (await filled.search(SearchQuery(("plum",)), None, 10)).total == 1


async def test_a_library_that_is_gone_is_told_of_and_gets_no_folder(
    filled: TinyStore, folder: Path
) -> None:
    await is_found(filled)
    take_away(folder)
    with pytest.raises(LibraryProblem, match="cannot be reached"):
        await is_found(filled)
    assert not is_there(folder)


async def test_the_index_is_private_is_left_out_of_version_control_and_nothing_strange(
    filled: TinyStore, folder: Path
) -> None:
    await is_found(filled)
    modes = {path.stat().st_mode & 0o077 for path in (folder / "search").rglob("*")}
    assert modes == {0}
    assert (folder / "search" / ".gitignore").read_text() == "*\n"
    assert (await filled.catalog()).problems == ()
    await filled.close()
    findings = await FolderCheck(folder, lambda: START).look()
    assert all(finding.is_fine for finding in findings), findings


async def test_a_search_that_nobody_waits_for_any_more_lets_the_next_one_go_first(
    filled: TinyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        await filled.create(sample(f"more{number:04}"))
    settle(folder)
    reads: list[str] = []
    put = SearchIndex.put

    def counted(self: SearchIndex, content: Content, stamp: str) -> None:
        reads.append(content.id)
        if len(reads) == 1:
            loop.call_soon_threadsafe(first.cancel)
            while not first.done():
                pass
        put(self, content, stamp)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(SearchIndex, "put", counted)
    first = asyncio.create_task(filled.search(APPLE, None, 10))
    await until(first.done)
    assert first.cancelled()
    assert await loop.run_in_executor(filled._searches, lambda: len(reads)) == 1
    assert await is_found(filled)
    assert len(reads) == len(set(reads)) == 31  # What the first one read is not read again.


async def test_a_running_answer_is_found_once_it_is_saved(filled: TinyStore) -> None:
    await is_found(filled)
    turn = (await filled.load(ONE)).branch(MAIN).turns[-1]
    await filled.keep_part(ONE, turn.id, "pineapple")
    assert await is_found(filled)
