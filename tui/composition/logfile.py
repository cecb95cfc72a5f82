"""The log file: everything that does not belong on the screen."""

import contextlib
import logging
import logging.handlers
import os
from io import TextIOWrapper
from pathlib import Path
from typing import Final

_BYTES: Final = 1_000_000
_FORMAT: Final = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


class _PrivateLog(logging.handlers.RotatingFileHandler):
    """A log that only its owner can read."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8")


def _make_private(folder: Path) -> None:
    """Create a folder and its missing parents, each private to its owner."""
    if not folder.exists():
        _make_private(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)


def log_to(path: Path) -> None:
    """Write everything that this process logs to a file, and nothing to the screen.

    An earlier log file is closed. Without a writable file, nothing is logged.
    """
    handler: logging.Handler = logging.NullHandler()
    with contextlib.suppress(OSError):
        _make_private(path.parent)
        handler = _PrivateLog(path, maxBytes=_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter(_FORMAT))
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    root = logging.getLogger()
    for before in root.handlers:
        if isinstance(before, _PrivateLog):
            before.close()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("redraft").setLevel(logging.INFO)
