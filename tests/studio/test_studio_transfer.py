"""An import that is cancelled anywhere, or that is given what would fill the memory."""

import asyncio
import errno
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Coroutine, Generator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.store.samples import sample, with_turn
from tests.support.fakes import ticking_clock
from tui.composition.opening import RandomIds
from tui.domain.changes import edited, with_branch
from tui.domain.content import Content
from tui.domain.errors import InvalidInput, LibraryProblem, RedraftError, Refused
from tui.domain.ids import ContentId, MessageId, SessionId
from tui.domain.session import FoundMessage, FoundSession, MessageKind, SessionCopy
from tui.store.library import TinyStore
from tui.studio.bundle import LIMITS, BundleReader, BundleWriter
from tui.studio.session_import import SessionImport
from tui.studio.transfer import Transfer

IDS = [ContentId(f"content{number}") for number in range(3)]
SESSIONS = [SessionId(f"7f0c1f0e-0000-4000-8000-00000000000{number}") for number in range(3)]

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 3, 1, tzinfo=UTC)


class Sessions:
    """Transcripts in a dictionary, put there and taken away by threads as the real ones are."""

    def __init__(self, data: dict[SessionId, bytes] | None = None) -> None:
        self.data = data or {}

    async def read(self, session: SessionId) -> bytes | None:
        return self.data.get(session)

    async def taken(self) -> frozenset[SessionId]:
        return frozenset()

    def carried(self, data: bytes, session: SessionId) -> bytes:
        return data

    async def place(self, session: SessionId, data: bytes) -> None:
        await asyncio.to_thread(self.data.__setitem__, session, data)

    async def keep(self, session: SessionId) -> None:
        pass

    async def remove(self, session: SessionId) -> None:
        await asyncio.to_thread(self.data.pop, session, None)

    async def sessions(self) -> tuple[FoundSession, ...]:
        return (FoundSession(SESSIONS[0], "", "Begin", "/work", AT, AT, 1),)

    async def messages(self, session: SessionId) -> tuple[FoundMessage, ...]:
        asked = FoundMessage(MessageId("asked"), MessageKind.PROMPT, "Begin", AT)
        return asked, FoundMessage(MessageId("said"), MessageKind.ANSWER, "Well.", AT)

    async def adopt(self, session: SessionId, up_to: MessageId, *, title: str) -> SessionCopy:
        made = SessionId(RandomIds().uuid())
        await asyncio.to_thread(self.data.__setitem__, made, b"{}\n")
        return SessionCopy(made, {up_to: up_to})


class CancelledAt:
    """Runs a coroutine and cancels its task when it waits for the n-th time."""

    def __init__(self, work: Coroutine[Any, Any, Any], at: int) -> None:
        self._work, self._at, self.waits = work, at, 0

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._work.__await__()
        try:
            waiting = next(steps)
            while True:
                if self.waits == self._at:
                    task = asyncio.current_task()
                    assert task is not None
                    task.cancel()
                self.waits += 1
                try:
                    result = yield waiting
                except BaseException as error:  # noqa: BLE001
                    waiting = steps.throw(error)
                else:
                    waiting = steps.send(result)
        except StopIteration as end:
            return end.value


async def cancelled_at(work: Coroutine[Any, Any, Any], at: int) -> bool:
    """Run something, cancelled when it waits for the n-th time; return whether it came to that."""
    run = CancelledAt(work, at)

    async def awaited() -> None:
        await run

    task = asyncio.create_task(awaited())
    await asyncio.wait({task})
    assert task.cancelled() or task.exception() is None, task.exception()
    assert task.cancelled() == (run.waits > at) or run.waits == at + 1
    return run.waits > at


def live(number: int) -> Content:
    """A content whose branch can be resumed."""
    content = with_turn("turn")(sample(IDS[number], f"Piece {number}"))
    branch = replace(content.branches[0], session=SESSIONS[number], is_live=True)
    return with_branch(content, branch)


def moving(store: TinyStore, sessions: Sessions) -> Transfer:
    return Transfer(
        store, store.documents, sessions, ticking_clock(), RandomIds(), version=lambda: "0.1"
    )


@pytest.fixture
async def bundle(tmp_path: Path) -> Path:
    store = await TinyStore.open(tmp_path / "there")
    for number in range(3):
        await store.create(live(number))
    sessions = Sessions(dict.fromkeys(SESSIONS, b"{}\n"))
    await moving(store, sessions).export(tmp_path / "all.zip")
    await store.close()
    return tmp_path / "all.zip"


