"""Claude Code's copy of a session is gone or damaged: the API is sent all of it all the same."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from claude_agent_sdk.testing import run_session_store_conformance

from tests.agent.stage import Stage, new_spec, play, playing, resumed
from tests.support.faults import Fault
from tui.agent.claude import ClaudeAgent
from tui.agent.copies import TranscriptStore, copy_key
from tui.agent.environment import config_folder
from tui.agent.session import ClaudeSession
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


async def test_a_session_that_claude_code_lost_is_restored_as_it_was_each_time(
    stage: Stage, copies: TranscriptFiles, three_turns: ThreeTurns, recorded: Recorded
) -> None:
    """By what comes before the CLI is started: here that one does not start."""
    session, anchors = three_turns()
    path, spoilt = local_file(stage, session), list[bytes]()
    async with playing(stage, transcripts=copies, cli=failing_cli(stage)) as agent:
        for damage in (*DAMAGES, *reversed(DAMAGES)):
            damage(path)
            spoilt += [path.read_bytes()] if path.exists() else []

            with pytest.raises(AgentProblem, match="could not be started"):
                await agent.connect(resuming(session, anchors[-1]))

            assert told_in(path) == told_by(recorded, session), damage
            assert [aside.read_bytes() for aside in asides(stage, session)] == spoilt, damage
            assert path.stat().st_mode & 0o777 == 0o600, damage


def asides(stage: Stage, session: SessionId) -> list[Path]:
    """Return what was set aside, in the order of its numbers."""
    return sorted(set_aside(stage, session), key=lambda path: int(path.name.rpartition("-")[2]))


async def test_a_fork_is_made_from_all_there_is_and_never_touches_the_original(
    stage: Stage, keeping: ClaudeAgent, three_turns: ThreeTurns, copies: TranscriptFiles
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
        shorter = await keeping.fork(session, anchors[1], title="from two turns of it")

        assert (path.read_bytes() if path.exists() else None) == before, damage
        assert set_aside(stage, session) == [], damage
        told = said_in(local_file(stage, fork.session))
        whole = whole or told
        assert told == whole, damage
        assert said_in(local_file(stage, shorter.session)) == whole[:4], damage
        for made in (fork, shorter):  # A fork that never ran is kept as well.
            kept = copies.path(copy_key(made.session))
            assert told_in(kept) == told_in(local_file(stage, made.session)), damage
        if damage is Path.unlink:
            local_file(stage, shorter.session).unlink()
            await play(await keeping.connect(resuming(shorter.session, shorter.anchor)), "other")
            assert stage.last.prompts[-3:] == ("one", "two", "other"), damage
    assert len(whole) == 2 * len(TURNS)


def leave(_path: Path) -> None:
    """Do no damage."""


def said_in(path: Path) -> list[str]:
    """Return what prompts and answers of a transcript say, in order."""
    return spoken(told_in(path))


def spoken(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    said = [row for row in rows if row["type"] in {"user", "assistant"}]
    return [f"{row['type']}: {json.dumps(row['message']['content'])}" for row in said]


def told_in(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def told_by(recorded: Recorded, session: SessionId) -> list[dict[str, Any]]:
    """Return the rows of the recorded file, in the copy of it under another number."""
    told = recorded.file.replace(recorded.session.encode(), session.encode())
    return [json.loads(line) for line in told.splitlines()]


def failing_cli(stage: Stage) -> Path:
    """Return a program that Claude Code's place is given to, and that ends at once."""
    cli = stage.folder / "failing"
    cli.write_text("#!/bin/sh\nexit 1\n")
    cli.chmod(0o700)
    return cli


async def test_what_another_program_says_is_taken_over_and_its_file_left_as_it_is(
    stage: Stage, keeping: ClaudeAgent, three_turns: ThreeTurns, copies: TranscriptFiles
) -> None:
    session, anchors = three_turns()
    path, kept = local_file(stage, session), copies.path(copy_key(session))
    async with playing(stage, work_folder=stage.folder / "elsewhere") as other:
        elsewhere = await other.connect(resumed(session))
        whole = path.read_bytes()
        cut_at_a_row(path)
        before = path.read_bytes()
        with pytest.raises(AgentProblem, match="another program"):
            await keeping.connect(resuming(session, anchors[-1]))
        assert path.read_bytes() == before
        path.write_bytes(whole)
        fourth = await play(elsewhere, "four, elsewhere")

    # What is told of the new turn is taken over before anything is resumed, and nothing restored.
    async with playing(stage, transcripts=copies, cli=failing_cli(stage)) as agent:
        with pytest.raises(AgentProblem, match="could not be started"):
            await agent.connect(resuming(session, fourth.anchor))
    assert set_aside(stage, session) == []
    assert fourth.anchor in ids_in(kept)

    # With the program gone the file may be written to.
    spoil_the_first_answer(path)
    await play(await keeping.connect(resuming(session, fourth.anchor)), "five")
    assert len(set_aside(stage, session)) == 1
    assert stage.last.prompts[-5:] == (*TURNS, "four, elsewhere", "five")
    assert len(stage.last.replies) == 4
    ids = ids_in(kept)
    assert len(ids) == len(set(ids))
    assert fourth.anchor in ids


def ids_in(path: Path) -> list[str]:
    return [row["uuid"] for row in told_in(path) if "uuid" in row]


class Full:
    """A store that has no room at first."""

    def __init__(self, behind: TranscriptStore) -> None:
        self.behind = behind
        self.is_full = True

    async def append(self, key: Any, entries: list[Any]) -> None:
        if self.is_full:
            raise OSError(28, "No space left on device")
        await self.behind.append(key, entries)

    async def load(self, key: Any) -> list[Any] | None:
        return await self.behind.load(key)


