"""What is read, kept and put of the transcripts on a machine, with Redraft's own copies beside."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tui.agent.carried import carried
from tui.agent.claude_transcripts import ClaudeTranscripts
from tui.agent.cli_contract.rows import encoded
from tui.agent.copies import copy_key
from tui.domain.errors import AgentProblem, LibraryProblem, Refused, SessionLost
from tui.domain.ids import MessageId, SessionId
from tui.domain.session import FoundSession
from tui.store.transcripts import TranscriptFiles

SESSION = SessionId("7f0c1f0e-0000-4000-8000-000000000001")
ROWS: list[dict[str, Any]] = [
    {"type": "user", "uuid": "u1", "parentUuid": None, "sessionId": SESSION},
    {"type": "assistant", "uuid": "u2", "parentUuid": "u1", "sessionId": SESSION},
    {"type": "mode", "mode": "plain"},
]


@pytest.fixture
def projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of Claude Code's own transcripts, which is made when one is written."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    return tmp_path / "claude" / "projects"


@pytest.fixture
def copies(tmp_path: Path) -> TranscriptFiles:
    """Redraft's own copies, in a library."""
    return TranscriptFiles(tmp_path / "library" / "transcripts", locks=tmp_path / "locks")


@pytest.fixture
def transcripts(tmp_path: Path, projects: Path, copies: TranscriptFiles) -> ClaudeTranscripts:
    (tmp_path / "library").mkdir()
    return ClaudeTranscripts(tmp_path / "library" / "work", copies)


def file_of(projects: Path) -> Path:
    """Return Claude Code's own transcript."""
    (file,) = projects.rglob(f"{SESSION}.jsonl")
    return file


async def test_what_was_brought_is_kept_and_read_though_claude_codes_own_is_gone(
    transcripts: ClaudeTranscripts, copies: TranscriptFiles, projects: Path
) -> None:
    assert await transcripts.read(SESSION) is None
    await transcripts.place(SESSION, encoded(ROWS))
    file = file_of(projects)
    assert file.parent.name.endswith("-library-work")
    assert await transcripts.taken() == {SESSION}
    told = r"cannot be written \(File exists\): make room, and check that you may write there\.$"
    with pytest.raises(AgentProblem, match=told):
        await transcripts.place(SESSION, b"another")
    assert file.read_bytes() == encoded(ROWS)

    await transcripts.keep(SESSION)
    assert await copies.load(copy_key(SESSION)) == ROWS
    await transcripts.remove(SESSION)
    assert not file.exists()
    assert await transcripts.taken() == frozenset()
    assert await transcripts.read(SESSION) == encoded(ROWS)
    with pytest.raises(SessionLost, match=f"no longer has the session {SESSION}"):
        await transcripts.adopt(SESSION, MessageId("u2"), title="")


async def test_the_fuller_one_of_both_transcripts_is_read(
    transcripts: ClaudeTranscripts, copies: TranscriptFiles
) -> None:
    own = encoded([*ROWS, {"type": "user", "uuid": "u3", "parentUuid": "u2"}])
    await transcripts.place(SESSION, own)
    assert await transcripts.read(SESSION) == own
    await copies.append(copy_key(SESSION), ROWS)
    assert await transcripts.read(SESSION) == own
    await copies.append(copy_key(SESSION), [{"uuid": "u3"}, {"mode": "last"}])
    assert await transcripts.read(SESSION) == encoded([*ROWS, {"uuid": "u3"}, {"mode": "last"}])


async def test_copies_that_cannot_be_read_leave_claude_codes_own(projects: Path) -> None:
    class Away:
        async def append(self, key: object, entries: list[Any]) -> None:
            raise LibraryProblem("The library is away.")

        async def load(self, key: object) -> list[Any] | None:
            raise LibraryProblem("The library is away.")

    transcripts = ClaudeTranscripts(projects / "work", Away())
    await transcripts.place(SESSION, encoded(ROWS))
    assert await transcripts.read(SESSION) == encoded(ROWS)
    await transcripts.keep(SESSION)  # Logged: the import itself is not in danger.


async def test_a_session_is_listed_with_its_times_and_its_words_on_one_line(
    transcripts: ClaudeTranscripts, projects: Path
) -> None:
    said = {"role": "user", "content": "Write\n  it."}
    more: dict[str, Any] = {"isSidechain": False, "cwd": "/home/writer/posts", "sessionId": SESSION}
    rows = [
        {**ROWS[0], **more, "message": said, "timestamp": "2026-03-01T09:00:00.500Z"},
        {"type": "custom-title", "customTitle": "On  sails", "sessionId": SESSION},
    ]
    await transcripts.place(SESSION, encoded(rows))
    os.utime(file_of(projects), ns=(0, 1_772_442_000_250_000_000))
    assert await transcripts.sessions() == (
        FoundSession(
            session=SESSION,
            title="On sails",
            first_prompt="Write it.",
            folder="/home/writer/posts",
            created_at=datetime(2026, 3, 1, 9, 0, 0, 500_000, UTC),
            changed_at=datetime(2026, 3, 2, 9, 0, 0, 250_000, UTC),
            prompts=1,
        ),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{half", "Line 3 of the transcript is not JSON as Claude Code writes it."),
        ("[1]", "Line 3 of the transcript is not JSON as Claude Code writes it."),
        ({"uuid": 7}, "Line 3 of the transcript has no id."),
        ({"uuid": ""}, "Line 3 of the transcript has no id."),
        ({"uuid": "x" * 101}, "Line 3 of the transcript has no id."),
        ({"parentUuid": 4}, "Line 3 of the transcript follows something that is no id."),
        ({"message": "hi"}, "Line 3 of the transcript has no message."),
    ],
)
def test_a_transcript_that_cannot_be_carried_says_which_line_and_why(
    line: str | dict[str, Any], reason: str
) -> None:
    good = {**ROWS[0], "message": {}}
    bad = line if isinstance(line, str) else json.dumps({**good, "uuid": "x" * 100, **line})
    with pytest.raises(Refused) as refused:
        carried(f"{json.dumps(good)}\n\n{bad}\n".encode(), SESSION)
    assert str(refused.value) == reason


def test_a_transcript_without_a_word_is_not_carried() -> None:
    with pytest.raises(Refused) as refused:
        carried(encoded([{"type": "ai-title", "aiTitle": "Sails"}]), SESSION)
    assert str(refused.value) == "The transcript holds no conversation."
