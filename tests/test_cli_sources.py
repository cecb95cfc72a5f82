"""Sources and the web on the command line, over a scripted agent and over the real store."""

import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.fakes import CountedIds, MemoryStore, Script, ScriptedAgent, ticking_clock
from tui.cli import main
from tui.domain.access import with_rule
from tui.domain.content import Content
from tui.domain.errors import InvalidInput, NotFound, Refused
from tui.domain.tools import Decision, Question
from tui.headless.arguments import parse
from tui.headless.creating import create_content
from tui.headless.output import Out
from tui.headless.sending import send_prompt
from tui.headless.sources import show_sources
from tui.studio.studio import Studio

SEARCH = Question("q1", "WebSearch", "cold \x1b[31mbrew", rule="WebSearch")
OTHER = Question("q2", "Other", "thing")


class Desk:
    """A studio, and what its commands have printed since the last one."""

    def __init__(self) -> None:
        self.agent = ScriptedAgent()
        self.store = MemoryStore()
        self.studio = Studio(self.store, self.agent, ticking_clock(), CountedIds())
        self.out = ""
        self.err = ""

    async def run(self, command: Callable[..., Awaitable[int]], **choices: Any) -> int:
        result, beside = io.BytesIO(), io.BytesIO()
        code = await command(self.studio, Out(result, beside), **choices)
        self.out, self.err = result.getvalue().decode(), beside.getvalue().decode()
        return code

    async def json(self, command: Callable[..., Awaitable[int]], **choices: Any) -> Any:
        await self.run(command, as_json=True, **choices)
        return json.loads(self.out)

    @property
    def content(self) -> Content:
        (content,) = self.store.contents.values()
        return content


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder `notes` and a file `facts.md` in the folder that commands run in."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "facts.md").write_text("A fact.", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path.resolve()


async def test_new_takes_sources_relative_to_where_it_runs(desk: Desk, notes: Path) -> None:
    made = await desk.json(
        create_content, title="T", sources=["notes", "./facts.md", "notes"], has_web=True
    )
    assert made["sources"] == [str(notes / "notes"), str(notes / "facts.md")]
    assert made["has_web"] is True
    assert desk.content.sources == tuple(made["sources"])
    assert desk.content.has_web


@pytest.mark.usefixtures("notes")
async def test_new_with_a_source_that_is_not_there_creates_nothing(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="“gone” is not there"):
        await desk.run(create_content, title="T", sources=["gone"])
    assert desk.store.contents == {}


async def test_sources_are_added_removed_and_printed(desk: Desk, notes: Path) -> None:
    await desk.run(create_content, title="T")
    assert await desk.run(show_sources, reference="T") == 0
    assert (desk.out, desk.err) == (
        "",
        "redraft: No sources. The web is off; --web lets Claude ask for it.\n",
    )
    await desk.run(show_sources, reference="T", add=["notes", "facts.md"])
    assert desk.out == f"{notes / 'notes'}\n{notes / 'facts.md'}\n"
    await desk.run(show_sources, reference="T", remove=["./notes"], has_web=True)
    assert desk.out == f"{notes / 'facts.md'}\n"
    assert "Claude may ask to search the web" in desk.err
    assert (desk.content.sources, desk.content.has_web) == ((str(notes / "facts.md"),), True)
    await desk.run(show_sources, reference="T", has_web=False)
    assert not desk.content.has_web


async def test_looking_at_sources_saves_nothing(desk: Desk, notes: Path) -> None:
    await desk.run(create_content, title="T", sources=[str(notes / "notes")])
    saves = desk.store.saves
    await desk.run(show_sources, reference="T")
    assert desk.store.saves == saves


async def test_a_source_that_is_gone_is_told_kept_and_can_be_removed(
    desk: Desk, notes: Path
) -> None:
    await desk.run(create_content, title="T", sources=["notes"])
    (notes / "notes").rmdir()
    told = await desk.json(show_sources, reference="T", add=["facts.md"])
    assert told["missing"] == [str(notes / "notes")]
    assert told["sources"] == [str(notes / "notes"), str(notes / "facts.md")]
    await desk.run(show_sources, reference="T")
    assert f"“{notes / 'notes'}” is missing, so Claude works without." in desk.err
    told = await desk.json(show_sources, reference="T", remove=["notes"])
    assert told["sources"] == [str(notes / "facts.md")]


