"""A writer's day in a real terminal: real app, real SDK, real CLI, loopback Messages API."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import RunRedraft
from tests.support.hanging import HANGS
from tests.support.terminal import EMPTIES, KEYS, Terminal
from tests.support.warm import Start, Warm, cold
from tui.demo.seen import SeenRequest
from tui.demo.server import DemoServer
from tui.store.locks import locked

ROOT = Path(__file__).parents[2]
PROSE = "exactly as deaf Quotes n x D? Not a/b* thing."
OpenTerminal = Callable[..., Terminal]


@pytest.fixture
def open_terminal(
    isolated_environment: dict[str, str], redraft_command: list[str], warm: Warm
) -> Iterator[OpenTerminal]:
    """Give a function that starts the studio in a terminal of a size."""
    opened: list[Terminal] = []

    def start(
        columns: int = 120, lines: int = 36, *, is_controlling: bool = False, start: Start = warm
    ) -> Terminal:
        terminal = Terminal(
            redraft_command,
            env=isolated_environment,
            cwd=ROOT,
            columns=columns,
            lines=lines,
            is_controlling=is_controlling,
            start=start,
        )
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.__exit__(None, None, None)


def writing(server: DemoServer) -> list[SeenRequest]:
    return [request for request in server.requests if not request.is_auxiliary]


def prompts(request: SeenRequest) -> list[str]:
    """The last line of every prompt the API was sent, oldest first."""
    return [text.strip().splitlines()[-1] for text in request.prompts]


def begin(terminal: Terminal, title: str, brief: str) -> None:
    terminal.wait_for("Nothing here yet")
    terminal.press("n")
    terminal.wait_for("New piece")
    terminal.type(title)
    terminal.press("tab", "tab")
    terminal.type(brief)
    terminal.press("ctrl+s")


def revise(terminal: Terminal, prompt: str) -> None:
    terminal.wait_for("Revise ·")
    terminal.type(prompt)
    terminal.wait_for(prompt)
    terminal.press("enter")


def begin_in_one_burst(terminal: Terminal, redraft: RunRedraft, title: str, brief: str) -> None:
    """Type all of a new piece, and prose behind it, before anything of it is on the screen."""
    terminal.wait_for("Nothing here yet")
    tab = KEYS["tab"]
    terminal.type(f"n{title}{tab}essay{tab}{brief}{KEYS['ctrl+s']}{PROSE}")
    terminal.wait_for(PROSE)
    terminal.wait_for("v1")
    (row,) = json.loads(redraft("list", "--json").out)
    assert (row["title"], row["kind"]) == (title, "essay")
    terminal.wait_for(PROSE)
    terminal.type(EMPTIES)
    terminal.wait_gone(PROSE)


def test_a_day_of_writing(
    open_terminal: OpenTerminal, demo_api: DemoServer, redraft: RunRedraft
) -> None:
    terminal = open_terminal(start=cold)
    title, brief = "Why we left Kubernetes", "what a small team gains without a cluster"
    begin_in_one_burst(terminal, redraft, title, brief)
    terminal.wait_for("first draft ★ · v1")

    revise(terminal, "tighten the intro")
    terminal.wait_for("first draft ★ · v2")

    # Fork at turn 1: the branch knows the first turn only.
    terminal.press("tab", "g", "j", "f")
    terminal.wait_for("Fork after turn 1")
    terminal.type("spicier")
    terminal.press("enter")
    terminal.wait_for("spicier · v1")
    revise(terminal, "make it spicier")
    terminal.wait_for("spicier · v3")

    # The parent is as it was, and opened again from the tree.
    terminal.press("tab", "g", "enter")
    terminal.wait_for("first draft ★ · v2")

    # By hand, then approved.
    terminal.press("escape", "e")
    terminal.wait_for("ctrl+s Save")
    terminal.type("Written by my own hand. ")
    terminal.press("ctrl+s")
    terminal.wait_for("first draft ★ · v4")
    terminal.press("a")
    terminal.wait_for("SHA-256")
    terminal.wait_still()
    terminal.press("ctrl+s")
    terminal.wait_for("first draft ★ · v4 · ")
    terminal.wait_for("approved")

    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert not terminal.is_alternate

    again = open_terminal()
    screen = again.wait_for(lambda text: "first draft ★ · v4 · " in text and "· approved" in text)
    assert "Why we left Kubernetes" in screen
    assert "spicier" in screen
    assert "tighten the" in screen

    revise(again, "make it shorter")
    again.wait_for("first draft ★ · v5")
    again.wait_for("v4 approved, v5 is newer")
    again.press("ctrl+q")
    assert again.wait_exit() == 0

    first, second, forked, resumed = writing(demo_api)
    assert prompts(first) == ["what a small team gains without a cluster"]
    assert prompts(second)[1:] == ["tighten the intro"]
    assert prompts(forked)[1:] == ["make it spicier"]
    assert prompts(resumed)[1:] == ["tighten the intro", "make it shorter"]
    assert "<current-draft>" in resumed.prompts[-1]
    assert "Written by my own hand." in resumed.prompts[-1]
    assert len(resumed.replies) == 2
    assert "Written by my own hand." not in "".join(resumed.replies)


def test_a_stop_in_mid_stream_keeps_the_part_and_the_next_turn_works(
    open_terminal: OpenTerminal, demo_api: DemoServer
) -> None:
    terminal = open_terminal()
    begin(terminal, "Slow", "[[demo:slow]] about patience and what it costs to wait")
    terminal.wait_for("words")
    terminal.wait_for("esc stops")
    terminal.wait_for("v1 · ")
    terminal.press("escape")
    terminal.wait_for("Stopped: what had arrived is kept")

    terminal.type("write it again, quickly")
    terminal.press("enter")
    terminal.wait_for("first draft ★ · v1")
    assert len(writing(demo_api)) == 2
    assert prompts(writing(demo_api)[1])[-1] == "write it again, quickly"
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0


def test_a_signal_in_mid_turn_leaves_a_clean_terminal_and_no_process(
    open_terminal: OpenTerminal, demo_api: DemoServer, isolated_environment: dict[str, str]
) -> None:
    """What the other signal, of a closed terminal, leaves is seen below."""
    terminal = open_terminal()
    begin(terminal, "Slow", "[[demo:slow]] about patience")
    terminal.wait_for("v1 · ")
    os.kill(terminal.process.pid, signal.SIGTERM)
    assert terminal.wait_exit() == 143
    assert not terminal.is_alternate
    assert claude_processes(isolated_environment["CLAUDE_CONFIG_DIR"]) == []

    again = open_terminal()
    again.wait_for("Stopped: what had arrived is kept")
    again.press("ctrl+q")
    assert again.wait_exit() == 0
    assert len(writing(demo_api)) == 1


def claude_processes(config_folder: str) -> list[int]:
    """Processes that live in this test's isolated configuration."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            environment = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if config_folder.encode() in environment and b"_bundled" in command:
            found.append(int(entry.name))
    return found


