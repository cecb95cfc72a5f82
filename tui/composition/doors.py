"""The ways into and out of a library, put together."""

import importlib.metadata
from typing import TYPE_CHECKING

from tui.agent.listing import ClaudeTranscripts
from tui.settings import Settings
from tui.store.transcripts import TranscriptFiles
from tui.studio.doors import Doors
from tui.studio.importing import Importing
from tui.studio.moving import Moving
from tui.studio.ports import Clock, NewIds

if TYPE_CHECKING:
    from tui.store.library import TinyStore


def library_doors(settings: Settings, store: "TinyStore", clock: Clock, new_ids: NewIds) -> Doors:
    """Return the doors of an open library; nothing is read or imported before they are used."""
    copies = TranscriptFiles(settings.library / "transcripts", locks=settings.library / "locks")
    transcripts = ClaudeTranscripts(settings.library / "work", copies)
    return Doors(
        Importing(store, store, transcripts, new_ids),
        Moving(store, store, transcripts, clock, new_ids, version=_version),
    )


def _version() -> str:
    try:
        return importlib.metadata.version("redraft")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
