"""Import and export services of a library, separate from the studio's own work."""

from tui.domain.frozen import frozen
from tui.studio.session_import import SessionImport
from tui.studio.transfer import Transfer


@frozen
class Services:
    """The import and export services of one library."""

    sessions: SessionImport
    """Imports sessions of Claude Code."""
    transfer: Transfer
    """Exports and imports bundles of whole libraries."""
