"""What changes in a library is told: what this program saves, and what others do to the folder."""

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.samples import sample, until, with_text
from tui.domain.catalog import Catalog, Mark, row_of
from tui.domain.catalog_changes import (
    CatalogChange,
    LibraryBack,
    LibraryLost,
    RowsChanged,
    RowsRemoved,
    StartAgain,
    applied,
)
from tui.domain.content import Content
from tui.domain.ids import ContentId
from tui.store import feed
from tui.store.appended import LONG
from tui.store.catalog import LibraryCatalog
from tui.store.library import TinyStore
from tui.store.watching import (
    Report,
    Sighting,
    Watch,
    is_network_mount,
    is_on_network,
    sighted,
    watched,
)
from tui.studio.whole_catalog import whole_catalog

ID, OTHER = ContentId("sample22"), ContentId("other222")
WITHIN = 10


class Told:
    """The library as a listener knows it who was told of every change."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.changes: list[CatalogChange] = []
        self.news = asyncio.Event()

    async def listen(self, changes: AsyncIterator[CatalogChange]) -> None:
        async for change in changes:
            self.changes.append(change)
            self.catalog = applied(self.catalog, change)
            self.news.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something was told."""
        async with asyncio.timeout(WITHIN):
            while not is_so():
                self.news.clear()
                await self.news.wait()

    def versions(self) -> dict[str, int | None]:
        return {row.id: row.version for row in self.catalog.rows}

    def has(self, kind: type[CatalogChange]) -> bool:
        return any(isinstance(change, kind) for change in self.changes)


@asynccontextmanager
async def told_of(folder: Path, watch: Watch = watched) -> AsyncIterator[tuple[Told, TinyStore]]:
    """Listen to a library of one piece, and to no more than that when this is left."""
    store = await TinyStore.open(folder, watch=watch)
    if not (await store.catalog()).rows:
        await store.create(sample())
    catalog, mark = await whole_catalog(store)
    told = Told(catalog)
    try:
        async with store.changes(mark) as changes:
            listening = asyncio.create_task(told.listen(changes))
            try:
                yield told, store
            finally:
                await store.close()
                async with asyncio.timeout(WITHIN):
                    await listening
    finally:
        await store.close()


