"""How two copies of a session are compared, merged and kept, without any CLI."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.agent import keeper
from tui.agent.cli_contract.rows import encoded, is_place_stale
from tui.agent.keeper import TranscriptKeeper
from tui.agent.lineage import holds, lacking, merged, sound_or_mended
from tui.agent.local_files import LocalPart, append_rows, read_part
from tui.domain.errors import AgentProblem, SessionLost
from tui.domain.ids import MessageId, SessionId
from tui.domain.json_lines import read_json_lines

SESSION = SessionId("7f0c1f0e-0000-4000-8000-000000000001")


def said(count: int) -> list[dict[str, Any]]:
    """A conversation, with a row between that is no message."""
    rows: list[dict[str, Any]] = []
    for number in range(count):
        parent = f"u{number - 1}" if number else None
        kind = "assistant" if number % 2 else "user"
        rows.append({"type": kind, "uuid": f"u{number}", "parentUuid": parent})
        if number % 3 == 0:
            rows.append({"type": "mode", "at": number})
    return rows


some = st.lists(st.booleans(), min_size=16, max_size=16)
CONVERSATION = said(12)


@given(some, some)
def test_two_copies_that_have_everything_between_them_make_a_whole_one(
    mine: list[bool], theirs: list[bool]
) -> None:
    ours = [row for row, is_kept in zip(CONVERSATION, mine, strict=True) if is_kept]
    others = [row for row, is_kept in zip(CONVERSATION, theirs, strict=True) if is_kept]
    rows = merged(ours, others)
    assert all(rows.count(row) == 1 for row in rows)
    assert lacking(rows, ours) == lacking(rows, others) == []
    ids = [row["uuid"] for row in rows if "uuid" in row]
    has_all = all(row in ours or row in others for row in CONVERSATION if "uuid" in row)
    assert holds(rows, "u11") is has_all
    if has_all:
        assert ids == [f"u{number}" for number in range(12)]


@given(some)
def test_what_lacks_a_message_before_the_anchor_is_never_taken_for_sound(kept: list[bool]) -> None:
    rows = [row for row, is_kept in zip(CONVERSATION, kept, strict=True) if is_kept]
    local = read_json_lines(encoded(rows))
    is_sound, _ = sound_or_mended(local, CONVERSATION, "u11")
    assert is_sound is all(row in rows for row in CONVERSATION if "uuid" in row)
    is_sound, mended = sound_or_mended(local, CONVERSATION[:-1], "u11")
    assert (mended is not None) is any(row.get("uuid") == "u11" for row in rows)
    assert not is_sound or mended == rows


def test_rows_are_read_as_far_as_they_go() -> None:
    rows = [{"text": "half \ud800"}, {"uuid": "a"}]
    read = read_json_lines(encoded(rows))
    assert (read.objects, read.is_clean) == (rows, True)
    assert not read_json_lines(encoded(rows) + b'{"uuid": ').is_clean
    assert not read_json_lines(b"\x00\n[1]\n" + encoded(rows)).is_clean


def test_a_note_of_the_place_from_before_the_anchor_is_stale() -> None:
    rows, note = said(4), {"type": "last-prompt", "leafUuid": "u1"}
    assert not is_place_stale(rows, "u3")
    assert not is_place_stale([*rows, note], "u3")
    assert is_place_stale([note, *rows], "u3")
    assert not is_place_stale([note, *rows, note], "u3")
    assert not is_place_stale([note, *rows], None)


def test_a_circle_of_parents_is_not_whole() -> None:
    rows = [{"uuid": "a", "parentUuid": "b"}, {"uuid": "b", "parentUuid": "a"}]
    assert not holds(rows, "a")
    assert merged(rows, [])[0] in rows


def content_of(path: Path) -> bytes:
    return path.read_bytes()


def replace_by(path: Path, data: bytes | None) -> None:
    """Put another file in a file's place, or none."""
    path.unlink()
    if data is not None:
        path.write_bytes(data)


def names_beside(path: Path) -> list[str]:
    return [other.name for other in path.parent.iterdir()]


class Slow:
    """A store that takes rows only when it is let, and counts how often it is read."""

    def __init__(self) -> None:
        self.is_let = asyncio.Event()
        self.rows: list[Any] = []
        self.loads = 0

    async def append(self, key: object, entries: list[Any]) -> None:
        await self.is_let.wait()
        self.rows += entries

    async def load(self, key: object) -> list[Any] | None:
        self.loads += 1
        return self.rows or None


@pytest.fixture
def sdk() -> ModuleType:
    module = ModuleType("sdk")
    module.project_key_for_directory = lambda _: "project"  # type: ignore[attr-defined]
    return module


@pytest.fixture
def local(tmp_path: Path) -> Path:
    path = tmp_path / "projects" / "project" / f"{SESSION}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(encoded(said(4)))
    return path


def test_rows_are_appended_without_harm_to_what_another_program_appends(local: Path) -> None:
    before = content_of(local)

    def write_on() -> None:
        with local.open("ab", buffering=0) as file:
            for number in range(400):
                file.write(encoded([{"theirs": number}]))

    with ThreadPoolExecutor(1) as other:
        done = other.submit(write_on)
        for number in range(400):
            append_rows(local, encoded([{"ours": number}]))
        done.result()
    rows = read_json_lines(content_of(local)[len(before) :]).objects
    for who in ("ours", "theirs"):
        assert [row[who] for row in rows if who in row] == list(range(400))


