"""Texts that go out to files: exactly one version, and never over what somebody else wrote."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.by_hand import edited
from tests.support.fakes import CountedIds, MemoryStore, ScriptedAgent, ticking_clock
from tui.domain.content import Content
from tui.domain.errors import FileInTheWay, InvalidInput, NotFound, RedraftError, Refused
from tui.domain.status import Status
from tui.studio.files import make_folder
from tui.studio.studio import Studio


class Bench:
    """A studio with one content of two versions."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.studio = Studio(self.store, ScriptedAgent(), ticking_clock(), CountedIds())

    async def written(self, *texts: str) -> Content:
        content = await self.studio.create("One")
        for text in texts or ("First.", "Second ✓"):
            content = await edited(self.studio, content.id, content.main, text)
        return content

    async def published(self, file: Path) -> Content:
        content = await self.written()
        await self.studio.decisions.approve(content.id, 2)
        content, _ = await self.studio.decisions.publish_to_file(content.id, file)
        return content


async def test_any_version_goes_to_a_file_and_the_status_stays(tmp_path: Path) -> None:
    bench = Bench()
    content = await bench.written()
    file = tmp_path / "two  spaces.md"
    version, path = await bench.studio.decisions.save_version(content.id, 1, str(file))
    assert (version.number, path) == (1, file)
    assert file.read_bytes() == b"First."
    assert os.listdir(tmp_path) == ["two  spaces.md"]  # noqa: PTH208
    assert await bench.studio.content(content.id) == content
    with pytest.raises(NotFound, match="no version 3"):
        await bench.studio.decisions.save_version(content.id, 3, str(file))


async def test_a_file_that_is_there_is_in_the_way_until_it_may_be_replaced(tmp_path: Path) -> None:
    bench = Bench()
    content = await bench.written()
    file = tmp_path / "mine.md"
    file.write_text("Somebody's.")
    with pytest.raises(FileInTheWay) as refused:
        await bench.studio.decisions.save_version(content.id, 2, file)
    assert refused.value.path == str(file)
    assert str(refused.value) == f"{file} exists already: name another file, or replace it."
    await bench.studio.decisions.approve(content.id, 2)
    with pytest.raises(FileInTheWay):
        await bench.studio.decisions.publish_to_file(content.id, file)
    assert file.read_text() == "Somebody's."
    assert (await bench.studio.content(content.id)).status is Status.APPROVED
    await bench.studio.decisions.publish_to_file(content.id, file, replace=True)
    assert file.read_text() == "Second ✓"


async def test_a_file_that_came_just_now_is_in_the_way_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    content = await bench.written()
    file = tmp_path / "mine.md"
    written = os.fsync

    def another_program_is_faster(descriptor: int) -> None:
        written(descriptor)
        file.write_text("Somebody's.")

    monkeypatch.setattr(os, "fsync", another_program_is_faster)
    with pytest.raises(FileInTheWay):
        await bench.studio.decisions.save_version(content.id, 2, file)
    assert file.read_text() == "Somebody's."
    assert os.listdir(tmp_path) == ["mine.md"]  # noqa: PTH208


async def test_a_file_system_without_second_names_keeps_files_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    bench = Bench()
    content = await bench.written()
    await bench.studio.decisions.save_version(content.id, 1, tmp_path / "new.md")
    assert (tmp_path / "new.md").read_text() == "First."
    with pytest.raises(FileInTheWay):
        await bench.studio.decisions.save_version(content.id, 2, tmp_path / "new.md")
    assert (tmp_path / "new.md").read_text() == "First."


def _as_it_was_published(_: Path) -> None:
    pass


def _changed_by_hand(file: Path) -> None:
    file.write_text(file.read_text() + "\n")


@pytest.mark.parametrize(
    ("meanwhile", "is_in_the_way"), [(_as_it_was_published, False), (_changed_by_hand, True)]
)
async def test_what_was_published_last_may_be_replaced_while_it_is_as_it_went_out(
    tmp_path: Path, meanwhile: Callable[[Path], None], is_in_the_way: bool
) -> None:
    file, other = tmp_path / "out.md", tmp_path / "other.md"
    bench = Bench()
    content = await bench.published(file)
    other.write_bytes(file.read_bytes())
    await edited(bench.studio, content.id, content.main, "Third.")
    await bench.studio.decisions.approve(content.id, 3)
    meanwhile(file)
    before = file.read_text()
    with pytest.raises(FileInTheWay):  # It has the text, but did not go out to there.
        await bench.studio.decisions.publish_to_file(content.id, other)
    if is_in_the_way:
        with pytest.raises(FileInTheWay):
            await bench.studio.decisions.publish_to_file(content.id, file)
        assert file.read_text() == before
    else:
        await bench.studio.decisions.publish_to_file(content.id, file)
        assert file.read_text() == "Third."


