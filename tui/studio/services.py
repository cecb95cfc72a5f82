"""Services of a library that are separate from the studio's own work."""

from collections.abc import Callable

from tui.domain.frozen import frozen
from tui.studio.session_import import SessionImport
from tui.studio.transfer import Transfer


@frozen
class Services:
    """The services of one library."""

    sessions: SessionImport
    """Imports sessions of Claude Code."""
    transfer: Transfer
    """Exports and imports bundles of whole libraries."""
    recovered: Callable[[], tuple[str, ...]]
    """Returns a sentence for each content that was read from its backup or has lost saves."""
