"""Claude Code's copy of a session is gone or damaged: the API is sent all of it all the same."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from claude_agent_sdk.testing import run_session_store_conformance

from tests.agent.stage import Stage, new_spec, play, playing, resumed
from tui.agent.claude import ClaudeAgent
from tui.agent.copies import TranscriptStore, copy_key
from tui.agent.environment import config_folder
from tui.demo.faults import Fault
from tui.domain.errors import AgentProblem, SessionLost
from tui.domain.events import ContextMeasured, Noticed, Outcome, TextStreamed
from tui.domain.ids import MessageId, SessionId
from tui.domain.session import SessionSpec
from tui.store.transcripts import TranscriptFiles

TURNS = ("one", "two", "three")
Damage = Callable[[Path], None]
ThreeTurns = Callable[[], tuple[SessionId, list[MessageId]]]


@dataclass(frozen=True)
class Recorded:
    """A session of three turns that a real Claude Code wrote: its file, our copy, its anchors."""

    session: SessionId
    place: Path
    file: bytes
    copy: bytes
    anchors: tuple[MessageId, ...]


@pytest.fixture(scope="module")
def recorded(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Play the session of which each test gets a copy of its own, under a number of its own."""
    folder = tmp_path_factory.mktemp("recorded")
    files = TranscriptFiles(folder / "transcripts", locks=folder / "locks")

    async def record() -> Recorded:
        spec = new_spec()
        async with playing(stage, transcripts=files) as agent:
            session = await agent.connect(spec)
            anchors = [(await play(session, prompt)).anchor for prompt in TURNS]
            await session.close()
        place, kept = local_file(stage, spec.session), files.path(copy_key(spec.session))
        told = place.read_bytes(), kept.read_bytes()
        return Recorded(spec.session, place, *told, tuple(anchors))

    return asyncio.run(record())


@pytest.fixture
def three_turns(stage: Stage, copies: TranscriptFiles, recorded: Recorded) -> ThreeTurns:
    """Give a function that puts one more session of three turns where Claude Code left it."""

    def put() -> tuple[SessionId, list[MessageId]]:
        session = new_spec().session
        kept = copies.path(copy_key(session))
        kept.parent.mkdir(parents=True, exist_ok=True)
        for path, told in (
            (recorded.place.with_name(f"{session}.jsonl"), recorded.file),
            (kept, recorded.copy),
        ):
            path.touch(0o600)
            path.write_bytes(told.replace(recorded.session.encode(), session.encode()))
        return session, list(recorded.anchors)

    return put


@pytest.fixture
def copies(tmp_path: Path) -> TranscriptFiles:
    """Redraft's own copies, in a library of the test."""
    return TranscriptFiles(tmp_path / "transcripts", locks=tmp_path / "locks")


@pytest.fixture
async def keeping(stage: Stage, copies: TranscriptFiles) -> AsyncIterator[ClaudeAgent]:
    """An agent that keeps copies."""
    stage.server.faults.clear()
    async with playing(stage, transcripts=copies) as agent:
        yield agent


def local_file(stage: Stage, session: SessionId) -> Path:
    (path,) = config_folder(stage.folder).glob(f"projects/*/{session}.jsonl")
    return path


def set_aside(stage: Stage, session: SessionId) -> list[Path]:
    return sorted(config_folder(stage.folder).glob(f"projects/*/{session}.jsonl.damaged-*"))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut_at_a_row(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if b'"type":"assistant"' in line)
    path.write_bytes(b"".join(lines[:last]))


def cut_in_a_row(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-700])


