"""Texts that cannot be saved in the library are kept in files beside the log file."""

import asyncio
import logging
import os
import tempfile
from pathlib import Path
from typing import Final

from tui.own_thread import alone

_WITHIN: Final = 2.0
"""Timeout in seconds for the disk, for which a turn waits."""

_log = logging.getLogger("redraft")


class RescueFolder:
    """A folder of Markdown files, one for each rescued text, private to its owner."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, name: str, text: str) -> str:
        """Write a text to a new file and return a sentence that says where; never raises.

        When that fails, too, the sentence says that the text is in memory only.
        """
        try:
            async with asyncio.timeout(_WITHIN):
                path = await alone(self._write, name, text)
        except (OSError, TimeoutError) as error:
            _log.warning("A text could not be rescued into %s: %s", self._folder, error)
            return "The text is in Redraft's memory only: keep Redraft open until it is saved."
        return f"The text is kept in {path}."

    def _write(self, name: str, text: str) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".md", dir=self._folder)
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return Path(path)
