"""Where a writer is in the library, so that a restart brings them back there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tui.domain.ids import BranchId, ContentId
from tui.domain.queue import QueuedPrompt


@dataclass(frozen=True, slots=True)
class BegunPiece:
    """What is typed into the dialog for a new piece."""

    title: str = ""
    kind: str = ""
    brief: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the writer was: kept over a restart."""

    content: ContentId | None = None
    branch: Mapping[ContentId, BranchId] = field(default_factory=lambda: MappingProxyType({}))
    """The branch last shown, for each content."""
    unsent: Mapping[BranchId, str] = field(default_factory=lambda: MappingProxyType({}))
    """Text typed into the prompt and not sent."""
    edits: Mapping[BranchId, str] = field(default_factory=lambda: MappingProxyType({}))
    """Text of an editor that was left without saving or discarding it."""
    queued: Mapping[BranchId, tuple[QueuedPrompt, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Prompts that wait until Claude has ended the turn before them; no branch has none of them."""
    begun: BegunPiece = BegunPiece()
    """A new piece that was typed and not created."""
    asking: frozenset[BranchId] = frozenset()
    """Branches whose next prompt only asks, and makes no version."""
    list_sort: str = "recent"
    """How the list is sorted: recent, title or status."""
