"""Tags on the command line: `redraft tag`, `new --tag` and `list --tag`, over the real store."""

import json
from pathlib import Path
from typing import Any

import pytest

from tui.cli import main
from tui.headless.arguments import parse


class Shell:
    """Runs commands on one library, and keeps what the last one printed."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd
        self.err = ""

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command that ends with this exit code, and return what it printed."""
        assert main(words) == code
        out, self.err = self._capfd.readouterr()
        return out

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Shell:
    for name in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("REDRAFT_LIBRARY", str(tmp_path / "library"))
    return Shell(capfd)


def test_a_piece_gets_tags_and_loses_them(shell: Shell) -> None:
    shell.run("new", "T")
    assert (shell.run("tag", "T"), shell.err) == ("", "redraft: “T” has no tags.\n")
    assert shell.run("tag", "T", "#ops", "weekly,Ops") == "ops\nweekly\n"
    assert shell.run("tag", "T") == "ops\nweekly\n"
    assert shell.run("tag", "T", "new", "--remove", "OPS", "weekly") == "new\n"
    told = shell.json("tag", "T", "--remove", "new")
    assert told == {"content": told["content"], "title": "T", "tags": []}
    assert shell.json("list")[0]["tags"] == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["a/b"], 2, "“a/b” is no tag: it must begin with a letter or a digit"),
        (["a" * 31], 2, "A tag is 31 characters long, and 30 is the most."),
        ([f"t{number}" for number in range(21)], 2, "A piece has at most 20 tags"),
        (["--remove", "b!"], 2, "“b!” is no tag"),
        (["--remove"], 2, "--remove"),
        ([""], 2, "“” is no tag"),
        (["b", "--remove", " "], 2, "“” is no tag"),
        (["c", "--remove", "b"], 1, "“T” has no tag #b; it has the tag #a."),
    ],
)
def test_bad_tags_change_nothing(shell: Shell, words: list[str], code: int, said: str) -> None:
    shell.run("new", "T", "--tag", "a")
    assert shell.run("tag", "T", *words, code=code) == ""
    assert said in shell.err
    assert shell.run("tag", "T") == "a\n"


def test_looking_at_tags_and_adding_one_again_saves_nothing(shell: Shell, tmp_path: Path) -> None:
    shell.run("new", "T", "--tag", "ops")
    (file,) = (tmp_path / "library" / "contents").glob("*.json")
    before = file.stat().st_mtime_ns, file.stat().st_ino
    shell.run("tag", "T")
    shell.run("tag", "T", "OPS")
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before


def test_the_tags_of_a_piece_of_a_newer_redraft_can_be_looked_at(
    shell: Shell, tmp_path: Path
) -> None:
    shell.run("new", "T", "--tag", "ops")
    (file,) = (tmp_path / "library" / "contents").glob("*.json")
    tables = json.loads(file.read_text("utf-8"))
    tables["redraft"]["1"] |= {"schema": 99, "needs": "9.9"}
    file.write_text(json.dumps(tables), "utf-8")
    assert shell.run("tag", "T") == "ops\n"
    shell.run("tag", "T", "more", code=1)
    assert "9.9" in shell.err


def test_a_new_piece_can_have_tags(shell: Shell) -> None:
    assert shell.json("new", "T", "--tag", "ops", "--tag", "#weekly")["tags"] == ["ops", "weekly"]
    for words in ("a b!", ""):
        assert shell.run("new", "U", "--tag", words, code=2) == ""
        assert f"“{words[2:]}” is no tag" in shell.err
    assert len(shell.json("list")) == 1


def test_the_list_is_narrowed_to_tags_and_shows_them(shell: Shell) -> None:
    shell.run("new", "Both", "--tag", "ops", "--tag", "weekly")
    shell.run("new", "One", "--tag", "opsy")
    shell.run("new", "None")
    assert [row["title"] for row in shell.json("list", "--tag", "OPS")] == ["Both"]
    assert shell.json("list", "--tag", "ops", "--tag", "opsy") == []
    (_, row) = shell.run("list", "--tag", "weekly", "--tag", "#ops").splitlines()
    assert row.endswith("  Both  #ops #weekly")
    assert shell.run("list", "--tag", "other") == ""
    assert shell.err == "redraft: There is no piece with the tag #other.\n"
    shell.run("list", "--tag", "ops", "--status", "review")
    assert shell.err == "redraft: No piece with the tag #ops is in review.\n"
    for word in ("a!", "", ",", "#"):
        assert shell.run("list", "--tag", "ops", "--tag", word, code=2) == ""
        assert f"“{word}” is no tag" in shell.err


@pytest.mark.parametrize(
    "words",
    [
        ["x", "a", "b", "--remove", "c", "--json"],
        ["x", "--json", "a", "b", "--remove", "c"],
        ["x", "a", "--json", "b", "--remove", "c"],
        ["x", "a", "--remove", "c", "--json", "b"],
        ["--json", "x", "--remove", "c", "--library", "l", "a", "b"],
        ["--remove", "c", "--json", "x", "a", "b"],
    ],
)
def test_options_may_stand_anywhere_beside_the_tags(words: list[str]) -> None:
    args = parse(["tag", *words])
    assert (args.reference, args.add, args.remove, args.as_json) == ("x", ["a", "b"], ["c"], True)
