"""What every store keeps to: the one on disk, and the one in memory that other tests stand on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.store.samples import MAIN, START, sample, with_fork, with_text
from tests.store.test_store_place import FULL
from tests.support.fakes import MemoryCheck, MemoryStore
from tui.domain.angles import Angle, FoundAngles, written
from tui.domain.catalog import Catalog, CatalogPage, Cursor, Mark
from tui.domain.catalog_changes import (
    CatalogChange,
    LibraryLost,
    RowsChanged,
    StartAgain,
    applied,
)
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.errors import InvalidInput, LibraryProblem, NotFound, Refused
from tui.domain.ids import BranchId, ContentId, TurnId
from tui.domain.place import Place
from tui.domain.turn_changes import begun_turn, interrupted
from tui.store.doctor import FolderCheck
from tui.store.library import TinyStore
from tui.studio.ports import LibraryCheck, Store
from tui.studio.whole_catalog import whole_catalog

ID, GONE = ContentId("sample22"), ContentId("nothing2")
RUNNING = TurnId("turn-1")


@pytest.fixture(params=["disk", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store = (
        MemoryStore() if request.param == "memory" else await TinyStore.open(tmp_path / "library")
    )
    yield opened
    await opened.close()


@pytest.fixture
def check(store: Store, tmp_path: Path) -> LibraryCheck:
    """The doctor's look at the same library."""
    if isinstance(store, MemoryStore):
        return MemoryCheck(store)
    return FolderCheck(tmp_path / "library", lambda: START)


def begun(content: Content) -> Content:
    """A change: a turn begins."""
    return begun_turn(content, MAIN, Turn(RUNNING, TurnKind.REVISE, "shorter", START), START)


def as_it_is(content: Content) -> Content:
    """A change that changes nothing."""
    return content


async def test_what_was_created_is_loaded_as_an_equal_value(store: Store) -> None:
    content = sample()
    await store.create(content)
    assert await store.load(ID) == content
    with pytest.raises(LibraryProblem, match="already"):
        await store.create(content)
    with pytest.raises(NotFound):
        await store.load(GONE)


async def test_a_change_that_raises_saves_nothing(store: Store) -> None:
    await store.create(sample())
    with pytest.raises(InvalidInput):
        await store.update(ID, with_text("  "))
    assert await store.load(ID) == sample()
    changed = await store.update(ID, with_text("by hand"))
    assert await store.load(ID) == changed
    assert [row.words for row in (await store.catalog()).rows] == [2]


async def test_an_angle_is_saved_once_and_read_back(store: Store) -> None:
    assert await store.angles.read() == FoundAngles()
    tighten, short = (
        Angle("tighten", "Tighten", "Cut."),
        Angle("a-b", "Short: 'x'", "Go.", ("talk",)),
    )
    for angle in (tighten, short):
        assert (await store.angles.save(angle.name, written(angle))).endswith(f"/{angle.name}.md")
    with pytest.raises(Refused, match=r"tighten\.md is there already"):
        await store.angles.save("tighten", "Something else.")
    assert (await store.angles.read()).angles == (short, tighten)
    await store.angles.save("empty", "---\ntitle: Empty\n---\n")
    found = await store.angles.read()
    assert found.angles == (short, tighten)
    assert [said.split(":")[0] for said in found.problems] == ["The angle “empty.md” has no prompt"]


async def test_what_was_deleted_comes_back_once(store: Store) -> None:
    await store.create(sample())
    await store.discard(ID, as_it_is)
    assert [row.id for row in await store.trash()] == [ID]
    with pytest.raises(NotFound):
        await store.load(ID)
    assert await store.restore(ID, as_it_is) == sample()
    assert await store.trash() == ()
    with pytest.raises(NotFound):
        await store.restore(ID, as_it_is)
    await store.discard(ID, as_it_is)
    assert await store.empty_trash() == 1
    with pytest.raises(NotFound):
        await store.restore(ID, as_it_is)


async def test_a_branch_has_one_writer_and_is_not_deleted_under_it(store: Store) -> None:
    await store.create(sample())
    lease = await store.leases.take(MAIN)
    assert lease is not None
    assert await store.leases.take(MAIN) is None
    with pytest.raises(Refused):
        await store.discard(ID, as_it_is)
    lease.release()
    assert await store.leases.take(MAIN) is not None


async def test_a_lease_says_who_has_it_until_it_is_given_back(store: Store) -> None:
    assert await store.leases.owner(MAIN) is None
    lease = await store.leases.take(MAIN)
    assert lease is not None
    assert await store.leases.take(MAIN) is None
    assert await store.leases.owner(MAIN) == lease.owner
    await lease.renew()
    assert not lease.lost.is_set()
    lease.release()
    await lease.renew()
    assert not lease.lost.is_set()  # What was given back is not lost.
    assert await store.leases.owner(MAIN) is None


async def test_a_lease_that_was_taken_away_is_lost_and_gives_nobody_elses_back(
    store: Store, tmp_path: Path
) -> None:
    await store.create(sample())
    lease = await store.leases.take(MAIN)
    assert lease is not None
    if isinstance(store, MemoryStore):
        store.take_away(MAIN)
    else:
        (lock,) = (tmp_path / "library" / "locks").glob("branch-*.lock")
        lock.unlink()
    assert not lease.lost.is_set()
    other = await store.leases.take(MAIN)
    assert other is not None
    await lease.renew()
    assert lease.lost.is_set()
    lease.release()
    assert await store.leases.take(MAIN) is None
    await other.renew()
    assert not other.lost.is_set()


