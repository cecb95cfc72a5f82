"""Copying a text: to the clipboard of the system where there is one, and through the terminal.

The terminal is asked with OSC 52, which reaches the writer's own machine over SSH, but which many
terminals ignore, and none answers. So only the system's clipboard can say that it has the text.
The programs for it are started here and not by `pyperclip`: that lets them write their complaints
over our screen, and waits for ever for one that hangs.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

from textual.app import App

COPY_WITHIN: Final = 2.0
"""Seconds that the clipboard's program has; what takes longer did not copy."""


async def copy_text(app: App[None], text: str, what: str) -> str:
    """Copy a text in every way there is, and return the notice of that.

    `what` names the text there, such as “v3” or “v3, 612 words,”. A clipboard that does not work
    raises nothing.
    """
    app.copy_to_clipboard(text)
    command = _clipboard_command(os.environ)
    if bool(command) and await asyncio.to_thread(_feed, command, text):
        return f"Copied {what} to the clipboard."
    return f"Copied {what.removesuffix(',')}, if your terminal allows it."


def _clipboard_command(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the command that takes a text for the system's clipboard; empty when there is none."""
    commands: list[tuple[str, ...]] = []
    if environment.get("WAYLAND_DISPLAY"):
        commands.append(("wl-copy",))
    if environment.get("DISPLAY"):
        commands += [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    # Over SSH these would be another machine's.
    if not (environment.get("SSH_TTY") or environment.get("SSH_CONNECTION")):
        commands += [("pbcopy",)] if sys.platform == "darwin" else [("clip.exe",)]
    for name, *arguments in commands:
        path = shutil.which(name, path=environment.get("PATH"))
        if path is not None:
            return (path, *arguments)
    return ()


def _feed(command: tuple[str, ...], text: str) -> bool:
    """Give a program a text; returns whether it took it."""
    # A program such as xclip goes on in the background: no pipe of ours may stay open in it.
    encoding = "utf-16-le" if command[0].endswith("clip.exe") else "utf-8"
    try:
        done = subprocess.run(  # noqa: S603
            command,
            input=text.encode(encoding, "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=COPY_WITHIN,
            start_new_session=True,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
