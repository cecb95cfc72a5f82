"""The writer's hands on a real terminal: bursts, escape, focus lost and found again."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.conftest import ROOT, RunRedraft
from tests.support.terminal import KEYS, Terminal
from tests.support.warm import Start, Warm, cold
from tui.demo.server import DemoServer

OpenTerminal = Callable[..., Terminal]
PROSE = "exactly as deaf Quotes n x D? Not a/b* thing."


@pytest.fixture
def open_terminal(
    isolated_environment: dict[str, str], redraft_command: list[str], warm: Warm
) -> Iterator[OpenTerminal]:
    """Give a function that starts the studio in a terminal of a size."""
    opened: list[Terminal] = []

    def start(*, start: Start = warm) -> Terminal:
        terminal = Terminal(redraft_command, env=isolated_environment, cwd=ROOT, start=start)
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.__exit__(None, None, None)


def test_a_burst_creates_a_piece_and_the_prose_behind_it_lands_in_the_prompt(
    open_terminal: OpenTerminal, redraft: RunRedraft, demo_api: DemoServer
) -> None:
    terminal = open_terminal(start=cold)
    terminal.wait_for("Nothing here yet")
    tab = KEYS["tab"]
    terminal.type(f"nTyped ahead{tab}essay{tab}about haste{KEYS['ctrl+s']}{PROSE}")
    terminal.wait_for(lambda text: PROSE in text)
    terminal.wait_for("v1")
    (row,) = json.loads(redraft("list", "--json").out)
    assert (row["title"], row["kind"]) == ("Typed ahead", "essay")
    (request,) = [one for one in demo_api.requests if not one.is_auxiliary]
    assert request.prompts[0].strip().endswith("about haste")


def test_escape_and_a_key_in_one_read_are_two_keys(
    open_terminal: OpenTerminal, redraft: RunRedraft
) -> None:
    redraft("new", "Two keys")
    terminal = open_terminal()
    terminal.wait_for("Two keys")
    terminal.type("unsent")
    terminal.wait_for("unsent")
    terminal.type("\x1b?")
    terminal.wait_for("─ Keys ─")
    terminal.type("\x1br!")
    terminal.wait_for("unsent!")


@pytest.mark.parametrize("alt_enter", ["\x1b\r", "\x1b[13;3u"], ids=["legacy", "kitty"])
def test_alt_enter_breaks_the_line(
    open_terminal: OpenTerminal, redraft: RunRedraft, alt_enter: str
) -> None:
    redraft("new", "Lines")
    terminal = open_terminal()
    terminal.wait_for("Lines")
    terminal.type(f"first half{alt_enter}second half")
    text = terminal.wait_for("second half")
    (first,) = [row for row in text.splitlines() if "first half" in row]
    assert "second half" not in first


@pytest.mark.parametrize("small", [(60, 10), (140, 8), (30, 42)], ids=str)
def test_the_prompt_has_the_focus_again_when_a_small_terminal_is_large_again(
    open_terminal: OpenTerminal, redraft: RunRedraft, small: tuple[int, int]
) -> None:
    redraft("new", "Sizes")
    terminal = open_terminal()
    terminal.wait_for("Sizes")
    terminal.type("Begun: ")
    terminal.wait_for("Begun:")
    terminal.resize(*small)
    terminal.wait_for("Redraft needs")
    terminal.type("exactly")
    terminal.wait_still(0.2)
    terminal.resize(120, 36)
    terminal.wait_for("Pieces")
    terminal.type(PROSE)
    terminal.wait_for(f"Begun: {PROSE}")


def test_the_first_key_after_the_terminal_has_the_focus_again_is_typed(
    open_terminal: OpenTerminal, redraft: RunRedraft
) -> None:
    redraft("new", "Away")
    terminal = open_terminal()
    terminal.wait_for("Away")
    terminal.type("Begun: ")
    terminal.wait_for("Begun:")
    terminal.type(f"\x1b[O\x1b[I{PROSE}")
    terminal.wait_for(f"Begun: {PROSE}")
    terminal.type("\x1b[Oand more")
    terminal.wait_for("and more")