async def test_own_angles_go_along_and_none_that_is_here_is_written_over(tmp_path: Path) -> None:
    there = await TinyStore.open(tmp_path / "there")
    texts = {
        "broken": "Whole.",
        "sharper": "Sharper.",
        "für Ärzte": "---\ntitle: For {{who}}\n---\nFor {{who}}.",
    }
    for name, text in texts.items():
        await there.angles.save(name, text)
    out = await moving(there, Sessions()).export(tmp_path / "all.zip")
    assert (out.angles, out.problems) == (3, ())
    here = await TinyStore.open(tmp_path / "here")
    await here.angles.save("sharper", "Mine.")
    await here.angles.save("broken", "---\nThe writer has not mended it yet.")
    came = await moving(here, Sessions()).take_in(tmp_path / "all.zip")
    assert (came.angles, came.other_angles) == (("für Ärzte",), ("broken", "sharper"))
    assert len((await here.angles.read()).problems) == 1, "its file is as it was"
    found = {angle.name: angle.prompt for angle in (await here.angles.read()).angles}
    assert found == {"sharper": "Mine.", "für Ärzte": "For {{who}}."}
    again = await moving(here, Sessions()).take_in(tmp_path / "all.zip")
    assert (again.angles, again.other_angles) == ((), ("broken", "sharper"))
    await there.close()
    await here.close()


@pytest.mark.parametrize(
    ("name", "text"),
    [("angles/../x.md", b"x"), ("angles/.x.md", b"x"), ("angles/a/b.md", b"x"),
     ("angles/x.md", b"---\nno end"), ("angles/x.md", b"\xff"), ("angles/x.md", b"x" * 70_000),
     (f"angles/{'漢' * 90}.md", b"x")],
)  # fmt: skip
async def test_an_angle_that_is_none_has_the_bundle_refused(
    bundle: Path, tmp_path: Path, name: str, text: bytes
) -> None:
    with zipfile.ZipFile(bundle, "a") as packed:
        packed.writestr(name, text)
    here = await TinyStore.open(tmp_path / "here")
    with pytest.raises(Refused, match="The bundle"):
        await moving(here, Sessions()).take_in(bundle)
    assert not (await here.angles.read()).angles
    assert not (await here.catalog()).rows
    await here.close()


async def test_pieces_that_are_added_beside_each_other_share_no_branch(
    bundle: Path, tmp_path: Path
) -> None:
    store = await TinyStore.open(tmp_path / "here")
    added: list[ContentId] = []

    def worked_on(content: Content) -> Content:
        return edited(content, content.main, f"After import {len(added)}.", AT)

    for _ in range(4):  # Each time what is here has been worked on since.
        came = await moving(store, Sessions()).take_in(bundle)
        assert sorted(came.renamed) == (IDS if added else [])
        assert not added or [*came.renamed.values()] == [*came.added]
        added += came.added
        for content_id in added:
            await store.update(content_id, worked_on)
    renamed = [await store.load(content_id) for content_id in added[len(IDS) :]]
    branches = [branch.id for content in renamed for branch in content.branches]
    assert len(branches) == 9
    assert len({*branches}) == 9
    await store.close()


async def _held(store: TinyStore) -> list[SessionId]:
    """Return the sessions that the contents of a library can resume."""
    rows = (await store.catalog()).rows
    contents = [await store.load(row.id) for row in rows]
    return [at.session for content in contents for at in content.branches if at.is_live]


async def test_an_import_cancelled_anywhere_leaves_only_what_is_whole(
    bundle: Path, tmp_path: Path
) -> None:
    at, saved = 0, set[int]()
    while True:
        store, sessions = await TinyStore.open(tmp_path / f"here{at}"), Sessions()
        was_cancelled = await cancelled_at(moving(store, sessions).take_in(bundle), at)
        held = await _held(store)
        assert sorted(held) == sorted(sessions.data), f"cancelled at wait {at}"
        saved.add(len(held))
        await moving(store, sessions).take_in(bundle)
        assert len((await store.catalog()).rows) == 3
        assert sorted(await _held(store)) == sorted(sessions.data)
        await store.close()
        if not was_cancelled:
            break
        at += 1
    assert saved == {0, 1, 2, 3}


