"""A terminal that is gone: who writes to it goes on, and so comes to an end."""

import os
import sys
import threading
from pathlib import Path
from typing import IO, cast

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from tui.widgets.hangup import UntilGone


def test_writing_to_a_terminal_that_is_gone_waits_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    master, slave = os.openpty()
    with os.fdopen(slave, "rb", buffering=0) as end, open(slave, "w", closefd=False) as file:
        monkeypatch.setattr(sys, "__stdin__", end)
        writer = WriterThread(cast("IO[str]", UntilGone(file)))
        writer.start()

        def leaves() -> None:
            for _ in range(3 * MAX_QUEUED_WRITES):
                writer.write("a frame\n")
            writer.stop()

        os.close(master)
        leaving = threading.Thread(target=leaves, daemon=True)
        leaving.start()
        leaving.join(20)
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), slave)  # For what Python still has to write.
        assert not leaving.is_alive(), "who writes waits for a thread that has failed"