async def test_names_are_expanded_and_names_that_lead_nowhere_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    content = await bench.written()
    home, folder, gone = tmp_path / "home", tmp_path / "folder", tmp_path / "gone"
    for made in (home, folder, gone):
        made.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(folder)
    assert (await bench.studio.decisions.save_version(content.id, 1, "~/a.md"))[1] == home / "a.md"
    assert (await bench.studio.decisions.save_version(content.id, 1, "b.md"))[1] == folder / "b.md"
    for wrong in ("~nobody-of-that-name/x.md", "", "  ", "a\0b"):
        with pytest.raises(InvalidInput) as refused:
            await bench.studio.decisions.save_version(content.id, 1, wrong)
        assert str(refused.value).count(".") == 1
    with pytest.raises(InvalidInput, match=r"^~nobody-of-that-name is nobody's home folder here: "):
        await bench.studio.decisions.save_version(content.id, 1, "~nobody-of-that-name/x/y.md")
    with pytest.raises(RedraftError, match="is a folder: name a file"):
        await bench.studio.decisions.save_version(content.id, 1, folder)
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(InvalidInput, match="The folder that Redraft was started in is gone"):
        await bench.studio.decisions.save_version(content.id, 1, "b.md")
    assert (await bench.studio.decisions.save_version(content.id, 1, home / "c.md"))[
        1
    ] == home / "c.md"


def test_a_missing_folder_is_made_with_those_above_it_or_refused(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    make_folder(str(folder))
    make_folder(str(folder))
    assert folder.is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(RedraftError) as refused:
        make_folder(str(tmp_path / "file" / "b"))
    below = tmp_path / "file" / "b"
    assert str(refused.value) == f"The folder {below} cannot be made: Not a directory."


class Hurried(MemoryStore):
    """A library in which another program approves another version right after a look at it."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[Content], Content] | None = None

    async def load(self, content_id: object) -> Content:
        content = await super().load(content_id)  # type: ignore[arg-type]
        if self.meanwhile is not None:
            change, self.meanwhile = self.meanwhile, None
            self.contents[content.id] = change(content)
        return content


async def test_only_the_text_that_was_written_is_marked_as_published(tmp_path: Path) -> None:
    bench = Bench()
    store = bench.store = Hurried()
    bench.studio = Studio(store, ScriptedAgent(), ticking_clock(), CountedIds())
    content = await bench.written()
    await bench.studio.decisions.approve(content.id, 2)

    def another_is_approved(content: Content) -> Content:
        first = content.version(1)
        approval = replace(content.approvals[-1], version=1, sha256=first.sha256)
        return replace(content, approvals=(*content.approvals, approval))

    store.meanwhile = another_is_approved
    with pytest.raises(Refused, match=r"was changed while v2 was written to .*out\.md: nothing is"):
        await bench.studio.decisions.publish_to_file(content.id, tmp_path / "out.md")
    now = await bench.studio.content(content.id)
    assert (now.status, now.publications) == (Status.APPROVED, ())
    _, version = await bench.studio.decisions.publish_to_file(
        content.id, tmp_path / "out.md", replace=True
    )
    assert version.number == 1
    assert (tmp_path / "out.md").read_text() == "First."


async def test_only_the_version_that_was_chosen_is_published(tmp_path: Path) -> None:
    bench = Bench()
    content = await bench.written("First.", "Second.", "First.")
    await bench.studio.decisions.approve(
        content.id, 2
    )  # By another program, since v1 was shown as approved.
    with pytest.raises(Refused, match="v2 of “One” is approved by now, not v1: nothing was writt"):
        await bench.studio.decisions.publish_to_file(content.id, tmp_path / "out.md", number=1)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    assert (await bench.studio.content(content.id)).status is Status.APPROVED


async def test_a_version_with_the_same_text_is_not_the_one_that_was_written(tmp_path: Path) -> None:
    bench = Bench()
    store = bench.store = Hurried()
    bench.studio = Studio(store, ScriptedAgent(), ticking_clock(), CountedIds())
    content = await bench.written("First.", "Second.", "First.")
    await bench.studio.decisions.approve(content.id, 1)

    def the_other_is_approved(content: Content) -> Content:
        approval = replace(content.approvals[-1], version=3)
        return replace(content, approvals=(*content.approvals, approval))

    store.meanwhile = the_other_is_approved
    with pytest.raises(Refused, match="was changed while v1 was written"):
        await bench.studio.decisions.publish_to_file(content.id, tmp_path / "out.md")
    assert (await bench.studio.content(content.id)).publications == ()


async def test_a_text_that_is_not_the_approved_one_any_more_does_not_go_out(tmp_path: Path) -> None:
    bench = Bench()
    content = await bench.written()
    content = await bench.studio.decisions.approve(content.id, 2)
    changed = replace(content.versions[1], text="Edited in the library's file.")
    bench.store.contents[content.id] = replace(content, versions=(content.versions[0], changed))
    with pytest.raises(Refused, match="v2 of “One” is not the text that was approved any more"):
        await bench.studio.decisions.publish_to_file(content.id, tmp_path / "out.md")
    assert os.listdir(tmp_path) == []  # noqa: PTH208


async def test_a_draft_is_approved_in_one_step_that_one_undo_takes_back() -> None:
    bench = Bench()
    content = await bench.written()
    assert (await bench.studio.decisions.approve(content.id, 2)).status is Status.APPROVED
    undone = await bench.studio.undo_list.undo()
    assert undone.sentence == "“One” is a draft again."
    assert (undone.content.status, undone.content.approvals) == (Status.DRAFT, ())