def spoil_the_first_answer(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    first = min(number for number, line in enumerate(lines) if b'"type":"assistant"' in line)
    lines[first] = b"\x00" * (len(lines[first]) - 1) + b"\n"
    path.write_bytes(b"".join(lines))


def garbage(path: Path) -> None:
    path.write_bytes(b"\xff\xfe not a transcript\n" * 40)


DAMAGES: tuple[Damage, ...] = (
    Path.unlink,
    empty,
    cut_at_a_row,
    cut_in_a_row,
    spoil_the_first_answer,
    garbage,
)


def resuming(session: SessionId, anchor: MessageId) -> SessionSpec:
    return SessionSpec(session, is_new=False, anchor=anchor)


async def test_a_session_that_claude_code_lost_is_resumed_whole_each_time(
    stage: Stage, keeping: ClaudeAgent, three_turns: ThreeTurns
) -> None:
    session, anchors = three_turns()
    path, asked, spoilt = local_file(stage, session), list(TURNS), list[bytes]()
    for damage in DAMAGES:
        damage(path)
        spoilt += [path.read_bytes()] if path.exists() else []

        connected = await keeping.connect(resuming(session, anchors[-1]))
        asked.append(f"after {damage.__name__}")
        anchors.append((await play(connected, asked[-1])).anchor)
        await connected.close()

        assert list(stage.last.prompts[-len(asked) :]) == asked, damage
        assert len(stage.last.replies) == len(asked) - 1
        assert [aside.read_bytes() for aside in set_aside(stage, session)] == spoilt
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", [Path.unlink, spoil_the_first_answer])
async def test_a_fork_is_made_from_our_copy_alone(
    stage: Stage, keeping: ClaudeAgent, three_turns: ThreeTurns, damage: Damage
) -> None:
    session, anchors = three_turns()
    damage(local_file(stage, session))

    fork = await keeping.fork(session, anchors[1], title="from the copy")
    local_file(stage, fork.session).unlink()  # A fork that never ran is kept as well.

    await play(await keeping.connect(resuming(fork.session, fork.anchor)), "other three")
    assert stage.last.prompts[-3:] == ("one", "two", "other three")


async def test_a_fork_never_touches_the_file_of_the_original(
    stage: Stage, keeping: ClaudeAgent, three_turns: ThreeTurns
) -> None:
    whole: list[str] = []
    for damage in (leave, *DAMAGES):
        session, anchors = three_turns()
        path = local_file(stage, session)
        # As after a kill: the note of where to go on is from before the last turn.
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([lines[-2], *lines[:-2]]))
        damage(path)
        before = path.read_bytes() if path.exists() else None

        fork = await keeping.fork(session, anchors[2], title="from what there is")

        assert (path.read_bytes() if path.exists() else None) == before, damage
        assert set_aside(stage, session) == [], damage
        told = said_in(local_file(stage, fork.session))
        whole = whole or told
        assert told == whole, damage
        if damage in {leave, spoil_the_first_answer}:
            await play(await keeping.connect(resuming(fork.session, fork.anchor)), "four")
            assert stage.last.prompts[-4:] == (*TURNS, "four"), damage


def leave(_path: Path) -> None:
    """Do no damage."""


