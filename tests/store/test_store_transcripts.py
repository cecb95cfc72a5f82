"""The copies of Claude's transcripts on disk: nothing acknowledged is lost, nothing torn counts."""

import asyncio
import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.domain.errors import LibraryProblem
from tui.store.transcripts import TranscriptFiles

ROOT = Path(__file__).parents[2]
KEY = {"project_key": "redraft", "session_id": "7f0c1f0e-0000-4000-8000-000000000001"}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
rows = st.lists(st.dictionaries(st.text().filter(lambda key: key != "uuid"), values), max_size=8)
odd = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def files_in(folder: Path) -> TranscriptFiles:
    return TranscriptFiles(folder / "transcripts", locks=folder / "locks")


def row(number: int) -> dict[str, Any]:
    return {"type": "user", "uuid": f"u{number}", "message": {"content": f"prompt {number} “…”"}}


@odd
@given(batches=st.lists(rows, min_size=1, max_size=4))
def test_what_is_added_is_loaded(
    batches: list[list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = files_in(tmp_path_factory.mktemp("library"))

    async def round_trip() -> Any:
        for batch in batches:
            await files.append(KEY, batch)
        return await files.load(KEY)

    everything = [row for batch in batches for row in batch]
    assert asyncio.run(round_trip()) == (everything or None)


@odd
@given(cut=st.floats(0, 1))
def test_a_file_cut_anywhere_is_read_up_to_there_and_goes_on(
    cut: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("library")
    files, whole = files_in(folder), [row(number) for number in range(5)]

    async def crash_and_go_on() -> tuple[Any, Any]:
        await files.append(KEY, whole)
        path = files.path(KEY)
        path.write_bytes(path.read_bytes()[: int(cut * path.stat().st_size)])
        before = await files.load(KEY)
        await files.append(KEY, [row(9)])
        return before, await files.load(KEY)

    before, after = asyncio.run(crash_and_go_on())
    left = before or []
    assert left == whole[: len(left)]
    assert after == [*left, row(9)]
    assert all(json.loads(line) for line in files.path(KEY).read_bytes().splitlines())


async def test_a_line_that_is_no_row_is_left_out_and_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = files_in(tmp_path)
    await files.append(KEY, [row(1), row(2), row(3)])
    path = files.path(KEY)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"{spoilt\n" + lines[2])
    assert await files.load(KEY) == [row(1), row(3)]
    assert "prompt" not in caplog.text
    assert "cannot be read" in caplog.text
    await files.append(KEY, [row(4)])
    assert b"{spoilt\n" in path.read_bytes()


async def test_a_row_that_lost_its_line_end_stays_and_the_next_gets_a_line_of_its_own(
    tmp_path: Path,
) -> None:
    files = files_in(tmp_path)
    await files.append(KEY, [row(1)])
    path = files.path(KEY)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    await files.append(KEY, [row(2)])
    assert [json.loads(line) for line in path.read_bytes().splitlines()] == [row(1), row(2)]


async def test_a_message_that_comes_again_counts_once(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    await files.append(KEY, [row(1), row(2)])
    await files.append(KEY, [row(2), row(3), {"type": "mode"}])
    await files.append(KEY, [{"type": "mode"}])
    kept = await files.load(KEY)
    assert kept == [row(1), row(2), row(3), {"type": "mode"}, {"type": "mode"}]


async def test_half_a_surrogate_pair_is_kept(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    await files.append(KEY, [{"text": "half \ud800, whole 🦊"}])
    assert await files.load(KEY) == [{"text": "half \ud800, whole 🦊"}]


async def test_files_are_private(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    await files.append({**KEY, "subpath": "subagents/agent-1"}, [row(1)])
    for path in (tmp_path / "transcripts").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


@pytest.mark.parametrize(
    "name", ["..", ".", "../../out", "/etc/x", "a\x00b", "%2E%2E", "A b/ü", "half \ud800"]
)
async def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    files = files_in(tmp_path / "library")
    (tmp_path / "library").mkdir()
    key = {"project_key": name, "session_id": name, "subpath": name}
    session = {"project_key": name, "session_id": name}
    await files.append(key, [row(1)])
    await files.append(session, [row(2)])
    assert await files.load(key) == [row(1)]
    assert await files.list_subkeys(session) == [name]
    assert [found["session_id"] for found in await files.list_sessions(name)] == [name]
    inside = (tmp_path / "library" / "transcripts").resolve()
    assert inside in files.path(key).resolve().parents
    assert os.listdir(tmp_path) == ["library"]  # noqa: PTH208 (pathlib is for threads here)
    await files.delete(session)
    assert await files.load(key) is await files.load(session) is None


async def test_a_full_disk_is_said_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = files_in(tmp_path)
    await files.append(KEY, [row(1)])
    before = files.path(KEY).read_bytes()
    write = os.write

    def half(handle: int, data: bytes) -> int:
        if len(data) < 40:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(LibraryProblem, match="no room to save"):
        await files.append(KEY, [row(2), row(3)])
    assert files.path(KEY).read_bytes() == before
    monkeypatch.undo()
    await files.append(KEY, [row(2), row(3)])
    assert await files.load(KEY) == [row(1), row(2), row(3)]


async def test_two_programs_add_to_one_transcript(tmp_path: Path) -> None:
    one, other = files_in(tmp_path), files_in(tmp_path)
    await asyncio.gather(
        *(files.append(KEY, [row(number)]) for number in range(15) for files in (one, other))
    )
    kept = await one.load(KEY) or []
    assert sorted(found["uuid"] for found in kept) == sorted(f"u{number}" for number in range(15))


ADDING = """
import asyncio, sys
from pathlib import Path
from tui.store.transcripts import TranscriptFiles
folder = Path(sys.argv[1])
files = TranscriptFiles(folder / "transcripts", locks=folder / "locks")
async def add():
    number = len(await files.load({key}) or [])
    while True:
        await files.append({key}, [{{"uuid": f"u{{number}}", "text": "x" * 20000}}])
        print(number, flush=True)
        number += 1
asyncio.run(add())
"""


def test_what_was_acknowledged_outlives_a_kill_in_mid_append(tmp_path: Path) -> None:
    acknowledged = -1
    for _ in range(4):
        command = [sys.executable, "-c", ADDING.format(key=KEY), str(tmp_path)]
        program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert program.stdout is not None
        for _line in range(5):
            acknowledged = int(program.stdout.readline())
        program.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *map(int, program.stdout.read().split())])
        program.wait()
        program.stdout.close()
        kept = asyncio.run(files_in(tmp_path).load(KEY)) or []
        assert [found["uuid"] for found in kept] == [f"u{n}" for n in range(len(kept))]
        assert len(kept) > acknowledged
