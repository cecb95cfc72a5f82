"""The ways into and out of a library beside the studio's own work."""

from tui.domain.frozen import frozen
from tui.studio.session_import import SessionImport
from tui.studio.transfer import Transfer


@frozen
class Services:
    """What is carried into and out of one library."""

    sessions: SessionImport
    """Sessions of Claude Code."""
    transfer: Transfer
    """Bundles of whole libraries."""
