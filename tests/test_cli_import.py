"""Importing without Claude: sessions on disk, bundles good and bad, a real library."""

import io
import json
import os
import re
import shutil
import stat
import struct
import uuid
import zipfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agent.stage import NoCopies
from tests.store.samples import MAIN, sample, with_fork, with_text, with_turn
from tests.store.strategies import contents
from tests.support.fakes import CountedIds, ScriptedAgent, ticking_clock
from tui.agent.carried import carried
from tui.agent.claude_transcripts import ClaudeTranscripts
from tui.agent.cli_contract.rows import count_prompts
from tui.agent.found_rows import found_messages
from tui.cli import main
from tui.composition.opening import RandomIds
from tui.domain.access import with_rule
from tui.domain.changes import with_branch
from tui.domain.content import Content, TurnKind, TurnState
from tui.domain.errors import (
    Ambiguous,
    InvalidInput,
    LibraryProblem,
    NotFound,
    RedraftError,
    Refused,
)
from tui.domain.ids import ContentId, SessionId
from tui.domain.session import MessageKind
from tui.domain.tools import NO_ACCESS
from tui.headless.exporting import export_what
from tui.headless.importing import import_what
from tui.headless.output import Out
from tui.store.documents import content_of_document, document_of
from tui.store.library import TinyStore
from tui.studio.bundle import Limits
from tui.studio.services import Services
from tui.studio.session_import import SessionImport
from tui.studio.studio import Studio
from tui.studio.transfer import Transfer

Row = dict[str, Any]
WRITTEN = 1_772_355_600
"""Seconds since 1970; each row is a minute later."""
DRAFT = "Here.\n<draft>\n# One\n</draft>\n"


@dataclass
class Transcript:
    """A session of Claude Code's, written row by row."""

    projects: Path
    session: str = field(default_factory=lambda: str(uuid.uuid4()))
    rows: list[Row] = field(default_factory=list)
    last: str | None = None
    minute: int = 0

    def row(self, kind: str, message: Row, **more: Any) -> str:
        self.minute += 1
        made = {
            "parentUuid": self.last,
            "isSidechain": False,
            "type": kind,
            "message": message,
            "uuid": str(uuid.uuid4()),
            "timestamp": f"2026-03-01T09:{self.minute:02}:00.000Z",
            "cwd": "/home/writer/posts",
            "sessionId": self.session,
            **more,
        }
        self.rows.append(made)
        self.last = str(made["uuid"])
        return self.last

    def ask(self, text: str) -> str:
        return self.row("user", {"role": "user", "content": text})

    def answer(self, text: str, model: str = "claude-opus-5-5") -> str:
        blocks = [{"type": "text", "text": text}]
        return self.row("assistant", {"role": "assistant", "model": model, "content": blocks})

    def save(self) -> str:
        folder = self.projects / "-home-writer-posts"
        folder.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in self.rows)
        file = folder / f"{self.session}.jsonl"
        file.write_text(text)
        os.utime(file, (WRITTEN + 60 * self.minute, WRITTEN + 60 * self.minute))
        return self.session

    def forked(self, rows: int) -> "Transcript":
        """A session that shares this one's first rows, ids included, as a fork at connect does."""
        other = Transcript(self.projects, minute=self.minute)
        other.rows = [{**row, "sessionId": other.session} for row in self.rows[:rows]]
        other.last = str(other.rows[-1]["uuid"])
        return other


