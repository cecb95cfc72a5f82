"""Opening an address in a browser that has a window of its own, and in no other.

Python's `webbrowser` may start a text browser on our own terminal, for instance over SSH.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

OPEN_WITHIN: Final = 3.0
"""Seconds in which a browser that cannot start says so; one that still runs has started."""
TEXT_BROWSERS: Final = frozenset(
    ["browsh", "carbonyl", "chawan", "elinks", "links", "links2", "lynx", "w3m", "www-browser"]
)
OPENERS: Final = (("xdg-open",), ("gio", "open"), ("wslview",), ("firefox",), ("chromium",))


def browser_available() -> bool:
    """Whether there is a browser with a window; otherwise show the address and copy it."""
    return bool(browser_command(os.environ))


def browser_command(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the command that opens an address, which comes last; empty when there is none."""
    wished = environment.get("BROWSER", "").split(os.pathsep)
    commands: list[tuple[str, ...]] = [(name,) for name in wished if name and "%" not in name]
    is_remote = bool(environment.get("SSH_TTY") or environment.get("SSH_CONNECTION"))
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        commands += OPENERS
    elif not is_remote:
        # On Windows' Linux there are windows without a display.
        commands.append(("open",) if sys.platform == "darwin" else ("wslview",))
    for name, *arguments in commands:
        path = shutil.which(name, path=environment.get("PATH"))
        if path is not None and PurePath(name).name not in TEXT_BROWSERS:
            return (path, *arguments)
    return ()


async def open_in_browser(url: str) -> bool:
    """Open an address of the web; returns whether a browser took it."""
    command = browser_command(os.environ)
    if not command or not url.startswith(("http://", "https://")):
        return False
    return await asyncio.to_thread(_start, (*command, url))


def _start(command: tuple[str, ...]) -> bool:
    try:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return process.wait(OPEN_WITHIN) == 0
    except subprocess.TimeoutExpired:
        # The browser itself: somebody has to wait for its end.
        threading.Thread(target=process.wait, daemon=True).start()
        return True
