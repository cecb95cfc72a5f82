"""What Redraft relies on without a promise: as installed, and in a form that has changed."""

import json
import logging
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import claude_agent_sdk as sdk
import pytest
from claude_agent_sdk import ResultMessage, SystemMessage

from tests.agent.stage import Stage, cli_processes, eventually, new_spec, play, playing
from tui.agent import sdk as loading
from tui.agent.carried import carried
from tui.agent.cli_contract import rows, sentences
from tui.agent.cli_contract.dependences import DEPENDENCES, Dependence, Installed, problems
from tui.agent.cli_contract.process import process_of
from tui.agent.cli_contract.registry import read_entries
from tui.agent.cli_path import bundled_cli
from tui.agent.environment import config_folder
from tui.agent.errors import connection_error
from tui.agent.mapping import TurnMapping
from tui.agent.prices import price_list
from tui.composition import examining
from tui.domain.errors import AgentProblem
from tui.domain.events import Noticed, TextStreamed
from tui.domain.ids import SessionId

PROMPT = {"type": "user", "uuid": "u1", "message": {"role": "user", "content": "hello"}}


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log again what another test has logged already."""
    monkeypatch.setattr("tui.agent.cli_contract.surprises._logged", set())


def told(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(r.getMessage() for r in caplog.records if r.name == "redraft.contract")


def test_the_installed_sdk_and_cli_are_as_redraft_expects() -> None:
    with Installed(sdk, bundled_cli()) as installed:
        assert list(problems(installed)) == []


def test_the_doctor_says_what_does_not_fit(tmp_path: Path) -> None:
    (fine,) = examining._contract(bundled_cli())
    assert fine.is_fine
    changed, empty = tmp_path / "claude", tmp_path / "empty"
    changed.write_bytes(b"another program")
    empty.write_bytes(b"")
    found = examining._contract(changed)
    assert not any(finding.is_fine for finding in found)
    assert any("no longer knows last-prompt, leafUuid" in finding.sentence for finding in found)
    (unreadable,) = examining._contract(empty)
    assert not unreadable.is_fine
    assert "cannot be read" in unreadable.sentence


@pytest.mark.parametrize("dependence", DEPENDENCES, ids=lambda one: one.what)
def test_every_dependence_says_what_breaks_and_sees_it(
    dependence: Dependence, tmp_path: Path
) -> None:
    cli = tmp_path / "claude"
    cli.write_bytes(b"another program")
    with Installed(ModuleType("claude_agent_sdk_of_tomorrow"), cli) as changed:
        said = [one for one in problems(changed) if one.startswith(f"{dependence.what}: ")]
    # Its classes are imported already, and do not change any more.
    assert len(said) == (dependence.what != "The SDK's message classes")
    assert all(f"Without it {dependence.breaks}." in one for one in said)


async def test_a_real_turn_brings_nothing_unknown(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "redraft.contract")
    spec, registered = new_spec(), list[Any]()

    def look() -> None:
        entries = read_entries(config_folder(stage.folder))
        registered.extend(entry for entry in entries if entry.session == spec.session)

    async with playing(stage) as agent:
        session = await agent.connect(spec)
        (pid,) = cli_processes()
        await play(session, "a long one", on=TextStreamed, do=look)
        (entry,) = registered
        assert (entry.pid, entry.is_by_sdk, entry.is_idle) == (pid, True, False)
        assert entry.cwd == str(stage.folder / "work")
        assert entry.started
    (file,) = config_folder(stage.folder).glob(f"projects/*/{spec.session}.jsonl")
    data = file.read_bytes()
    await eventually(lambda: rows.noted_total(file.read_bytes()) > 0)
    found = list(rows.rows_of(data))
    rows.check_kinds(found)
    assert {row["type"] for row in found} >= {"user", "assistant", rows.PLACE, rows.COST}
    assert rows.count_prompts(data) == 1
    assert told(caplog) == ""


# -- each consumer, with a changed form ----------------------------------------------------------


def spaced(*made: dict[str, Any]) -> bytes:
    """Rows written with spaces, the keys in another order and letters as escapes."""
    return b"".join(
        json.dumps(dict(reversed(row.items())), indent=None).encode() + b"\n" for row in made
    )


def test_rows_are_read_however_they_are_written() -> None:
    noise: list[dict[str, Any]] = [
        {**PROMPT, "isMeta": True},
        {**PROMPT, "isSidechain": True},
        {**PROMPT, "isCompactSummary": True},
        {**PROMPT, "message": {"content": [{"type": "tool_result", "tool_use_id": "t"}]}},
        {**PROMPT, "message": {"content": f"{sentences.INTERRUPTED} for tool use]"}},
        {"type": "assistant", "message": {"content": 'of "type":"user"'}},
    ]
    assert rows.count_prompts(spaced(PROMPT, *noise, PROMPT)) == 2
    assert rows.noted_total(spaced({"type": rows.COST, "totalCostUSD": 0.5}, PROMPT)) == 0.5


def test_changed_rows_are_named(caplog: pytest.LogCaptureFixture) -> None:
    rows.check_kinds([PROMPT, {"type": "said-by-user"}])
    assert "'said-by-user'" in told(caplog)
    assert rows.noted_total(spaced({"type": rows.COST, "dollars": 0.5})) == 0
    assert "dollars" in told(caplog)
    assert rows.count_prompts(spaced({"type": "user", "said": "hello"})) == 0
    assert "A prompt in a transcript" in told(caplog)
    carried(spaced(PROMPT, {"type": "of-tomorrow"}), SessionId("s"))
    assert "of-tomorrow" in told(caplog)
    before = told(caplog)
    rows.check_kinds([{"type": "said-by-user"}])
    assert told(caplog) == before


def test_a_changed_registry_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "1.json").write_text('{"process": 1, "session": "s"}')
    (tmp_path / "sessions" / "2.json").write_text("[1]")
    (tmp_path / "sessions" / "3.json").write_text("{half")
    assert list(read_entries(tmp_path)) == []
    assert "['process', 'session']" in told(caplog)
    assert "'list'" in told(caplog)


class Renamed:
    """A message of a class that nobody knows."""


def test_a_message_of_an_unknown_class_is_told_to_the_writer_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    mapping = TurnMapping()
    (notice,) = mapping.events(Renamed())
    assert isinstance(notice, Noticed)
    assert "Renamed" in notice.text
    assert mapping.events(Renamed()) == []
    assert mapping.events(SystemMessage("of_tomorrow", {})) == []
    assert "of_tomorrow" in told(caplog)


def test_a_subclass_of_a_known_class_is_known() -> None:
    class Finer(ResultMessage):
        """As the SDK derives finer classes from `SystemMessage`."""

    assert len(TurnMapping().events(Finer("success", 1, 1, False, 1, "s"))) == 1


async def test_an_sdk_without_a_class_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sdk, "RateLimitEvent")
    monkeypatch.delitem(sys.modules, "tui.agent.cli_contract.messages")
    with pytest.raises(AgentProblem, match="RateLimitEvent"):
        await loading.load_sdk()
    with pytest.raises(AgentProblem, match="RateLimitEvent"):
        await loading.load_sdk()


def test_a_changed_client_price_or_refusal_is_named(caplog: pytest.LogCaptureFixture) -> None:
    client: Any = SimpleNamespace(_transport=SimpleNamespace(process=1))
    assert process_of(client) is None
    assert "process behind" in told(caplog)
    assert price_list([{"value": "m", "description": "4 dollars in, 20 out"}]) == {}
    assert "prices" in told(caplog)
    problem = connection_error(new_spec(), RuntimeError("x"), "That id is taken.", is_there=False)
    assert "That id is taken." in str(problem)
    assert "could not be started" in told(caplog)
