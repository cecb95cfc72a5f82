"""A disk that is full, read-only or wrong: one clear sentence, and later it works again."""

import errno
import os
import shutil
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from tests.store.samples import MAIN, run_beside, sample, with_approval, with_text, with_turn
from tui.domain.content import Content
from tui.domain.errors import InvalidInput, LibraryProblem, RedraftError
from tui.domain.findings import Finding
from tui.domain.ids import BranchId, ContentId
from tui.domain.place import Place
from tui.store import files
from tui.store.library import TinyStore
from tui.store.locks import lock_path, locked, try_lock
from tui.store.surroundings import check_folder
from tui.whole_files import this_host

ID = ContentId("sample22")
Refuse = Callable[[int | None], None]


def with_title(title: object) -> Callable[[Content], Content]:
    return lambda content: replace(content, title=cast(str, title))


def with_main(branch: str) -> Callable[[Content], Content]:
    return lambda content: replace(content, main=BranchId(branch))


def with_number_as_prompt(content: Content) -> Content:
    begun = with_turn("new")(content)
    main = begun.branches[0]
    turn = replace(main.turns[-1], prompt=cast(str, 7))
    return replace(begun, branches=(replace(main, turns=(*main.turns[:-1], turn)),))


def _make_read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer every attempt to write as a read-only file system does: root may write anywhere."""
    original_open, original_mkdir = os.open, os.mkdir

    def opened(path: str | Path, flags: int, mode: int = 0o777) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return original_open(path, flags, mode)

    def made(path: str | Path, mode: int = 0o777) -> None:
        if not Path(path).exists():
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        original_mkdir(path, mode)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "mkdir", made)
    monkeypatch.setattr(os, "access", lambda path, mode: mode & os.W_OK == 0)


def _grow_old(path: Path, hours: float) -> None:
    at = time.time() - hours * 3600
    os.utime(path, (at, at))


def _temporary_files(folder: Path) -> list[Path]:
    return list(folder.rglob("*.tmp"))


def _make_open_to_all(folder: Path) -> None:
    folder.mkdir(mode=0o777)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder)


def _modes(folder: Path) -> dict[Path, tuple[bool, int]]:
    paths = (folder, *folder.rglob("*"))
    return {path: (path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in paths}


def _a_sentence(problem: LibraryProblem) -> bool:
    text = str(problem)
    return text.endswith(".") and "\n" not in text and "Errno" not in text


def test_a_full_disk_refuses_and_then_saves(folder: Path) -> None:
    process = run_beside("fills_the_disk", str(folder), "65536")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    refused, saved, then = output.splitlines()
    assert "There is no room to save" in refused
    assert f"{folder}" in refused
    _, kept, _, acknowledged = saved.split()
    assert kept == acknowledged
    assert then == f"then {int(acknowledged) + 1}"
    assert not _temporary_files(folder)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no room"),
        (errno.EDQUOT, "no room"),
        (errno.EROFS, "may not be written"),
        (errno.EACCES, "may not be written"),
        (errno.EIO, "check that folder"),
    ],
)
async def test_a_save_that_fails_changes_nothing_and_works_later(
    store: TinyStore, folder: Path, refuse_to_replace: Refuse, number: int, words: str
) -> None:
    await store.create(sample())
    await store.update(ID, with_text("first"))
    data = (folder / "contents" / f"{ID}.json").read_bytes()
    refuse_to_replace(number)
    with pytest.raises(LibraryProblem, match=words) as caught:
        await store.update(ID, with_text("second"))
    assert _a_sentence(caught.value)
    with pytest.raises(LibraryProblem):
        await store.save_place(Place(ID))
    with pytest.raises(LibraryProblem):
        await store.create(sample("another2"))
    assert (folder / "contents" / f"{ID}.json").read_bytes() == data
    assert len((await store.load(ID)).versions) == 1
    assert [row.version for row in (await store.catalog()).rows] == [1]
    assert not _temporary_files(folder)
    refuse_to_replace(None)
    assert len((await store.update(ID, with_text("second"))).versions) == 2
    await store.create(sample("another2"))
    await store.save_place(Place(ID))
    assert (await store.place()).content == ID


async def test_an_approved_text_without_room_follows_later(store: TinyStore, folder: Path) -> None:
    await store.create(sample())
    await store.update(ID, with_text("first"))
    (folder / "texts").rmdir()
    (folder / "texts").write_text("in the way")
    assert (await store.update(ID, with_approval)).approval is not None
    assert "approved-v1.md" in (await store.catalog()).problems[0]
    (folder / "texts").unlink()
    await store.update(ID, with_text("second"))
    assert (folder / "texts" / ID / "approved-v1.md").read_text() == "first"
    assert (await store.catalog()).problems == ()


async def test_a_value_that_cannot_be_saved_leaves_the_file(store: TinyStore, folder: Path) -> None:
    await store.create(sample())
    data = (folder / "contents" / f"{ID}.json").read_bytes()
    with pytest.raises(LibraryProblem, match="cannot be saved") as caught:
        await store.update(ID, with_title(b"bytes"))
    assert _a_sentence(caught.value)
    with pytest.raises(LibraryProblem, match="The main branch nowhere of the piece is missing"):
        await store.update(ID, with_main("nowhere"))
    with pytest.raises(LibraryProblem, match="not a text"):
        await store.update(ID, with_title(7))
    misfit = with_number_as_prompt(sample())
    for _ in range(2):  # What was refused is not known as written the next time.
        with pytest.raises(LibraryProblem, match="“prompt” in the piece is of type int"):
            await store.update(ID, lambda _: misfit)
    assert (folder / "contents" / f"{ID}.json").read_bytes() == data
    assert await store.load(ID) == sample()


@pytest.mark.parametrize("case", ["a file", "below a file", "dangling", "too long", "a zero"])
async def test_a_wrong_folder_is_one_sentence(tmp_path: Path, case: str) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    paths = {
        "a file": file,
        "below a file": file / "library" / "deep",
        "dangling": link,
        "too long": tmp_path / ("x" * 300),
        "a zero": Path(f"{tmp_path}/a\0b"),
    }
    with pytest.raises(LibraryProblem) as caught:
        await TinyStore.open(paths[case])
    assert _a_sentence(caught.value)
    assert "another folder" in str(caught.value)
    assert file.read_text() == "mine"


async def test_a_folder_nobody_may_write_is_refused_or_only_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await TinyStore.open(folder)
    await store.create(sample())
    await store.update(ID, with_text("first"))
    expected = await store.load(ID)
    await store.close()
    (folder / "library.json").unlink()
    _make_read_only(monkeypatch)
    store = await TinyStore.open(folder)
    catalog = await store.catalog()
    assert [row.id for row in catalog.rows] == [ID]
    assert "may only be read" in catalog.problems[0]
    assert await store.load(ID) == expected
    assert await store.place() == Place()
    with pytest.raises(LibraryProblem, match="may not be written"):
        await store.update(ID, with_text("second"))
    with pytest.raises(LibraryProblem, match="may not be written"):
        await store.leases.take(MAIN)
    await store.close()
    with pytest.raises(LibraryProblem, match="cannot be opened or made"):
        await TinyStore.open(tmp_path / "new")


async def test_damage_in_a_read_only_library_is_read_from_the_copy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await TinyStore.open(folder)
    await store.create(sample())
    await store.update(ID, with_text("first"))
    await store.close()
    path = folder / "contents" / f"{ID}.json"
    path.write_text("{")
    _make_read_only(monkeypatch)
    store = await TinyStore.open(folder)
    assert await store.load(ID) == sample()
    catalog = await store.catalog()
    assert [row.id for row in catalog.rows] == [ID]
    assert "as it was before that" in " ".join(catalog.problems)
    assert path.read_text() == "{"
    await store.close()


async def test_everything_is_private(folder: Path) -> None:
    before = os.umask(0)
    try:
        _make_open_to_all(folder)
        store = await TinyStore.open(folder)
        await store.create(sample())
        await store.update(ID, with_text("first"))
        await store.update(ID, with_approval)
        await store.save_place(Place(ID))
        await store.leases.take(MAIN)
        await store.close()
    finally:
        os.umask(before)
    modes = _modes(folder)
    assert len(modes) > 10
    for path, (is_folder, mode) in modes.items():
        assert mode == (0o700 if is_folder else 0o600), path


async def test_a_symlinked_file_is_followed(store: TinyStore, folder: Path, tmp_path: Path) -> None:
    await store.create(sample())
    path, target = folder / "contents" / f"{ID}.json", tmp_path / "elsewhere.json"
    path.rename(target)
    path.symlink_to(target)
    await store.update(ID, with_text("first"))
    await store.update(ID, with_text("second"))
    assert path.is_symlink()
    assert '"second"' in target.read_text()
    assert [row.version for row in (await store.catalog()).rows] == [2]
    target.write_text("")
    assert len((await store.load(ID)).versions) == 1
    assert path.is_symlink()


@pytest.mark.parametrize(
    ("host", "process", "hours", "stays"),
    [
        (this_host(), 4194305, 0.1, False),
        (this_host(), 4194305, 0, True),
        (this_host(), os.getpid(), 0.1, True),
        (this_host(), os.getpid(), 50, False),
        ("0123abcd", 4194305, 1, True),
        ("0123abcd", os.getpid(), 1, True),
        ("0123abcd", 4194305, 50, False),
        ("0123abcd", 4194305, -50, True),
        ("", 4194305, 1, True),
        ("", 4194305, 50, False),
    ],
    ids=[
        "gone",
        "gone just now",
        "running",
        "forgotten",
        "elsewhere",
        "elsewhere, a number that runs here",
        "elsewhere, forgotten",
        "of a clock that goes ahead",
        "of an older Redraft",
        "of an older Redraft, forgotten",
    ],
)
async def test_a_temporary_file_is_swept_when_nobody_can_be_writing_it(
    folder: Path, host: str, process: int, hours: float, stays: bool
) -> None:
    """Its program is gone from this machine; of another machine's, only its age tells."""
    store = await TinyStore.open(folder)
    await store.close()
    path = folder / "contents" / f".{ID}.json.{host}{'-' if host else ''}{process}-1.tmp"
    mine = folder / "contents" / "notes.tmp"
    for file in (path, mine):
        file.write_text("half")
        _grow_old(file, hours)
    store = await TinyStore.open(folder)
    assert path.exists() == stays
    assert mine.exists()
    assert (await store.catalog()).problems == ()
    await store.close()