class Place:
    """A machine: a library, and Claude Code's sessions."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self.folder = folder
        self.projects = folder / "claude" / "projects"
        self.store: TinyStore
        self.studio: Studio
        self.limits = limits or Limits()
        self.code, self.out, self.err = -1, "", ""

    async def open(self) -> "Place":
        os.environ["CLAUDE_CONFIG_DIR"] = str(self.folder / "claude")
        self.store = await TinyStore.open(self.folder / "library")
        transcripts = ClaudeTranscripts(self.folder / "library" / "work", NoCopies())
        ids, clock = RandomIds(), ticking_clock()
        services = Services(
            SessionImport(self.store, self.store.documents, transcripts, ids),
            Transfer(
                self.store,
                self.store.documents,
                transcripts,
                clock,
                ids,
                version=lambda: "0.1",
                limits=self.limits,
            ),
            self.store.recovered,
        )
        self.studio = Studio(self.store, ScriptedAgent(), clock, CountedIds(), services=services)
        return self

    async def run(self, command: Callable[..., Awaitable[int]], **choices: Any) -> int:
        result, beside = io.BytesIO(), io.BytesIO()
        self.code = await command(self.studio, Out(result, beside), **choices)
        self.out, self.err = result.getvalue().decode(), beside.getvalue().decode()
        return self.code

    async def bring(self, what: str | None = None, **choices: Any) -> Any:
        await self.run(import_what, what=what, as_json=True, **choices)
        return json.loads(self.out)

    async def content(self, content_id: str) -> Content:
        return await self.store.load(ContentId(content_id))

    async def all(self) -> dict[str, Content]:
        rows = (await self.store.catalog()).rows
        return {row.id: await self.store.load(row.id) for row in rows}

    def files(self) -> dict[str, bytes]:
        """Every file of the machine that is anyone's work."""
        kept = (self.folder / "library" / "contents", self.projects)
        return {
            str(file.relative_to(self.folder)): file.read_bytes()
            for folder in kept
            for file in folder.rglob("*")
            if file.is_file()
        }


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty machine."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "here" / "claude"))
    place = await Place(tmp_path / "here").open()
    yield place
    await place.store.close()


@pytest.fixture
async def other(place: Place, tmp_path: Path) -> Any:
    """A second machine; the sessions are those of the one opened last."""
    other = await Place(tmp_path / "there").open()
    yield other
    await other.store.close()


def conversation(place: Place) -> Transcript:
    said = Transcript(place.projects)
    said.ask("Write a post about sails")
    said.answer(DRAFT)
    said.ask("tighten it")
    said.answer("Done.\n<draft>\n# Two\n</draft>\n")
    return said


async def test_a_session_becomes_a_content_and_stays_as_it_is(place: Place) -> None:
    said = conversation(place)
    said.rows.append({"type": "custom-title", "customTitle": "Sails", "sessionId": said.session})
    said.save()
    before = place.files()
    (listed,) = await place.bring(is_list=True)
    assert (listed["session"], listed["title"], listed["turns"]) == (said.session, "Sails", 2)
    assert (listed["folder"], listed["content"]) == ("/home/writer/posts", None)
    assert listed["first_prompt"] == "Write a post about sails"

    made = await place.bring(said.session)
    content = await place.content(made["id"])
    assert (content.title, content.kind, len(content.versions)) == ("Sails", "post", 2)
    (branch,) = content.branches
    assert (branch.source, branch.is_live, branch.name) == (said.session, True, "first draft")
    assert branch.session != said.session
    assert [turn.kind for turn in branch.turns] == [TurnKind.GENERATE, TurnKind.REVISE]
    assert branch.turns[0].reply == DRAFT
    assert [version.text for version in content.versions] == ["# One", "# Two"]
    copy = next(place.projects.rglob(f"{branch.session}.jsonl")).read_text()
    anchors = [turn.anchor for turn in branch.turns]
    assert all(anchor and anchor in copy for anchor in anchors)
    after = place.files()
    assert {name: after[name] for name in before} == before

    (row,) = [row for row in await place.bring(is_list=True) if row["session"] == said.session]
    assert row["content"] == content.id
    with pytest.raises(Refused, match=f"here already: it belongs to the piece {content.id}"):
        await place.bring(said.session)
    assert await place.bring(is_all=True) == []


async def test_forks_become_one_tree_with_the_asked_one_as_main(place: Place) -> None:
    said = conversation(place)
    said.save()
    fork = said.forked(2)
    fork.ask("spicier")
    fork.answer("Hot.\n<draft>\n# Hot\n</draft>\n")
    fork.save()
    stranger = Transcript(place.projects)
    stranger.ask("Write a post about sails")
    stranger.answer("Another talk altogether.")
    stranger.save()
    made = await place.bring(fork.session[:13])
    assert (made["sessions"], made["branches"], made["branch_name"]) == (2, 2, "first draft")
    content = await place.content(made["id"])
    original, main = content.branches
    assert (original.name, main.name, content.main) == ("original", "first draft", main.id)
    assert (main.parent, main.forked_after, len(main.turns)) == (original.id, 1, 1)
    assert content.draft(main.id) == content.version(3)
    (row,) = await place.bring(is_all=True)
    assert (row["sessions"], row["version"]) == (1, None)


