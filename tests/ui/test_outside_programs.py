"""The clipboard's program and the browser: found, fed, and never let near the terminal."""

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from textual.app import App

from tui.screens.main.outside import OutsidePlace, edited_outside
from tui.widgets import browsing, clipboard
from tui.widgets.browsing import browser_available, browser_command, open_in_browser
from tui.widgets.clipboard import copy_text

Program = Callable[[str, str], Path]
"""`program("xclip", "cat > out")` puts a shell script on the path, beside which it runs."""
TEXT = "# Ünicode\n\nand lines\n"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Give a function that makes the only programs there are."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_TTY", "SSH_CONNECTION", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))

    def make(name: str, script: str) -> Path:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\ncd {tmp_path}\n{script}\n")
        path.chmod(0o755)
        return tmp_path / "out"

    return make


async def copied() -> tuple[bool, str]:
    """Copy the text: whether the system's clipboard has it, and what the terminal was given."""
    app = App[None]()
    async with app.run_test():
        said = await copy_text(app, TEXT, "v3,")
        is_on_clipboard = said == "Copied v3, to the clipboard."
        assert is_on_clipboard or said == "Copied v3, if your terminal allows it."
        return is_on_clipboard, app.clipboard


@pytest.mark.parametrize(
    ("variable", "name"),
    [("DISPLAY", "xclip"), ("DISPLAY", "xsel"), ("WAYLAND_DISPLAY", "wl-copy")],
)
async def test_the_system_has_the_exact_text_and_the_terminal_too(
    program: Program, monkeypatch: pytest.MonkeyPatch, variable: str, name: str
) -> None:
    out = program(name, "cat > out")
    assert await copied() == (False, TEXT)
    assert not out.exists()
    monkeypatch.setenv(variable, ":0")
    assert await copied() == (True, TEXT)
    assert out.read_text() == TEXT


@pytest.mark.parametrize(
    "script", ["echo no display >&2; exit 1", "exec sleep 60", "sleep 60 & exec cat >/dev/null"]
)
async def test_a_clipboard_that_fails_hangs_or_stays_does_no_harm(
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    script: str,
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(clipboard, "COPY_WITHIN", 0.5)
    program("xclip", script)
    assert await copied() == ("cat" in script, TEXT)
    assert "no display" not in "".join(capfd.readouterr())


async def test_a_mac_over_ssh_is_not_the_writers_own(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    program("pbcopy", "cat > out")
    program("open", "exit 0")
    assert (await copied())[0]
    assert browser_available()
    monkeypatch.setenv("SSH_TTY", "/dev/ttys1")
    assert not (await copied())[0]
    assert not browser_available()


async def test_a_console_has_no_browser_whatever_is_installed(program: Program) -> None:
    out = program("w3m", "echo w3m > out")
    for name in ("xdg-open", "www-browser", "firefox"):
        program(name, "echo opened > out")
    assert not browser_available()
    assert not await open_in_browser("https://example.org")
    assert not out.exists()


async def test_a_text_browser_is_never_started(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("w3m", "exit 0")
    monkeypatch.setenv("BROWSER", "w3m")
    assert not browser_available()
    monkeypatch.setenv("BROWSER", os.pathsep.join(["w3m", "helper"]))
    program("helper", "exit 0")
    assert [Path(browser_command(os.environ)[0]).name] == ["helper"]


async def test_a_browser_is_started_without_our_terminal(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    out = program(
        "xdg-open",
        'echo "$1" > out; test -t 0 || test -t 1 || test -t 2 || ps -o sid= -p $$ >> out',
    )
    assert await open_in_browser("https://example.org/?a=b&c")
    address, session = out.read_text().split()
    assert address == "https://example.org/?a=b&c"
    assert int(session) != os.getsid(0)
    assert not await open_in_browser("file:///etc/passwd")


@pytest.mark.parametrize(("script", "is_open"), [("exit 3", False), ("exec sleep 2", True)])
async def test_what_fails_did_not_open_and_what_stays_did(
    program: Program, monkeypatch: pytest.MonkeyPatch, script: str, is_open: bool
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(browsing, "OPEN_WITHIN", 0.5)
    program("xdg-open", script)
    assert await open_in_browser("https://example.org") is is_open


@pytest.mark.parametrize(
    ("command", "line", "told"),
    [("nvim -f", 3, ["-f", "+3"]), ("vim", 1, []), ("code --wait", 3, ["--wait"])],
)
async def test_the_editor_of_the_shell_gets_the_title_and_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, line: int, told: list[str]
) -> None:
    name = command.split(maxsplit=1)[0]
    program = tmp_path / name
    program.write_text(
        f'#!/bin/sh\nfor last; do :; done\necho "$@" > {tmp_path}/told\necho new > "$last"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    place = OutsidePlace("Why we left: a “Memoir”", line)
    assert await edited_outside(command, "old\n", place, nullcontext) == ("new\n", 0)
    *arguments, file = (tmp_path / "told").read_text().split()
    assert arguments == told
    assert Path(file).name == "why-we-left-a-memoir.md"
    assert not Path(file).exists()  # noqa: ASYNC240