async def test_removing_what_is_no_source_names_those_there_are(desk: Desk, notes: Path) -> None:
    await desk.run(create_content, title="T", sources=["facts.md"])
    with pytest.raises(NotFound, match=r"“T” has no source “notes”; it has: .*facts\.md"):
        await desk.run(show_sources, reference="T", remove=["notes"])
    assert desk.content.sources == (str(notes / "facts.md"),)


async def test_what_is_allowed_without_asking_is_told(desk: Desk) -> None:
    await desk.run(create_content, title="T", has_web=True)
    content = desk.content
    rule = "WebFetch(example.org)"
    desk.store.contents[content.id] = with_rule(content, content.main, rule)
    told = await desk.json(show_sources, reference="T")
    assert told["allowed"] == [
        {"branch": content.main, "branch_name": "first draft", "rules": [rule]}
    ]
    assert set(told) == {"content", "title", "sources", "missing", "has_web", "allowed"}
    await desk.run(show_sources, reference="T")
    assert "On “first draft” it need not ask before it can use pages of example.org." in desk.err


async def test_a_question_without_a_screen_is_refused_and_said(desk: Desk) -> None:
    await desk.run(create_content, title="T", has_web=True)
    desk.agent.scripts.append(Script("Without it, then.", questions=[SEARCH, OTHER]))
    assert await desk.run(send_prompt, reference="T", prompt="go") == 0
    assert desk.agent.decisions == [("q1", Decision.REFUSE), ("q2", Decision.REFUSE)]
    refused = [line for line in desk.err.splitlines() if "Refused" in line]
    assert len(refused) == 2
    assert "search the web for “cold " in refused[0]
    assert "--allow-web" in refused[0]
    assert "\x1b" not in desk.err
    assert "--allow-web" not in refused[1]
    assert desk.out == "Without it, then.\n"


async def test_the_web_can_be_allowed_for_one_prompt_and_nothing_else_is(desk: Desk) -> None:
    await desk.run(create_content, title="T", has_web=True)
    desk.agent.scripts.append(Script(questions=[SEARCH, OTHER]))
    await desk.run(send_prompt, reference="T", prompt="go", is_web_allowed=True)
    assert desk.agent.decisions == [("q1", Decision.ALLOW), ("q2", Decision.REFUSE)]
    assert "Allowed: Claude may search the web" in desk.err
    assert desk.content.branch(desk.content.main).allowed == ()


async def test_allowing_a_web_that_is_off_is_refused_before_anything_is_sent(desk: Desk) -> None:
    await desk.run(create_content, title="T")
    with pytest.raises(Refused, match=r"redraft sources .* --web"):
        await desk.run(send_prompt, reference="T", prompt="go", is_web_allowed=True)
    assert desk.agent.prompts == []


async def test_a_missing_source_is_said_and_the_turn_goes_on(desk: Desk, notes: Path) -> None:
    await desk.run(create_content, title="T", sources=["notes"])
    (notes / "notes").rmdir()
    assert await desk.run(send_prompt, reference="T", prompt="go") == 0
    assert f"“{notes / 'notes'}” is missing, so Claude works without." in desk.err


def test_what_is_typed(
    notes: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(notes / name.lower()))
    monkeypatch.setenv("REDRAFT_LIBRARY", str(notes / "library"))
    assert main(["new", "T", "--source", "notes", "--source", "facts.md", "--web"]) == 0
    capfd.readouterr()
    assert main(["sources", "T", "--remove", "notes", "--no-web", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["sources"], told["has_web"]) == ([str(notes / "facts.md")], False)
    assert main(["sources", "T", "--add", "gone"]) == 2
    assert main(["sources", "T", "--remove", "gone"]) == 1
    assert main(["sources", "Nothing"]) == 1
    assert main(["send", "T", "go", "--allow-web"]) == 1
    said = capfd.readouterr().err.splitlines()
    assert len(said) == 4
    assert all(line.startswith("redraft: ") for line in said)


def test_on_and_off_at_once_is_wrong_usage() -> None:
    with pytest.raises(InvalidInput):
        parse(["sources", "T", "--web", "--no-web"])