async def test_a_fork_of_an_adopted_session_becomes_a_content_of_its_own(place: Place) -> None:
    said = conversation(place)
    said.save()
    first = (await place.bring(said.session))["id"]
    fork = said.forked(2)
    fork.ask("spicier")
    fork.answer("Hot.")
    fork.save()
    made = await place.bring(fork.session)
    assert f"begins like the piece {first}" in place.err
    assert len((await place.content(made["id"])).branches[0].turns) == 2


async def test_noise_is_left_out_and_what_failed_is_marked(place: Place) -> None:
    said = Transcript(place.projects)
    said.row("user", {"role": "user", "content": "<command-name>/cost</command-name>"})
    said.row("user", {"role": "user", "content": "Caveat"}, isMeta=True)
    said.ask("Write it")
    said.answer("Let me look.")
    result = [{"type": "tool_result", "tool_use_id": "t", "content": "secret"}]
    said.row("user", {"role": "user", "content": result})
    said.answer("Found it.")
    said.ask("more")
    said.answer("Half of")
    said.row("user", {"role": "user", "content": "[Request interrupted by user]"})
    said.ask("again")
    said.answer("API Error: 529", model="<synthetic>")
    said.save()
    made = await place.bring(said.session)
    turns = (await place.content(made["id"])).branches[0].turns
    assert [turn.reply for turn in turns] == ["Let me look.\n\nFound it.", "Half of", ""]
    assert [turn.state for turn in turns] == [
        TurnState.FINISHED,
        TurnState.STOPPED,
        TurnState.FAILED,
    ]
    assert [turn.anchor is None for turn in turns] == [False, False, True]
    assert turns[2].failure == "API Error: 529"
    assert made["title"] == "Write it"


async def test_a_chosen_turn_is_the_first_version(place: Place) -> None:
    said = conversation(place)
    said.ask("and what now?")
    said.answer("All of this\n\nis the text.")
    said.save()
    with pytest.raises(
        InvalidInput, match="has no turn 4 to take the draft from; its last one is turn 3"
    ):
        await place.bring(said.session, draft_turn=4)
    assert len(list(place.projects.rglob("*.jsonl"))) == 1
    made = await place.bring(said.session, draft_turn=3)
    content = await place.content(made["id"])
    assert [version.text for version in content.versions] == ["All of this\n\nis the text."]


async def test_what_cannot_be_found_or_has_no_prompt_is_refused(place: Place) -> None:
    for number in range(2):
        said = Transcript(place.projects, f"abcdef00-0000-4000-8000-00000000000{number}")
        said.ask(f"prompt {number}")
        said.save()
    empty = Transcript(place.projects)
    empty.row("user", {"role": "user", "content": "<command-name>/cost</command-name>"})
    empty.save()
    with pytest.raises(Ambiguous, match="could be 2 sessions"):
        await place.bring("abcdef")
    with pytest.raises(NotFound, match="3 characters"):
        await place.bring("ab")
    with pytest.raises(NotFound, match="no session"):
        await place.bring("00000000")
    with pytest.raises(Refused, match="no prompt"):
        await place.bring(empty.session)
    with pytest.raises(InvalidInput, match="neither the id of a session nor a file"):
        await place.bring("not-a-session")
    rows = await place.bring(is_all=True)
    assert [row["has_failed"] for row in rows] == [True, True]
    assert not (await place.content(rows[0]["id"])).branches[0].is_live


async def test_all_goes_on_when_one_cannot_be_copied(place: Place) -> None:
    bad, good = conversation(place), Transcript(place.projects)
    good.ask("Another")
    good.answer("Talk.")
    bad.rows[1]["uuid"] = bad.rows[2]["parentUuid"] = "no-uuid"
    bad.rows = bad.rows[:2]
    bad.save()
    good.save()
    assert await place.run(import_what, is_all=True) == 1
    assert place.out.endswith("  Another\n")
    assert "Write a post about sails" in place.err