async def test_a_place_comes_back_equal_and_never_as_the_same_object(store: Store) -> None:
    assert await store.place() == Place()
    await store.save_place(FULL)
    again = await store.place()
    assert again == FULL
    assert again is not FULL
    assert again.unsent is not FULL.unsent
    typed = replace(again, unsent={MAIN: "Shorter, and then"}, edits={})
    await store.save_place(typed)
    assert await store.place() == typed


async def test_a_running_turn_has_what_was_kept_of_its_answer_until_its_end(store: Store) -> None:
    await store.create(sample())
    await store.update(ID, begun)
    for text in ("Here", "Here it is", "Anew"):
        await store.keep_part(ID, RUNNING, text)
        assert (await store.load(ID)).branch(MAIN).turns[-1].reply == text
    ended = await store.update(ID, lambda content: interrupted(content, MAIN, START))
    await store.keep_part(ID, RUNNING, "Anew, and too late")
    assert await store.load(ID) == ended
    turn = ended.branch(MAIN).turns[-1]
    assert (turn.state, turn.reply) == (TurnState.INTERRUPTED, "Anew")


async def _many(store: Store, count: int) -> None:
    for number in range(count):
        await store.create(replace(sample(f"content{number}"), updated_at=at(number)))


def at(hour: int) -> datetime:
    """Return a moment on the day of the samples."""
    return START.replace(hour=hour)


async def test_a_catalog_comes_in_pages_most_recently_changed_first(store: Store) -> None:
    await _many(store, 7)
    first = await store.catalog(limit=3)
    assert [row.id for row in first.rows] == ["content6", "content5", "content4"]
    assert first.next is not None
    await store.update(ContentId("content0"), lambda content: replace(content, updated_at=at(9)))
    await store.discard(ContentId("content2"), as_it_is)
    second = await store.catalog(first.next, 3)
    assert [row.id for row in second.rows] == ["content3", "content1"]
    assert second.next is None
    assert second.mark != first.mark
    assert (await store.catalog()).rows[0].id == "content0"
    assert (await store.catalog()).next is None


async def test_the_whole_catalog_has_what_moved_to_the_front_while_it_was_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _many(store, 7)
    pages = store.catalog
    moves = iter(["content0"])

    async def small(after: Cursor | None = None, limit: int = 3) -> CatalogPage:
        page = await pages(after, limit)
        for name in moves:
            await store.update(ContentId(name), lambda now: replace(now, updated_at=at(12)))
        return page

    monkeypatch.setattr(store, "catalog", small)
    catalog, _ = await whole_catalog(store)
    assert [row.id for row in catalog.rows[:2]] == ["content0", "content6"]
    assert len(catalog.rows) == 7


async def test_what_changes_after_a_page_is_told_in_the_order_of_the_saves(store: Store) -> None:
    await store.create(sample())
    page = await store.catalog()
    await store.update(ID, with_text("one"))
    await store.create(sample("other222"))
    await store.discard(ContentId("other222"), as_it_is)
    told: list[CatalogChange] = []
    catalog = Catalog(page.rows)
    async with asyncio.timeout(10), store.changes(page.mark) as changes:
        async for change in changes:
            told.append(change)
            catalog = applied(catalog, change)
            if [row.version for row in catalog.rows] == [1]:
                break
        await store.update(ID, with_text("two"))
        await store.update(ID, with_text("three"))
        async for change in changes:
            told.append(change)
            catalog = applied(catalog, change)
            if [row.version for row in catalog.rows] == [3]:
                break
    versions = [row.version for one in told if isinstance(one, RowsChanged) for row in one.rows]
    assert versions == sorted(versions, key=lambda version: version or 0)
    assert StartAgain() not in told
    for change in told[-1:]:
        assert applied(catalog, change) is catalog


async def test_a_mark_of_another_store_starts_again_and_the_end_of_the_store_is_the_end(
    store: Store,
) -> None:
    await store.create(sample())
    told = []
    async with asyncio.timeout(10), store.changes(Mark("of another store")) as changes:
        assert await anext(changes) == StartAgain()
        await store.close()
        told = [change async for change in changes]
    assert not any(isinstance(change, LibraryLost) for change in told)


async def test_a_library_in_order_is_found_so_and_mending_it_changes_nothing(
    store: Store, check: LibraryCheck
) -> None:
    await store.create(sample())
    await store.update(ID, with_text("one"))
    before = await store.load(ID)
    found = await check.look()
    assert found
    assert [one for one in found if not one.is_fine] == []
    assert await check.mend() == ()
    assert {(one.name, one.is_fine) for one in await check.look()} == {
        (one.name, one.is_fine) for one in found
    }
    assert await store.load(ID) == before
    assert await check.is_there()


async def test_the_sessions_of_what_is_in_the_trash_are_told_from_all(
    store: Store, check: LibraryCheck
) -> None:
    other = ContentId("other222")
    await store.create(sample())
    await store.create(with_fork(BranchId("fork"))(sample(other)))
    here = {branch.session for branch in (await store.load(ID)).branches}
    gone = {branch.session for branch in (await store.load(other)).branches}
    assert await check.sessions_in_trash() == frozenset()
    await store.discard(other, as_it_is)
    assert await check.sessions_in_trash() == gone
    assert await check.sessions() == here | gone
    await store.empty_trash()
    assert await check.sessions_in_trash() == frozenset()
    assert await check.sessions() == here
