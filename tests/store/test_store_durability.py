"""What was acknowledged outlives a power cut: the order in which the disk is told to keep it."""

import errno
import itertools
from contextlib import suppress
from pathlib import Path

import pytest

from tests.store.disk import Disk
from tests.store.samples import MAIN, sample, with_approval, with_text
from tui import whole_files
from tui.agent.local_files import restore, write_new
from tui.domain.ids import ContentId
from tui.domain.place import Place
from tui.store.library import TinyStore
from tui.store.transcripts import TranscriptFiles
from tui.studio.bundle import BundleWriter
from tui.studio.files import write_whole

ID = ContentId("sample22")
KEY = {"project_key": "redraft", "session_id": "session-1"}


def check_kept(disk: Disk, path: Path) -> None:
    """Fail unless a file was written, synced, put in its place and its folder synced, in order."""
    placed = max((n for n, call in enumerate(disk.calls) if call.target == path), default=-1)
    assert placed >= 0, f"{path} was not put in its place in one step"
    temporary = disk.calls[placed].path
    written = max(n for n in range(placed) if disk.calls[n].is_of("write", temporary))
    assert written < disk.position("fsync", temporary, written) < placed
    assert disk.position("fsync", path.parent, placed)


async def test_a_saved_piece_a_text_and_a_place_are_kept(
    store: TinyStore, folder: Path, disk: Disk
) -> None:
    path = folder / "contents" / f"{ID}.json"
    with disk.watching():
        await store.create(sample())
    check_kept(disk, path)
    await store.update(ID, with_text("One."))
    with disk.watching():
        await store.update(ID, with_approval)
    check_kept(disk, path)
    check_kept(disk, folder / "texts" / ID / "approved-v1.md")
    with disk.watching():
        await store.save_place(Place(ID, unsent={MAIN: "Half a"}))
    check_kept(disk, folder / "place.json")


async def test_a_piece_that_goes_to_the_trash_and_comes_back_is_kept(
    store: TinyStore, folder: Path, disk: Disk
) -> None:
    await store.create(sample())
    name = f"{ID}.json"
    with disk.watching():
        await store.discard(ID, lambda content: content)
    moved = disk.position("rename", folder / "trash" / name)
    for place in ("trash", "contents"):
        disk.position("fsync", folder / place, moved)
    with disk.watching():
        await store.restore(ID, lambda content: content)
    moved = disk.position("rename", folder / "contents" / name)
    for place in ("trash", "contents"):
        disk.position("fsync", folder / place, moved)


async def test_a_copy_of_a_transcript_is_kept(store: TinyStore, folder: Path, disk: Disk) -> None:
    files = TranscriptFiles(folder / "transcripts", locks=folder / "locks")
    path = files.path(KEY)
    with disk.watching():
        await files.append(KEY, [{"uuid": "one"}])
    disk.position("fsync", path, disk.position("write", path))
    for inner in (path, path.parent, path.parent.parent):
        made = "open" if inner == path else "mkdir"
        disk.position("fsync", inner.parent, disk.position(made, inner))
    with disk.watching():
        await files.append(KEY, [{"uuid": "two"}])
    disk.position("fsync", path, disk.position("write", path))


@pytest.mark.parametrize("replace", [False, True])
def test_an_export_is_kept(tmp_path: Path, disk: Disk, replace: bool) -> None:
    bundle, text = tmp_path / "out" / "library.zip", tmp_path / "out" / "post.md"
    bundle.parent.mkdir()
    with disk.watching():
        writer = BundleWriter(bundle, replace=replace)
        writer.open()
        writer.add("contents/sample22.json", b"{}")
        writer.finish(version="0.1", made_at="now", contents=1, transcripts=0)
    check_kept(disk, bundle)
    with disk.watching():
        write_whole(text, "Exactly this.", replace=replace)
    check_kept(disk, text)


@pytest.mark.parametrize("is_there", [False, True])
def test_a_transcript_that_is_given_back_is_kept(
    tmp_path: Path, disk: Disk, is_there: bool
) -> None:
    path = tmp_path / "session.jsonl"
    with disk.watching():
        write_new(path, b"{}\n")
    check_kept(disk, path)
    if not is_there:
        path.unlink()
    with disk.watching():
        assert (restore(path, b"{}\n{}\n") is not None) == is_there
    check_kept(disk, path)


@pytest.mark.parametrize("may_replace", [False, True])
def test_a_cut_at_any_call_leaves_a_whole_file_and_nothing_beside_it(
    tmp_path: Path, disk: Disk, may_replace: bool
) -> None:
    path, disk.number = tmp_path / "file", errno.EIO
    for disk.fails_at in itertools.count():
        path.unlink(missing_ok=True)
        if may_replace:
            path.write_bytes(b"old")
        with disk.watching(), suppress(OSError):
            whole_files.write_whole(path, b"new", may_replace=may_replace)
        left = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        assert left in ([{"file": b"old"}] if may_replace else [{}]) + [{"file": b"new"}]
        if len(disk.calls) <= disk.fails_at:
            assert disk.fails_at > 4, "no call was made to fail"
            return