async def test_a_full_disk_leaves_no_copy_behind(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = conversation(place)
    said.save()
    before = place.files()

    async def refuse(content: Content) -> None:
        raise LibraryProblem("There is no room.")

    monkeypatch.setattr(place.store, "create", refuse)
    with pytest.raises(LibraryProblem):
        await place.bring(said.session)
    assert place.files() == before


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"what": "abc", "is_all": True},
        {"is_all": True, "is_list": True},
        {"is_all": True, "draft_turn": 1},
        {"what": "file.zip", "draft_turn": 1},
    ],
)
async def test_unclear_wishes_are_wrong_usage(place: Place, choices: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        await place.run(import_what, **choices)


def test_the_real_command_line_knows_import_and_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("HOME", "CLAUDE_CONFIG_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("REDRAFT_LIBRARY", str(tmp_path / "library"))
    said = Transcript(tmp_path / "CLAUDE_CONFIG_DIR" / "projects")
    said.ask("Write it")
    said.answer(DRAFT)
    said.save()
    assert main(["import", said.session]) == 0
    content = capfd.readouterr().out.strip()
    file = tmp_path / "all.zip"
    assert main(["export", "--all", "-o", str(file)]) == 0
    assert main(["import", str(file)]) == 0
    assert "0 pieces added, 1 here already" in capfd.readouterr().out
    for wrong in (["export", "--all"], ["export", "--all", content], ["import"], ["export"]):
        assert main(wrong) == 2
        assert capfd.readouterr().err.count("\n") == 1
    assert main(["export", "--all", "--format", "html", "-o", str(file)]) == 2
    assert main(["import", str(tmp_path / "none.zip")]) == 2
    assert main(["export", content]) == 0
    assert capfd.readouterr().out == "# One"
    assert main(["export", content, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["id"] == content
    assert main(["export", content, "--json", "--format", "html"]) == 2
    capfd.readouterr()
    assert main(["export", "--all", "-o", str(file), "--replace", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["contents"] == 1
    # An older bundle may be all that is left of a library.
    for data in (file.read_bytes(), b"a novel"):
        file.write_bytes(data)
        assert main(["export", "--all", "-o", str(file)]) == 1
        assert capfd.readouterr().err == (
            f"redraft: {file} exists already: name another file, or add --replace.\n"
        )
        assert file.read_bytes() == data
    assert main(["export", "--all", "-o", str(file), "--replace"]) == 0
    assert main(["import", str(file)]) == 0


async def filled(place: Place) -> Content:
    """Give a machine a content with a live branch and one that is not."""
    said = conversation(place)
    said.save()
    adopted = await place.bring(said.session)
    content = await place.content(adopted["id"])
    await place.store.update(
        content.id, lambda content: replace(content, tags=("keep",), brief="Say it.")
    )
    plain = with_turn("t1")(with_text("# By hand")(sample("plain22222", "Ünïcode “title”")))
    live = replace(plain.branch(MAIN), session=SessionId(str(uuid.uuid4())), is_live=True)
    await place.store.create(with_branch(with_fork("other")(plain), live))
    return await place.content(content.id)


async def exported(place: Place, file: Path, *, replace: bool = False) -> None:
    await place.run(export_what, is_all=True, target=str(file), replace=replace)


async def test_a_library_goes_out_and_comes_in_whole(place: Place, tmp_path: Path) -> None:
    content = await filled(place)
    file = tmp_path / "all.zip"
    await exported(place, file)
    assert place.code == 0
    assert "pieces (2) and transcripts (1)" in place.err
    assert "Branches without a transcript: 1. Claude will be told their turns again." in place.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    sent = await place.all()

    there = await Place(tmp_path / "there").open()
    try:
        assert await there.bring(str(file)) == {
            "added": sorted(sent, key=lambda name: sent[name].updated_at, reverse=True),
            "skipped": [],
            "renamed": {},
            "transcripts": 1,
            "angles": [],
        }
        came = await there.all()
        assert came[content.id] == sent[content.id]
        (plain,) = set(sent) - {content.id}
        live = came[plain].branch(MAIN)
        assert not live.is_live  # Its transcript was gone, so it will be told again.
        assert replace(live, session=SessionId(""), is_live=False) == replace(
            sent[plain].branch(MAIN), session=SessionId(""), is_live=False
        )
        copy = next(there.projects.rglob("*.jsonl"))
        assert copy.stem == content.branches[0].session
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        again = await there.bring(str(file))
        assert (again["added"], sorted(again["skipped"])) == ([], sorted(sent))

        await there.studio.decisions.rename(content.id, "Changed here")
        before = await there.content(content.id)
        again = await there.bring(str(file))
        new = again["renamed"][content.id]
        assert (again["added"], again["transcripts"]) == ([new], 1)
        assert f"Another piece {content.id} is here already" in there.err
        assert await there.content(content.id) == before
        made = await there.content(new)
        ours, theirs = made.branches[0], before.branches[0]
        assert made.title == content.title
        assert ours.id != theirs.id
        assert ours.session != theirs.session
        rows = [
            json.loads(line)
            for line in next(there.projects.rglob(f"{ours.session}.jsonl")).read_text().splitlines()
        ]
        assert {row["sessionId"] for row in rows} == {ours.session}
        assert (await there.bring(str(file)))["added"] == []
    finally:
        await there.store.close()


async def test_an_bundle_brings_no_permission_along(place: Place, tmp_path: Path) -> None:
    content = await filled(place)
    (tmp_path / "notes").mkdir()
    await place.studio.access.grant(content.id, [str(tmp_path / "notes")], has_web=True)
    await place.store.update(content.id, lambda one: with_rule(one, one.main, "WebSearch"))
    file = tmp_path / "all.zip"
    await exported(place, file)

    there = await Place(tmp_path / "there").open()
    try:
        await there.bring(str(file))
        came = await there.content(content.id)
        assert came.access(came.main) == NO_ACCESS
        # On a machine that knows the piece too: the one that comes is beside it, without any.
        await place.studio.decisions.rename(content.id, "Changed here")
        again = await place.bring(str(file))
        beside = await place.content(again["renamed"][content.id])
        assert beside.access(beside.main) == NO_ACCESS
    finally:
        await there.store.close()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(contents())
def test_any_content_survives_as_a_document(content: Content) -> None:
    content = replace(
        content,
        branches=tuple(replace(branch, source="s\ud800") for branch in content.branches),
    )
    assert content_of_document(document_of(content), "it") == content


Change = Callable[[dict[str, bytes]], None]


def content_name(entries: dict[str, bytes]) -> str:
    return min(name for name in entries if name.startswith("contents/"))


def transcript_name(entries: dict[str, bytes]) -> str:
    return next(name for name in entries if name.startswith("transcripts/"))


def renamed(entries: dict[str, bytes], old: str, new: str) -> None:
    entries[new] = entries.pop(old)


def manifest(**more: object) -> Change:
    def change(entries: dict[str, bytes]) -> None:
        told = json.loads(entries["redraft.json"])
        entries["redraft.json"] = json.dumps({**told, **more}).encode()

    return change


def added(name: str, data: bytes = b"{}") -> Change:
    return lambda entries: entries.update({name: data})


def without_manifest(entries: dict[str, bytes]) -> None:
    del entries["redraft.json"]


def newer(entries: dict[str, bytes]) -> None:
    name = content_name(entries)
    entries[name] = entries[name].replace(b'"schema": 1', b'"schema": 99')


def spoiled(entries: dict[str, bytes]) -> None:
    name = content_name(entries)
    entries[name] = entries[name].replace(b"# One", b"# Won").replace(b"# By", b"# My")


def swapped(entries: dict[str, bytes]) -> None:
    one, two = sorted(name for name in entries if name.startswith("contents/"))
    entries[one], entries[two] = entries[two], entries[one]


BAD: list[tuple[str, Change]] = [
    ("no name of Redraft", added("../evil.json")),
    ("no name of Redraft", added("/etc/evil")),
    ("no name of Redraft", added("contents/../evil.json")),
    ("no name of Redraft", added("contents/a/b.json")),
    ("no name of Redraft", added("contents\\evil.json")),
    ("no name of Redraft", added("contents/evil.json\x00.md")),
    ("no name of Redraft", added("C:evil.json")),
    ("no name of Redraft", added("transcripts/not-a-uuid.jsonl")),
    ("not an ordinary file", added("contents/", b"")),
    ("not hold as many pieces", added("contents/extra22222.json")),
    ("not hold as many pieces", manifest(contents=7)),
    ("no redraft.json", without_manifest),
    ("no redraft.json", added("redraft.json", b"[" * 60_000)),
    ("would unpack to 100,000 bytes", added("redraft.json", b"[" * 100_000)),
    ("no redraft.json", manifest(format="other")),
    ("newer Redraft", manifest(schema=2)),
    ("which schema", manifest(schema="1")),
    ("which schema", manifest(schema=0)),
    ("which schema", manifest(schema=True)),
    ("newer Redraft", newer),
    ("checksum", spoiled),
    ("another piece", swapped),
    ("The first line of “contents/", lambda e: e.update({content_name(e): b"{not json"})),
    ("The first line of “contents/", lambda e: e.update({content_name(e): b""})),
    ("not JSON", lambda e: e.update({transcript_name(e): b"not json\n"})),
    ("not JSON", lambda e: e.update({transcript_name(e): b"[1]\n"})),
    ("no conversation", lambda e: e.update({transcript_name(e): b"\n"})),
    (
        "belongs to no piece",
        lambda e: renamed(e, transcript_name(e), f"transcripts/{uuid.uuid4()}.jsonl"),
    ),
]


@pytest.mark.parametrize(("said", "change"), BAD)
async def test_a_bad_bundle_is_refused_with_a_sentence_and_changes_nothing(
    place: Place, tmp_path: Path, said: str, change: Change
) -> None:
    await filled(place)
    file = tmp_path / "all.zip"
    await exported(place, file)
    with zipfile.ZipFile(file) as good:
        entries = {name: good.read(name) for name in good.namelist()}
    change(entries)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bad:
        for name, data in entries.items():
            info = zipfile.ZipInfo("x")
            info.filename = name  # Past the tidying that ZipInfo does itself.
            bad.writestr(info, data)
    await refused(tmp_path, file, said)


async def refused(tmp_path: Path, file: Path, said: str, limits: Limits | None = None) -> None:
    there = await Place(tmp_path / "there", limits).open()
    try:
        shutil.rmtree(there.projects, ignore_errors=True)
        before = there.files()
        with pytest.raises(RedraftError) as refusal:
            await there.bring(str(file))
        assert said in str(refusal.value)
        sentences = r"The bundle was not imported, and nothing was changed\. The [^\n]*[^.]\."
        if said != "no ZIP file":
            assert re.fullmatch(sentences, str(refusal.value))
        assert there.files() == before
    finally:
        await there.store.close()


async def test_links_duplicates_and_locks_in_an_bundle_are_refused(
    place: Place, tmp_path: Path
) -> None:
    await filled(place)
    file = tmp_path / "all.zip"
    await exported(place, file)
    good = file.read_bytes()
    link = zipfile.ZipInfo("contents/link222222.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "a") as bundle:
        bundle.writestr(link, "/etc/passwd")
    await refused(tmp_path, file, "not an ordinary file")

    file.write_bytes(good)
    with zipfile.ZipFile(file, "a") as bundle, pytest.warns(UserWarning, match="Duplicate"):
        bundle.writestr("redraft.json", "{}")
    await refused(tmp_path, file, "in it twice")

    file.write_bytes(good)
    with zipfile.ZipFile(file) as bundle:
        start = bundle.start_dir
    data = bytearray(good)
    flags = struct.unpack_from("<H", data, start + 8)[0]
    struct.pack_into("<H", data, start + 8, flags | 1)
    file.write_bytes(data)
    await refused(tmp_path, file, "encrypted")

    file.write_bytes(good[: len(good) // 2])
    await refused(tmp_path, file, "no ZIP file")
    file.write_bytes(b"")
    await refused(tmp_path, file, "no ZIP file")

    damaged = bytearray(good)
    damaged[60:90] = bytes(30)
    file.write_bytes(damaged)
    await refused(tmp_path, file, "damaged")


async def test_an_bundle_that_would_fill_the_disk_is_refused(place: Place, tmp_path: Path) -> None:
    await filled(place)
    file = tmp_path / "all.zip"
    await exported(place, file)
    await refused(tmp_path, file, "entries; 3 is the most", Limits(entries=3))
    await refused(tmp_path, file, "would unpack to", Limits(content_size=500))
    await refused(tmp_path, file, "more than a bundle may hold", Limits(total_size=1000))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("contents/bomb222222.json", bytes(5_000_000))
    await refused(tmp_path, file, "would unpack to 5,000,000 bytes")


async def test_an_bundle_never_takes_hold_of_a_session_of_this_machine(
    place: Place, tmp_path: Path
) -> None:
    """A content may claim to be live on any session; only a transcript it brings makes it so."""
    await filled(place)
    file = tmp_path / "all.zip"
    await exported(place, file)
    there = await Place(tmp_path / "there").open()
    try:
        private = Transcript(there.projects)
        sent = await place.all()
        private.session = next(
            branch.session
            for content in sent.values()
            for branch in content.branches
            if branch.is_live and branch.source
        )
        private.ask("My own secret")
        private.answer("Kept.")
        private.save()
        before = there.files()
        await there.bring(str(file))
        sessions = {b.session: b for c in (await there.all()).values() for b in c.branches}
        assert private.session not in sessions
        after = there.files()
        assert {name: after[name] for name in before} == before
        assert all("secret" not in data.decode() for name, data in after.items() - before.items())
    finally:
        await there.store.close()


async def test_two_branches_on_one_session_get_a_transcript_each(
    place: Place, tmp_path: Path
) -> None:
    """As when somebody has copied a content's file by hand."""
    content = await filled(place)
    await place.store.create(replace(content, id=ContentId("copied2222")))
    file = tmp_path / "all.zip"
    await exported(place, file)
    there = await Place(tmp_path / "there").open()
    try:
        assert (await there.bring(str(file)))["transcripts"] == 2
        came = await there.all()
        branches = [came[name].branches[0] for name in (content.id, "copied2222")]
        assert [branch.is_live for branch in branches] == [True, True]
        assert branches[0].session != branches[1].session
        assert (await there.bring(str(file)))["added"] == []
    finally:
        await there.store.close()


async def test_an_import_that_breaks_off_takes_its_transcripts_back(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(place)
    file = tmp_path / "all.zip"
    await exported(place, file)
    there = await Place(tmp_path / "there").open()
    try:
        before = there.files()
        create, calls = there.store.create, 0

        async def fills_up(content: Content) -> None:
            nonlocal calls
            calls += 1
            if calls == full_at:
                raise LibraryProblem("There is no room.")
            await create(content)

        monkeypatch.setattr(there.store, "create", fills_up)
        full_at = 1
        with pytest.raises(LibraryProblem):
            await there.bring(str(file))
        assert there.files() == before
        calls, full_at = 0, 2
        with pytest.raises(LibraryProblem, match="1 of 2 pieces were added"):
            await there.bring(str(file))
        calls, full_at = 0, 9
        again = await there.bring(str(file))
        assert (len(again["added"]), len(again["skipped"])) == (1, 1)
    finally:
        await there.store.close()


def names_of_files(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if file.is_file()]


async def test_an_export_that_fails_leaves_the_old_file(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(place)
    file = tmp_path / "all.zip"
    file.write_bytes(b"the last one")

    async def refuse(content_id: ContentId) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(place.store.documents, "document", refuse)
    with pytest.raises(RedraftError, match="exists already: name another file, or add --replace"):
        await exported(place, file)
    with pytest.raises(RedraftError, match="cannot be written"):
        await exported(place, file, replace=True)
    assert names_of_files(tmp_path) == ["all.zip"]
    assert file.read_bytes() == b"the last one"
    with pytest.raises(RedraftError, match="cannot be written"):
        await exported(place, tmp_path / "none" / "all.zip")
    with pytest.raises(RedraftError, match="is a folder"):
        await exported(place, tmp_path)


def test_only_the_conversation_of_a_transcript_is_carried() -> None:
    session = SessionId(str(uuid.uuid4()))
    said: Row = {
        "type": "user",
        "uuid": "u1",
        "parentUuid": None,
        "message": {},
        "sessionId": "old",
    }
    rows = [{"type": "permission-mode", "mode": "bypass"}, said, {"type": "ai-title", "a": "T"}]
    data = "\n".join(map(json.dumps, rows)).encode()
    kept = [json.loads(line) for line in carried(data, session).splitlines()]
    assert [row["type"] for row in kept] == ["user", "ai-title"]
    assert {row["sessionId"] for row in kept} == {session}
    for wrong in ({"uuid": 1}, {"uuid": "x" * 200}, {"parentUuid": 4}, {"message": "hi"}):
        with pytest.raises(Refused):
            carried(json.dumps({**said, **wrong}).encode(), session)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_transcript_or_are_refused(data: bytes) -> None:
    count_prompts(data)
    with suppress(Refused):
        assert carried(data, SessionId("s")).endswith(b"\n")


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "content", "role", "model"]), inner, max_size=4
        )
    ),
    max_leaves=10,
)


@dataclass
class Said:
    """A message as the SDK gives it."""

    type: str
    message: Any
    uuid: str = "u"


@given(st.sampled_from(["user", "assistant"]), JSONS, JSONS)
def test_any_message_is_read(kind: str, message: Any, row: Any) -> None:
    rows = {"u": row if isinstance(row, dict) else {}}
    (read,) = found_messages([Said(kind, message)], rows)  # type: ignore[list-item]
    assert isinstance(read.text, str)
    assert (read.kind is MessageKind.ANSWER) <= (kind == "assistant")