async def test_a_bundle_that_goes_bad_while_it_is_read_says_how_much_of_it_was_added(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await TinyStore.open(tmp_path / "here")
    create = store.create

    def unread(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    async def created(content: Content) -> None:
        await create(content)
        monkeypatch.setattr(zipfile.ZipFile, "open", unread)

    monkeypatch.setattr(store, "create", created)
    with pytest.raises(Refused) as refused:
        await moving(store, Sessions()).take_in(bundle)
    assert re.fullmatch(
        r"The entry “[^”]*” is damaged\. 1 of 3 pieces were added before; import the bundle again, "
        r"and the others follow\.",
        str(refused.value),
    )
    assert len((await store.catalog()).rows) == 1
    await store.close()


async def test_an_adoption_cancelled_anywhere_leaves_only_what_is_whole(tmp_path: Path) -> None:
    at = 0
    while True:
        store, sessions = await TinyStore.open(tmp_path / f"here{at}"), Sessions()
        importing = SessionImport(store, store.documents, sessions, RandomIds())
        was_cancelled = await cancelled_at(importing.adopt(SESSIONS[0]), at)
        assert sorted(await _held(store)) == sorted(sessions.data), f"cancelled at wait {at}"
        await store.close()
        if not was_cancelled:
            break
        at += 1
    assert at > 1


async def test_an_export_cancelled_anywhere_leaves_the_old_file_or_the_new_one(
    bundle: Path, tmp_path: Path
) -> None:
    store, target = await TinyStore.open(tmp_path / "there"), tmp_path / "out"
    target.mkdir()
    at = 0
    while await cancelled_at(moving(store, Sessions()).export(target / "all.zip"), at):
        assert {path.name for path in target.iterdir()} <= {"all.zip"}, f"cancelled at wait {at}"
        at += 1
    assert at > 3
    await store.close()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc to limit memory")
def test_no_small_bundle_fills_the_memory(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.studio.hostile", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    *lines, rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(lines) == 12
    for name, size, said, _ in lines:
        assert int(size) < 1_000_000, name
        assert said.startswith("The bundle was not imported, and nothing was changed. "), name
    assert rows[2] == "0"


async def test_a_large_piece_that_repeats_itself_goes_out_and_comes_in(tmp_path: Path) -> None:
    store = await TinyStore.open(tmp_path / "there")
    content = live(0)
    for number in range(400):
        content = edited(content, content.main, f"{number} " + "word, [and] {more} " * 800, AT)
    await store.create(content)
    sessions = Sessions({SESSIONS[0]: b'{"x":"' + b"," * 3_000_000 + b'"}\n'})
    await moving(store, sessions).export(tmp_path / "all.zip")
    await store.close()
    here, others = await TinyStore.open(tmp_path / "here"), Sessions()
    assert (await moving(here, others).take_in(tmp_path / "all.zip")).transcripts == 1
    assert (await here.load(content.id)).versions == content.versions
    assert others.data == sessions.data
    await here.close()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(damage=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), max_size=4))
@example(damage=[(0.0, b"")])
def test_a_damaged_bundle_is_taken_in_whole_or_refused(
    packed: bytes, damage: list[tuple[float, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    data = bytearray(packed)
    for where, new in damage:
        at = int(where * (len(data) - 1))
        # The list of entries at the end is where most can go wrong.
        at = at if at % 2 else max(0, len(data) - 1 - at % 700)
        data[at : at + len(new)] = new
    (folder / "all.zip").write_bytes(data)

    async def take_in() -> None:
        store, sessions = await TinyStore.open(folder / "here"), Sessions()
        try:
            imported = await moving(store, sessions).take_in(folder / "all.zip")
            said, added = ".", len(imported.added)
        except RedraftError as problem:
            said, added = str(problem), 0
        assert said.endswith(".")
        assert len((await store.catalog()).rows) == added
        assert sorted(await _held(store)) == sorted(sessions.data)
        await store.close()

    asyncio.run(take_in())


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a good bundle."""
    folder = tmp_path_factory.mktemp("good")

    async def pack() -> None:
        store = await TinyStore.open(folder / "there")
        await store.create(live(0))
        await moving(store, Sessions({SESSIONS[0]: b"{}\n"})).export(folder / "all.zip")
        await store.close()

    asyncio.run(pack())
    return (folder / "all.zip").read_bytes()


def sizes(bundle: Path, folder: str) -> list[int]:
    """Return the unpacked sizes of the entries whose names begin so."""
    with zipfile.ZipFile(bundle) as packed:
        return [one.file_size for one in packed.infolist() if one.filename.startswith(folder)]


LIMITED = {
    "entries": (lambda bundle: len(sizes(bundle, ""))),
    "content_size": (lambda bundle: max(sizes(bundle, "contents/"))),
    "transcript_size": (lambda bundle: max(sizes(bundle, "transcripts/"))),
    "angle_size": (lambda bundle: max(sizes(bundle, "angles/"))),
    "total_size": (lambda bundle: sum(sizes(bundle, ""))),
}


TOO_MUCH = {
    "entries": "The bundle has 8 entries; 7 is the most.",
    "content_size": "The entry “contents/",
    "transcript_size": "The entry “transcripts/",
    "angle_size": "The entry “angles/sharper.md” would unpack to 8 bytes.",
    "total_size": "The bundle would unpack to more than a bundle may hold.",
}


@pytest.mark.parametrize("limit", LIMITED)
async def test_a_bundle_that_just_keeps_to_a_limit_is_read_and_one_that_does_not_is_not(
    bundle: Path, limit: str
) -> None:
    with zipfile.ZipFile(bundle, "a") as packed:
        packed.writestr("angles/sharper.md", "Sharper.")
    most = LIMITED[limit](bundle)
    with BundleReader(bundle, replace(LIMITS, **{limit: most})) as reader:
        entries = (*reader.contents.values(), *reader.transcripts.values(), *reader.angles.values())
        assert [len(reader.read(one)) for one in entries] == [one.file_size for one in entries]
    assert (len(reader.contents), len(reader.transcripts), [*reader.angles]) == (3, 3, ["sharper"])
    with pytest.raises(Refused) as refused:
        BundleReader(bundle, replace(LIMITS, **{limit: most - 1}))
    assert TOO_MUCH[limit] in str(refused.value)


def test_what_is_too_large_to_be_taken_in_again_does_not_go_out(tmp_path: Path) -> None:
    writer = BundleWriter(tmp_path / "all.zip", limits=replace(LIMITS, angle_size=8))
    with pytest.raises(ValueError, match="not open"):
        writer.add("angles/a.md", b"Sharper.")
    writer.open()
    writer.add("angles/a.md", b"Sharper.")
    with pytest.raises(Refused) as refused:
        writer.add("angles/b.md", b"Sharpest.")
    assert str(refused.value) == (
        "angles/b.md is left out of the bundle: it has 9 bytes, and no more than 8 can be imported."
    )
    writer.give_up()
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    none = tmp_path / "none.zip"
    with pytest.raises(InvalidInput) as missing:
        BundleReader(none)
    assert str(missing.value) == f"The file {none} cannot be read: No such file or directory."


async def test_what_cannot_be_read_is_told_and_the_rest_goes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await TinyStore.open(tmp_path / "there")
    for number in range(3):
        await store.create(live(number))
    undamaged = store.documents.document

    async def document(content_id: ContentId) -> bytes:
        if content_id == IDS[1]:
            raise LibraryProblem("Piece 1 is damaged.")
        return await undamaged(content_id)

    monkeypatch.setattr(store.documents, "document", document)
    sessions = Sessions({SESSIONS[0]: b"{}\n{"})
    out = await moving(store, sessions).export(tmp_path / "all.zip")
    assert (out.contents, out.transcripts, out.missing) == (2, 1, 1)
    assert out.problems == ("Piece 1 is damaged.",)
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert json.loads(packed.read("redraft.json")) == {
            "format": "redraft-library",
            "schema": 1,
            "redraft": "0.1",
            "made_at": ticking_clock()().isoformat(),
            "contents": 2,
            "transcripts": 1,
        }
    with BundleReader(tmp_path / "all.zip") as reader:
        assert {*reader.contents} == {IDS[0], IDS[2]}
        assert reader.read(reader.transcripts[SESSIONS[0]]) == b"{}\n"
    with pytest.raises(RedraftError) as refused:
        await moving(store, sessions).export(tmp_path / "none" / "all.zip")
    gone = tmp_path / "none" / "all.zip"
    assert str(refused.value) == f"The file {gone} cannot be written: No such file or directory."
    await store.close()


async def test_a_piece_whose_text_was_changed_by_hand_stays_out_and_is_named(
    tmp_path: Path,
) -> None:
    store = await TinyStore.open(tmp_path / "there")
    content = edited(live(0), live(0).main, "Sails.", AT)
    await store.create(content)
    file = tmp_path / "there" / "contents" / f"{content.id}.json"
    file.write_text(file.read_text().replace("Sails.", "Nails."))
    out = await moving(store, Sessions()).export(tmp_path / "all.zip")
    assert out.contents == 0
    said = f"The text of v2 in “{content.title}” does not fit its SHA-256."
    assert out.problems[-1] == said
    await store.close()


def test_an_bundle_on_a_disk_that_goes_away_is_said_in_a_sentence(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale(_: int) -> None:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    monkeypatch.setattr("tui.studio.bundle.os.fstat", stale)
    with pytest.raises(InvalidInput, match=r"all\.zip cannot be read: Stale file handle\.$"):
        BundleReader(bundle)
