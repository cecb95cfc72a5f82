"""The writer's hands on a real terminal: escape, alt, focus lost and found again."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.e2e.conftest import ROOT, RunRedraft
from tests.support.terminal import EMPTIES, Terminal
from tests.support.warm import Warm

OpenTerminal = Callable[[], Terminal]
EMPTY = "Type here · enter sends"
PROSE = "exactly as deaf Quotes n x D? Not a/b* thing."


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


def escape_and_a_key_in_one_read_are_two_keys(terminal: Terminal) -> None:
    terminal.type("unsent")
    terminal.wait_for("unsent")
    terminal.type("\x1b?")
    terminal.wait_for("─ Keys ─")
    terminal.type("\x1br!")
    terminal.wait_for("unsent!")


def alt_enter_breaks_the_line(terminal: Terminal, alt_enter: str) -> None:
    terminal.type(f"first half{alt_enter}second half")
    text = terminal.wait_for("second half")
    first = [row for row in text.splitlines() if "first half" in row]
    assert len(first) == 1, text
    assert "second half" not in first[0]


def the_prompt_has_the_focus_again_when_a_small_terminal_is_large_again(
    terminal: Terminal, small: tuple[int, int]
) -> None:
    terminal.type("Begun: ")
    terminal.wait_for("Begun:")
    terminal.resize(*small)
    terminal.wait_for("Redraft needs")
    terminal.type("exactly")
    terminal.wait_still(0.2)
    terminal.resize(120, 36)
    terminal.wait_for("Contents")
    terminal.type(PROSE)
    terminal.wait_for(f"Begun: {PROSE}")


def the_first_key_after_the_terminal_has_the_focus_again_is_typed(terminal: Terminal) -> None:
    terminal.type("Begun: ")
    terminal.wait_for("Begun:")
    terminal.type(f"\x1b[O\x1b[I{PROSE}")
    terminal.wait_for(f"Begun: {PROSE}")
    terminal.type("\x1b[Oand more")
    terminal.wait_for("and more")


CHECKS: dict[str, Callable[[Terminal], None]] = {
    "escape and a key in one read": escape_and_a_key_in_one_read_are_two_keys,
    "alt+enter, legacy": partial(alt_enter_breaks_the_line, alt_enter="\x1b\r"),
    "alt+enter, kitty": partial(alt_enter_breaks_the_line, alt_enter="\x1b[13;3u"),
    **{
        f"small at {size}": partial(
            the_prompt_has_the_focus_again_when_a_small_terminal_is_large_again, small=size
        )
        for size in ((60, 10), (140, 8), (30, 42))
    },
    "the focus of the terminal": the_first_key_after_the_terminal_has_the_focus_again_is_typed,
}
"""What a prompt that is empty at the start of each takes; what they type is deleted after each."""


def test_what_the_prompt_takes(open_terminal: OpenTerminal, redraft: RunRedraft) -> None:
    """Each in one studio; after one that fails the others have a fresh one."""
    redraft("new", "Keys")
    left, failed = list(CHECKS), dict[str, str]()
    while left:
        terminal = open_terminal()
        terminal.wait_for("shift+enter New line")
        terminal.type(EMPTIES)
        terminal.wait_for(EMPTY)
        while left:
            name = left.pop(0)
            try:
                CHECKS[name](terminal)
                terminal.type(EMPTIES)
                terminal.wait_for(EMPTY)
            except AssertionError as error:
                failed[name] = str(error)
                break
        terminal.__exit__(None, None, None)
    assert not failed, "\n\n".join(f"{name}: {why}" for name, why in failed.items())
