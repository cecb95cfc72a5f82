"""Two programs on one library lose nothing and shut each other out of a branch."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.store.samples import MAIN, run_beside, sample, with_approval, with_text, with_turn
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem, NotFound, Refused
from tui.domain.ids import BranchId, ContentId
from tui.domain.person import Person
from tui.store.library import TinyStore

ID = ContentId("sample22")


async def test_an_update_is_applied_to_what_another_store_wrote(folder: Path) -> None:
    one, two = await TinyStore.open(folder), await TinyStore.open(folder)
    await one.create(sample())
    assert await two.load(ID) == sample()
    for number in range(10):
        await one.update(ID, with_turn(f"one-{number}"))
        await two.update(ID, with_turn(f"two-{number}"))
    for store in (one, two):
        turns = (await store.load(ID)).branch(MAIN).turns
        assert {turn.id for turn in turns} == {
            f"{who}-{number}" for who in ("one", "two") for number in range(10)
        }
        await store.close()


async def test_the_list_shows_what_another_store_wrote(folder: Path) -> None:
    one, two = await TinyStore.open(folder), await TinyStore.open(folder)
    await one.create(sample())
    assert [row.version for row in (await two.catalog()).rows] == [None]
    await one.update(ID, with_text("Hello"))
    assert [row.version for row in (await two.catalog()).rows] == [1]
    await two.update(ID, with_approval)
    assert [row.approved_version for row in (await one.catalog()).rows] == [1]
    (folder / "contents" / f"{ID}.json").unlink()
    assert (await one.catalog()).rows == ()
    with pytest.raises(NotFound, match="has lost its file"):
        await one.load(ID)
    await one.close()
    await two.close()


async def test_a_change_that_is_refused_saves_nothing(store: TinyStore) -> None:
    await store.create(sample())

    def refuse(content: Content) -> Content:
        raise Refused("no")

    with pytest.raises(Refused):
        await store.update(ID, refuse)
    assert await store.update(ID, lambda content: content) == sample()
    assert await store.load(ID) == sample()
    with pytest.raises(NotFound):
        await store.update(ContentId("../../etc"), refuse)
    with pytest.raises(NotFound):
        await store.update(ContentId("missing2"), refuse)
    with pytest.raises(LibraryProblem, match="already"):
        await store.create(sample())


async def test_two_processes_save_200_turns_in_one_content(folder: Path) -> None:
    store = await TinyStore.open(folder)
    await store.create(sample())
    processes = [run_beside("saves", str(folder), ID, name, "100") for name in ("a", "b")]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    turns = [turn.id for turn in (await store.load(ID)).branch(MAIN).turns]
    assert sorted(turns) == sorted(f"{name}-{n}" for name in "ab" for n in range(100))
    await store.close()


async def test_two_processes_create_400_contents_in_one_library(folder: Path) -> None:
    processes = [run_beside("creates", str(folder), name, "200") for name in ("aaaa", "bbbb")]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    store = await TinyStore.open(folder)
    rows = (await store.catalog()).rows
    assert sorted(row.id for row in rows) == [
        f"{name}{number:04}" for name in ("aaaa", "bbbb") for number in range(200)
    ]
    await store.close()


async def test_a_lease_shuts_others_out_until_it_is_released(folder: Path) -> None:
    one, two = await TinyStore.open(folder), await TinyStore.open(folder)
    lease = await one.leases.take(MAIN)
    assert lease is not None
    assert await one.leases.take(MAIN) is None
    assert await two.leases.take(MAIN) is None
    assert await two.leases.take(BranchId("another")) is not None
    lease.release()
    assert await two.leases.take(MAIN) is not None
    await two.close()
    assert await one.leases.take(MAIN) is not None
    await one.close()


def open_files() -> int:
    """Return how many files this process has open."""
    return len(list(Path("/dev/fd").iterdir()))


async def test_a_refused_lease_leaves_no_file_open(folder: Path) -> None:
    one, two = await TinyStore.open(folder), await TinyStore.open(folder)
    assert await one.leases.take(MAIN) is not None
    assert await two.leases.take(MAIN) is None
    before = open_files()
    for _ in range(20):
        assert await two.leases.take(MAIN) is None
    assert open_files() < before + 20
    await two.close()
    await one.close()


async def test_a_lease_of_another_process_ends_with_it(store: TinyStore, folder: Path) -> None:
    process = run_beside("leases", str(folder), MAIN)
    assert process.stdout is not None
    assert process.stdout.readline() == "leased\n"
    assert await store.leases.take(MAIN) is None
    second = run_beside("leases", str(folder), MAIN)
    assert second.communicate(timeout=20)[0] == "taken\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    assert await store.leases.take(MAIN) is not None


async def test_who_is_refused_a_branch_is_told_who_has_it(folder: Path) -> None:
    anna = Person("Anna", "anna", "mac")

    async def who() -> Person:
        return anna

    one, two = await TinyStore.open(folder, who=who), await TinyStore.open(folder)
    lease = await one.leases.take(MAIN)
    assert lease is not None
    owner = await two.leases.owner(MAIN)
    assert owner is not None
    assert (owner, owner.person, owner.pid) == (lease.owner, anna, os.getpid())
    lease.release()
    for damaged in (b"", b"{", b"[]", b'{"name": "Anna"}', b"\xff" * 5000):
        (folder / "locks" / f"branch-{MAIN}.lock").write_bytes(damaged)
        assert await two.leases.owner(MAIN) is None
    await one.close()
    await two.close()


def move(old: Path, new: Path) -> None:
    old.rename(new)


async def test_a_lease_outlasts_its_librarys_absence_but_not_its_lock_files(
    store: TinyStore, folder: Path
) -> None:
    away = folder.with_name("away")
    lease = await store.leases.take(MAIN)
    assert lease is not None
    move(folder, away)
    await lease.renew()
    assert not lease.lost.is_set()
    move(away, folder)
    await lease.renew()
    assert not lease.lost.is_set()
    move(folder, away)
    shutil.copytree(away, folder)  # As a backup brings it back: each file is another one.
    await lease.renew()
    assert lease.lost.is_set()
    again = await store.leases.take(MAIN)
    assert again is not None
    shutil.rmtree(folder / "locks")
    await again.renew()
    assert again.lost.is_set()


async def test_a_lock_that_is_a_symlink_is_refused(store: TinyStore, folder: Path) -> None:
    target = folder / "elsewhere"
    (folder / "locks" / f"branch-{MAIN}.lock").symlink_to(target)
    with pytest.raises(LibraryProblem, match="symlink"):
        await store.leases.take(MAIN)
    assert not target.exists()


async def test_a_branch_id_never_leads_out_of_the_folder(store: TinyStore, folder: Path) -> None:
    assert await store.leases.take(BranchId("../../x\x00\ud800")) is not None
    assert len(list((folder / "locks").glob("branch-*.lock"))) == 1
