"""A damaged content file is recovered by whatever command reads it first, which says so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.test_cli_tags import Shell, shell

__all__ = ["shell"]


@pytest.fixture
def damaged(shell: Shell, tmp_path: Path) -> Callable[[], None]:
    """Return what damages the file of the only piece, whose last save gave it the tag “new”."""

    def damage() -> None:
        shell.run("tag", "T", "new")
        (file,) = (tmp_path / "library" / "contents").glob("*.json")
        file.write_text(file.read_text("utf-8")[:-40], "utf-8")

    shell.run("new", "T", "--tag", "old")
    return damage


def test_what_was_recovered_is_said_beside_the_result(
    shell: Shell, damaged: Callable[[], None]
) -> None:
    damaged()
    assert shell.json("tag", "T")["tags"] == ["old"]
    (said,) = shell.err.splitlines()
    assert said.startswith("redraft: “T” (")
    assert "recovered as it was" in said
    assert shell.run("tag", "T") == "old\n"
    assert shell.err == ""


def test_a_list_says_it_once(shell: Shell, damaged: Callable[[], None]) -> None:
    damaged()
    assert shell.json("list")[0]["tags"] == ["old"]
    assert shell.err.count("recovered as it was") == 1


def test_it_is_said_before_why_the_command_failed(
    shell: Shell, damaged: Callable[[], None]
) -> None:
    damaged()
    assert shell.run("show", "T", code=1) == ""
    first, last = shell.err.splitlines()
    assert "recovered as it was" in first
    assert "“T” has no draft yet" in last
