"""Whatever call to the disk fails, in whatever method: a sentence, and nothing is lost."""

import asyncio
import errno
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.store.copies import Copies
from tests.store.disk import Disk
from tests.store.samples import MAIN, sample, with_approval, with_text
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem, NotFound, RedraftError
from tui.domain.ids import ContentId
from tui.domain.place import Place
from tui.domain.search import SearchQuery
from tui.store.content_file import ContentFile
from tui.store.documents import document_of
from tui.store.library import TinyStore
from tui.store.texts import Texts
from tui.store.transcripts import TranscriptFiles

ID = ContentId("sample22")
OTHER, DELETED = ContentId("other222"), ContentId("deleted2")
PLACE = Place(ID, unsent={MAIN: "Half a"})
KEY = {"project_key": "redraft", "session_id": "session-1"}
ROWS = [{"uuid": "one"}, {"uuid": "two"}]
NUMBERS = (errno.EIO, errno.EACCES, errno.ESTALE, errno.ENOENT)

Work = Callable[[TinyStore, TranscriptFiles], Awaitable[object]]

WORKS: dict[str, Work] = {
    "catalog": lambda store, _: store.catalog(),
    "load": lambda store, _: store.load(ID),
    "create": lambda store, _: store.create(sample("created2")),
    "update": lambda store, _: store.update(ID, with_approval),
    "discard": lambda store, _: store.discard(ID, lambda content: content),
    "restore": lambda store, _: store.restore(DELETED, lambda content: content),
    "trash": lambda store, _: store.trash(),
    "empty_trash": lambda store, _: store.empty_trash(),
    "lease": lambda store, _: store.leases.take(MAIN),
    "place": lambda store, _: store.place(),
    "save_place": lambda store, _: store.save_place(replace(PLACE, content=OTHER)),
    "sessions_here": lambda store, _: store.documents.sessions_here(),
    "document": lambda store, _: store.documents.document(ID),
    "read_document": lambda store, _: store.documents.read_document(document_of(sample()), "x"),
    "search": lambda store, _: store.search(SearchQuery(("one",)), None, 10),
    "close": lambda store, _: store.close(),
    "append": lambda _, files: files.append(KEY, [{"uuid": "three"}]),
    "load a transcript": lambda _, files: files.load(KEY),
    "list_sessions": lambda _, files: files.list_sessions("redraft"),
    "list_subkeys": lambda _, files: files.list_subkeys(KEY),
    "delete": lambda _, files: files.delete({**KEY, "session_id": "session-2"}),
}
"""Every method of the store, and of the transcripts it keeps."""

MAY_BE_GONE = {"empty_trash": DELETED}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled") / "library"

    async def fill() -> None:
        store = await TinyStore.open(folder)
        for content_id in (ID, OTHER, DELETED):
            await store.create(sample(content_id))
            await store.update(content_id, with_text("One."))
        await store.update(DELETED, with_approval)
        await store.discard(DELETED, lambda content: content)
        await store.save_place(PLACE)
        files = _transcripts(folder)
        await files.append(KEY, ROWS)
        await files.append({**KEY, "session_id": "session-2"}, ROWS)
        await store.close()

    asyncio.run(fill())
    return folder


def _transcripts(folder: Path) -> TranscriptFiles:
    return TranscriptFiles(folder / "transcripts", locks=folder / "locks")


async def _try(disk: Disk, work: Work, *, is_warm: bool) -> tuple[object, BaseException | None]:
    """Do the work on a store that knows the library already, or not, and check what is left."""
    store = await TinyStore.open(disk.folder)
    result, raised = None, None
    if is_warm:
        await store.catalog()
        await store.load(ID)
        await store.place()
    try:
        with disk.watching():
            result = await work(store, _transcripts(disk.folder))
    except Exception as error:  # noqa: BLE001
        raised = error
    await store.close()
    return result, raised


async def _everything(folder: Path) -> dict[str, Any]:
    """Return all that a library holds, read with a disk that works."""
    store = await TinyStore.open(folder)
    found: dict[str, Any] = {"place": await store.place(), "rows": await _rows(folder)}
    for content_id in (ID, OTHER, DELETED):
        content: Content | None = None
        with suppress(NotFound):
            content = await store.load(content_id)
        if content is None and content_id in {row.id for row in await store.trash()}:
            content = await store.restore(content_id, lambda content: content)
        found[content_id] = content and (content.title, content.versions)
    await store.close()
    return found


async def _rows(folder: Path) -> Any:
    return (await _transcripts(folder).load(KEY) or [])[: len(ROWS)]


