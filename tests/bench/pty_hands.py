"""What a writer does at a studio in a terminal, for benches that attack it from outside."""

import re
import time
from collections.abc import Sequence
from typing import Final

from tests.support.terminal import Terminal

IDLE: Final = ("Generate ·", "Revise ·", "Ask ·")
"""What the frame of the prompt says when the next prompt can be sent."""
TIMEOUT: Final = 60.0
"""Seconds for anything on a slow machine; what is promised in seconds is measured apart."""
Words = list[tuple[float, str]]
"""Words, and when each was typed."""
Reads = list[tuple[float, int]]
"""When how many words had been read by the program; until then the kernel kept them."""


def is_idle(screen: str) -> bool:
    """Whether the next prompt can be sent."""
    return any(words in screen for words in IDLE)


def types_for(
    terminal: Terminal,
    seconds: float,
    prefix: str,
    reads: Reads | None = None,
    keys_per_second: float = 0.0,
) -> Words:
    """Type words for some seconds; return them with their times.

    Without `keys_per_second` never resting. With `reads`, note there after every word how many of
    them the program has read.
    """
    words: Words = []
    until = time.monotonic() + seconds
    while (now := time.monotonic()) < until:
        words.append((now, f"{prefix}{len(words):03}"))
        typed = f"{words[-1][1]} "
        if keys_per_second:
            for key in typed:
                terminal.press(key)
                rests(terminal, 1 / keys_per_second)
        else:
            terminal.press(typed)
        if reads is not None:
            notes_what_is_read(terminal, words, reads)
    return words


def notes_what_is_read(terminal: Terminal, words: Words, reads: Reads) -> None:
    """Note how many of the words that were typed last the program has read to their end."""
    unread, read = terminal.count_unread(), len(words)
    while unread > 0 and read:
        read -= 1
        unread -= len(words[read][1]) + 1
    reads.append((time.monotonic(), read))


def sends(terminal: Terminal, prompt: str) -> None:
    """Type a prompt behind what is there, and send it."""
    terminal.type(prompt)
    terminal.wait_for(
        lambda screen: prompt.rsplit(maxsplit=1)[-1] in screen, TIMEOUT
    )  # It may be wrapped.
    terminal.press("enter")


def numbers_in(text: str, prefix: str) -> list[int]:
    """Return the numbers of the words with a prefix (a pattern) in a text, in order."""
    return [int(number) for number in re.findall(rf"\b{prefix}(\d{{3}})\b", text)]


def begins(terminal: Terminal, title: str, brief: str) -> None:
    """Start the first piece, and have its draft written."""
    terminal.wait_for("Nothing here yet", TIMEOUT)
    terminal.press("n")
    terminal.wait_for("New piece", TIMEOUT)
    terminal.type(title)
    terminal.press("tab", "tab")
    terminal.type(brief)
    terminal.wait_for(lambda screen: brief.rsplit(maxsplit=1)[-1] in screen, TIMEOUT)
    terminal.press("ctrl+s")


def opens_the_editor(terminal: Terminal) -> None:
    """Go from the prompt to the editor of the draft."""
    terminal.press("escape", "e")
    terminal.wait_for("ctrl+s Save", TIMEOUT)


def opens_the_dialog(terminal: Terminal) -> None:
    """Go from the prompt to the dialog for a new piece."""
    terminal.press("escape", "escape", "n")
    terminal.wait_for("New piece", TIMEOUT)


def saves_the_edit(terminal: Terminal) -> None:
    """Save what stands in the editor, if it was changed; end up in the prompt."""
    terminal.press("ctrl+s")
    rests(terminal, 1.0)
    if "ctrl+s Save" in terminal.text:
        terminal.press("escape")
    terminal.wait_gone("ctrl+s Save", TIMEOUT)
    terminal.press("c")
    terminal.wait_for(is_idle, TIMEOUT)


def creates_the_piece(terminal: Terminal, mark: str) -> None:
    """Put a mark into the brief of the dialog that was just opened, and have it written."""
    terminal.press("tab", "tab")
    terminal.type(f" {mark}")
    terminal.wait_for(lambda screen: mark in screen, TIMEOUT)
    terminal.press("ctrl+s")


def sees_one_of(terminal: Terminal, words: Sequence[str]) -> None:
    """Wait for any of some words: of a long text a part is in view; without words: do not."""
    terminal.wait_for(lambda screen: not words or any(word in screen for word in words), TIMEOUT)


def rests(terminal: Terminal, seconds: float) -> None:
    """Let a time go by, reading what is written meanwhile."""
    until = time.monotonic() + seconds
    terminal.wait_for(lambda _: time.monotonic() > until, seconds + TIMEOUT)