async def test_after_every_turn_the_copy_has_all_that_was_said(
    stage: Stage, copies: TranscriptFiles
) -> None:
    store = Full(copies)
    async with playing(stage, transcripts=store) as agent:
        spec = new_spec()
        session = await agent.connect(spec)
        zeroth = await told_once_that_there_is_no_room(session)
        assert await copies.load(copy_key(spec.session)) is None
        store.is_full = False

        kept, local = copies.path(copy_key(spec.session)), local_file(stage, spec.session)
        anchors, sizes = [zeroth], []
        for prompt in TURNS:
            anchors.append((await play(session, prompt)).anchor)
            assert set(anchors) <= set(ids_in(kept)), prompt
            sizes.append(kept.stat().st_size)
        assert told_in(kept) == told_in(local)
        assert sizes == sorted(sizes)
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.parent.stat().st_mode & 0o777 == 0o700

        # Also a connected session can be forked when its file is gone.
        local.unlink()
        fork = await agent.fork(spec.session, anchors[2], title="")
        told = said_in(local_file(stage, fork.session))
        assert told == said_in(kept)[:8]
        assert [prompt in said for prompt, said in zip(TURNS, told[4::2], strict=False)] == [
            True
        ] * 2
        await play(session, "four")
        assert stage.last.prompts[-4:] == (*TURNS, "four")


async def told_once_that_there_is_no_room(session: ClaudeSession) -> MessageId:
    first = await play(session, "zero")
    assert first.end.outcome is Outcome.FINISHED
    assert [notice.text for notice in first.of(Noticed) if "No space left" in notice.text]
    assert {type(event) for event in first.events[-2:]} == {Noticed, ContextMeasured}
    assert (await play(session, "again zero")).of(Noticed) == []
    return first.anchor


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


async def test_damaged_copies_make_a_whole_one_when_they_can(
    stage: Stage, three_turns: ThreeTurns, copies: TranscriptFiles, recorded: Recorded
) -> None:
    """Both are damaged, then only ours, which Claude Code's makes whole."""
    async with playing(stage, transcripts=copies, cli=failing_cli(stage)) as agent:
        for damage in (cut_at_a_row, leave):
            session, anchors = three_turns()
            spoil_the_first_answer(copies.path(copy_key(session)))
            path, whole = local_file(stage, session), told_by(recorded, session)
            damage(path)
            for step in ("a whole one is made", "and gives the file back"):
                with pytest.raises(AgentProblem, match="could not be started"):
                    await agent.connect(resuming(session, anchors[-1]))
                assert spoken(told_in(path)) == spoken(whole), (damage, step)
                ids = [row["uuid"] for row in whole if "uuid" in row]
                assert ids_in(path) == ids, (damage, step)
                path.unlink()


async def test_what_was_stopped_or_refused_is_no_damage(stage: Stage, keeping: ClaudeAgent) -> None:
    spec = new_spec()
    session = await keeping.connect(spec)
    first = await play(session, "one")
    stopped = await play(session, "a long two", on=TextStreamed, do=session.stop)
    assert stopped.end.outcome is Outcome.STOPPED
    await session.close()

    session = await keeping.connect(resuming(spec.session, stopped.anchor))
    third = await play(session, "three")
    assert third.end.outcome is Outcome.FINISHED
    # The CLI goes on from Claude's words, and adds no answer of its own to its note of the stop.
    said = [first.text.strip(), stopped.text.strip()]
    assert [reply.strip() for reply in stage.last.replies] == said
    assert [prompt.strip() for prompt in stage.last.prompts] == ["one", "a long two", "three"]
    stage.server.faults.add(Fault.bad_request(), times=None)
    assert (await play(session, "four, refused")).end.outcome is Outcome.FAILED
    stage.server.faults.clear()
    await session.close()

    path = local_file(stage, spec.session)
    old_notes = [line for line in path.read_text().splitlines() if is_note(line)]
    session = await keeping.connect(resuming(spec.session, third.anchor))
    fourth = await play(session, "four")
    await session.close()
    assert set_aside(stage, spec.session) == []

    # As after a kill: the only notes are the old ones, which lead to the refused turn.
    lines = path.read_text().splitlines()
    rest = [line for line in lines if not is_note(line) or line in old_notes]
    assert len(rest) < len(lines)
    path.write_text("\n".join(rest) + "\n")
    session = await keeping.connect(resuming(spec.session, fourth.anchor))
    fifth = await play(session, "five")
    await session.close()
    assert_all_is_said(stage, "one", "a long two", "three", "four", "five")
    assert stage.last.replies[-2:] == (third.text, fourth.text)

    path.unlink()
    await play(await keeping.connect(resuming(spec.session, fifth.anchor)), "six")
    assert_all_is_said(stage, "one", "a long two", "three", "four", "five", "six")
    assert stage.last.replies[-3:] == (third.text, fourth.text, fifth.text)


def is_note(line: str) -> bool:
    return '"last-prompt"' in line


def assert_all_is_said(stage: Stage, *prompts: str) -> None:
    said = " ".join(stage.last.prompts)
    assert [prompt for prompt in prompts if prompt not in said] == []
    assert "refused" not in said


async def test_the_files_pass_the_conformance_tests_of_the_sdk(tmp_path: Path) -> None:
    folders = iter(range(1000))

    def fresh() -> Any:
        folder = tmp_path / str(next(folders))
        folder.mkdir()
        return TranscriptFiles(folder / "transcripts", locks=folder / "locks")

    await run_session_store_conformance(fresh)