@pytest.mark.parametrize("is_warm", [False, True], ids=["cold", "warm"])
@pytest.mark.parametrize("name", WORKS)
async def test_every_call_to_the_disk_may_fail(
    filled: Path, tmp_path: Path, name: str, is_warm: bool
) -> None:
    work, copies = WORKS[name], Copies(filled, tmp_path / "library", _everything)
    before = await copies.everything()
    with copies.disk() as disk:
        assert (await _try(disk, work, is_warm=is_warm))[1] is None
    count = len(disk.calls)
    assert count or name in ("read_document", "close")
    for is_gone in (False, True) if is_warm else (False,):
        for at in range(count):
            number = NUMBERS[at % len(NUMBERS)]
            with copies.disk() as disk:
                disk.fails_at, disk.number, disk.is_gone = at, number, is_gone
                result, raised = await _try(disk, work, is_warm=is_warm)
            failed = disk.calls[at] if at < len(disk.calls) else None
            said = f"{name}, call {at}: {failed} fails with {os.strerror(number)}"
            if raised is not None:
                assert isinstance(raised, RedraftError), said
                _check_sentence(str(raised), said)
            if name == "place" and raised is None and number != errno.ENOENT:
                assert result == PLACE, said
            after = await copies.everything()
            place = replace(PLACE, content=OTHER) if name == "save_place" else PLACE
            assert after.pop("place") in (PLACE, place), said
            for what, value in before.items():
                if what in after and MAY_BE_GONE.get(name) != what:
                    assert after[what] == value, f"{said}; lost: {what}"


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES])
@pytest.mark.parametrize("name", ["discard", "restore", "empty_trash"])
async def test_whatever_call_fails_nothing_in_the_trash_is_overwritten_or_forgotten(
    filled: Path, tmp_path: Path, name: str, number: int
) -> None:
    """One id lies in the trash and in the library, as after an import of what was deleted."""
    twice = Path(shutil.copytree(filled, tmp_path / "twice"))
    shutil.rmtree(twice / "trash" / DELETED)  # Nothing but the file tells of it.
    store = await TinyStore.open(twice)
    await store.create(sample(DELETED, "The imported one"))
    await store.close()
    copies = Copies(twice, tmp_path / "library", _everything)

    works = {**WORKS, "discard": lambda store, _: store.discard(DELETED, lambda now: now)}
    at, count = -1, 1
    while at < count:
        with copies.disk() as disk:
            disk.fails_at, disk.number = at, number
            _, raised = await _try(disk, works[name], is_warm=True)
        count = len(disk.calls) if at < 0 else count
        said = f"{name}, call {at}: {disk.calls[min(at, len(disk.calls) - 1)]}"
        titles = [
            ContentFile(path).read().title
            for place in ("contents", "trash")
            for path in (disk.folder / place).glob(f"{DELETED}*.json")
        ]
        expected = {"A piece", "The imported one"}
        if name == "empty_trash":
            expected = {"The imported one"} if raised is None else {*expected, *titles}
        assert {*titles} == expected or raised is not None, said
        assert "The imported one" in titles, said
        assert name == "empty_trash" or len(titles) == 2, said
        at += 1


def test_a_text_makes_no_library_where_one_was_taken_away(tmp_path: Path) -> None:
    content = with_approval(with_text("One.")(sample()))
    texts = Texts(tmp_path / "library" / "texts")
    texts.take(content)
    assert not (tmp_path / "library").exists()
    assert texts.problems
    (tmp_path / "library").mkdir()
    texts.write_waiting()
    assert [path.name for path in tmp_path.rglob("*.md")] == ["approved-v1.md"]


def _move(folder: Path, target: Path) -> None:
    assert not target.exists()
    folder.rename(target)


def _check_sentence(text: str, said: str) -> None:
    assert text.endswith("."), said
    assert "\n" not in text, said
    assert "Errno" not in text, said


@pytest.mark.parametrize("name", [name for name in WORKS if name not in ("close", "read_document")])
async def test_a_folder_that_is_gone_for_a_moment_is_said_and_comes_back(
    filled: Path, tmp_path: Path, name: str
) -> None:
    folder = Path(shutil.copytree(filled, tmp_path / "library"))
    store = await TinyStore.open(folder)
    await store.load(ID)
    _move(folder, tmp_path / "away")
    with pytest.raises(LibraryProblem) as caught:
        await WORKS[name](store, _transcripts(folder))
    _move(tmp_path / "away", folder)
    _check_sentence(str(caught.value), name)
    await WORKS[name](store, _transcripts(folder))
    await store.close()
