"""A passage rewritten and refused, and locked words put back: on a real terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, RunRedraft
from tests.e2e.test_e2e_fork_and_combine import (
    asking_for,
    last_asked,
    paste,
    pressed,
    send,
    text_of,
    the_piece,
)
from tests.support.terminal import Terminal
from tests.support.warm import Warm
from tui.demo.server import DemoServer
from tui.domain.passage import PutBack

F8 = "\x1b[19~"
KETTLE = "The kettle is the oldest thing on board, and nobody knows who brought it there."
STORM = "In a storm we drink it cold, standing, and we do not talk about it afterwards."
FIRST = ("# Tea at sea", "Sailors drink tea.", KETTLE, STORM)
CHANGED = ("# Tea at sea", "Sailors drink rum.", KETTLE, "In a storm we drink it hot.")


@pytest.fixture
def terminal(
    isolated_environment: dict[str, str], redraft_command: list[str], warm: Warm
) -> Iterator[Terminal]:
    """Give the studio on a terminal, on an empty library."""
    command, env = redraft_command, isolated_environment
    with Terminal(command, env=env, cwd=ROOT, columns=120, lines=36, start=warm) as opened:
        yield opened


def select_kettle(terminal: Terminal) -> None:
    """Open the editor, and select its third paragraph."""
    terminal.press("e")
    terminal.wait_for("ctrl+s Save")
    pressed(terminal, "down", "down", "down", "down")
    for _ in range(2):
        terminal.type(F8)
        terminal.wait_still(0.1)
    terminal.wait_for("15 of")


def test_a_passage_is_rewritten_taken_and_refused_and_a_lock_holds(
    terminal: Terminal, demo_api: DemoServer, library: Path, redraft: RunRedraft
) -> None:
    terminal.wait_for("Nothing here yet")
    terminal.press("n")
    terminal.wait_for("New piece")
    terminal.type("Tea")
    terminal.press("tab", "tab")
    paste(terminal, asking_for(FIRST))
    terminal.wait_still()
    terminal.press("ctrl+s")
    terminal.wait_for("first draft ★ · v1")
    first = text_of(FIRST)

    # Rewritten: Claude is told the passage and sends its new words; all else stays.
    terminal.press("escape")
    select_kettle(terminal)
    terminal.press("ctrl+r")
    terminal.wait_for("Passage · 15 words")
    terminal.type("shorter")
    terminal.press("enter")
    terminal.wait_for("enter Take")
    asked = last_asked(demo_api).prompts[-1]
    assert f"Passage:\n{KETTLE}\n</passage>\n\nshorter" in asked
    assert STORM not in asked  # Claude knows the draft: it is not told again.
    piece = the_piece(library)
    new = piece.version(2).text
    before, after = first.split(KETTLE)
    assert new.startswith(before)
    assert new.endswith(after)
    assert len(new) < len(first)
    terminal.wait_still(0.5)
    terminal.press("enter")
    terminal.wait_for("ctrl+s Save")

    # Asked again for another one, and refused: the text is what it was, and Claude is told.
    terminal.type(F8)
    terminal.wait_still()
    terminal.press("ctrl+r")
    terminal.wait_for("Passage ·")
    terminal.type("longer")
    terminal.press("enter")
    terminal.wait_for("enter Take")
    assert the_piece(library).version(3).text != new
    terminal.wait_still(0.5)
    terminal.press("r")
    terminal.wait_for("ctrl+s Save")
    piece = the_piece(library)
    assert piece.version(4).text == new
    terminal.press("escape")
    terminal.wait_for("first draft ★ · v4")

    # Locked, and broken by the answer: put back, and said.
    assert redraft("lock", "Tea", STORM).code == 0
    terminal.press("i")
    send(terminal, asking_for(CHANGED), "first draft ★ · v5")
    told = last_asked(demo_api).prompts[-1]
    assert "<refused-changes>" in told
    assert f"Locked:\n{STORM}\n</locked>" in told
    assert the_piece(library).version(5).text == text_of((*CHANGED[:3], STORM))
    assert the_piece(library).branches[0].turns[-1].put_back == PutBack(locked=(STORM,))
    terminal.wait_for("Claude changed locked words")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