def test_a_terminal_that_is_too_small_says_so_and_comes_back(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(30, 10)
    terminal.wait_for("at least 40 columns")
    terminal.resize(100, 30)
    terminal.wait_for("Contents")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0


def test_what_streaming_left_on_the_screen_is_what_a_redraw_gives(
    open_terminal: OpenTerminal, demo_api: DemoServer
) -> None:
    terminal = open_terminal()
    begin(terminal, "Long", "[[demo:long 6]]")
    terminal.wait_for("first draft ★ · v1")
    terminal.wait_for(lambda text: "writing" not in text)
    terminal.wait_still()
    streamed = chat_column(terminal.text)
    terminal.resize(119, 36)
    terminal.wait_for(lambda text: chat_column(text) != streamed)
    terminal.resize(120, 36)
    terminal.wait_for(lambda text: chat_column(text) == streamed)
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert len(writing(demo_api)) == 1


def chat_column(text: str) -> list[str]:
    """The middle pane of a terminal 120 columns wide."""
    return [line[26:88] for line in text.splitlines()[:34]]


@pytest.mark.parametrize("is_controlling", [True, False])
def test_a_closed_terminal_ends_everything_and_loses_nothing(
    open_terminal: OpenTerminal,
    demo_api: DemoServer,
    isolated_environment: dict[str, str],
    is_controlling: bool,
) -> None:
    terminal = open_terminal(is_controlling=is_controlling)
    begin(terminal, "Slow", "[[demo:slow]] about patience")
    terminal.wait_for("v1 · ")
    terminal.hang_up()
    assert terminal.process.wait(HANGS) == 129
    assert claude_processes(isolated_environment["CLAUDE_CONFIG_DIR"]) == []

    again = open_terminal()
    again.wait_for("Stopped: what had arrived is kept")
    again.press("ctrl+q")
    assert again.wait_exit() == 0
    assert len(writing(demo_api)) == 1


def test_a_hang_up_that_ends_claude_first_is_a_stop_and_no_failure(
    open_terminal: OpenTerminal, isolated_environment: dict[str, str], library: Path
) -> None:
    terminal = open_terminal()
    begin(terminal, "Slow", "[[demo:slow]] about patience")
    terminal.wait_for("v1 · ")
    (claude,) = claude_processes(isolated_environment["CLAUDE_CONFIG_DIR"])
    # A closed window hangs up Claude Code, too, while Redraft still waits for the disk.
    with locked(library / "locks" / "file-place.lock"):
        os.kill(claude, signal.SIGHUP)
        os.kill(terminal.process.pid, signal.SIGHUP)
        terminal.wait_until(lambda: not claude_processes(isolated_environment["CLAUDE_CONFIG_DIR"]))
        terminal.wait_still()
    assert terminal.wait_exit() == 129

    again = open_terminal()
    again.wait_for("Stopped: what had arrived is kept")
    again.press("ctrl+q")
    assert again.wait_exit() == 0


def test_two_screens_on_one_library_see_each_other(open_terminal: OpenTerminal) -> None:
    first, second = open_terminal(), open_terminal()
    first.wait_for("Nothing here yet")
    second.wait_for("Nothing here yet")
    first.press("n")
    first.wait_for("New piece")
    first.type("Seen by both")
    first.press("ctrl+s")
    first.wait_for("─ Seen by both ─")
    second.wait_for("─ Seen by both ─")
    second.press("T")
    second.wait_for("Rename the piece")
    second.press("ctrl+u")
    second.type("Another title")
    second.press("enter")
    first.wait_for("─ Another title ─")
    for terminal in (first, second):
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
