"""The trash deleted for good: Claude Code's own transcripts of it are told of, and go on demand."""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.samples import sample
from tui import cli
from tui.agent.processes import find_process
from tui.composition.emptying import empty_trash
from tui.domain.content import Content
from tui.domain.findings import Finding
from tui.domain.ids import BranchId, ContentId, SessionId
from tui.store.library import TinyStore

GONE, LEFT = ContentId("gone2222"), ContentId("left2222")
MADE, SHARED, ORIGINAL = (SessionId(f"7f0c1f0e-0000-4000-8000-00000000000{n}") for n in range(3))


def held_on(content: Content, session: SessionId, source: str = "") -> Content:
    branch = replace(content.branches[0], session=session, source=source)
    return replace(content, branches=(branch, *content.branches[1:]))


@pytest.fixture
def claude(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Claude Code's transcripts: two of Redraft's making, and one that a piece was adopted from."""
    project = tmp_path / "claude" / "projects" / "some-folder"
    (project / MADE).mkdir(parents=True)
    (project / MADE / "agent.jsonl").write_text("{}")
    for name in (f"{MADE}.jsonl", f"{MADE}.jsonl.damaged-1", f"{SHARED}.jsonl", "other.jsonl"):
        (project / name).write_text("{}\n")
    (project / f"{ORIGINAL}.jsonl").write_text("{}\n")
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    return project


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library with a piece in the trash and one that shares a session with it."""
    folder = tmp_path / "library"
    gone = held_on(sample(GONE, "Gone"), MADE, source=ORIGINAL)
    shared = replace(gone.branches[0], id=BranchId("another-branch"), session=SHARED)
    gone = replace(gone, branches=(*gone.branches, shared))

    async def fill() -> None:
        store = await TinyStore.open(folder)
        await store.create(gone)
        await store.create(held_on(sample(LEFT, "Left"), SHARED))
        await store.discard(GONE, lambda content: content)
        await store.close()

    asyncio.run(fill())
    return folder


def emptied(library: Path, answer: Callable[[str], bool]) -> list[Finding]:
    return asyncio.run(empty_trash(library, answer))


def test_what_claude_code_keeps_is_told_and_stays_unless_it_is_wanted(
    library: Path, claude: Path
) -> None:
    before = sorted(path.name for path in claude.iterdir())
    asked: list[str] = []

    def refuse(question: str) -> bool:
        asked.append(question)
        return False

    deleted, kept = emptied(library, refuse)
    assert deleted.sentence == "1 piece was deleted for good."
    assert "still has its own transcripts" in kept.sentence
    assert str(claude / f"{MADE}.jsonl") in kept.sentence
    assert len(asked) == 1
    assert "3 files" in asked[0]
    assert sorted(path.name for path in claude.iterdir()) == before
    assert [finding.sentence for finding in emptied(library, lambda _: True)] == [
        "Nothing was in it."
    ]


def test_only_what_redraft_made_and_no_piece_needs_is_deleted(library: Path, claude: Path) -> None:
    _, gone = emptied(library, lambda _: True)
    assert gone.sentence == "Claude Code's own transcripts of it were deleted too: 3 files."
    left = sorted(path.name for path in claude.iterdir())
    assert left == sorted([f"{SHARED}.jsonl", f"{ORIGINAL}.jsonl", "other.jsonl"])


def test_a_session_that_is_open_stays(library: Path, claude: Path, tmp_path: Path) -> None:
    process = find_process(os.getpid())
    assert process is not None
    entry = {"pid": os.getpid(), "sessionId": MADE, "procStart": process.started}
    (tmp_path / "claude" / "sessions").mkdir()
    (tmp_path / "claude" / "sessions" / "1.json").write_text(json.dumps(entry))
    _, kept = emptied(library, lambda _: True)
    assert not kept.is_fine
    assert "open in another program" in kept.sentence
    assert (claude / f"{MADE}.jsonl").exists()


def test_transcripts_without_the_trash_are_refused(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert cli.main(["doctor", "--transcripts"]) == 2
    assert b"--empty-trash" in capsysbinary.readouterr().err
