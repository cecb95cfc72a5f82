"""Killed in the middle of a word: what was typed and what had arrived is there again."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import RunRedraft
from tests.e2e.test_e2e_terminal import claude_processes
from tests.support.hanging import HANGS
from tests.support.terminal import EMPTIES, EMPTIES_EDITOR, Terminal
from tests.support.warm import Warm

ROOT = Path(__file__).parents[2]
TYPES_FOR = 3.0
"""Seconds of typing without a rest."""
RESTS_FOR = 0.1
"""Seconds between two words: far too few for anything that waits for a rest."""
LOST_AT_MOST = 1.0
"""Seconds before a kill from which on something may be lost."""
SLOW_MACHINE = 1.0
"""Seconds that a test machine under load may take on top."""
FAILING_EDITOR = """\
#!/bin/sh
printf '\\033[H'; yes '################' | head -20
echo "Written there." >> "$1"
exit 3
"""
CARD_ROW = re.compile(r"││  │ (.*?) +│  ││")
OpenTerminal = Callable[[], Terminal]
Words = list[tuple[float, str]]
"""Words, and when each was typed."""


@pytest.fixture
def open_terminal(
    isolated_environment: dict[str, str], redraft_command: list[str], warm: Warm
) -> Iterator[OpenTerminal]:
    """Give a function that starts the studio in a terminal."""
    opened: list[Terminal] = []

    def start() -> Terminal:
        opened.append(Terminal(redraft_command, env=isolated_environment, cwd=ROOT, start=warm))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.__exit__(None, None, None)


def types_without_rest(terminal: Terminal) -> Words:
    """Type words for some seconds, never resting; return them with their times."""
    words: Words = []
    until = time.monotonic() + TYPES_FOR
    while (now := time.monotonic()) < until:
        words.append((now, f"w{len(words):03} "))
        terminal.type(words[-1][1])
        terminal.rest(RESTS_FOR)
    return words


def dies(terminal: Terminal) -> float:
    """Kill the program as a crash would; return the time of it."""
    os.kill(terminal.process.pid, signal.SIGKILL)
    terminal.process.wait(HANGS)
    return time.monotonic()


def rests(terminal: Terminal) -> None:
    """Let the time go by after which nothing may be lost."""
    terminal.rest(LOST_AT_MOST + SLOW_MACHINE)


def shows_what_was_typed(terminal: Terminal, words: Words, died: float) -> None:
    """Wait until the screen shows every word but those of the last moment."""
    kept = [word.strip() for at, word in words if at < died - LOST_AT_MOST - SLOW_MACHINE]
    assert kept, "nothing was typed in time"
    terminal.wait_for(lambda text: all(word in text for word in kept))


def into_the_prompt(terminal: Terminal) -> None:
    terminal.wait_for("Generate ·")


def into_the_dialog(terminal: Terminal) -> None:
    terminal.press("escape", "escape", "n")
    terminal.wait_for("New piece")
    terminal.press("tab", "tab")


def into_the_editor(terminal: Terminal) -> None:
    terminal.press("escape", "e")
    terminal.wait_for("ctrl+s Save")


def test_what_is_typed_without_a_rest_outlives_a_kill(
    open_terminal: OpenTerminal, redraft: RunRedraft
) -> None:
    """One field after the other; what has shown the words of the last is typed into and killed."""
    assert redraft("new", "On lamps").code == 0
    terminal = open_terminal()
    terminal.wait_for("─ On lamps ─")
    for opens in (into_the_prompt, into_the_editor, into_the_dialog):
        print(f"the words go {opens.__name__}")  # noqa: T201 (said when it fails)
        opens(terminal)
        words = types_without_rest(terminal)
        died = dies(terminal)
        terminal = open_terminal()
        terminal.wait_for("─ On lamps ─")
        opens(terminal)
        shows_what_was_typed(terminal, words, died)
        if opens is not into_the_dialog:
            terminal.type(EMPTIES_EDITOR if opens is into_the_editor else EMPTIES)
            terminal.wait_gone("w000")


def test_a_first_piece_that_is_being_typed_outlives_a_kill(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal()
    terminal.wait_for("Nothing here yet")
    terminal.press("n")
    terminal.wait_for("New piece")
    terminal.press("tab", "tab")
    words = types_without_rest(terminal)
    died = dies(terminal)

    again = open_terminal()
    again.wait_for("Nothing here yet")
    again.press("n")
    again.wait_for("New piece")
    shows_what_was_typed(again, words, died)


def test_what_had_arrived_of_an_answer_outlives_a_kill_of_all_processes(
    open_terminal: OpenTerminal, redraft: RunRedraft, isolated_environment: dict[str, str]
) -> None:
    assert redraft("new", "On lamps").code == 0
    terminal = open_terminal()
    terminal.wait_for("─ On lamps ─")
    terminal.type("[[demo:slow]] about patience and what it costs to wait")
    terminal.press("enter")
    terminal.wait_for("v1 · ")
    terminal.wait_for(lambda _: len(chat_words(terminal)) > 3)
    seen = chat_words(terminal)
    rests(terminal)
    for process in claude_processes(isolated_environment["CLAUDE_CONFIG_DIR"]):
        os.kill(process, signal.SIGKILL)
    dies(terminal)

    again = open_terminal()
    again.wait_for("─ On lamps ─")
    again.wait_for(lambda _: seen <= chat_words(again))


def chat_words(terminal: Terminal) -> set[str]:
    """The words in the card of the draft on the screen, but the one that may not be whole."""
    return set(" ".join(CARD_ROW.findall(terminal.text)).split()[:-1])


def test_what_an_editor_wrote_before_it_failed_is_kept_and_asked_about(
    open_terminal: OpenTerminal,
    redraft: RunRedraft,
    isolated_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    assert redraft("new", "On lamps").code == 0
    editor = tmp_path / "fails"
    editor.write_text(FAILING_EDITOR)
    editor.chmod(0o755)
    isolated_environment["EDITOR"] = str(editor)
    terminal = open_terminal()
    terminal.wait_for("─ On lamps ─")
    terminal.press("escape", "E")
    terminal.wait_for("ended with code 3")
    assert "####" not in terminal.wait_for("Keep"), "what the editor drew is still there"
    rests(terminal)
    dies(terminal)  # The question was not answered.

    again = open_terminal()
    again.wait_for("─ On lamps ─")
    again.press("escape", "e")
    again.wait_for("Written there.")
    again.press("escape")
    again.wait_for("Save the changes?")
    again.wait_still()
    again.press("d")
    again.wait_gone("Save the changes?")
    again.press("E")
    again.wait_for("ended with code 3")
    again.wait_still()
    again.press("s")
    again.wait_for("first draft ★ · v1")
    assert "Written there." in redraft("show", "On lamps").out