async def test_a_store_that_hangs_holds_nobody_up(
    tmp_path: Path, local: Path, sdk: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "TURN_WAITS", 0.05)
    monkeypatch.setattr(keeper, "LOADING_WAITS", 0.05)
    store = Slow()
    keeping = TranscriptKeeper(store, projects=tmp_path / "projects", work_folder=tmp_path)
    async with asyncio.timeout(2):
        assert "longer than usual" in await keeping.copy(SESSION)
        assert await keeping.copy(SESSION) == ""
        assert await keeping.copy(SESSION) == "", "a problem is told once, not every other time"
        await keeping.mend(sdk, SESSION, MessageId("u3"))
    store.is_let.set()
    await keeping.settled(2)
    assert await keeping.copy(SESSION) == ""
    assert store.rows == said(4)


async def test_a_copy_adds_only_what_is_new_and_notices_another_file(
    tmp_path: Path, local: Path
) -> None:
    store = Slow()
    store.is_let.set()
    keeping = TranscriptKeeper(store, projects=tmp_path / "projects", work_folder=tmp_path)
    await keeping.copy(SESSION, MessageId("u3"))
    with local.open("ab") as file:
        file.write(encoded(said(6))[len(encoded(said(4))) :] + b'{"uuid": "torn')
    await keeping.copy(SESSION)
    assert store.rows == said(6)
    assert store.loads == 1, "what is copied already is read again after every turn"
    replace_by(local, encoded(said(8)))
    await keeping.copy(SESSION)
    assert store.rows == said(8)
    replace_by(local, None)
    assert await keeping.copy(SESSION) == ""


async def test_a_copy_that_fails_is_tried_less_and_less_often_and_logged_in_one_line(
    tmp_path: Path, local: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Slow):
        async def append(self, key: object, entries: list[Any]) -> None:
            if len(pauses) < 12:
                raise OSError("no")
            self.rows += entries

    pauses: list[float] = []
    sleep = asyncio.sleep

    async def slept(seconds: float) -> None:
        if seconds >= keeper.AGAIN_AFTER:
            pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", slept)
    store = Broken()
    keeping = TranscriptKeeper(store, projects=tmp_path / "projects", work_folder=tmp_path)
    assert "tried again" in await keeping.copy(SESSION)
    async with asyncio.timeout(10):
        while not store.rows:
            await sleep(0)
    assert pauses[:3] == [3.0, 6.0, 12.0]
    assert pauses[-1] == keeper.LONGEST_PAUSE
    assert pauses == sorted(pauses)
    failed, worked = caplog.records
    assert failed.getMessage() == f"session {SESSION} was not copied: no"
    assert "copied again" in worked.getMessage()
    assert "Traceback" not in caplog.text
    await keeping.settled(2)


async def test_a_store_that_cannot_be_read_leaves_claude_codes_own(
    tmp_path: Path, local: Path, sdk: ModuleType
) -> None:
    class Broken(Slow):
        async def load(self, key: object) -> list[Any] | None:
            raise OSError("no")

    keeping = TranscriptKeeper(Broken(), projects=tmp_path / "projects", work_folder=tmp_path)
    before = content_of(local)
    async with asyncio.timeout(5):
        await keeping.mend(sdk, SESSION, MessageId("u3"))
    assert content_of(local) == before
    with pytest.raises(SessionLost):
        await keeping.mend(sdk, SESSION, MessageId("u9"))


async def test_a_file_that_may_not_be_read_is_set_aside(
    tmp_path: Path, local: Path, sdk: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Slow()
    store.rows = said(4)
    store.is_let.set()

    def refused(path: Path, start: int = 0) -> LocalPart | None:
        if path.exists() and not path.with_name(f"{path.name}.damaged-1").exists():
            raise PermissionError(13, "Permission denied", str(path))
        return read_part(path, start)

    monkeypatch.setattr(keeper, "read_part", refused)
    keeping = TranscriptKeeper(store, projects=tmp_path / "projects", work_folder=tmp_path)
    await keeping.mend(sdk, SESSION, MessageId("u3"))
    assert sorted(names_beside(local)) == [local.name, f"{local.name}.damaged-1"]
    assert content_of(local) == encoded(said(4))


async def test_where_it_cannot_be_restored_nothing_is_touched(
    tmp_path: Path, local: Path, sdk: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Slow()
    store.rows = said(6)
    before = content_of(local)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    keeping = TranscriptKeeper(store, projects=tmp_path / "projects", work_folder=tmp_path)
    with pytest.raises(AgentProblem, match="No space left"):
        await keeping.mend(sdk, SESSION, MessageId("u5"))
    assert names_beside(local) == [local.name]
    assert content_of(local) == before
    monkeypatch.undo()
    await keeping.mend(sdk, SESSION, MessageId("u5"))
    assert [json.loads(line) for line in content_of(local).splitlines()] == said(6)
    assert content_of(local.with_name(f"{local.name}.damaged-1")) == before