def said_in(path: Path) -> list[str]:
    """Return what prompts and answers of a transcript say, in order."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    spoken = [row for row in rows if row["type"] in {"user", "assistant"}]
    return [f"{row['type']}: {json.dumps(row['message']['content'])}" for row in spoken]


async def test_a_file_that_another_program_writes_is_left_as_it_is(
    stage: Stage, keeping: ClaudeAgent, three_turns: ThreeTurns
) -> None:
    session, anchors = three_turns()
    async with playing(stage, work_folder=stage.folder / "elsewhere") as other:
        await other.connect(resumed(session))
        path = local_file(stage, session)
        cut_at_a_row(path)
        before = path.read_bytes()
        with pytest.raises(AgentProblem, match="another program"):
            await keeping.connect(resuming(session, anchors[-1]))
        assert path.read_bytes() == before
    await play(await keeping.connect(resuming(session, anchors[-1])), "four")
    assert stage.last.prompts[-4:] == (*TURNS, "four")


async def test_a_connected_session_whose_file_is_gone_can_be_forked(
    stage: Stage, keeping: ClaudeAgent
) -> None:
    spec = new_spec()
    session = await keeping.connect(spec)
    anchors = [(await play(session, prompt)).anchor for prompt in TURNS]
    local_file(stage, spec.session).unlink()

    fork = await keeping.fork(spec.session, anchors[1], title="")
    await play(await keeping.connect(resuming(fork.session, fork.anchor)), "other three")
    assert stage.last.prompts[-3:] == ("one", "two", "other three")
    await play(session, "four")
    assert stage.last.prompts[-4:] == (*TURNS, "four")


async def test_after_every_turn_the_copy_has_all_that_was_said(
    stage: Stage, keeping: ClaudeAgent, copies: TranscriptFiles
) -> None:
    spec = new_spec()
    session = await keeping.connect(spec)
    kept = copies.path(copy_key(spec.session))
    sizes = []
    for prompt in TURNS:
        played = await play(session, prompt)
        assert played.anchor in kept.read_text()
        sizes.append(kept.stat().st_size)
    ours = [json.loads(line) for line in kept.read_bytes().splitlines()]
    theirs = [json.loads(line) for line in local_file(stage, spec.session).read_text().splitlines()]
    assert ours == theirs
    assert sizes == sorted(sizes)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


async def test_what_claude_code_has_more_is_taken_over_and_nothing_comes_twice(
    stage: Stage, keeping: ClaudeAgent, three_turns: ThreeTurns, copies: TranscriptFiles
) -> None:
    session, _ = three_turns()
    async with playing(stage) as other:
        fourth = await play(await other.connect(resumed(session)), "four, elsewhere")
    await play(await keeping.connect(resuming(session, fourth.anchor)), "five")

    assert set_aside(stage, session) == []
    assert stage.last.prompts[-5:] == (*TURNS, "four, elsewhere", "five")
    kept = copies.path(copy_key(session)).read_bytes().splitlines()
    ids = [row["uuid"] for row in map(json.loads, kept) if "uuid" in row]
    assert len(ids) == len(set(ids))
    assert fourth.anchor in ids


@pytest.mark.parametrize("damage", [empty, Path.unlink, cut_at_a_row])
async def test_where_both_are_damaged_the_session_is_lost_and_said_so(
    stage: Stage,
    keeping: ClaudeAgent,
    three_turns: ThreeTurns,
    copies: TranscriptFiles,
    damage: Damage,
) -> None:
    session, anchors = three_turns()
    damage(copies.path(copy_key(session)))
    cut_at_a_row(local_file(stage, session))
    with pytest.raises(SessionLost):
        await keeping.connect(resuming(session, anchors[-1]))
    with pytest.raises(SessionLost):
        await keeping.fork(session, anchors[-1], title="")


async def test_two_damaged_copies_make_a_whole_one_when_they_can(
    stage: Stage, keeping: ClaudeAgent, three_turns: ThreeTurns, copies: TranscriptFiles
) -> None:
    session, anchors = three_turns()
    spoil_the_first_answer(copies.path(copy_key(session)))
    cut_at_a_row(local_file(stage, session))
    await play(await keeping.connect(resuming(session, anchors[-1])), "four")
    assert stage.last.prompts[-4:] == (*TURNS, "four")
    assert len(stage.last.replies) == 3


async def test_a_damaged_copy_is_made_whole_by_claude_codes_own(
    stage: Stage, keeping: ClaudeAgent, three_turns: ThreeTurns, copies: TranscriptFiles
) -> None:
    session, anchors = three_turns()
    spoil_the_first_answer(copies.path(copy_key(session)))
    connected = await keeping.connect(resuming(session, anchors[-1]))
    await connected.close()
    local_file(stage, session).unlink()
    await play(await keeping.connect(resuming(session, anchors[-1])), "four")
    assert stage.last.prompts[-4:] == (*TURNS, "four")


async def test_what_was_stopped_or_refused_is_no_damage(
    stage: Stage, keeping: ClaudeAgent, copies: TranscriptFiles
) -> None:
    spec = new_spec()
    session = await keeping.connect(spec)
    await play(session, "one")
    stopped = await play(session, "a long two", on=TextStreamed, do=session.stop)
    assert stopped.end.outcome is Outcome.STOPPED
    await session.close()
    session = await keeping.connect(resuming(spec.session, stopped.anchor))
    third = await play(session, "three")
    stage.server.faults.add(Fault.bad_request(), times=None)
    assert (await play(session, "four, refused")).end.outcome is Outcome.FAILED
    stage.server.faults.clear()
    await session.close()
    again = SessionSpec(spec.session, is_new=False, resume_at=third.anchor, anchor=third.anchor)
    session = await keeping.connect(again)
    fourth = await play(session, "four")
    await session.close()
    assert set_aside(stage, spec.session) == []

    local_file(stage, spec.session).unlink()
    await play(await keeping.connect(resuming(spec.session, fourth.anchor)), "five")
    said = " ".join(stage.last.prompts)
    assert all(prompt in said for prompt in ("one", "a long two", "three", "four", "five"))
    assert "refused" not in said
    assert (third.text, fourth.text) == stage.last.replies[-2:]


async def test_a_session_is_resumed_at_its_anchor_though_its_note_leads_elsewhere(
    stage: Stage, keeping: ClaudeAgent
) -> None:
    spec = new_spec()
    session = await keeping.connect(spec)
    first = await play(session, "one")
    stage.server.faults.add(Fault.bad_request(), times=None)
    await play(session, "refused")
    stage.server.faults.clear()
    await session.close()
    at = SessionSpec(spec.session, is_new=False, resume_at=first.anchor, anchor=first.anchor)
    session = await keeping.connect(at)
    second = await play(session, "two")
    await session.close()
    # As after a kill: the only note is the old one, which leads to the refused turn.
    file = local_file(stage, spec.session)
    lines = file.read_text().splitlines()
    notes = [number for number, line in enumerate(lines) if '"last-prompt"' in line]
    kept = [line for number, line in enumerate(lines) if number not in notes[1:]]
    file.write_text("\n".join(kept) + "\n")

    at = SessionSpec(spec.session, is_new=False, resume_at=second.anchor, anchor=second.anchor)
    session = await keeping.connect(at)
    await play(session, "three")
    await session.close()
    said = " ".join(stage.last.prompts)
    assert all(prompt in said for prompt in ("one", "two", "three"))
    assert "refused" not in said
    assert stage.last.replies[-1] == second.text


class Full:
    """A store without room; `is_slow`: it does not even say so."""

    def __init__(self, behind: TranscriptStore) -> None:
        self.behind = behind
        self.is_full = True

    async def append(self, key: Any, entries: list[Any]) -> None:
        if self.is_full:
            raise OSError(28, "No space left on device")
        await self.behind.append(key, entries)

    async def load(self, key: Any) -> list[Any] | None:
        return await self.behind.load(key)


async def test_a_copy_that_fails_is_told_once_and_made_up_for(
    stage: Stage, copies: TranscriptFiles
) -> None:
    store = Full(copies)
    async with playing(stage, transcripts=store) as agent:
        spec = new_spec()
        session = await agent.connect(spec)
        first = await play(session, "one")
        assert first.end.outcome is Outcome.FINISHED
        assert [notice.text for notice in first.of(Noticed) if "No space left" in notice.text]
        assert {type(event) for event in first.events[-2:]} == {Noticed, ContextMeasured}
        assert (await play(session, "two")).of(Noticed) == []
        assert await copies.load(copy_key(spec.session)) is None
        store.is_full = False
        third = await play(session, "three")
    kept = copies.path(copy_key(spec.session)).read_text()
    assert all(text in kept for text in (first.anchor, third.anchor))


async def test_the_files_pass_the_conformance_tests_of_the_sdk(tmp_path: Path) -> None:
    folders = iter(range(1000))

    def fresh() -> Any:
        folder = tmp_path / str(next(folders))
        folder.mkdir()
        return TranscriptFiles(folder / "transcripts", locks=folder / "locks")

    await run_session_store_conformance(fresh)