class FakeWatch:
    """A watch that says what a test says."""

    def __init__(self) -> None:
        self.tells: list[Report] = []
        self.begun = 0

    @asynccontextmanager
    async def __call__(self, folder: Path, tell: Report) -> AsyncIterator[None]:
        self.tells.append(tell)
        self.begun += 1
        tell(Sighting(is_vague=True, is_seeing=True))
        yield
        self.tells.remove(tell)

    def sees(self, *names: str) -> None:
        (tell,) = self.tells
        tell(Sighting(frozenset(names)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is looked for by the clock: what is told, the watch has seen."""
    for name in ("SEEING", "WHOLE"):
        monkeypatch.setattr(feed, name, 3600)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count looks at every file, and at single ones."""
    seen: list[str] = []
    at_all, at = LibraryCatalog.look_at_all, LibraryCatalog.look_at

    def look_at_all(self: LibraryCatalog) -> None:
        seen.append("all")
        at_all(self)

    def look_at(self: LibraryCatalog, names: frozenset[str]) -> None:
        seen.extend(sorted(names))
        at(self, names)

    monkeypatch.setattr(LibraryCatalog, "look_at_all", look_at_all)
    monkeypatch.setattr(LibraryCatalog, "look_at", look_at)
    return seen


async def test_what_another_program_does_is_told(folder: Path, rarely: None) -> None:
    async with told_of(folder) as (told, _):
        other = await TinyStore.open(folder)
        await other.update(ID, with_text("changed"))
        await told.until(lambda: told.versions() == {ID: 1})
        await other.create(sample(OTHER, "Another"))
        await told.until(lambda: told.versions() == {ID: 1, OTHER: None})
        await other.discard(OTHER, lambda content: content)
        await told.until(lambda: told.versions() == {ID: 1})
        await other.close()


async def test_a_file_that_is_written_in_its_own_place_is_told_of(
    folder: Path, rarely: None
) -> None:
    async with told_of(folder) as (told, _):
        other = await TinyStore.open(folder / ".." / "elsewhere")
        await other.create(sample(title="By hand"))
        await other.close()
        by_hand = folder / ".." / "elsewhere" / "contents" / f"{ID}.json"
        (folder / "contents" / f"{ID}.json").write_bytes(by_hand.read_bytes())
        await told.until(lambda: told.catalog.rows[0].title == "By hand")


async def test_of_one_save_only_that_file_is_looked_at(
    folder: Path, rarely: None, looks: list[str]
) -> None:
    watch = FakeWatch()
    async with told_of(folder, watch) as (told, store):
        for number in range(20):
            await store.create(sample(f"content{number:02}"))
        other = await TinyStore.open(folder)
        await told.until(lambda: len(told.catalog.rows) == 21)
        looks.clear()
        await other.update(ID, with_text("changed"))
        watch.sees(f"{ID}.json")
        await told.until(lambda: told.versions()[ID] == 1)
        await store.update(ID, with_text("again"))
        await told.until(lambda: told.versions()[ID] == 2)
        assert set(looks) == {f"{ID}.json"}
        await other.close()


async def test_what_this_program_saves_is_told_without_any_watch(
    folder: Path, rarely: None
) -> None:
    async with told_of(folder, FakeWatch()) as (told, store):
        await store.update(ID, with_text("changed"))
        await told.until(lambda: told.versions() == {ID: 1})
        await store.discard(ID, lambda content: content)
        await told.until(lambda: told.versions() == {})
        assert told.has(RowsRemoved)


def _taken(folder: Path) -> None:
    folder.rename(folder.with_name("away"))


def _as_file(folder: Path, away: Path) -> None:
    folder.rename(away)
    folder.write_text("not a library")


def _put_back(folder: Path, away: Path) -> None:
    folder.unlink(missing_ok=True)
    away.rename(folder)


def _copied_back(folder: Path, away: Path) -> None:
    if folder.is_file():
        folder.unlink()
    shutil.copytree(away, folder)


@pytest.mark.parametrize("taken", [Path.rename, _as_file], ids=["moved", "a file in its place"])
@pytest.mark.parametrize("back", [_put_back, _copied_back], ids=["put back", "a copy"])
async def test_a_library_that_goes_and_comes_back_is_told_of_and_watched_again(
    folder: Path,
    rarely: None,
    taken: Callable[[Path, Path], object],
    back: Callable[[Path, Path], object],
) -> None:
    away = folder.with_name("away")
    async with told_of(folder) as (told, _):
        await told.until(lambda: bool(told.changes))
        taken(folder, away)
        await told.until(lambda: told.has(LibraryLost))
        back(folder, away)
        await told.until(lambda: told.has(LibraryBack))
        other = await TinyStore.open(folder)
        await other.update(ID, with_text("changed"))
        await told.until(lambda: told.versions() == {ID: 1})
        await other.close()
        kinds = [type(change) for change in told.changes]
        assert kinds.count(LibraryLost) == kinds.count(LibraryBack) == 1


async def test_a_library_that_was_moved_and_put_back_between_two_looks_is_watched_anew(
    folder: Path, rarely: None
) -> None:
    watch = FakeWatch()
    async with told_of(folder, watch) as (told, store):
        await told.until(lambda: watch.begun == 1)
        watch.tells[0](sighted(set(), is_moved=True, is_vague=True))
        await store.update(ID, with_text("changed"))
        await told.until(lambda: watch.begun == 2 and told.versions() == {ID: 1})
        assert len(watch.tells) == 1


async def test_a_folder_further_up_that_is_moved_is_noticed_by_a_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "SEEING", 0.05)
    folder = tmp_path / "disk" / "person" / "library"
    async with told_of(folder) as (told, _):
        (tmp_path / "disk").rename(tmp_path / "gone")
        await told.until(lambda: told.has(LibraryLost))
        (tmp_path / "gone").rename(tmp_path / "disk")
        await told.until(lambda: told.has(LibraryBack))


async def test_a_save_that_fails_has_the_library_looked_at(folder: Path, rarely: None) -> None:
    async with told_of(folder, FakeWatch()) as (told, store):
        await told.until(lambda: bool(told.changes))
        for _ in range(5):
            await store.trash()  # Behind the looks that were under way.
        _taken(folder)
        with pytest.raises(Exception, match="cannot be reached"):
            await store.load(ID)
        await told.until(lambda: told.has(LibraryLost))


async def test_where_the_system_tells_nothing_the_folders_are_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def blind(folder: Path, tell: Report) -> AsyncIterator[None]:
        tell(Sighting(is_seeing=False))
        yield

    monkeypatch.setattr(feed, "BLIND", 0.02)
    monkeypatch.setattr(feed, "SEEING", 3600)
    async with told_of(folder, blind) as (told, store):
        other = await TinyStore.open(folder)
        await other.update(ID, with_text("changed"))
        await store.create(sample(OTHER))  # Its own save hides nobody else's.
        await told.until(lambda: told.versions() == {ID: 1, OTHER: None})
        await other.update(ID, with_text("long " * LONG))
        await other.update(ID, with_text("whole"))
        file = folder / "contents" / f"{ID}.json"
        for number in (4, 5, 6):  # These saves are appended to the file.
            await told.until(lambda: told.versions()[ID] == number - 1)  # noqa: B023
            inode = file.stat().st_ino
            await other.update(ID, with_text(f"version {number}"))
            assert file.stat().st_ino == inode
            await told.until(lambda: told.versions()[ID] == number)  # noqa: B023
        await other.close()


async def test_a_library_with_no_watch_left_is_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def watch(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device (os error 28): all inotify watches are taken")

    monkeypatch.setattr("watchfiles.watch", watch)
    monkeypatch.setattr(feed, "BLIND", 0.02)
    async with told_of(folder) as (told, _):
        other = await TinyStore.open(folder)
        await other.update(ID, with_text("changed"))
        await told.until(lambda: told.versions() == {ID: 1})
        await other.close()


@pytest.mark.usefixtures("rarely")
async def test_of_too_many_changes_only_that_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_REPORTED", 0)  # A look in between may see one of them alone.
    watch = FakeWatch()
    async with told_of(folder, watch) as (told, _):
        other = await TinyStore.open(folder)
        names = [f"content{number}" for number in range(4)]
        for name in names:
            await other.create(sample(name))
        watch.sees(*(f"{name}.json" for name in names))
        await told.until(lambda: told.has(StartAgain))
        assert not told.has(RowsChanged)
        await other.close()


async def test_nothing_runs_on_once_nobody_listens(folder: Path) -> None:
    async with told_of(folder) as (told, _):
        await told.until(lambda: bool(told.changes))
        assert any(thread.name == "watch" for thread in threading.enumerate())
    await until(lambda: all(thread.name != "watch" for thread in threading.enumerate()))


async def test_a_watch_says_from_when_on_it_sees(tmp_path: Path) -> None:
    (tmp_path / "contents").mkdir()
    said: list[Sighting] = []
    seen = asyncio.Event()

    def tell(sighting: Sighting) -> None:
        said.append(sighting)
        seen.set()

    async with asyncio.timeout(WITHIN), watched(tmp_path, tell):
        await seen.wait()
        seen.clear()
        for name in (".one.json.tmp", "one.json.prev", "one.json"):
            (tmp_path / "contents" / name).write_text("{}")
        await seen.wait()
        seen.clear()
        await asyncio.to_thread((tmp_path / "contents").rename, tmp_path / "away")
        await seen.wait()
        assert said[-1].is_moved
    assert said[0] == Sighting(is_vague=True, is_seeing=True)
    assert said[1].names == {"one.json"}
    assert said[-1] == Sighting(is_seeing=False)


def test_a_file_set_aside_is_sighted_and_a_step_of_a_save_is_not() -> None:
    assert sighted({"a.json", ".a.json.1-2-3.tmp", "a.json.prev"}).names == {"a.json"}
    assert sighted({"a.json.damaged-20260101"}).names == {"a.json.damaged-20260101"}


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:50 / /home/kim/Team\\040files rw shared:9 - nfs4 server:/team rw
31 22 0:51 / /home/kim/ssh rw - fuse.sshfs kim@host: rw
"""


@pytest.mark.parametrize(
    ("folder", "is_network"),
    [
        ("/home/kim/library", False),
        ("/home/kim/Team files/library", True),
        ("/home/kim/Team files 2", False),
        ("/home/kim/ssh", True),
    ],
)
def test_a_network_folder_is_known_by_its_mount(folder: str, is_network: bool) -> None:
    assert is_network_mount(MOUNTS, folder) is is_network
    assert not is_on_network(Path(os.devnull))


def test_a_mount_whose_name_is_no_text_does_not_hide_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mounts = b"21 1 8:2 / /media/caf\xe9 rw - ext4 /dev/sdb rw\n" + MOUNTS.encode()

    def read_text(path: Path, encoding: str | None = None, errors: str | None = None) -> str:
        assert path == Path("/proc/self/mountinfo")
        return mounts.decode(encoding or "utf-8", errors or "strict")

    monkeypatch.setattr(Path, "read_text", read_text)
    assert is_on_network(Path("/home/kim/ssh/library"))
    assert not is_on_network(Path("/home/kim/library"))


def test_a_catalog_after_a_change_is_sorted_and_the_same_when_told_twice() -> None:
    def content(name: str, hour: int) -> Content:
        return replace(sample(name), updated_at=sample().updated_at.replace(hour=hour))

    rows = {name: row_of(content(name, hour)) for hour, name in enumerate("abcd", 1)}
    before = Catalog((rows["d"], rows["b"], rows["a"]))
    once = applied(before, RowsChanged((rows["c"],)))
    assert [row.id for row in once.rows] == ["d", "c", "b", "a"]
    assert applied(once, RowsChanged((rows["c"], rows["a"]))) is once
    newest = row_of(content("a", 9))
    moved = applied(once, RowsChanged((newest,)))
    assert [row.id for row in moved.rows] == ["a", "d", "c", "b"]
    gone = applied(moved, RowsRemoved(frozenset({ContentId("d"), ContentId("z")})))
    assert [row.id for row in gone.rows] == ["a", "c", "b"]
    assert applied(gone, RowsRemoved(frozenset({ContentId("d")}))) is gone
    assert applied(gone, StartAgain()) is gone


async def test_a_mark_of_another_time_has_the_pages_read_again(folder: Path) -> None:
    store = await TinyStore.open(folder)
    async with store.changes(Mark("")) as changes:
        assert await anext(changes) == StartAgain()
    await store.close()
