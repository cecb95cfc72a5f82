"""`redraft angles` and `redraft send --angle`, over a scripted agent and a library in memory."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli_commands import Desk
from tests.test_cli_main import _own_world, run  # noqa: F401 (a fixture)
from tui.domain.errors import InvalidInput, NotFound
from tui.headless.angles import show_angles
from tui.headless.arguments import parse
from tui.headless.sending import send_prompt
from tui.studio.angles import shipped_angles


async def sent(desk: Desk, **choices: Any) -> str:
    """Send on a new piece and return what Claude was told, without what Redraft adds."""
    content = await desk.written("One.")
    await desk.run(send_prompt, reference=content.id, **{"prompt": "", **choices})
    return desk.agent.prompts[-1][1]


async def test_the_list_names_what_to_type_and_what_is_asked_for() -> None:
    desk = Desk()
    desk.store.angle_files = {"mine": "Be {{tone}} to {{who=all}}.", "bad": ""}
    assert await desk.run(show_angles) == 0
    rows = desk.out.splitlines()
    assert rows[0].split() == ["NAME", "TITLE", "FOR", "ASKS", "FOR"]
    assert rows[-1].split() == ["mine", "Mine", "all", "tone,", "who"]
    assert [row.split()[0] for row in rows[1:-1]] == [angle.name for angle in shipped_angles()]
    assert "“bad.md” has no prompt" in desk.err
    told = await desk.json(show_angles)
    assert [one["name"] for one in told if one["is_own"]] == ["mine"]
    assert told[-1]["variables"] == [
        {"name": "tone", "default": ""},
        {"name": "who", "default": "all"},
    ]


async def test_a_prompt_is_an_angle_filled_in_with_what_was_typed_below() -> None:
    desk = Desk()
    desk.store.angle_files = {"mine": "Be {{tone}} to {{who=all}}."}
    assert (await sent(desk, angle="Mine", values={"tone": "dry"})).endswith("Be dry to all.")
    told = await sent(
        desk, angle="mine", values={"tone": "{{who}}", "who": "us"}, prompt="Keep v2."
    )
    assert told.endswith("Be {{who}} to us.\n\nKeep v2.")


async def test_a_slip_sends_nothing_and_says_what_to_type() -> None:
    desk = Desk()
    desk.store.angle_files = {"mine": "Be {{tone}}."}
    content = await desk.written("One.")
    before = len(desk.agent.prompts)
    for choices, error, said in (
        ({"angle": "mine"}, InvalidInput, r"needs to know “tone”: add --set tone=…"),
        ({"angle": "mine", "values": {"tone": "x", "a": "b"}}, InvalidInput, "are: tone"),
        ({"angle": "tighten", "values": {"a": "b"}}, InvalidInput, "no variable “a”; it has none"),
        ({"angle": "loud"}, NotFound, "no angle “loud”; there are: concrete-examples, "),
    ):
        with pytest.raises(error, match=said):
            await desk.run(send_prompt, reference=content.id, prompt="Go.", **choices)
    assert len(desk.agent.prompts) == before


def test_a_copy_is_a_file_of_the_library_that_replaces_the_shipped_one(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = run(capfd, "angles", "--copy", "tighten")
    assert (code, err) == (0, "")
    path = Path(out.removesuffix("\n"))
    assert path == tmp_path / "library" / "angles" / "tighten.md"
    assert path.read_text().startswith("---\ntitle: Tighten\n---\n")
    path.write_text("Half of it.\n")
    code, out, err = run(capfd, "angles", "--copy", "tighten")
    assert (code, out) == (1, "")
    assert f"{path} is there already" in err
    code, out, _ = run(capfd, "angles", "--json")
    mine = {angle["name"]: angle for angle in json.loads(out)}["tighten"]
    assert (mine["prompt"], mine["is_own"], len(json.loads(out))) == ("Half of it.", True, 10)


@pytest.mark.parametrize(
    ("words", "prompt"),
    [
        (["x", "go"], "go"),
        (["--branch", "b", "x", "go"], "go"),
        (["x", "--branch", "b", "go"], "go"),
        (["x", "--angle", "tighten", "--json", "-"], "-"),
        (["x", "--angle", "tighten"], None),
    ],
)
def test_options_may_stand_anywhere_beside_the_prompt(words: list[str], prompt: str | None) -> None:
    args = parse(["send", *words])
    assert (args.reference, args.prompt) == ("x", prompt)
    for lock in (["--branch", "b", "these words", "those"], ["these words", "--json", "those"]):
        assert parse(["lock", "x", *lock]).words == ["these words", "those"]


@pytest.mark.parametrize("words", [["send", "x", "--ask", "go", "more"], ["list", "go", "more"]])
def test_a_prompt_without_quotes_is_refused(words: list[str]) -> None:
    with pytest.raises(InvalidInput, match="Unrecognized arguments: go more"):
        parse(words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "a=b", "Go."], "--set fills in an angle: name one with --angle."),
        (["--angle", "tighten", "--set", "a"], "“a” after --set is no NAME=VALUE"),
    ],
)
def test_set_goes_with_an_angle(
    capfd: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code, out, err = run(capfd, "send", "x", *words)
    assert (code, out) == (2, "")
    assert said in err
