"""The ways into and out of a library beside the studio's own work."""

from dataclasses import dataclass

from tui.studio.importing import Importing
from tui.studio.moving import Moving


@dataclass(frozen=True, slots=True)
class Doors:
    """What is carried into and out of one library."""

    importing: Importing
    """Sessions of Claude Code."""
    moving: Moving
    """Archives of whole libraries."""
