"""Who works here: the settings, git or the system say it, and none of them holds anything up."""

import asyncio
import getpass
from pathlib import Path

import pytest

from tui.composition import person
from tui.composition.person import PersonHere


def git_that(folder: Path, does: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a git that runs these shell words in front of all others; without any there is none."""
    folder.mkdir()
    if does:
        (folder / "git").write_text(f"#!/bin/sh\n{does}\n")
        (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder) if not does else f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(person, "_full_name", lambda: "Anna of the system")
    monkeypatch.setattr(getpass, "getuser", lambda: "anna")


@pytest.mark.parametrize(
    ("git", "name"),
    [
        ('[ "$*" = "config --get user.name" ] && echo "Anna  Ek"', "Anna Ek"),
        (r"printf 'Anna\033[31m Ek\n'", "Anna [31m Ek"),
        ("exit 1", "Anna of the system"),
        ("", "Anna of the system"),
    ],
)
async def test_git_says_who_one_is_or_else_the_system(
    git: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git_that(tmp_path / "bin", git, monkeypatch)
    who = PersonHere()
    told = await who()
    assert (told.name, told.user, told.id) == (name, "anna", who.id)


async def test_what_the_settings_say_is_not_asked_of_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git_that(tmp_path / "bin", f"touch {tmp_path}/asked; echo Bea", monkeypatch)
    assert (await PersonHere("Ann of Green Gables")()).name == "Ann of Green Gables"
    assert not (tmp_path / "asked").exists()
    who = PersonHere()
    assert [(await who()).name, (await who()).name] == ["Bea", "Bea"]


async def test_a_git_that_hangs_holds_up_neither_the_loop_nor_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git_that(tmp_path / "bin", "exec sleep 60", monkeypatch)
    monkeypatch.setattr(person, "TIMEOUT", 0.05)
    who = PersonHere()
    asking = asyncio.create_task(who())
    await asyncio.sleep(0)
    assert not asking.done()  # The loop goes on meanwhile.
    assert (await asyncio.wait_for(asking, 5)).name in {"anna", "Anna of the system"}
