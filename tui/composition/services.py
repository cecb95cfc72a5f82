"""The services that import into a library and export from it."""

from typing import TYPE_CHECKING

from tui.agent.claude_transcripts import ClaudeTranscripts
from tui.settings import Settings
from tui.store.transcripts import TranscriptFiles
from tui.studio.ports import Clock, NewIds
from tui.studio.services import Services
from tui.studio.session_import import SessionImport
from tui.studio.transfer import Transfer
from tui.version import installed_version

if TYPE_CHECKING:
    from tui.store.library import TinyStore


def library_services(
    settings: Settings, store: "TinyStore", clock: Clock, new_ids: NewIds
) -> Services:
    """Return the services of an open library; nothing is read or imported before they are used."""
    copies = TranscriptFiles(settings.library / "transcripts", locks=settings.library / "locks")
    transcripts = ClaudeTranscripts(settings.library / "work", copies)
    return Services(
        SessionImport(store, store.documents, transcripts, new_ids),
        Transfer(
            store,
            store.documents,
            transcripts,
            clock,
            new_ids,
            version=lambda: installed_version("unknown"),
        ),
        store.recovered,
    )
