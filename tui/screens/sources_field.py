"""The field for a content's sources, and a dialog that looks at what was typed before it closes."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final

from textual.screen import Screen
from textual.widgets import TextArea

LONGEST_WAIT: Final = 1.5
"""Seconds for which the keys wait until the sources are looked at; a disk may take longer."""
SOURCES_LABEL: Final = "Sources: folders and files that Claude may read, one on a line"


class SourcesField(TextArea):
    """Folders and files, one on a line; `~` is the home folder."""

    def __init__(self, sources: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002
        """Show `sources`, which may be untrusted names."""
        super().__init__(
            "\n".join(sources),
            id=id,
            placeholder="~/notes/interviews",
            highlight_cursor_line=False,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """What was typed, without blank lines; unchecked."""
        return tuple(line.strip() for line in self.text.splitlines() if line.strip())


async def followed(screen: Screen[Any], work: Coroutine[Any, Any, None]) -> None:
    """Do work in a worker of the screen; wait a while for its end, so that the next key does."""
    is_done = asyncio.Event()

    async def run() -> None:
        try:
            await work
        finally:
            is_done.set()

    screen.run_worker(run(), exit_on_error=False)
    with suppress(TimeoutError):
        await asyncio.wait_for(is_done.wait(), LONGEST_WAIT)