async def test_two_machines_never_sweep_each_others_saves(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await TinyStore.open(folder)
    await store.create(sample())
    replace_file = os.replace

    def placed(temporary: Path, target: Path) -> None:
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(files, "this_host", lambda: "0123abcd")
            elsewhere.setattr(files, "_is_alive", lambda process: False)
            files.sweep(folder / "contents")
        replace_file(temporary, target)

    monkeypatch.setattr(os, "replace", placed)
    assert len((await store.update(ID, with_text("first"))).versions) == 1
    await store.close()


async def test_a_file_in_the_place_of_the_contents_is_left_alone(folder: Path) -> None:
    _make_open_to_all(folder)
    (folder / "contents").write_text("mine")
    with pytest.raises(LibraryProblem, match="No library can be made") as caught:
        await TinyStore.open(folder)
    assert _a_sentence(caught.value)
    assert (folder / "contents").read_text() == "mine"
    assert stat.S_IMODE((folder / "contents").stat().st_mode) != 0o700


async def test_folders_removed_while_it_runs(store: TinyStore, folder: Path) -> None:
    await store.create(sample())
    _remove(folder / "locks")
    await store.update(ID, with_text("first"))
    _remove(folder)
    with pytest.raises(LibraryProblem, match="cannot be reached"):
        await store.catalog()
    with pytest.raises(RedraftError):
        await store.load(ID)
    with pytest.raises(LibraryProblem) as caught:
        await store.create(sample("another2"))
    assert _a_sentence(caught.value)


async def test_an_id_is_never_a_path(store: TinyStore) -> None:
    with pytest.raises(InvalidInput):
        await store.create(sample("../escape"))


async def test_a_closed_store_says_so(folder: Path) -> None:
    store = await TinyStore.open(folder)
    await store.close()
    await store.close()
    with pytest.raises(LibraryProblem, match="closed"):
        await store.catalog()


def test_a_lock_that_stays_taken_is_a_sentence(tmp_path: Path) -> None:
    path = lock_path(tmp_path, "content", ID)
    handle = try_lock(path)
    assert handle is not None
    with pytest.raises(LibraryProblem, match="Another program") as caught, locked(path, 0.05):
        pass
    assert _a_sentence(caught.value)
    os.close(handle)
    with locked(path, 0.05):
        assert try_lock(path) is None


def test_the_doctor_says_of_a_place_without_a_library_whether_one_can_be_made(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    place = tmp_path / "new"
    assert check_folder(place) == Finding(
        "library", True, f"{place} is not there yet; the first start makes it."
    )
    place = tmp_path / "link"
    assert check_folder(place) == Finding(
        "library", False, f"The library {place} leads nowhere: name another folder with --library."
    )
    place = tmp_path / "file" / "library"
    assert check_folder(place) == Finding(
        "library",
        False,
        f"The library {place} cannot be made (Not a directory): "
        "name another folder with --library.",
    )
    place = tmp_path / "file"
    assert check_folder(place) == Finding(
        "library",
        False,
        f"The library {place} is a file and not a folder: name another with --library.",
    )
